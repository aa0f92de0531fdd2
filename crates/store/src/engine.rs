//! The seam under the blobs: what a place for originals has to offer. Everything else (what is on its way in,
//! uploads, renditions, scratch) lies in the local folder whatever the engine is.
//!
//! An engine gets whole, hashed files and answers when they are durable; a blob that an engine has is never
//! changed, only replaced where it is damaged. Two engines: [`crate::local`] and [`crate::s3`]; both pass
//! `tests/conformance`. All calls block.

use std::{fmt, path::Path};

use damask_model::ContentHash;

use crate::{Capabilities, Found, Lent, StoreError, Stored, Tick, Verified, durable::SyncFailure};

/// What a staged file needs before it can be placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nothing: the engine has these bytes.
    Nothing,
    /// Its bytes are in the file, so that they can be read from there: the engine keeps a copy of its own.
    Written,
    /// Its bytes are on the disk: the file itself becomes the blob.
    Synced,
}

/// A blob has its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Placed {
    /// Whether the engine had the bytes before.
    pub(crate) already_there: bool,
    /// Whether the staged file was moved away; else it is still its owner's.
    pub(crate) taken: bool,
}

/// A blob made of an upload, which stays where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Adopted {
    /// Whether another file had the bytes before.
    pub(crate) already_there: bool,
    /// Whether upload and blob are one file, which tells that the upload is finished. Else a seal does.
    pub(crate) is_linked: bool,
}

/// Something that walks over all blobs.
pub(crate) type Walk = Box<dyn Iterator<Item = Result<Found, StoreError>> + Send>;

/// A place for blobs.
pub(crate) trait Engine: Send + Sync + fmt::Debug {
    /// An error where nothing can be promised until the program restarts.
    fn check_trust(&self) -> Result<(), StoreError>;

    /// Whether one byte can be kept, beyond what the local folder says of itself.
    fn try_out(&self) -> Result<(), StoreError>;

    /// What the engine was found to do.
    fn capabilities(&self) -> Capabilities;

    /// What a staged file of this name and length needs before [`Engine::place`]. `Nothing` may be untrue by then.
    fn needs(&self, hash: ContentHash, bytes: u64) -> Need;

    /// Files that are worth placing at the same time.
    fn places_at_once(&self) -> usize;

    /// Gives a staged file its name. One of another length under that name is damaged, and is replaced.
    /// Create-only otherwise: bytes that are there are not written again.
    fn place(&self, staged: &Path, hash: ContentHash, bytes: u64) -> Result<Placed, StoreError>;

    /// The same for a synced upload, which keeps its own name too; `spare` is a free path beside it.
    fn adopt(
        &self,
        upload: &Path,
        spare: &Path,
        hash: ContentHash,
        bytes: u64,
    ) -> Result<Adopted, StoreError>;

    /// Keeps a copy of a whole file, in place of whatever has its name; the file stays its owner's. It is hashed as it
    /// is read: [`StoreError::OtherBytes`] where it is not what it is called. Durable on return.
    fn keep_copy(&self, from: &Path, hash: ContentHash, bytes: u64) -> Result<(), StoreError>;

    /// Returns when the names of these blobs are durable.
    fn settle(&self, hashes: &[ContentHash]) -> Result<(), SyncFailure>;

    /// Length in bytes; [`StoreError::Missing`] when there is no such blob.
    fn length(&self, hash: ContentHash) -> Result<u64, StoreError>;

    /// Opens a blob for reading at any place.
    fn open(&self, hash: ContentHash) -> Result<Stored, StoreError>;

    /// Opens a blob to be read once from one end to the other.
    fn open_long(&self, hash: ContentHash) -> Result<Stored, StoreError>;

    /// A local file with the bytes of a blob, there for as long as the answer is held.
    fn lend(&self, hash: ContentHash) -> Result<Lent, StoreError>;

    /// Reads the bytes where they lie, never a copy, and compares; see [`crate::Store::verify_at`].
    fn verify(&self, hash: ContentHash, bytes: Option<u64>, tick: Tick<'_>) -> Result<Verified, StoreError>;

    /// An error where the place itself is not there, as a drive that was taken away.
    fn check_there(&self) -> Result<(), StoreError>;

    /// Removes a blob for good and answers whether there was one.
    fn remove(&self, hash: ContentHash) -> Result<bool, StoreError>;

    /// All that lies among the blobs, in the order of names.
    fn walk(&self) -> Walk;
}
