//! What can go wrong with a backup repository; each variant is a decision for the caller.

use std::io;

use super::Piece;
use crate::StoreError;

/// Why a repository did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum RepositoryError {
    /// There is no repository.
    #[error("{place} holds no backups of Damask")]
    None {
        /// Where.
        place: String,
    },
    /// Something else lies there.
    #[error("{place} is neither empty nor a place of backups; choose an empty one")]
    Occupied {
        /// Where.
        place: String,
    },
    /// The key is another than the backups were sealed with.
    #[error("the key is not the one with which the backups in {place} were sealed")]
    WrongKey {
        /// Where.
        place: String,
    },
    /// The backups are sealed, and no key was given.
    #[error("the backups in {place} are sealed: give the key with which they were made")]
    NeedsKey {
        /// Where.
        place: String,
    },
    /// A key was given, and the backups are not sealed.
    #[error("the backups in {place} are not sealed; to seal, choose another place")]
    NotSealed {
        /// Where.
        place: String,
    },
    /// The key is too short to keep anything secret.
    #[error("a key has at least {at_least} characters")]
    ShortKey {
        /// The least.
        at_least: usize,
    },
    /// A newer Damask has written it.
    #[error("{place} was written by a newer Damask (form {form}); use that one")]
    Newer {
        /// Where.
        place: String,
        /// Its form.
        form: u64,
    },
    /// Somebody else is at work there.
    #[error("{who} is at work in {place} until {until} at the latest; try again then")]
    Busy {
        /// Where.
        place: String,
        /// What they do.
        who: String,
        /// When their lease ends, unless they are done sooner or go on.
        until: String,
    },
    /// A piece is not there.
    #[error("{piece} is missing ({name})")]
    Missing {
        /// What it is.
        piece: Piece,
        /// Its name there.
        name: String,
    },
    /// A piece is not what was put.
    #[error("{piece} is damaged ({name}): {why}")]
    Damaged {
        /// What it is.
        piece: Piece,
        /// Its name there.
        name: String,
        /// What was seen.
        why: String,
    },
    /// What was to be put cannot be read.
    #[error("what is to be backed up cannot be read")]
    Source(#[source] io::Error),
    /// The place does not do it.
    #[error("{0}")]
    Store(#[source] StoreError),
}

impl From<StoreError> for RepositoryError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
