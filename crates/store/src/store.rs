//! The store itself: opening it, and reading, measuring and removing what lies there.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    Long, StoreError, StoreKey,
    durable::{Shelves, sync_folder},
    key::{BLOBS, RENDITIONS, UPLOADS},
    log::LOG,
    session::{INCOMING, SCRATCH, Session, remove_leftovers},
    upload::Uploads,
};

/// A library's bytes in a local folder. Clones are the same store.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) root: PathBuf,
    pub(crate) shelves: Shelves,
    pub(crate) session: Session,
    pub(crate) uploads: Uploads,
}

impl Store {
    /// Opens the store in `root`: makes its folders, proves that they can be written, and removes what
    /// processes that no longer live left half-done.
    pub fn open(root: impl AsRef<Path>) -> Result<Self, StoreError> {
        let given = root.as_ref();
        fs::create_dir_all(given).map_err(|error| StoreError::io("make the data folder", given, error))?;
        let root =
            fs::canonicalize(given).map_err(|error| StoreError::io("find the data folder", given, error))?;
        for name in [BLOBS, RENDITIONS, UPLOADS, INCOMING, SCRATCH, LOG] {
            let folder = root.join(name);
            fs::create_dir_all(&folder).map_err(|error| StoreError::io("make the folder", &folder, error))?;
        }
        for folder in [Some(root.as_path()), root.parent()].into_iter().flatten() {
            // The parent may be a folder this user may enter but not read; its entry is then older than us.
            match sync_folder(folder) {
                Err(error) if folder == root => {
                    return Err(StoreError::io("make durable the folder", folder, error));
                }
                _ => {}
            }
        }
        let session = Session::begin(&root)?;
        remove_leftovers(&root)?;
        let inner = Inner { shelves: Shelves::new(&root), session, uploads: Uploads::default(), root };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Where the bytes of `key` lie in the file system, whether or not they do.
    pub fn path(&self, key: &StoreKey) -> PathBuf {
        self.inner.root.join(key.path())
    }

    /// Opens the bytes of `key` for reading; [`StoreError::Missing`] when there are none.
    pub fn open_file(&self, key: &StoreKey) -> Result<File, StoreError> {
        let path = self.path(key);
        File::open(&path).map_err(|error| StoreError::reading("open", *key, &path, error))
    }

    /// Opens the bytes of `key` to be read once from one end to the other, past the page cache where that can be.
    pub fn open_long(&self, key: &StoreKey) -> Result<Long, StoreError> {
        let path = self.path(key);
        Long::open(&path).map_err(|error| StoreError::reading("open", *key, &path, error))
    }

    /// Opens the bytes of `key` when they are as many as the catalog says, else
    /// [`StoreError::WrongLength`]: renditions are not synced, and a crash may leave one short.
    pub fn open_sized(&self, key: &StoreKey, bytes: u64) -> Result<File, StoreError> {
        let file = self.open_file(key)?;
        let path = self.path(key);
        let found =
            file.metadata().map_err(|error| StoreError::reading("measure", *key, &path, error))?.len();
        if found == bytes {
            Ok(file)
        } else {
            Err(StoreError::WrongLength { key: *key, expected: bytes, found })
        }
    }

    /// Whether there are bytes under `key`.
    pub fn contains(&self, key: &StoreKey) -> Result<bool, StoreError> {
        match self.length(key) {
            Ok(_) => Ok(true),
            Err(StoreError::Missing { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Length in bytes; [`StoreError::Missing`] when there are none.
    pub fn length(&self, key: &StoreKey) -> Result<u64, StoreError> {
        let path = self.path(key);
        let found =
            fs::metadata(&path).map_err(|error| StoreError::reading("measure", *key, &path, error))?;
        Ok(found.len())
    }

    /// Removes the bytes of `key`, and answers whether there were any. The removal of a blob is durable.
    ///
    /// The caller makes sure that no version holds the blob and no ingest is about to.
    pub fn remove(&self, key: &StoreKey) -> Result<bool, StoreError> {
        if let StoreKey::Upload(id) = key {
            return self.upload_remove(*id);
        }
        let path = self.path(key);
        match fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(StoreError::io("remove", &path, error)),
        }
        if let StoreKey::Blob(hash) = key {
            self.inner.shelves.sync(&[*hash]).map_err(|failure| failure.to_error())?;
        }
        Ok(true)
    }
}
