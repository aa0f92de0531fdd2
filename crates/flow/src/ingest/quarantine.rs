//! Quarantine: files that failed a check, waiting for a person, who lets them in or throws them away.

use std::io;

use bytes::Bytes;
use damask_catalog::{
    Tx, Urgency,
    quarantine::{self, Quarantined},
};
use damask_model::{ActorId, Change, QuarantineId, Verb};
use damask_store::StoreKey;
use damask_time::Instant;
use futures::Stream;
use serde_json::Value as Json;

use super::{
    arrival::Arrival,
    put,
    receive::{self, Source},
};
use crate::{
    caller::{Caller, Permission},
    damask::Damask,
    frees,
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
    /// Why it waits: a stable code.
    pub code: String,
    /// The same in words.
    pub reason: String,
    /// Since when.
    pub at: Instant,
}

/// Up to `limit` files in quarantine, the newest first, before the id `before`; with `code` only those that wait for
/// that. Callers who do not see the whole library are shown what they brought themselves.
pub async fn page(
    damask: &Damask,
    caller: &Caller,
    code: Option<&str>,
    before: Option<QuarantineId>,
    limit: u32,
) -> Outcome<Vec<QuarantineView>> {
    caller.needs(Permission::Upload, "looking into the quarantine")?;
    let mut conn = damask.catalog().read().await?;
    let own = (!caller.sees_all()).then_some(caller.actor);
    let rows = quarantine::page(&mut conn, own, code, before, limit).await?;
    Ok(rows
        .into_iter()
        .map(|row| QuarantineView {
            id: row.id,
            name: row.name,
            path: row.path,
            bytes: row.bytes,
            code: row.reason,
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

/// Brings another file in its place: it comes in by the same path, and the one that waited is thrown away once it has.
/// The new one may have to wait as well.
pub async fn replace(
    damask: &Damask,
    caller: &Caller,
    id: QuarantineId,
    chunks: impl Stream<Item = io::Result<Bytes>> + Send,
) -> Outcome<Arrival> {
    caller.needs(Permission::Administer, "replacing a file in quarantine")?;
    let waiting = one(damask, caller, id).await?;
    let kept = Source::of_kept(&waiting.source, waiting.path, waiting.name, damask.limits());
    let mut path = kept.home.folders().to_vec();
    path.push(kept.home.name().to_owned());
    let arrival = put::stream(damask, caller, &path.join("/"), kept.intent, None, chunks).await?;
    match discard(damask, caller, id).await {
        // The same bytes again are the same file, which may have gone its own way meanwhile.
        Ok(()) | Err(Trouble::Missing { .. }) => Ok(arrival),
        Err(trouble) => Err(trouble),
    }
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
            match waiting.file {
                Some(hash) if frees::is_nobodys(tx.conn(), hash).await? => Ok(Some(hash)),
                _ => Ok(None),
            }
        })
        .await?;
    frees::free(&damask, written.value.map(StoreKey::Blob).into_iter().collect()).await;
    Ok(())
}

/// The file that waits, where the caller may know of it.
pub(super) async fn one(damask: &Damask, caller: &Caller, id: QuarantineId) -> Outcome<Quarantined> {
    let mut conn = damask.catalog().read().await?;
    let row = quarantine::by_id(&mut conn, id).await?;
    let row = row.filter(|row| caller.sees_all() || row.actor == caller.actor);
    row.ok_or_else(|| Trouble::missing("file in quarantine", id))
}
