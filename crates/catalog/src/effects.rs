//! The ledger of effects outside of Damask (a mail, a publication): a job that runs twice acts once.

use serde_json::Value as Json;

use crate::{CatalogError, Conn, Tx, cell::params};

/// What the ledger says of an effect.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Nobody has begun it: it is the caller's to make.
    New,
    /// It was begun and not finished: ask the other side before making it again.
    Begun,
    /// It was made, with this result.
    Made(Json),
}

/// Begins an effect unless it was begun before.
pub async fn begin(tx: &mut Tx, key: &str, kind: &str) -> Result<Effect, CatalogError> {
    let now = tx.now;
    let begun = tx
        .conn
        .execute(
            r#"INSERT INTO effect (key, kind, state, result, started_us) VALUES ($1, $2, 'begun', 'null', $3)
               ON CONFLICT (key) DO NOTHING"#,
            params![key, kind, now],
        )
        .await?;
    if begun > 0 {
        return Ok(Effect::New);
    }
    by_key(&mut tx.conn, key).await.map(|effect| effect.unwrap_or(Effect::Begun))
}

/// The effect was made.
pub async fn finish(tx: &mut Tx, key: &str, result: &Json) -> Result<(), CatalogError> {
    let now = tx.now;
    tx.conn
        .execute(
            "UPDATE effect SET state = 'made', result = $1, ended_us = $2 WHERE key = $3",
            params![result, now, key],
        )
        .await?;
    Ok(())
}

/// The effect was not made after all; it may be begun again.
pub async fn abandon(tx: &mut Tx, key: &str) -> Result<(), CatalogError> {
    tx.conn.execute("DELETE FROM effect WHERE key = $1 AND state = 'begun'", params![key]).await?;
    Ok(())
}

/// What the ledger says; `None` when it was never begun.
pub async fn by_key(conn: &mut Conn, key: &str) -> Result<Option<Effect>, CatalogError> {
    let row: Option<(String, Json)> = conn
        .one("SELECT state, result FROM effect WHERE key = $1", params![key], |row| {
            Ok((row.next()?, row.next()?))
        })
        .await?;
    Ok(row.map(|(state, result)| if state == "made" { Effect::Made(result) } else { Effect::Begun }))
}
