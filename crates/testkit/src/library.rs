//! A data folder that is gone when the test ends.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// An empty data folder and, beside it, a folder of files to bring in. Both are removed on drop.
#[derive(Debug)]
pub struct TempLibrary {
    root: TempDir,
}

impl TempLibrary {
    /// Makes the two folders.
    ///
    /// # Panics
    /// When the temporary folder can't be written.
    #[must_use]
    pub fn new() -> Self {
        let root = TempDir::with_prefix("damask-test-").expect("the temporary folder is writable");
        for folder in ["library", "incoming"] {
            fs::create_dir(root.path().join(folder)).expect("a new temporary folder is empty");
        }
        Self { root }
    }

    /// The data folder, for `--data`.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.root.path().join("library")
    }

    /// The folder of files to bring in.
    #[must_use]
    pub fn incoming(&self) -> PathBuf {
        self.root.path().join("incoming")
    }

    /// Copies a fixture into [`TempLibrary::incoming`] under a path of the test's choosing and answers where it lies.
    ///
    /// # Panics
    /// When the fixture can't be copied.
    pub fn bring(&self, fixture: &Path, name: &str) -> PathBuf {
        let bytes =
            fs::read(fixture).unwrap_or_else(|why| panic!("cannot read {}: {why}", fixture.display()));
        self.write(name, &bytes)
    }

    /// Writes bytes into [`TempLibrary::incoming`] under a path of the test's choosing and answers where they lie.
    ///
    /// # Panics
    /// When the file can't be written.
    pub fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.incoming().join(name);
        let folder = path.parent().expect("a path below a folder has a parent");
        fs::create_dir_all(folder).and_then(|()| fs::write(&path, bytes)).unwrap_or_else(|why| {
            panic!("cannot write {}: {why}", path.display());
        });
        path
    }
}

impl Default for TempLibrary {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_of_a_test_is_gone_when_the_test_ends() {
        let library = TempLibrary::new();
        let data = library.data();
        let file = library.write("cards/A001/note.txt", b"slate 4, take 2");
        assert!(data.is_dir() && file.is_file());
        drop(library);
        assert!(!data.exists() && !file.exists());
    }
}
