//! Versions: the editions of an asset, with the files each is made of.
//!
//! A version is added, never changed, but for what is read from its bytes: technical facts, and how far
//! the stages have come with it.

use damask_model::{AssetId, ContentHash, FactId, FileRole, Version, VersionId, probe::Probe};
use damask_time::Instant;

use crate::{
    CatalogError, Conn, Tx,
    cell::{Bind as _, Param, from_json, params, to_json},
    conn::{Columns, only},
    page::bounded,
    record::{VERSION, VERSION_FILE},
};

/// A version with what was read from its bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The version.
    pub version: Version,
    /// Name of its primary file.
    pub name: String,
    /// Length of its primary file.
    pub bytes: u64,
    /// Media type of its primary file.
    pub media_type: String,
    /// Technical facts.
    pub probe: Probe,
    /// When it was described.
    pub described: Option<Instant>,
    /// When its preview ladder was made.
    pub previewed: Option<Instant>,
    /// Whether a stage gave it up.
    pub failed: bool,
}

/// A file of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionFile {
    /// The version.
    pub version: VersionId,
    /// What the file is to it.
    pub role: FileRole,
    /// The file.
    pub file: ContentHash,
    /// The name it came with.
    pub name: String,
}

/// What every read of a [`Record`] lists, up to its conditions.
macro_rules! records {
    ($rest:literal) => {
        concat!(
            "SELECT v.id, v.asset, v.number, p.file, v.created_us, v.last_fact, p.name, f.bytes, \
             f.media_type, v.probe, v.described_us, v.previewed_us, v.failed \
             FROM version v JOIN version_file p ON p.version = v.id AND p.role = 'primary' \
             JOIN file f ON f.hash = p.file ",
            $rest
        )
    };
}

/// Inserts versions with the names of their primary files: two statements for many. The files are there.
pub async fn insert(tx: &mut Tx, versions: &[(Version, String)]) -> Result<(), CatalogError> {
    let rows = versions
        .iter()
        .map(|(version, _)| {
            let empty = "{}";
            params![
                version.id,
                version.asset,
                version.number,
                version.created,
                empty,
                false,
                version.last_fact
            ]
        })
        .collect();
    tx.keep(
        &VERSION,
        "INSERT INTO version (id, asset, number, created_us, probe, failed, last_fact) VALUES",
        rows,
        "",
    )
    .await?;
    let primaries = versions
        .iter()
        .map(|(version, name)| {
            params![version.id, FileRole::Primary, version.primary, name, version.last_fact]
        })
        .collect();
    keep_files(tx, primaries).await
}

/// Adds files to versions (sidecars, parts): one statement for many.
pub async fn add_files(tx: &mut Tx, files: &[VersionFile], fact: FactId) -> Result<(), CatalogError> {
    let rows =
        files.iter().map(|file| params![file.version, file.role, file.file, file.name, fact]).collect();
    keep_files(tx, rows).await
}

async fn keep_files(tx: &mut Tx, rows: Vec<Vec<Param>>) -> Result<(), CatalogError> {
    tx.keep(
        &VERSION_FILE,
        "INSERT INTO version_file (version, role, file, name, last_fact) VALUES",
        rows,
        "ON CONFLICT (version, role, file, name) DO NOTHING",
    )
    .await?;
    Ok(())
}

/// The version of that id.
pub async fn by_id(conn: &mut Conn, id: VersionId) -> Result<Option<Record>, CatalogError> {
    conn.one(records!("WHERE v.id = $1"), params![id], record).await
}

/// Of which assets `versions` (the first 1,000 are looked at) are, and their names.
pub async fn named(
    conn: &mut Conn,
    versions: &[VersionId],
) -> Result<Vec<(VersionId, AssetId, String)>, CatalogError> {
    let keys = versions.iter().take(1_000).map(|id| id.param()).collect();
    let head = "SELECT v.id, v.asset, a.name FROM version v JOIN asset a ON a.id = v.asset WHERE v.id IN";
    conn.among(head, keys, "", |row| Ok((row.next()?, row.next()?, row.next()?))).await
}

/// The versions of an asset, the newest first.
pub async fn of_asset(conn: &mut Conn, asset: AssetId, limit: u32) -> Result<Vec<Record>, CatalogError> {
    conn.all(
        records!("WHERE v.asset = $1 ORDER BY v.number DESC LIMIT $2"),
        params![asset, bounded(limit)],
        record,
    )
    .await
}

/// Up to `limit` assets of which a version has these bytes, the oldest first.
pub async fn assets_with(
    conn: &mut Conn,
    file: ContentHash,
    limit: u32,
) -> Result<Vec<AssetId>, CatalogError> {
    let sql = r#"SELECT DISTINCT v.asset FROM version_file p JOIN version v ON v.id = p.version
                 WHERE p.file = $1 ORDER BY v.asset LIMIT $2"#;
    conn.all(sql, params![file, bounded(limit)], only).await
}

/// All files of a version, the primary one first among them.
pub async fn files(
    conn: &mut Conn,
    version: VersionId,
    limit: u32,
) -> Result<Vec<VersionFile>, CatalogError> {
    conn.all(
        r#"SELECT version, role, file, name FROM version_file WHERE version = $1
           ORDER BY CASE role WHEN 'primary' THEN 0 ELSE 1 END, role, name, file LIMIT $2"#,
        params![version, bounded(limit)],
        |row| {
            Ok(VersionFile { version: row.next()?, role: row.next()?, file: row.next()?, name: row.next()? })
        },
    )
    .await
}

/// The highest version number of an asset; `None` when there is none.
pub async fn last_number(conn: &mut Conn, asset: AssetId) -> Result<Option<u32>, CatalogError> {
    conn.one("SELECT number FROM version WHERE asset = $1 ORDER BY number DESC LIMIT 1", params![asset], only)
        .await
}

/// Keeps what was measured, and that the version was described now.
///
/// # Errors
/// [`CatalogError::Conflict`] when there is no such version.
pub async fn set_described(
    tx: &mut Tx,
    id: VersionId,
    probe: &Probe,
    fact: FactId,
) -> Result<(), CatalogError> {
    let now = tx.now;
    let set = tx
        .change(
            &VERSION,
            "UPDATE version SET probe = $1, described_us = $2, failed = FALSE, last_fact = $3 WHERE id = $4",
            params![to_json(probe), now, fact, id],
        )
        .await?;
    there(set, id)
}

/// Keeps that the preview ladder was made now, with the probe as it is then (placeholder, colours).
///
/// # Errors
/// [`CatalogError::Conflict`] when there is no such version.
pub async fn set_previewed(
    tx: &mut Tx,
    id: VersionId,
    probe: &Probe,
    fact: FactId,
) -> Result<(), CatalogError> {
    let now = tx.now;
    let set = tx
        .change(
            &VERSION,
            "UPDATE version SET probe = $1, previewed_us = $2, failed = FALSE, last_fact = $3 WHERE id = $4",
            params![to_json(probe), now, fact, id],
        )
        .await?;
    there(set, id)
}

/// Keeps whether a stage gave the version up.
///
/// # Errors
/// [`CatalogError::Conflict`] when there is no such version.
pub async fn set_failed(tx: &mut Tx, id: VersionId, failed: bool, fact: FactId) -> Result<(), CatalogError> {
    let set = tx
        .change(
            &VERSION,
            "UPDATE version SET failed = $1, last_fact = $2 WHERE id = $3",
            params![failed, fact, id],
        )
        .await?;
    there(set, id)
}

fn there(rows: u64, id: VersionId) -> Result<(), CatalogError> {
    if rows == 0 { Err(CatalogError::conflict(format!("version {id} is not there"))) } else { Ok(()) }
}

fn record(row: &mut Columns<'_>) -> Result<Record, CatalogError> {
    Ok(Record {
        version: Version {
            id: row.next()?,
            asset: row.next()?,
            number: row.next()?,
            primary: row.next()?,
            created: row.next()?,
            last_fact: row.next()?,
        },
        name: row.next()?,
        bytes: row.next()?,
        media_type: row.next()?,
        probe: from_json(&row.next::<String>()?)?,
        described: row.next()?,
        previewed: row.next()?,
        failed: row.next()?,
    })
}
