//! Files that wait for a person.

use damask_flow::ingest::quarantine::QuarantineView;
use damask_model::Uuid;
use serde::Serialize;
use utoipa::ToSchema;

/// A page of waiting files.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuarantineList {
    /// The newest first.
    pub items: Vec<QuarantineLine>,
    /// Give it as `after` to see the next page; null on the last.
    #[schema(required)]
    pub next: Option<Uuid>,
}

/// A file that waits for a person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QuarantinedFile)]
pub struct QuarantineLine {
    pub(crate) id: Uuid,
    /// The name it came by.
    name: String,
    /// The path it came by.
    path: String,
    bytes: u64,
    /// Why it waits: a stable code.
    #[schema(example = "type-refused")]
    code: String,
    /// The same in words.
    reason: String,
    /// Since when.
    #[schema(format = DateTime)]
    at: String,
}

impl From<QuarantineView> for QuarantineLine {
    fn from(file: QuarantineView) -> Self {
        Self {
            id: file.id.0,
            name: file.name,
            path: file.path,
            bytes: file.bytes,
            code: file.code,
            reason: file.reason,
            at: file.at.to_string(),
        }
    }
}
