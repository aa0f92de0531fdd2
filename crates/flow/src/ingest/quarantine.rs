//! Quarantine: files that failed a check, waiting for a person, who lets them in or throws them away.

use damask_catalog::{
    Tx, Urgency, files,
    quarantine::{self, Quarantined},
};
use damask_model::{ActorId, Change, ContentHash, QuarantineId, Verb};
use damask_store::StoreKey;
use damask_time::Instant;
use serde_json::Value as Json;

use super::{arrival::Arrival, receive};
use crate::{
    caller::{Caller, Permission},
    damask::{Damask, off_thread},
    trouble::{Outcome, Trouble},
};

/// A file in quarantine.
#[derive(Clone, Debug)]
pub struct QuarantineView {
    /// Its id.
    pub id: QuarantineId,
    /// The name it came with.
    pub name: String,
    /// The path it came by.
    pub path: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// Why it waits.
    pub reason: String,
    /// Since when.
    pub at: Instant,
}

/// Up to `limit` files in quarantine, the newest first, before the id `before`. Callers who do not see the
/// whole library are shown what they brought themselves.
pub async fn page(
    damask: &Damask,
    caller: &Caller,
    before: Option<QuarantineId>,
    limit: u32,
) -> Outcome<Vec<QuarantineView>> {
    caller.needs(Permission::Upload, "looking into the quarantine")?;
    let mut conn = damask.catalog().read().await?;
    let own = (!caller.sees_all()).then_some(caller.actor);
    let rows = quarantine::page(&mut conn, own, before, limit).await?;
    Ok(rows
        .into_iter()
        .map(|row| QuarantineView {
            id: row.id,
            name: row.name,
            path: row.path,
            bytes: row.bytes,
            reason: row.detail,
            at: row.at,
        })
        .collect())
}

/// Lets a file in: it becomes an asset as if nothing had been wrong with it.
pub async fn admit(damask: &Damask, caller: &Caller, id: QuarantineId) -> Outcome<Arrival> {
    caller.needs(Permission::Administer, "letting a file out of quarantine")?;
    let waiting = one(damask, caller, id).await?;
    receive::admit(damask, caller, waiting).await
}

/// Throws a file away. Its bytes are freed, unless something else has the same.
pub async fn discard(damask: &Damask, caller: &Caller, id: QuarantineId) -> Outcome<()> {
    caller.needs(Permission::Administer, "throwing a file in quarantine away")?;
    let waiting = one(damask, caller, id).await?;
    // To its end, whether or not somebody waits for it: bytes must not go after others were told that they are here.
    let thrown = tokio::spawn(throw_away(damask.clone(), caller.actor, waiting));
    thrown.await.map_err(Trouble::fault("throw a file away"))?
}

async fn throw_away(damask: Damask, actor: ActorId, waiting: Quarantined) -> Outcome<()> {
    let id = waiting.id;
    // Whoever brings the same bytes at this moment comes before or after, not between.
    let _alone = damask.landing().write().await;
    let written = damask
        .catalog()
        .write(Urgency::Interactive, async move |tx: &mut Tx| {
            let change = Change { before: receive::told(&waiting), after: Json::Null };
            let fact = tx.fact(actor, Verb::FileDiscarded, &[id.0], change);
            if !quarantine::remove(tx, id, fact).await? {
                return Err(Trouble::missing("file in quarantine", id));
            }
            nobodys(tx, waiting.file).await
        })
        .await?;
    if let Some(hash) = written.value {
        let store = damask.store().clone();
        // The file is thrown away all the same: its bytes are then such as no file names.
        if let Err(error) = off_thread(move || store.remove(&StoreKey::Blob(hash))).await {
            tracing::warn!(%error, "the bytes of a discarded file cannot be removed");
        }
    }
    Ok(())
}

/// The hash, where neither an asset nor another file in quarantine has its bytes.
async fn nobodys(tx: &mut Tx, hash: Option<ContentHash>) -> Outcome<Option<ContentHash>> {
    let Some(hash) = hash else { return Ok(None) };
    let known = !files::known(tx.conn(), &[hash]).await?.is_empty();
    Ok((!known && !quarantine::holds(tx.conn(), hash).await?).then_some(hash))
}

/// The file that waits, where the caller may know of it.
async fn one(damask: &Damask, caller: &Caller, id: QuarantineId) -> Outcome<Quarantined> {
    let mut conn = damask.catalog().read().await?;
    let row = quarantine::by_id(&mut conn, id).await?;
    let row = row.filter(|row| caller.sees_all() || row.actor == caller.actor);
    row.ok_or_else(|| Trouble::missing("file in quarantine", id))
}
