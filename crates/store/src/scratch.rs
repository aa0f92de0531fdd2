//! Scratch folders: room in the store's own file system for decoders to write in, gone when dropped (and, if
//! the process dies first, when the store is next opened).

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{Store, StoreError, store::Inner};

/// An empty folder of one's own.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    /// The session's folder, in which this one lies, has to live as long.
    _inner: Arc<Inner>,
}

/// A file that goes when this does, unless it was moved away before.
#[derive(Debug)]
pub(crate) struct Temp(pub(crate) PathBuf);

impl Drop for Temp {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

impl Store {
    /// Makes a scratch folder.
    pub fn scratch(&self) -> Result<Scratch, StoreError> {
        let path = self.inner.session.scratch_path();
        fs::create_dir(&path).map_err(|error| StoreError::io("make the folder", &path, error))?;
        Ok(Scratch { path, _inner: Arc::clone(&self.inner) })
    }
}

impl Scratch {
    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "cannot remove a scratch folder");
        }
    }
}
