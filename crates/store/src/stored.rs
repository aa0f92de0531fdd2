//! Stored bytes, open for reading or lent as a file, wherever they lie.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use damask_model::ByteSource;

use crate::{
    direct::Long,
    s3::{Far, Pin},
};

/// Bytes open for reading at any place. They stay readable when they are removed meanwhile, where they are local.
#[derive(Debug)]
pub struct Stored {
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    File { file: File, bytes: u64 },
    Long(Long),
    Far(Far),
}

impl Stored {
    pub(crate) fn file(file: File) -> io::Result<Self> {
        let bytes = file.metadata()?.len();
        Ok(Self { kind: Kind::File { file, bytes } })
    }

    pub(crate) const fn long(long: Long) -> Self {
        Self { kind: Kind::Long(long) }
    }

    pub(crate) const fn far(far: Far) -> Self {
        Self { kind: Kind::Far(far) }
    }

    /// The open file itself, where these are the plain bytes of a local one.
    pub const fn as_file(&self) -> Option<&File> {
        match &self.kind {
            Kind::File { file, .. } => Some(file),
            Kind::Long(_) | Kind::Far(_) => None,
        }
    }
}

impl ByteSource for Stored {
    fn len(&self) -> u64 {
        match &self.kind {
            Kind::File { bytes, .. } => *bytes,
            Kind::Long(long) => long.len(),
            Kind::Far(far) => far.len(),
        }
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        match &self.kind {
            Kind::File { file, .. } => file.read_at(offset, buffer),
            Kind::Long(long) => long.read_at(offset, buffer),
            Kind::Far(far) => far.read_at(offset, buffer),
        }
    }
}

/// A file with stored bytes, for programs that want a path. It is there for as long as this is held: what lies
/// elsewhere was fetched, and is kept only while there is room.
#[derive(Clone, Debug)]
pub struct Lent {
    path: PathBuf,
    _pin: Option<Arc<Pin>>,
}

impl Lent {
    pub(crate) const fn own(path: PathBuf) -> Self {
        Self { path, _pin: None }
    }

    pub(crate) fn fetched(path: PathBuf, pin: Pin) -> Self {
        Self { path, _pin: Some(Arc::new(pin)) }
    }

    /// Where it is. Nobody may write there.
    pub fn path(&self) -> &Path {
        &self.path
    }
}
