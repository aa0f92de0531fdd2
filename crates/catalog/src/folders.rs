//! Folders: the home tree. Every asset lies in one, or in the root, which has no row.

use damask_model::{FactId, FolderId};

use crate::{
    CatalogError, Conn, Tx,
    cell::params,
    conn::{Columns, only},
    page::bounded,
    record::FOLDER,
};

/// A folder of the home tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Its id.
    pub id: FolderId,
    /// What it lies in; `None` is the root.
    pub parent: Option<FolderId>,
    /// Its name, unlike all its siblings'.
    pub name: String,
    /// The last fact that touched it.
    pub last_fact: FactId,
}

/// Deepest nesting that is followed.
pub const DEPTH_MAX: i64 = 256;

/// The root stands as the empty text, so that the database keeps names under it unique as well.
fn parent_cell(parent: Option<FolderId>) -> String {
    parent.map(|id| id.to_string()).unwrap_or_default()
}

/// Makes a folder unless its parent holds one of that name. Answers which there is now, and whether it is new.
/// Safe when many do so at once.
pub async fn make(tx: &mut Tx, folder: &Folder) -> Result<(FolderId, bool), CatalogError> {
    let parent = parent_cell(folder.parent);
    let made = tx
        .keep(
            &FOLDER,
            "INSERT INTO folder (id, parent, name, last_fact) VALUES",
            vec![params![folder.id, parent, folder.name, folder.last_fact]],
            "ON CONFLICT (parent, name) DO NOTHING",
        )
        .await?;
    if !made.is_empty() {
        return Ok((folder.id, true));
    }
    child(&mut tx.conn, folder.parent, &folder.name)
        .await?
        .map(|found| (found.id, false))
        .ok_or_else(|| CatalogError::conflict("a folder was removed while one like it was made"))
}

/// The folder of that name in `parent`.
pub async fn child(
    conn: &mut Conn,
    parent: Option<FolderId>,
    name: &str,
) -> Result<Option<Folder>, CatalogError> {
    conn.one(
        "SELECT id, parent, name, last_fact FROM folder WHERE parent = $1 AND name = $2",
        params![parent_cell(parent), name],
        folder,
    )
    .await
}

/// The folder of that id.
pub async fn by_id(conn: &mut Conn, id: FolderId) -> Result<Option<Folder>, CatalogError> {
    conn.one("SELECT id, parent, name, last_fact FROM folder WHERE id = $1", params![id], folder).await
}

/// Up to `limit` folders in `parent` by name (in the order of its bytes), after the name `after`.
pub async fn children(
    conn: &mut Conn,
    parent: Option<FolderId>,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<Folder>, CatalogError> {
    conn.all(
        r#"SELECT id, parent, name, last_fact FROM folder
           WHERE parent = $1 AND name > $2 ORDER BY name LIMIT $3"#,
        params![parent_cell(parent), after.unwrap_or(""), bounded(limit)],
        folder,
    )
    .await
}

/// The names from the root down to the folder, itself last. Empty when there is no such folder.
pub async fn path_of(conn: &mut Conn, id: FolderId) -> Result<Vec<String>, CatalogError> {
    conn.all(
        r#"WITH RECURSIVE up (id, parent, name, depth) AS (
               SELECT id, parent, name, CAST(0 AS BIGINT) FROM folder WHERE id = $1
               UNION ALL
               SELECT f.id, f.parent, f.name, up.depth + 1
               FROM folder f JOIN up ON f.id = up.parent WHERE up.depth < $2)
           SELECT name FROM up ORDER BY depth DESC"#,
        params![id, DEPTH_MAX],
        only,
    )
    .await
}

/// The folder and all below it.
pub async fn below(conn: &mut Conn, id: FolderId) -> Result<Vec<FolderId>, CatalogError> {
    conn.all(
        r#"WITH RECURSIVE down (id, depth) AS (
               SELECT id, CAST(0 AS BIGINT) FROM folder WHERE id = $1
               UNION ALL
               SELECT f.id, down.depth + 1
               FROM folder f JOIN down ON f.parent = down.id WHERE down.depth < $2)
           SELECT id FROM down"#,
        params![id, DEPTH_MAX],
        only,
    )
    .await
}

/// Up to `limit` folders after the id `after`, by id: for snapshots.
pub async fn page_after(
    conn: &mut Conn,
    after: Option<FolderId>,
    limit: u32,
) -> Result<Vec<Folder>, CatalogError> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    conn.all(
        "SELECT id, parent, name, last_fact FROM folder WHERE id > $1 ORDER BY id LIMIT $2",
        params![after, bounded(limit)],
        folder,
    )
    .await
}

fn folder(row: &mut Columns<'_>) -> Result<Folder, CatalogError> {
    let id = row.next()?;
    let parent: String = row.next()?;
    let parent = match parent.as_str() {
        "" => None,
        parent => Some(parent.parse().map_err(|_| CatalogError::broken("a folder's parent is an id"))?),
    };
    Ok(Folder { id, parent, name: row.next()?, last_fact: row.next()? })
}
