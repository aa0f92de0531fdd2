//! What became of one file that someone brought: the line every door answers with.

use damask_model::{AssetId, Seq};
use serde::{Deserialize, Serialize};

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArrivalOutcome {
    /// It is stored: a new asset, or a new version of the asset its path had.
    Imported,
    /// Its bytes were here already; the extra place is remembered.
    AlreadyHere,
    /// It waits for a person.
    Quarantined,
    /// It could not be read or kept; nothing of it is here.
    Failed,
}

/// One file's outcome. It is given only after the commit that makes it true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The path it came by, as text.
    pub path: String,
    /// What became of it.
    pub outcome: ArrivalOutcome,
    /// The asset that now has its bytes.
    pub asset: Option<AssetId>,
    /// Why, where the outcome alone does not say.
    pub reason: Option<String>,
    /// How far the journal was when it was true.
    pub seq: Seq,
}

impl Arrival {
    /// A file that could not be taken, and why.
    pub fn failed(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            outcome: ArrivalOutcome::Failed,
            asset: None,
            reason: Some(reason.into()),
            seq: Seq::default(),
        }
    }
}
