//! What can go wrong with bytes; each variant is a decision for the caller.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use damask_model::{ContentHash, UploadId};

use crate::{StoreKey, encrypted::Broken};

/// Why the store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Nothing lies under this key.
    #[error("nothing is stored under {key}")]
    Missing {
        /// What was asked for.
        key: StoreKey,
    },
    /// The disk or the quota is full. Nothing half-written stays behind; trying again later is right.
    #[error("the disk is full: cannot {doing} {path}")]
    Full {
        /// What was tried.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The operating system refuses: rights, or a read-only file system.
    #[error("not permitted to {doing} {path}")]
    Denied {
        /// What was tried.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// More bytes than the limit the caller gave.
    #[error("longer than the limit of {bytes_max} bytes")]
    TooLarge {
        /// The limit.
        bytes_max: u64,
    },
    /// The source of an import changed while it was read; try again when it is quiet.
    #[error("{path} changed while it was read")]
    SourceChanged {
        /// The source.
        path: PathBuf,
    },
    /// The source of an import can't be read, or is no regular file.
    #[error("cannot read {path}")]
    Source {
        /// The source.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// An upload continues exactly where it ended.
    #[error("upload {id} continues at byte {at}, not at {given}")]
    WrongOffset {
        /// Which upload.
        id: UploadId,
        /// Where it ends.
        at: u64,
        /// Where the caller wanted to go on.
        given: u64,
    },
    /// Somebody else is appending to, or finishing, this upload.
    #[error("upload {id} is being written by another request")]
    UploadBusy {
        /// Which upload.
        id: UploadId,
    },
    /// The upload was finished: its bytes are a blob and never change.
    #[error("upload {id} is finished")]
    UploadSealed {
        /// Which upload.
        id: UploadId,
    },
    /// What lies there is not as long as the catalog says (a crash may cut a rendition short).
    #[error("{key} has {found} bytes instead of {expected}")]
    WrongLength {
        /// What was asked for.
        key: StoreKey,
        /// Bytes by the catalog.
        expected: u64,
        /// Bytes on the disk.
        found: u64,
    },
    /// Encrypted bytes are not as they were written.
    #[error("{key} is damaged: its bytes are not as they were encrypted")]
    Broken {
        /// What was asked for.
        key: StoreKey,
    },
    /// A place whose blobs are encrypted cannot be opened.
    #[error("cannot open {place}: {why}")]
    Locked {
        /// The place.
        place: String,
        /// Why, and what to do.
        why: &'static str,
    },
    /// A file that was to be copied does not have the bytes it is named after.
    #[error(
        "what was to be kept as {key} has other bytes, of hash {found}: a disk returns what it was not given"
    )]
    OtherBytes {
        /// What was to be copied.
        key: StoreKey,
        /// The hash it has.
        found: ContentHash,
    },
    /// A place for originals is not there as it was left: a drive that is not mounted, or another one.
    #[error("{path} is not the folder with the originals: {why}")]
    NotThere {
        /// The folder.
        path: PathBuf,
        /// What was seen instead, and what to do.
        why: &'static str,
    },
    /// Whoever asked had enough before the end.
    #[error("stopped before the end")]
    Stopped,
    /// There is no second place for originals.
    #[error("no second place for originals is named: say where in [store.second] of damask.toml")]
    NoSecond,
    /// A folder could not be made durable earlier, so nothing can be promised until the program restarts.
    #[error(
        "the store stopped taking files: an earlier write to the disk failed; check the disk and restart"
    )]
    Distrusted,
    /// The bucket in which the blobs lie did not do it, after trying again for as long as was allowed.
    #[error("cannot {doing} in bucket {bucket}: {why}")]
    Bucket {
        /// What was tried.
        doing: &'static str,
        /// Bucket, prefix and server.
        bucket: String,
        /// Why, and what to do.
        why: Refusal,
        /// The cause.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The blobs of this library lie in another place than the one that was named.
    #[error(
        "the originals of this library lie in {is}, not in {asked}: name the place they are in (nothing was changed)"
    )]
    Elsewhere {
        /// Where they are.
        is: String,
        /// What was named.
        asked: String,
    },
    /// Anything else of the operating system.
    #[error("cannot {doing} {path}")]
    Io {
        /// What was tried.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

/// Why a bucket did not do something; each says what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No answer.
    Unreachable,
    /// The server answers that it can't at the moment.
    Busy,
    /// There is no bucket of that name.
    NoBucket,
    /// The key or its secret is not known there.
    Credentials,
    /// The key may not do this.
    Denied,
    /// The clocks differ too much for signatures.
    Clock,
    /// The bucket is in another region than was said.
    Region,
    /// Room or quota is used up.
    Full,
    /// The server lacks what the store can't do without.
    Lacks(&'static str),
    /// Bytes were not the same after their way.
    Spoilt,
    /// Anything else.
    Other,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreachable => {
                "nothing answers there; check the endpoint, the network and that the server runs, then try again"
            }
            Self::Busy => "the server answers that it cannot at the moment; try again later",
            Self::NoBucket => "there is no such bucket; make it, or correct its name",
            Self::Credentials => "the key or its secret is wrong; correct access_key and secret_key",
            Self::Denied => {
                "the key may not do that; give it the rights to list the bucket and to read, write and delete in it"
            }
            Self::Clock => "the clocks of the server and of this machine differ too much; set them right",
            Self::Region => "the bucket is in another region; correct region",
            Self::Full => "there is no room or quota left; make room and try again",
            Self::Lacks(what) => {
                return write!(f, "the server does not do what it must: {what}; use another server");
            }
            Self::Spoilt => "the bytes were not the same on arrival; try again, and check memory and disks if it stays",
            Self::Other => "the server did not do it",
        })
    }
}

impl StoreError {
    /// Sorts an error of the operating system into what the caller can decide on.
    pub(crate) fn io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { doing, path, source },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::Denied { doing, path, source }
            }
            _ => Self::Io { doing, path, source },
        }
    }

    /// The same for a read: what is not there is [`StoreError::Missing`].
    pub(crate) fn reading(doing: &'static str, key: StoreKey, path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::NotFound => Self::Missing { key },
            _ => Self::io(doing, path, source),
        }
    }

    /// The same for bytes that were opened already. What a bucket said of it is told as it said it.
    pub(crate) fn of_read(key: StoreKey, source: io::Error) -> Self {
        if source.get_ref().is_some_and(|inner| inner.is::<Broken>()) {
            return Self::Broken { key };
        }
        source.downcast::<Self>().unwrap_or_else(|source| Self::reading("read", key, &key.path(), source))
    }
}

/// The same error once more, for another file of its group ([`io::Error`] can't be cloned).
pub(crate) fn same_again(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::{io, path::Path};

    use super::StoreError;

    #[test]
    fn errors_of_the_system_are_sorted_by_what_the_caller_can_do() {
        let of = |code| StoreError::io("write", Path::new("x"), io::Error::from_raw_os_error(code));
        let (no_space, quota, access, read_only, broken) = (28, 122, 13, 30, 5);
        assert!(matches!(of(no_space), StoreError::Full { .. }));
        assert!(matches!(of(quota), StoreError::Full { .. }));
        assert!(matches!(of(access), StoreError::Denied { .. }));
        assert!(matches!(of(read_only), StoreError::Denied { .. }));
        assert!(matches!(of(broken), StoreError::Io { .. }));
    }
}
