//! The store itself: opening it, and reading, measuring and removing what lies there.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use damask_model::ByteSource as _;

use crate::{
    Capabilities, Lent, Places, StoreError, StoreKey, Stored,
    direct::Long,
    durable::sync_folder,
    key::{BLOBS, RENDITIONS, UPLOADS},
    log::LOG,
    places::Ranks,
    session::{INCOMING, SCRATCH, Session, remove_leftovers},
    upload::Uploads,
};

/// A library's bytes: blobs in a local folder or a bucket, everything else in the local folder. Clones are the
/// same store.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) root: PathBuf,
    pub(crate) ranks: Ranks,
    pub(crate) session: Arc<Session>,
    pub(crate) uploads: Uploads,
}

impl Store {
    /// Opens the store in `root`, blobs and all: makes its folders, proves that they can be written, and removes
    /// what processes that no longer live left half-done.
    pub fn open(root: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_in(root, &Places::HERE)
    }

    /// The same with the blobs in these places, of which the first is opened. A bucket is asked what it can do.
    /// [`StoreError::Bucket`] says what to do where it does not answer as it should, [`StoreError::NotThere`] where a
    /// drive is not mounted, [`StoreError::Elsewhere`] where the blobs are somewhere else.
    pub fn open_in(root: impl AsRef<Path>, places: &Places) -> Result<Self, StoreError> {
        let given = root.as_ref();
        fs::create_dir_all(given).map_err(|error| StoreError::io("make the data folder", given, error))?;
        let root =
            fs::canonicalize(given).map_err(|error| StoreError::io("find the data folder", given, error))?;
        for name in [BLOBS, RENDITIONS, UPLOADS, INCOMING, SCRATCH, LOG] {
            let folder = root.join(name);
            fs::create_dir_all(&folder).map_err(|error| StoreError::io("make the folder", &folder, error))?;
        }
        let session = Arc::new(Session::begin(&root)?);
        remove_leftovers(&root)?;
        let ranks = Ranks::open(&root, places, &session)?;
        for folder in [Some(root.as_path()), root.parent()].into_iter().flatten() {
            // The parent may be a folder this user may enter but not read; its entry is then older than us.
            match sync_folder(folder) {
                Err(error) if folder == root => {
                    return Err(StoreError::io("make durable the folder", folder, error));
                }
                _ => {}
            }
        }
        let inner = Inner { ranks, session, uploads: Uploads::default(), root };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// What the place of the blobs was found to do.
    pub fn capabilities(&self) -> Capabilities {
        self.inner.ranks.first().capabilities()
    }

    /// Where what is kept in the local folder lies, whether or not it does.
    pub(crate) fn path(&self, key: &StoreKey) -> PathBuf {
        self.inner.root.join(key.path())
    }

    /// A file with the bytes of `key`, for programs that want a path; it is there while the answer is held. What
    /// lies elsewhere is fetched for it, and what is encrypted decrypted. [`StoreError::Missing`] when there are none.
    pub fn lend(&self, key: &StoreKey) -> Result<Lent, StoreError> {
        match key {
            StoreKey::Blob(hash) => self.inner.ranks.either(*hash, |engine| engine.lend(*hash)),
            StoreKey::Rendition { .. } => self.lend_rendition(*key),
            StoreKey::Upload(_) => {
                self.length(key)?;
                Ok(Lent::own(self.path(key)))
            }
        }
    }

    /// Opens the bytes of `key` for reading at any place; [`StoreError::Missing`] when there are none.
    pub fn open_bytes(&self, key: &StoreKey) -> Result<Stored, StoreError> {
        if let StoreKey::Blob(hash) = key {
            return self.inner.ranks.either(*hash, |engine| engine.open(*hash));
        }
        self.local(*key, |path| Stored::file(File::open(path)?))
    }

    /// Opens the bytes of `key` to be read once from one end to the other, past the page cache where that can be.
    pub fn open_long(&self, key: &StoreKey) -> Result<Stored, StoreError> {
        if let StoreKey::Blob(hash) = key {
            return self.inner.ranks.either(*hash, |engine| engine.open_long(*hash));
        }
        self.local(*key, |path| Long::open(path).map(Stored::long))
    }

    /// Opens what is kept in the local folder whatever the places are.
    fn local(
        &self,
        key: StoreKey,
        open: impl FnOnce(&Path) -> io::Result<Stored>,
    ) -> Result<Stored, StoreError> {
        let path = self.path(&key);
        let stored = open(&path).map_err(|error| StoreError::reading("open", key, &path, error))?;
        match key {
            StoreKey::Rendition { key: digest, .. } => self.rendition(digest, key, stored),
            StoreKey::Blob(_) | StoreKey::Upload(_) => Ok(stored),
        }
    }

    /// Opens the bytes of `key` when they are as many as the catalog says, else
    /// [`StoreError::WrongLength`]: renditions are not synced, and a crash may leave one short.
    pub fn open_sized(&self, key: &StoreKey, bytes: u64) -> Result<Stored, StoreError> {
        let stored = self.open_bytes(key)?;
        if stored.len() == bytes {
            Ok(stored)
        } else {
            Err(StoreError::WrongLength { key: *key, expected: bytes, found: stored.len() })
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
        if let StoreKey::Blob(hash) = key {
            return self.inner.ranks.either(*hash, |engine| engine.length(*hash));
        }
        if let StoreKey::Rendition { .. } = key {
            return Ok(self.open_bytes(key)?.len());
        }
        let path = self.path(key);
        let found =
            fs::metadata(&path).map_err(|error| StoreError::reading("measure", *key, &path, error))?;
        Ok(found.len())
    }

    /// Removes the bytes of `key`, and answers whether there were any. The removal of a blob is durable.
    ///
    /// The caller makes sure that no version holds the blob and no ingest is about to.
    pub fn remove(&self, key: &StoreKey) -> Result<bool, StoreError> {
        match key {
            StoreKey::Blob(hash) => self.inner.ranks.remove(*hash),
            StoreKey::Upload(id) => self.upload_remove(*id),
            StoreKey::Rendition { .. } => {
                let path = self.path(key);
                match fs::remove_file(&path) {
                    Ok(()) => Ok(true),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
                    Err(error) => Err(StoreError::io("remove", &path, error)),
                }
            }
        }
    }
}
