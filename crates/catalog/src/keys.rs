//! API keys: secrets of programs, with scopes and an end. Only the hash of a secret is kept.

use damask_model::{FactId, KeyId, UserId};
use damask_time::Instant;
use serde_json::Value as Json;

use crate::{
    CatalogError, Conn, Tx,
    cell::{digest, params},
    conn::{Columns, only},
    page::bounded,
    record::API_KEY,
};

/// An API key.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// Its id.
    pub id: KeyId,
    /// What its maker calls it.
    pub name: String,
    /// Hash of its secret.
    pub secret_hash: [u8; 32],
    /// In whose name it acts.
    pub account: UserId,
    /// What it may at most.
    pub scopes: Json,
    /// Since when.
    pub created: Instant,
    /// Until when; `None` is without end.
    pub expires: Option<Instant>,
    /// When it was revoked.
    pub revoked: Option<Instant>,
    /// When it was last used, to some minutes.
    pub last_used: Option<Instant>,
    /// The last fact that touched the row.
    pub last_fact: FactId,
}

/// What every read lists, up to its conditions.
macro_rules! listed {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, secret_hash, account, scopes, created_us, expires_us, revoked_us, last_used_us, \
             last_fact FROM api_key ",
            $rest
        )
    };
}

/// Makes a key.
pub async fn insert(tx: &mut Tx, key: &Key) -> Result<(), CatalogError> {
    let row = params![
        key.id,
        key.name,
        key.secret_hash[..],
        key.account,
        key.scopes,
        key.created,
        key.expires,
        key.last_fact
    ];
    tx.keep(
        &API_KEY,
        "INSERT INTO api_key (id, name, secret_hash, account, scopes, created_us, expires_us, last_fact) VALUES",
        vec![row],
        "",
    )
    .await?;
    Ok(())
}

/// The key of that secret, unless it is revoked or has expired by `now`.
pub async fn by_secret(
    conn: &mut Conn,
    secret_hash: [u8; 32],
    now: Instant,
) -> Result<Option<Key>, CatalogError> {
    conn.one(
        listed!("WHERE secret_hash = $1 AND revoked_us IS NULL AND (expires_us IS NULL OR expires_us > $2)"),
        params![secret_hash[..], now],
        read,
    )
    .await
}

/// The key of that id, whatever its state.
pub async fn by_id(conn: &mut Conn, id: KeyId) -> Result<Option<Key>, CatalogError> {
    conn.one(listed!("WHERE id = $1"), params![id], read).await
}

/// The keys of an account that are not revoked, by age.
pub async fn of_account(conn: &mut Conn, account: UserId, limit: u32) -> Result<Vec<Key>, CatalogError> {
    conn.all(
        listed!("WHERE account = $1 AND revoked_us IS NULL ORDER BY id LIMIT $2"),
        params![account, bounded(limit)],
        read,
    )
    .await
}

/// Revokes a key; answers whether it was in force.
pub async fn revoke(tx: &mut Tx, id: KeyId, fact: FactId) -> Result<bool, CatalogError> {
    let now = tx.now;
    let set = tx
        .change(
            &API_KEY,
            "UPDATE api_key SET revoked_us = $1, last_fact = $2 WHERE id = $3 AND revoked_us IS NULL",
            params![now, fact, id],
        )
        .await?;
    Ok(set > 0)
}

/// Revokes all keys of an account and erases what they were called; answers which there were.
pub async fn erase_of(tx: &mut Tx, account: UserId, fact: FactId) -> Result<Vec<KeyId>, CatalogError> {
    let now = tx.now;
    let keys: Vec<KeyId> =
        tx.conn.all("SELECT id FROM api_key WHERE account = $1", params![account], only).await?;
    tx.change(
        &API_KEY,
        "UPDATE api_key SET name = '', revoked_us = COALESCE(revoked_us, $1), last_fact = $2 WHERE account = $3",
        params![now, fact, account],
    )
    .await?;
    Ok(keys)
}

/// A key was used. Worth a write every few minutes, not each request.
pub async fn used(tx: &mut Tx, id: KeyId) -> Result<(), CatalogError> {
    let now = tx.now;
    tx.conn.execute("UPDATE api_key SET last_used_us = $1 WHERE id = $2", params![now, id]).await?;
    Ok(())
}

fn read(row: &mut Columns<'_>) -> Result<Key, CatalogError> {
    Ok(Key {
        id: row.next()?,
        name: row.next()?,
        secret_hash: digest(&row.next::<Vec<u8>>()?).map_err(CatalogError::broken)?,
        account: row.next()?,
        scopes: row.next()?,
        created: row.next()?,
        expires: row.next()?,
        revoked: row.next()?,
        last_used: row.next()?,
        last_fact: row.next()?,
    })
}
