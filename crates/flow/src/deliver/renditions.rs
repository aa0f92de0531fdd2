//! Renditions by recipe: served when made, else made once, however many ask, from the nearest source.
//!
//! The source of a picture is the smallest rung that is large enough, else the original. Proxies,
//! filmstrips and peaks are made by the preview stage alone.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use damask_catalog::{
    Tx, Urgency, jobs,
    renditions::{self, Rendition as Row},
    versions,
};
use damask_media::{page, picture};
use damask_metadata::identify::types;
use damask_model::{AssetKind, Fit, Recipe, VersionId, job::Lane, recipe::PictureRecipe};
use damask_store::{Lent, StoreError, StoreKey, Stored};

use super::key::RenditionKey;
use crate::{
    caller::Caller,
    damask::{Damask, off_thread},
    frees,
    pipeline::{Passage, Stage, has_previews},
    see, stages,
    trouble::{Outcome, Trouble},
};

/// Seconds after which asking again for a preview makes sense.
const RETRY_AFTER_S: u32 = 2;

/// A rendition, open for reading.
#[derive(Debug)]
pub struct Rendition {
    /// Its bytes.
    pub file: Stored,
    /// How many.
    pub bytes: u64,
    /// How it was made.
    pub recipe: Recipe,
    /// Names its content: a strong ETag.
    pub key: String,
    /// A name to save it under.
    pub name: String,
}

/// Who makes what at this moment: one maker a rendition in this process.
#[derive(Debug, Default)]
pub struct Makers {
    at_work: Mutex<HashMap<RenditionKey, Arc<tokio::sync::Mutex<()>>>>,
}

impl Makers {
    fn of(&self, key: RenditionKey) -> Arc<tokio::sync::Mutex<()>> {
        let mut at_work = self.at_work.lock().expect("no one panics while holding it");
        Arc::clone(at_work.entry(key).or_default())
    }

    fn done(&self, key: RenditionKey) {
        let mut at_work = self.at_work.lock().expect("no one panics while holding it");
        // Two are this function's and the map's own; more wait for it still.
        if at_work.get(&key).is_some_and(|maker| Arc::strong_count(maker) <= 2) {
            at_work.remove(&key);
        }
    }
}

/// The rendition of `version` by `recipe`, made now where it is not there yet.
pub async fn get(damask: &Damask, caller: &Caller, version: VersionId, recipe: Recipe) -> Outcome<Rendition> {
    let wanted = Wanted::find(damask, caller, version, recipe).await?;
    if let Some(rendition) = wanted.open(damask).await? {
        return Ok(rendition);
    }
    let maker = damask.makers().of(wanted.key);
    let made = {
        let _one_at_a_time = maker.lock().await;
        match wanted.open(damask).await {
            Ok(Some(rendition)) => Ok(rendition),
            Ok(None) => wanted.make(damask).await,
            Err(trouble) => Err(trouble),
        }
    };
    damask.makers().done(wanted.key);
    made
}

struct Wanted {
    record: versions::Record,
    kind: AssetKind,
    recipe: Recipe,
    key: RenditionKey,
    name: String,
}

impl Wanted {
    async fn find(damask: &Damask, caller: &Caller, version: VersionId, recipe: Recipe) -> Outcome<Self> {
        let record = {
            let mut conn = damask.catalog().read().await?;
            versions::by_id(&mut conn, version).await?
        };
        let record = record.ok_or_else(|| Trouble::missing("version", version))?;
        let asset = see::asset(damask, caller, record.version.asset)
            .await
            .map_err(|trouble| hidden(trouble, version))?
            .asset;
        // Another version of the same asset may be of another kind.
        let kind = types::by_media_type(&record.media_type).map_or(asset.kind, |known| known.kind);
        let stem = asset.name.rsplit_once('.').map_or(asset.name.as_str(), |(stem, _)| stem);
        let name = format!("{stem} {recipe}");
        Ok(Self { record, kind, recipe, key: RenditionKey::of(version, recipe), name })
    }

    /// The rendition itself, or the rung that has the same pixels.
    async fn open(&self, damask: &Damask) -> Outcome<Option<Rendition>> {
        let row = {
            let mut conn = damask.catalog().read().await?;
            match renditions::by_key(&mut conn, &self.key.text()).await? {
                Some(row) => Some(row),
                None => self.same_pixels(&mut conn).await?,
            }
        };
        let Some(row) = row else { return Ok(None) };
        let key = store_key(&row)?;
        let (store, bytes) = (damask.store().clone(), row.bytes);
        match off_thread(move || store.open_sized(&key, bytes)).await {
            Ok(file) => Ok(Some(Rendition {
                file,
                bytes,
                recipe: self.recipe,
                key: row.key,
                name: self.name.clone(),
            })),
            // Renditions may be evicted, or cut short by a crash: they are made again.
            Err(StoreError::Missing { .. } | StoreError::WrongLength { .. } | StoreError::Broken { .. }) => {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Of a small picture the ladder has no large rungs; its largest is the whole picture already.
    async fn same_pixels(&self, conn: &mut damask_catalog::Conn) -> Outcome<Option<Row>> {
        let is_rung = Recipe::LADDER_PX.iter().any(|side_px| self.recipe == Recipe::rung(*side_px));
        if !is_rung {
            return Ok(None);
        }
        let rungs = rungs(renditions::of_version(conn, self.record.version.id, 1_000).await?);
        Ok(rungs.into_iter().next_back().filter(|(side_px, row)| longest(row) < *side_px).map(|(_, row)| row))
    }

    async fn make(&self, damask: &Damask) -> Outcome<Rendition> {
        let Recipe::Picture(picture) = self.recipe else { return Err(self.not_made(damask).await?) };
        let store = damask.store().clone();
        let scratch = off_thread(move || store.scratch()).await?;
        let source = self.source(damask, &picture, scratch.path()).await?;
        let target = scratch.path().join("target");
        let recipe = PictureRecipe { page: source.page, ..picture };
        let rendered = picture::render(damask.glass(), source.path.path(), &recipe, &target).await?;
        let Some(made) = rendered.made else {
            let why = rendered.findings.first().map_or("it cannot be decoded", |finding| &finding.detail);
            return Err(Trouble::mistake("not-renderable", format!("{} cannot be drawn: {why}", self.name)));
        };
        let (key, extension, store) = (self.key, self.recipe.extension(), damask.store().clone());
        let bytes = off_thread(move || store.put_rendition(key.0, extension, &target)).await?;
        let now = damask.now();
        let row = Row {
            key: self.key.text(),
            version: self.record.version.id,
            recipe: self.recipe,
            bytes,
            width_px: Some(made.width_px),
            height_px: Some(made.height_px),
            made: now,
            used: now,
        };
        keep(damask, row).await?;
        self.open(damask).await?.ok_or_else(|| {
            Trouble::fault("open a rendition that was just made")(format!("{} is gone", self.key.text()))
        })
    }

    /// What the picture is drawn from.
    async fn source(
        &self,
        damask: &Damask,
        recipe: &PictureRecipe,
        scratch: &std::path::Path,
    ) -> Outcome<Drawn> {
        let is_pdf = self.record.media_type == "application/pdf";
        if recipe.page == 1
            && let Some(path) = self.rung_for(damask, recipe).await?
        {
            return Ok(Drawn { path: DrawnFrom::Stored(path), page: 1 });
        }
        if !is_pdf && self.kind != AssetKind::Image {
            return Err(self.not_made(damask).await?);
        }
        let (store, key) = (damask.store().clone(), StoreKey::Blob(self.record.version.primary));
        let original = off_thread(move || store.lend(&key)).await?;
        if is_pdf {
            let drawn = scratch.join("page.png");
            let side_px = recipe.width_px.max(recipe.height_px);
            let finding =
                page::render_page(damask.glass(), original.path(), recipe.page, side_px, &drawn).await?;
            if let Some(finding) = finding {
                return Err(Trouble::missing("page", format!("{} ({})", recipe.page, finding.detail)));
            }
            return Ok(Drawn { path: DrawnFrom::Scratch(drawn), page: 1 });
        }
        Ok(Drawn { path: DrawnFrom::Stored(original), page: recipe.page })
    }

    /// The smallest rung that need not be enlarged. A rung that holds the whole picture always will do.
    async fn rung_for(&self, damask: &Damask, recipe: &PictureRecipe) -> Outcome<Option<Lent>> {
        let rows = {
            let mut conn = damask.catalog().read().await?;
            renditions::of_version(&mut conn, self.record.version.id, 1_000).await?
        };
        let rungs = rungs(rows);
        let largest = rungs.last().map(|(side_px, _)| *side_px);
        let fits = |side_px: u32, row: &Row| {
            let (width, height) = (row.width_px.unwrap_or(0), row.height_px.unwrap_or(0));
            let is_whole = longest(row) < side_px;
            // A poster or cover has no larger source than its largest rung.
            let is_last = Some(side_px) == largest && self.kind != AssetKind::Image && !self.is_pdf();
            is_whole
                || is_last
                || match recipe.fit {
                    Fit::Crop => width >= recipe.width_px && height >= recipe.height_px,
                    Fit::Box | Fit::Fit => width >= recipe.width_px || height >= recipe.height_px,
                }
        };
        let Some((_, row)) = rungs.into_iter().find(|(side_px, row)| fits(*side_px, row)) else {
            return Ok(None);
        };
        let key = store_key(&row)?;
        let (store, bytes) = (damask.store().clone(), row.bytes);
        Ok(off_thread(move || {
            store.open_sized(&key, bytes)?;
            store.lend(&key)
        })
        .await
        .ok())
    }

    fn is_pdf(&self) -> bool {
        self.record.media_type == "application/pdf"
    }

    /// What to answer where only the preview stage can make it: that it is on its way, or that there is none.
    async fn not_made(&self, damask: &Damask) -> Outcome<Trouble> {
        let was_there = {
            let mut conn = damask.catalog().read().await?;
            renditions::by_key(&mut conn, &self.key.text()).await?.is_some()
        };
        let hopeless = self.record.failed || (self.record.previewed.is_some() && !was_there);
        if hopeless || !self.may_be() {
            let why = if self.may_be() { "it could not be made".to_owned() } else { self.none_for_kind() };
            let of = format!("{} of {}: {why}", self.recipe, self.record.version.id);
            return Ok(Trouble::missing("rendition", of));
        }
        self.hurry(damask).await?;
        Ok(Trouble::NotYet { what: self.name.clone(), retry_after_s: RETRY_AFTER_S })
    }

    /// Whether the preview stage makes such a rendition of such a file at all.
    fn may_be(&self) -> bool {
        match (self.recipe, self.kind) {
            (Recipe::Proxy540 | Recipe::Filmstrip, kind) => kind == AssetKind::Video,
            (Recipe::Peaks, kind) => matches!(kind, AssetKind::Video | AssetKind::Audio),
            (Recipe::Picture(_), AssetKind::Document) => self.is_pdf(),
            // A film has a poster and a sound may have a cover; neither has pages.
            (Recipe::Picture(recipe), AssetKind::Video | AssetKind::Audio) => recipe.page == 1,
            (Recipe::Picture(_), kind) => has_previews(kind),
        }
    }

    fn none_for_kind(&self) -> String {
        format!("there is none for this kind, {} ({})", self.kind.name(), self.record.media_type)
    }

    /// Someone looks: what leads to the preview goes before everything that nobody waits for.
    async fn hurry(&self, damask: &Damask) -> Outcome<()> {
        let version = self.record.version.id;
        let stage = if self.record.described.is_none() { Stage::Describe } else { Stage::Preview };
        let passage =
            Passage { version, kind: self.kind, lane: Lane::Interactive, previews: true, admitted: true };
        let job = stages::job(stage, &passage, damask.now());
        damask
            .catalog()
            .write(Urgency::Interactive, async move |tx: &mut Tx| {
                // An import that left previews for later has no job of them; any other has one that waits.
                if jobs::add(tx, std::slice::from_ref(&job)).await? == 0
                    && let Some(key) = &job.key
                {
                    jobs::hasten(tx, key, Lane::Interactive).await?;
                }
                Ok::<_, Trouble>(())
            })
            .await?;
        Ok(())
    }
}

struct Drawn {
    path: DrawnFrom,
    page: u32,
}

/// Held for as long as it is drawn from.
enum DrawnFrom {
    Stored(Lent),
    Scratch(PathBuf),
}

impl DrawnFrom {
    fn path(&self) -> &Path {
        match self {
            Self::Stored(lent) => lent.path(),
            Self::Scratch(path) => path,
        }
    }
}

/// The rungs among renditions with their sides, the smallest first.
fn rungs(rows: Vec<Row>) -> Vec<(u32, Row)> {
    let mut rungs: Vec<(u32, Row)> = rows
        .into_iter()
        .filter_map(|row| {
            let side_px =
                Recipe::LADDER_PX.into_iter().find(|side_px| row.recipe == Recipe::rung(*side_px))?;
            Some((side_px, row))
        })
        .collect();
    rungs.sort_by_key(|(side_px, _)| *side_px);
    rungs
}

fn longest(row: &Row) -> u32 {
    row.width_px.unwrap_or(0).max(row.height_px.unwrap_or(0))
}

/// Keeps that a rendition was made. Where its version was purged meanwhile, its bytes go too.
async fn keep(damask: &Damask, row: Row) -> Outcome<()> {
    let keys = vec![store_key(&row)?];
    let written = damask
        .catalog()
        .write(Urgency::Interactive, async move |tx: &mut Tx| {
            if versions::by_id(tx.conn(), row.version).await?.is_none() {
                return Err(Trouble::missing("version", row.version));
            }
            Ok::<_, Trouble>(renditions::put(tx, std::slice::from_ref(&row)).await?)
        })
        .await;
    gone_with_its_version(damask, keys, written.map(|_| ())).await
}

/// Removes bytes that were made of a version that is not there any more.
pub(crate) async fn gone_with_its_version<T>(
    damask: &Damask,
    keys: Vec<StoreKey>,
    kept: Outcome<T>,
) -> Outcome<T> {
    if let Err(Trouble::Missing { noun: "version", .. }) = &kept {
        frees::free(damask, keys).await;
    }
    kept
}

/// Where the bytes of a rendition lie.
pub(crate) fn store_key(row: &Row) -> Outcome<StoreKey> {
    Ok(StoreKey::Rendition { key: digest(&row.key)?, extension: row.recipe.extension() })
}

fn digest(key: &str) -> Outcome<[u8; 32]> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(key, &mut bytes).map_err(Trouble::fault("read the key of a rendition"))?;
    Ok(bytes)
}

/// Who may not see an asset learns nothing of its versions either.
fn hidden(trouble: Trouble, version: VersionId) -> Trouble {
    match trouble {
        Trouble::Missing { .. } => Trouble::missing("version", version),
        other => other,
    }
}
