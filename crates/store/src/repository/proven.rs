//! Bytes with their hash: what is read to be put proves itself on its way, and so does what is read back.

use std::io::{self, Read};

use damask_model::{ByteSource, ContentHash};

/// Stored bytes from one end to the other; the last read is an error where they are not those of their hash.
pub(super) struct Hashed<'s, S> {
    source: &'s S,
    at: u64,
    hasher: blake3::Hasher,
    hash: ContentHash,
}

impl<'s, S: ByteSource> Hashed<'s, S> {
    pub(super) fn new(source: &'s S, hash: ContentHash) -> Self {
        Self { source, at: 0, hasher: blake3::Hasher::new(), hash }
    }
}

impl<S: ByteSource> Read for Hashed<'_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read_at(self.at, buffer)?;
        self.hasher.update(&buffer[..count]);
        self.at += count as u64;
        if count == 0 && !buffer.is_empty() && self.hasher.finalize().as_bytes() != &self.hash.0 {
            return Err(spoilt());
        }
        Ok(count)
    }
}

/// Bytes read back; the last read is an error where those before it do not have the digest.
pub(super) struct Proven<R> {
    source: R,
    hasher: blake3::Hasher,
    digest: [u8; 32],
}

impl<R: Read> Proven<R> {
    pub(super) fn new(source: R, digest: [u8; 32]) -> Self {
        Self { source, hasher: blake3::Hasher::new(), digest }
    }
}

impl<R: Read> Read for Proven<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.hasher.update(&buffer[..count]);
        if count == 0 && !buffer.is_empty() && self.hasher.finalize().as_bytes() != &self.digest {
            return Err(spoilt());
        }
        Ok(count)
    }
}

fn spoilt() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "it holds other bytes")
}
