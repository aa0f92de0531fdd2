//! Answers given to requests that bore an `Idempotency-Key`, so that a repeated request gets the same answer.

use damask_model::ActorId;
use damask_time::Instant;

use crate::{CatalogError, Tx, cell::params, page::bounded};

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// Nothing: it is kept now, and the request is to be carried out.
    New,
    /// The same request is being carried out.
    Running,
    /// The same request was answered so.
    Answered {
        /// HTTP status.
        status: u16,
        /// The body.
        response: String,
    },
    /// Another request bore this key.
    Differs,
}

/// Keeps the key of an actor's request for until `expires`, or says what is known of it.
pub async fn begin(
    tx: &mut Tx,
    key: &str,
    actor: ActorId,
    request_digest: [u8; 32],
    expires: Instant,
) -> Result<Known, CatalogError> {
    let now = tx.now;
    // A key that expired is as good as new.
    let begun = tx
        .conn
        .execute(
            r#"INSERT INTO idempotency (key, actor, request_digest, expires_us) VALUES ($1, $2, $3, $4)
               ON CONFLICT (key, actor) DO UPDATE SET request_digest = excluded.request_digest,
                   expires_us = excluded.expires_us, status = NULL, response = NULL
               WHERE idempotency.expires_us <= $5"#,
            params![key, actor, request_digest[..], expires, now],
        )
        .await?;
    if begun > 0 {
        return Ok(Known::New);
    }
    let row: Option<(Vec<u8>, Option<u16>, Option<String>)> = tx
        .conn
        .one(
            "SELECT request_digest, status, response FROM idempotency WHERE key = $1 AND actor = $2",
            params![key, actor],
            |row| Ok((row.next()?, row.next()?, row.next()?)),
        )
        .await?;
    Ok(match row {
        None => Known::Running,
        Some((digest, _, _)) if digest != request_digest => Known::Differs,
        Some((_, Some(status), Some(response))) => Known::Answered { status, response },
        Some(_) => Known::Running,
    })
}

/// Keeps the answer, its HTTP status and body, until `expires`.
pub async fn answer(
    tx: &mut Tx,
    key: &str,
    actor: ActorId,
    (status, response): (u16, &str),
    expires: Instant,
) -> Result<(), CatalogError> {
    tx.conn
        .execute(
            "UPDATE idempotency SET status = $1, response = $2, expires_us = $3 WHERE key = $4 AND actor = $5",
            params![status, response, expires, key, actor],
        )
        .await?;
    Ok(())
}

/// Forgets a key whose request came to nothing, so that it may be tried again.
pub async fn forget(tx: &mut Tx, key: &str, actor: ActorId) -> Result<(), CatalogError> {
    tx.conn.execute("DELETE FROM idempotency WHERE key = $1 AND actor = $2", params![key, actor]).await?;
    Ok(())
}

/// Removes up to `limit` keys that have expired by `now`, the oldest first; answers how many.
pub async fn expire(tx: &mut Tx, now: Instant, limit: u32) -> Result<u64, CatalogError> {
    tx.conn
        .execute(
            r#"DELETE FROM idempotency WHERE (key, actor) IN (
                   SELECT key, actor FROM idempotency WHERE expires_us <= $1 ORDER BY expires_us LIMIT $2)"#,
            params![now, bounded(limit)],
        )
        .await
}
