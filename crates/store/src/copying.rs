//! Copying a whole file into a folder: hashed as it is read, synced, and moved over whatever has its name.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use crate::{StoreError, StoreKey, engine::Staged, incoming::FILE_MODE};

/// Bytes read at a time.
const BUFFER_BYTES: usize = 1 << 20;

/// Copies `staged` into the new file `to` and syncs it. [`StoreError::OtherBytes`] where it does not have the hash; what
/// was written is then the caller's to remove, as after any error.
pub(crate) fn copy_hashed(staged: &Staged<'_>, to: &Path) -> Result<(), StoreError> {
    let from = staged.path;
    let unreadable = |error| StoreError::reading("read", StoreKey::Blob(staged.name), from, error);
    let unwritable = |error| StoreError::io("write", to, error);
    let mut source = File::open(from).map_err(unreadable)?;
    let mut target =
        OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(to).map_err(unwritable)?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => {
                hasher.update(&buffer[..count]);
                target.write_all(&buffer[..count]).map_err(unwritable)?;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(error)),
        }
    }
    staged.check(&hasher)?;
    target.sync_all().map_err(unwritable)
}
