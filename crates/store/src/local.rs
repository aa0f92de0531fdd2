//! A folder as an engine. In the store's own a staged file that was synced is moved to its place, then the folders that
//! name it are synced (see durable.rs); into one elsewhere it is copied first.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use damask_model::ContentHash;

use crate::{
    Capabilities, Lent, StoreError, StoreKey, Stored, Way,
    direct::Long,
    durable::{Shelves, SyncFailure},
    engine::{Adopted, Engine, Need, Note, Placed, Staged, Walk},
    key::BLOBS,
    placing,
    walk::Folders,
};

impl Shelves {
    fn opened<T>(
        &self,
        hash: ContentHash,
        open: impl FnOnce(&Path) -> io::Result<T>,
    ) -> Result<T, StoreError> {
        let path = self.path(hash);
        open(&path).map_err(|error| StoreError::reading("open", StoreKey::Blob(hash), &path, error))
    }
}

impl Engine for Shelves {
    fn check_trust(&self) -> Result<(), StoreError> {
        Self::check_trust(self)
    }

    /// What is staged here lies in the same folder, and was tried there.
    fn try_out(&self) -> Result<(), StoreError> {
        if self.is_here() { Ok(()) } else { self.try_out_elsewhere() }
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            place: self.root().join(BLOBS).display().to_string(),
            encrypted: false,
            create_only: Way::Native,
            ranges: Way::Native,
            ordered_list: Way::Native,
            multipart: Way::Native,
        }
    }

    fn needs(&self, hash: ContentHash, bytes: u64) -> Need {
        match (self.holds(hash, bytes), self.is_here()) {
            (true, _) => Need::Nothing,
            (false, true) => Need::Synced,
            (false, false) => Need::Written,
        }
    }

    /// A rename is no wait.
    fn places_at_once(&self) -> usize {
        1
    }

    fn place(&self, staged: &Staged<'_>) -> Result<Placed, StoreError> {
        if !self.is_here() {
            return Ok(Placed { already_there: self.copy_new(staged)?, taken: false });
        }
        let already_there = Self::place(self, staged.path, staged.name, staged.bytes)?;
        Ok(Placed { already_there, taken: !already_there })
    }

    /// Upload and blob are two names of one file.
    fn adopt(&self, staged: &Staged<'_>, spare: &Path) -> Result<Adopted, StoreError> {
        let Staged { path: upload, name: hash, bytes, .. } = *staged;
        if !self.is_here() {
            return Ok(Adopted { already_there: self.copy_new(staged)?, is_linked: false });
        }
        let blob = self.path(hash);
        let already_there = match self.with_folder(hash, || fs::hard_link(upload, &blob)) {
            Ok(()) => false,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if self.holds(hash, bytes) {
                    !is_same_file(upload, &blob).map_err(|error| StoreError::io("measure", upload, error))?
                } else {
                    fs::hard_link(upload, spare).map_err(|error| StoreError::io("link", upload, error))?;
                    let placed = Self::place(self, spare, hash, bytes);
                    let _ = fs::remove_file(spare);
                    placed?
                }
            }
            Err(error) if error.kind() == io::ErrorKind::StorageFull => {
                return Err(StoreError::io("put in place", &blob, error));
            }
            // A file system without hard links.
            Err(_) => Self::place(self, upload, hash, bytes)?,
        };
        Ok(Adopted { already_there, is_linked: true })
    }

    fn keep_copy(&self, from: &Staged<'_>) -> Result<(), StoreError> {
        self.copy_over(from)
    }

    fn settle(&self, hashes: &[ContentHash]) -> Result<(), SyncFailure> {
        self.sync(hashes)
    }

    fn length(&self, hash: ContentHash) -> Result<u64, StoreError> {
        let path = self.path(hash);
        let found = fs::metadata(&path)
            .map_err(|error| StoreError::reading("measure", StoreKey::Blob(hash), &path, error))?;
        Ok(found.len())
    }

    fn open(&self, hash: ContentHash) -> Result<Stored, StoreError> {
        self.opened(hash, |path| Stored::file(File::open(path)?))
    }

    fn open_long(&self, hash: ContentHash) -> Result<Stored, StoreError> {
        self.opened(hash, |path| Long::open(path).map(Stored::long))
    }

    fn lend(&self, hash: ContentHash) -> Result<Lent, StoreError> {
        self.length(hash)?;
        Ok(Lent::own(self.path(hash)))
    }

    /// From the disk itself: what the page cache has says nothing of it.
    fn open_there(&self, hash: ContentHash) -> Result<Stored, StoreError> {
        let stored = self.open(hash)?;
        stored.forget_cached();
        Ok(stored)
    }

    fn check_there(&self) -> Result<(), StoreError> {
        Self::check_there(self)
    }

    fn remove(&self, hash: ContentHash) -> Result<bool, StoreError> {
        let path = self.path(hash);
        match fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(StoreError::io("remove", &path, error)),
        }
        self.sync(&[hash]).map_err(|failure| failure.to_error())?;
        Ok(true)
    }

    fn walk(&self) -> Walk {
        let blobs: PathBuf = self.root().join(BLOBS);
        Box::new(Folders::new(blobs))
    }

    fn note(&self, name: &str) -> Result<Option<String>, StoreError> {
        placing::read_text(&self.root().join(name))
    }

    fn leave_note(&self, name: &str, text: &str, note: Note) -> Result<(), StoreError> {
        Self::leave_note(self, name, text, note)
    }
}

fn is_same_file(left: &Path, right: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    Ok(fs::metadata(left)?.ino() == fs::metadata(right)?.ino())
}
