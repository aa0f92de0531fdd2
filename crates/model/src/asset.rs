//! Assets and their versions: one thing people mean, and its editions.

use damask_time::Instant;
use serde::{Deserialize, Serialize};

use crate::{ActorId, AssetId, ContentHash, Document, FactId, FolderId, VersionId};

/// What sort of thing an asset is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AssetKind {
    /// A still picture.
    Image,
    /// Moving pictures, with or without sound.
    Video,
    /// Sound alone.
    Audio,
    /// Text and pages: PDF, office files, plain text.
    Document,
    /// Three-dimensional models.
    Model,
    /// Fonts.
    Font,
    /// Files that hold files.
    Archive,
    /// Edit lists and timelines.
    Timeline,
    /// Anything else: stored, named, findable.
    Other,
}

impl AssetKind {
    /// All kinds, in the order people list them.
    pub const ALL: [Self; 9] = [
        Self::Image,
        Self::Video,
        Self::Audio,
        Self::Document,
        Self::Model,
        Self::Font,
        Self::Archive,
        Self::Timeline,
        Self::Other,
    ];

    /// The word used in queries, the API and the catalog.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Document => "document",
            Self::Model => "model",
            Self::Font => "font",
            Self::Archive => "archive",
            Self::Timeline => "timeline",
            Self::Other => "other",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// The name of a state. States are data, defined by workflows, so this is not an enum.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StateName(pub String);

impl StateName {
    /// The state an asset has when it comes in and no workflow says otherwise.
    pub fn incoming() -> Self {
        Self("new".to_owned())
    }
}

/// One thing people mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Asset {
    /// Its id.
    pub id: AssetId,
    /// What sort of thing it is.
    pub kind: AssetKind,
    /// The file name it came with.
    pub name: String,
    /// Where it stands in its workflow.
    pub state: StateName,
    /// Its home folder; `None` is the root of the tree.
    pub folder: Option<FolderId>,
    /// The edition people get when they ask for the asset.
    pub current_version: VersionId,
    /// Current field values, whole.
    pub document: Document,
    /// When it came in.
    pub created: Instant,
    /// When a fact last touched it.
    pub changed: Instant,
    /// Since when it lies in the trash.
    pub trashed: Option<Instant>,
    /// Who has checked it out.
    pub checkout: Option<Checkout>,
    /// The last fact that touched its row; serves as its ETag.
    pub last_fact: FactId,
}

/// An asset is being worked on: only whoever has it checked out may change it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkout {
    /// Who has it.
    pub by: ActorId,
    /// Since when.
    pub at: Instant,
    /// What for, in their words; may be empty.
    pub note: String,
}

/// One edition of an asset. Versions are added, never changed, but for what is read from their bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    /// Its id.
    pub id: VersionId,
    /// The asset it is an edition of.
    pub asset: AssetId,
    /// 1 for the first, counting up.
    pub number: u32,
    /// Its primary file.
    pub primary: ContentHash,
    /// When it was added.
    pub created: Instant,
    /// The last fact that touched its row.
    pub last_fact: FactId,
}
