//! Bringing in one file by a plain PUT.

use axum::{
    Json,
    body::{Body, HttpBody as _},
    extract::State,
    http::StatusCode,
};
use damask_flow::ingest::{ArrivalOutcome, intent::Intent, put};
use damask_model::AssetId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    bodies::chunks,
    caller::Who,
    extract::{Asked, At, Id, Text},
    face::Face,
    problem::{Answer, Problem},
    uploads::to_the_end,
    wire::arrival::ArrivalView,
};

pub(crate) fn routes() -> OpenApiRouter<Face> {
    OpenApiRouter::new().routes(routes!(put_file))
}

/// What is wanted of a file beside what is here.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wish {
    /// The asset that gets it as its new version.
    #[param(value_type = Option<Uuid>)]
    replaces: Option<Id<AssetId>>,
    /// What to do where its folder has a file of that name: `copy` (it becomes an asset of its own), `version`,
    /// `skip`, `ask` (refused with 409).
    #[param(value_type = Option<String>, pattern = "^(copy|version|skip|ask)$")]
    same_name: Option<Text<1, 16>>,
}

/// Bring in a file
///
/// Streams the body into the library under that path of the home tree. The answer comes when the file is
/// durable.
#[utoipa::path(put, path = "/api/v1/files/{*path}", operation_id = "putFile", tag = "uploads",
    params(("path" = String, Path, description = "Folders and file name", example = "news/2026/harbour.jpg", min_length = 1, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]+$"), Wish),
    request_body(content = Option<[u8]>, content_type = "application/octet-stream", description = "The bytes, of any media type; without them the file is empty"),
    responses(
        (status = 201, description = "It is here", body = ArrivalView),
        (status = 404, description = "The asset to replace is not there, or not for this caller"),
        (status = 409, description = "Its folder has a file of that name, or the asset to replace lies in the trash"),
        (status = 413, description = "It is longer than is taken, or the library has no room for it (over-quota)"),
        (status = 422, description = "The path cannot be, or the file could not be kept"),
        (status = 423, description = "Someone else has the asset to replace checked out"),
        (status = 503, description = "As many uploads are being received as may be; Retry-After says when to ask again"),
        (status = 507, description = "The disk is full; what was acknowledged is kept"),
    ))]
async fn put_file(
    State(face): State<Face>,
    who: Who,
    At(path): At<String>,
    Asked(wish): Asked<Wish>,
    body: Body,
) -> Answer<(StatusCode, Json<ArrivalView>)> {
    let replaces = wish.replaces.map(|id| id.0.to_string());
    let intent = Intent::parse(replaces.as_deref(), wish.same_name.as_ref().map(|name| name.0.as_str()))?;
    let room = face.bodies.room()?;
    let length = body.size_hint().exact();
    let body = chunks(body, face.options.body_silence_max);
    let arrival = to_the_end(async move {
        let _room = room;
        put::stream(&face.damask, &who.caller, &path, intent, length, body).await
    })
    .await?;
    if arrival.outcome == ArrivalOutcome::Failed {
        let reason = arrival.reason.unwrap_or_else(|| "it could not be kept".to_owned());
        return Err(Problem::new("bad-value", reason));
    }
    Ok((StatusCode::CREATED, Json(arrival.into())))
}
