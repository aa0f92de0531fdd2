//! Reading a backup to its end: every page, every original, each compared with its digest. What is not whole is named,
//! and what is whole is counted all the same.

use std::{collections::HashSet, io, sync::Arc};

use damask_model::ContentHash;
use damask_store::{Piece, Repository, RepositoryError};
use futures::Stream;
use tokio::sync::mpsc;

use super::{
    Target,
    manifest::{Manifest, Page, original},
    shelf,
};
use crate::{
    caller::{Caller, Permission},
    lines::lines_of,
    trouble::{Outcome, Trouble},
};

/// What was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyLine {
    /// Whether something is wrong.
    pub fault: bool,
    /// What.
    pub detail: String,
}

/// Which backups are read.
#[derive(Clone, Debug)]
pub enum Which {
    /// The last one.
    Last,
    /// All; what they share once.
    All,
    /// The one whose id begins so.
    One(String),
}

/// Reads backups; the stream ends when all was looked at.
pub async fn verify(
    target: &Target,
    caller: &Caller,
    which: Which,
) -> Outcome<impl Stream<Item = VerifyLine> + Send + use<>> {
    caller.needs(Permission::Administer, "verifying backups")?;
    let repository = target.open().await?;
    let (sender, receiver) = mpsc::channel(64);
    tokio::task::spawn_blocking(move || {
        let mut reading = Reading::new(repository, sender);
        if let Err(trouble) = reading.all(&which) {
            reading.say(true, trouble.chain());
        }
    });
    Ok(lines_of(receiver))
}

struct Reading {
    repository: Arc<Repository>,
    sender: mpsc::Sender<VerifyLine>,
    /// Pages and originals that were read already.
    pages: HashSet<String>,
    originals: HashSet<ContentHash>,
}

impl Reading {
    fn new(repository: Arc<Repository>, sender: mpsc::Sender<VerifyLine>) -> Self {
        Self { repository, sender, pages: HashSet::new(), originals: HashSet::new() }
    }

    fn say(&self, fault: bool, detail: String) {
        // Whoever stopped listening is met again by `goes_on`.
        let _ = self.sender.blocking_send(VerifyLine { fault, detail });
    }

    fn all(&mut self, which: &Which) -> Outcome<()> {
        let manifests = match which {
            Which::Last => vec![Ok(shelf::chosen(&self.repository, None)?)],
            Which::One(text) => vec![Ok(shelf::chosen(&self.repository, Some(text))?)],
            Which::All => {
                let ids = self.repository.backups()?;
                ids.into_iter().map(|id| Manifest::read(&self.repository, id)).collect()
            }
        };
        for manifest in manifests {
            match manifest {
                Ok(manifest) => self.one(&manifest)?,
                Err(trouble @ Trouble::Mistake(_)) => self.say(true, trouble.chain()),
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(())
    }

    fn one(&mut self, manifest: &Manifest) -> Outcome<()> {
        let mut pages = (0_u64, 0_u64);
        for table in &manifest.tables {
            for page in &table.pages {
                pages.0 += u64::from(self.page(&table.name, page)?.is_some());
                pages.1 += 1;
            }
        }
        let mut originals = (0_u64, 0_u64);
        for page in &manifest.originals.pages {
            let text = self.page(&manifest.originals.name, page)?;
            pages.0 += u64::from(text.is_some());
            pages.1 += 1;
            let list = text.map(|text| original::of_page(&text)).transpose()?.unwrap_or_default();
            originals.1 += page.rows;
            for (hash, bytes) in list {
                originals.0 += u64::from(self.original(hash, bytes)?);
            }
        }
        let told = format!(
            "backup {} of {}, to fact {}: {} of {} pages and {} of {} originals are whole",
            manifest.id,
            manifest.made(),
            manifest.seq,
            pages.0,
            pages.1,
            originals.0,
            originals.1
        );
        self.say(pages.0 < pages.1 || originals.0 < originals.1, told);
        if manifest.unreadable > 0 {
            let lacking = manifest.unreadable;
            self.say(
                true,
                format!("{lacking} originals could not be read when backup {} was made", manifest.id),
            );
        }
        Ok(())
    }

    /// The text of a page that is whole.
    fn page(&mut self, table: &str, page: &Page) -> Outcome<Option<Vec<u8>>> {
        self.goes_on()?;
        if self.pages.contains(&page.digest) && table != "original" {
            return Ok(Some(Vec::new()));
        }
        match self.repository.page(page.digest()?) {
            Ok(text) if rows(&text) == page.rows => {
                self.pages.insert(page.digest.clone());
                Ok(Some(text))
            }
            Ok(_) => {
                self.say(true, format!("a page of {table} does not have the rows it should"));
                Ok(None)
            }
            Err(error) => self.told(&format!("of {table}: "), error).map(|()| None),
        }
    }

    fn original(&mut self, hash: ContentHash, bytes: u64) -> Outcome<bool> {
        self.goes_on()?;
        if self.originals.contains(&hash) {
            return Ok(true);
        }
        let read = self.repository.original(hash).and_then(|mut source| {
            io::copy(&mut source, &mut io::sink())
                .map_err(|error| self.repository.damaged(&Piece::Original(hash), &error))
        });
        match read {
            Ok(read) if read == bytes => {
                self.originals.insert(hash);
                Ok(true)
            }
            Ok(read) => {
                self.say(true, format!("original {hash} has {read} bytes, not {bytes}"));
                Ok(false)
            }
            Err(error) => self.told("", error).map(|()| false),
        }
    }

    /// Says what is wrong with a piece; goes on but where the place itself fails.
    fn told(&self, of: &str, error: RepositoryError) -> Outcome<()> {
        match error {
            RepositoryError::Missing { .. } | RepositoryError::Damaged { .. } => {
                self.say(true, format!("{of}{error}"));
                Ok(())
            }
            error => Err(error.into()),
        }
    }

    fn goes_on(&self) -> Outcome<()> {
        if self.sender.is_closed() {
            return Err(Trouble::mistake("backup-stopped", "nobody listens any more"));
        }
        Ok(())
    }
}

/// Lines after the first.
pub(super) fn rows(text: &[u8]) -> u64 {
    (text.iter().filter(|byte| **byte == b'\n').count() as u64).saturating_sub(1)
}
