//! Bringing in one file by a plain PUT.

use axum::{Json, body::Body, extract::State, http::StatusCode};
use damask_flow::ingest::{ArrivalOutcome, put};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    bodies::chunks,
    caller::Who,
    extract::At,
    face::Face,
    problem::{Answer, Problem},
    uploads::to_the_end,
    wire::arrival::ArrivalView,
};

pub(crate) fn routes() -> OpenApiRouter<Face> {
    OpenApiRouter::new().routes(routes!(put_file))
}

/// Bring in a file
///
/// Streams the body into the library under that path of the home tree. The answer comes when the file is
/// durable.
#[utoipa::path(put, path = "/api/v1/files/{*path}", operation_id = "putFile", tag = "uploads",
    params(("path" = String, Path, description = "Folders and file name", example = "news/2026/harbour.jpg", min_length = 1, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]+$")),
    request_body(content = Option<[u8]>, content_type = "application/octet-stream", description = "The bytes, of any media type; without them the file is empty"),
    responses(
        (status = 201, description = "It is here", body = ArrivalView),
        (status = 413, description = "It is longer than is taken"),
        (status = 422, description = "The path cannot be, or the file could not be kept"),
        (status = 503, description = "As many uploads are being received as may be; Retry-After says when to ask again"),
    ))]
async fn put_file(
    State(face): State<Face>,
    who: Who,
    At(path): At<String>,
    body: Body,
) -> Answer<(StatusCode, Json<ArrivalView>)> {
    let room = face.bodies.room()?;
    let body = chunks(body, face.options.body_silence_max);
    let arrival = to_the_end(async move {
        let _room = room;
        put::stream(&face.damask, &who.caller, &path, body).await
    })
    .await?;
    if arrival.outcome == ArrivalOutcome::Failed {
        let reason = arrival.reason.unwrap_or_else(|| "it could not be kept".to_owned());
        return Err(Problem::new("bad-value", reason));
    }
    Ok((StatusCode::CREATED, Json(arrival.into())))
}
