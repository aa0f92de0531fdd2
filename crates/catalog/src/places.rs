//! Places in which originals are kept, and the passes over them in which every byte is verified. A pass goes on where it
//! stopped, whoever goes on with it; one process at a time looks after a place.

use damask_model::ContentHash;
use damask_time::Instant;

use crate::{
    CatalogError, Conn, Tx,
    cell::params,
    conn::{Columns, only},
};

/// A place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// By which results name it.
    pub id: i64,
    /// By which it is known again.
    pub name: String,
    /// When everything that was there before it was kept in it too.
    pub filled: Option<Instant>,
    /// The pass that goes on.
    pub pass: Option<Pass>,
    /// The last that came to its end.
    pub ended: Option<Ended>,
}

/// A pass over a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass {
    /// When it began.
    pub began: Instant,
    /// The last file it has seen, in the order of hashes.
    pub after: Option<ContentHash>,
    /// Files it has seen.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// A pass that came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// When.
    pub at: Instant,
    /// Files it saw.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// The place of that name.
pub async fn by_name(conn: &mut Conn, name: &str) -> Result<Option<Place>, CatalogError> {
    let sql = r#"SELECT id, name, filled_us, began_us, after_hash, files, bytes, ended_us, ended_files, ended_bytes
                 FROM place WHERE name = $1"#;
    conn.one(sql, params![name], place).await
}

/// The place of that name, which is made where it is not known. `filled` says that a new one has all there is.
pub async fn ensure(tx: &mut Tx, name: &str, filled: bool) -> Result<Place, CatalogError> {
    let filled = filled.then_some(tx.now);
    tx.conn
        .execute(
            r#"INSERT INTO place (id, name, filled_us, files, bytes)
               SELECT COALESCE(MAX(id), 0) + 1, $1, $2, 0, 0 FROM place WHERE true
               ON CONFLICT (name) DO NOTHING"#,
            params![name, filled],
        )
        .await?;
    by_name(&mut tx.conn, name)
        .await?
        .ok_or_else(|| CatalogError::broken("a place that was just made is there"))
}

/// Has `keeper` look after a place until `until`, or still; answers whether no other does.
pub async fn keep(tx: &mut Tx, id: i64, keeper: &str, until: Instant) -> Result<bool, CatalogError> {
    let now = tx.now;
    let taken = tx
        .conn
        .execute(
            r#"UPDATE place SET keeper = $1, kept_until_us = $2
               WHERE id = $3 AND (keeper IS NULL OR keeper = $1 OR kept_until_us < $4)"#,
            params![keeper, until, id, now],
        )
        .await?;
    Ok(taken > 0)
}

/// Leaves a place to whoever wants to look after it next.
pub async fn leave(tx: &mut Tx, id: i64, keeper: &str) -> Result<(), CatalogError> {
    let sql = "UPDATE place SET keeper = NULL, kept_until_us = NULL WHERE id = $1 AND keeper = $2";
    tx.conn.execute(sql, params![id, keeper]).await?;
    Ok(())
}

/// Begins a pass, where none goes on.
pub async fn begin(tx: &mut Tx, id: i64) -> Result<(), CatalogError> {
    let now = tx.now;
    tx.conn
        .execute(
            r#"UPDATE place SET began_us = $1, after_hash = NULL, files = 0, bytes = 0
               WHERE id = $2 AND began_us IS NULL"#,
            params![now, id],
        )
        .await?;
    Ok(())
}

/// The pass has seen so many more files, to `after`. Nothing where it was not at `from`: another went on with it.
pub async fn move_on(
    tx: &mut Tx,
    id: i64,
    from: Option<ContentHash>,
    after: ContentHash,
    (files, bytes): (u64, u64),
) -> Result<bool, CatalogError> {
    let from: Vec<u8> = from.map(|hash| hash.0.to_vec()).unwrap_or_default();
    let none: Vec<u8> = Vec::new();
    let moved = tx
        .conn
        .execute(
            r#"UPDATE place SET after_hash = $1, files = files + $2, bytes = bytes + $3
               WHERE id = $4 AND began_us IS NOT NULL AND COALESCE(after_hash, $5) = $6"#,
            params![after, files, bytes, id, none, from],
        )
        .await?;
    Ok(moved > 0)
}

/// The pass has seen all.
pub async fn end(tx: &mut Tx, id: i64) -> Result<(), CatalogError> {
    let now = tx.now;
    tx.conn
        .execute(
            r#"UPDATE place SET ended_us = $1, ended_files = files, ended_bytes = bytes, began_us = NULL,
                   after_hash = NULL, files = 0, bytes = 0, filled_us = COALESCE(filled_us, $1)
               WHERE id = $2 AND began_us IS NOT NULL"#,
            params![now, id],
        )
        .await?;
    Ok(())
}

/// The name of the place with that id.
pub async fn name_of(conn: &mut Conn, id: i64) -> Result<Option<String>, CatalogError> {
    conn.one("SELECT name FROM place WHERE id = $1", params![id], only).await
}

fn place(row: &mut Columns<'_>) -> Result<Place, CatalogError> {
    let (id, name, filled) = (row.next()?, row.next()?, row.next()?);
    let (began, after, files, bytes): (Option<Instant>, _, _, _) =
        (row.next()?, row.next()?, row.next()?, row.next()?);
    let ended: (Option<Instant>, Option<u64>, Option<u64>) = (row.next()?, row.next()?, row.next()?);
    let pass = began.map(|began| Pass { began, after, files, bytes });
    let ended = ended.0.map(|at| Ended {
        at,
        files: ended.1.unwrap_or_default(),
        bytes: ended.2.unwrap_or_default(),
    });
    Ok(Place { id, name, filled, pass, ended })
}
