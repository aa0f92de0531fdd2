//! The form of encrypted bytes:
//!
//! ```text
//! offset  bytes
//!      0      8  "damsk", 0, "e1"
//!      8     16  id of the data key
//!     24     19  nonce, drawn for this file
//!     43         chunks: 65,536 bytes each (the last 0 to 65,536), every one followed by a tag of 16
//! ```
//!
//! XChaCha20-Poly1305 in the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015) with a 32-bit big-endian
//! counter: the nonce of chunk *n* is the file's nonce, *n*, and whether it is the last. So each chunk is decrypted
//! without the others, and none can be moved, left out or added; the associated data is what the bytes are ([`Subject`]),
//! so that no file passes for another either.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufWriter, Read, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use aead_stream::{StreamBE32, StreamPrimitive as _};
use chacha20poly1305::XChaCha20Poly1305;
use damask_model::ContentHash;

use super::DataKey;
use crate::incoming::FILE_MODE;

/// How encrypted bytes begin.
pub(super) const MAGIC: [u8; 8] = *b"damsk\0e1";
/// Length of a data key's id.
pub(super) const KEY_ID_BYTES: usize = 16;
/// XChaCha's nonce less the counter and the mark of the last chunk.
const NONCE_BYTES: usize = 19;
/// What stands before the first chunk.
pub(super) const HEAD_BYTES: usize = MAGIC.len() + KEY_ID_BYTES + NONCE_BYTES;
/// Bytes encrypted at a time.
pub(super) const CHUNK_BYTES: usize = 64 << 10;
/// What a chunk becomes longer by.
pub(super) const TAG_BYTES: usize = 16;
/// An encrypted chunk that is not the last.
pub(super) const ENCRYPTED_CHUNK_BYTES: usize = CHUNK_BYTES + TAG_BYTES;
/// Bytes written at a time.
const BUFFER_BYTES: usize = 1 << 20;

pub(super) type Stream = StreamBE32<XChaCha20Poly1305>;

/// What bytes are, which is proven with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Subject {
    sort: u8,
    id: [u8; 32],
}

impl Subject {
    /// The blob of that hash.
    pub(crate) const fn blob(hash: ContentHash) -> Self {
        Self { sort: b'b', id: hash.0 }
    }

    /// The rendition of that key.
    pub(crate) const fn rendition(key: [u8; 32]) -> Self {
        Self { sort: b'r', id: key }
    }

    /// As associated data.
    pub(super) fn data(&self) -> [u8; 33] {
        let mut data = [self.sort; 33];
        data[1..].copy_from_slice(&self.id);
        data
    }
}

/// A file that was encrypted.
pub(crate) struct Made {
    pub(crate) file: File,
    /// Of what was read.
    pub(crate) plain: blake3::Hasher,
    /// Of what was written.
    pub(crate) encrypted: blake3::Hasher,
    /// Bytes written.
    pub(crate) bytes: u64,
}

/// How many bytes so many become.
pub(super) const fn encrypted_bytes(bytes: u64) -> u64 {
    let chunks = bytes.div_ceil(CHUNK_BYTES as u64);
    let chunks = if chunks == 0 { 1 } else { chunks };
    HEAD_BYTES as u64 + bytes + chunks * TAG_BYTES as u64
}

/// Of how many bytes so many were made; `None` where that is no length they could have become.
pub(super) fn plain_bytes(encrypted: u64) -> Option<u64> {
    let body = encrypted.checked_sub(HEAD_BYTES as u64)?;
    let chunks = body.div_ceil(ENCRYPTED_CHUNK_BYTES as u64);
    let bytes = body.checked_sub(chunks * TAG_BYTES as u64)?;
    (encrypted_bytes(bytes) == encrypted).then_some(bytes)
}

impl DataKey {
    /// Encrypts `source` to its end into the new file `to`, which is not synced.
    pub(crate) fn encrypt_file(
        &self,
        subject: Subject,
        mut source: impl Read,
        to: &Path,
    ) -> io::Result<Made> {
        let nonce: [u8; NONCE_BYTES] = rand::random();
        let stream = self.stream(&nonce);
        let file = OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(to)?;
        let mut target = BufWriter::with_capacity(BUFFER_BYTES, file);
        let (mut plain, mut encrypted) = (blake3::Hasher::new(), blake3::Hasher::new());
        let head = [&MAGIC[..], self.id(), &nonce].concat();
        encrypted.update(&head);
        target.write_all(&head)?;
        let mut bytes = head.len() as u64;
        let (mut chunk, mut ahead) = (Vec::with_capacity(ENCRYPTED_CHUNK_BYTES), Vec::new());
        read_chunk(&mut source, &mut chunk)?;
        for position in 0_u32.. {
            plain.update(&chunk);
            read_chunk(&mut source, &mut ahead)?;
            let is_last = ahead.is_empty();
            let refused =
                |_| io::Error::new(io::ErrorKind::FileTooLarge, "it is longer than can be encrypted");
            stream.encrypt_in_place(position, is_last, &subject.data(), &mut chunk).map_err(refused)?;
            encrypted.update(&chunk);
            target.write_all(&chunk)?;
            bytes += chunk.len() as u64;
            if is_last {
                break;
            }
            std::mem::swap(&mut chunk, &mut ahead);
        }
        let file = target.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(Made { file, plain, encrypted, bytes })
    }

    /// The cipher of one file.
    pub(super) fn stream(&self, nonce: &[u8; NONCE_BYTES]) -> Stream {
        aead_stream::NewStream::new(&(*self.secret()).into(), &(*nonce).into())
    }
}

/// A chunk in place of what was there; a shorter one only at the end.
fn read_chunk(source: &mut impl Read, chunk: &mut Vec<u8>) -> io::Result<()> {
    chunk.clear();
    source.take(CHUNK_BYTES as u64).read_to_end(chunk).map(drop)
}

#[cfg(test)]
mod tests {
    use super::{CHUNK_BYTES, HEAD_BYTES, TAG_BYTES, encrypted_bytes, plain_bytes};

    #[test]
    fn a_length_is_known_from_the_other() {
        let chunk = CHUNK_BYTES as u64;
        for bytes in [0, 1, chunk - 1, chunk, chunk + 1, 16 * chunk, 16 * chunk + 5, 1 << 40] {
            assert_eq!(plain_bytes(encrypted_bytes(bytes)), Some(bytes), "{bytes}");
        }
        assert_eq!(encrypted_bytes(0), (HEAD_BYTES + TAG_BYTES) as u64);
        let whole = encrypted_bytes(chunk);
        for impossible in [0, HEAD_BYTES as u64, encrypted_bytes(0) - 1, whole + 1, whole + TAG_BYTES as u64]
        {
            assert_eq!(plain_bytes(impossible), None, "{impossible}");
        }
    }
}
