//! Home folders by path, made when first needed and remembered, so that a file costs no look-up of its
//! folder.

use std::{collections::HashMap, sync::Mutex};

use damask_catalog::{CatalogError, Tx, Urgency, folders};
use damask_model::{Change, FactId, FolderId, NewFact, Verb};
use serde_json::json;

use crate::{
    caller::Caller,
    damask::Damask,
    trouble::{Outcome, Trouble},
};

/// Paths remembered; past it the memory starts anew, and costs a few look-ups.
const REMEMBERED_MAX: usize = 10_000;

/// Folder ids by path.
#[derive(Debug, Default)]
pub struct Homes {
    known: Mutex<HashMap<Vec<String>, FolderId>>,
}

impl Homes {
    /// Forgets everything: folders were moved, renamed or removed.
    pub fn forget(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Vec<String>, FolderId>> {
        self.known.lock().expect("no one panics while holding it")
    }
}

/// The folder of that path, made with all above it where it is not there yet. `None` for the root.
pub async fn ensure(
    damask: &Damask,
    caller: &Caller,
    path: &[String],
    urgency: Urgency,
) -> Outcome<Option<FolderId>> {
    if path.is_empty() {
        return Ok(None);
    }
    if let Some(id) = damask.homes().lock().get(path).copied() {
        return Ok(Some(id));
    }
    let (actor, names) = (caller.actor, path.to_vec());
    let written = damask
        .catalog()
        .write(urgency, async move |tx: &mut Tx| {
            let mut parent = None;
            for name in &names {
                parent = Some(child(tx, actor, parent, name).await?);
            }
            Ok::<_, Trouble>(parent)
        })
        .await?;
    if let Some(id) = written.value {
        let mut known = damask.homes().lock();
        if known.len() >= REMEMBERED_MAX {
            known.clear();
        }
        known.insert(path.to_vec(), id);
    }
    Ok(written.value)
}

async fn child(
    tx: &mut Tx,
    actor: damask_model::ActorId,
    parent: Option<FolderId>,
    name: &str,
) -> Result<FolderId, CatalogError> {
    if let Some(found) = folders::child(tx.conn(), parent, name).await? {
        return Ok(found.id);
    }
    let last_fact = FactId::fresh();
    let folder = folders::Folder { id: FolderId::fresh(), parent, name: name.to_owned(), last_fact };
    let (id, is_new) = folders::make(tx, &folder).await?;
    if is_new {
        let change = Change::added(json!({ "name": name, "parent": parent }));
        tx.state(NewFact { id: last_fact, actor, verb: Verb::FolderMade, subjects: vec![id.0], change });
    }
    Ok(id)
}
