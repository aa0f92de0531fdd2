//! The trash: assets that were deleted and can come back, until they are purged. Nothing of them changes but that
//! they lie there: values, relations and versions wait with them.

mod hold;
pub mod purge;

use damask_catalog::{Tx, Urgency, assets};
use damask_model::{Asset, AssetId, Change, FactId, NewFact, Verb};
use damask_time::Instant;
use serde_json::json;

use crate::{
    caller::{Caller, Permission},
    damask::Damask,
    edit,
    several::{Several, each_once, visible},
    trouble::{Outcome, Trouble},
    versions::checkout,
};

/// Puts assets in the trash, all by one fact. One that lies there already stays as it is.
pub async fn put(damask: &Damask, caller: &Caller, ids: Vec<AssetId>) -> Outcome<Several> {
    caller.needs(Permission::Edit, "putting assets in the trash")?;
    moved(damask, caller, ids, Move::In).await
}

/// Takes assets out of the trash, all by one fact. One that does not lie there stays as it is.
pub async fn restore(damask: &Damask, caller: &Caller, ids: Vec<AssetId>) -> Outcome<Several> {
    caller.needs(Permission::Edit, "taking assets out of the trash")?;
    moved(damask, caller, ids, Move::Out).await
}

/// Refuses an asset that lies in the trash.
pub(crate) fn check_kept(asset: &Asset) -> Outcome<()> {
    if asset.trashed.is_none() {
        return Ok(());
    }
    Err(Trouble::mistake("in-trash", format!("{:?} lies in the trash", asset.name)).hint("take it out first"))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Move {
    In,
    Out,
}

impl Move {
    const fn verb(self) -> Verb {
        match self {
            Self::In => Verb::AssetTrashed,
            Self::Out => Verb::AssetRestored,
        }
    }

    fn is_done(self, asset: &Asset) -> bool {
        asset.trashed.is_some() == (self == Self::In)
    }
}

async fn moved(damask: &Damask, caller: &Caller, ids: Vec<AssetId>, way: Move) -> Outcome<Several> {
    let ids = each_once(ids)?;
    let (here, by) = (damask.clone(), caller.clone());
    let written = damask
        .catalog()
        .write(Urgency::Interactive, async move |tx: &mut Tx| {
            let (seen, mut refused) = visible(&here, tx.conn(), &by, &ids).await?;
            let (mut done, fact) = (Vec::new(), FactId::fresh());
            let trashed = (way == Move::In).then(|| tx.now());
            let mut stated = Vec::new();
            for asset in seen {
                if let Err(trouble) = checkout::check_free(&by, &asset) {
                    refused.push((asset.id, trouble));
                    continue;
                }
                done.push(asset.id);
                if !way.is_done(&asset) {
                    set(tx, &asset, trashed, fact).await?;
                    stated.push(asset.id.0);
                }
            }
            let is_stated = !stated.is_empty();
            if is_stated {
                let change = Change::added(json!({ "trashed": trashed.map(|at| at.to_string()) }));
                tx.state(NewFact { id: fact, actor: by.actor, verb: way.verb(), subjects: stated, change });
            }
            Ok::<_, Trouble>((done, refused, is_stated))
        })
        .await?;
    let (done, refused, is_stated) = written.value;
    Ok(Several { seq: written.seq, fact: is_stated.then_some(written.seq), done, refused })
}

async fn set(tx: &mut Tx, asset: &Asset, trashed: Option<Instant>, fact: FactId) -> Outcome<()> {
    let kept = assets::set_trashed(tx, asset.id, trashed, asset.last_fact, fact).await;
    kept.map_err(edit::or_stale(asset.id))
}

/// Takes an asset out of the trash in a write that has its own reason to: its bytes were brought again.
pub(crate) async fn take_out(tx: &mut Tx, caller: &Caller, asset: &Asset) -> Outcome<()> {
    let change = Change::added(json!({ "trashed": null, "brought_again": true }));
    let fact = tx.fact(caller.actor, Verb::AssetRestored, &[asset.id.0], change);
    set(tx, asset, None, fact).await
}
