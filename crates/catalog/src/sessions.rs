//! Sessions of people who signed in. Only the hash of a token is kept.

use damask_model::UserId;
use damask_time::Instant;

use crate::{CatalogError, Conn, Tx, cell::params};

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Hash of its token.
    pub token_hash: [u8; 32],
    /// Whose.
    pub account: UserId,
    /// Since when.
    pub created: Instant,
    /// Until when.
    pub expires: Instant,
    /// When it was last used, to some minutes.
    pub last_used: Instant,
}

/// Begins a session.
pub async fn insert(tx: &mut Tx, session: &Session) -> Result<(), CatalogError> {
    tx.conn
        .execute(
            r#"INSERT INTO session (token_hash, account, created_us, expires_us, last_used_us)
               VALUES ($1, $2, $3, $4, $5)"#,
            params![
                session.token_hash[..],
                session.account,
                session.created,
                session.expires,
                session.last_used
            ],
        )
        .await?;
    Ok(())
}

/// The session of that token, unless it has expired by `now`.
pub async fn by_token(
    conn: &mut Conn,
    token_hash: [u8; 32],
    now: Instant,
) -> Result<Option<Session>, CatalogError> {
    conn.one(
        r#"SELECT token_hash, account, created_us, expires_us, last_used_us FROM session
           WHERE token_hash = $1 AND expires_us > $2"#,
        params![token_hash[..], now],
        |row| {
            let token_hash: Vec<u8> = row.next()?;
            Ok(Session {
                token_hash: crate::cell::digest(&token_hash).map_err(CatalogError::broken)?,
                account: row.next()?,
                created: row.next()?,
                expires: row.next()?,
                last_used: row.next()?,
            })
        },
    )
    .await
}

/// A session was used: it now lasts until `expires`. Worth a write every few minutes, not each request.
pub async fn used(tx: &mut Tx, token_hash: [u8; 32], expires: Instant) -> Result<(), CatalogError> {
    let now = tx.now;
    tx.conn
        .execute(
            "UPDATE session SET last_used_us = $1, expires_us = $2 WHERE token_hash = $3",
            params![now, expires, token_hash[..]],
        )
        .await?;
    Ok(())
}

/// Ends a session; answers whether it was there.
pub async fn remove(tx: &mut Tx, token_hash: [u8; 32]) -> Result<bool, CatalogError> {
    Ok(tx.conn.execute("DELETE FROM session WHERE token_hash = $1", params![token_hash[..]]).await? > 0)
}

/// Ends all sessions of an account.
pub async fn remove_of(tx: &mut Tx, account: UserId) -> Result<u64, CatalogError> {
    tx.conn.execute("DELETE FROM session WHERE account = $1", params![account]).await
}

/// Removes what has expired by `now`.
pub async fn expire(tx: &mut Tx, now: Instant) -> Result<u64, CatalogError> {
    tx.conn.execute("DELETE FROM session WHERE expires_us <= $1", params![now]).await
}
