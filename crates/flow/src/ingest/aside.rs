//! Setting aside: what was found when a fresh file was read is a reason to wait, so it becomes a file in quarantine
//! again, as if it had not been let in yet. Only while nobody has done anything with the asset.

use damask_catalog::{
    Tx, assets, journal, locations, purge,
    quarantine::{self, Quarantined},
    versions,
};
use damask_model::{Asset, Change, Entry, FactId, Finding, Location, NewFact, Origin, QuarantineId, Verb};
use damask_store::StoreKey;
use serde_json::json;

use super::{
    receive::{ORIGIN, UPLOAD, told},
    rules::{Door, Reason},
    source::Kept,
};
use crate::{
    caller::Caller,
    damask::Damask,
    deliver::renditions::store_key,
    pipeline::Passage,
    trouble::{Outcome, Trouble},
};

/// Facts of an asset that are looked through for the one that brought it in.
const FACTS_READ: u32 = 50;
/// Places that are looked at.
const PLACES_READ: u32 = 10;

/// Puts a file that was read for the first time in quarantine, in the write that would have kept what was read, where
/// its door minds what was found. Answers what is to be removed when that is done; `None` where it stays an asset.
pub async fn minded(
    damask: &Damask,
    tx: &mut Tx,
    passage: &Passage,
    record: &versions::Record,
    findings: &[Finding],
) -> Outcome<Option<Vec<StoreKey>>> {
    if passage.admitted || findings.is_empty() || record.version.number > 1 || record.previewed.is_some() {
        return Ok(None);
    }
    let Some(asset) = assets::by_id(tx.conn(), record.version.asset).await? else { return Ok(None) };
    if asset.trashed.is_some() || asset.checkout.is_some() || speaks_a_person(&asset) {
        return Ok(None);
    }
    let places = locations::of_asset(tx.conn(), asset.id, record.version.primary, PLACES_READ).await?;
    let door = if places.iter().any(|place| place.place == ORIGIN) { Door::Import } else { Door::Upload };
    let Some(reason) = damask.limits().rules.at(door).minds(findings) else { return Ok(None) };
    put(tx, &asset, record, &places, reason).await.map(Some)
}

fn speaks_a_person(asset: &Asset) -> bool {
    let mut entries = asset.document.fields.values().flatten();
    entries.any(|entry: &Entry| entry.origin == Origin::Person)
}

/// Puts the asset's file in quarantine and takes the asset away.
async fn put(
    tx: &mut Tx,
    asset: &Asset,
    record: &versions::Record,
    places: &[Location],
    reason: Reason,
) -> Outcome<Vec<StoreKey>> {
    let facts = journal::of_subject(tx.conn(), asset.id.0, None, FACTS_READ).await?;
    let brought_by = facts.iter().find(|fact| fact.header.verb == Verb::AssetIngested);
    let came = places.iter().find(|place| [ORIGIN, UPLOAD].contains(&place.place.as_str()));
    let path = came.map_or_else(|| asset.name.clone(), |place| place.path.clone());
    let folders: Vec<String> = match asset.folder {
        Some(folder) => damask_catalog::folders::path_of(tx.conn(), folder).await?,
        None => Vec::new(),
    };
    let row = Quarantined {
        id: QuarantineId::fresh(),
        actor: brought_by.map_or(Caller::damask().actor, |fact| fact.header.actor),
        name: asset.name.clone(),
        path,
        file: Some(record.version.primary),
        bytes: record.bytes,
        reason: reason.code.to_owned(),
        detail: reason.detail,
        source: Kept::in_folders(folders),
        at: tx.now(),
        last_fact: FactId::fresh(),
    };
    let actor = Caller::damask().actor;
    let change = Change { before: json!({ "name": asset.name }), after: json!({ "quarantine": row.id }) };
    let gone = tx.fact(actor, Verb::AssetPurged, &[asset.id.0], change);
    let freed = purge::asset(tx, asset.id, gone).await?.ok_or_else(|| Trouble::missing("asset", asset.id))?;
    if quarantine::insert(tx, &row).await? {
        let (id, subjects) = (row.last_fact, vec![row.id.0]);
        let change = Change::added(told(&row));
        tx.state(NewFact { id, actor, verb: Verb::FileQuarantined, subjects, change });
    }
    freed.renditions.iter().map(store_key).collect()
}
