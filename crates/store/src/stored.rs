//! Stored bytes, open for reading or lent as a file, wherever they lie.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use damask_model::ByteSource;

use crate::{cache::Pin, direct::Long, encrypted::Opened, s3::Far, scratch::Temp};

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
    Encrypted(Box<Opened>),
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

    pub(crate) fn encrypted(opened: Opened) -> Self {
        Self { kind: Kind::Encrypted(Box::new(opened)) }
    }

    /// Has the page cache forget these bytes, where they are on the disk already. Only asked: nothing depends on it.
    pub(crate) fn forget_cached(&self) {
        match &self.kind {
            Kind::File { file, .. } => {
                let _ = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed);
            }
            Kind::Encrypted(opened) => opened.within().forget_cached(),
            Kind::Long(_) | Kind::Far(_) => {}
        }
    }

    /// The open file itself, where these are the plain bytes of a local one.
    pub const fn as_file(&self) -> Option<&File> {
        match &self.kind {
            Kind::File { file, .. } => Some(file),
            Kind::Long(_) | Kind::Far(_) | Kind::Encrypted(_) => None,
        }
    }
}

impl ByteSource for Stored {
    fn len(&self) -> u64 {
        match &self.kind {
            Kind::File { bytes, .. } => *bytes,
            Kind::Long(long) => long.len(),
            Kind::Far(far) => far.len(),
            Kind::Encrypted(opened) => opened.len(),
        }
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        match &self.kind {
            Kind::File { file, .. } => file.read_at(offset, buffer),
            Kind::Long(long) => long.read_at(offset, buffer),
            Kind::Far(far) => far.read_at(offset, buffer),
            Kind::Encrypted(opened) => opened.read_at(offset, buffer),
        }
    }
}

/// A file with stored bytes, for programs that want a path. It is there for as long as this is held: what lies
/// elsewhere was fetched, and is kept only while there is room.
#[derive(Clone, Debug)]
pub struct Lent {
    path: PathBuf,
    _hold: Option<Arc<Hold>>,
}

/// What keeps a lent file where it is.
#[derive(Debug)]
enum Hold {
    Pin { _pin: Pin },
    Temp { _temp: Temp },
}

impl Lent {
    pub(crate) const fn own(path: PathBuf) -> Self {
        Self { path, _hold: None }
    }

    pub(crate) fn fetched(path: PathBuf, pin: Pin) -> Self {
        Self { path, _hold: Some(Arc::new(Hold::Pin { _pin: pin })) }
    }

    /// A file made for this alone.
    pub(crate) fn temp(temp: Temp) -> Self {
        Self { path: temp.0.clone(), _hold: Some(Arc::new(Hold::Temp { _temp: temp })) }
    }

    /// Where it is. Nobody may write there.
    pub fn path(&self) -> &Path {
        &self.path
    }
}
