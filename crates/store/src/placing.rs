//! Where the originals of a library are, written down beside them, so that a library is never opened on the wrong
//! place: there every original would seem to be missing, and new ones would go where nobody looks for them.
//!
//! `place` names the first place (it is not there where that is the local folder). A folder elsewhere has a mark in it;
//! `marks` says which mark was seen at which path. A path whose mark is missing is a drive that is not mounted.

use std::{
    fmt,
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use damask_model::Uuid;

use crate::{Place, Places, StoreError, durable::sync_folder, incoming::FILE_MODE, key::BLOBS};

/// Names the first place; not there where the blobs are in the local folder.
const PLACE: &str = "place";
/// Marks seen, a line each: the mark, a space, the path.
const MARKS: &str = "marks";
/// The mark in a folder elsewhere.
const MARK: &str = "damask-place";
/// Longest of these files that is read.
const TEXT_BYTES_MAX: u64 = 64 << 10;

/// Begins what is written of a folder.
const FOLDER: &str = "folder ";

/// A place as it was written down.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Known {
    Here,
    Bucket(String),
    Folder { mark: String, path: PathBuf },
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Here => f.write_str("the local folder"),
            Self::Bucket(name) => write!(f, "bucket {name}"),
            Self::Folder { path, .. } => write!(f, "{}", path.display()),
        }
    }
}

/// The name of a place, for people and to know it again.
pub(crate) fn words(place: &Place) -> String {
    match place {
        Place::Here => "here".to_owned(),
        Place::Folder(path) => path.display().to_string(),
        Place::Bucket(bucket) => bucket.place(),
    }
}

/// The places in the order in which they stand: whichever was written down as the first is the first, whatever order
/// they are named in. [`StoreError::Elsewhere`] where neither is.
pub(crate) fn agree(root: &Path, places: &Places) -> Result<(Place, Option<Place>), StoreError> {
    let Places { first, second, .. } = places.clone();
    let known = read_known(root)?;
    if is(&known, &first)? {
        return Ok((first, second));
    }
    match second {
        Some(second) if is(&known, &second).unwrap_or(false) => {
            tracing::info!(first = %words(&second), "the places of originals were swapped; swap them in damask.toml");
            Ok((second, Some(first)))
        }
        second if known == Known::Here && is_empty(&root.join(BLOBS))? => Ok((first, second)),
        _ => {
            let asked = match &first {
                Place::Here => "the local folder".to_owned(),
                Place::Folder(_) => words(&first),
                Place::Bucket(_) => format!("bucket {}", words(&first)),
            };
            Err(StoreError::Elsewhere { is: known.to_string(), asked })
        }
    }
}

/// Whether a place is the one that was written down. Bucket and prefix are compared, not the server's address, and a
/// folder's mark, not its path: both may change their names.
fn is(known: &Known, place: &Place) -> Result<bool, StoreError> {
    Ok(match (known, place) {
        (Known::Here, Place::Here) => true,
        (Known::Bucket(name), Place::Bucket(bucket)) => *name == bucket.place(),
        (Known::Folder { mark, path }, Place::Folder(asked)) => match mark_at(asked)? {
            Some(there) => there == *mark,
            None if path == asked => return Err(not_mounted(asked)),
            None => false,
        },
        _ => false,
    })
}

fn read_known(root: &Path) -> Result<Known, StoreError> {
    let Some(text) = read_text(&root.join(PLACE))? else { return Ok(Known::Here) };
    let text = text.trim();
    Ok(match text.strip_prefix(FOLDER).and_then(|folder| folder.split_once(' ')) {
        Some((mark, path)) => Known::Folder { mark: mark.to_owned(), path: PathBuf::from(path) },
        None => Known::Bucket(text.to_owned()),
    })
}

/// Writes down which place is the first. It was opened, so that a folder has its mark.
pub(crate) fn write_down(root: &Path, first: &Place) -> Result<(), StoreError> {
    let path = root.join(PLACE);
    let line = match first {
        Place::Here => {
            return match fs::remove_file(&path) {
                Ok(()) => sync_folder(root).map_err(|error| StoreError::io("write", &path, error)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                Err(error) => Err(StoreError::io("remove", &path, error)),
            };
        }
        Place::Bucket(bucket) => bucket.place(),
        Place::Folder(folder) => {
            let mark = mark_at(folder)?.ok_or_else(|| not_mounted(folder))?;
            format!("{FOLDER}{mark} {}", folder.display())
        }
    };
    if read_text(&path)?.is_some_and(|there| there.trim() == line) {
        return Ok(());
    }
    replace(&path, &line).map_err(|error| StoreError::io("write", &path, error))
}

/// Makes sure that a folder elsewhere is what was left there, or begins it where nothing was.
pub(crate) fn mark(root: &Path, folder: &Path) -> Result<(), StoreError> {
    let marks_path = root.join(MARKS);
    let marks = read_text(&marks_path)?.unwrap_or_default();
    let seen = |line: &&str| line.split_once(' ').is_some_and(|(_, path)| Path::new(path) == folder);
    let known =
        marks.lines().rfind(seen).and_then(|line| line.split_once(' ')).map(|(mark, _)| mark.to_owned());
    let mark = match (mark_at(folder)?, known) {
        (Some(there), Some(known)) if there == known => return Ok(()),
        (Some(_), Some(_)) => {
            let why =
                "another drive than before is mounted there; mount the right one, or name another folder";
            return Err(StoreError::NotThere { path: folder.to_owned(), why });
        }
        (None, Some(_)) => return Err(not_mounted(folder)),
        (Some(there), None) => there,
        (None, None) => begin(folder).map_err(|error| StoreError::io("begin the folder", folder, error))?,
    };
    let line = format!("{marks}{mark} {}", folder.display());
    replace(&marks_path, &line).map_err(|error| StoreError::io("write", &marks_path, error))
}

/// An error where a folder elsewhere has no mark.
pub(crate) fn check_mark(folder: &Path) -> Result<(), StoreError> {
    mark_at(folder)?.map(drop).ok_or_else(|| not_mounted(folder))
}

fn not_mounted(folder: &Path) -> StoreError {
    let why = "its mark is missing; mount the drive, or bring the folder back";
    StoreError::NotThere { path: folder.to_owned(), why }
}

/// Makes the last folder of the path: what it lies in must be there.
fn begin(folder: &Path) -> io::Result<String> {
    match fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let mark = Uuid::now_v7().simple().to_string();
    replace(&folder.join(MARK), &mark)?;
    if let Some(parent) = folder.parent() {
        sync_folder(parent)?;
    }
    Ok(mark)
}

fn mark_at(folder: &Path) -> Result<Option<String>, StoreError> {
    Ok(read_text(&folder.join(MARK))?.map(|mark| mark.trim().to_owned()))
}

fn is_empty(folder: &Path) -> Result<bool, StoreError> {
    let listed = fs::read_dir(folder).map(|mut entries| entries.next().is_none());
    listed.map_err(|error| StoreError::io("list", folder, error))
}

/// A short text; `None` where there is none.
pub(crate) fn read_text(path: &Path) -> Result<Option<String>, StoreError> {
    match fs::metadata(path) {
        Ok(there) if there.len() > TEXT_BYTES_MAX => {
            let error = io::Error::new(io::ErrorKind::InvalidData, "it is too long to be what it is called");
            return Err(StoreError::io("read", path, error));
        }
        _ => {}
    }
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::io("read", path, error)),
    }
}

/// Writes a text over what is there, durably.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let unfinished = path.with_extension("new");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(FILE_MODE).open(&unfinished)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    path.parent().map_or(Ok(()), sync_folder)
}
