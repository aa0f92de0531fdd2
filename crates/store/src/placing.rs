//! Where the blobs of a library are, written down beside them, so that a library is never opened on the wrong
//! place: there every original would seem to be missing, and new ones would go where nobody looks for them.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use crate::{Bucket, StoreError, durable::sync_folder, incoming::FILE_MODE, key::BLOBS};

/// Names the bucket; not there where the blobs are in the local folder.
const PLACE: &str = "place";

/// How the local folder is called in errors.
const THIS_FOLDER: &str = "the local folder";

/// Compares what was written down with what is asked for; writes it down where nothing is stored yet.
///
/// Bucket and prefix are compared, not the server's address, which may change its name.
pub(crate) fn agree_on_place(root: &Path, bucket: Option<&Bucket>) -> Result<(), StoreError> {
    let path = root.join(PLACE);
    let failed = |error| StoreError::io("read", &path, error);
    let asked = bucket.map(Bucket::place);
    let is = match fs::read_to_string(&path) {
        Ok(text) => Some(text.trim().to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(failed(error)),
    };
    if is == asked {
        return Ok(());
    }
    let folder_is_empty = || fs::read_dir(root.join(BLOBS)).map(|mut entries| entries.next().is_none());
    match (is, asked) {
        (None, Some(asked)) if folder_is_empty().map_err(failed)? => {
            write_down(root, &path, &asked).map_err(|error| StoreError::io("write", &path, error))
        }
        (is, asked) => {
            let words = |place: Option<String>| {
                place.map_or_else(|| THIS_FOLDER.to_owned(), |place| format!("bucket {place}"))
            };
            Err(StoreError::Elsewhere { is: words(is), asked: words(asked) })
        }
    }
}

fn write_down(root: &Path, path: &Path, place: &str) -> io::Result<()> {
    let unfinished = root.join("place.new");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(FILE_MODE).open(&unfinished)?;
    writeln!(file, "{place}")?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    sync_folder(root)
}
