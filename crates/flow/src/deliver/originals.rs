//! Originals: the primary file of an asset's current version, bit for bit. Each one that leaves is a fact.

use std::fs::File;

use damask_catalog::{Tx, Urgency};
use damask_model::{AssetId, Change, ContentHash, Verb};
use damask_store::StoreKey;
use damask_time::Instant;
use serde_json::json;

use crate::{
    caller::{Caller, Permission},
    damask::{Damask, off_thread},
    see,
    trouble::{Outcome, Trouble},
};

/// An original, open for reading.
#[derive(Debug)]
pub struct Original {
    /// Its bytes.
    pub file: File,
    /// How many.
    pub bytes: u64,
    /// Their media type, by content.
    pub media_type: String,
    /// The file name it came with.
    pub name: String,
    /// Their hash: a strong ETag.
    pub hash: ContentHash,
    /// When the asset was last touched.
    pub changed: Instant,
}

/// What an answer to a look at an original says, without handing out its bytes.
pub async fn open(damask: &Damask, caller: &Caller, id: AssetId) -> Outcome<Original> {
    caller.needs(Permission::Download, "downloading an original")?;
    let record = see::asset(damask, caller, id).await?;
    let (store, hash, bytes) = (damask.store().clone(), record.file, record.bytes);
    let file = off_thread(move || store.open_sized(&StoreKey::Blob(hash), bytes)).await?;
    Ok(Original {
        file,
        bytes,
        media_type: record.media_type,
        name: record.asset.name,
        hash,
        changed: record.asset.changed,
    })
}

/// States that an original leaves. A face calls it once a download, when it begins with the first byte.
pub async fn leaves(damask: &Damask, caller: &Caller, id: AssetId, hash: ContentHash) -> Outcome<()> {
    let actor = caller.actor;
    damask
        .catalog()
        .write(Urgency::Interactive, async move |tx: &mut Tx| {
            let change = Change::added(json!({ "hash": hash }));
            tx.fact(actor, Verb::OriginalDownloaded, &[id.0], change);
            Ok::<_, Trouble>(())
        })
        .await?;
    Ok(())
}
