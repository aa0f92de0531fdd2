//! What one hand knows of its own assets: what was acknowledged, and the one act that may have been done unheard.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::content::Content;

/// Something that a hand asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// A new file in one request.
    Put {
        /// Its name, which no other file has.
        name: String,
        /// Its bytes.
        content: Content,
    },
    /// A new title.
    Edit {
        /// The asset.
        asset: String,
        /// The title.
        title: String,
    },
    /// A new version.
    Replace {
        /// The asset.
        asset: String,
        /// Its bytes.
        content: Content,
    },
    /// Into the trash.
    Trash(String),
    /// Out of the trash.
    Restore(String),
    /// Gone for ever.
    Purge(String),
    /// Checked out, with a note.
    CheckOut {
        /// The asset.
        asset: String,
        /// What for.
        note: String,
    },
    /// Checked in.
    CheckIn(String),
    /// A resumable upload begins.
    Begin {
        /// The name of its file.
        name: String,
        /// All its bytes.
        content: Content,
    },
    /// More bytes of the upload, up to here.
    Append {
        /// Where the piece ends.
        to: usize,
    },
    /// A folder is imported.
    Import {
        /// Where it lies.
        folder: PathBuf,
        /// The files in it.
        files: Vec<(String, Content)>,
    },
    /// The library is backed up.
    Backup,
}

/// What an answer acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// It is done.
    Done,
    /// The asset that came of it.
    Asset(String),
    /// Where the upload's bytes go.
    Place(String),
    /// So many bytes of the upload have come, and the asset, if it is whole.
    Received {
        /// Bytes.
        bytes: usize,
        /// The asset.
        asset: Option<String>,
    },
    /// One file of an import is here.
    Arrived {
        /// Its name.
        name: String,
        /// Its asset.
        asset: String,
    },
    /// The id of a backup.
    Backup(String),
}

/// An asset as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its name.
    pub name: String,
    /// Its title, if it was given one.
    pub title: Option<String>,
    /// Its versions, the first one first.
    pub versions: Vec<Content>,
    /// Whether it lies in the trash.
    pub is_trashed: bool,
    /// The note of whoever has it checked out.
    pub note: Option<String>,
}

/// An upload on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Where its bytes go.
    pub place: String,
    /// The name of its file.
    pub name: String,
    /// All its bytes.
    pub content: Content,
    /// Bytes that were acknowledged.
    pub acknowledged: usize,
}

/// The knowledge of one hand.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// Assets by id.
    pub assets: BTreeMap<String, Kept>,
    /// The upload that is being sent.
    pub upload: Option<Upload>,
    /// What was asked for and not acknowledged.
    pub pending: Option<Act>,
    /// What was asked for and answered with a failure: it may have been done all the same. Nothing more is done to
    /// these assets.
    pub doubts: Vec<Act>,
    /// Assets that were purged, since they were last looked for.
    pub gone: BTreeSet<String>,
    /// Assets that something happened to since they were last looked at.
    pub touched: BTreeSet<String>,
    /// Backups that were acknowledged, the oldest first.
    pub backups: Vec<String>,
}

impl Kept {
    /// A new asset.
    #[must_use]
    pub fn new(name: &str, content: Content) -> Self {
        Self { name: name.to_owned(), title: None, versions: vec![content], is_trashed: false, note: None }
    }

    /// The bytes of its current version.
    #[must_use]
    pub fn content(&self) -> Content {
        *self.versions.last().expect("an asset has a version from its beginning")
    }

    /// As it is after an act on it; nothing where it is gone for ever then.
    #[must_use]
    pub fn after(&self, act: &Act) -> Option<Self> {
        let mut kept = self.clone();
        match act {
            Act::Edit { title, .. } => kept.title = Some(title.clone()),
            Act::Replace { content, .. } => kept.versions.push(*content),
            Act::Trash(_) => kept.is_trashed = true,
            Act::Restore(_) => kept.is_trashed = false,
            Act::Purge(_) => return None,
            Act::CheckOut { note, .. } => kept.note = Some(note.clone()),
            Act::CheckIn(_) => kept.note = None,
            Act::Put { .. } | Act::Begin { .. } | Act::Append { .. } | Act::Import { .. } | Act::Backup => {}
        }
        Some(kept)
    }
}

impl Act {
    /// The asset that it is done to.
    #[must_use]
    pub fn asset(&self) -> Option<&str> {
        match self {
            Self::Edit { asset, .. } | Self::Replace { asset, .. } | Self::CheckOut { asset, .. } => {
                Some(asset)
            }
            Self::Trash(asset) | Self::Restore(asset) | Self::Purge(asset) | Self::CheckIn(asset) => {
                Some(asset)
            }
            Self::Put { .. }
            | Self::Begin { .. }
            | Self::Append { .. }
            | Self::Import { .. }
            | Self::Backup => None,
        }
    }
}

impl Ledger {
    /// Keeps what was acknowledged of an act.
    pub fn acknowledge(&mut self, act: &Act, said: &Said) {
        match (act, said) {
            (Act::Put { name, content }, Said::Asset(asset)) => self.came(asset, name, *content),
            (Act::Begin { name, content }, Said::Place(place)) => {
                let (place, name) = (place.clone(), name.clone());
                self.upload = Some(Upload { place, name, content: *content, acknowledged: 0 });
            }
            (Act::Append { .. }, Said::Received { bytes, asset }) => self.received(*bytes, asset.as_deref()),
            (Act::Import { files, .. }, Said::Arrived { name, asset }) => {
                if let Some((_, content)) = files.iter().find(|(known, _)| known == name)
                    && !self.assets.contains_key(asset)
                {
                    self.came(asset, name, *content);
                }
                // The others have not been told of yet.
                return;
            }
            (Act::Backup, Said::Backup(id)) => self.backups.push(id.clone()),
            _ => {
                if let Some(asset) = act.asset() {
                    self.became(asset, self.assets.get(asset).and_then(|kept| kept.after(act)));
                }
            }
        }
        self.pending = None;
    }

    /// An asset came.
    pub fn came(&mut self, asset: &str, name: &str, content: Content) {
        self.became(asset, Some(Kept::new(name, content)));
    }

    /// An asset is now like that, or gone.
    pub fn became(&mut self, asset: &str, kept: Option<Kept>) {
        match kept {
            Some(kept) => {
                self.assets.insert(asset.to_owned(), kept);
                self.touched.insert(asset.to_owned());
            }
            None => {
                self.assets.remove(asset);
                self.touched.remove(asset);
                self.gone.insert(asset.to_owned());
            }
        }
    }

    /// So many bytes of the upload have come, and it became this asset if it is whole.
    pub fn received(&mut self, bytes: usize, asset: Option<&str>) {
        let Some(upload) = &mut self.upload else { return };
        upload.acknowledged = bytes;
        if let Some(asset) = asset {
            let (name, content) = (upload.name.clone(), upload.content);
            self.upload = None;
            self.came(asset, &name, content);
        }
    }

    /// The files that pending and doubtful acts may have brought in unheard.
    #[must_use]
    pub fn unheard(&self) -> Vec<(String, Content)> {
        let mut files = Vec::new();
        for act in self.pending.iter().chain(&self.doubts) {
            match act {
                Act::Put { name, content } => files.push((name.clone(), *content)),
                Act::Import { files: all, .. } => files.extend(all.iter().cloned()),
                Act::Append { .. } => {
                    files.extend(self.upload.iter().map(|upload| (upload.name.clone(), upload.content)));
                }
                _ => {}
            }
        }
        files
    }

    /// The pending act was answered with a failure.
    pub fn doubt(&mut self) {
        match self.pending.take() {
            // Its end is known by what came of it.
            Some(Act::Append { .. }) => {
                let upload = self.upload.take();
                self.doubts.extend(upload.map(|Upload { name, content, .. }| Act::Put { name, content }));
            }
            Some(Act::Begin { .. } | Act::Backup) | None => {}
            Some(act) => self.doubts.push(act),
        }
    }

    /// What may have been done to an asset unheard.
    #[must_use]
    pub fn may_have(&self, asset: &str) -> Option<&Act> {
        self.pending.iter().chain(&self.doubts).find(|act| act.asset() == Some(asset))
    }

    /// The assets that there is no doubt of.
    pub fn sure(&self) -> impl Iterator<Item = (&String, &Kept)> {
        self.assets.iter().filter(|(id, _)| self.may_have(id).is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Words;

    #[test]
    fn a_ledger_knows_what_was_acknowledged_and_nothing_else() {
        let mut words = Words::new(1);
        let (first, second) = (Content::next(&mut words, 10), Content::next(&mut words, 10));
        let mut ledger = Ledger::default();
        let put = Act::Put { name: "a.txt".to_owned(), content: first };
        ledger.pending = Some(put.clone());
        assert_eq!(ledger.unheard(), [("a.txt".to_owned(), first)]);
        ledger.acknowledge(&put, &Said::Asset("1".to_owned()));
        assert!(ledger.unheard().is_empty());
        ledger.acknowledge(&Act::Replace { asset: "1".to_owned(), content: second }, &Said::Done);
        ledger.acknowledge(&Act::Trash("1".to_owned()), &Said::Done);
        let kept = &ledger.assets["1"];
        assert_eq!((kept.versions.len(), kept.content(), kept.is_trashed), (2, second, true));
        ledger.acknowledge(&Act::Purge("1".to_owned()), &Said::Done);
        assert!(ledger.assets.is_empty() && ledger.gone.contains("1") && ledger.touched.is_empty());
    }

    #[test]
    fn an_import_stays_pending_until_its_end() {
        let content = Content::next(&mut Words::new(1), 10);
        let files = vec![("a.txt".to_owned(), content), ("b.txt".to_owned(), content)];
        let import = Act::Import { folder: PathBuf::new(), files };
        let mut ledger = Ledger { pending: Some(import.clone()), ..Ledger::default() };
        let arrived = Said::Arrived { name: "a.txt".to_owned(), asset: "1".to_owned() };
        ledger.acknowledge(&import, &arrived);
        assert!(ledger.pending.is_some() && ledger.assets.len() == 1);
        ledger.acknowledge(&import, &Said::Done);
        assert!(ledger.pending.is_none() && ledger.assets.len() == 1);
    }
}
