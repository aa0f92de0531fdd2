//! Versions of an asset: which one people get, what differs between two, and who works on it.

use axum::{Json, extract::State, http::HeaderMap, response::Response};
use damask_flow::{
    Damask,
    versions::{checkout, compare, promote},
};
use damask_model::{AssetId, VersionId};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    assets::{edited, wanted_states},
    caller::Who,
    extract::{Asked, At, Given, Id, Text, Within},
    face::Face,
    problem::Answer,
    wire::{asset::AssetView, comparison::ComparisonView},
};

pub(crate) fn routes() -> OpenApiRouter<Face> {
    OpenApiRouter::new()
        .routes(routes!(make_current))
        .routes(routes!(compare_versions))
        .routes(routes!(check_out, check_in))
}

/// Which version to make current.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CurrentVersion {
    /// One of the asset's versions.
    #[schema(value_type = Uuid)]
    version: Id<VersionId>,
}

/// Make another version the current one
///
/// What people wrote of the asset stays; what is read from its file is read again.
#[utoipa::path(put, path = "/api/v1/assets/{id}/current-version", operation_id = "setCurrentVersion", tag = "assets",
    params(
        ("id" = Uuid, Path, description = "The asset"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the state in which to do it, or several with commas between them"),
    ),
    request_body = CurrentVersion,
    responses(
        (status = 200, description = "The asset as it is now", body = AssetView, headers(
            ("ETag" = String, description = "Names this state of the asset"),
            ("Damask-Seq" = i64, description = "Number of the fact that states it"),
        )),
        (status = 204, description = "It is done, and the asset exists for this caller no longer"),
        (status = 404, description = "There is no such asset or version, or not for this caller"),
        (status = 409, description = "The asset lies in the trash"),
        (status = 412, description = "It was changed meanwhile"),
        (status = 415, description = "The body is not JSON"),
        (status = 422, description = "The body names no version"),
        (status = 423, description = "Someone else has it checked out"),
    ))]
async fn make_current(
    State(damask): State<Damask>,
    who: Who,
    At(Id(id)): At<Id<AssetId>>,
    headers: HeaderMap,
    Given(request): Given<CurrentVersion>,
) -> Answer<Response> {
    let states = wanted_states(&headers);
    let seq = promote::version(&damask, &who.caller, id, request.version.0, states).await?;
    edited(&damask, &who, id, seq).await
}

/// Which versions to compare.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Sides {
    /// Number of the one to compare from.
    #[param(value_type = u32, minimum = 1, maximum = 1000000)]
    from: Within<1, 1_000_000>,
    /// Number of the one to compare to.
    #[param(value_type = u32, minimum = 1, maximum = 1000000)]
    to: Within<1, 1_000_000>,
}

/// Compare two versions
#[utoipa::path(get, path = "/api/v1/assets/{id}/comparison", operation_id = "compareVersions", tag = "assets",
    params(("id" = Uuid, Path, description = "The asset"), Sides),
    responses(
        (status = 200, description = "Both, and the embedded tags in which they differ", body = ComparisonView),
        (status = 404, description = "There is no such asset or version, or not for this caller"),
    ))]
async fn compare_versions(
    State(damask): State<Damask>,
    who: Who,
    At(Id(id)): At<Id<AssetId>>,
    Asked(sides): Asked<Sides>,
) -> Answer<Json<ComparisonView>> {
    let number = |given: i64| u32::try_from(given).unwrap_or(u32::MAX);
    let sides = (number(sides.from.0), number(sides.to.0));
    Ok(Json(compare::versions(&damask, &who.caller, id, sides).await?.into()))
}

/// What an asset is checked out for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CheckoutRequest {
    /// In a few words, for the others.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 500, example = "retouching the sky")]
    note: Option<Text<0, 500>>,
}

/// Check an asset out
///
/// Until it is checked in, nobody else changes it: no edits, no new version, no trash. All see who has it.
#[utoipa::path(put, path = "/api/v1/assets/{id}/checkout", operation_id = "checkOut", tag = "assets",
    params(("id" = Uuid, Path, description = "The asset")),
    request_body = CheckoutRequest,
    responses(
        (status = 200, description = "The asset as it is now", body = AssetView, headers(
            ("ETag" = String, description = "Names this state of the asset"),
            ("Damask-Seq" = i64, description = "Number of the fact that states it"),
        )),
        (status = 204, description = "It is done, and the asset exists for this caller no longer"),
        (status = 404, description = "There is no such asset, or not for this caller"),
        (status = 409, description = "The asset lies in the trash"),
        (status = 415, description = "The body is not JSON"),
        (status = 422, description = "The note is too long"),
        (status = 423, description = "Someone else has it checked out"),
    ))]
async fn check_out(
    State(damask): State<Damask>,
    who: Who,
    At(Id(id)): At<Id<AssetId>>,
    Given(request): Given<CheckoutRequest>,
) -> Answer<Response> {
    let note = request.note.map(|note| note.0).unwrap_or_default();
    let seq = checkout::out(&damask, &who.caller, id, &note).await?;
    edited(&damask, &who, id, seq).await
}

/// Whose check-out is meant.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CheckIn {
    /// Also where someone else has it: for administrators.
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    take: bool,
}

/// Check an asset in
#[utoipa::path(delete, path = "/api/v1/assets/{id}/checkout", operation_id = "checkIn", tag = "assets",
    params(("id" = Uuid, Path, description = "The asset"), CheckIn),
    responses(
        (status = 200, description = "The asset as it is now", body = AssetView, headers(
            ("ETag" = String, description = "Names this state of the asset"),
            ("Damask-Seq" = i64, description = "Number of the fact that states it"),
        )),
        (status = 204, description = "It is done, and the asset exists for this caller no longer"),
        (status = 404, description = "There is no such asset, or not for this caller"),
        (status = 409, description = "It is not checked out"),
        (status = 423, description = "Someone else has it checked out"),
    ))]
async fn check_in(
    State(damask): State<Damask>,
    who: Who,
    At(Id(id)): At<Id<AssetId>>,
    Asked(asked): Asked<CheckIn>,
) -> Answer<Response> {
    let seq = checkout::back(&damask, &who.caller, id, asked.take).await?;
    edited(&damask, &who, id, seq).await
}
