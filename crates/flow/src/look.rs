//! Looking at one asset: all that is known of it, its tags, text and history; and at folders.

use damask_catalog::{embedded, findings, folders, journal, locations, page_text, renditions, versions};
use damask_metadata::{Tag, Tags};
use damask_model::{AssetId, AssetKind, Finding, FindingCode, FolderId, Seq};

use crate::{
    caller::Caller,
    damask::Damask,
    names::Names,
    see,
    summary::summary_of,
    trouble::{Outcome, Trouble},
    view::{AssetWhole, FactView, FolderView, VersionView},
};

/// Versions, locations and findings shown on a page; there are rarely more than a few, and where there are it
/// is said.
const SHOWN_MAX: u32 = 200;
/// Facts on a page of history.
const HISTORY_MAX: u32 = 200;

/// All that a page shows of an asset.
pub async fn asset(damask: &Damask, caller: &Caller, id: AssetId) -> Outcome<AssetWhole> {
    let record = see::asset(damask, caller, id).await?;
    let mut conn = damask.catalog().read().await?;
    let version = record.asset.current_version;
    let folder = match record.asset.folder {
        Some(folder) => Some((folder, folders::path_of(&mut conn, folder).await?.join("/"))),
        None => None,
    };
    let (limit, mut more) = (SHOWN_MAX + 1, false);
    let versions = shown(versions::of_asset(&mut conn, id, limit).await?, &mut more);
    let places = shown(locations::of_asset(&mut conn, id, record.file, limit).await?, &mut more);
    let found = shown(findings::of_version(&mut conn, version, limit).await?, &mut more);
    let streams = match record.asset.kind {
        AssetKind::Video | AssetKind::Audio => renditions::streams_of(&mut conn, version).await?,
        _ => Vec::new(),
    };
    let checkout = match record.asset.checkout.clone() {
        Some(checkout) => {
            let name = Names::default().of(&mut conn, checkout.by).await?;
            Some((checkout, name))
        }
        None => None,
    };
    let kept_s = damask.limits().trash_kept_s;
    let purge_at = record.asset.trashed.zip(kept_s).map(|(trashed, kept_s)| trashed.plus_seconds(kept_s));
    let has_text = !page_text::of_version(&mut conn, version, 0, 1).await?.is_empty();
    Ok(AssetWhole {
        summary: summary_of(&record),
        folder,
        checkout,
        purge_at,
        findings: findings_of(&found),
        versions: versions.into_iter().map(version_view).collect(),
        locations: places.into_iter().map(|location| (location.place, location.path)).collect(),
        hash: record.file,
        essence_hash: record.essence_hash,
        renditions: streams.into_iter().map(|rendition| rendition.recipe).collect(),
        has_text,
        more,
        etag: record.asset.last_fact,
        changed: record.asset.changed,
        document: record.asset.document,
        probe: record.probe,
    })
}

/// As many as are shown; says where there are more.
fn shown<T>(mut all: Vec<T>, more: &mut bool) -> Vec<T> {
    *more |= all.len() > SHOWN_MAX as usize;
    all.truncate(SHOWN_MAX as usize);
    all
}

/// Each once: several stages may meet the same.
fn findings_of(records: &[findings::Record]) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for record in records {
        let Some(code) = FindingCode::parse(&record.code) else { continue };
        let finding = Finding::new(code, record.detail.clone());
        if !found.contains(&finding) {
            found.push(finding);
        }
    }
    found
}

pub(crate) fn version_view(record: versions::Record) -> VersionView {
    VersionView {
        id: record.version.id,
        number: record.version.number,
        bytes: record.bytes,
        media_type: record.media_type,
        created: record.version.created,
        hash: record.version.primary,
        name: record.name,
    }
}

/// All tags embedded in the primary file, raw.
pub async fn tags(damask: &Damask, caller: &Caller, id: AssetId) -> Outcome<Vec<Tag>> {
    let record = see::asset(damask, caller, id).await?;
    let mut conn = damask.catalog().read().await?;
    let Some(embedded) = embedded::of_file(&mut conn, record.file).await? else { return Ok(Vec::new()) };
    let tags: Tags = serde_json::from_value(embedded.tags).map_err(Trouble::fault("read kept tags"))?;
    Ok(tags.list)
}

/// Text of up to `limit` pages after the page `after`; pages without text are left out.
pub async fn text(
    damask: &Damask,
    caller: &Caller,
    id: AssetId,
    after: u32,
    limit: u32,
) -> Outcome<Vec<(u32, String)>> {
    let record = see::asset(damask, caller, id).await?;
    let mut conn = damask.catalog().read().await?;
    let pages = page_text::of_version(&mut conn, record.asset.current_version, after, limit).await?;
    Ok(pages.into_iter().map(|text| (text.page, text.text)).collect())
}

/// Text of one page, from 1; `None` where it has none.
pub async fn text_of_page(
    damask: &Damask,
    caller: &Caller,
    id: AssetId,
    page: u32,
) -> Outcome<Option<String>> {
    let pages = text(damask, caller, id, page.saturating_sub(1), 1).await?;
    Ok(pages.into_iter().find(|(number, _)| *number == page).map(|(_, text)| text))
}

/// What happened to an asset, the newest first, before the fact `before`.
pub async fn history(
    damask: &Damask,
    caller: &Caller,
    id: AssetId,
    before: Option<Seq>,
    limit: u32,
) -> Outcome<Vec<FactView>> {
    see::asset(damask, caller, id).await?;
    let mut conn = damask.catalog().read().await?;
    let facts = journal::of_subject(&mut conn, id.0, before, limit.min(HISTORY_MAX)).await?;
    let mut views = Vec::with_capacity(facts.len());
    let mut names = Names::default();
    for fact in facts {
        let actor = fact.header.actor;
        views.push(FactView {
            seq: fact.header.seq,
            at: fact.header.at,
            verb: fact.header.verb,
            actor,
            actor_name: names.of(&mut conn, actor).await?,
            change: fact.change,
        });
    }
    Ok(views)
}

/// Up to `limit` folders in `parent`, or in the root, by name, after the folder `after`. Only callers who see
/// everything are shown the tree: a folder's name may say what its assets would not.
pub async fn folders(
    damask: &Damask,
    caller: &Caller,
    parent: Option<FolderId>,
    after: Option<FolderId>,
    limit: u32,
) -> Outcome<Vec<FolderView>> {
    if !caller.sees_all() {
        return Ok(Vec::new());
    }
    let mut conn = damask.catalog().read().await?;
    let above = match parent {
        Some(parent) => {
            let path = folders::path_of(&mut conn, parent).await?;
            if path.is_empty() {
                return Err(Trouble::missing("folder", parent));
            }
            format!("{}/", path.join("/"))
        }
        None => String::new(),
    };
    let after = match after {
        Some(after) => {
            let last = folders::by_id(&mut conn, after).await?.filter(|folder| folder.parent == parent);
            let gone = || Trouble::mistake("bad-cursor", "the folder after which to go on is gone");
            Some(last.ok_or_else(|| gone().hint("begin again without `after`"))?.name)
        }
        None => None,
    };
    let children = folders::children(&mut conn, parent, after.as_deref(), limit).await?;
    Ok(children
        .into_iter()
        .map(|folder| FolderView {
            id: folder.id,
            path: format!("{above}{}", folder.name),
            name: folder.name,
        })
        .collect())
}
