//! The seam under a repository: named files that are put whole, read, listed and removed. Two media: a folder and a
//! bucket.

use std::{fmt, io::Read};

use super::{RepositoryError, RepositoryPlace, bucket::InBucket, folder::InFolder};

/// A file, open from its beginning, and its length.
pub(super) type Opened = (Box<dyn Read + Send>, u64);

/// A place of named files. Names have their folders before slashes. All calls block.
pub(super) trait Medium: Send + Sync + fmt::Debug {
    /// Where it is, in words.
    fn place(&self) -> String;

    /// Files that are worth putting at the same time.
    fn puts_at_once(&self) -> usize;

    /// Puts a file in place of what was there. It has its name when [`Medium::settle`] has returned, whole, and not
    /// before its last byte was read without an error.
    fn put(&self, name: &str, bytes: &mut dyn Read) -> Result<(), RepositoryError>;

    /// Returns when what was put is durable under its names.
    fn settle(&self) -> Result<(), RepositoryError>;

    /// Opens a file; `None` where there is none.
    fn read(&self, name: &str) -> Result<Option<Opened>, RepositoryError>;

    /// The files of a folder with their lengths, in any order; none where there is no such folder.
    fn list(&self, folder: &str) -> Result<Vec<(String, u64)>, RepositoryError>;

    /// Removes a file and answers whether there was one.
    fn remove(&self, name: &str) -> Result<bool, RepositoryError>;

    /// Clears away what those who were killed here have left without a name.
    fn clear(&self) -> Result<(), RepositoryError>;

    /// Whether nothing at all lies there.
    fn is_empty(&self) -> Result<bool, RepositoryError>;
}

/// Opens the medium of a place; makes its folder where it is to be written.
pub(super) fn open(place: &RepositoryPlace, write: bool) -> Result<Box<dyn Medium>, RepositoryError> {
    Ok(match place {
        RepositoryPlace::Folder(path) => Box::new(InFolder::open(path, write)?),
        RepositoryPlace::Bucket(bucket) => Box::new(InBucket::open(bucket)?),
    })
}

/// All of a short file.
pub(super) fn read_all(medium: &dyn Medium, name: &str) -> Result<Option<Vec<u8>>, RepositoryError> {
    /// Nothing that is read this way is longer.
    const BYTES_MAX: u64 = 64 << 10;
    let Some((source, _)) = medium.read(name)? else { return Ok(None) };
    let mut bytes = Vec::new();
    source.take(BYTES_MAX).read_to_end(&mut bytes).map_err(RepositoryError::Source)?;
    Ok(Some(bytes))
}
