//! The preview stage: the ladder and what is measured on the way; for films also proxy, filmstrip and
//! peaks. Everything of a version is made once, in one pass, and kept in one transaction.

use std::path::{Path, PathBuf};

use damask_catalog::{Tx, assets, findings, renditions, versions};
use damask_media::{film, page, picture, sound};
use damask_metadata::measured;
use damask_model::{
    AssetKind, Change, Entry, FactId, Finding, NewFact, Origin, Recipe, Verb, VersionId, probe::Probe,
};
use damask_store::{StoreError, StoreKey};
use serde_json::json;

use super::{
    key::RenditionKey,
    renditions::{gone_with_its_version, store_key},
};
use crate::{
    caller::Caller,
    damask::{Damask, off_thread},
    frees,
    ingest::aside,
    pipeline::Passage,
    trouble::{Outcome, Trouble},
    urgency::urgency_of,
    workers::Lease,
};

/// The stage's name where findings are kept.
pub const STAGE: &str = "preview";

/// A finished file in the scratch folder.
struct Made {
    recipe: Recipe,
    path: PathBuf,
    size: Option<(u32, u32)>,
}

/// What was made and learnt of a version.
#[derive(Default)]
struct Previews {
    made: Vec<Made>,
    probe: Probe,
    findings: Vec<Finding>,
}

/// Makes the previews of the version a job is about.
pub async fn version(damask: &Damask, lease: &Lease) -> Outcome<()> {
    let passage = lease.passage()?;
    let record = {
        let mut conn = damask.catalog().read().await?;
        versions::by_id(&mut conn, passage.version).await?
    };
    let record = record.ok_or_else(|| Trouble::missing("version", passage.version))?;
    let store = damask.store().clone();
    let key = StoreKey::Blob(record.version.primary);
    let (scratch, source) =
        off_thread(move || Ok::<_, StoreError>((store.scratch()?, store.lend(&key)?))).await?;
    let previews = make(damask, lease, &passage, &record, source.path(), scratch.path()).await?;
    let rows = shelve(damask, passage.version, previews.made).await?;
    let keys = rows.iter().map(store_key).collect::<Outcome<Vec<_>>>()?;
    let kept = keep(damask, lease, passage, rows, previews.probe, previews.findings).await;
    gone_with_its_version(damask, keys, kept).await
}

async fn make(
    damask: &Damask,
    lease: &Lease,
    passage: &Passage,
    record: &versions::Record,
    source: &Path,
    into: &Path,
) -> Outcome<Previews> {
    let glass = damask.glass();
    let teller = lease.clone();
    let tell = move |progress: film::Progress| {
        teller.tell(progress.done_us, progress.of_us.unwrap_or(0).max(progress.done_us));
    };
    Ok(match passage.kind {
        _ if record.bytes == 0 => Previews::default(),
        AssetKind::Image => of_picture(picture::previews(glass, source, into).await?),
        AssetKind::Video => {
            let film = film::previews(glass, source, into, lease.stop().clone(), tell).await?;
            of_film(film, into).await?
        }
        AssetKind::Audio => {
            let stop = lease.stop().clone();
            of_sound(sound::previews(glass, source, &record.probe, into, stop, tell).await?, into).await?
        }
        AssetKind::Document if record.media_type == "application/pdf" => {
            of_picture(page::previews(glass, source, into).await?)
        }
        _ => Previews::default(),
    })
}

fn of_picture(mut previews: picture::Previews) -> Previews {
    let findings = std::mem::take(&mut previews.probe.findings);
    let made = previews
        .rungs
        .into_iter()
        .map(|rung| Made {
            recipe: Recipe::rung(rung.side_px),
            path: rung.path,
            size: Some((rung.width_px, rung.height_px)),
        })
        .collect();
    Previews { made, probe: previews.probe, findings }
}

async fn of_film(film: film::FilmPreviews, into: &Path) -> Outcome<Previews> {
    let mut previews = of_picture(film.poster);
    // The film's own size stands; that of its poster is the proxy's.
    (previews.probe.width_px, previews.probe.height_px) = (None, None);
    previews.findings.splice(0..0, film.findings);
    previews.made.extend(film.proxy.map(|path| Made { recipe: Recipe::Proxy540, path, size: None }));
    previews.made.extend(film.filmstrip.map(|strip| Made {
        recipe: Recipe::Filmstrip,
        path: strip.path,
        size: Some((strip.frame_width_px.saturating_mul(strip.frames), strip.frame_height_px)),
    }));
    previews.made.extend(peaks_file(film.peaks, into).await?);
    Ok(previews)
}

async fn of_sound(sound: sound::SoundPreviews, into: &Path) -> Outcome<Previews> {
    let mut previews = of_picture(sound.cover.unwrap_or_default());
    (previews.probe.width_px, previews.probe.height_px) = (None, None);
    previews.findings.splice(0..0, sound.findings);
    previews.made.extend(peaks_file(sound.peaks, into).await?);
    Ok(previews)
}

async fn peaks_file(peaks: Option<sound::Peaks>, into: &Path) -> Outcome<Option<Made>> {
    let Some(peaks) = peaks else { return Ok(None) };
    let json = serde_json::to_vec(&peaks).map_err(Trouble::fault("write peaks as JSON"))?;
    let path = into.join("peaks.json");
    tokio::fs::write(&path, json).await.map_err(Trouble::fault("write peaks"))?;
    Ok(Some(Made { recipe: Recipe::Peaks, path, size: None }))
}

/// Moves what was made to its place in the store, before the catalog knows of it.
async fn shelve(damask: &Damask, version: VersionId, made: Vec<Made>) -> Outcome<Vec<renditions::Rendition>> {
    let (store, now) = (damask.store().clone(), damask.now());
    off_thread(move || {
        made.into_iter()
            .map(|made| {
                let key = RenditionKey::of(version, made.recipe);
                let bytes = store.put_rendition(key.0, made.recipe.extension(), &made.path)?;
                Ok(renditions::Rendition {
                    key: key.text(),
                    version,
                    recipe: made.recipe,
                    bytes,
                    width_px: made.size.map(|(width, _)| width),
                    height_px: made.size.map(|(_, height)| height),
                    made: now,
                    used: now,
                })
            })
            .collect()
    })
    .await
}

async fn keep(
    damask: &Damask,
    lease: &Lease,
    passage: Passage,
    rows: Vec<renditions::Rendition>,
    learnt: Probe,
    found: Vec<Finding>,
) -> Outcome<()> {
    let lease = lease.clone();
    let here = damask.clone();
    let written = damask
        .catalog()
        .write(urgency_of(passage.lane), async move |tx: &mut Tx| {
            let id = passage.version;
            let Some(record) = versions::by_id(tx.conn(), id).await? else {
                return Err(Trouble::missing("version", id));
            };
            if let Some(mut freed) = aside::minded(&here, tx, &passage, &record, &found).await? {
                freed.extend(rows.iter().map(store_key).collect::<Outcome<Vec<_>>>()?);
                lease.complete(tx).await?;
                return Ok(freed);
            }
            let fact = FactId::fresh();
            let probe = together(record.probe, &learnt);
            renditions::put(tx, &rows).await?;
            if !found.is_empty() || record.previewed.is_some() {
                findings::put(tx, id, STAGE, &found, fact).await?;
            }
            versions::set_previewed(tx, id, &probe, fact).await?;
            set_measured(tx, record.version.asset, id, &probe, fact).await?;
            let mut after = passage.to_json();
            after["renditions"] = json!(rows.iter().map(|row| row.recipe).collect::<Vec<_>>());
            let (actor, subjects) = (Caller::damask().actor, vec![record.version.asset.0]);
            let change = Change::added(after);
            tx.state(NewFact { id: fact, actor, verb: Verb::VersionPreviewed, subjects, change });
            lease.complete(tx).await?;
            Ok(Vec::new())
        })
        .await?;
    frees::free(damask, written.value).await;
    Ok(())
}

/// The probe with what a decoder measured over what a header said.
fn together(mut probe: Probe, learnt: &Probe) -> Probe {
    probe.width_px = learnt.width_px.or(probe.width_px);
    probe.height_px = learnt.height_px.or(probe.height_px);
    probe.orientation = learnt.orientation.or(probe.orientation);
    probe.colour_profile = learnt.colour_profile.clone().or(probe.colour_profile);
    probe.page_count = learnt.page_count.or(probe.page_count);
    probe.placeholder.clone_from(&learnt.placeholder);
    probe.colours.clone_from(&learnt.colours);
    probe.perceptual_hash.clone_from(&learnt.perceptual_hash);
    probe
}

/// Puts what was measured only now into the asset's values, where the version is the one people get.
async fn set_measured(
    tx: &mut Tx,
    id: damask_model::AssetId,
    version: VersionId,
    probe: &Probe,
    fact: FactId,
) -> Outcome<()> {
    let Some(asset) = assets::by_id(tx.conn(), id).await? else { return Err(Trouble::missing("asset", id)) };
    if asset.current_version != version {
        return Ok(());
    }
    let (mut document, at) = (asset.document.clone(), tx.now());
    for (field, values) in measured(probe) {
        let same = document.values(field.as_str()).eq(values.iter());
        if !same && document.entries(field.as_str()).iter().all(|entry| entry.origin == Origin::Measured) {
            let entry = |value| Entry { value, origin: Origin::Measured, at, by: None };
            document.set(field, values.into_iter().map(entry).collect());
        }
    }
    if document == asset.document {
        assets::touch(tx, id, fact).await?;
    } else {
        assets::set_document(tx, id, &document, asset.last_fact, fact).await?;
    }
    Ok(())
}
