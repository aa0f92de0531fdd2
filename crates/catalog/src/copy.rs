//! A copy of all that a catalog says, in a form that belongs to no database: for backups, which are made of one
//! database and restored into any. [`Reading`] tells the rows of a table line by line, [`Writing`] fills an empty
//! database with them at the schema they were told in, so that migrations bring up old copies as they do old files.
//!
//! Which tables there are is said here, once; columns are asked of the database itself, so none can be forgotten. A
//! table that is on neither list stops a backup ([`strangers`]).

mod column;
mod read;
mod write;

pub use read::{Line, Reading};
pub use write::Writing;

use crate::{CatalogError, Conn, cell::params, conn::only};

/// What kind of rows a table has, for whoever wants to know when they change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// The journal: rows are added at the end; what is there stays as it is, but for payloads that are erased.
    Journal,
    /// Only facts change them.
    Record,
    /// They change with the running.
    Running,
}

/// A table of which a copy is made.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// When its rows change.
    pub sort: Sort,
    /// The columns of its primary key.
    key: &'static [&'static str],
    /// Which rows, if not all.
    only: &'static str,
}

const fn table(name: &'static str, sort: Sort, key: &'static [&'static str]) -> Table {
    Table { name, sort, key, only: "" }
}

/// All tables of which a copy is made, each after those it refers to.
pub const TABLES: &[Table] = &[
    table("head", Sort::Running, &["singleton"]),
    table("fact", Sort::Journal, &["seq"]),
    table("fact_payload", Sort::Journal, &["seq"]),
    table("folder", Sort::Record, &["id"]),
    table("asset", Sort::Record, &["id"]),
    table("version", Sort::Record, &["id"]),
    table("file", Sort::Record, &["hash"]),
    table("version_file", Sort::Record, &["version", "role", "file", "name"]),
    table("location", Sort::Record, &["id"]),
    table("embedded", Sort::Record, &["file"]),
    table("page_text", Sort::Record, &["version", "page"]),
    table("finding", Sort::Record, &["id"]),
    table("relation", Sort::Record, &["id"]),
    table("quarantine", Sort::Record, &["id"]),
    table("account", Sort::Record, &["id"]),
    table("api_key", Sort::Record, &["id"]),
    table("due", Sort::Running, &["id"]),
    table("observation", Sort::Running, &["kind", "subject", "hour_us"]),
    table("effect", Sort::Running, &["key"]),
    // The pipeline's: with it the jobs it added that are not done.
    table("reader_cursor", Sort::Running, &["reader"]),
    Table { only: "state IN ('waiting', 'running', 'dead')", ..table("job", Sort::Running, &["id"]) },
];

/// Tables of which no copy is made, and why.
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("fact_item", "made again from the subjects of facts"),
    ("rendition", "made again when they are asked for"),
    ("session", "people sign in again"),
    ("setup_link", "made again by whoever runs the library"),
    ("idempotency", "answers to requests of the hour"),
    ("upload", "half-sent files are not in a backup"),
    ("upload_part", "as those they are parts of"),
    ("place", "a restored library has places of its own"),
    ("fixity", "seen anew where the originals are restored to"),
    ("schema_version", "said by the backup itself"),
];

impl Table {
    /// The table of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        TABLES.iter().find(|table| table.name == name)
    }
}

/// The tables of the database that nobody said whether to copy.
///
/// # Errors
/// When the database cannot be read.
pub async fn strangers(conn: &mut Conn) -> Result<Vec<String>, CatalogError> {
    let sql = conn.dialect().tables();
    let found = conn.all(sql, params![], only::<String>).await?;
    let known =
        |name: &String| Table::named(name).is_some() || LEFT_OUT.iter().any(|(left_out, _)| left_out == name);
    Ok(found.into_iter().filter(|name| !known(name)).collect())
}

/// The schema a copy made now is told in.
pub const SCHEMA: i64 = crate::migrate::KNOWN;

/// How many rows of each table a copy has.
///
/// # Errors
/// When the database cannot be read.
pub async fn counts(conn: &mut Conn) -> Result<Vec<(&'static str, u64)>, CatalogError> {
    let mut counts = Vec::with_capacity(TABLES.len());
    for table in TABLES {
        let only_these = if table.only.is_empty() { "1 = 1" } else { table.only };
        let sql = format!("SELECT COUNT(*) FROM {} WHERE {only_these}", table.name);
        let count = conn.one(sqlx::AssertSqlSafe(sql), params![], only::<u64>).await?;
        counts.push((table.name, count.unwrap_or(0)));
    }
    Ok(counts)
}
