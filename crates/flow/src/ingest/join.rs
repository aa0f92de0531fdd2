//! Files that came in parts, sent beside one another (tus 1.0, "Concatenation").
//!
//! Parts are uploads that become no assets. An upload that is made of them claims them first, in the write that begins
//! it: from then on they are nobody else's, and nothing ends them but what becomes of it. Then the store joins them,
//! and the whole is finished as any other. Killed at any step, the same request again (or whoever asks how it stands,
//! or the sweep once it has expired) goes on; nothing has to be sent again.

use std::collections::{BTreeMap, BTreeSet};

use damask_catalog::{
    Tx, Urgency,
    uploads::{self, Upload, UploadRole, UploadState as Stand},
};
use damask_model::UploadId;
use damask_store::Part;

use super::{
    quota,
    told::{self, Pair},
    upload::{self, Concat, UploadState},
};
use crate::{
    caller::{Caller, Permission},
    damask::{Damask, off_thread},
    trouble::{Outcome, Trouble},
};

/// Parts one file may be made of.
pub const PARTS_MAX: usize = 256;

/// Makes a file of parts that the caller has sent, in this order. Asked again with the same parts, it answers with the
/// same file.
pub async fn parts(
    damask: &Damask,
    caller: &Caller,
    parts: Vec<UploadId>,
    metadata: &[Pair],
) -> Outcome<UploadState> {
    caller.needs(Permission::Upload, "uploading a file")?;
    let distinct: BTreeSet<UploadId> = parts.iter().copied().collect();
    if parts.is_empty() || parts.len() > PARTS_MAX || distinct.len() < parts.len() {
        return Err(Trouble::mistake("bad-upload", "a file cannot be made of these parts")
            .hint(format!("1 to {PARTS_MAX} parts, each once")));
    }
    let rows = own_parts(damask, caller, &parts).await?;
    if let Some(made) = made_of(damask, &parts).await? {
        return state(damask, caller, made).await;
    }
    told::check_intent(damask, caller, metadata).await?;
    let bytes = whole_bytes(damask, &rows).await?;
    quota::check(damask, caller, bytes).await?;
    let upload = upload::begun(damask, caller, UploadRole::Final, Some(bytes), metadata)?;
    let (row, id) = (upload.clone(), upload.id);
    let claimed = damask
        .catalog()
        .write(Urgency::Interactive, async move |tx: &mut Tx| {
            uploads::insert(tx, &row).await?;
            Ok::<_, Trouble>(uploads::claim(tx, id, &parts).await?)
        })
        .await;
    // Nobody else could claim them since they were looked at but another request of the same caller.
    claimed.map_err(|trouble| if is_used(&trouble) { used() } else { trouble })?;
    complete(damask, caller, upload).await
}

/// The parts in their order, each the caller's own, each still there.
async fn own_parts(damask: &Damask, caller: &Caller, ids: &[UploadId]) -> Outcome<Vec<Upload>> {
    let mut conn = damask.catalog().read().await?;
    let found = uploads::by_ids(&mut conn, ids).await?;
    let own = found.into_iter().filter(|part| part.actor == caller.actor && part.role == UploadRole::Partial);
    let mut own: BTreeMap<UploadId, Upload> = own.map(|part| (part.id, part)).collect();
    ids.iter().map(|id| own.remove(id).ok_or_else(|| Trouble::missing("part of an upload", id))).collect()
}

/// What was made of exactly these parts.
async fn made_of(damask: &Damask, ids: &[UploadId]) -> Outcome<Option<Upload>> {
    let mut conn = damask.catalog().read().await?;
    let mut made = None;
    for id in ids {
        made = uploads::claimed_by(&mut conn, *id).await?;
        if made.is_some() {
            break;
        }
    }
    let Some(made) = made else { return Ok(None) };
    let claimed = uploads::parts_of(&mut conn, made).await?;
    if claimed.iter().map(|part| part.id).eq(ids.iter().copied()) {
        Ok(uploads::by_id(&mut conn, made).await?)
    } else {
        Err(used())
    }
}

/// How long the parts are together, where each has come whole.
async fn whole_bytes(damask: &Damask, parts: &[Upload]) -> Outcome<u64> {
    let mut bytes: u64 = 0;
    for part in parts {
        upload::check_expiry(damask, part)?;
        let received = upload::offset_of(damask, part.id).await?;
        if part.length_bytes != Some(received) {
            let detail = format!("{received} bytes of part {} have come, which are not all", part.id);
            return Err(Trouble::mistake("part-unfinished", detail).hint("send the rest of it first"));
        }
        bytes = bytes.saturating_add(received);
    }
    Ok(bytes)
}

/// Joins the parts and makes an asset of the whole.
pub(super) async fn complete(damask: &Damask, caller: &Caller, upload: Upload) -> Outcome<UploadState> {
    let id = upload.id;
    let rows = {
        let mut conn = damask.catalog().read().await?;
        uploads::parts_of(&mut conn, id).await?
    };
    let lengths = rows.iter().map(|part| Some(Part { id: part.id, bytes: part.length_bytes? }));
    let parts: Vec<Part> = lengths
        .collect::<Option<_>>()
        .ok_or("a part has no length")
        .map_err(Trouble::fault("join the parts of an upload"))?;
    let store = damask.store().clone();
    let bytes = off_thread(move || store.upload_join(id, &parts)).await?;
    let made = upload::finish(damask, caller, upload, bytes).await?;
    Ok(with_parts(made, &rows))
}

/// How a file that is made of parts stands. Whoever asks for one that Damask could not make to its end has it made.
pub(super) async fn state(damask: &Damask, caller: &Caller, upload: Upload) -> Outcome<UploadState> {
    if upload.state == Stand::Receiving {
        let row = upload.clone();
        match complete(damask, caller, upload).await {
            // Another request makes it at this moment.
            Err(Trouble::Mistake(mistake)) if mistake.code == "upload-busy" => {
                return listed(damask, upload::state_of(&row, 0, None)).await;
            }
            made => return made,
        }
    }
    listed(damask, upload::finished(damask, &upload)).await
}

async fn listed(damask: &Damask, state: UploadState) -> Outcome<UploadState> {
    let mut conn = damask.catalog().read().await?;
    let parts = uploads::parts_of(&mut conn, state.id).await?;
    Ok(with_parts(state, &parts))
}

fn with_parts(state: UploadState, parts: &[Upload]) -> UploadState {
    UploadState { concat: Concat::Final(parts.iter().map(|part| part.id).collect()), ..state }
}

/// How a part stands. One that is claimed has come whole, wherever its bytes are by now.
pub(super) async fn state_of_part(damask: &Damask, part: Upload) -> Outcome<UploadState> {
    let offset = match claimed_by(damask, part.id).await? {
        Some(_) => part.length_bytes.unwrap_or(part.received_bytes),
        None => upload::offset_of(damask, part.id).await?,
    };
    Ok(upload::state_of(&part, offset, None))
}

/// Nobody writes to what is made of parts, nor to a part once it is claimed.
pub(super) async fn may_be_written(damask: &Damask, upload: &Upload) -> Outcome<()> {
    if upload.role == UploadRole::Final {
        return Err(Trouble::mistake("upload-joined", "the file is made of parts; nothing is sent to it"));
    }
    match claimed_by(damask, upload.id).await? {
        Some(_) => Err(used()),
        None => Ok(()),
    }
}

/// A part that is claimed ends with what it is a part of.
pub(super) async fn may_be_ended(damask: &Damask, upload: &Upload) -> Outcome<()> {
    match claimed_by(damask, upload.id).await? {
        Some(_) => Err(used().hint("end the upload that is made of it")),
        None => Ok(()),
    }
}

async fn claimed_by(damask: &Damask, part: UploadId) -> Outcome<Option<UploadId>> {
    let mut conn = damask.catalog().read().await?;
    Ok(uploads::claimed_by(&mut conn, part).await?)
}

fn used() -> Trouble {
    Trouble::mistake("part-used", "a part belongs to another upload already")
}

fn is_used(trouble: &Trouble) -> bool {
    let Trouble::Fault { source, .. } = trouble else { return false };
    matches!(source.downcast_ref(), Some(damask_catalog::CatalogError::Conflict { .. }))
}
