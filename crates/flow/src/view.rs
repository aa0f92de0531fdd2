//! What faces are shown of assets: plain values, already checked against what the caller may see.

use damask_model::{
    ActorId, AssetId, AssetKind, Checkout, ContentHash, Document, EssenceHash, FactId, Finding, FolderId,
    Recipe, Seq, StateName, VersionId, probe::Probe,
};
use damask_time::Instant;

/// An asset in a list of results.
#[derive(Clone, Debug)]
pub struct AssetSummary {
    /// Its id.
    pub id: AssetId,
    /// What sort of thing it is.
    pub kind: AssetKind,
    /// The file name it came with.
    pub name: String,
    /// Where it stands in its workflow.
    pub state: StateName,
    /// Its current version.
    pub version: VersionId,
    /// Media type of its primary file.
    pub media_type: String,
    /// Length of its primary file.
    pub bytes: u64,
    /// Upright width.
    pub width_px: Option<u32>,
    /// Upright height.
    pub height_px: Option<u32>,
    /// Duration in microseconds.
    pub duration_us: Option<u64>,
    /// Pages.
    pub page_count: Option<u32>,
    /// ThumbHash, base64.
    pub placeholder: Option<String>,
    /// The most frequent colour, `#rrggbb`.
    pub colour: Option<String>,
    /// When it was captured, as precise as it was written.
    pub captured: Option<String>,
    /// When it came in.
    pub added: Instant,
    /// Its title.
    pub title: Option<String>,
    /// Whether its previews are made.
    pub previewed: bool,
    /// Whether a stage could not do its work on it.
    pub failed: bool,
    /// Since when it lies in the trash.
    pub trashed: Option<Instant>,
    /// Who has it checked out.
    pub checked_out_by: Option<ActorId>,
}

/// All that a page shows of one asset.
#[derive(Clone, Debug)]
pub struct AssetWhole {
    /// As in a list.
    pub summary: AssetSummary,
    /// Its home folder and that folder's path; `None` is the root.
    pub folder: Option<(FolderId, String)>,
    /// Who has it checked out, and what they are called.
    pub checkout: Option<(Checkout, Option<String>)>,
    /// When it is to be purged, where it lies in the trash.
    pub purge_at: Option<Instant>,
    /// Its values.
    pub document: Document,
    /// Technical facts of its current version.
    pub probe: Probe,
    /// What is wrong or odd about its current version.
    pub findings: Vec<Finding>,
    /// Its versions, the newest first.
    pub versions: Vec<VersionView>,
    /// Where its bytes lie or came from: place and path. Not where other assets with the same bytes came from.
    pub locations: Vec<(String, String)>,
    /// Content hash of its primary file.
    pub hash: ContentHash,
    /// Essence hash of its primary file.
    pub essence_hash: Option<EssenceHash>,
    /// Renditions beyond pictures that are made or can be.
    pub renditions: Vec<Recipe>,
    /// Whether there is text of its pages.
    pub has_text: bool,
    /// Whether there are more findings, versions or locations than these lists show.
    pub more: bool,
    /// The last fact that touched it: its ETag.
    pub etag: FactId,
    /// When that was.
    pub changed: Instant,
}

/// One version in the list of an asset's.
#[derive(Clone, Debug)]
pub struct VersionView {
    /// Its id.
    pub id: VersionId,
    /// 1 for the first.
    pub number: u32,
    /// Length of its primary file.
    pub bytes: u64,
    /// Media type of its primary file.
    pub media_type: String,
    /// When it was added.
    pub created: Instant,
    /// Content hash of its primary file.
    pub hash: ContentHash,
    /// The name its file came with.
    pub name: String,
}

/// A fact in the history of an asset.
#[derive(Clone, Debug)]
pub struct FactView {
    /// Its place in the journal.
    pub seq: Seq,
    /// When it was stated.
    pub at: Instant,
    /// What happened.
    pub verb: damask_model::Verb,
    /// Who did it.
    pub actor: damask_model::ActorId,
    /// What people call them.
    pub actor_name: Option<String>,
    /// Before and after; `None` where it was erased.
    pub change: Option<damask_model::Change>,
}

/// A folder in a list.
#[derive(Clone, Debug)]
pub struct FolderView {
    /// Its id.
    pub id: FolderId,
    /// Its name.
    pub name: String,
    /// Names from the root to it, between slashes.
    pub path: String,
}
