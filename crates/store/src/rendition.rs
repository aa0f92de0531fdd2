//! Renditions: derived bytes that can be made again, so they are put in place without waiting for the disk.
//! The catalog's row knows their length; readers ask with [`Store::open_sized`].

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{Store, StoreError, StoreKey};

impl Store {
    /// Moves a finished file (as a rule from a [`crate::Scratch`]) to its place and answers its length.
    /// A rendition that is there already is replaced: a key names every input, so both are as good.
    pub fn put_rendition(
        &self,
        key: [u8; 32],
        extension: &'static str,
        from: &Path,
    ) -> Result<u64, StoreError> {
        let path = self.path(&StoreKey::Rendition { key, extension });
        let failed = |error| StoreError::io("put in place the rendition", &path, error);
        let bytes = fs::metadata(from).map_err(|error| StoreError::io("measure", from, error))?.len();
        match move_into(from, &path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
                let near = Near(self.inner.session.incoming_path());
                fs::copy(from, &near.0).map_err(|error| StoreError::io("copy", from, error))?;
                move_into(&near.0, &path).map_err(failed)?;
                fs::remove_file(from).map_err(|error| StoreError::io("remove", from, error))?;
            }
            Err(error) => return Err(failed(error)),
        }
        Ok(bytes)
    }
}

fn move_into(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let folder = to.parent().expect("a rendition lies two folders below renditions/");
            fs::create_dir_all(folder)?;
            fs::rename(from, to)
        }
        other => other,
    }
}

/// A copy in the store's own file system; whatever is still there on drop is removed.
struct Near(PathBuf);

impl Drop for Near {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
