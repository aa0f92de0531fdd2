//! A folder as an engine. In the store's own a staged file that was synced is moved to its place, then the folders that
//! name it are synced (see durable.rs); into one elsewhere it is copied first.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use damask_model::ContentHash;

use crate::{
    Capabilities, Lent, StoreError, StoreKey, Stored, Tick, Verified, Way,
    direct::Long,
    durable::{Shelves, SyncFailure},
    engine::{Adopted, Engine, Need, Placed, Walk},
    key::BLOBS,
    walk::Folders,
};

/// Bytes read at a time when verifying.
const BUFFER_BYTES: usize = 1 << 20;

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

    fn place(&self, staged: &Path, hash: ContentHash, bytes: u64) -> Result<Placed, StoreError> {
        if !self.is_here() {
            return Ok(Placed { already_there: self.copy_new(staged, hash, bytes)?, taken: false });
        }
        let already_there = Self::place(self, staged, hash, bytes)?;
        Ok(Placed { already_there, taken: !already_there })
    }

    /// Upload and blob are two names of one file.
    fn adopt(
        &self,
        upload: &Path,
        spare: &Path,
        hash: ContentHash,
        bytes: u64,
    ) -> Result<Adopted, StoreError> {
        if !self.is_here() {
            let already_there = self.copy_new(upload, hash, bytes)?;
            return Ok(Adopted { already_there, is_linked: false });
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

    fn keep_copy(&self, from: &Path, hash: ContentHash, _: u64) -> Result<(), StoreError> {
        self.copy_over(from, hash)
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
    fn verify(&self, hash: ContentHash, bytes: Option<u64>, tick: Tick<'_>) -> Result<Verified, StoreError> {
        let mut file = match self.opened(hash, |path| File::open(path)) {
            Ok(file) => file,
            Err(StoreError::Missing { .. }) => return Ok(Verified::Missing),
            Err(error) => return Err(error),
        };
        let path = self.path(hash);
        let failed = |error| StoreError::io("read", &path, error);
        let length = file.metadata().map_err(failed)?.len();
        if bytes.is_some_and(|bytes| length < bytes) {
            return Ok(Verified::Short { bytes: length });
        }
        forget_cached(&file);
        let mut hasher = blake3::Hasher::new();
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => {
                    hasher.update(&buffer[..count]);
                    if tick(count as u64).is_break() {
                        return Err(StoreError::Stopped);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(failed(error)),
            }
        }
        forget_cached(&file);
        Ok(Verified::of(hash, &hasher))
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
}

/// Has the page cache forget a file's bytes, where they are on the disk already. Only asked: nothing depends on it.
fn forget_cached(file: &File) {
    let _ = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed);
}

fn is_same_file(left: &Path, right: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    Ok(fs::metadata(left)?.ino() == fs::metadata(right)?.ino())
}
