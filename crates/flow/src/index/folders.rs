//! Puts ids in the place of the folders a query asks for. The index holds ids only, so moving a folder
//! indexes nothing anew.

use std::collections::HashMap;

use damask_catalog::{Conn, folders};
use damask_model::FolderId;
use damask_query::{FolderAsk, Query};

use crate::trouble::Outcome;

/// The query with every folder it names replaced by itself and all that lies below.
pub async fn resolved(conn: &mut Conn, query: Query) -> Outcome<Query> {
    let asked = query.folders();
    if asked.is_empty() {
        return Ok(query);
    }
    let mut found = HashMap::new();
    for ask in asked {
        let key = key_of(&ask);
        let folder = match &ask {
            FolderAsk::Id(id) => Some(*id),
            FolderAsk::Path(path) => at_path(conn, path).await?,
        };
        let ids = match folder {
            Some(folder) => Some(folders::below(conn, folder).await?),
            None => None,
        };
        found.insert(key, ids);
    }
    Ok(query.resolve_folders(&mut |ask| found.get(&key_of(ask)).cloned().flatten()))
}

fn key_of(ask: &FolderAsk) -> String {
    match ask {
        FolderAsk::Id(id) => id.to_string(),
        FolderAsk::Path(path) => format!("/{path}"),
    }
}

async fn at_path(conn: &mut Conn, path: &str) -> Outcome<Option<FolderId>> {
    let mut parent = None;
    for name in path.split('/') {
        match folders::child(conn, parent, name).await? {
            Some(folder) => parent = Some(folder.id),
            None => return Ok(None),
        }
    }
    Ok(parent)
}
