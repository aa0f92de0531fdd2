//! A backup repository: a place apart from the library, a folder or a bucket, that holds *pieces*. An original is
//! there once whoever names it, under its hash; a page is a part of what a catalog said, under the digest of its
//! text; a backup is the list of both that is written last, so that it is there whole or not at all.
//!
//! With a key every piece is sealed (see seal.rs) and its name tells nothing of what it holds. Every read proves
//! itself: bytes that are not those that were put are an error that names the piece, never an answer. What is put
//! has its name only when its bytes are durable ([`Repository::settle`]). All calls block.

mod bucket;
mod error;
mod folder;
mod lease;
mod marker;
mod medium;
mod name;
mod originals;
mod proven;
mod seal;

use std::{
    collections::HashMap,
    fmt,
    io::{self, Read},
    path::PathBuf,
};

use damask_model::{BackupId, ByteSource, ContentHash};

pub use error::RepositoryError;
pub use lease::Lease;
use medium::Medium;
use name::Names;
pub use name::{PageDigest, Piece, Shelf};
use proven::{Hashed, Proven};
use seal::Seal;
pub use seal::SealKey;

use crate::Bucket;

/// Longest text of a page, in bytes; nothing that claims to be longer is unpacked.
pub const PAGE_BYTES_MAX: u64 = 256 << 20;

/// How much pages are compressed: twice as fast as the usual level, and nearly as small.
const COMPRESSION_LEVEL: i32 = 1;

/// Where a repository is.
#[derive(Clone, Debug)]
pub enum RepositoryPlace {
    /// A folder; made where it is not there.
    Folder(PathBuf),
    /// A bucket and prefix.
    Bucket(Box<Bucket>),
}

/// A repository, open.
#[derive(Debug)]
pub struct Repository {
    medium: Box<dyn Medium>,
    names: Names,
    seal: Option<Seal>,
}

/// The names on one shelf, of which the pieces' ids begin with one byte, with their lengths.
#[derive(Debug, Default)]
pub struct Shelved(HashMap<String, u64>);

impl fmt::Display for Repository {
    /// The place.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.medium.place())
    }
}

impl Repository {
    /// Opens the repository at a place, or begins one there, sealed where a key is given.
    ///
    /// # Errors
    /// [`RepositoryError::WrongKey`], [`RepositoryError::NeedsKey`] and [`RepositoryError::NotSealed`] where key and
    /// repository do not fit, [`RepositoryError::Occupied`] where something else lies there.
    pub fn begin(place: &RepositoryPlace, key: Option<&SealKey>) -> Result<Self, RepositoryError> {
        let medium = medium::open(place, true)?;
        let seal = marker::agree(medium.as_ref(), key, true)?;
        Ok(Self::of(medium, seal))
    }

    /// Opens the repository at a place.
    ///
    /// # Errors
    /// As [`Repository::begin`]; and [`RepositoryError::None`] where there is none.
    pub fn open(place: &RepositoryPlace, key: Option<&SealKey>) -> Result<Self, RepositoryError> {
        let medium = medium::open(place, false)?;
        let seal = marker::agree(medium.as_ref(), key, false)?;
        Ok(Self::of(medium, seal))
    }

    fn of(medium: Box<dyn Medium>, seal: Option<Seal>) -> Self {
        Self { medium, names: Names::new(seal.as_ref()), seal }
    }

    /// Whether pieces are sealed.
    pub const fn is_sealed(&self) -> bool {
        self.seal.is_some()
    }

    /// Pieces that are worth putting at the same time.
    pub fn puts_at_once(&self) -> usize {
        self.medium.puts_at_once()
    }

    /// Puts an original. It has its name after [`Repository::settle`].
    ///
    /// # Errors
    /// [`RepositoryError::Source`] where the bytes cannot be read or are not those of the hash.
    pub fn put_original(&self, hash: ContentHash, bytes: &impl ByteSource) -> Result<(), RepositoryError> {
        let mut hashed = Hashed::new(bytes, hash);
        self.put(&Piece::Original(hash), &mut hashed)
    }

    /// Puts a page under the digest of its text.
    pub fn put_page(&self, digest: PageDigest, text: &[u8]) -> Result<(), RepositoryError> {
        self.put(&Piece::Page(digest), &mut packed(text)?.as_slice())
    }

    /// Writes down a backup, durable when this returns, as are all pieces that were put before.
    pub fn put_backup(&self, id: BackupId, text: &[u8]) -> Result<(), RepositoryError> {
        self.medium.settle()?;
        let mut bytes = blake3::hash(text).as_bytes().to_vec();
        bytes.extend(packed(text)?);
        self.put(&Piece::Backup(id), &mut bytes.as_slice())?;
        self.medium.settle()
    }

    /// Gives what was put its name, when its bytes are durable; returns when the names are.
    pub fn settle(&self) -> Result<(), RepositoryError> {
        self.medium.settle()
    }

    fn put(&self, piece: &Piece, bytes: &mut dyn Read) -> Result<(), RepositoryError> {
        let name = self.names.of(piece);
        match &self.seal {
            None => self.medium.put(&name, bytes),
            Some(seal) => self.medium.put(&name, &mut seal.sealing(&name, bytes)),
        }
    }

    /// What lies on a shelf of pieces whose ids begin with `first`.
    pub fn shelved(&self, shelf: Shelf, first: u8) -> Result<Shelved, RepositoryError> {
        let listed = self.medium.list(&self.names.folder(shelf, first))?;
        Ok(Shelved(listed.into_iter().collect()))
    }

    /// Whether a piece lies on its shelf, as long as it must be: `bytes` of it before it was sealed.
    pub fn is_shelved(&self, shelved: &Shelved, piece: &Piece, bytes: Option<u64>) -> bool {
        let name = self.names.of(piece);
        let last = name.rsplit('/').next().unwrap_or_default();
        shelved.0.get(last).is_some_and(|length| bytes.is_none_or(|bytes| *length == self.length_of(bytes)))
    }

    /// The pieces of a shelf that are not among `kept` are removed; answers how many, and their bytes.
    pub fn sweep(
        &self,
        shelf: Shelf,
        first: u8,
        kept: impl IntoIterator<Item = Piece>,
    ) -> Result<(u64, u64), RepositoryError> {
        let mut listed = self.shelved(shelf, first)?.0;
        for piece in kept {
            let name = self.names.of(&piece);
            listed.remove(name.rsplit('/').next().unwrap_or_default());
        }
        let folder = self.names.folder(shelf, first);
        let (mut pieces, mut bytes) = (0, 0);
        for (name, length) in listed {
            self.medium.remove(&format!("{folder}/{name}"))?;
            pieces += 1;
            bytes += length;
        }
        Ok((pieces, bytes))
    }

    /// How long a piece of so many bytes is where it lies.
    fn length_of(&self, bytes: u64) -> u64 {
        if self.seal.is_some() { seal::sealed_bytes(bytes) } else { bytes }
    }

    /// An original, to be read from one end to the other. The last read is an error where the bytes before it were
    /// not those of the hash.
    ///
    /// # Errors
    /// [`RepositoryError::Missing`] where it is not there. Reads fail with words that name the piece.
    pub fn original(&self, hash: ContentHash) -> Result<impl Read + Send + use<>, RepositoryError> {
        let piece = Piece::Original(hash);
        Ok(Proven::new(self.opened(&piece)?, hash.0))
    }

    /// The text of a page.
    ///
    /// # Errors
    /// [`RepositoryError::Missing`] and [`RepositoryError::Damaged`].
    pub fn page(&self, digest: PageDigest) -> Result<Vec<u8>, RepositoryError> {
        let piece = Piece::Page(digest);
        let source = self.opened(&piece)?;
        let text = unpacked(source).map_err(|error| self.damaged(&piece, &error))?;
        if blake3::hash(&text).as_bytes() == &digest.0 {
            Ok(text)
        } else {
            Err(self.damaged(&piece, &"it holds other bytes"))
        }
    }

    /// What was written down of a backup.
    ///
    /// # Errors
    /// [`RepositoryError::Missing`] and [`RepositoryError::Damaged`].
    pub fn backup(&self, id: BackupId) -> Result<Vec<u8>, RepositoryError> {
        let piece = Piece::Backup(id);
        let mut source = self.opened(&piece)?;
        let mut digest = [0; 32];
        let text = source.read_exact(&mut digest).and_then(|()| unpacked(source));
        let text = text.map_err(|error| self.damaged(&piece, &error))?;
        if blake3::hash(&text).as_bytes() == &digest {
            Ok(text)
        } else {
            Err(self.damaged(&piece, &"it holds other bytes"))
        }
    }

    /// The backups there are, the oldest first.
    pub fn backups(&self) -> Result<Vec<BackupId>, RepositoryError> {
        let mut ids: Vec<BackupId> =
            self.medium.list(name::BACKUPS)?.iter().filter_map(|(name, _)| name.parse().ok()).collect();
        ids.sort_unstable();
        Ok(ids)
    }

    /// Forgets a backup; its pieces stay until they are swept.
    pub fn forget(&self, id: BackupId) -> Result<bool, RepositoryError> {
        self.medium.remove(&self.names.of(&Piece::Backup(id)))
    }

    fn opened(&self, piece: &Piece) -> Result<Box<dyn Read + Send>, RepositoryError> {
        let name = self.names.of(piece);
        let Some((source, _)) = self.medium.read(&name)? else {
            return Err(RepositoryError::Missing { piece: *piece, name });
        };
        Ok(match &self.seal {
            None => source,
            Some(seal) => Box::new(seal.opening(&name, source)),
        })
    }

    /// What a failed read of a piece is called.
    pub fn damaged(&self, piece: &Piece, why: &dyn fmt::Display) -> RepositoryError {
        RepositoryError::Damaged { piece: *piece, name: self.names.of(piece), why: why.to_string() }
    }
}

fn packed(text: &[u8]) -> Result<Vec<u8>, RepositoryError> {
    zstd::bulk::compress(text, COMPRESSION_LEVEL).map_err(RepositoryError::Source)
}

fn unpacked(source: impl Read) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    let mut unpacking = zstd::stream::read::Decoder::new(source)?.take(PAGE_BYTES_MAX + 1);
    unpacking.read_to_end(&mut text)?;
    if text.len() as u64 > PAGE_BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is longer than a page may be"));
    }
    Ok(text)
}

impl PageDigest {
    /// The digest of a page's text.
    pub fn of(text: &[u8]) -> Self {
        Self(*blake3::hash(text).as_bytes())
    }
}
