//! The tables of record: which columns each has that only a fact may change.
//!
//! Left out on purpose are columns that say something of the running, not of the library: when a location's
//! bytes were last read, when a key was last used.

use blake3::Hasher;

use crate::{cell::Param, conn::Columns};

/// A table whose rows are told by facts.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    /// How many of the columns, the first ones, name a record. A record is all rows of one name: one row in most
    /// tables, the pages of a version in `page_text`.
    pub(crate) key: usize,
    pub(crate) columns: &'static [Column],
}

/// A column and what it holds.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    holds: Holds,
}

#[derive(Clone, Copy, Debug)]
enum Holds {
    Text,
    Integer,
    Boolean,
    Bytes,
}

/// A row as it stands: its columns of record, and the last fact it names.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) cells: Vec<Param>,
    pub(crate) last_fact: String,
}

macro_rules! tables {
    ($($table:ident $name:literal, $key:literal: [$($column:ident $holds:ident),+];)+) => {
        $(pub(crate) const $table: Table = Table {
            name: $name,
            key: $key,
            columns: &[$(Column { name: stringify!($column), holds: Holds::$holds }),+],
        };)+

        /// All of them.
        pub(crate) const TABLES: &[&Table] = &[$(&$table),+];
    };
}

tables! {
    FOLDER "folder", 1: [id Text, parent Text, name Text];
    ASSET "asset", 1: [id Text, kind Text, name Text, state Text, folder Text, current_version Text, document Text,
        created_us Integer, changed_us Integer, trashed_us Integer, checkout_actor Text, checkout_us Integer,
        checkout_note Text];
    VERSION "version", 1: [id Text, asset Text, number Integer, created_us Integer, probe Text, described_us Integer,
        previewed_us Integer, failed Boolean];
    VERSION_FILE "version_file", 4: [version Text, role Text, file Bytes, name Text];
    FILE "file", 1: [hash Bytes, bytes Integer, media_type Text, essence_hash Bytes, created_us Integer];
    LOCATION "location", 1: [id Text, file Bytes, asset Text, place Text, directory Text, name Text, apart Text,
        stamp_bytes Integer, modified_ns Integer, changed_ns Integer, inode Integer];
    EMBEDDED "embedded", 1: [file Bytes, reader Text, tags Text];
    PAGE_TEXT "page_text", 1: [version Text, page Integer, text Text];
    FINDING "finding", 2: [version Text, stage Text, id Text, code Text, detail Text, at_us Integer];
    RELATION "relation", 1: [id Text, kind Text, subject Text, object Text, selector Text];
    QUARANTINE "quarantine", 1: [id Text, actor Text, name Text, path Text, file Bytes, bytes Integer, reason Text,
        detail Text, source Text, at_us Integer];
    ACCOUNT "account", 1: [id Text, name Text, email Text, password_hash Text, can Text, created_us Integer];
    API_KEY "api_key", 1: [id Text, name Text, secret_hash Bytes, account Text, scopes Text, created_us Integer,
        expires_us Integer, revoked_us Integer];
}

impl Table {
    /// The table of that name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        TABLES.iter().copied().find(|table| table.name == name)
    }

    /// Its columns of record and the last fact, as a statement lists them.
    pub(crate) fn list(&self) -> String {
        let mut list = String::with_capacity(self.columns.len() * 12);
        for column in self.columns {
            list.push_str(column.name);
            list.push_str(", ");
        }
        list.push_str("last_fact");
        list
    }

    /// Reads a row that [`Table::list`] lists. Where a cell does not hold what its column does, the row has another
    /// digest than any that was written.
    pub(crate) fn row(&self, columns: &mut Columns<'_>) -> Row {
        let cells = self.columns.iter().map(|column| column.read(columns)).collect();
        Row { cells, last_fact: columns.next().unwrap_or_default() }
    }

    /// What a row's record is called: its key columns with a space between, bytes as hexadecimal digits.
    pub(crate) fn key_of(&self, row: &Row) -> String {
        let parts: Vec<String> = row.cells.iter().take(self.key).map(key_part).collect();
        parts.join(" ")
    }

    /// What the rows of one record say, whatever their order: 32 bytes that change when any cell does.
    pub(crate) fn digest<'r>(&self, rows: impl IntoIterator<Item = &'r Row>) -> [u8; 32] {
        let mut texts: Vec<Vec<u8>> = rows.into_iter().map(|row| plain(self.columns, &row.cells)).collect();
        texts.sort_unstable();
        let mut hasher = Hasher::new_derive_key("damask table of record 1");
        hasher.update(self.name.as_bytes());
        for text in texts {
            hasher.update(&(text.len() as u64).to_le_bytes()).update(&text);
        }
        *hasher.finalize().as_bytes()
    }
}

impl Column {
    /// The cell, or in its place what keeps it from being read.
    pub(crate) fn read(&self, columns: &mut Columns<'_>) -> Param {
        let read = match self.holds {
            Holds::Text => columns.next().map(Param::Text),
            Holds::Integer => columns.next().map(Param::Integer),
            Holds::Boolean => columns.next().map(Param::Boolean),
            Holds::Bytes => columns.next().map(Param::Bytes),
        };
        read.unwrap_or_else(|error| Param::Text(Some(format!("\0{error}"))))
    }

    /// A key part as [`Table::key_of`] wrote it, as a parameter again.
    pub(crate) fn param(&self, part: &str) -> Param {
        match self.holds {
            Holds::Bytes => Param::Bytes(hex::decode(part).ok()),
            Holds::Integer => Param::Integer(part.parse().ok()),
            Holds::Boolean => Param::Boolean(part.parse().ok()),
            Holds::Text => Param::Text(Some(part.to_owned())),
        }
    }
}

fn key_part(cell: &Param) -> String {
    match cell {
        Param::Text(text) => text.clone().unwrap_or_default(),
        Param::Integer(integer) => integer.map(|integer| integer.to_string()).unwrap_or_default(),
        Param::Boolean(boolean) => boolean.map(|boolean| boolean.to_string()).unwrap_or_default(),
        Param::Bytes(bytes) => bytes.as_ref().map(hex::encode).unwrap_or_default(),
    }
}

/// The cells that hold something, each with its column's name, its kind and its length, so that no two rows share a
/// text. What is null is left out: a column that a later schema adds changes no digest until something stands in it.
fn plain(columns: &[Column], cells: &[Param]) -> Vec<u8> {
    let mut text = Vec::new();
    for (column, cell) in columns.iter().zip(cells) {
        let (kind, bytes) = match cell {
            Param::Text(text) => (b't', text.as_ref().map(|text| text.as_bytes().to_vec())),
            Param::Integer(integer) => (b'i', integer.map(|integer| integer.to_le_bytes().to_vec())),
            Param::Boolean(boolean) => (b'b', boolean.map(|yes| vec![u8::from(yes)])),
            Param::Bytes(bytes) => (b'y', bytes.clone()),
        };
        let Some(bytes) = bytes else { continue };
        text.extend_from_slice(column.name.as_bytes());
        text.extend_from_slice(&[0, kind]);
        text.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        text.extend_from_slice(&bytes);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{ASSET, PAGE_TEXT, Row};
    use crate::cell::Param;

    fn row(cells: &[&str]) -> Row {
        let cells = cells.iter().map(|cell| Param::Text(Some((*cell).to_owned()))).collect();
        Row { cells, last_fact: String::new() }
    }

    #[test]
    fn a_digest_is_of_cells_and_not_of_the_text_they_make_together() {
        assert_ne!(ASSET.digest([&row(&["ab", "c"])]), ASSET.digest([&row(&["a", "bc"])]));
        assert_ne!(ASSET.digest([&row(&["a"])]), PAGE_TEXT.digest([&row(&["a"])]));
        assert_ne!(ASSET.digest([&row(&["a"])]), ASSET.digest([&row(&["a", ""])]));
    }

    #[test]
    fn an_absent_cell_changes_no_digest() {
        let mut absent = row(&["a"]);
        absent.cells.push(Param::Text(None));
        assert_eq!(ASSET.digest([&absent]), ASSET.digest([&row(&["a"])]));
    }

    #[test]
    fn rows_of_one_record_have_one_digest_in_any_order() {
        let (one, two) = (row(&["v", "1"]), row(&["v", "2"]));
        assert_eq!(PAGE_TEXT.digest([&one, &two]), PAGE_TEXT.digest([&two, &one]));
        assert_ne!(PAGE_TEXT.digest([&one, &two]), PAGE_TEXT.digest([&one]));
    }
}
