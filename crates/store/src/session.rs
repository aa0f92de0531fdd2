//! The mark of a living process in the data folder, so that leftovers of dead ones can be told and removed.
//!
//! Each opened store owns `incoming/<session>/` and `scratch/<session>/`, and holds a lock on
//! `incoming/<session>.lock`. The kernel lets go of the lock when the process dies, however it dies, so no
//! clock and no process number is needed to know what is left over. The lock file is made before the folders
//! and removed after them: a folder without a lock file is dead.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use damask_model::Uuid;
use rustix::fs::{FlockOperation, flock};

use crate::StoreError;

pub(crate) const INCOMING: &str = "incoming";
pub(crate) const SCRATCH: &str = "scratch";
const LOCK_SUFFIX: &str = ".lock";

/// Removes its folders and its lock on drop.
#[derive(Debug)]
pub(crate) struct Session {
    incoming: PathBuf,
    scratch: PathBuf,
    lock_path: PathBuf,
    _lock: File,
    next: AtomicU64,
}

impl Session {
    /// Takes a lock and makes the folders; this is also the proof that the data folder can be written.
    pub(crate) fn begin(root: &Path) -> Result<Self, StoreError> {
        let (name, lock_path, lock) = loop {
            let name = Uuid::now_v7().simple().to_string();
            let lock_path = root.join(INCOMING).join(format!("{name}{LOCK_SUFFIX}"));
            if let Some(lock) = take_new_lock(&lock_path)
                .map_err(|error| StoreError::io("write in the data folder at", &lock_path, error))?
            {
                break (name, lock_path, lock);
            }
        };
        let session = Self {
            incoming: root.join(INCOMING).join(&name),
            scratch: root.join(SCRATCH).join(&name),
            lock_path,
            _lock: lock,
            next: AtomicU64::new(0),
        };
        for folder in [&session.incoming, &session.scratch] {
            fs::create_dir(folder).map_err(|error| StoreError::io("make the folder", folder, error))?;
        }
        Ok(session)
    }

    /// Its folder in `incoming/`.
    pub(crate) fn incoming_folder(&self) -> &Path {
        &self.incoming
    }

    /// A path in `incoming/` that nothing else has.
    pub(crate) fn incoming_path(&self) -> PathBuf {
        self.incoming.join(self.number())
    }

    /// A path in `scratch/` that nothing else has.
    pub(crate) fn scratch_path(&self) -> PathBuf {
        self.scratch.join(self.number())
    }

    fn number(&self) -> String {
        self.next.fetch_add(1, Ordering::Relaxed).to_string()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        remove_folder(&self.incoming);
        remove_folder(&self.scratch);
        let _ = fs::remove_file(&self.lock_path);
    }
}

/// `None` when a cleaner took the new file away before it was locked: try another name.
fn take_new_lock(path: &Path) -> io::Result<Option<File>> {
    let file = OpenOptions::new().write(true).create_new(true).open(path)?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => {}
        Err(rustix::io::Errno::WOULDBLOCK) => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    match fs::metadata(path) {
        Ok(there) if there.ino() == file.metadata()?.ino() => Ok(Some(file)),
        Ok(_) => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Removes what processes that no longer live left in `incoming/` and `scratch/`. Only names of the form a
/// session has are touched: a folder of this name may hold a person's files.
pub(crate) fn remove_leftovers(root: &Path) -> Result<(), StoreError> {
    for folder in [root.join(INCOMING), root.join(SCRATCH)] {
        let listing = |error| StoreError::io("list", &folder, error);
        for entry in fs::read_dir(&folder).map_err(listing)? {
            let name = entry.map_err(listing)?.file_name();
            let Some(name) = name.to_str() else { continue };
            let session = name.strip_suffix(LOCK_SUFFIX).unwrap_or(name);
            if is_session(session) {
                remove_if_dead(root, session);
            }
        }
    }
    Ok(())
}

fn is_session(name: &str) -> bool {
    name.len() == 32 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn remove_if_dead(root: &Path, session: &str) {
    let lock_path = root.join(INCOMING).join(format!("{session}{LOCK_SUFFIX}"));
    let lock = match File::open(&lock_path) {
        Ok(lock) => Some(lock),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(_) => return,
    };
    if lock.as_ref().is_some_and(|lock| flock(lock, FlockOperation::NonBlockingLockExclusive).is_err()) {
        return;
    }
    tracing::info!(session, "removing what an interrupted run left");
    remove_folder(&root.join(INCOMING).join(session));
    remove_folder(&root.join(SCRATCH).join(session));
    let _ = fs::remove_file(&lock_path);
}

fn remove_folder(folder: &Path) {
    if let Err(error) = fs::remove_dir_all(folder)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(path = %folder.display(), %error, "cannot remove a temporary folder");
    }
}
