//! Assets: one row each, with its current field values whole.
//!
//! [`Record`] is an asset with what is most asked for beside it (current version, primary file), read in
//! one statement: what an index document, a list and a page start from.

use damask_model::{
    ActorId, Asset, AssetId, AssetKind, Checkout, ContentHash, Document, EssenceHash, FactId, FolderId,
    StateName, VersionId, probe::Probe,
};
use damask_time::Instant;

use crate::{
    CatalogError, Conn, Tx,
    cell::{Bind as _, Param, from_json, params, to_json},
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
             a.changed_us, a.trashed_us, a.checkout_actor, a.checkout_us, a.checkout_note, a.last_fact, v.number, v.probe, v.described_us, v.previewed_us, v.failed, \
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
        r#"SELECT id, kind, name, state, folder, current_version, document, created_us, changed_us, trashed_us,
           checkout_actor, checkout_us, checkout_note, last_fact FROM asset WHERE id = $1"#,
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
    change(
        tx,
        id,
        r#"UPDATE asset SET document = $1, changed_us = $2, last_fact = $3
               WHERE id = $4 AND last_fact = $5"#,
        params![to_json(document), now, fact, id, seen],
    )
    .await
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
    change(
        tx,
        id,
        "UPDATE asset SET state = $1, changed_us = $2, last_fact = $3 WHERE id = $4 AND last_fact = $5",
        params![state, now, fact, id, seen],
    )
    .await
}

/// Makes another version the current one; kind and name of the asset are then as its file has them.
///
/// # Errors
/// [`CatalogError::Conflict`] as for [`set_document`].
pub async fn set_current_version(
    tx: &mut Tx,
    id: AssetId,
    (version, kind, name): (VersionId, AssetKind, &str),
    seen: FactId,
    fact: FactId,
) -> Result<(), CatalogError> {
    let now = tx.now;
    change(
        tx,
        id,
        r#"UPDATE asset SET current_version = $1, kind = $2, name = $3, changed_us = $4, last_fact = $5
               WHERE id = $6 AND last_fact = $7"#,
        params![version, kind, name, now, fact, id, seen],
    )
    .await
}

/// Puts an asset in the trash at `trashed`, or takes it out with `None`.
///
/// # Errors
/// [`CatalogError::Conflict`] as for [`set_document`].
pub async fn set_trashed(
    tx: &mut Tx,
    id: AssetId,
    trashed: Option<Instant>,
    seen: FactId,
    fact: FactId,
) -> Result<(), CatalogError> {
    let now = tx.now;
    change(
        tx,
        id,
        r#"UPDATE asset SET trashed_us = $1, changed_us = $2, last_fact = $3
               WHERE id = $4 AND last_fact = $5"#,
        params![trashed, now, fact, id, seen],
    )
    .await
}

/// Keeps who has an asset checked out, or that nobody has any more.
///
/// # Errors
/// [`CatalogError::Conflict`] as for [`set_document`].
pub async fn set_checkout(
    tx: &mut Tx,
    id: AssetId,
    checkout: Option<&Checkout>,
    seen: FactId,
    fact: FactId,
) -> Result<(), CatalogError> {
    let now = tx.now;
    let by = checkout.map(|checkout| checkout.by);
    let at = checkout.map(|checkout| checkout.at);
    let note = checkout.map(|checkout| checkout.note.clone());
    change(
        tx,
        id,
        r#"UPDATE asset SET checkout_actor = $1, checkout_us = $2, checkout_note = $3, changed_us = $4,
               last_fact = $5 WHERE id = $6 AND last_fact = $7"#,
        params![by, at, note, now, fact, id, seen],
    )
    .await
}

/// Up to `limit` assets that lie in the trash since before `before`, the longest there first, after the asset
/// `after` that was trashed then.
pub async fn trashed_before(
    conn: &mut Conn,
    before: Instant,
    after: Option<(Instant, AssetId)>,
    limit: u32,
) -> Result<Vec<(Instant, AssetId)>, CatalogError> {
    let (at, id) =
        after.map_or((Instant::from_micros(i64::MIN), String::new()), |(at, id)| (at, id.to_string()));
    conn.all(TRASHED_BEFORE, params![before, at, id, bounded(limit)], |row| Ok((row.next()?, row.next()?)))
        .await
}

/// How many assets lie in the trash since before `before`: walks over them, so it is for whoever then does too.
pub async fn count_trashed(conn: &mut Conn, before: Instant) -> Result<u64, CatalogError> {
    let sql = "SELECT COUNT(*) FROM asset WHERE trashed_us IS NOT NULL AND trashed_us < $1";
    Ok(conn.one(sql, params![before], only).await?.unwrap_or(0))
}

pub(crate) const TRASHED_BEFORE: &str = "SELECT trashed_us, id FROM asset WHERE trashed_us IS NOT NULL \
     AND trashed_us < $1 AND (trashed_us, id) > ($2, $3) ORDER BY trashed_us, id LIMIT $4";

/// The asset of that name in a folder itself that is not in the trash; the newest where there are several.
pub async fn named(
    conn: &mut Conn,
    folder: Option<FolderId>,
    name: &str,
) -> Result<Option<AssetId>, CatalogError> {
    match folder {
        Some(folder) => conn.one(NAMED, params![folder, name], only).await,
        None => conn.one(NAMED_AT_ROOT, params![name], only).await,
    }
}

pub(crate) const NAMED: &str =
    "SELECT id FROM asset WHERE folder = $1 AND name = $2 AND trashed_us IS NULL ORDER BY id DESC LIMIT 1";
pub(crate) const NAMED_AT_ROOT: &str =
    "SELECT id FROM asset WHERE folder IS NULL AND name = $1 AND trashed_us IS NULL ORDER BY id DESC LIMIT 1";

/// Names the last fact of a row whose own columns stay as they are (its version was described).
pub async fn touch(tx: &mut Tx, id: AssetId, fact: FactId) -> Result<(), CatalogError> {
    let now = tx.now;
    change(tx, id, "UPDATE asset SET changed_us = $1, last_fact = $2 WHERE id = $3", params![now, fact, id])
        .await
}

/// How many assets lie in `folder` itself (not below it); a range of an index.
pub async fn count_in_folder(conn: &mut Conn, folder: FolderId) -> Result<u64, CatalogError> {
    let count = conn.one("SELECT COUNT(*) FROM asset WHERE folder = $1", params![folder], only).await?;
    Ok(count.unwrap_or(0))
}

/// Changes the row of one asset; that there is none as it was seen is a conflict.
async fn change(tx: &mut Tx, id: AssetId, sql: &'static str, params: Vec<Param>) -> Result<(), CatalogError> {
    if tx.change(&ASSET, sql, params).await? == 0 {
        return Err(CatalogError::conflict(format!("asset {id} was changed since it was read")));
    }
    Ok(())
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
        trashed: row.next()?,
        checkout: checkout(row)?,
        last_fact: row.next()?,
    })
}

fn checkout(row: &mut Columns<'_>) -> Result<Option<Checkout>, CatalogError> {
    let cells: (Option<ActorId>, Option<Instant>, Option<String>) = (row.next()?, row.next()?, row.next()?);
    Ok(match cells {
        (Some(by), Some(at), note) => Some(Checkout { by, at, note: note.unwrap_or_default() }),
        _ => None,
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
