//! Originals: the primary file of a version of an asset, bit for bit. Each one that leaves is a fact.

use damask_catalog::{Tx, Urgency, versions};
use damask_model::{AssetId, Change, ContentHash, Verb, VersionId};
use damask_store::{StoreKey, Stored};
use damask_time::Instant;
use serde_json::json;

use crate::{
    caller::{Caller, Permission},
    damask::{Damask, off_thread},
    see, trash,
    trouble::{Outcome, Trouble},
};

/// An original, open for reading.
#[derive(Debug)]
pub struct Original {
    /// Its bytes.
    pub file: Stored,
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

/// What an answer to a look at an original says, without handing out its bytes: the current version's, or that of the
/// version named. What lies in the trash does not leave.
pub async fn open(
    damask: &Damask,
    caller: &Caller,
    id: AssetId,
    version: Option<VersionId>,
) -> Outcome<Original> {
    caller.needs(Permission::Download, "downloading an original")?;
    let record = see::asset(damask, caller, id).await?;
    trash::check_kept(&record.asset)?;
    let (hash, bytes, media_type, name) =
        match version.filter(|version| *version != record.asset.current_version) {
            None => (record.file, record.bytes, record.media_type, record.asset.name),
            Some(version) => {
                let mut conn = damask.catalog().read().await?;
                let earlier = versions::by_id(&mut conn, version).await?;
                let earlier = earlier.filter(|earlier| earlier.version.asset == id);
                let earlier = earlier.ok_or_else(|| Trouble::missing("version", version))?;
                (earlier.version.primary, earlier.bytes, earlier.media_type, earlier.name)
            }
        };
    let store = damask.store().clone();
    let file = off_thread(move || store.open_sized(&StoreKey::Blob(hash), bytes)).await?;
    Ok(Original { file, bytes, media_type, name, hash, changed: record.asset.changed })
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
