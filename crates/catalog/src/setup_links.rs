//! One-time links by which the first administrator is made. Only the hash of a token is kept.

use damask_time::Instant;

use crate::{CatalogError, Conn, Tx, cell::params, conn::only};

/// Keeps a link until `expires`. Links made before are void from now on.
pub async fn insert(tx: &mut Tx, token_hash: [u8; 32], expires: Instant) -> Result<(), CatalogError> {
    let now = tx.now;
    tx.conn.execute("DELETE FROM setup_link", params![]).await?;
    tx.conn
        .execute(
            "INSERT INTO setup_link (token_hash, created_us, expires_us) VALUES ($1, $2, $3)",
            params![token_hash[..], now, expires],
        )
        .await?;
    Ok(())
}

/// Whether a link may still be used at `now`.
pub async fn valid(conn: &mut Conn, token_hash: [u8; 32], now: Instant) -> Result<bool, CatalogError> {
    let found = conn
        .one(
            r#"SELECT expires_us FROM setup_link
               WHERE token_hash = $1 AND used_us IS NULL AND expires_us > $2"#,
            params![token_hash[..], now],
            only::<Instant>,
        )
        .await?;
    Ok(found.is_some())
}

/// Uses a link up; answers whether it could still be used.
pub async fn take(tx: &mut Tx, token_hash: [u8; 32]) -> Result<bool, CatalogError> {
    let now = tx.now;
    let taken = tx
        .conn
        .execute(
            r#"UPDATE setup_link SET used_us = $1
               WHERE token_hash = $2 AND used_us IS NULL AND expires_us > $1"#,
            params![now, token_hash[..]],
        )
        .await?;
    Ok(taken > 0)
}
