//! The notary's log: files that are written once, durably, and read by name. What they mean is `flow`'s affair.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Component, Path, PathBuf},
};

use crate::{Store, StoreError, durable::sync_folder};

/// The folder of the log below the root.
pub(crate) const LOG: &str = "log";

impl Store {
    /// The bytes of a file of the log; `None` where there is none of that name.
    pub fn log_read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.log_path(name)?;
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::io("read", &path, error)),
        }
    }

    /// Writes a file of the log in place of what was there; returns when it is on the disk. Whoever reads meanwhile
    /// sees the one or the other. Only its owner may read it where `secret`.
    pub fn log_write(&self, name: &str, bytes: &[u8], secret: bool) -> Result<(), StoreError> {
        let path = self.log_path(name)?;
        let folder = path.parent().expect("a file of the log lies in its folder");
        self.log_folder(folder)?;
        let temp = path.with_extension("new");
        let written = (|| {
            let mode = if secret { 0o600 } else { 0o644 };
            let mut file =
                OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&temp)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&temp, &path)?;
            sync_folder(folder)
        })();
        written.map_err(|error| StoreError::io("write", &path, error))
    }

    /// Removes a folder of the log with all in it, where there is one.
    pub fn log_remove(&self, name: &str) -> Result<(), StoreError> {
        let path = self.log_path(name)?;
        match fs::remove_dir_all(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(StoreError::io("remove", &path, error))
            }
            _ => Ok(()),
        }
    }

    /// Makes a folder of the log, and returns when its name and those above it are on the disk. The log itself was
    /// made with the store: is it gone, then so is the disk on which it lies, and nothing is written in its place.
    fn log_folder(&self, folder: &Path) -> Result<(), StoreError> {
        if folder.is_dir() {
            return Ok(());
        }
        let failed = |error| StoreError::io("make the folder", folder, error);
        let log = self.inner.root.join(LOG);
        fs::metadata(&log).map_err(failed)?;
        let missing = folder.ancestors().take_while(|above| above.starts_with(&log) && !above.is_dir());
        for folder in missing.collect::<Vec<_>>().into_iter().rev() {
            fs::create_dir(folder).map_err(failed)?;
            sync_folder(folder.parent().expect("it lies in the log")).map_err(failed)?;
        }
        Ok(())
    }

    fn log_path(&self, name: &str) -> Result<PathBuf, StoreError> {
        let lawful = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        if lawful && !name.is_empty() {
            Ok(self.inner.root.join(LOG).join(name))
        } else {
            Err(StoreError::io("name a file of the log", Path::new(name), io::ErrorKind::InvalidInput.into()))
        }
    }
}
