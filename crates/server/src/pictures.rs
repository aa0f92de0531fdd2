//! Renditions by recipe: pictures, proxies, filmstrips, peaks. Their address names version and recipe, so
//! what it answers never changes and may be kept for good.

use axum::{
    extract::State,
    http::{HeaderMap, Method},
    response::Response,
};
use damask_flow::{Damask, deliver};
use damask_model::{Recipe, VersionId};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    bytes_of_file::Described,
    caller::Who,
    disposition::attachment,
    extract::{Asked, At, Id, Within},
    face::Face,
    guard::FILE_POLICY,
    problem::{Answer, Problem},
};

/// Kept by the browser alone: who may see it is asked of each caller once.
const FOR_GOOD: &str = "private, max-age=31536000, immutable";

pub(crate) fn routes() -> OpenApiRouter<Face> {
    OpenApiRouter::new().routes(routes!(rendition))
}

/// How it is sent.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Sending {
    /// 1 to save it under its name rather than show it.
    #[param(value_type = Option<u8>, minimum = 0, maximum = 1)]
    download: Option<Within<0, 1>>,
}

/// A rendition
///
/// Recipes: `box-512x512.jpg`, `crop-400x300-q70.webp`, `fit-800x600-p3.png`, `proxy-540.mp4`,
/// `filmstrip.jpg`, `peaks.json`.
#[utoipa::path(get, path = "/i/{version}/{recipe}", operation_id = "getRendition", tag = "pictures",
    params(
        ("version" = Uuid, Path, description = "The version"),
        ("recipe" = String, Path, description = "How it is made", example = "box-512x512.jpg",
            pattern = "^((box|crop|fit)-([1-9][0-9]{0,2}|[1-7][0-9]{3}|80[0-9]{2}|81[0-8][0-9]|819[0-2])x([1-9][0-9]{0,2}|[1-7][0-9]{3}|80[0-9]{2}|81[0-8][0-9]|819[0-2])(-q([1-9][0-9]?|100))?(-p([1-9][0-9]{0,4}|100000))?\\.(jpg|png|webp|avif)|proxy-540\\.mp4|filmstrip\\.jpg|peaks\\.json)$"),
        Sending,
        ("Range" = Option<String>, Header, description = "One range of bytes; several get the whole"),
        ("If-Range" = Option<String>, Header, description = "The ETag for which the range holds"),
        ("If-None-Match" = Option<String>, Header, description = "An ETag the client has"),
    ),
    responses(
        (status = 200, description = "The rendition", content_type = "*/*", body = [u8]),
        (status = 206, description = "A range of it", content_type = "*/*", body = [u8]),
        (status = 304, description = "The client has it already"),
        (status = 404, description = "There is no such version, or not for this caller, or no such rendition of it"),
        (status = 409, description = "It is being made; Retry-After says when to ask again",
            headers(("Retry-After" = u32, description = "Seconds"))),
        (status = 416, description = "The range lies outside"),
        (status = 422, description = "This file gives no such rendition"),
    ))]
async fn rendition(
    State(damask): State<Damask>,
    who: Who,
    At(address): At<(Id<VersionId>, String)>,
    Asked(sending): Asked<Sending>,
    method: Method,
    headers: HeaderMap,
) -> Answer<Response> {
    let (Id(version), recipe) = address;
    let recipe: Recipe = recipe.parse().map_err(|error| Problem::new("bad-request", format!("{error}")))?;
    let rendition = deliver::renditions::get(&damask, &who.caller, version, recipe).await?;
    let saved = sending.download.is_some_and(|flag| flag.0 == 1);
    let described = Described {
        bytes: rendition.bytes,
        media_type: rendition.recipe.media_type().to_owned(),
        tag: rendition.key,
        modified: None,
        cache: FOR_GOOD,
        disposition: saved.then(|| attachment(&rendition.name)),
        policy: Some(FILE_POLICY),
    };
    if method == Method::HEAD { described.head() } else { described.send(rendition.file, &headers).await }
}
