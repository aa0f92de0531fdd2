//! Quarantine: files that failed a check and wait for a person. Nothing is passed over silently.

use damask_model::{ActorId, ContentHash, FactId, QuarantineId};
use damask_time::Instant;
use serde_json::Value as Json;

use crate::{
    CatalogError, Conn, Tx,
    cell::params,
    conn::{Columns, only},
    page::bounded,
    record::QUARANTINE,
};

/// A file that waits for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// Its id.
    pub id: QuarantineId,
    /// Who brought it.
    pub actor: ActorId,
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
    /// What was known of it by the door it came by, for when it is let in; null where that was not kept.
    pub source: Json,
    /// Since when.
    pub at: Instant,
    /// The fact that states it.
    pub last_fact: FactId,
}

/// Puts a file in quarantine; answers whether it is there only since now. The same bytes that the same actor
/// brought by the same path wait once.
pub async fn insert(tx: &mut Tx, entry: &Quarantined) -> Result<bool, CatalogError> {
    let row = params![
        entry.id,
        entry.actor,
        entry.name,
        entry.path,
        entry.file,
        entry.bytes,
        entry.reason,
        entry.detail.replace('\0', ""),
        entry.source,
        entry.at,
        entry.last_fact
    ];
    let added = tx
        .keep(
            &QUARANTINE,
            "INSERT INTO quarantine (id, actor, name, path, file, bytes, reason, detail, source, at_us, \
             last_fact) VALUES",
            vec![row],
            "ON CONFLICT (actor, path, file) DO NOTHING",
        )
        .await?;
    Ok(!added.is_empty())
}

/// Every read of a [`Quarantined`], up to its conditions.
macro_rules! listed {
    ($rest:literal) => {
        concat!(
            "SELECT id, actor, name, path, file, bytes, reason, detail, source, at_us, last_fact FROM quarantine ",
            $rest
        )
    };
}

/// Up to `limit` entries before the id `before`, the newest first; with `actor` only those they brought, with `reason`
/// only those that wait for it.
pub async fn page(
    conn: &mut Conn,
    actor: Option<ActorId>,
    reason: Option<&str>,
    before: Option<QuarantineId>,
    limit: u32,
) -> Result<Vec<Quarantined>, CatalogError> {
    // After every UUID in the order of text.
    let before = before.map_or_else(|| "~".to_owned(), |id| id.to_string());
    let (reason, limit) = (reason.unwrap_or_default(), bounded(limit));
    match actor {
        Some(actor) => {
            let sql = listed!(
                "WHERE actor = $2 AND id < $1 AND ($3 = '' OR reason = $3) ORDER BY id DESC LIMIT $4"
            );
            conn.all(sql, params![before, actor, reason, limit], read).await
        }
        None => {
            let sql = listed!("WHERE id < $1 AND ($2 = '' OR reason = $2) ORDER BY id DESC LIMIT $3");
            conn.all(sql, params![before, reason, limit], read).await
        }
    }
}

/// Whether bytes of that hash wait.
pub async fn holds(conn: &mut Conn, file: ContentHash) -> Result<bool, CatalogError> {
    let found = conn
        .one("SELECT id FROM quarantine WHERE file = $1 LIMIT 1", params![file], only::<QuarantineId>)
        .await?;
    Ok(found.is_some())
}

/// The entry of that id.
pub async fn by_id(conn: &mut Conn, id: QuarantineId) -> Result<Option<Quarantined>, CatalogError> {
    conn.one(listed!("WHERE id = $1"), params![id], read).await
}

/// Lets an entry out; answers whether it was there.
pub async fn remove(tx: &mut Tx, id: QuarantineId, fact: FactId) -> Result<bool, CatalogError> {
    Ok(tx.forget(&QUARANTINE, fact, "DELETE FROM quarantine WHERE id = $1", params![id]).await? > 0)
}

fn read(row: &mut Columns<'_>) -> Result<Quarantined, CatalogError> {
    Ok(Quarantined {
        id: row.next()?,
        actor: row.next()?,
        name: row.next()?,
        path: row.next()?,
        file: row.next()?,
        bytes: row.next()?,
        reason: row.next()?,
        detail: row.next()?,
        source: row.next()?,
        at: row.next()?,
        last_fact: row.next()?,
    })
}
