//! Files that failed a check and wait for a person: seen, let in, thrown away.

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use damask_flow::{
    Damask,
    ingest::{glance, quarantine},
};
use damask_model::QuarantineId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    bodies::chunks,
    caller::Who,
    extract::{Asked, At, Id, Text},
    face::Face,
    guard::FILE_POLICY,
    page::next_after,
    problem::Answer,
    uploads::to_the_end,
    wire::{
        arrival::ArrivalView,
        quarantine::{QuarantineLine, QuarantineList},
    },
};

/// The bytes behind an id never change, but who may see them may.
const FOR_A_WHILE: &str = "private, max-age=600";
/// Files on a page.
const PAGE: u32 = 100;

pub(crate) fn routes() -> OpenApiRouter<Face> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(admit)).routes(routes!(discard))
}

/// What takes as long as its bytes take.
pub(crate) fn long_routes() -> OpenApiRouter<Face> {
    OpenApiRouter::new().routes(routes!(replace)).routes(routes!(preview))
}

/// Which of them, and where in the list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Page {
    /// `next` of the page before.
    #[param(value_type = Option<Uuid>)]
    after: Option<Id<QuarantineId>>,
    /// Only those that wait for this reason: its stable code.
    #[param(value_type = Option<String>, min_length = 1, max_length = 40, example = "type-refused",
        pattern = "^[^\\x00-\\x1f\\x7f]*$")]
    code: Option<Text<1, 40>>,
}

/// Files in quarantine
///
/// Callers to whom only some assets exist see what they brought themselves.
#[utoipa::path(get, path = "/api/v1/quarantine", operation_id = "listQuarantine", tag = "uploads", params(Page),
    responses((status = 200, description = "Files that wait for a person", body = QuarantineList)))]
async fn list(
    State(damask): State<Damask>,
    who: Who,
    Asked(page): Asked<Page>,
) -> Answer<Json<QuarantineList>> {
    let code = page.code.as_ref().map(|code| code.0.as_str());
    let files = quarantine::page(&damask, &who.caller, code, page.after.map(|id| id.0), PAGE).await?;
    let next = next_after(&files, PAGE as usize, |file| file.id.0);
    Ok(Json(QuarantineList { items: files.into_iter().map(QuarantineLine::from).collect(), next }))
}

/// Let a file in
///
/// It becomes an asset as if nothing had been wrong with it. The same file brought again is then known.
#[utoipa::path(post, path = "/api/v1/quarantine/{id}/admit", operation_id = "admitFile", tag = "uploads",
    params(
        ("id" = Uuid, Path, description = "The file in quarantine"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200,
            description = "Sent again with it, the write is not done twice"),
    ),
    responses(
        (status = 200, description = "It is an asset", body = ArrivalView),
        (status = 404, description = "There is no such file in quarantine"),
    ))]
async fn admit(
    State(damask): State<Damask>,
    who: Who,
    At(Id(id)): At<Id<QuarantineId>>,
) -> Answer<Json<ArrivalView>> {
    Ok(Json(quarantine::admit(&damask, &who.caller, id).await?.into()))
}

/// A picture of a file in quarantine
///
/// A JPEG of at most 768 × 768 pixels, decoded behind the glass. There is none of malware, of kinds without a picture,
/// and of what cannot be decoded.
#[utoipa::path(get, path = "/api/v1/quarantine/{id}/preview", operation_id = "previewWaitingFile", tag = "uploads",
    params(("id" = Uuid, Path, description = "The file in quarantine")),
    responses(
        (status = 200, description = "The picture", content_type = "*/*", body = [u8]),
        (status = 404, description = "There is no such file in quarantine, or no picture of it"),
    ))]
async fn preview(
    State(damask): State<Damask>,
    who: Who,
    At(Id(id)): At<Id<QuarantineId>>,
) -> Answer<Response> {
    let picture = glance::of(&damask, &who.caller, id).await?;
    let headers = [
        (header::CONTENT_TYPE, "image/jpeg"),
        (header::CACHE_CONTROL, FOR_A_WHILE),
        (header::CONTENT_SECURITY_POLICY, FILE_POLICY),
    ];
    Ok((headers, picture).into_response())
}

/// Bring another file in its place
///
/// The body comes in by the path of the file that waits, which is then thrown away. It may have to wait as well.
#[utoipa::path(put, path = "/api/v1/quarantine/{id}/file", operation_id = "replaceWaitingFile", tag = "uploads",
    params(("id" = Uuid, Path, description = "The file in quarantine")),
    request_body(content = Option<[u8]>, content_type = "application/octet-stream", description = "The bytes, of any media type"),
    responses(
        (status = 201, description = "It is here, or waits as well", body = ArrivalView),
        (status = 404, description = "There is no such file in quarantine"),
        (status = 413, description = "It is longer than is taken"),
        (status = 503, description = "As many uploads are being received as may be; Retry-After says when to ask again"),
    ))]
async fn replace(
    State(face): State<Face>,
    who: Who,
    At(Id(id)): At<Id<QuarantineId>>,
    body: Body,
) -> Answer<(StatusCode, Json<ArrivalView>)> {
    let room = face.bodies.room()?;
    let body = chunks(body, face.options.body_silence_max);
    let arrival = to_the_end(async move {
        let _room = room;
        quarantine::replace(&face.damask, &who.caller, id, body).await
    })
    .await?;
    Ok((StatusCode::CREATED, Json(arrival.into())))
}

/// Throw a file away
///
/// Its bytes are freed, unless an asset or another file in quarantine has the same.
#[utoipa::path(post, path = "/api/v1/quarantine/{id}/discard", operation_id = "discardFile", tag = "uploads",
    params(
        ("id" = Uuid, Path, description = "The file in quarantine"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200,
            description = "Sent again with it, the write is not done twice"),
    ),
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "There is no such file in quarantine"),
    ))]
async fn discard(
    State(damask): State<Damask>,
    who: Who,
    At(Id(id)): At<Id<QuarantineId>>,
) -> Answer<StatusCode> {
    quarantine::discard(&damask, &who.caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
