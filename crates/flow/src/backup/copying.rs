//! Putting what is not there yet: pages as they are cut, and originals in the order of their hashes, a shelf of the
//! repository looked at as its first byte comes up. Names tell what is there; nothing that is there is read.

use std::{collections::HashMap, sync::Arc};

use damask_catalog::{Conn, copy::Line, files};
use damask_model::ContentHash;
use damask_store::{Aside, Piece, Repository, RepositoryError, Shelf, Shelved};

use super::{
    manifest::{Page, Table, UNREADABLE_TOLD_MAX, original},
    pages::{Cut, Cutter},
    progress::Meter,
};
use crate::{
    damask::Damask,
    trouble::{Outcome, Trouble},
};

/// Rows read at once.
const ROWS_READ: u32 = 1_000;
/// Originals put before they are made durable together, and their bytes; one may be longer.
const FILES_AT_ONCE: usize = 256;
const BYTES_AT_ONCE: u64 = 64 << 20;
/// Pages put before they are made durable together.
const PAGES_AT_ONCE: u32 = 64;

/// What a backup is put with.
#[derive(Clone)]
pub struct Tools {
    pub damask: Damask,
    pub repository: Arc<Repository>,
    pub aside: Arc<Aside>,
    pub meter: Arc<Meter>,
}

impl Tools {
    /// Ends the backup where it was stopped.
    fn goes_on(&self) -> Outcome<()> {
        if self.meter.goes_on() {
            Ok(())
        } else {
            Err(Trouble::mistake("backup-stopped", "the backup was stopped"))
        }
    }

    async fn shelf(&self, shelf: Shelf, first: u8) -> Outcome<Shelved> {
        let repository = Arc::clone(&self.repository);
        Ok(self.aside.run(move || repository.shelved(shelf, first)).await?)
    }
}

/// Puts pages.
pub struct Putter {
    tools: Tools,
    shelves: HashMap<u8, Shelved>,
    /// Pages put, and the bytes of their texts.
    pub put: (u64, u64),
    unsettled: u32,
}

impl Putter {
    pub fn new(tools: Tools) -> Self {
        Self { tools, shelves: HashMap::new(), put: (0, 0), unsettled: 0 }
    }

    /// Puts a page, unless it is there.
    pub async fn page(&mut self, cut: Cut) -> Outcome<Page> {
        self.tools.goes_on()?;
        if self.holds(&cut.page).await? {
            return Ok(cut.page);
        }
        let (repository, digest, text) = (Arc::clone(&self.tools.repository), cut.page.digest()?, cut.text);
        self.put = (self.put.0 + 1, self.put.1 + text.len() as u64);
        self.unsettled += 1;
        let settle = self.unsettled == PAGES_AT_ONCE;
        if settle {
            self.unsettled = 0;
        }
        let put = move || {
            repository.put_page(digest, text.as_bytes())?;
            if settle { repository.settle() } else { Ok(()) }
        };
        self.tools.aside.run(put).await?;
        Ok(cut.page)
    }

    /// Whether a page is there.
    pub async fn holds(&mut self, page: &Page) -> Outcome<bool> {
        let digest = page.digest()?;
        let first = digest.0[0];
        if !self.shelves.contains_key(&first) {
            let shelved = self.tools.shelf(Shelf::Pages, first).await?;
            self.shelves.insert(first, shelved);
        }
        Ok(self.tools.repository.is_shelved(&self.shelves[&first], &Piece::Page(digest), None))
    }

    /// Whether all pages are there.
    pub async fn holds_all(&mut self, table: &Table) -> Outcome<bool> {
        for page in &table.pages {
            if !self.holds(page).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// What came of going through the originals.
#[derive(Debug, Default)]
pub struct Originals {
    /// The list of those that are there.
    pub list: Table,
    /// Their bytes.
    pub bytes: u64,
    /// Put now.
    pub put: (u64, u64),
    /// How many could not be read.
    pub unreadable: u64,
    /// Some of them, with the reason.
    pub told: Vec<(ContentHash, String)>,
}

/// Puts all originals that the catalog names now. It is not held meanwhile: what comes later is for the end.
pub async fn ahead(tools: &Tools) -> Outcome<Originals> {
    let mut walk = Walk::new(tools);
    loop {
        let page = {
            let mut conn = tools.damask.catalog().read().await?;
            files::kept_after(&mut conn, walk.after, ROWS_READ).await?
        };
        if page.is_empty() {
            return Ok(walk.found);
        }
        walk.step(page).await?;
    }
}

/// Puts the originals that a snapshot names and that are not there yet, and makes the list of all.
pub async fn listed(tools: &Tools, conn: &mut Conn, putter: &mut Putter) -> Outcome<Originals> {
    let mut walk = Walk::new(tools);
    let mut cutter = Cutter::new(original::HEADER.to_owned());
    walk.found.list.name = "original".to_owned();
    loop {
        let page = files::kept_after(conn, walk.after, ROWS_READ).await?;
        if page.is_empty() {
            break;
        }
        for (hash, bytes) in walk.step(page).await? {
            let text = original::line(hash, bytes);
            // The quotation marks and the hash between them.
            let line = Line { key_bytes: 66, first_byte: Some(hash.0[0]), text };
            if let Some(cut) = cutter.push(&line) {
                walk.found.list.take(putter.page(cut).await?);
            }
        }
    }
    if let Some(cut) = cutter.end() {
        walk.found.list.take(putter.page(cut).await?);
    }
    Ok(walk.found)
}

struct Walk<'t> {
    tools: &'t Tools,
    after: Option<ContentHash>,
    shelf: Option<(u8, Shelved)>,
    found: Originals,
}

impl<'t> Walk<'t> {
    fn new(tools: &'t Tools) -> Self {
        Self { tools, after: None, shelf: None, found: Originals::default() }
    }

    /// Sees to it that these are there; answers those that are.
    async fn step(&mut self, page: Vec<(ContentHash, u64)>) -> Outcome<Vec<(ContentHash, u64)>> {
        self.after = page.last().map(|(hash, _)| *hash);
        let mut lacking = Vec::new();
        for (hash, bytes) in &page {
            let first = hash.0[0];
            if self.shelf.as_ref().is_none_or(|(known, _)| *known != first) {
                self.shelf = Some((first, self.tools.shelf(Shelf::Originals, first).await?));
            }
            let (_, shelved) = self.shelf.as_ref().expect("it was just looked at");
            if self.tools.repository.is_shelved(shelved, &Piece::Original(*hash), Some(*bytes)) {
                self.tools.meter.done(1, *bytes);
            } else {
                lacking.push((*hash, *bytes));
            }
        }
        let mut unreadable = Vec::new();
        while !lacking.is_empty() {
            self.tools.goes_on()?;
            let rest = lacking.split_off(few(&lacking));
            unreadable.extend(self.put(std::mem::replace(&mut lacking, rest)).await?);
        }
        let there: Vec<_> = page.into_iter().filter(|(hash, _)| !unreadable.contains(hash)).collect();
        self.found.bytes += there.iter().map(|(_, bytes)| bytes).sum::<u64>();
        Ok(there)
    }

    /// Puts some; answers those that cannot be read.
    async fn put(&mut self, some: Vec<(ContentHash, u64)>) -> Outcome<Vec<ContentHash>> {
        let (repository, store) = (Arc::clone(&self.tools.repository), self.tools.damask.store().clone());
        let (meter, originals) = (Arc::clone(&self.tools.meter), some.clone());
        let put = move || repository.put_originals(&store, originals, &|bytes| meter.moved(bytes));
        let answers = self.tools.aside.run(put).await?;
        self.tools.goes_on()?;
        let mut unreadable = Vec::new();
        for ((hash, bytes), answer) in some.into_iter().zip(answers) {
            match answer {
                Ok(()) => {
                    self.found.put = (self.found.put.0 + 1, self.found.put.1 + bytes);
                    self.tools.meter.done(1, bytes);
                }
                Err(RepositoryError::Source(why)) => {
                    unreadable.push(hash);
                    self.found.unreadable += 1;
                    if self.found.told.len() < UNREADABLE_TOLD_MAX {
                        self.found.told.push((hash, why.to_string()));
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(unreadable)
    }
}

/// How many from the beginning are put together.
fn few(originals: &[(ContentHash, u64)]) -> usize {
    let mut sum = 0;
    let fits = |(_, bytes): &&(ContentHash, u64)| {
        sum += *bytes;
        sum <= BYTES_AT_ONCE
    };
    originals.iter().take(FILES_AT_ONCE).take_while(fits).count().max(1)
}
