//! Renditions: which derived bytes there are. The key is a digest of every input, so none is ever stale;
//! those not used for long may go, and are made again when asked for.

use damask_model::{AssetId, Recipe, VersionId};
use damask_time::Instant;

use crate::{CatalogError, Conn, Tx, cell::params, conn::Columns, page::bounded};

/// Bytes derived from a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendition {
    /// Digest of version, recipe, every other input and the engine's epoch, in hexadecimal digits.
    pub key: String,
    /// What it was made from.
    pub version: VersionId,
    /// How.
    pub recipe: Recipe,
    /// Its length.
    pub bytes: u64,
    /// Width in pixels, of a picture or film.
    pub width_px: Option<u32>,
    /// Height in pixels.
    pub height_px: Option<u32>,
    /// When it was made.
    pub made: Instant,
    /// When it was last used, to the day or so.
    pub used: Instant,
}

/// Keeps that renditions were made; one statement for many. One that is made again replaces what was known:
/// its bytes are as good, but need not be as many.
pub async fn put(tx: &mut Tx, renditions: &[Rendition]) -> Result<(), CatalogError> {
    let rows = renditions
        .iter()
        .map(|made| {
            let recipe = made.recipe.to_string();
            params![
                made.key,
                made.version,
                recipe,
                made.bytes,
                made.width_px,
                made.height_px,
                made.made,
                made.used
            ]
        })
        .collect();
    tx.conn
        .insert(
            "INSERT INTO rendition (key, version, recipe, bytes, width_px, height_px, made_us, used_us) VALUES",
            rows,
            "ON CONFLICT (key) DO UPDATE SET bytes = excluded.bytes, width_px = excluded.width_px, \
             height_px = excluded.height_px, made_us = excluded.made_us, used_us = excluded.used_us",
        )
        .await?;
    Ok(())
}

/// Every read of a [`Rendition`], up to its conditions.
macro_rules! listed {
    ($rest:literal) => {
        concat!(
            "SELECT key, version, recipe, bytes, width_px, height_px, made_us, used_us FROM rendition ",
            $rest
        )
    };
}

/// The rendition of that key.
pub async fn by_key(conn: &mut Conn, key: &str) -> Result<Option<Rendition>, CatalogError> {
    conn.one(listed!("WHERE key = $1"), params![key], read).await
}

/// The renditions of a version, by recipe.
pub async fn of_version(
    conn: &mut Conn,
    version: VersionId,
    limit: u32,
) -> Result<Vec<Rendition>, CatalogError> {
    conn.all(
        listed!("WHERE version = $1 ORDER BY recipe, key LIMIT $2"),
        params![version, bounded(limit)],
        read,
    )
    .await
}

/// The renditions of a version that are no pictures: one of each at most.
pub async fn streams_of(conn: &mut Conn, version: VersionId) -> Result<Vec<Rendition>, CatalogError> {
    let [proxy, strip, peaks] =
        [Recipe::Proxy540, Recipe::Filmstrip, Recipe::Peaks].map(|one| one.to_string());
    conn.all(
        listed!("WHERE version = $1 AND recipe IN ($2, $3, $4) ORDER BY recipe, key"),
        params![version, proxy, strip, peaks],
        read,
    )
    .await
}

/// Keeps that a rendition was used now. Worth a write once a day, not once a hit.
pub async fn used(tx: &mut Tx, key: &str) -> Result<(), CatalogError> {
    let now = tx.now;
    tx.conn.execute("UPDATE rendition SET used_us = $1 WHERE key = $2", params![now, key]).await?;
    Ok(())
}

/// Up to `limit` renditions not used since `before`, the longest unused first.
pub async fn unused_since(
    conn: &mut Conn,
    before: Instant,
    limit: u32,
) -> Result<Vec<Rendition>, CatalogError> {
    conn.all(
        listed!("WHERE used_us < $1 ORDER BY used_us, key LIMIT $2"),
        params![before, bounded(limit)],
        read,
    )
    .await
}

/// Forgets a rendition; answers whether it was there.
pub async fn remove(tx: &mut Tx, key: &str) -> Result<bool, CatalogError> {
    Ok(tx.conn.execute("DELETE FROM rendition WHERE key = $1", params![key]).await? > 0)
}

/// Forgets all renditions of an asset's versions, and answers them: their bytes lie there still.
pub(crate) async fn remove_of_asset(tx: &mut Tx, asset: AssetId) -> Result<Vec<Rendition>, CatalogError> {
    let sql = "DELETE FROM rendition WHERE version IN (SELECT id FROM version WHERE asset = $1) RETURNING key, \
        version, recipe, bytes, width_px, height_px, made_us, used_us";
    tx.conn.returning(sql, params![asset], read).await
}

fn read(row: &mut Columns<'_>) -> Result<Rendition, CatalogError> {
    let (key, version) = (row.next()?, row.next()?);
    let recipe: String = row.next()?;
    let recipe = recipe.parse().map_err(|error| CatalogError::broken(format!("a rendition: {error}")))?;
    Ok(Rendition {
        key,
        version,
        recipe,
        bytes: row.next()?,
        width_px: row.next()?,
        height_px: row.next()?,
        made: row.next()?,
        used: row.next()?,
    })
}
