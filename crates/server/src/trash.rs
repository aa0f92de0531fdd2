//! The trash: assets put there, taken out, and deleted for ever. What lies there is found by `is:trashed`.

use axum::{Json, extract::State, http::StatusCode};
use damask_flow::{
    Damask,
    trash::{self, purge},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Who,
    extract::Given,
    face::Face,
    problem::Answer,
    wire::several::{Selection, SeveralView},
};

pub(crate) fn routes() -> OpenApiRouter<Face> {
    OpenApiRouter::new()
        .routes(routes!(put))
        .routes(routes!(restore))
        .routes(routes!(delete))
        .routes(routes!(empty))
}

/// Put assets in the trash
///
/// They are found no more, but for by `is:trashed`, and can be taken out again until they are purged. What one asset
/// refuses is told beside what was done.
#[utoipa::path(post, path = "/api/v1/trash", operation_id = "trashAssets", tag = "assets", request_body = Selection,
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200,
        description = "Sent again with it, the write is not done twice")),
    responses(
        (status = 200, description = "What became of each", body = SeveralView),
        (status = 415, description = "The body is not JSON"),
        (status = 422, description = "No asset, or too many"),
    ))]
async fn put(
    State(damask): State<Damask>,
    who: Who,
    Given(selection): Given<Selection>,
) -> Answer<Json<SeveralView>> {
    Ok(Json(trash::put(&damask, &who.caller, selection.ids()).await?.into()))
}

/// Take assets out of the trash
#[utoipa::path(post, path = "/api/v1/trash/restore", operation_id = "restoreAssets", tag = "assets",
    request_body = Selection,
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200,
        description = "Sent again with it, the write is not done twice")),
    responses(
        (status = 200, description = "What became of each", body = SeveralView),
        (status = 415, description = "The body is not JSON"),
        (status = 422, description = "No asset, or too many"),
    ))]
async fn restore(
    State(damask): State<Damask>,
    who: Who,
    Given(selection): Given<Selection>,
) -> Answer<Json<SeveralView>> {
    Ok(Json(trash::restore(&damask, &who.caller, selection.ids()).await?.into()))
}

/// Delete assets for ever
///
/// Only what lies in the trash. Their bytes go too, where no other asset has the same. This cannot be undone.
#[utoipa::path(post, path = "/api/v1/trash/purge", operation_id = "purgeAssets", tag = "assets",
    request_body = Selection,
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200,
        description = "Sent again with it, the write is not done twice")),
    responses(
        (status = 200, description = "What became of each", body = SeveralView),
        (status = 415, description = "The body is not JSON"),
        (status = 422, description = "No asset, or too many"),
    ))]
async fn delete(
    State(damask): State<Damask>,
    who: Who,
    Given(selection): Given<Selection>,
) -> Answer<Json<SeveralView>> {
    Ok(Json(purge::several(&damask, &who.caller, selection.ids()).await?.into()))
}

/// Empty the trash
///
/// Begins a job that deletes for ever what lies there now. This cannot be undone.
#[utoipa::path(post, path = "/api/v1/trash/empty", operation_id = "emptyTrash", tag = "assets",
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200,
        description = "Sent again with it, the write is not done twice")),
    responses((status = 202, description = "It has begun; the job `purge` tells how far it is")))]
async fn empty(State(damask): State<Damask>, who: Who) -> Answer<StatusCode> {
    purge::empty(&damask, &who.caller).await?;
    Ok(StatusCode::ACCEPTED)
}
