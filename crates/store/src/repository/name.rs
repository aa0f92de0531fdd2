//! How pieces are called where they lie: `originals/ab/<hash>`, `pages/ab/<digest>`, `backups/<id>`. In a sealed
//! repository the names are keyed hashes of those, and so is the order of the shelves: who has not the key does not
//! learn whether a file they know is among them.

use std::fmt;

use damask_model::{BackupId, ContentHash};

use super::seal::Seal;

pub(super) const BACKUPS: &str = "backups";

/// The digest of a page's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageDigest(pub [u8; 32]);

/// What lies in a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// An original.
    Original(ContentHash),
    /// A part of what a catalog said.
    Page(PageDigest),
    /// The list that makes a backup of them.
    Backup(BackupId),
}

/// Sorts of pieces that are many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shelf {
    /// Originals.
    Originals,
    /// Pages.
    Pages,
}

impl fmt::Display for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Original(hash) => write!(f, "original {hash}"),
            Self::Page(digest) => write!(f, "page {}", hex::encode(digest.0)),
            Self::Backup(id) => write!(f, "backup {id}"),
        }
    }
}

impl Shelf {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Originals, Self::Pages];

    const fn name(self) -> &'static str {
        match self {
            Self::Originals => "originals",
            Self::Pages => "pages",
        }
    }
}

/// Names of one repository.
#[derive(Debug)]
pub(super) struct Names {
    seal: Option<Seal>,
    /// The folder of each first byte: each has one of its own.
    folders: [u8; 256],
}

impl Names {
    pub(super) fn new(seal: Option<&Seal>) -> Self {
        let mut order: Vec<u8> = (0..=u8::MAX).collect();
        if let Some(seal) = seal {
            order.sort_by_key(|first| seal.name("folder", &[*first]));
        }
        let mut folders = [0; 256];
        for (folder, first) in (0..=u8::MAX).zip(order) {
            folders[usize::from(first)] = folder;
        }
        Self { seal: seal.cloned(), folders }
    }

    pub(super) fn folder(&self, shelf: Shelf, first: u8) -> String {
        format!("{}/{:02x}", shelf.name(), self.folders[usize::from(first)])
    }

    pub(super) fn of(&self, piece: &Piece) -> String {
        let (shelf, id) = match piece {
            Piece::Original(hash) => (Shelf::Originals, hash.0),
            Piece::Page(digest) => (Shelf::Pages, digest.0),
            Piece::Backup(id) => return format!("{BACKUPS}/{id}"),
        };
        let name = self.seal.as_ref().map_or(id, |seal| seal.name(shelf.name(), &id));
        format!("{}/{}", self.folder(shelf, id[0]), hex::encode(name))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use damask_model::ContentHash;

    use super::{Names, Piece, Shelf};
    use crate::repository::{SealKey, seal::Seal};

    #[test]
    fn an_open_repository_names_originals_by_their_hash_and_a_sealed_one_does_not() {
        let piece = Piece::Original(ContentHash([0xab; 32]));
        assert_eq!(Names::new(None).of(&piece), format!("originals/ab/{}", "ab".repeat(32)));
        let key = SealKey::new("correct horse battery staple").expect("long enough");
        let sealed = Names::new(Some(&Seal::derive(&key, &[7; 16])));
        assert!(!sealed.of(&piece).contains("abab"));
        let folders: BTreeSet<String> =
            (0..=u8::MAX).map(|first| sealed.folder(Shelf::Originals, first)).collect();
        assert_eq!(folders.len(), 256);
    }
}
