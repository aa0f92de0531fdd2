//! Promoting: an earlier version becomes the one people get again. What people wrote of the asset stays; what is read
//! from its file is read again from the version's own.

use damask_catalog::{Tx, Urgency, assets, versions};
use damask_metadata::identify::Identified;
use damask_model::{Asset, AssetId, Change, FactId, NewFact, Seq, Verb, VersionId, job::Lane};
use serde_json::json;

use crate::{
    caller::{Caller, Permission},
    damask::Damask,
    edit,
    ingest::receive,
    pipeline::Passage,
    see,
    trouble::{Outcome, Trouble},
};

/// Makes `version` the current one of its asset. With `if_match`, only where the asset is still in one of these
/// states. The one that is current already stays it.
pub async fn version(
    damask: &Damask,
    caller: &Caller,
    id: AssetId,
    version: VersionId,
    if_match: Option<Vec<FactId>>,
) -> Outcome<Seq> {
    caller.needs(Permission::Edit, "making another version the current one")?;
    see::asset(damask, caller, id).await?;
    let record = {
        let mut conn = damask.catalog().read().await?;
        versions::by_id(&mut conn, version).await?.filter(|record| record.version.asset == id)
    };
    let record = record.ok_or_else(|| Trouble::missing("version", version))?;
    let identified = receive::look_at(damask, record.version.primary, record.name.clone()).await?;
    let by = caller.clone();
    let written = damask
        .catalog()
        .write(Urgency::Interactive, async move |tx: &mut Tx| {
            let asset = assets::by_id(tx.conn(), id).await?.ok_or_else(|| Trouble::missing("asset", id))?;
            edit::check_state(&asset, if_match.as_deref())?;
            edit::check_changeable(&by, &asset)?;
            if asset.current_version == version {
                return Ok(());
            }
            state(tx, &by, &asset, &record, &identified).await
        })
        .await?;
    Ok(written.seq)
}

async fn state(
    tx: &mut Tx,
    caller: &Caller,
    asset: &Asset,
    record: &versions::Record,
    identified: &Identified,
) -> Outcome<()> {
    let fact = FactId::fresh();
    let version = record.version.id;
    let name = name_of(asset, &record.name);
    let passage = Passage {
        version,
        kind: identified.kind,
        lane: Lane::Interactive,
        previews: record.previewed.is_none(),
        admitted: true,
    };
    let mut after = passage.to_json();
    after["number"] = json!(record.version.number);
    after["name"] = json!(name);
    let before = json!({ "version": asset.current_version, "name": asset.name });
    let current = (version, identified.kind, name.as_str());
    let kept = assets::set_current_version(tx, asset.id, current, asset.last_fact, fact).await;
    kept.map_err(edit::or_stale(asset.id))?;
    let (actor, subjects) = (caller.actor, vec![asset.id.0]);
    let change = Change { before, after };
    tx.state(NewFact { id: fact, actor, verb: Verb::VersionPromoted, subjects, change });
    Ok(())
}

/// The asset keeps its own name, with the extension of the file it now is: `logo.png` and `logo final.psd` make
/// `logo.psd`.
pub(crate) fn name_of(asset: &Asset, file: &str) -> String {
    let extension = |name: &str| match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => Some(extension.to_owned()),
        _ => None,
    };
    let (had, has) = (extension(&asset.name), extension(file));
    match (had, has) {
        (Some(had), Some(has)) if !had.eq_ignore_ascii_case(&has) => {
            format!("{}.{has}", &asset.name[..asset.name.len() - had.len() - 1])
        }
        _ => asset.name.clone(),
    }
}
