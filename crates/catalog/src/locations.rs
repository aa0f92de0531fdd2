//! Locations: where the bytes of files lie, or came from. One place, directory and name holds one file, but
//! where only senders say so: there each asset has its own.

use damask_model::{AssetId, ContentHash, FactId, Location, LocationId, Stamp};
use damask_time::Instant;

use crate::{
    CatalogError, Conn, Tx,
    cell::{Bind as _, params},
    conn::Columns,
    page::bounded,
    record::LOCATION,
};

/// A location to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLocation {
    /// Its id; where the place, directory and name are known already the old id stays.
    pub id: LocationId,
    /// Whose bytes.
    pub file: ContentHash,
    /// The asset it is told of; `None` where bytes lie for all assets that share them.
    pub asset: Option<AssetId>,
    /// Whether other assets may be told of the same path, as of what senders say of their uploads.
    pub apart: bool,
    /// `store`, the name of a mount, or `origin`.
    pub place: String,
    /// The directory in that place, without a slash at its end; empty for the top.
    pub directory: String,
    /// The name in that directory.
    pub name: String,
    /// What the file system said when it was read.
    pub stamp: Option<Stamp>,
    /// When its bytes were compared to the hash.
    pub verified: Instant,
    /// The fact that states it.
    pub last_fact: FactId,
}

/// Most further names that are read at once.
pub const NAMES_MAX: usize = 50_000;

/// What is known of a name in a directory: enough to pass over an unchanged file without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The name.
    pub name: String,
    /// What the file system said when it was read.
    pub stamp: Option<Stamp>,
    /// The file it was then.
    pub file: ContentHash,
    /// The asset whose place it is.
    pub asset: Option<AssetId>,
}

impl NewLocation {
    /// What keeps it from others of the same place, directory and name.
    fn apart(&self) -> String {
        self.asset.filter(|_| self.apart).map(|asset| asset.to_string()).unwrap_or_default()
    }
}

/// Keeps locations, in one statement for many. Where a place, directory and name is known already, it is
/// said of the new file and its asset from now on: the content at that path has changed. One that stands apart
/// is only met by another of its own asset.
///
/// One call names each place, directory and name once; of several the last counts.
pub async fn put(tx: &mut Tx, locations: &[NewLocation]) -> Result<(), CatalogError> {
    // One statement may meet each row only once.
    let mut last = std::collections::BTreeMap::new();
    for location in locations {
        last.insert((&location.place, &location.directory, &location.name, location.apart()), location);
    }
    let rows = last
        .into_iter()
        .map(|((.., apart), location)| {
            let stamp = location.stamp;
            params![
                location.id,
                location.file,
                location.asset,
                location.place,
                location.directory,
                location.name,
                apart,
                stamp.map(|stamp| stamp.bytes),
                stamp.map(|stamp| stamp.modified_ns),
                stamp.map(|stamp| stamp.changed_ns),
                stamp.map(|stamp| stamp.inode.cast_signed()),
                location.verified,
                location.last_fact
            ]
        })
        .collect();
    tx.keep(
        &LOCATION,
        "INSERT INTO location (id, file, asset, place, directory, name, apart, stamp_bytes, modified_ns, \
             changed_ns, inode, verified_us, last_fact) VALUES",
        rows,
        "ON CONFLICT (place, directory, name, apart) DO UPDATE SET file = excluded.file, \
             asset = excluded.asset, stamp_bytes = excluded.stamp_bytes, modified_ns = excluded.modified_ns, \
             changed_ns = excluded.changed_ns, inode = excluded.inode, verified_us = excluded.verified_us, \
             last_fact = excluded.last_fact",
    )
    .await?;
    Ok(())
}

/// Every read of a [`Location`], up to its conditions.
macro_rules! listed {
    ($rest:literal) => {
        concat!(
            "SELECT id, file, asset, place, directory, name, stamp_bytes, modified_ns, changed_ns, inode, \
             verified_us FROM location ",
            $rest
        )
    };
}

/// Where the bytes of a file lie, by place and path.
pub async fn of_file(conn: &mut Conn, file: ContentHash, limit: u32) -> Result<Vec<Location>, CatalogError> {
    conn.all(
        listed!("WHERE file = $1 ORDER BY place, directory, name LIMIT $2"),
        params![file, bounded(limit)],
        location,
    )
    .await
}

/// Up to `limit` places that a file of an asset has in its own right, or that are nobody's, by place and path.
/// Those of other assets that share its bytes are not among them.
pub async fn of_asset(
    conn: &mut Conn,
    asset: AssetId,
    file: ContentHash,
    limit: u32,
) -> Result<Vec<Location>, CatalogError> {
    conn.all(
        listed!("WHERE file = $1 AND (asset IS NULL OR asset = $2) ORDER BY place, directory, name LIMIT $3"),
        params![file, asset, bounded(limit)],
        location,
    )
    .await
}

/// Where the bytes of many files (the first 1,000 are looked at) lie, in no order.
pub async fn of_files(conn: &mut Conn, files: &[ContentHash]) -> Result<Vec<Location>, CatalogError> {
    let keys = files.iter().take(1_000).map(|hash| hash.param()).collect();
    let head = listed!("WHERE file IN");
    conn.among(head, keys, "", location).await
}

/// The location at a place, directory and name; of those that stand apart none.
pub async fn at(
    conn: &mut Conn,
    place: &str,
    directory: &str,
    name: &str,
) -> Result<Option<Location>, CatalogError> {
    conn.one(
        listed!("WHERE place = $1 AND directory = $2 AND name = $3 AND apart = ''"),
        params![place, directory, name],
        location,
    )
    .await
}

/// Up to `limit` names of a directory that are known, by name, after the name `after`. A re-import asks
/// once a directory, not once a file.
pub async fn in_directory(
    conn: &mut Conn,
    place: &str,
    directory: &str,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<Known>, CatalogError> {
    conn.all(
        r#"SELECT name, stamp_bytes, modified_ns, changed_ns, inode, file, asset FROM location
           WHERE place = $1 AND directory = $2 AND name > $3 ORDER BY name LIMIT $4"#,
        params![place, directory, after.unwrap_or(""), bounded(limit)],
        |row| Ok(Known { name: row.next()?, stamp: stamp(row)?, file: row.next()?, asset: row.next()? }),
    )
    .await
}

/// The file names by which assets came, besides those of their own: with each its asset. Looks at the first
/// [`NAMES_MAX`].
pub async fn further_names(
    conn: &mut Conn,
    assets: &[AssetId],
) -> Result<Vec<(AssetId, String)>, CatalogError> {
    let keys = assets.iter().map(|id| id.param()).collect();
    let head =
        "SELECT DISTINCT l.asset, l.name FROM location l JOIN asset a ON a.id = l.asset AND a.name <> l.name
        WHERE l.asset IN";
    let tail = format!("ORDER BY l.asset, l.name LIMIT {NAMES_MAX}");
    conn.among(head, keys, &tail, |row| Ok((row.next()?, row.next()?))).await
}

/// Removes a location: its bytes are no longer there.
pub async fn remove(tx: &mut Tx, id: LocationId, fact: FactId) -> Result<bool, CatalogError> {
    Ok(tx.forget(&LOCATION, fact, "DELETE FROM location WHERE id = $1", params![id]).await? > 0)
}

fn location(row: &mut Columns<'_>) -> Result<Location, CatalogError> {
    let (id, file, asset, place) = (row.next()?, row.next()?, row.next()?, row.next()?);
    let (directory, name): (String, String) = (row.next()?, row.next()?);
    let path = if directory.is_empty() { name } else { format!("{directory}/{name}") };
    Ok(Location { id, file, asset, place, path, stamp: stamp(row)?, verified: row.next()? })
}

fn stamp(row: &mut Columns<'_>) -> Result<Option<Stamp>, CatalogError> {
    let cells: (Option<u64>, Option<i64>, Option<i64>, Option<i64>) =
        (row.next()?, row.next()?, row.next()?, row.next()?);
    Ok(match cells {
        (Some(bytes), Some(modified_ns), Some(changed_ns), Some(inode)) => {
            // Inode numbers are unsigned; BIGINT keeps their bits.
            Some(Stamp { bytes, modified_ns, changed_ns, inode: inode.cast_unsigned() })
        }
        _ => None,
    })
}
