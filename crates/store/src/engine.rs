//! The seam under the blobs: what a place for originals has to offer. Everything else (what is on its way in,
//! uploads, renditions, scratch) lies in the local folder whatever the engine is.
//!
//! An engine gets whole, hashed files and answers when they are durable; a blob that an engine has is never
//! changed, only replaced where it is damaged. Two engines, [`crate::local`] and [`crate::s3`], and
//! [`crate::encrypted`] over either; all pass `tests/conformance`. All calls block.

use std::{fmt, io, path::Path};

use damask_model::{ByteSource as _, ContentHash};

use crate::{
    Capabilities, Found, Lent, StoreError, StoreKey, Stored, Tick, Verified, durable::SyncFailure,
    encrypted::DataKey,
};

/// Bytes read at a time when verifying.
const BUFFER_BYTES: usize = 1 << 20;

/// A whole file that is to be kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Staged<'a> {
    /// Where it is.
    pub(crate) path: &'a Path,
    /// What it is to be called.
    pub(crate) name: ContentHash,
    /// The hash of its bytes: its name, unless they are encrypted.
    pub(crate) content: ContentHash,
    /// Its length.
    pub(crate) bytes: u64,
}

impl<'a> Staged<'a> {
    /// A file that is called what its bytes are.
    pub(crate) const fn plain(path: &'a Path, hash: ContentHash, bytes: u64) -> Self {
        Self { path, name: hash, content: hash, bytes }
    }

    /// [`StoreError::OtherBytes`] where what was read of it is not what it was said to be: a disk returns other bytes
    /// than it was given.
    pub(crate) fn check(&self, read: &blake3::Hasher) -> Result<(), StoreError> {
        let found = ContentHash::from(read.finalize());
        if found == self.content {
            Ok(())
        } else {
            Err(StoreError::OtherBytes { key: StoreKey::Blob(self.name), found })
        }
    }
}

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

/// How a text is left beside the blobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// One that is there stays, as far as the place can tell.
    New,
    /// In place of one that is there.
    Over,
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
    fn place(&self, staged: &Staged<'_>) -> Result<Placed, StoreError>;

    /// The same for a synced upload, which keeps its own name too; `spare` is a free path beside it.
    fn adopt(&self, upload: &Staged<'_>, spare: &Path) -> Result<Adopted, StoreError>;

    /// Keeps a copy of a whole file, in place of whatever has its name; the file stays its owner's. It is hashed as it
    /// is read: [`StoreError::OtherBytes`] where it is not what it is called. Durable on return.
    fn keep_copy(&self, from: &Staged<'_>) -> Result<(), StoreError>;

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

    /// Opens a blob where it lies, to find out what became of it: neither a copy nor what memory has of it.
    fn open_there(&self, hash: ContentHash) -> Result<Stored, StoreError>;

    /// Reads the bytes where they lie and compares; see [`crate::Store::verify_at`].
    fn verify(&self, hash: ContentHash, bytes: Option<u64>, tick: Tick<'_>) -> Result<Verified, StoreError> {
        let stored = match self.open_there(hash) {
            Ok(stored) => stored,
            Err(StoreError::Missing { .. }) => return Ok(Verified::Missing),
            Err(StoreError::Broken { .. }) => return Ok(Verified::Broken),
            Err(error) => return Err(error),
        };
        if bytes.is_some_and(|bytes| stored.len() < bytes) {
            return Ok(Verified::Short { bytes: stored.len() });
        }
        let mut hasher = blake3::Hasher::new();
        let mut buffer = vec![0; BUFFER_BYTES];
        let mut at = 0;
        loop {
            match stored.read_at(at, &mut buffer) {
                Ok(0) => break,
                Ok(count) => {
                    hasher.update(&buffer[..count]);
                    at += count as u64;
                    if tick(count as u64).is_break() {
                        return Err(StoreError::Stopped);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => match StoreError::of_read(StoreKey::Blob(hash), error) {
                    StoreError::Broken { .. } => return Ok(Verified::Broken),
                    error => return Err(error),
                },
            }
        }
        stored.forget_cached();
        Ok(Verified::of(hash, &hasher))
    }

    /// An error where the place itself is not there, as a drive that was taken away.
    fn check_there(&self) -> Result<(), StoreError>;

    /// Removes a blob for good and answers whether there was one.
    fn remove(&self, hash: ContentHash) -> Result<bool, StoreError>;

    /// All that lies among the blobs, in the order of names.
    fn walk(&self) -> Walk;

    /// The text that was left beside the blobs under this name; `None` where there is none.
    fn note(&self, name: &str) -> Result<Option<String>, StoreError>;

    /// Leaves a text beside the blobs, durably. [`Engine::note`] tells which is there then.
    fn leave_note(&self, name: &str, text: &str, note: Note) -> Result<(), StoreError>;

    /// What the blobs are encrypted with, if they are.
    fn data_key(&self) -> Option<&DataKey> {
        None
    }
}
