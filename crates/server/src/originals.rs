//! Originals: the bytes as they came in, with their own name.

use axum::{
    extract::State,
    http::{HeaderMap, Method},
    response::Response,
};
use damask_flow::{Damask, deliver::originals};
use damask_model::{AssetId, VersionId};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    bytes_of_file::Described,
    caller::Who,
    disposition::attachment,
    extract::{Asked, At, Id},
    face::Face,
    guard::FILE_POLICY,
    problem::Answer,
};

pub(crate) fn routes() -> OpenApiRouter<Face> {
    OpenApiRouter::new().routes(routes!(original))
}

/// Whose bytes.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Whose {
    /// A version of the asset; the current one without.
    #[param(value_type = Option<Uuid>)]
    version: Option<Id<VersionId>>,
}

/// Download an original
///
/// The bytes of a version's primary file, bit for bit. Ranges are served (RFC 9110, 14).
/// Each download is a fact of the journal; a range is one when it begins with the first byte or holds more
/// than half of them.
#[utoipa::path(get, path = "/api/v1/assets/{id}/original", operation_id = "getOriginal", tag = "assets",
    params(
        ("id" = Uuid, Path, description = "The asset"),
        Whose,
        ("Range" = Option<String>, Header, description = "One range of bytes; several get the whole"),
        ("If-Range" = Option<String>, Header, description = "The ETag or date for which the range holds"),
        ("If-None-Match" = Option<String>, Header, description = "An ETag the client has"),
    ),
    responses(
        (status = 200, description = "The whole file", content_type = "*/*", body = [u8]),
        (status = 206, description = "A range of it", content_type = "*/*", body = [u8]),
        (status = 304, description = "The client has it already"),
        (status = 404, description = "There is no such asset, or not for this caller"),
        (status = 409, description = "It lies in the trash"),
        (status = 416, description = "The range lies outside"),
    ))]
async fn original(
    State(damask): State<Damask>,
    who: Who,
    At(Id(id)): At<Id<AssetId>>,
    Asked(whose): Asked<Whose>,
    method: Method,
    headers: HeaderMap,
) -> Answer<Response> {
    let original = originals::open(&damask, &who.caller, id, whose.version.map(|version| version.0)).await?;
    let described = Described {
        bytes: original.bytes,
        tag: original.hash.to_string(),
        modified: Some(original.changed),
        disposition: Some(attachment(&original.name)),
        media_type: original.media_type,
        cache: "private, no-cache",
        policy: Some(FILE_POLICY),
    };
    if described.is_had(&headers) {
        return described.unchanged();
    }
    if method == Method::HEAD {
        return described.head();
    }
    if described.is_taken(&headers) {
        originals::leaves(&damask, &who.caller, id, original.hash).await?;
    }
    described.send(original.file, &headers).await
}
