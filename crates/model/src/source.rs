//! How floors 0 and 1 read bytes without doing I/O: a length and reads at an offset.
//!
//! A 100 GB file is never in memory; a parser asks for the ranges it needs.

use std::io;

/// Random access to bytes that do not change while they are read.
pub trait ByteSource {
    /// Length in bytes.
    fn len(&self) -> u64;

    /// Fills as much of `buffer` as lies in the source from `offset`; answers how many bytes that was.
    /// Short only at the end of the source.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;

    /// Whether there are no bytes at all.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads up to `length` bytes from `offset` into a new buffer.
    fn read_vec(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let left = self.len().saturating_sub(offset);
        let mut buffer = vec![0; usize::try_from(left).unwrap_or(usize::MAX).min(length)];
        let read = self.read_at(offset, &mut buffer)?;
        buffer.truncate(read);
        Ok(buffer)
    }
}

impl ByteSource for [u8] {
    fn len(&self) -> u64 {
        <[u8]>::len(self) as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(<[u8]>::len(self));
        let rest = &self[start..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }
}

impl<S: ByteSource + ?Sized> ByteSource for &S {
    fn len(&self) -> u64 {
        (**self).len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        (**self).read_at(offset, buffer)
    }
}

impl ByteSource for std::fs::File {
    fn len(&self) -> u64 {
        self.metadata().map_or(0, |metadata| metadata.len())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            match std::os::unix::fs::FileExt::read_at(self, &mut buffer[filled..], offset + filled as u64) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }
}
