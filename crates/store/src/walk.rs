//! Walking over the folders of the blobs in the order of their hashes.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{Found, StoreError, StoreKey};

/// A folder that can't be listed is an error in its place; the walk goes on after it.
#[derive(Debug)]
pub(crate) struct Folders {
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

impl Folders {
    /// Begins at the folder of all blobs. Holds one folder's names at a time (1/65,536 of all).
    pub(crate) fn new(blobs: PathBuf) -> Self {
        Self { waiting: vec![Step::Folder(blobs, 0)] }
    }
}

impl Iterator for Folders {
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
