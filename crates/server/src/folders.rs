//! Folders of the home tree.

use axum::{Json, extract::State};
use damask_flow::{Damask, look};
use damask_model::FolderId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Who,
    extract::{Asked, Id},
    face::Face,
    page::next_after,
    problem::Answer,
    wire::folder::{FolderLine, FolderList},
};

/// Folders on a page.
const PAGE: u32 = 1_000;

pub(crate) fn routes() -> OpenApiRouter<Face> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Which folders.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Parent {
    /// Folders of this one; those at the root without.
    #[param(value_type = Option<Uuid>)]
    parent: Option<Id<FolderId>>,
    /// `next` of the page before.
    #[param(value_type = Option<Uuid>)]
    after: Option<Id<FolderId>>,
}

/// Folders of a folder
#[utoipa::path(get, path = "/api/v1/folders", operation_id = "listFolders", tag = "folders", params(Parent),
    responses(
        (status = 200, description = "A page of folders, by name", body = FolderList),
        (status = 404, description = "There is no such folder"),
    ))]
async fn list(
    State(damask): State<Damask>,
    who: Who,
    Asked(asked): Asked<Parent>,
) -> Answer<Json<FolderList>> {
    let (parent, after) = (asked.parent.map(|id| id.0), asked.after.map(|id| id.0));
    let folders = look::folders(&damask, &who.caller, parent, after, PAGE).await?;
    let next = next_after(&folders, PAGE as usize, |folder| folder.id.0);
    Ok(Json(FolderList { items: folders.into_iter().map(FolderLine::from).collect(), next }))
}
