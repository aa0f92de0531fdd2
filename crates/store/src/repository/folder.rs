//! A repository in a folder. Files are written under names of no meaning, many at a time; then the file system is
//! asked once to have them all, and only then each gets its name. A file of its own sync each would cost more than
//! all else.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use damask_model::Uuid;

use super::{
    RepositoryError,
    medium::{Medium, Opened},
};
use crate::StoreError;

/// Where files are that have no name yet.
const INCOMING: &str = "incoming";
/// Rights of pieces: nobody but the owner reads a backup.
const FILE_MODE: u32 = 0o600;
/// Bytes read at a time.
const BUFFER_BYTES: usize = 256 << 10;

#[derive(Debug)]
pub(super) struct InFolder {
    root: PathBuf,
    /// This one's own part of `incoming/`, once something was put.
    incoming: PathBuf,
    next: AtomicU64,
    /// Put and without their names.
    waiting: Mutex<Vec<(PathBuf, String)>>,
}

impl InFolder {
    pub(super) fn open(path: &Path, write: bool) -> Result<Self, StoreError> {
        if write {
            fs::create_dir_all(path).map_err(|error| StoreError::io("make the folder", path, error))?;
        }
        let incoming = path.join(INCOMING).join(Uuid::now_v7().simple().to_string());
        Ok(Self { root: path.to_owned(), incoming, next: AtomicU64::new(0), waiting: Mutex::default() })
    }

    fn unnamed(&self) -> Result<(PathBuf, File), StoreError> {
        let path = self.incoming.join(self.next.fetch_add(1, Ordering::Relaxed).to_string());
        let open = || OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(&path);
        let opened = open().or_else(|error| match error.kind() {
            io::ErrorKind::NotFound => fs::create_dir_all(&self.incoming).and_then(|()| open()),
            _ => Err(error),
        });
        let file = opened.map_err(|error| StoreError::io("make the file", &path, error))?;
        Ok((path, file))
    }

    fn sync(&self) -> Result<(), StoreError> {
        let synced = File::open(&self.root).and_then(|root| Ok(rustix::fs::syncfs(root)?));
        synced.map_err(|error| StoreError::io("make durable what lies in", &self.root, error))
    }

    fn give_name(&self, from: &Path, name: &str) -> Result<(), StoreError> {
        let to = self.root.join(name);
        let named = fs::rename(from, &to).or_else(|error| match (error.kind(), to.parent()) {
            (io::ErrorKind::NotFound, Some(folder)) => {
                fs::create_dir_all(folder).and_then(|()| fs::rename(from, &to))
            }
            _ => Err(error),
        });
        named.map_err(|error| StoreError::io("put in place", &to, error))
    }
}

impl Medium for InFolder {
    fn place(&self) -> String {
        self.root.display().to_string()
    }

    fn puts_at_once(&self) -> usize {
        1
    }

    fn put(&self, name: &str, bytes: &mut dyn Read) -> Result<(), RepositoryError> {
        let (path, mut file) = self.unnamed()?;
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            let count = match bytes.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    let _ = fs::remove_file(&path);
                    return Err(RepositoryError::Source(error));
                }
            };
            file.write_all(&buffer[..count]).map_err(|error| StoreError::io("write", &path, error))?;
        }
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.push((path, name.to_owned()));
        Ok(())
    }

    fn settle(&self) -> Result<(), RepositoryError> {
        let waiting = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        if waiting.is_empty() {
            return Ok(());
        }
        self.sync()?;
        for (path, name) in &waiting {
            self.give_name(path, name)?;
        }
        Ok(self.sync()?)
    }

    fn read(&self, name: &str) -> Result<Option<Opened>, RepositoryError> {
        let path = self.root.join(name);
        let open = || -> io::Result<(File, u64)> {
            let file = File::open(&path)?;
            let bytes = file.metadata()?.len();
            Ok((file, bytes))
        };
        match open() {
            Ok((file, bytes)) => {
                Ok(Some((Box::new(io::BufReader::with_capacity(BUFFER_BYTES, file)), bytes)))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::io("open", &path, error).into()),
        }
    }

    fn list(&self, folder: &str) -> Result<Vec<(String, u64)>, RepositoryError> {
        let path = self.root.join(folder);
        let failed = |error| RepositoryError::from(StoreError::io("list", &path, error));
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(failed)?;
            let found = entry.metadata().map_err(failed)?;
            if let (true, Some(name)) = (found.is_file(), entry.file_name().to_str()) {
                names.push((name.to_owned(), found.len()));
            }
        }
        Ok(names)
    }

    fn remove(&self, name: &str) -> Result<bool, RepositoryError> {
        let path = self.root.join(name);
        match fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(StoreError::io("remove", &path, error).into()),
        }
    }

    fn clear(&self) -> Result<(), RepositoryError> {
        let folder = self.root.join(INCOMING);
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(StoreError::io("remove", &folder, error).into())
            }
            _ => Ok(()),
        }
    }

    fn is_empty(&self) -> Result<bool, RepositoryError> {
        match fs::read_dir(&self.root) {
            Ok(mut entries) => Ok(entries.next().is_none()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
            Err(error) => Err(StoreError::io("list", &self.root, error).into()),
        }
    }
}

impl Drop for InFolder {
    /// What has no name yet is nobody's.
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.incoming);
    }
}
