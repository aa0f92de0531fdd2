//! Undo: any reversible act is undone from the fact that states it. Undoing is an act like any other, with a fact of
//! its own, so it can be undone too.

use damask_catalog::journal;
use damask_model::{AssetId, Change, FactHeader, Seq, Verb, VersionId};

use crate::{
    caller::Caller,
    damask::Damask,
    edit,
    several::Several,
    trash,
    trouble::{Outcome, Trouble},
    versions::{checkout, promote},
};

/// Undoes what the fact `seq` states, as far as the caller may do the opposite. Refused where it was changed since, or
/// where nothing can bring it back.
pub async fn fact(damask: &Damask, caller: &Caller, seq: Seq) -> Outcome<Several> {
    let (header, change) = {
        let mut conn = damask.catalog().read().await?;
        let found = journal::after(&mut conn, Seq(seq.0.saturating_sub(1)), 1).await?.pop();
        let found = found.filter(|fact| fact.header.seq == seq);
        let found = found.ok_or_else(|| Trouble::missing("fact", seq))?;
        (found.header, found.change)
    };
    let assets: Vec<AssetId> = header.subjects.iter().copied().map(AssetId).collect();
    match header.verb {
        Verb::AssetTrashed => trash::restore(damask, caller, assets).await,
        Verb::AssetRestored | Verb::AssetIngested => trash::put(damask, caller, assets).await,
        Verb::AssetEdited => {
            let asset = only(&header)?;
            one(asset, edit::undo(damask, caller, asset, None, seq).await?)
        }
        Verb::VersionAdded | Verb::VersionPromoted => {
            let asset = only(&header)?;
            let before = version_before(change.as_ref()).ok_or_else(|| for_ever(header.verb))?;
            one(asset, promote::version(damask, caller, asset, before, None).await?)
        }
        Verb::AssetCheckedOut => {
            let asset = only(&header)?;
            one(asset, checkout::back(damask, caller, asset, false).await?)
        }
        Verb::AssetCheckedIn => {
            let asset = only(&header)?;
            let note = change.as_ref().and_then(|change| change.before["note"].as_str()).unwrap_or_default();
            one(asset, checkout::out(damask, caller, asset, note).await?)
        }
        verb => Err(for_ever(verb)),
    }
}

fn one(asset: AssetId, seq: Seq) -> Outcome<Several> {
    Ok(Several { seq, fact: Some(seq), done: vec![asset], refused: Vec::new() })
}

fn only(header: &FactHeader) -> Outcome<AssetId> {
    match header.subjects.as_slice() {
        [subject] => Ok(AssetId(*subject)),
        _ => Err(for_ever(header.verb)),
    }
}

/// The version that was current before.
fn version_before(change: Option<&Change>) -> Option<VersionId> {
    serde_json::from_value(change?.before.get("version")?.clone()).ok()
}

fn for_ever(verb: Verb) -> Trouble {
    Trouble::mistake("not-undoable", format!("what {verb} states cannot be undone"))
}
