//! An act on several assets at once: what was done with each, so that one that cannot be keeps none of the others.

use std::collections::BTreeSet;

use damask_catalog::{Conn, assets};
use damask_model::{Asset, AssetId, Seq, fact::SUBJECTS_MAX};

use crate::{
    caller::Caller,
    damask::Damask,
    see,
    trouble::{Outcome, Trouble},
};

/// What became of an act on several assets.
#[derive(Debug)]
pub struct Several {
    /// The journal had come this far when it was done.
    pub seq: Seq,
    /// The fact that states it, by which it can be undone; `None` where nothing was done.
    pub fact: Option<Seq>,
    /// The assets it was done with.
    pub done: Vec<AssetId>,
    /// The others, each with why not.
    pub refused: Vec<(AssetId, Trouble)>,
}

/// Most assets one act takes.
pub const ASSETS_MAX: usize = SUBJECTS_MAX;

/// The ids, each once, within the limit.
pub(crate) fn each_once(ids: Vec<AssetId>) -> Outcome<Vec<AssetId>> {
    let ids: BTreeSet<AssetId> = ids.into_iter().collect();
    if ids.is_empty() || ids.len() > ASSETS_MAX {
        return Err(Trouble::mistake("bad-selection", format!("an act takes 1 to {ASSETS_MAX} assets")));
    }
    Ok(ids.into_iter().collect())
}

/// Those of the assets that are there for the caller, and a refusal for each of the others.
pub(crate) async fn visible(
    damask: &Damask,
    conn: &mut Conn,
    caller: &Caller,
    ids: &[AssetId],
) -> Outcome<(Vec<Asset>, Vec<(AssetId, Trouble)>)> {
    let records = assets::by_ids(conn, ids).await?;
    let mut seen: Vec<Asset> = see::only_visible(damask, conn, caller, records)
        .await?
        .into_iter()
        .map(|record| record.asset)
        .collect();
    seen.sort_by_key(|asset| asset.id);
    let unseen = ids
        .iter()
        .filter(|id| seen.binary_search_by_key(id, |asset| &asset.id).is_err())
        .map(|id| (*id, Trouble::missing("asset", id)))
        .collect();
    Ok((seen, unseen))
}
