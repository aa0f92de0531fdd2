//! Assets: one row each, with its current field values whole.
//!
//! [`Record`] is an asset with what is most asked for beside it (current version, primary file), read in
//! one statement: what an index document, a list and a page start from.

use damask_model::{
    Asset, AssetId, ContentHash, Document, EssenceHash, FactId, FolderId, StateName, VersionId, probe::Probe,
};
use damask_time::Instant;

use crate::{
    CatalogError, Conn, Tx,
    cell::{Bind as _, from_json, params, to_json},
    conn::{Columns, only},
    page::bounded,
    record::ASSET,
};

/// An asset with its current version and that version's primary file.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The asset.
    pub asset: Asset,
    /// Number of the current version.
    pub number: u32,
    /// Technical facts of the current version.
    pub probe: Probe,
    /// When the current version was described.
    pub described: Option<Instant>,
    /// When its preview ladder was made.
    pub previewed: Option<Instant>,
    /// Whether a stage gave it up.
    pub failed: bool,
    /// Its primary file.
    pub file: ContentHash,
    /// Length of the primary file.
    pub bytes: u64,
    /// Media type of the primary file.
    pub media_type: String,
    /// Hash of the primary file's essence, once read.
    pub essence_hash: Option<EssenceHash>,
}

/// Most ids one [`by_ids`] takes.
pub const IDS_MAX: usize = 1_000;

/// What every read of a [`Record`] lists, up to its conditions.
macro_rules! records {
    ($($rest:literal)?) => {
        concat!(
            "SELECT a.id, a.kind, a.name, a.state, a.folder, a.current_version, a.document, a.created_us, \
             a.changed_us, a.last_fact, v.number, v.probe, v.described_us, v.previewed_us, v.failed, \
             f.hash, f.bytes, f.media_type, f.essence_hash \
             FROM asset a JOIN version v ON v.id = a.current_version \
             JOIN version_file p ON p.version = v.id AND p.role = 'primary' \
             JOIN file f ON f.hash = p.file ",
            $($rest)?
        )
    };
}

/// Inserts assets, in one statement for many. Their versions and files go in by their own modules.
pub async fn insert(tx: &mut Tx, assets: &[Asset]) -> Result<(), CatalogError> {
    let rows = assets
        .iter()
        .map(|asset| {
            params![
                asset.id,
                asset.kind,
                asset.name,
                asset.state,
                asset.folder,
                asset.current_version,
                to_json(&asset.document),
                asset.created,
                asset.changed,
                asset.last_fact
            ]
        })
        .collect();
    let made = tx
        .keep(
            &ASSET,
            "INSERT INTO asset (id, kind, name, state, folder, current_version, document, created_us, \
             changed_us, last_fact) VALUES",
            rows,
            "",
        )
        .await?;
    tx.assets += i64::try_from(made.len()).unwrap_or(i64::MAX);
    Ok(())
}

/// The asset alone.
pub async fn by_id(conn: &mut Conn, id: AssetId) -> Result<Option<Asset>, CatalogError> {
    conn.one(
        r#"SELECT id, kind, name, state, folder, current_version, document, created_us, changed_us, last_fact
           FROM asset WHERE id = $1"#,
        params![id],
        asset,
    )
    .await
}

/// The asset with its current version and primary file.
pub async fn record(conn: &mut Conn, id: AssetId) -> Result<Option<Record>, CatalogError> {
    conn.one(records!("WHERE a.id = $1"), params![id], read_record).await
}

/// The assets of those ids that there are, in no order. Looks at the first [`IDS_MAX`] ids.
pub async fn by_ids(conn: &mut Conn, ids: &[AssetId]) -> Result<Vec<Record>, CatalogError> {
    let keys = ids.iter().take(IDS_MAX).map(|id| id.param()).collect();
    conn.among(records!("WHERE a.id IN"), keys, "", read_record).await
}

/// Up to `limit` assets after the id `after`, by id: snapshots and re-makes go through all of them so.
pub async fn page_after(
    conn: &mut Conn,
    after: Option<AssetId>,
    limit: u32,
) -> Result<Vec<Record>, CatalogError> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    conn.all(records!("WHERE a.id > $1 ORDER BY a.id LIMIT $2"), params![after, bounded(limit)], read_record)
        .await
}

/// Up to `limit` assets whose home is `folder` itself, after the id `after`, by id.
pub async fn in_folder(
    conn: &mut Conn,
    folder: FolderId,
    after: Option<AssetId>,
    limit: u32,
) -> Result<Vec<Record>, CatalogError> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    conn.all(
        records!("WHERE a.folder = $1 AND a.id > $2 ORDER BY a.id LIMIT $3"),
        params![folder, after, bounded(limit)],
        read_record,
    )
    .await
}

/// The asset a version of which has these bytes as its primary file; the oldest where there are several.
pub async fn by_primary_hash(
    conn: &mut Conn,
    hash: ContentHash,
) -> Result<Option<(AssetId, VersionId)>, CatalogError> {
    Ok(with_primary_hash(conn, hash, 1).await?.pop())
}

/// Versions that have these bytes as their primary file, and their assets; up to `limit`, the oldest assets first.
pub async fn with_primary_hash(
    conn: &mut Conn,
    hash: ContentHash,
    limit: u32,
) -> Result<Vec<(AssetId, VersionId)>, CatalogError> {
    conn.all(
        r#"SELECT v.asset, v.id FROM version_file p JOIN version v ON v.id = p.version
           WHERE p.file = $1 AND p.role = 'primary' ORDER BY v.asset, v.id LIMIT $2"#,
        params![hash, bounded(limit)],
        |row| Ok((row.next()?, row.next()?)),
    )
    .await
}

/// Sets the field values. `seen` is the last fact of the row as it was read: when another has touched it
/// since, nothing is done.
///
/// # Errors
/// [`CatalogError::Conflict`] when the row was touched since, or is not there.
pub async fn set_document(
    tx: &mut Tx,
    id: AssetId,
    document: &Document,
    seen: FactId,
    fact: FactId,
) -> Result<(), CatalogError> {
    let now = tx.now;
    let set = tx
        .change(
            &ASSET,
            r#"UPDATE asset SET document = $1, changed_us = $2, last_fact = $3
               WHERE id = $4 AND last_fact = $5"#,
            params![to_json(document), now, fact, id, seen],
        )
        .await?;
    touched(set, id)
}

/// Moves an asset to another state.
///
/// # Errors
/// [`CatalogError::Conflict`] as for [`set_document`].
pub async fn set_state(
    tx: &mut Tx,
    id: AssetId,
    state: &StateName,
    seen: FactId,
    fact: FactId,
) -> Result<(), CatalogError> {
    let now = tx.now;
    let set = tx
        .change(
            &ASSET,
            "UPDATE asset SET state = $1, changed_us = $2, last_fact = $3 WHERE id = $4 AND last_fact = $5",
            params![state, now, fact, id, seen],
        )
        .await?;
    touched(set, id)
}

/// Makes another version the current one.
///
/// # Errors
/// [`CatalogError::Conflict`] as for [`set_document`].
pub async fn set_current_version(
    tx: &mut Tx,
    id: AssetId,
    version: VersionId,
    seen: FactId,
    fact: FactId,
) -> Result<(), CatalogError> {
    let now = tx.now;
    let set = tx
        .change(
            &ASSET,
            r#"UPDATE asset SET current_version = $1, changed_us = $2, last_fact = $3
               WHERE id = $4 AND last_fact = $5"#,
            params![version, now, fact, id, seen],
        )
        .await?;
    touched(set, id)
}

/// Names the last fact of a row whose own columns stay as they are (its version was described).
pub async fn touch(tx: &mut Tx, id: AssetId, fact: FactId) -> Result<(), CatalogError> {
    let now = tx.now;
    let set = tx
        .change(
            &ASSET,
            "UPDATE asset SET changed_us = $1, last_fact = $2 WHERE id = $3",
            params![now, fact, id],
        )
        .await?;
    touched(set, id)
}

/// How many assets lie in `folder` itself (not below it); a range of an index.
pub async fn count_in_folder(conn: &mut Conn, folder: FolderId) -> Result<u64, CatalogError> {
    let count = conn.one("SELECT COUNT(*) FROM asset WHERE folder = $1", params![folder], only).await?;
    Ok(count.unwrap_or(0))
}

fn touched(rows: u64, id: AssetId) -> Result<(), CatalogError> {
    if rows == 0 {
        Err(CatalogError::conflict(format!("asset {id} was changed since it was read")))
    } else {
        Ok(())
    }
}

fn asset(row: &mut Columns<'_>) -> Result<Asset, CatalogError> {
    Ok(Asset {
        id: row.next()?,
        kind: row.next()?,
        name: row.next()?,
        state: row.next()?,
        folder: row.next()?,
        current_version: row.next()?,
        document: from_json(&row.next::<String>()?)?,
        created: row.next()?,
        changed: row.next()?,
        last_fact: row.next()?,
    })
}

fn read_record(row: &mut Columns<'_>) -> Result<Record, CatalogError> {
    Ok(Record {
        asset: asset(row)?,
        number: row.next()?,
        probe: from_json(&row.next::<String>()?)?,
        described: row.next()?,
        previewed: row.next()?,
        failed: row.next()?,
        file: row.next()?,
        bytes: row.next()?,
        media_type: row.next()?,
        essence_hash: row.next()?,
    })
}
