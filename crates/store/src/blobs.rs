//! Looking after blobs: walking over all of them in the order of their hashes, and comparing one with its
//! name. What to do about what is found is up to `damask check`.

use std::{fmt, ops::ControlFlow, path::PathBuf};

use damask_model::ContentHash;

use crate::{Rank, Store, StoreError, engine::Walk};

/// One thing that lies among the blobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A blob, by its name and length (its bytes were not read).
    Blob {
        /// Its name.
        hash: ContentHash,
        /// Its length.
        bytes: u64,
    },
    /// Something that is no blob, or a blob in another's folder.
    Stray {
        /// Where it lies, in the file system or in the bucket.
        path: PathBuf,
    },
}

/// What a blob's bytes say of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verified {
    /// They are the right ones.
    Good,
    /// There are none.
    Missing,
    /// Fewer than expected; they were not read.
    Short {
        /// Bytes there are.
        bytes: u64,
    },
    /// Other bytes.
    Different {
        /// The hash they have.
        found: ContentHash,
    },
    /// In a place that is encrypted: they are not as they were written.
    Broken,
}

/// Is told of each piece of so many bytes that was read, and may take its time; it may also have enough.
pub type Tick<'a> = &'a mut dyn FnMut(u64) -> ControlFlow<()>;

impl Verified {
    /// What a blob that was read to its end is.
    pub(crate) fn of(hash: ContentHash, hasher: &blake3::Hasher) -> Self {
        let found = ContentHash::from(hasher.finalize());
        if found == hash { Self::Good } else { Self::Different { found } }
    }
}

impl Store {
    /// Reads the blob once, where it lies, and compares. With `bytes`, what the catalog says of its length, a
    /// short one is told without reading it. An error means that it could not be read.
    pub fn verify(&self, hash: ContentHash, bytes: Option<u64>) -> Result<Verified, StoreError> {
        self.verify_at(Rank::First, hash, bytes, &mut |_| ControlFlow::Continue(()))
    }

    /// All that lies among the blobs, in the order of names, so that it can be walked beside the catalog's
    /// own ordered list. Holds a bounded number of names at a time.
    pub fn blobs(&self) -> Blobs {
        Blobs::new(self.inner.ranks.first().walk())
    }
}

/// See [`Store::blobs`]. What can't be listed is an error in its place; the walk goes on after it where it can.
pub struct Blobs {
    walk: Walk,
}

impl Blobs {
    pub(crate) fn new(walk: Walk) -> Self {
        Self { walk }
    }
}

impl fmt::Debug for Blobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blobs").finish_non_exhaustive()
    }
}

impl Iterator for Blobs {
    type Item = Result<Found, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.walk.next()
    }
}
