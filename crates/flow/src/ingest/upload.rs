//! Resumable uploads: a file in pieces, over connections that break, to a server that may be killed.
//!
//! The store knows how many bytes are durable; the catalog knows who sends what and what became of it. The
//! protocol itself (tus) is the face's.

use std::io;

use bytes::Bytes;
use damask_catalog::{
    Tx, Urgency,
    uploads::{self, Upload, UploadState as Stand},
};
use damask_model::{AssetId, UploadId, job::Lane};
use damask_store::{Appending, Keep, StoreError};
use damask_time::Instant;
use futures::Stream;
use serde_json::{Value as Json, json};

use super::{
    arrival::{Arrival, ArrivalOutcome},
    path::HomePath,
    pour::{Poured, Sink, pour},
    receive::{self, Landed, Source},
};
use crate::{
    caller::{Caller, Permission},
    damask::{Damask, off_thread},
    trouble::{Outcome, Trouble},
};

/// Pairs of metadata an upload may have, and their bytes in all.
const METADATA_PAIRS_MAX: usize = 32;
const METADATA_BYTES_MAX: usize = 16 << 10;
/// Expired uploads removed in one sweep.
const SWEPT_AT_ONCE: u32 = 500;

/// An upload to be begun.
#[derive(Clone, Debug)]
pub struct NewUpload {
    /// Its whole length, where the sender knows it.
    pub length: Option<u64>,
    /// What the sender says of it; `filename` or `relativePath` names it.
    pub metadata: Vec<(String, Vec<u8>)>,
}

/// An upload as it stands.
#[derive(Clone, Debug)]
pub struct UploadState {
    /// Its id.
    pub id: UploadId,
    /// Bytes that are durable.
    pub offset: u64,
    /// Its whole length, once known.
    pub length: Option<u64>,
    /// Until when it can be resumed.
    pub expires: Instant,
    /// What the sender said of it.
    pub metadata: Vec<(String, Vec<u8>)>,
    /// What became of it, once it is whole.
    pub arrival: Option<Arrival>,
}

/// A checksum the sender gives for one piece.
pub trait Checksum: Send {
    /// Takes bytes of the piece.
    fn update(&mut self, bytes: &[u8]);

    /// Whether the bytes taken have the sum that was given.
    fn fits(self: Box<Self>) -> bool;
}

/// Begins an upload.
pub async fn create(damask: &Damask, caller: &Caller, new: NewUpload) -> Outcome<UploadState> {
    caller.needs(Permission::Upload, "uploading a file")?;
    let length_bytes = new.length;
    if length_bytes.is_some_and(|length| length > damask.limits().file_bytes_max) {
        return Err(Trouble::mistake("too-large", "the file is longer than is taken")
            .hint(format!("at most {} bytes", damask.limits().file_bytes_max)));
    }
    let bytes: usize = new.metadata.iter().map(|(name, value)| name.len() + value.len()).sum();
    if new.metadata.len() > METADATA_PAIRS_MAX || bytes > METADATA_BYTES_MAX {
        return Err(Trouble::mistake("bad-upload", "the upload says too much of itself")
            .hint(format!("at most {METADATA_PAIRS_MAX} pairs and {METADATA_BYTES_MAX} bytes")));
    }
    HomePath::parse(&path_of(&new.metadata), damask.limits())?;
    let (id, now) = (UploadId::fresh(), damask.now());
    let upload = Upload {
        id,
        actor: caller.actor,
        length_bytes,
        received_bytes: 0,
        metadata: metadata_json(&new.metadata),
        created: now,
        expires: now.plus_seconds(damask.limits().upload_kept_s),
        state: Stand::Receiving,
        asset: None,
        outcome: None,
    };
    let store = damask.store().clone();
    off_thread(move || store.upload_create(id)).await?;
    let row = upload.clone();
    damask
        .catalog()
        .write(Urgency::Interactive, async move |tx: &mut Tx| {
            Ok::<_, Trouble>(uploads::insert(tx, &row).await?)
        })
        .await?;
    if length_bytes == Some(0) {
        return finish(damask, caller, upload, 0).await;
    }
    Ok(state_of(&upload, 0, None))
}

/// How an upload stands.
pub async fn state(damask: &Damask, caller: &Caller, id: UploadId) -> Outcome<UploadState> {
    let upload = own(damask, caller, id).await?;
    if upload.state == Stand::Finished {
        let arrival = arrival_of(&upload, damask);
        return Ok(state_of(&upload, upload.received_bytes, arrival));
    }
    let offset = offset_of(damask, id).await?;
    if upload.length_bytes == Some(offset) {
        // Whole, but Damask ended before it could become an asset. Whoever asks would take it for done.
        return finish(damask, caller, upload, offset).await;
    }
    Ok(state_of(&upload, offset, None))
}

async fn offset_of(damask: &Damask, id: UploadId) -> Outcome<u64> {
    let store = damask.store().clone();
    Ok(off_thread(move || store.upload_offset(id)).await?)
}

/// Appends a piece at `offset`. A piece with a checksum counts only when it fits; one without counts as far
/// as it came. `length` tells the whole length where the sender did not know it before.
pub async fn append(
    damask: &Damask,
    caller: &Caller,
    id: UploadId,
    offset: u64,
    length: Option<u64>,
    checksum: Option<Box<dyn Checksum>>,
    body: impl Stream<Item = io::Result<Bytes>> + Send,
) -> Outcome<UploadState> {
    caller.needs(Permission::Upload, "uploading a file")?;
    let mut upload = own(damask, caller, id).await?;
    if upload.state == Stand::Finished {
        return Err(Trouble::mistake("offset-conflict", "the upload is whole already"));
    }
    match (upload.length_bytes, length) {
        (None, Some(_)) => upload.length_bytes = length,
        (Some(known), Some(given)) if known != given => {
            return Err(Trouble::mistake("bad-upload", format!("the upload has {known} bytes, not {given}")));
        }
        _ => {}
    }
    if upload.length_bytes == Some(offset) && offset_of(damask, id).await? == offset {
        return finish(damask, caller, upload, offset).await;
    }
    let keep = if checksum.is_some() { Keep::WhenFinished } else { Keep::AsItComes };
    let bytes_max = upload.length_bytes.unwrap_or(damask.limits().file_bytes_max);
    let store = damask.store().clone();
    let appending = off_thread(move || store.upload_writer(id, offset, bytes_max, keep)).await?;
    let received = receive_piece(appending, checksum, body).await?;
    upload.expires = damask.now().plus_seconds(damask.limits().upload_kept_s);
    let (was, length, expires) = (upload.received_bytes, upload.length_bytes, upload.expires);
    damask
        .catalog()
        .write(Urgency::Interactive, async move |tx: &mut Tx| {
            Ok::<_, Trouble>(uploads::advance(tx, id, was, received, length, expires).await?)
        })
        .await?;
    upload.received_bytes = received;
    if upload.length_bytes == Some(received) {
        return finish(damask, caller, upload, received).await;
    }
    Ok(state_of(&upload, received, None))
}

/// A piece on its way to the disk, and the checksum it must have.
struct Piece {
    appending: Appending,
    checksum: Option<Box<dyn Checksum>>,
}

impl Sink for Piece {
    fn take(&mut self, piece: &[u8]) -> Result<(), StoreError> {
        if let Some(checksum) = &mut self.checksum {
            checksum.update(piece);
        }
        self.appending.write(piece)
    }
}

/// Writes a piece as it comes; answers where the upload then ends. A body that broke counts as far as it came.
async fn receive_piece(
    appending: Appending,
    checksum: Option<Box<dyn Checksum>>,
    body: impl Stream<Item = io::Result<Bytes>> + Send,
) -> Outcome<u64> {
    let Poured { sink: Piece { appending, checksum }, failed, .. } =
        pour(body, Piece { appending, checksum }).await?;
    off_thread(move || {
        if checksum.is_some_and(|checksum| !checksum.fits()) {
            // Dropped unfinished, a piece under a checksum leaves nothing.
            drop(appending);
            return Err(Trouble::mistake("checksum-mismatch", "the bytes do not have the checksum given"));
        }
        let received = appending.finish()?;
        match failed {
            Some(error) => Err(Trouble::from(error)),
            None => Ok(received),
        }
    })
    .await
}

/// The upload is whole: it becomes an asset, then the upload's own copy goes.
async fn finish(damask: &Damask, caller: &Caller, upload: Upload, received: u64) -> Outcome<UploadState> {
    let id = upload.id;
    let (store, held) = (damask.store().clone(), receive::hold(damask).await);
    let blob = off_thread(move || store.upload_finish(id)).await?;
    let blob = Landed::new(blob, held);
    let path = path_of(&metadata_pairs(&upload.metadata));
    let home = HomePath::parse(&path, damask.limits())?;
    let source = Source { path, home, origin: None, lane: Lane::Fresh, previews: true };
    let arrival = receive::take(damask, caller, blob, source).await?;
    let (asset, outcome) = (arrival.asset, outcome_name(arrival.outcome));
    damask
        .catalog()
        .write(Urgency::Interactive, async move |tx: &mut Tx| {
            Ok::<_, Trouble>(uploads::finish(tx, id, asset, outcome).await?)
        })
        .await?;
    let store = damask.store().clone();
    off_thread(move || store.upload_remove(id)).await?;
    Ok(state_of(&upload, received, Some(arrival)))
}

/// Ends an upload and frees what came of it.
pub async fn terminate(damask: &Damask, caller: &Caller, id: UploadId) -> Outcome<()> {
    caller.needs(Permission::Upload, "ending an upload")?;
    own(damask, caller, id).await?;
    remove(damask, id).await
}

/// Removes uploads that have expired, or finishes them where they are whole; answers how many there were.
pub async fn sweep(damask: &Damask) -> Outcome<usize> {
    let expired = {
        let mut conn = damask.catalog().read().await?;
        uploads::expired(&mut conn, damask.now(), SWEPT_AT_ONCE).await?
    };
    let count = expired.len();
    for upload in expired {
        let id = upload.id;
        // One that cannot go now keeps none of the others.
        if let Err(trouble) = end(damask, upload).await {
            tracing::warn!(upload = %id, error = %trouble.chain(), "an expired upload cannot be removed");
        }
    }
    Ok(count)
}

async fn end(damask: &Damask, upload: Upload) -> Outcome<()> {
    // What is on the disk counts: Damask may have ended before the row heard of it.
    if upload.state == Stand::Receiving
        && let Some(length) = upload.length_bytes
        && offset_of(damask, upload.id).await.is_ok_and(|offset| offset == length)
    {
        let sender = Caller { actor: upload.actor, ..Caller::damask() };
        finish(damask, &sender, upload, length).await?;
        return Ok(());
    }
    remove(damask, upload.id).await
}

async fn remove(damask: &Damask, id: UploadId) -> Outcome<()> {
    let store = damask.store().clone();
    off_thread(move || store.upload_remove(id)).await?;
    damask
        .catalog()
        .write(Urgency::Interactive, async move |tx: &mut Tx| {
            uploads::remove(tx, id).await?;
            Ok::<_, Trouble>(())
        })
        .await?;
    Ok(())
}

/// The upload, where it is the caller's own.
async fn own(damask: &Damask, caller: &Caller, id: UploadId) -> Outcome<Upload> {
    let mut conn = damask.catalog().read().await?;
    let upload = uploads::by_id(&mut conn, id).await?.filter(|upload| upload.actor == caller.actor);
    let upload = upload.ok_or_else(|| Trouble::missing("upload", id))?;
    if upload.state == Stand::Receiving && upload.expires <= damask.now() {
        return Err(Trouble::mistake("upload-expired", "the upload was not continued in time"));
    }
    Ok(upload)
}

fn state_of(upload: &Upload, offset: u64, arrival: Option<Arrival>) -> UploadState {
    UploadState {
        id: upload.id,
        offset,
        length: upload.length_bytes,
        expires: upload.expires,
        metadata: metadata_pairs(&upload.metadata),
        arrival,
    }
}

fn arrival_of(upload: &Upload, damask: &Damask) -> Option<Arrival> {
    let outcome = match upload.outcome.as_deref()? {
        "imported" => ArrivalOutcome::Imported,
        "already-here" => ArrivalOutcome::AlreadyHere,
        _ => ArrivalOutcome::Quarantined,
    };
    let asset: Option<AssetId> = upload.asset;
    let path = path_of(&metadata_pairs(&upload.metadata));
    Some(Arrival { path, outcome, asset, reason: None, seq: damask.seq() })
}

const fn outcome_name(outcome: ArrivalOutcome) -> &'static str {
    match outcome {
        ArrivalOutcome::Imported => "imported",
        ArrivalOutcome::AlreadyHere => "already-here",
        ArrivalOutcome::Quarantined => "quarantined",
        ArrivalOutcome::Failed => "failed",
    }
}

/// The path an upload gives itself: its place below the dropped folder, else its name.
fn path_of(metadata: &[(String, Vec<u8>)]) -> String {
    let text = |wanted: &str| {
        let value = metadata.iter().find(|(name, _)| name == wanted).map(|(_, value)| value)?;
        let text = String::from_utf8_lossy(value).trim_start_matches('/').to_owned();
        (!text.is_empty() && text != "null").then_some(text)
    };
    text("relativePath")
        .or_else(|| text("filename"))
        .or_else(|| text("name"))
        .unwrap_or_else(|| "unnamed".into())
}

/// Values may be any bytes (tus 1.0, Upload-Metadata); in the catalog they stand in hexadecimal digits.
fn metadata_json(metadata: &[(String, Vec<u8>)]) -> Json {
    json!(metadata.iter().map(|(name, value)| (name, hex::encode(value))).collect::<Vec<_>>())
}

fn metadata_pairs(json: &Json) -> Vec<(String, Vec<u8>)> {
    let pairs: Vec<(String, String)> = serde_json::from_value(json.clone()).unwrap_or_default();
    pairs.into_iter().filter_map(|(name, value)| Some((name, hex::decode(value).ok()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::{metadata_json, metadata_pairs, path_of};

    fn pairs(all: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
        all.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect()
    }

    #[test]
    fn a_dropped_folder_keeps_its_tree() {
        assert_eq!(path_of(&pairs(&[("filename", "a.jpg"), ("relativePath", "News/a.jpg")])), "News/a.jpg");
        assert_eq!(path_of(&pairs(&[("filename", "a.jpg"), ("relativePath", "null")])), "a.jpg");
        assert_eq!(path_of(&pairs(&[])), "unnamed");
    }

    #[test]
    fn metadata_of_any_bytes_comes_back() {
        let metadata = vec![("x".to_owned(), vec![0, 255, 10])];
        assert_eq!(metadata_pairs(&metadata_json(&metadata)), metadata);
    }
}
