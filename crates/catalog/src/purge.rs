//! Purging: everything that stands of one asset goes, and every file that nothing names any more. The journal keeps
//! that it was there.

use damask_model::{AssetId, ContentHash, FactId};

use crate::{
    CatalogError, Tx,
    cell::params,
    conn::only,
    fixity,
    record::{ASSET, EMBEDDED, FILE, FINDING, LOCATION, PAGE_TEXT, RELATION, VERSION, VERSION_FILE},
    renditions,
};

/// What a purge left to be removed by whoever keeps bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Freed {
    /// Files that nothing in the tables names any more, with their lengths in bytes. A file in quarantine may have
    /// the same bytes still.
    pub files: Vec<(ContentHash, u64)>,
    /// Renditions of the asset's versions that are known no longer.
    pub renditions: Vec<renditions::Rendition>,
}

/// Removes an asset with its versions and all that belongs to them, by `fact`. Answers what is freed by it; `None`
/// where there was no such asset.
pub async fn asset(tx: &mut Tx, id: AssetId, fact: FactId) -> Result<Option<Freed>, CatalogError> {
    let files: Vec<ContentHash> = tx
        .conn
        .all(
            "SELECT DISTINCT p.file FROM version_file p JOIN version v ON v.id = p.version WHERE v.asset = $1",
            params![id],
            only,
        )
        .await?;
    let renditions = renditions::remove_of_asset(tx, id).await?;
    for (table, sql) in [
        (&PAGE_TEXT, "DELETE FROM page_text WHERE version IN (SELECT id FROM version WHERE asset = $1)"),
        (&FINDING, "DELETE FROM finding WHERE version IN (SELECT id FROM version WHERE asset = $1)"),
        (
            &VERSION_FILE,
            "DELETE FROM version_file WHERE version IN (SELECT id FROM version WHERE asset = $1)",
        ),
        (
            &RELATION,
            "DELETE FROM relation WHERE subject = $1 OR subject IN (SELECT id FROM version WHERE asset = $1)",
        ),
        (
            &RELATION,
            "DELETE FROM relation WHERE object = $1 OR object IN (SELECT id FROM version WHERE asset = $1)",
        ),
        (&LOCATION, "DELETE FROM location WHERE asset = $1"),
        (&VERSION, "DELETE FROM version WHERE asset = $1"),
    ] {
        tx.forget(table, fact, sql, params![id]).await?;
    }
    if tx.forget(&ASSET, fact, "DELETE FROM asset WHERE id = $1", params![id]).await? == 0 {
        return Ok(None);
    }
    tx.assets -= 1;
    let mut freed = Freed { files: Vec::new(), renditions };
    for hash in files {
        if let Some(bytes) = file_that_nothing_names(tx, hash, fact).await? {
            freed.files.push((hash, bytes));
        }
    }
    Ok(Some(freed))
}

/// Removes a file that is no version's any more; answers its length.
async fn file_that_nothing_names(
    tx: &mut Tx,
    hash: ContentHash,
    fact: FactId,
) -> Result<Option<u64>, CatalogError> {
    let bytes: Option<u64> = tx
        .conn
        .one(
            "SELECT bytes FROM file WHERE hash = $1 AND NOT EXISTS (SELECT 1 FROM version_file WHERE file = $1)",
            params![hash],
            only,
        )
        .await?;
    let Some(bytes) = bytes else { return Ok(None) };
    tx.forget(&EMBEDDED, fact, "DELETE FROM embedded WHERE file = $1", params![hash]).await?;
    tx.forget(&LOCATION, fact, "DELETE FROM location WHERE file = $1", params![hash]).await?;
    tx.forget(&FILE, fact, "DELETE FROM file WHERE hash = $1", params![hash]).await?;
    fixity::forget(tx, hash).await?;
    tx.bytes -= i64::try_from(bytes).unwrap_or(i64::MAX);
    Ok(Some(bytes))
}
