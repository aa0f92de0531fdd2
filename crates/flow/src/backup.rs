//! Backups: everything a library needs to be itself again, in a place apart, made while it is used.
//!
//! [`make`] puts what is not there yet: originals by their hash, and the catalog as pages cut from one snapshot (see
//! [`pages`]); the manifest, written last, makes a backup of them. [`restore`] makes a library of one and has it prove
//! itself; [`verify`] reads every piece; [`shelf`] lists and removes; [`schedule`] makes backups by the clock.
//! Renditions and the index are in no backup: they are made again.

mod copying;
pub mod make;
pub mod manifest;
mod pages;
mod progress;
pub mod restore;
pub mod schedule;
pub mod shelf;
pub mod verify;

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

pub use damask_store::{Lease, RepositoryPlace as Place, SealKey};
use damask_store::{Repository, RepositoryError};
pub use make::{BackupLine, Made};
pub use progress::Progress;

use crate::{
    damask::off_thread,
    trouble::{Outcome, Trouble},
};
use schedule::{Plan, State};

/// Where backups are, and the key they are sealed with.
#[derive(Clone, Debug)]
pub struct Target {
    /// A folder or a bucket.
    pub place: Place,
    /// The key; pieces are not sealed without one.
    pub key: Option<SealKey>,
}

impl Target {
    /// Opens the repository that is there.
    pub async fn open(&self) -> Outcome<Arc<Repository>> {
        let target = self.clone();
        let opened = off_thread(move || Repository::open(&target.place, target.key.as_ref()));
        Ok(Arc::new(opened.await?))
    }

    /// Opens the repository, or begins one.
    async fn begin(&self) -> Outcome<Arc<Repository>> {
        let target = self.clone();
        let opened = off_thread(move || Repository::begin(&target.place, target.key.as_ref()));
        Ok(Arc::new(opened.await?))
    }
}

/// What an open library knows of its backups.
#[derive(Debug, Default)]
pub struct Backups {
    /// Held while one is made: one at a time.
    busy: Arc<tokio::sync::Mutex<()>>,
    plan: OnceLock<Plan>,
    state: Mutex<State>,
}

impl Backups {
    /// The plan, where the configuration has one.
    pub fn plan(&self) -> Option<&Plan> {
        self.plan.get()
    }

    fn state(&self) -> State {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl From<RepositoryError> for Trouble {
    fn from(error: RepositoryError) -> Self {
        let code = match &error {
            RepositoryError::None { .. } | RepositoryError::Occupied { .. } => "bad-backup-place",
            RepositoryError::WrongKey { .. }
            | RepositoryError::NeedsKey { .. }
            | RepositoryError::NotSealed { .. }
            | RepositoryError::ShortKey { .. } => "bad-backup-key",
            RepositoryError::Newer { .. } => "newer-backup",
            RepositoryError::Busy { .. } => "backup-busy",
            RepositoryError::Missing { .. } | RepositoryError::Damaged { .. } => "backup-broken",
            RepositoryError::Source(_) | RepositoryError::Store(_) => {
                return Self::Fault {
                    doing: "use the place of the backups".to_owned(),
                    source: Box::new(error),
                };
            }
        };
        Self::mistake(code, error.to_string())
    }
}
