//! What a backup says of itself: when, of what, how much, and of which pieces it is made. A manifest is written when
//! everything it names is durable, so that where there is one there is all.

use damask_model::{BackupId, ContentHash};
use damask_store::{PageDigest, Repository};
use damask_time::Instant;
use serde::{Deserialize, Serialize};

use crate::trouble::{Outcome, Trouble};

/// The form of manifests of this program.
pub const FORM: u32 = 1;

/// Most originals of which it is said by name that they could not be read.
pub const UNREADABLE_TOLD_MAX: usize = 1_000;

/// A backup.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// The form it is written in.
    pub form: u32,
    /// Its id.
    pub id: BackupId,
    /// When its snapshot was taken, in microseconds since the epoch.
    pub made_us: i64,
    /// Of which library: the public key of its notary, which no other has.
    pub library: String,
    /// The schema its rows are told in.
    pub schema: i64,
    /// The last fact in it.
    pub seq: i64,
    /// The id of that fact.
    pub last_fact: Option<String>,
    /// Assets.
    pub assets: u64,
    /// Bytes of all files by the catalog's tally.
    pub bytes: u64,
    /// The notary's own.
    pub notary: Notary,
    /// The tables, in the order in which they are written again.
    pub tables: Vec<Table>,
    /// The originals.
    pub originals: Table,
    /// Bytes of the originals in it.
    pub original_bytes: u64,
    /// Originals that the catalog names and that could not be read when it was made.
    pub unreadable: u64,
    /// Some of them.
    pub unreadable_told: Vec<ContentHash>,
    /// Facts whose payload was erased until then, each with its id.
    pub erased: Vec<(i64, String)>,
    /// Originals that were put for it, and bytes of all it put.
    pub put: (u64, u64),
}

/// What the notary signs with, and what it signed. Its log is made again from the facts and compared with that.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Notary {
    /// Its secret key.
    pub key: String,
    /// Its public key.
    pub verifier: String,
    /// The checkpoint it had signed when the snapshot was taken; none before the first fact.
    pub checkpoint: Option<String>,
}

/// Rows in pages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Rows in all pages.
    pub rows: u64,
    /// The pages, in the order of their rows.
    pub pages: Vec<Page>,
}

/// One page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The digest of its text, hexadecimal.
    pub digest: String,
    /// Rows in it.
    pub rows: u64,
    /// With which byte the key of its first row begins, where keys are hashes.
    pub first: Option<u8>,
    /// Of a page of the journal that will get no more rows: the last sequence that belongs to it.
    pub through: Option<i64>,
}

impl Page {
    /// The digest, where it is one.
    pub fn digest(&self) -> Outcome<PageDigest> {
        let bytes = hex::decode(&self.digest).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(PageDigest).ok_or_else(|| Trouble::mistake("backup-broken", "a page has no digest"))
    }
}

impl Manifest {
    /// When it was made.
    pub const fn made(&self) -> Instant {
        Instant::from_micros(self.made_us)
    }

    /// All pages, of tables and of the list of originals.
    pub fn pages(&self) -> impl Iterator<Item = &Page> {
        self.tables.iter().flat_map(|table| &table.pages).chain(&self.originals.pages)
    }

    /// Reads it. Blocks.
    pub fn read(repository: &Repository, id: BackupId) -> Outcome<Self> {
        let text = repository.backup(id)?;
        let bad =
            |why: String| Trouble::mistake("backup-broken", format!("backup {id} cannot be read: {why}"));
        let form: Form = serde_json::from_slice(&text).map_err(|error| bad(error.to_string()))?;
        if form.form > FORM {
            let words = format!("backup {id} was made by a newer Damask; restore it with that one");
            return Err(Trouble::mistake("newer-backup", words));
        }
        let manifest: Self = serde_json::from_slice(&text).map_err(|error| bad(error.to_string()))?;
        if manifest.id == id { Ok(manifest) } else { Err(bad("it is another's".to_owned())) }
    }

    /// Writes it down. Blocks.
    pub fn write(&self, repository: &Repository) -> Outcome<()> {
        let text = serde_json::to_vec(self).expect("texts and numbers are JSON");
        Ok(repository.put_backup(self.id, &text)?)
    }
}

#[derive(Deserialize)]
struct Form {
    form: u32,
}

/// The lines of the list of originals.
pub mod original {
    use super::{ContentHash, Outcome, Trouble};

    /// The first line of each page.
    pub const HEADER: &str = r#"{"table":"original","columns":["hash","bytes"]}"#;

    /// An original as a line.
    pub fn line(hash: ContentHash, bytes: u64) -> String {
        format!("[\"{hash}\",{bytes}]")
    }

    /// The originals of a page.
    pub fn of_page(text: &[u8]) -> Outcome<Vec<(ContentHash, u64)>> {
        let bad = || Trouble::mistake("backup-broken", "a list of originals cannot be read");
        let mut originals = Vec::new();
        for line in text.split(|byte| *byte == b'\n').skip(1).filter(|line| !line.is_empty()) {
            let (hash, bytes): (String, u64) = serde_json::from_slice(line).map_err(|_| bad())?;
            originals.push((hash.parse().map_err(|_| bad())?, bytes));
        }
        Ok(originals)
    }
}
