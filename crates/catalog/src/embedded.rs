//! Embedded metadata: all tags of a file as they stood in it, raw, with the reader that read them.

use damask_model::{ContentHash, FactId};
use serde_json::Value as Json;

use crate::{CatalogError, Conn, Tx, cell::params, record::EMBEDDED};

/// All tags embedded in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Embedded {
    /// The file.
    pub file: ContentHash,
    /// The reader and its version (`exiftool 12.57`).
    pub reader: String,
    /// The tags, as the reader gave them.
    pub tags: Json,
}

/// Keeps the tags of files, in place of what was kept before; one statement for many. Each file once.
pub async fn put(tx: &mut Tx, all: &[Embedded], fact: FactId) -> Result<(), CatalogError> {
    let rows =
        all.iter().map(|embedded| params![embedded.file, embedded.reader, embedded.tags, fact]).collect();
    tx.keep(
        &EMBEDDED,
        "INSERT INTO embedded (file, reader, tags, last_fact) VALUES",
        rows,
        "ON CONFLICT (file) DO UPDATE SET reader = excluded.reader, tags = excluded.tags, \
         last_fact = excluded.last_fact",
    )
    .await?;
    Ok(())
}

/// The tags of a file.
pub async fn of_file(conn: &mut Conn, file: ContentHash) -> Result<Option<Embedded>, CatalogError> {
    conn.one("SELECT file, reader, tags FROM embedded WHERE file = $1", params![file], |row| {
        Ok(Embedded { file: row.next()?, reader: row.next()?, tags: row.next()? })
    })
    .await
}
