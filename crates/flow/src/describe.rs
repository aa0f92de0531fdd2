//! Describe: reads what a version's bytes say of themselves, and keeps it in one transaction.
//!
//! Embedded tags by the resident exiftool, technical facts by the decoder of the kind, text of documents,
//! the essence hash. What cannot be read is a finding; the stage itself fails only by our own fault.

pub mod merge;
mod plain_text;
mod size;

use std::io;

use damask_catalog::{Tx, assets, embedded, files, findings, page_text, versions};
use damask_media::{film, page};
use damask_metadata::{
    Tags, ape_tags, as_displayed, describe as map, dsf_length_us, essence_hash, id3_tags, iim_tags, measured,
    mpeg_audio_length_us, packed_metadata, said_by_header,
};
use damask_model::{
    AssetKind, Change, ContentHash, Document, EssenceHash, FactId, Finding, FindingCode, NewFact, Verb,
    probe::Probe,
};
use damask_store::StoreKey;
use serde_json::json;

use crate::{
    caller::Caller,
    damask::{Damask, off_thread},
    describe::merge::{Reading, merged},
    frees,
    ingest::aside,
    pipeline::Passage,
    trouble::{Outcome, Trouble},
    urgency::urgency_of,
    workers::Lease,
};

/// The stage's name where findings are kept.
pub const STAGE: &str = "describe";

/// A type that has no place for metadata: asking for it would be most of what such a file costs.
const BARE_TEXT: &str = "text/plain";

/// What was read of a version.
struct Read {
    tags: Tags,
    probe: Probe,
    pages: Vec<(u32, String)>,
    essence: Option<EssenceHash>,
}

/// Describes the version a job is about.
pub async fn version(damask: &Damask, lease: &Lease) -> Outcome<()> {
    let passage = lease.passage()?;
    let record = {
        let mut conn = damask.catalog().read().await?;
        versions::by_id(&mut conn, passage.version).await?
    };
    let record = record.ok_or_else(|| Trouble::missing("version", passage.version))?;
    let read = read(damask, &passage, &record).await?;
    keep(damask, lease, passage, record, read).await
}

async fn read(damask: &Damask, passage: &Passage, record: &versions::Record) -> Outcome<Read> {
    let hash = record.version.primary;
    let lent = {
        let store = damask.store().clone();
        off_thread(move || store.lend(&StoreKey::Blob(hash))).await?
    };
    let path = lent.path();
    let media_type = record.media_type.clone();
    let essence = {
        let (store, media_type) = (damask.store().clone(), media_type.clone());
        off_thread(move || {
            let file = store.open_long(&StoreKey::Blob(hash))?;
            essence_hash(&file, &media_type).map_err(Trouble::fault("read the essence of a file"))
        })
        .await?
    };
    if record.bytes == 0 {
        let findings = vec![Finding::new(FindingCode::Empty, "the file has no bytes")];
        let probe = Probe { findings, ..Probe::default() };
        return Ok(Read { tags: Tags::default(), probe, pages: Vec::new(), essence });
    }
    let (mut tags, tag_findings) =
        if media_type == BARE_TEXT { Default::default() } else { tags(damask, path).await? };
    if passage.kind == AssetKind::Image {
        add_unread(damask, hash, &mut tags).await?;
    }
    let (mut probe, pages) = technical(damask, passage.kind, &media_type, path, &tags).await?;
    if passage.kind == AssetKind::Audio {
        let (store, is_mpeg) = (damask.store().clone(), media_type == "audio/mpeg");
        let (id3, ape, counted_us) = off_thread(move || {
            let file = store.open_bytes(&StoreKey::Blob(hash))?;
            let counted = || if is_mpeg { mpeg_audio_length_us(&file) } else { dsf_length_us(&file) };
            let read = || io::Result::Ok((id3_tags(&file)?, ape_tags(&file)?, counted()?));
            read().map_err(Trouble::fault("read what stands around a sound"))
        })
        .await?;
        if tags.list.iter().all(|tag| tag.family() != "APE") {
            tags.list.extend(ape);
        }
        tags.list.extend(id3);
        probe.duration_us = counted_us.or(probe.duration_us);
    }
    let odd_name = {
        let (store, name) = (damask.store().clone(), record.name.clone());
        off_thread(move || {
            let file = store.open_bytes(&StoreKey::Blob(hash))?;
            damask_metadata::identify(&file, &name).map_err(Trouble::fault("look at the type of a file"))
        })
        .await?
        .findings
    };
    probe.findings.splice(0..0, odd_name.into_iter().chain(tag_findings));
    Ok(Read { tags, probe, pages, essence })
}

/// Adds the tags of a picture that exiftool does not find in it by itself.
async fn add_unread(damask: &Damask, hash: ContentHash, tags: &mut Tags) -> Outcome<()> {
    let (store, known) = (damask.store().clone(), std::mem::take(tags));
    let (mut known, packed) = off_thread(move || {
        let file = store.open_bytes(&StoreKey::Blob(hash))?;
        let read = |mut known: Tags| {
            let unread = iim_tags(&file, &known)?;
            let packed = packed_metadata(&file, &known)?;
            known.list.extend(unread);
            io::Result::Ok((known, packed))
        };
        read(known).map_err(Trouble::fault("look for metadata of a picture"))
    })
    .await?;
    if let Some(packed) = packed {
        let reading = damask.exiftool().read_bytes(packed).await?;
        let inner = Tags::from_exiftool(&reading.text).unwrap_or_default();
        known.list.extend(
            inner.list.into_iter().filter(|tag| matches!(tag.family(), "EXIF" | "XMP" | "MakerNotes")),
        );
    }
    *tags = known;
    Ok(())
}

async fn tags(damask: &Damask, path: &std::path::Path) -> Outcome<(Tags, Vec<Finding>)> {
    let reading = damask.exiftool().read(path).await?;
    if reading.text.is_empty() {
        return Ok((Tags::default(), reading.findings));
    }
    match Tags::from_exiftool(&reading.text) {
        Ok(tags) => {
            let findings = tags.findings();
            Ok((tags, findings))
        }
        Err(error) => {
            let finding = Finding::new(FindingCode::MetadataDamaged, error.to_string());
            Ok((Tags::default(), vec![finding]))
        }
    }
}

/// Technical facts and text, by the decoder of the kind.
async fn technical(
    damask: &Damask,
    kind: AssetKind,
    media_type: &str,
    path: &std::path::Path,
    tags: &Tags,
) -> Outcome<(Probe, Vec<(u32, String)>)> {
    match kind {
        AssetKind::Image => Ok((size::of_picture(tags), Vec::new())),
        AssetKind::Video | AssetKind::Audio => {
            let mut probe = film::probe(damask.glass(), path).await?;
            as_displayed(tags, &mut probe);
            Ok((probe, Vec::new()))
        }
        _ if media_type == "application/pdf" => {
            let document = page::probe(damask.glass(), path).await?;
            let text = page::text(damask.glass(), path).await?;
            let findings = document.findings.into_iter().chain(text.findings).collect();
            let probe = Probe { page_count: document.page_count, findings, ..Probe::default() };
            Ok((probe, numbered(text.pages, damask.limits().text_bytes_max)))
        }
        _ if plain_text::is_text(media_type) => {
            let (path, bytes_max) = (path.to_path_buf(), damask.limits().text_bytes_max);
            let text = off_thread(move || plain_text::read(&path, bytes_max)).await;
            let text = text.map_err(Trouble::fault("read a text"))?;
            Ok((Probe::default(), vec![(1, text)]))
        }
        // A picture of a type that no decoder here knows: its header says how large it is.
        AssetKind::Other => Ok((size::of_picture(tags), Vec::new())),
        _ => Ok((Probe::default(), Vec::new())),
    }
}

/// Pages with their numbers, until their text is as long as is kept.
fn numbered(pages: Vec<String>, bytes_max: usize) -> Vec<(u32, String)> {
    let mut left = bytes_max;
    let mut kept = Vec::new();
    for (number, text) in (1_u32..).zip(pages) {
        if text.len() > left {
            break;
        }
        left -= text.len();
        if !text.trim().is_empty() {
            kept.push((number, text));
        }
    }
    kept
}

async fn keep(
    damask: &Damask,
    lease: &Lease,
    passage: Passage,
    record: versions::Record,
    read: Read,
) -> Outcome<()> {
    let lease = lease.clone();
    let tags = embedded::Embedded {
        file: record.version.primary,
        reader: "exiftool".to_owned(),
        tags: serde_json::to_value(&read.tags).map_err(Trouble::fault("write tags as JSON"))?,
    };
    let described = map(&read.tags, passage.kind);
    let mut measured = measured(&read.probe);
    measured.extend(said_by_header(&read.tags, passage.kind, &read.probe));
    let reading = Reading { described, measured };
    let here = damask.clone();
    let written = damask
        .catalog()
        .write(urgency_of(passage.lane), async move |tx: &mut Tx| {
            if record.described.is_none()
                && let Some(freed) = aside::minded(&here, tx, &passage, &record, &read.probe.findings).await?
            {
                lease.complete(tx).await?;
                return Ok(freed);
            }
            let fact = FactId::fresh();
            let version = record.version.id;
            if !read.tags.list.is_empty() {
                embedded::put(tx, std::slice::from_ref(&tags), fact).await?;
            }
            if let Some(essence) = read.essence {
                files::set_essence(tx, record.version.primary, essence, fact).await?;
            }
            // Tables that hold nothing of a version are not written to hold nothing again.
            if !read.pages.is_empty() || record.described.is_some() {
                page_text::put(tx, version, &read.pages, fact).await?;
            }
            if !read.probe.findings.is_empty() || record.described.is_some() {
                findings::put(tx, version, STAGE, &read.probe.findings, fact).await?;
            }
            versions::set_described(tx, version, &read.probe, fact).await?;
            let change = set_values(tx, &record, &reading, &passage, fact).await?;
            let subjects = vec![record.version.asset.0];
            let actor = Caller::damask().actor;
            tx.state(NewFact { id: fact, actor, verb: Verb::VersionDescribed, subjects, change });
            lease.complete(tx).await?;
            Ok::<_, Trouble>(Vec::new())
        })
        .await?;
    frees::free(damask, written.value).await;
    Ok(())
}

/// Puts the reading into the asset's document, where the version is the one people get.
async fn set_values(
    tx: &mut Tx,
    record: &versions::Record,
    reading: &Reading,
    passage: &Passage,
    fact: FactId,
) -> Outcome<Change> {
    let mut after = passage.to_json();
    let Some(asset) = assets::by_id(tx.conn(), record.version.asset).await? else {
        return Err(Trouble::missing("asset", record.version.asset));
    };
    if asset.current_version != record.version.id {
        return Ok(Change::added(after));
    }
    let document: Document = merged(&asset.document, reading.clone(), tx.now());
    after["fields"] = json!(document);
    let before = if asset.document.fields.is_empty() {
        serde_json::Value::Null
    } else {
        json!({ "fields": asset.document })
    };
    assets::set_document(tx, asset.id, &document, asset.last_fact, fact).await?;
    Ok(Change { before, after })
}
