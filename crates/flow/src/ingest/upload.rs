//! Resumable uploads: a file in pieces, over connections that break, to a server that may be killed.
//!
//! The store knows how many bytes are durable; the catalog knows who sends what and what became of it. The
//! protocol itself (tus) is the face's.

use std::io;

use bytes::Bytes;
use damask_catalog::{
    Tx, Urgency,
    uploads::{self, Upload, UploadRole, UploadState as Stand},
};
use damask_model::{AssetId, UploadId, job::Lane};
use damask_store::{Appending, Keep, StoreError};
use damask_time::Instant;
use futures::Stream;

use super::{
    arrival::{Arrival, ArrivalOutcome},
    join,
    pour::{Poured, Sink, pour},
    quota,
    receive::{self, Landed, Source},
    told::{self, Pair},
};
use crate::{
    caller::{Caller, Permission},
    damask::{Damask, off_thread},
    trouble::{Outcome, Trouble},
};

/// Expired uploads removed in one sweep.
const SWEPT_AT_ONCE: u32 = 500;

/// An upload to be begun.
#[derive(Clone, Debug)]
pub struct NewUpload {
    /// Its whole length, where the sender knows it.
    pub length: Option<u64>,
    /// What the sender says of it; `filename` or `relativePath` names it.
    pub metadata: Vec<Pair>,
    /// Whether it is a part, to be joined with others (see [`super::join`]).
    pub is_part: bool,
}

/// What an upload is to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Concat {
    /// A file of its own.
    Whole,
    /// A part of a file.
    Partial,
    /// A file made of these parts, in this order.
    Final(Vec<UploadId>),
}

/// An upload as it stands.
#[derive(Clone, Debug)]
pub struct UploadState {
    /// Its id.
    pub id: UploadId,
    /// What it is to others.
    pub concat: Concat,
    /// Bytes that are durable. Of one that is made of parts: none, or all of them.
    pub offset: u64,
    /// Its whole length, once known.
    pub length: Option<u64>,
    /// Until when it can be resumed.
    pub expires: Instant,
    /// What the sender said of it.
    pub metadata: Vec<Pair>,
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
    let role = if new.is_part { UploadRole::Partial } else { UploadRole::Whole };
    let upload = begun(damask, caller, role, new.length, &new.metadata)?;
    quota::check(damask, caller, new.length.unwrap_or(0)).await?;
    let (id, length_bytes) = (upload.id, upload.length_bytes);
    if role == UploadRole::Whole {
        told::check_intent(damask, caller, &new.metadata).await?;
    }
    let store = damask.store().clone();
    off_thread(move || store.upload_create(id)).await?;
    let row = upload.clone();
    let written = damask
        .catalog()
        .write(Urgency::Interactive, async move |tx: &mut Tx| {
            Ok::<_, Trouble>(uploads::insert(tx, &row).await?)
        })
        .await;
    if let Err(trouble) = written {
        // Nobody was told of it, and no sweep would know of it.
        let store = damask.store().clone();
        let removed = off_thread(move || store.upload_remove(id)).await;
        if let Err(error) = removed {
            tracing::warn!(upload = %id, %error, "an upload that did not begin leaves a file");
        }
        return Err(trouble);
    }
    if length_bytes == Some(0) && role == UploadRole::Whole {
        return finish(damask, caller, upload, 0).await;
    }
    Ok(state_of(&upload, 0, None))
}

/// The row of an upload that begins, where it may.
pub(super) fn begun(
    damask: &Damask,
    caller: &Caller,
    role: UploadRole,
    length_bytes: Option<u64>,
    metadata: &[Pair],
) -> Outcome<Upload> {
    lawful_length(damask, length_bytes)?;
    told::check(damask, metadata)?;
    let now = damask.now();
    Ok(Upload {
        id: UploadId::fresh(),
        actor: caller.actor,
        role,
        length_bytes,
        received_bytes: 0,
        metadata: told::to_json(metadata),
        created: now,
        expires: now.plus_seconds(damask.limits().upload_kept_s),
        state: Stand::Receiving,
        asset: None,
        outcome: None,
    })
}

fn lawful_length(damask: &Damask, length: Option<u64>) -> Outcome<()> {
    let bytes_max = damask.limits().file_bytes_max;
    if length.is_some_and(|length| length > bytes_max) {
        return Err(Trouble::mistake("too-large", "the file is longer than is taken")
            .hint(format!("at most {bytes_max} bytes")));
    }
    Ok(())
}

/// How an upload stands.
pub async fn state(damask: &Damask, caller: &Caller, id: UploadId) -> Outcome<UploadState> {
    let upload = own(damask, caller, id).await?;
    match upload.role {
        UploadRole::Final => return join::state(damask, caller, upload).await,
        UploadRole::Partial => return join::state_of_part(damask, upload).await,
        UploadRole::Whole => {}
    }
    if upload.state == Stand::Finished {
        return Ok(finished(damask, &upload));
    }
    let offset = offset_of(damask, id).await?;
    if upload.length_bytes == Some(offset) {
        // Whole, but Damask ended before it could become an asset. Whoever asks would take it for done.
        return finish(damask, caller, upload, offset).await;
    }
    Ok(state_of(&upload, offset, None))
}

/// An upload that is an asset already.
pub(super) fn finished(damask: &Damask, upload: &Upload) -> UploadState {
    state_of(upload, upload.received_bytes, arrival_of(upload, damask))
}

pub(super) async fn offset_of(damask: &Damask, id: UploadId) -> Outcome<u64> {
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
    if upload.role != UploadRole::Whole {
        join::may_be_written(damask, &upload).await?;
    }
    if upload.state == Stand::Finished {
        return Err(Trouble::mistake("offset-conflict", "the upload is whole already"));
    }
    if upload.length_bytes.is_none() {
        quota::check(damask, caller, length.unwrap_or(offset)).await?;
    }
    upload.length_bytes = agreed_length(damask, &upload, offset, length)?;
    let is_file = upload.role == UploadRole::Whole;
    if is_file && upload.length_bytes == Some(offset) && offset_of(damask, id).await? == offset {
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
    if is_file && upload.length_bytes == Some(received) {
        return finish(damask, caller, upload, received).await;
    }
    Ok(state_of(&upload, received, None))
}

/// How long the whole will be. It may be told with any piece, once (tus 1.0, "Creation", Upload-Defer-Length).
fn agreed_length(damask: &Damask, upload: &Upload, offset: u64, told: Option<u64>) -> Outcome<Option<u64>> {
    let wrong = |detail: String| Err(Trouble::mistake("bad-upload", detail));
    match (upload.length_bytes, told) {
        (Some(known), Some(told)) if known != told => {
            wrong(format!("the upload has {known} bytes, not {told}"))
        }
        (None, Some(told)) if told < offset => {
            wrong(format!("{offset} bytes have come, so that {told} cannot be all"))
        }
        (None, told) => lawful_length(damask, told).map(|()| told),
        (known, _) => Ok(known),
    }
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
pub(super) async fn finish(
    damask: &Damask,
    caller: &Caller,
    upload: Upload,
    received: u64,
) -> Outcome<UploadState> {
    let id = upload.id;
    let (store, held) = (damask.store().clone(), receive::hold(damask).await);
    let blob = match off_thread(move || store.upload_finish(id)).await {
        // Somebody else who asked finished it since it was read.
        Err(StoreError::Missing { .. }) => {
            let row = row_of(damask, id).await?;
            let row = row.filter(|row| row.state == Stand::Finished);
            return row.map(|row| finished(damask, &row)).ok_or_else(|| Trouble::missing("upload", id));
        }
        blob => blob?,
    };
    let blob = Landed::new(blob, held);
    let metadata = told::of_json(&upload.metadata);
    let (path, intent) = (told::path_of(&metadata), told::intent_of(&metadata)?);
    let home = told::home_of(damask, &metadata)?;
    let source =
        Source { path, home, origin: None, lane: Lane::Fresh, previews: true, intent, admitted: false };
    let arrival = receive::take(damask, caller, blob, source).await?;
    let (asset, outcome) = (arrival.asset, outcome_name(arrival.outcome));
    damask
        .catalog()
        .write(Urgency::Interactive, async move |tx: &mut Tx| {
            Ok::<_, Trouble>(uploads::finish(tx, id, received, asset, outcome).await?)
        })
        .await?;
    let store = damask.store().clone();
    off_thread(move || store.upload_remove(id)).await?;
    Ok(state_of(&upload, received, Some(arrival)))
}

/// Ends an upload and frees what came of it.
pub async fn terminate(damask: &Damask, caller: &Caller, id: UploadId) -> Outcome<()> {
    caller.needs(Permission::Upload, "ending an upload")?;
    let upload = own(damask, caller, id).await?;
    join::may_be_ended(damask, &upload).await?;
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
    let sender = Caller { actor: upload.actor, ..Caller::damask() };
    match (upload.role, upload.state) {
        (UploadRole::Final, Stand::Receiving) => {
            let id = upload.id;
            match join::complete(damask, &sender, upload).await {
                // It had its time to wait for room.
                Err(trouble) if quota::is_over(&trouble) => return remove(damask, id).await,
                made => return made.map(drop),
            }
        }
        // What is on the disk counts: Damask may have ended before the row heard of it.
        (UploadRole::Whole, Stand::Receiving) => {
            if let Some(length) = upload.length_bytes
                && offset_of(damask, upload.id).await.is_ok_and(|offset| offset == length)
            {
                let id = upload.id;
                match finish(damask, &sender, upload, length).await {
                    Err(trouble) if quota::is_over(&trouble) => return remove(damask, id).await,
                    made => return made.map(drop),
                }
            }
        }
        _ => {}
    }
    remove(damask, upload.id).await
}

/// Frees an upload, and with it the parts it is made of.
async fn remove(damask: &Damask, id: UploadId) -> Outcome<()> {
    let parts = {
        let mut conn = damask.catalog().read().await?;
        uploads::parts_of(&mut conn, id).await?
    };
    let store = damask.store().clone();
    off_thread(move || {
        for part in parts {
            store.upload_remove(part.id)?;
        }
        store.upload_remove(id)
    })
    .await?;
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
    let upload = row_of(damask, id).await?.filter(|upload| upload.actor == caller.actor);
    let upload = upload.ok_or_else(|| Trouble::missing("upload", id))?;
    check_expiry(damask, &upload)?;
    Ok(upload)
}

async fn row_of(damask: &Damask, id: UploadId) -> Outcome<Option<Upload>> {
    let mut conn = damask.catalog().read().await?;
    Ok(uploads::by_id(&mut conn, id).await?)
}

/// Bytes that were not continued in time are about to go. What is made of parts has all of its bytes.
pub(super) fn check_expiry(damask: &Damask, upload: &Upload) -> Outcome<()> {
    let may_go = upload.state == Stand::Receiving && upload.role != UploadRole::Final;
    if may_go && upload.expires <= damask.now() {
        return Err(Trouble::mistake("upload-expired", "the upload was not continued in time"));
    }
    Ok(())
}

pub(super) fn state_of(upload: &Upload, offset: u64, arrival: Option<Arrival>) -> UploadState {
    let concat = match upload.role {
        UploadRole::Whole => Concat::Whole,
        UploadRole::Partial => Concat::Partial,
        UploadRole::Final => Concat::Final(Vec::new()),
    };
    UploadState {
        id: upload.id,
        concat,
        offset,
        length: upload.length_bytes,
        expires: upload.expires,
        metadata: told::of_json(&upload.metadata),
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
    let path = told::path_of(&told::of_json(&upload.metadata));
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
