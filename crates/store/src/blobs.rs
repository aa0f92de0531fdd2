//! Looking after blobs: walking over all of them in the order of their hashes, and comparing one with its
//! name. What to do about what is found is up to `damask check`.

use std::{
    fs, io,
    io::Read as _,
    path::{Path, PathBuf},
};

use damask_model::ContentHash;

use crate::{Store, StoreError, StoreKey, key::BLOBS};

/// Bytes read at a time when verifying.
const BUFFER_BYTES: usize = 1 << 20;

/// One thing that lies among the blobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A blob, by its name and length (its bytes were not read).
    Blob {
        /// Its name.
        hash: ContentHash,
        /// Its length.
        bytes: u64,
    },
    /// Something that is no blob, or a blob in another's folder.
    Stray {
        /// Where it lies.
        path: PathBuf,
    },
}

/// What a blob's bytes say of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verified {
    /// They are the right ones.
    Good,
    /// There are none.
    Missing,
    /// Fewer than expected; they were not read.
    Short {
        /// Bytes there are.
        bytes: u64,
    },
    /// Other bytes.
    Different {
        /// The hash they have.
        found: ContentHash,
    },
}

impl Store {
    /// Reads the blob once and compares. With `bytes`, what the catalog says of its length, a short one is
    /// told without reading it. An error means that the disk could not be read.
    pub fn verify(&self, hash: ContentHash, bytes: Option<u64>) -> Result<Verified, StoreError> {
        let key = StoreKey::Blob(hash);
        let mut file = match self.open_file(&key) {
            Ok(file) => file,
            Err(StoreError::Missing { .. }) => return Ok(Verified::Missing),
            Err(error) => return Err(error),
        };
        let path = self.path(&key);
        let failed = |error| StoreError::io("read", &path, error);
        let length = file.metadata().map_err(failed)?.len();
        if bytes.is_some_and(|bytes| length < bytes) {
            return Ok(Verified::Short { bytes: length });
        }
        let mut hasher = blake3::Hasher::new();
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => {
                    hasher.update(&buffer[..count]);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(failed(error)),
            }
        }
        let found = ContentHash::from(hasher.finalize());
        Ok(if found == hash { Verified::Good } else { Verified::Different { found } })
    }

    /// All that lies among the blobs, in the order of names, so that it can be walked beside the catalog's
    /// own ordered list. Holds one folder's names at a time (1/65,536 of all).
    pub fn blobs(&self) -> Blobs {
        Blobs { waiting: vec![Step::Folder(self.inner.root.join(BLOBS), 0)] }
    }
}

/// See [`Store::blobs`]. A folder that can't be listed is an error in its place; the walk goes on after it.
#[derive(Debug)]
pub struct Blobs {
    /// Last first.
    waiting: Vec<Step>,
}

#[derive(Debug)]
enum Step {
    /// A folder so many levels below `blobs/`.
    Folder(PathBuf, usize),
    /// A file in a folder of blobs.
    File(PathBuf),
    /// What is no blob by its name or its place.
    Stray(PathBuf),
}

/// Folders between `blobs/` and a blob.
const LEVELS: usize = 2;

impl Iterator for Blobs {
    type Item = Result<Found, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.waiting.pop()? {
                Step::Stray(path) => return Some(Ok(Found::Stray { path })),
                Step::File(path) => match look_at(&path) {
                    Ok(found) => return Some(Ok(found)),
                    // Purged since its folder was listed.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Some(Err(StoreError::io("measure", &path, error))),
                },
                Step::Folder(path, level) => match list(&path, level) {
                    Ok(mut steps) => self.waiting.append(&mut steps),
                    Err(error) => return Some(Err(StoreError::io("list", &path, error))),
                },
            }
        }
    }
}

/// What lies in a folder, last name first.
fn list(folder: &Path, level: usize) -> io::Result<Vec<Step>> {
    let mut steps = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let is_folder = entry.file_type()?.is_dir();
        let name = entry.file_name();
        let is_shelf = name.to_str().is_some_and(|name| {
            name.len() == 2 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        });
        steps.push(match (level, is_folder) {
            (0..LEVELS, true) if is_shelf => Step::Folder(path, level + 1),
            (LEVELS, false) => Step::File(path),
            _ => Step::Stray(path),
        });
    }
    steps.sort_by(|left, right| right.path().cmp(left.path()));
    Ok(steps)
}

impl Step {
    fn path(&self) -> &Path {
        match self {
            Self::Folder(path, _) | Self::File(path) | Self::Stray(path) => path,
        }
    }
}

fn look_at(path: &Path) -> io::Result<Found> {
    let there = fs::symlink_metadata(path)?;
    let hash = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
    Ok(match hash {
        Some(hash) if there.is_file() && path.ends_with(StoreKey::Blob(hash).path()) => {
            Found::Blob { hash, bytes: there.len() }
        }
        _ => Found::Stray { path: path.to_owned() },
    })
}
