//! The running hash of an essence: streams ranges of the source through BLAKE3 and counts what it spends, so
//! that a file whose tables point at the same bytes a million times costs no more than reading it twice.

use std::io;

use damask_model::{ByteSource, EssenceHash};

/// Largest single read, in bytes: what a core keeps near itself while it is hashed.
pub const READ_BYTES_MAX: usize = 128 << 10;

/// Most bytes hashed, as a multiple of the length of the source.
pub const SPENT_LENGTHS_MAX: u64 = 2;

/// A running essence hash over one source.
pub struct Digest<'a> {
    /// Where the bytes come from.
    pub source: &'a dyn ByteSource,
    hasher: blake3::Hasher,
    spent: u64,
    buffer: Vec<u8>,
}

impl<'a> Digest<'a> {
    /// Starts a hash; `form` keeps the essences of different formats apart.
    pub fn new(source: &'a dyn ByteSource, form: &str) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("damask essence hash 1");
        hasher.update(form.as_bytes()).update(&[0]);
        Self { source, hasher, spent: 0, buffer: Vec::new() }
    }

    /// Hashes a few bytes.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
    }

    /// Hashes a number.
    pub fn number(&mut self, number: u64) {
        self.hasher.update(&number.to_le_bytes());
    }

    /// Hashes `length` bytes from `offset`, or those of them that the source has. Nothing once the budget is spent.
    pub fn range(&mut self, offset: u64, length: u64) -> io::Result<()> {
        let length = length.min(self.source.len().saturating_sub(offset));
        if !self.spend(length) {
            return Ok(());
        }
        self.buffer.resize(READ_BYTES_MAX, 0);
        let mut done = 0;
        while done < length {
            let want = usize::try_from(length - done).unwrap_or(READ_BYTES_MAX).min(READ_BYTES_MAX);
            let got = self.source.read_at(offset + done, &mut self.buffer[..want])?;
            if got == 0 {
                break;
            }
            self.hasher.update(&self.buffer[..got]);
            done += got as u64;
        }
        Ok(())
    }

    /// Hashes from `offset` up to where `find` points in the bytes it is shown, or to the end of the source, reading
    /// once; answers the offset after what was hashed. What is shown overlaps by a byte, so that no pair is cut.
    pub fn until(&mut self, offset: u64, find: impl Fn(&[u8]) -> Option<usize>) -> io::Result<u64> {
        self.buffer.resize(READ_BYTES_MAX, 0);
        let mut at = offset;
        loop {
            let got = self.source.read_at(at, &mut self.buffer)?;
            let shown = &self.buffer[..got];
            let (length, ends) = match find(shown) {
                Some(index) => (index, true),
                None if got < READ_BYTES_MAX => (got, true),
                None => (got - 1, false),
            };
            self.hasher.update(&shown[..length]);
            at += length as u64;
            if !self.spend(length as u64) || ends {
                return Ok(at);
            }
        }
    }

    /// Counts `bytes` against the budget; false once it is spent.
    pub fn spend(&mut self, bytes: u64) -> bool {
        self.spent = self.spent.saturating_add(bytes);
        !self.is_spent()
    }

    /// Whether more was asked for than an honest file needs.
    pub fn is_spent(&self) -> bool {
        self.spent > self.source.len().saturating_mul(SPENT_LENGTHS_MAX).saturating_add(READ_BYTES_MAX as u64)
    }

    /// The hash, or `None` where the budget was spent.
    pub fn finish(self) -> Option<EssenceHash> {
        (!self.is_spent()).then(|| self.hasher.finalize().into())
    }
}
