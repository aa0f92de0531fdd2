//! Resumable uploads on their way (tus 1.0): how much has come, until when it is kept, what became of it.

use damask_model::{ActorId, AssetId, UploadId};
use damask_time::Instant;
use serde_json::Value as Json;

use crate::{
    CatalogError, Conn, Tx,
    cell::{Bind as _, params},
    conn::{Columns, only},
    page::bounded,
};

/// Where an upload stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadState {
    /// Bytes are still to come.
    Receiving,
    /// All bytes are here and the ingest has taken it.
    Finished,
}

/// What an upload is to others (tus 1.0, "Concatenation").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadRole {
    /// A file of its own.
    Whole,
    /// A part of a file, sent beside other parts.
    Partial,
    /// A file that is made of parts, which it claims.
    Final,
}

/// A resumable upload.
#[derive(Clone, Debug, PartialEq)]
pub struct Upload {
    /// Its id.
    pub id: UploadId,
    /// Who sends it.
    pub actor: ActorId,
    /// What it is to others.
    pub role: UploadRole,
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
    let (state, role) = (upload.state.name(), upload.role.name());
    tx.conn
        .execute(
            r#"INSERT INTO upload (id, actor, length_bytes, received_bytes, metadata, created_us, expires_us,
                   state, asset, outcome, role)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"#,
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
                upload.outcome,
                role
            ],
        )
        .await?;
    Ok(())
}

/// The upload of that id.
pub async fn by_id(conn: &mut Conn, id: UploadId) -> Result<Option<Upload>, CatalogError> {
    conn.one(
        r#"SELECT id, actor, length_bytes, received_bytes, metadata, created_us, expires_us, state, asset,
               outcome, role
           FROM upload WHERE id = $1"#,
        params![id],
        read,
    )
    .await
}

/// Those of these uploads (the first 1,000 are looked at) that are there, in no order.
pub async fn by_ids(conn: &mut Conn, ids: &[UploadId]) -> Result<Vec<Upload>, CatalogError> {
    conn.among(
        r#"SELECT id, actor, length_bytes, received_bytes, metadata, created_us, expires_us, state, asset,
               outcome, role
           FROM upload WHERE id IN"#,
        ids.iter().take(1_000).map(|id| id.param()).collect(),
        "",
        read,
    )
    .await
}

/// An upload is made of these parts, in this order, and no other upload can be.
///
/// # Errors
/// [`CatalogError::Conflict`] when one of them is another's.
pub async fn claim(tx: &mut Tx, id: UploadId, parts: &[UploadId]) -> Result<(), CatalogError> {
    let rows = (0_i64..).zip(parts).map(|(number, part)| params![*part, id, number]).collect();
    let tail = "ON CONFLICT (part) DO NOTHING";
    let claimed = tx.conn.insert("INSERT INTO upload_part (part, upload, number) VALUES", rows, tail).await?;
    if claimed == parts.len() as u64 {
        Ok(())
    } else {
        Err(CatalogError::conflict("a part belongs to another upload"))
    }
}

/// The parts an upload is made of, in order.
pub async fn parts_of(conn: &mut Conn, id: UploadId) -> Result<Vec<Upload>, CatalogError> {
    conn.all(
        r#"SELECT u.id, u.actor, u.length_bytes, u.received_bytes, u.metadata, u.created_us, u.expires_us,
               u.state, u.asset, u.outcome, u.role
           FROM upload_part p JOIN upload u ON u.id = p.part WHERE p.upload = $1 ORDER BY p.number"#,
        params![id],
        read,
    )
    .await
}

/// The upload that claimed this part.
pub async fn claimed_by(conn: &mut Conn, part: UploadId) -> Result<Option<UploadId>, CatalogError> {
    conn.one("SELECT upload FROM upload_part WHERE part = $1", params![part], only).await
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

/// All of `bytes` were taken by the ingest.
pub async fn finish(
    tx: &mut Tx,
    id: UploadId,
    bytes: u64,
    asset: Option<AssetId>,
    outcome: &str,
) -> Result<(), CatalogError> {
    tx.conn
        .execute(
            r#"UPDATE upload SET state = 'finished', received_bytes = $1, asset = $2, outcome = $3
               WHERE id = $4"#,
            params![bytes, asset, outcome, id],
        )
        .await?;
    Ok(())
}

/// Forgets an upload and the parts it is made of; answers whether it was there.
pub async fn remove(tx: &mut Tx, id: UploadId) -> Result<bool, CatalogError> {
    let parts = "DELETE FROM upload WHERE id IN (SELECT part FROM upload_part WHERE upload = $1)";
    tx.conn.execute(parts, params![id]).await?;
    tx.conn.execute("DELETE FROM upload_part WHERE upload = $1", params![id]).await?;
    Ok(tx.conn.execute("DELETE FROM upload WHERE id = $1", params![id]).await? > 0)
}

/// Up to `limit` uploads that have expired by `now`, the oldest first. A part that is claimed lives and ends with the
/// upload that claimed it.
pub async fn expired(conn: &mut Conn, now: Instant, limit: u32) -> Result<Vec<Upload>, CatalogError> {
    conn.all(
        r#"SELECT id, actor, length_bytes, received_bytes, metadata, created_us, expires_us, state, asset,
               outcome, role
           FROM upload u WHERE expires_us <= $1
               AND NOT EXISTS (SELECT 1 FROM upload_part p WHERE p.part = u.id)
           ORDER BY expires_us LIMIT $2"#,
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

impl UploadRole {
    /// The word in the catalog.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Partial => "partial",
            Self::Final => "final",
        }
    }
}

fn read(row: &mut Columns<'_>) -> Result<Upload, CatalogError> {
    let upload = Upload {
        id: row.next()?,
        actor: row.next()?,
        role: UploadRole::Whole,
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
    };
    let role = match row.next::<String>()?.as_str() {
        "partial" => UploadRole::Partial,
        "final" => UploadRole::Final,
        _ => UploadRole::Whole,
    };
    Ok(Upload { role, ..upload })
}
