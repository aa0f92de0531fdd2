//! Quarantine: files that failed a check and wait for a person. Nothing is passed over silently.

use damask_model::{ContentHash, FactId, QuarantineId};
use damask_time::Instant;

use crate::{CatalogError, Conn, Tx, cell::params, conn::Columns, page::bounded};

/// A file that waits for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// Its id.
    pub id: QuarantineId,
    /// The name it came with.
    pub name: String,
    /// Where it came from.
    pub path: String,
    /// Its bytes, where they were kept.
    pub file: Option<ContentHash>,
    /// How many bytes were seen.
    pub bytes: u64,
    /// Why it waits: a code.
    pub reason: String,
    /// What exactly.
    pub detail: String,
    /// Since when.
    pub at: Instant,
    /// The fact that states it.
    pub last_fact: FactId,
}

/// Puts a file in quarantine.
pub async fn insert(tx: &mut Tx, entry: &Quarantined) -> Result<(), CatalogError> {
    tx.conn
        .execute(
            r#"INSERT INTO quarantine (id, name, path, file, bytes, reason, detail, at_us, last_fact)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"#,
            params![
                entry.id,
                entry.name,
                entry.path,
                entry.file,
                entry.bytes,
                entry.reason,
                entry.detail.replace('\0', ""),
                entry.at,
                entry.last_fact
            ],
        )
        .await?;
    Ok(())
}

/// Up to `limit` entries before the id `before`, the newest first.
pub async fn page(
    conn: &mut Conn,
    before: Option<QuarantineId>,
    limit: u32,
) -> Result<Vec<Quarantined>, CatalogError> {
    // After every UUID in the order of text.
    let before = before.map_or_else(|| "~".to_owned(), |id| id.to_string());
    conn.all(
        r#"SELECT id, name, path, file, bytes, reason, detail, at_us, last_fact FROM quarantine
           WHERE id < $1 ORDER BY id DESC LIMIT $2"#,
        params![before, bounded(limit)],
        read,
    )
    .await
}

/// The entry of that id.
pub async fn by_id(conn: &mut Conn, id: QuarantineId) -> Result<Option<Quarantined>, CatalogError> {
    conn.one(
        r#"SELECT id, name, path, file, bytes, reason, detail, at_us, last_fact FROM quarantine
           WHERE id = $1"#,
        params![id],
        read,
    )
    .await
}

/// Lets an entry out; answers whether it was there.
pub async fn remove(tx: &mut Tx, id: QuarantineId) -> Result<bool, CatalogError> {
    Ok(tx.conn.execute("DELETE FROM quarantine WHERE id = $1", params![id]).await? > 0)
}

fn read(row: &mut Columns<'_>) -> Result<Quarantined, CatalogError> {
    Ok(Quarantined {
        id: row.next()?,
        name: row.next()?,
        path: row.next()?,
        file: row.next()?,
        bytes: row.next()?,
        reason: row.next()?,
        detail: row.next()?,
        at: row.next()?,
        last_fact: row.next()?,
    })
}
