//! From the store into the repository: many originals at a time, as many at once as the medium likes.

use std::io;

use damask_model::{ByteSource, ContentHash};

use super::{Repository, RepositoryError};
use crate::{Store, StoreKey, Stored, parallel};

/// A longer file is read past the page cache.
const LONG_BYTES: u64 = 1 << 20;

/// Bytes that somebody watches go by, and may stop.
struct Watched<'w> {
    stored: Stored,
    goes_on: &'w (dyn Fn(u64) -> bool + Sync),
}

impl ByteSource for Watched<'_> {
    fn len(&self) -> u64 {
        self.stored.len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stored.read_at(offset, buffer)?;
        if (self.goes_on)(count as u64) {
            Ok(count)
        } else {
            Err(io::Error::new(io::ErrorKind::ConnectionAborted, "it was stopped"))
        }
    }
}

impl Repository {
    /// Puts originals out of a store; answers in their order. They have their names when this returns. `goes_on` is
    /// told of bytes as they are read; when it says no, all ends soon.
    ///
    /// # Errors
    /// Of one: [`RepositoryError::Source`] where the store cannot give it, and the others are put all the same. Of all:
    /// when they cannot be made durable.
    pub fn put_originals(
        &self,
        store: &Store,
        mut originals: Vec<(ContentHash, u64)>,
        goes_on: &(dyn Fn(u64) -> bool + Sync),
    ) -> Result<Vec<Result<(), RepositoryError>>, RepositoryError> {
        let put = |(hash, bytes): &mut (ContentHash, u64)| {
            let key = StoreKey::Blob(*hash);
            let opened = if *bytes >= LONG_BYTES { store.open_long(&key) } else { store.open_bytes(&key) };
            let stored = opened.map_err(|error| RepositoryError::Source(io::Error::other(error)))?;
            self.put_original(*hash, &Watched { stored, goes_on })
        };
        let answers = parallel::each(&mut originals, self.puts_at_once(), put);
        self.settle()?;
        Ok(answers)
    }
}
