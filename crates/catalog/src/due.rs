//! Dates that become facts at their moment (embargo, expiry, retention): time passes without facts.

use damask_model::{DueId, Uuid};
use damask_time::Instant;
use serde_json::Value as Json;

use crate::{CatalogError, Conn, Tx, cell::params, conn::Columns, page::bounded};

/// A moment at which something is to be stated of a subject.
#[derive(Clone, Debug, PartialEq)]
pub struct Due {
    /// Its id.
    pub id: DueId,
    /// When.
    pub at: Instant,
    /// Of what.
    pub subject: Uuid,
    /// What comes due: one of each a subject.
    pub what: String,
    /// What the fact will need.
    pub payload: Json,
}

/// Sets a date. One that was set before for the same subject and thing is replaced.
pub async fn set(tx: &mut Tx, due: &Due) -> Result<(), CatalogError> {
    tx.conn
        .execute(
            r#"INSERT INTO due (id, at_us, subject, what, payload) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (subject, what)
               DO UPDATE SET id = excluded.id, at_us = excluded.at_us, payload = excluded.payload"#,
            params![due.id, due.at, due.subject, due.what, due.payload],
        )
        .await?;
    Ok(())
}

/// Removes a date.
pub async fn clear(tx: &mut Tx, subject: Uuid, what: &str) -> Result<(), CatalogError> {
    tx.conn.execute("DELETE FROM due WHERE subject = $1 AND what = $2", params![subject, what]).await?;
    Ok(())
}

/// Takes up to `limit` dates that have come by `now`, the oldest first. State their facts in the same write.
pub async fn take_due(tx: &mut Tx, now: Instant, limit: u32) -> Result<Vec<Due>, CatalogError> {
    let sql = tx.conn.dialect().take_due();
    let mut taken = tx.conn.returning(sql, params![now, bounded(limit)], due).await?;
    taken.sort_by_key(|due| (due.at, due.id));
    Ok(taken)
}

/// When the next date comes.
pub async fn next(conn: &mut Conn) -> Result<Option<Instant>, CatalogError> {
    conn.one("SELECT at_us FROM due ORDER BY at_us LIMIT 1", params![], crate::conn::only).await
}

fn due(row: &mut Columns<'_>) -> Result<Due, CatalogError> {
    Ok(Due {
        id: row.next()?,
        at: row.next()?,
        subject: row.next()?,
        what: row.next()?,
        payload: row.next()?,
    })
}
