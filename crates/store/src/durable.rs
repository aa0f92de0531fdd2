//! Names that survive a power cut: a synced file takes its place among the blobs, then the folders that now
//! name it are synced. The order file → rename → folder is what an acknowledgement stands on.
//!
//! A folder is synced each time a name was put in it; the entries of the folder itself (`blobs/ab/cd` in
//! `blobs/ab`) once a run, since an earlier run may have died between making and syncing it.

use std::{
    collections::{BTreeSet, HashSet},
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use damask_model::{ContentHash, Uuid};
use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::{
    StoreError, StoreKey,
    copying::copy_hashed,
    engine::{Note, Staged},
    error::same_again,
    incoming::FILE_MODE,
    key::{BLOBS, blob_folder},
    parallel::{self, SYNC_THREADS_MAX},
    placing,
    session::INCOMING,
};

/// No copy is untouched for longer while it is made.
const COPYING_TIME_MAX: Duration = Duration::from_hours(24);

/// The blobs' folders of one store.
#[derive(Debug)]
pub(crate) struct Shelves {
    root: PathBuf,
    /// Where copies are made before they have their names.
    staging: PathBuf,
    /// Whether what is staged by the store lies in the same folder.
    is_here: bool,
    /// First two bytes of hashes whose folder is known to be durably named in its parent folders.
    named: Mutex<HashSet<[u8; 2]>>,
    distrusted: AtomicBool,
}

/// A folder that could not be synced.
#[derive(Debug)]
pub(crate) struct SyncFailure {
    path: PathBuf,
    error: io::Error,
}

impl SyncFailure {
    /// As the answer for one file of the group.
    pub(crate) fn to_error(&self) -> StoreError {
        StoreError::io("make durable the folder", &self.path, same_again(&self.error))
    }
}

impl Shelves {
    /// Those of the store's own folder.
    pub(crate) fn here(root: &Path, staging: &Path) -> Self {
        Self::of(root, staging.to_owned(), true)
    }

    /// Those of another folder, which is there. What a process that was killed left half-copied is removed.
    pub(crate) fn elsewhere(root: &Path) -> Result<Self, StoreError> {
        let staging = root.join(INCOMING);
        for folder in [&staging, &root.join(BLOBS)] {
            fs::create_dir_all(folder).map_err(|error| StoreError::io("make the folder", folder, error))?;
        }
        remove_old(&staging);
        sync_folder(root).map_err(|error| StoreError::io("make durable the folder", root, error))?;
        Ok(Self::of(root, staging, false))
    }

    fn of(root: &Path, staging: PathBuf, is_here: bool) -> Self {
        let (named, distrusted) = (Mutex::default(), AtomicBool::new(false));
        Self { root: root.to_owned(), staging, is_here, named, distrusted }
    }

    /// An error where the folder has lost its mark.
    pub(crate) fn check_there(&self) -> Result<(), StoreError> {
        if self.is_here { Ok(()) } else { placing::check_mark(&self.root) }
    }

    pub(crate) const fn is_here(&self) -> bool {
        self.is_here
    }

    /// Writes one byte, syncs and removes it.
    pub(crate) fn try_out_elsewhere(&self) -> Result<(), StoreError> {
        let temp = self.staging_path("copy");
        let tried = fs::write(&temp, b".").and_then(|()| File::open(&temp)?.sync_all());
        let _ = fs::remove_file(&temp);
        tried.map_err(|error| StoreError::io("write", &temp, error))
    }

    /// Writes a short text beside the blobs; durable on return.
    pub(crate) fn leave_note(&self, name: &str, text: &str, note: Note) -> Result<(), StoreError> {
        let (path, temp) = (self.root.join(name), self.staging_path("note"));
        let write = || {
            let mut file = OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(&temp)?;
            writeln!(file, "{text}")?;
            file.sync_all()?;
            match note {
                Note::Over => fs::rename(&temp, &path)?,
                Note::New => match rename_to_new(&temp, &path) {
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                    named => named?,
                },
            }
            sync_folder(&self.root)
        };
        let written = write();
        // Mostly it was moved away.
        let _ = fs::remove_file(&temp);
        written.map_err(|error| StoreError::io("write", &path, error))
    }

    fn staging_path(&self, what: &str) -> PathBuf {
        self.staging.join(format!("{what}-{}", Uuid::now_v7().simple()))
    }

    /// Copies a file to its place, over whatever is there; durable on return.
    pub(crate) fn copy_over(&self, from: &Staged<'_>) -> Result<(), StoreError> {
        let hash = from.name;
        self.with_copy(from, |temp| {
            let path = self.path(hash);
            let placed = self.with_folder(hash, || fs::rename(temp, &path));
            placed.map_err(|error| StoreError::io("put in place", &path, error))
        })?;
        self.sync(&[hash]).map_err(|failure| failure.to_error())
    }

    /// Copies a file to a place that lacks it; answers whether it was there. Durable once its folder is synced.
    pub(crate) fn copy_new(&self, from: &Staged<'_>) -> Result<bool, StoreError> {
        if self.holds(from.name, from.bytes) {
            return Ok(true);
        }
        self.with_copy(from, |temp| self.place(temp, from.name, from.bytes))
    }

    fn with_copy<T>(
        &self,
        from: &Staged<'_>,
        place: impl FnOnce(&Path) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let temp = self.staging_path("copy");
        let placed = copy_hashed(from, &temp).and_then(|()| place(&temp));
        // Mostly it was moved away.
        let _ = fs::remove_file(&temp);
        placed
    }

    /// An error when a sync failed before: the kernel reports a lost write once, so a second try that
    /// succeeds proves nothing.
    pub(crate) fn check_trust(&self) -> Result<(), StoreError> {
        if self.distrusted.load(Ordering::Acquire) { Err(StoreError::Distrusted) } else { Ok(()) }
    }

    /// Whether the blob lies there with this length.
    pub(crate) fn holds(&self, hash: ContentHash, bytes: u64) -> bool {
        fs::metadata(self.path(hash)).is_ok_and(|there| there.is_file() && there.len() == bytes)
    }

    /// Moves a synced file to its place. Answers whether the blob was there already; then `temp` is left to
    /// its owner. A blob of another length is damaged, and is replaced by the good bytes.
    pub(crate) fn place(&self, temp: &Path, hash: ContentHash, bytes: u64) -> Result<bool, StoreError> {
        let path = self.path(hash);
        let failed = |error| StoreError::io("put in place", &path, error);
        match self.with_folder(hash, || rename_to_new(temp, &path)) {
            Ok(()) => Ok(false),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if self.holds(hash, bytes) {
                    return Ok(true);
                }
                tracing::warn!(%hash, bytes, "replacing a stored file of the wrong length");
                fs::rename(temp, &path).map_err(failed)?;
                Ok(false)
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// Runs `name_it`, which puts a name into the folder of `hash`; makes the folder when it is missing.
    pub(crate) fn with_folder(
        &self,
        hash: ContentHash,
        name_it: impl Fn() -> io::Result<()>,
    ) -> io::Result<()> {
        match name_it() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // On a mount point without its drive nothing is begun.
                self.check_there().map_err(io::Error::other)?;
                fs::create_dir_all(self.root.join(blob_folder(hash.0[0], hash.0[1])))?;
                name_it()
            }
            other => other,
        }
    }

    /// Returns when the names of these blobs are on the disk. Each folder is synced once.
    pub(crate) fn sync(&self, hashes: &[ContentHash]) -> Result<(), SyncFailure> {
        let shelves: BTreeSet<[u8; 2]> = hashes.iter().map(|hash| [hash.0[0], hash.0[1]]).collect();
        let fresh: Vec<[u8; 2]> = {
            let named = self.named.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            shelves.iter().copied().filter(|shelf| !named.contains(shelf)).collect()
        };
        let mut folders: BTreeSet<PathBuf> =
            shelves.iter().map(|[first, second]| blob_folder(*first, *second)).collect();
        for [first, second] in &fresh {
            let parent = blob_folder(*first, *second).parent().map(Path::to_owned);
            folders.insert(parent.expect("a blob's folder lies two below blobs/"));
            folders.insert(PathBuf::from(BLOBS));
        }
        let mut folders: Vec<PathBuf> = folders.into_iter().map(|folder| self.root.join(folder)).collect();
        let answers = parallel::each(&mut folders, SYNC_THREADS_MAX, |folder| sync_folder(folder));
        for (path, answer) in folders.into_iter().zip(answers) {
            if let Err(error) = answer {
                // A full disk is told to everyone in the group and may pass; any other loss may not.
                if error.kind() != io::ErrorKind::StorageFull {
                    self.distrusted.store(true, Ordering::Release);
                }
                return Err(SyncFailure { path, error });
            }
        }
        self.named.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend(fresh);
        Ok(())
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn path(&self, hash: ContentHash) -> PathBuf {
        self.root.join(StoreKey::Blob(hash).path())
    }
}

/// Removes copies that nobody is making any more. Another machine may be making one of its own just now.
fn remove_old(staging: &Path) {
    let Ok(entries) = fs::read_dir(staging) else { return };
    for entry in entries.flatten() {
        let is_old = entry
            .metadata()
            .and_then(|there| there.modified())
            .is_ok_and(|modified| modified.elapsed().is_ok_and(|age| age > COPYING_TIME_MAX));
        if is_old && entry.file_name().to_string_lossy().starts_with("copy-") {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Returns when the names in this folder are on the disk.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Renames without ever replacing. File systems without that rename (EINVAL) are asked first instead: two
/// writers of one hash then both win, with the same bytes.
fn rename_to_new(from: &Path, to: &Path) -> io::Result<()> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {
            if to.try_exists()? {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            fs::rename(from, to)
        }
        other => other.map_err(io::Error::from),
    }
}
