//! Files: bytes known by their content. Inserted once, whoever brings them again.

use std::collections::{BTreeMap, BTreeSet};

use damask_model::{ContentHash, EssenceHash, FactId};
use damask_time::Instant;

use crate::{
    CatalogError, Conn, Tx,
    cell::{Bind as _, params},
    conn::{Columns, only},
    page::bounded,
    record::FILE,
};

/// Bytes by content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Their identity.
    pub hash: ContentHash,
    /// How many.
    pub bytes: u64,
    /// What they are, by content.
    pub media_type: String,
    /// Hash of pixels or samples without metadata, once read.
    pub essence_hash: Option<EssenceHash>,
    /// When they first came in.
    pub created: Instant,
    /// The last fact that touched the row.
    pub last_fact: FactId,
}

/// Inserts the files that are not there yet, in one statement for many; answers which are new.
pub async fn insert(tx: &mut Tx, files: &[File]) -> Result<Vec<ContentHash>, CatalogError> {
    let rows = files
        .iter()
        .map(|file| {
            params![file.hash, file.bytes, file.media_type, file.essence_hash, file.created, file.last_fact]
        })
        .collect();
    let made = tx
        .keep(
            &FILE,
            "INSERT INTO file (hash, bytes, media_type, essence_hash, created_us, last_fact) VALUES",
            rows,
            "ON CONFLICT (hash) DO NOTHING",
        )
        .await?;
    let made: BTreeSet<String> = made.iter().map(|row| FILE.key_of(row)).collect();
    let new: BTreeMap<ContentHash, u64> = files
        .iter()
        .filter(|file| made.contains(&file.hash.to_string()))
        .map(|file| (file.hash, file.bytes))
        .collect();
    tx.bytes += new.values().map(|bytes| i64::try_from(*bytes).unwrap_or(i64::MAX)).sum::<i64>();
    Ok(new.into_keys().collect())
}

/// The file of that hash.
pub async fn by_hash(conn: &mut Conn, hash: ContentHash) -> Result<Option<File>, CatalogError> {
    conn.one(
        r#"SELECT hash, bytes, media_type, essence_hash, created_us, last_fact FROM file WHERE hash = $1"#,
        params![hash],
        file,
    )
    .await
}

/// Which of those hashes (the first 1,000 are looked at) are here.
pub async fn known(conn: &mut Conn, hashes: &[ContentHash]) -> Result<Vec<ContentHash>, CatalogError> {
    let keys = hashes.iter().take(1_000).map(|hash| hash.param()).collect();
    conn.among("SELECT hash FROM file WHERE hash IN", keys, "", only).await
}

/// Up to `limit` files after the hash `after`, by hash: for checks that go through all of them.
pub async fn page_after(
    conn: &mut Conn,
    after: Option<ContentHash>,
    limit: u32,
) -> Result<Vec<File>, CatalogError> {
    let after: Vec<u8> = after.map(|hash| hash.0.to_vec()).unwrap_or_default();
    conn.all(
        r#"SELECT hash, bytes, media_type, essence_hash, created_us, last_fact FROM file
           WHERE hash > $1 ORDER BY hash LIMIT $2"#,
        params![after, bounded(limit)],
        file,
    )
    .await
}

/// Up to `limit` hashes after `after` whose bytes are to be kept, with their lengths: those of files and those that
/// wait in quarantine, each once.
pub async fn kept_after(
    conn: &mut Conn,
    after: Option<ContentHash>,
    limit: u32,
) -> Result<Vec<(ContentHash, u64)>, CatalogError> {
    let after: Vec<u8> = after.map(|hash| hash.0.to_vec()).unwrap_or_default();
    conn.all(
        r#"SELECT hash, MAX(bytes) FROM (
               SELECT hash, bytes FROM (
                   SELECT hash, bytes FROM file WHERE hash > $1 ORDER BY hash LIMIT $2) a
               UNION ALL
               SELECT file, bytes FROM (
                   SELECT DISTINCT file, bytes FROM quarantine WHERE file > $1 ORDER BY file LIMIT $2) b
           ) kept GROUP BY hash ORDER BY hash LIMIT $2"#,
        params![after, bounded(limit)],
        length,
    )
    .await
}

/// Of these hashes (the first 1,000 are looked at) those whose bytes are to be kept, with their lengths, each once.
pub async fn kept_among(
    conn: &mut Conn,
    hashes: &[ContentHash],
) -> Result<Vec<(ContentHash, u64)>, CatalogError> {
    let keys =
        |hashes: &[ContentHash]| hashes.iter().take(1_000).map(|hash| hash.param()).collect::<Vec<_>>();
    let mut kept: BTreeMap<ContentHash, u64> = BTreeMap::new();
    kept.extend(conn.among("SELECT hash, bytes FROM file WHERE hash IN", keys(hashes), "", length).await?);
    let rest: Vec<ContentHash> = hashes.iter().filter(|hash| !kept.contains_key(hash)).copied().collect();
    if !rest.is_empty() {
        let waiting = "SELECT file, bytes FROM quarantine WHERE file IN";
        kept.extend(conn.among(waiting, keys(&rest), "", length).await?);
    }
    Ok(kept.into_iter().collect())
}

/// Keeps the essence hash, once it was read.
pub async fn set_essence(
    tx: &mut Tx,
    hash: ContentHash,
    essence: EssenceHash,
    fact: FactId,
) -> Result<(), CatalogError> {
    tx.change(
        &FILE,
        "UPDATE file SET essence_hash = $1, last_fact = $2 WHERE hash = $3",
        params![essence, fact, hash],
    )
    .await?;
    Ok(())
}

fn length(row: &mut Columns<'_>) -> Result<(ContentHash, u64), CatalogError> {
    Ok((row.next()?, row.next()?))
}

fn file(row: &mut Columns<'_>) -> Result<File, CatalogError> {
    Ok(File {
        hash: row.next()?,
        bytes: row.next()?,
        media_type: row.next()?,
        essence_hash: row.next()?,
        created: row.next()?,
        last_fact: row.next()?,
    })
}
