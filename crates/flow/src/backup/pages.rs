//! Rows cut into pages, so that what did not change since the last backup is the same page and costs nothing.
//!
//! Where a page ends is said by the keys of the rows themselves and not by counting: a row that comes in between
//! changes the page it falls into and no other. The journal is cut by sequence, since it only grows.

use std::collections::BTreeSet;

use damask_catalog::{
    Conn,
    copy::{self, Line, Reading, Sort},
};
use damask_model::Seq;
use damask_store::PageDigest;

use super::{
    copying::Putter,
    manifest::{Manifest, Page, Table},
};
use crate::trouble::Outcome;

/// Rows of a page on average.
const ROWS_ABOUT: u32 = 1_024;
/// A page that is longer ends, in bytes.
const PAGE_BYTES_ABOUT: usize = 2 << 20;
/// Rows read at once. Some hold all tags of a file.
const ROWS_READ: u32 = 256;
/// Facts on a page of the journal.
const FACTS_ON_PAGE: i64 = 1_024;

/// Rows on their way to be a page.
pub struct Cutter {
    header: String,
    text: String,
    rows: u64,
    first: Option<u8>,
}

/// A page as it was cut.
pub struct Cut {
    /// Its text.
    pub text: String,
    /// Of it.
    pub page: Page,
}

impl Cutter {
    /// Pages that begin with this line.
    pub fn new(header: String) -> Self {
        Self { header, text: String::new(), rows: 0, first: None }
    }

    /// Adds a row; answers the page that ends with it, if one does.
    pub fn push(&mut self, line: &Line) -> Option<Cut> {
        self.add(line);
        let key = blake3::hash(&line.text.as_bytes()[..line.key_bytes]);
        let drawn = u32::from_le_bytes(key.as_bytes()[..4].try_into().expect("four bytes"));
        if drawn.is_multiple_of(ROWS_ABOUT) || self.text.len() > PAGE_BYTES_ABOUT { self.end() } else { None }
    }

    /// Ends the page, if there is one.
    pub fn end(&mut self) -> Option<Cut> {
        if self.text.is_empty() {
            return None;
        }
        let text = std::mem::take(&mut self.text);
        let digest = hex::encode(PageDigest::of(text.as_bytes()).0);
        let page = Page { digest, rows: std::mem::take(&mut self.rows), first: self.first, through: None };
        Some(Cut { text, page })
    }
}

/// All tables of a snapshot. What did not change since `before` is taken over from it without being read.
pub async fn tables(
    conn: &mut Conn,
    seq: Seq,
    before: Option<&Manifest>,
    erased: &BTreeSet<i64>,
    putter: &mut Putter,
) -> Outcome<Vec<Table>> {
    let mut tables = Vec::new();
    for table in copy::TABLES {
        let same = before.and_then(|before| before.tables.iter().find(|other| other.name == table.name));
        let unchanged = before.is_some_and(|before| before.seq == seq.0);
        let told = match (table.sort, same) {
            // Whatever changes them states a fact, and there was none.
            (Sort::Record | Sort::Journal, Some(same)) if unchanged && putter.holds_all(same).await? => {
                same.clone()
            }
            (Sort::Journal, same) => journal(conn, table, seq, same, erased, putter).await?,
            (Sort::Record | Sort::Running, _) => whole(conn, table, putter).await?,
        };
        tables.push(told);
    }
    Ok(tables)
}

async fn whole(conn: &mut Conn, table: &'static copy::Table, putter: &mut Putter) -> Outcome<Table> {
    let mut reading = Reading::of(conn, table).await?;
    let mut cutter = Cutter::new(reading.header());
    let mut told = Table { name: table.name.to_owned(), ..Table::default() };
    loop {
        let lines = reading.next(conn, ROWS_READ).await?;
        if lines.is_empty() {
            break;
        }
        for line in &lines {
            if let Some(cut) = cutter.push(line) {
                told.take(putter.page(cut).await?);
            }
        }
    }
    if let Some(cut) = cutter.end() {
        told.take(putter.page(cut).await?);
    }
    Ok(told)
}

/// The journal: pages that were full are as they were, unless a payload on them was erased since.
async fn journal(
    conn: &mut Conn,
    table: &'static copy::Table,
    seq: Seq,
    before: Option<&Table>,
    erased: &BTreeSet<i64>,
    putter: &mut Putter,
) -> Outcome<Table> {
    let mut reading = Reading::of(conn, table).await?;
    let mut cutter = Cutter::new(reading.header());
    let mut told = Table { name: table.name.to_owned(), ..Table::default() };
    let mut after = 0;
    while after < seq.0 {
        let through = after + FACTS_ON_PAGE;
        let known = before.and_then(|before| before.pages.iter().find(|page| page.through == Some(through)));
        let touched = erased.range(after + 1..=through).next().is_some();
        match known {
            Some(known) if !touched && putter.holds(known).await? => told.take(known.clone()),
            _ => {
                reading.between(Seq(after), Seq(through));
                loop {
                    let lines = reading.next(conn, ROWS_READ).await?;
                    if lines.is_empty() {
                        break;
                    }
                    lines.iter().for_each(|line| cutter.add(line));
                }
                if let Some(mut cut) = cutter.end() {
                    cut.page.through = (through <= seq.0).then_some(through);
                    told.take(putter.page(cut).await?);
                }
            }
        }
        after = through;
    }
    Ok(told)
}

impl Cutter {
    /// Adds a row to a page that ends elsewhere.
    fn add(&mut self, line: &Line) {
        if self.text.is_empty() {
            self.text = format!("{}\n", self.header);
            self.first = line.first_byte;
        }
        self.text.push_str(&line.text);
        self.text.push('\n');
        self.rows += 1;
    }
}

impl Table {
    /// Adds a page.
    pub fn take(&mut self, page: Page) {
        self.rows += page.rows;
        self.pages.push(page);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use damask_catalog::copy::Line;

    use super::Cutter;

    fn pages(numbers: impl Iterator<Item = u32>) -> BTreeSet<String> {
        let mut cutter = Cutter::new("{}".to_owned());
        let mut pages = BTreeSet::new();
        for number in numbers {
            let text = format!("[\"{number:08}\",\"some words\"]");
            let line = Line { text, key_bytes: 11, first_byte: None };
            pages.extend(cutter.push(&line).map(|cut| cut.page.digest));
        }
        pages.extend(cutter.end().map(|cut| cut.page.digest));
        pages
    }

    #[test]
    fn a_row_that_comes_between_changes_one_page() {
        let before = pages((0..20_000).filter(|number| *number != 7_777));
        let after = pages(0..20_000);
        assert!(before.len() > 10, "{}", before.len());
        assert!(after.difference(&before).count() <= 2);
    }
}
