//! Sealing: XChaCha20-Poly1305 in the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015), chunk after
//! chunk, so that a long film is never in memory and neither a chunk that was moved, left out or taken from another
//! piece, nor an end that was cut off, goes unseen. The name of a piece is part of what is proven.

use std::{
    fmt,
    io::{self, Read},
};

use aead_stream::{DecryptorBE32, EncryptorBE32};
use argon2::Argon2;
use chacha20poly1305::{XChaCha20Poly1305, aead::Payload};

use super::RepositoryError;

/// Bytes sealed at a time.
const CHUNK_BYTES: usize = 64 << 10;
/// What a sealed chunk is longer by.
const TAG_BYTES: usize = 16;
/// XChaCha's nonce less the counter and the mark of the last chunk.
const NONCE_BYTES: usize = 19;
/// How a sealed piece begins.
const MAGIC: &[u8; 8] = b"damsk\0s1";
/// Shortest key, in bytes.
const KEY_BYTES_MIN: usize = 16;

/// A key as a person keeps it: any text of enough characters. It is never printed.
#[derive(Clone)]
pub struct SealKey(String);

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

impl SealKey {
    /// The key in a text; spaces and line ends around it are not part of it.
    ///
    /// # Errors
    /// [`RepositoryError::ShortKey`].
    pub fn new(text: &str) -> Result<Self, RepositoryError> {
        let text = text.trim();
        if text.len() < KEY_BYTES_MIN {
            return Err(RepositoryError::ShortKey { at_least: KEY_BYTES_MIN });
        }
        Ok(Self(text.to_owned()))
    }

    /// The text, to hand it to whoever makes the backup.
    pub fn tell(&self) -> &str {
        &self.0
    }
}

/// What is made of a key for one repository.
#[derive(Clone)]
pub(super) struct Seal {
    pieces: [u8; 32],
    names: [u8; 32],
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

impl Seal {
    /// Takes a moment and some memory (argon2id), so that guessing does too.
    pub(super) fn derive(key: &SealKey, salt: &[u8]) -> Self {
        let mut secret = [0; 32];
        Argon2::default()
            .hash_password_into(key.0.as_bytes(), salt, &mut secret)
            .expect("the salt has 16 bytes and the output 32");
        Self {
            pieces: blake3::derive_key("damask backup 1: pieces", &secret),
            names: blake3::derive_key("damask backup 1: names", &secret),
        }
    }

    /// What a piece of that sort and id is called.
    pub(super) fn name(&self, sort: &str, id: &[u8]) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_keyed(&self.names);
        hasher.update(sort.as_bytes()).update(&[0]).update(id);
        *hasher.finalize().as_bytes()
    }

    pub(super) fn sealing<'n, R: Read>(&self, name: &'n str, source: R) -> Sealing<'n, R> {
        let nonce: [u8; NONCE_BYTES] = rand::random();
        let cipher = EncryptorBE32::new(&self.pieces.into(), &nonce.into());
        let ready = [&MAGIC[..], &nonce].concat();
        Sealing { source, cipher: Some(cipher), name, ahead: None, ready, told: 0 }
    }

    pub(super) fn opening<R: Read>(&self, name: &str, source: R) -> Opening<R> {
        let cipher = Cipher::Waiting(self.pieces);
        Opening { source, cipher, name: name.to_owned(), ahead: Vec::new(), ready: Vec::new(), told: 0 }
    }
}

/// How long so many bytes are when they are sealed.
pub(super) const fn sealed_bytes(bytes: u64) -> u64 {
    let chunks = bytes.div_ceil(CHUNK_BYTES as u64);
    let chunks = if chunks == 0 { 1 } else { chunks };
    (MAGIC.len() + NONCE_BYTES) as u64 + bytes + chunks * TAG_BYTES as u64
}

/// Bytes, sealed as they are read.
pub(super) struct Sealing<'n, R> {
    source: R,
    cipher: Option<EncryptorBE32<XChaCha20Poly1305>>,
    name: &'n str,
    /// The chunk that is sealed next; whether it is the last is known when the one after it was looked for.
    ahead: Option<Vec<u8>>,
    ready: Vec<u8>,
    told: usize,
}

impl<R: Read> Read for Sealing<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.told == self.ready.len() {
            let Some(mut cipher) = self.cipher.take() else { return Ok(0) };
            let chunk = match self.ahead.take() {
                Some(chunk) => chunk,
                None => chunk(&mut self.source, CHUNK_BYTES)?,
            };
            let next = chunk_after(&chunk, &mut self.source, CHUNK_BYTES)?;
            let payload = Payload { msg: &chunk, aad: self.name.as_bytes() };
            self.ready = if next.is_empty() {
                cipher.encrypt_last(payload).map_err(|_| too_long())?
            } else {
                let sealed = cipher.encrypt_next(payload).map_err(|_| too_long())?;
                (self.cipher, self.ahead) = (Some(cipher), Some(next));
                sealed
            };
            self.told = 0;
        }
        Ok(tell(&self.ready, &mut self.told, buffer))
    }
}

enum Cipher {
    Waiting([u8; 32]),
    Open(Box<DecryptorBE32<XChaCha20Poly1305>>),
    Done,
}

/// Sealed bytes, opened and proven as they are read.
pub(super) struct Opening<R> {
    source: R,
    cipher: Cipher,
    name: String,
    ahead: Vec<u8>,
    ready: Vec<u8>,
    told: usize,
}

impl<R: Read> Opening<R> {
    fn begin(&mut self, key: [u8; 32]) -> io::Result<DecryptorBE32<XChaCha20Poly1305>> {
        let head = chunk(&mut self.source, MAGIC.len() + NONCE_BYTES)?;
        let nonce = head.strip_prefix(&MAGIC[..]).ok_or_else(not_as_sealed)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| not_as_sealed())?;
        self.ahead = chunk(&mut self.source, CHUNK_BYTES + TAG_BYTES)?;
        Ok(DecryptorBE32::new(&key.into(), &nonce.into()))
    }
}

impl<R: Read> Read for Opening<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.told == self.ready.len() {
            let mut cipher = match std::mem::replace(&mut self.cipher, Cipher::Done) {
                Cipher::Waiting(key) => Box::new(self.begin(key)?),
                Cipher::Open(cipher) => cipher,
                Cipher::Done => return Ok(0),
            };
            let sealed = std::mem::take(&mut self.ahead);
            self.ahead = chunk_after(&sealed, &mut self.source, CHUNK_BYTES + TAG_BYTES)?;
            let payload = Payload { msg: &sealed, aad: self.name.as_bytes() };
            let opened = if self.ahead.is_empty() {
                cipher.decrypt_last(payload)
            } else {
                let opened = cipher.decrypt_next(payload);
                self.cipher = Cipher::Open(cipher);
                opened
            };
            self.ready = opened.map_err(|_| not_as_sealed())?;
            self.told = 0;
        }
        Ok(tell(&self.ready, &mut self.told, buffer))
    }
}

/// Up to so many bytes; fewer only at the end.
fn chunk(source: &mut impl Read, bytes: usize) -> io::Result<Vec<u8>> {
    let mut chunk = Vec::with_capacity(bytes);
    source.take(bytes as u64).read_to_end(&mut chunk)?;
    Ok(chunk)
}

/// The chunk after another; after one that is short there is none, and nobody is asked.
fn chunk_after(before: &[u8], source: &mut impl Read, bytes: usize) -> io::Result<Vec<u8>> {
    if before.len() < bytes { Ok(Vec::new()) } else { chunk(source, bytes) }
}

fn tell(ready: &[u8], told: &mut usize, buffer: &mut [u8]) -> usize {
    let count = buffer.len().min(ready.len() - *told);
    buffer[..count].copy_from_slice(&ready[*told..*told + count]);
    *told += count;
    count
}

fn not_as_sealed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "it is not as it was sealed")
}

fn too_long() -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, "it is longer than can be sealed")
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::{CHUNK_BYTES, Seal, SealKey, sealed_bytes};

    fn seal() -> Seal {
        Seal::derive(&SealKey::new("correct horse battery staple").expect("long"), &[1; 16])
    }

    fn sealed(bytes: &[u8]) -> Vec<u8> {
        let mut sealed = Vec::new();
        seal().sealing("a", bytes).read_to_end(&mut sealed).expect("sealed");
        sealed
    }

    fn opened(name: &str, sealed: &[u8]) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        seal().opening(name, sealed).read_to_end(&mut bytes).map(|_| bytes)
    }

    #[test]
    fn bytes_of_any_length_come_back_and_their_sealed_length_is_known() {
        for length in [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES] {
            let bytes: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).expect("small")).collect();
            let sealed = sealed(&bytes);
            assert_eq!(sealed.len() as u64, sealed_bytes(length as u64), "{length}");
            assert_eq!(opened("a", &sealed).expect("opened"), bytes, "{length}");
        }
    }

    #[test]
    fn a_change_anywhere_a_cut_and_another_name_are_found_out() {
        let sealed = sealed(&[5; 2 * CHUNK_BYTES + 9]);
        for at in [0, 8, 26, 27, 40, CHUNK_BYTES, CHUNK_BYTES + 50, sealed.len() - 1] {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(opened("a", &changed).is_err(), "{at}");
        }
        for length in [0, 5, 27, 27 + CHUNK_BYTES + 16, sealed.len() - 1] {
            assert!(opened("a", &sealed[..length]).is_err(), "{length}");
        }
        assert!(opened("b", &sealed).is_err());
    }

    #[test]
    fn a_key_is_not_printed_and_not_short() {
        assert!(SealKey::new("  short  ").is_err());
        assert_eq!(format!("{:?}", SealKey::new("correct horse battery staple").expect("long")), "(secret)");
    }
}
