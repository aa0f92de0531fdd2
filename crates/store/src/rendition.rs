//! Renditions: derived bytes that can be made again, so they are put in place without waiting for the disk.
//! The catalog's row knows their length; readers ask with [`Store::open_sized`].

use std::{
    fs::{self, File},
    io,
    path::Path,
};

use crate::{
    Lent, Store, StoreError, StoreKey, Stored,
    encrypted::{Opened, Subject, write_out},
    scratch::Temp,
};

impl Store {
    /// Moves a finished file (as a rule from a [`crate::Scratch`]) to its place and answers its length. It is encrypted
    /// where originals are. A rendition that is there already is replaced: a key names every input, so both are as
    /// good.
    pub fn put_rendition(
        &self,
        key: [u8; 32],
        extension: &'static str,
        from: &Path,
    ) -> Result<u64, StoreError> {
        let path = self.path(&StoreKey::Rendition { key, extension });
        let failed = |error| StoreError::io("put in place the rendition", &path, error);
        let bytes = fs::metadata(from).map_err(|error| StoreError::io("measure", from, error))?.len();
        let near = Temp(self.inner.session.incoming_path());
        let by_way_of = |error| StoreError::io("copy", from, error);
        if let Some(data) = self.inner.ranks.first().data_key() {
            let source = File::open(from).map_err(by_way_of)?;
            data.encrypt_file(Subject::rendition(key), source, &near.0).map_err(by_way_of)?;
        } else {
            match move_into(from, &path) {
                Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
                    fs::copy(from, &near.0).map_err(by_way_of)?;
                }
                moved => return moved.map(|()| bytes).map_err(failed),
            }
        }
        move_into(&near.0, &path).map_err(failed)?;
        fs::remove_file(from).map_err(|error| StoreError::io("remove", from, error))?;
        Ok(bytes)
    }

    /// A rendition as it was made, whether or not it lies there encrypted. [`StoreError::Broken`] where its key is
    /// gone: it can be made again.
    pub(crate) fn rendition(
        &self,
        key: [u8; 32],
        of: StoreKey,
        stored: Stored,
    ) -> Result<Stored, StoreError> {
        let failed = |error| StoreError::of_read(of, error);
        if !Opened::is_meant(&stored).map_err(failed)? {
            return Ok(stored);
        }
        let engines = self.inner.ranks.opened();
        let keys: Vec<_> = engines.iter().filter_map(|engine| engine.data_key()).collect();
        Opened::new(stored, &keys, Subject::rendition(key)).map(Stored::encrypted).map_err(failed)
    }

    /// A file with the bytes of a rendition, in the clear.
    pub(crate) fn lend_rendition(&self, of: StoreKey) -> Result<Lent, StoreError> {
        let stored = self.open_bytes(&of)?;
        if stored.as_file().is_some() {
            return Ok(Lent::own(self.path(&of)));
        }
        let temp = Temp(self.inner.session.scratch_path());
        write_out(&stored, of, &temp.0)?;
        Ok(Lent::temp(temp))
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
