//! Resumable uploads on their way (tus 1.0): how much has come, until when it is kept, what became of it.

use damask_model::{ActorId, AssetId, UploadId};
use damask_time::Instant;
use serde_json::Value as Json;

use crate::{CatalogError, Conn, Tx, cell::params, conn::Columns, page::bounded};

/// Where an upload stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadState {
    /// Bytes are still to come.
    Receiving,
    /// All bytes are here and the ingest has taken it.
    Finished,
}

/// A resumable upload.
#[derive(Clone, Debug, PartialEq)]
pub struct Upload {
    /// Its id.
    pub id: UploadId,
    /// Who sends it.
    pub actor: ActorId,
    /// Its whole length, once known.
    pub length_bytes: Option<u64>,
    /// How much has come, durably.
    pub received_bytes: u64,
    /// What the sender says of it (`filename`, `relativePath`, `filetype`, `batch`).
    pub metadata: Json,
    /// When it began.
    pub created: Instant,
    /// Until when it may be resumed.
    pub expires: Instant,
    /// Where it stands.
    pub state: UploadState,
    /// The asset it became, or already was.
    pub asset: Option<AssetId>,
    /// What became of it (`imported`, `already-here`, `quarantined`).
    pub outcome: Option<String>,
}

/// Begins an upload.
pub async fn insert(tx: &mut Tx, upload: &Upload) -> Result<(), CatalogError> {
    let state = upload.state.name();
    tx.conn
        .execute(
            r#"INSERT INTO upload (id, actor, length_bytes, received_bytes, metadata, created_us, expires_us,
                   state, asset, outcome)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"#,
            params![
                upload.id,
                upload.actor,
                upload.length_bytes,
                upload.received_bytes,
                upload.metadata,
                upload.created,
                upload.expires,
                state,
                upload.asset,
                upload.outcome
            ],
        )
        .await?;
    Ok(())
}

/// The upload of that id.
pub async fn by_id(conn: &mut Conn, id: UploadId) -> Result<Option<Upload>, CatalogError> {
    conn.one(
        r#"SELECT id, actor, length_bytes, received_bytes, metadata, created_us, expires_us, state, asset,
               outcome
           FROM upload WHERE id = $1"#,
        params![id],
        read,
    )
    .await
}

/// More has come: from `was` to `received` bytes, of `length` in all once that is known.
///
/// # Errors
/// [`CatalogError::Conflict`] when it does not stand at `was` any more: two senders.
pub async fn advance(
    tx: &mut Tx,
    id: UploadId,
    was: u64,
    received: u64,
    length: Option<u64>,
    expires: Instant,
) -> Result<(), CatalogError> {
    let set = tx
        .conn
        .execute(
            r#"UPDATE upload SET received_bytes = $1, length_bytes = COALESCE($2, length_bytes), expires_us = $3
               WHERE id = $4 AND received_bytes = $5 AND state = 'receiving'"#,
            params![received, length, expires, id, was],
        )
        .await?;
    if set == 0 {
        Err(CatalogError::conflict(format!("upload {id} moved since it was read")))
    } else {
        Ok(())
    }
}

/// All bytes were taken by the ingest.
pub async fn finish(
    tx: &mut Tx,
    id: UploadId,
    asset: Option<AssetId>,
    outcome: &str,
) -> Result<(), CatalogError> {
    tx.conn
        .execute(
            "UPDATE upload SET state = 'finished', asset = $1, outcome = $2 WHERE id = $3",
            params![asset, outcome, id],
        )
        .await?;
    Ok(())
}

/// Forgets an upload; answers whether it was there.
pub async fn remove(tx: &mut Tx, id: UploadId) -> Result<bool, CatalogError> {
    Ok(tx.conn.execute("DELETE FROM upload WHERE id = $1", params![id]).await? > 0)
}

/// Up to `limit` uploads that have expired by `now`, the oldest first.
pub async fn expired(conn: &mut Conn, now: Instant, limit: u32) -> Result<Vec<Upload>, CatalogError> {
    conn.all(
        r#"SELECT id, actor, length_bytes, received_bytes, metadata, created_us, expires_us, state, asset,
               outcome
           FROM upload WHERE expires_us <= $1 ORDER BY expires_us LIMIT $2"#,
        params![now, bounded(limit)],
        read,
    )
    .await
}

impl UploadState {
    /// The word in the catalog.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Receiving => "receiving",
            Self::Finished => "finished",
        }
    }
}

fn read(row: &mut Columns<'_>) -> Result<Upload, CatalogError> {
    Ok(Upload {
        id: row.next()?,
        actor: row.next()?,
        length_bytes: row.next()?,
        received_bytes: row.next()?,
        metadata: row.next()?,
        created: row.next()?,
        expires: row.next()?,
        state: match row.next::<String>()?.as_str() {
            "finished" => UploadState::Finished,
            _ => UploadState::Receiving,
        },
        asset: row.next()?,
        outcome: row.next()?,
    })
}
