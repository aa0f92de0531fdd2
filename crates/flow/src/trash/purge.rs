//! Purging: what lies in the trash goes for good, by hand or when its time there is over. Bytes go with it where
//! nothing else has them.

use damask_catalog::{Tx, Urgency, assets, jobs, purge::Freed, versions};
use damask_model::{
    ActorId, Asset, AssetId, Change, Seq, Verb,
    job::{Lane, Resource},
};
use damask_store::StoreKey;
use damask_time::Instant;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::hold;
use crate::{
    caller::{Caller, Permission},
    damask::Damask,
    deliver, frees,
    pipeline::Stage,
    several::{Several, each_once, visible},
    stages,
    trouble::{Outcome, Trouble},
    workers::Lease,
};

/// The kind of job that empties the trash.
pub const JOB: &str = "purge";
/// Assets purged in one write: nobody who brings files waits longer than for these.
const AT_ONCE: usize = 16;
/// Assets whose time is over that are looked at in one sweep.
const SWEPT_AT_ONCE: u32 = 2_000;
/// Versions of one asset whose jobs are looked for.
const VERSIONS_MAX: u32 = 1_000;

/// What a job that empties the trash needs to know.
#[derive(Deserialize, Serialize)]
struct Emptying {
    /// What was trashed before, in microseconds; what came later stays.
    before_us: i64,
    actor: ActorId,
}

/// Removes assets in the trash for good.
pub async fn several(damask: &Damask, caller: &Caller, ids: Vec<AssetId>) -> Outcome<Several> {
    caller.needs(Permission::Administer, "deleting assets for ever")?;
    let ids = each_once(ids)?;
    let (seen, mut refused) = {
        let mut conn = damask.catalog().read().await?;
        visible(damask, &mut conn, caller, &ids).await?
    };
    let (mut done, mut seq) = (Vec::new(), damask.seq());
    for batch in seen.chunks(AT_ONCE) {
        let batch: Vec<AssetId> = batch.iter().map(|asset| asset.id).collect();
        let purged = purge(damask, caller.actor, batch, Urgency::Interactive).await?;
        seq = seq.max(purged.seq);
        done.extend(purged.done);
        refused.extend(purged.refused);
    }
    Ok(Several { seq, fact: None, done, refused })
}

/// Begins to empty the trash of all that lies there now: a job, since it may take long. One that runs already is
/// enough.
pub async fn empty(damask: &Damask, caller: &Caller) -> Outcome<Seq> {
    caller.needs(Permission::Administer, "emptying the trash")?;
    if !caller.sees_all() {
        return Err(Trouble::Refused { act: "emptying the trash", permission: "see the whole library" });
    }
    let now = damask.now();
    let payload = serde_json::to_value(Emptying { before_us: now.micros, actor: caller.actor })
        .map_err(Trouble::fault("write down what to purge"))?;
    let job = jobs::NewJob {
        kind: JOB.to_owned(),
        key: Some(JOB.to_owned()),
        lane: Lane::Fresh,
        resource: Resource::Io,
        subject: None,
        payload,
        not_before: now,
    };
    let written = damask
        .catalog()
        .write(Urgency::Interactive, async move |tx: &mut Tx| {
            Ok::<_, Trouble>(jobs::add(tx, std::slice::from_ref(&job)).await?)
        })
        .await?;
    Ok(written.seq)
}

/// The job that [`empty`] adds.
pub async fn run(damask: &Damask, lease: &Lease) -> Outcome<()> {
    let Emptying { before_us, actor } = lease.payload()?;
    let before = Instant::from_micros(before_us);
    let of = {
        let mut conn = damask.catalog().read().await?;
        assets::count_trashed(&mut conn, before).await?
    };
    let (mut after, mut done) = (None, 0);
    while !lease.stop().is_cancelled() {
        let Some(batch) = next(damask, before, &mut after).await? else { break };
        done += batch.len() as u64;
        purge(damask, actor, batch, Urgency::Bulk).await?;
        lease.tell(done.min(of), of);
    }
    if lease.stop().is_cancelled() {
        return Err(Trouble::mistake("lease-lost", "the purge was stopped"));
    }
    let lease = lease.clone();
    damask.catalog().write(Urgency::Interactive, async move |tx: &mut Tx| lease.complete(tx).await).await?;
    Ok(())
}

/// Purges what has lain in the trash for as long as it is kept there; answers how many assets went.
pub async fn sweep(damask: &Damask) -> Outcome<usize> {
    let Some(kept_s) = damask.limits().trash_kept_s else { return Ok(0) };
    let before = damask.now().plus_seconds(-kept_s);
    let (mut after, mut looked_at, mut gone) = (None, 0, 0);
    while looked_at < SWEPT_AT_ONCE as usize
        && let Some(batch) = next(damask, before, &mut after).await?
    {
        looked_at += batch.len();
        gone += purge(damask, Caller::damask().actor, batch, Urgency::Bulk).await?.done.len();
    }
    Ok(gone)
}

/// The next assets that lie in the trash since before `before`.
async fn next(
    damask: &Damask,
    before: Instant,
    after: &mut Option<(Instant, AssetId)>,
) -> Outcome<Option<Vec<AssetId>>> {
    let mut conn = damask.catalog().read().await?;
    let limit = u32::try_from(AT_ONCE).unwrap_or(u32::MAX);
    let batch = assets::trashed_before(&mut conn, before, *after, limit).await?;
    let Some(last) = batch.last() else { return Ok(None) };
    *after = Some(*last);
    Ok(Some(batch.into_iter().map(|(_, id)| id).collect()))
}

/// To its end, whether or not somebody waits for it: bytes must not go after others were told that they are here.
async fn purge(damask: &Damask, actor: ActorId, ids: Vec<AssetId>, urgency: Urgency) -> Outcome<Several> {
    let purged = tokio::spawn(purge_alone(damask.clone(), actor, ids, urgency));
    purged.await.map_err(Trouble::fault("purge assets"))?
}

async fn purge_alone(
    damask: Damask,
    actor: ActorId,
    ids: Vec<AssetId>,
    urgency: Urgency,
) -> Outcome<Several> {
    // Whoever brings the same bytes at this moment comes before or after, not between.
    let _alone = damask.landing().write().await;
    let written = damask
        .catalog()
        .write(urgency, async move |tx: &mut Tx| {
            let (mut done, mut refused, mut freed) = (Vec::new(), Vec::new(), Vec::new());
            for id in &ids {
                let Some(asset) = assets::by_id(tx.conn(), *id).await? else {
                    refused.push((*id, Trouble::missing("asset", id)));
                    continue;
                };
                if let Err(trouble) = hold::check_may_go(&asset) {
                    refused.push((*id, trouble));
                    continue;
                }
                freed.extend(one(tx, actor, &asset).await?);
                done.push(*id);
            }
            Ok::<_, Trouble>((done, refused, freed))
        })
        .await?;
    let (done, refused, freed) = written.value;
    frees::free(&damask, freed).await;
    Ok(Several { seq: written.seq, fact: None, done, refused })
}

/// Removes one asset from the tables; answers the bytes that nobody has any more.
async fn one(tx: &mut Tx, actor: ActorId, asset: &Asset) -> Outcome<Vec<StoreKey>> {
    let versions = versions::of_asset(tx.conn(), asset.id, VERSIONS_MAX).await?;
    let versions: Vec<_> = versions.into_iter().map(|record| record.version.id).collect();
    let key = |stage: Stage| versions.iter().map(move |version| stages::key(stage, *version));
    let keys: Vec<String> = Stage::ALL.into_iter().flat_map(key).collect();
    jobs::remove(tx, &keys, &versions.iter().map(|version| version.0).collect::<Vec<_>>()).await?;
    let change = Change { before: json!({ "name": asset.name, "kind": asset.kind }), ..Change::default() };
    let fact = tx.fact(actor, Verb::AssetPurged, &[asset.id.0], change);
    let Some(Freed { files, renditions }) = damask_catalog::purge::asset(tx, asset.id, fact).await? else {
        return Err(Trouble::missing("asset", asset.id));
    };
    let mut freed = Vec::new();
    for (hash, _) in files {
        if frees::is_nobodys(tx.conn(), hash).await? {
            freed.push(StoreKey::Blob(hash));
        }
    }
    for rendition in renditions {
        freed.push(deliver::renditions::store_key(&rendition)?);
    }
    Ok(freed)
}
