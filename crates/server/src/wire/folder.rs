//! Folders of the home tree.

use damask_flow::view::FolderView;
use damask_model::Uuid;
use serde::Serialize;
use utoipa::ToSchema;

/// Folders of one parent.
#[derive(Debug, Serialize, ToSchema)]
pub struct FolderList {
    /// By name.
    pub items: Vec<FolderLine>,
    /// Give it as `after` to see the next page; null on the last.
    #[schema(required)]
    pub next: Option<Uuid>,
}

/// A folder.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Folder)]
pub struct FolderLine {
    id: Uuid,
    name: String,
    /// Path from the root.
    path: String,
}

impl From<FolderView> for FolderLine {
    fn from(folder: FolderView) -> Self {
        Self { id: folder.id.0, name: folder.name, path: folder.path }
    }
}
