//! The places of originals: how each stands, verifying now, what is damaged, mending, and swapping them.

use axum::{Json, extract::State, http::StatusCode};
use damask_flow::{Damask, fixity::places};
use damask_model::AssetId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Who,
    extract::{Asked, At, Given, Id, Within},
    face::Face,
    problem::Answer,
    wire::place::{FaultPage, FileOfPlace, FixityList, FixityView, HashText, PlaceList, PlaceView, RankName},
};

pub(crate) fn routes() -> OpenApiRouter<Face> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(scrub))
        .routes(routes!(faults))
        .routes(routes!(mend))
        .routes(routes!(swap))
        .routes(routes!(of_asset))
}

/// Places of originals
///
/// The first, where originals are put, and the second, where they are kept once more, if one is configured.
#[utoipa::path(get, path = "/api/v1/places", operation_id = "listPlaces", tag = "places",
    responses((status = 200, description = "The places", body = PlaceList)))]
async fn list(State(damask): State<Damask>, who: Who) -> Answer<Json<PlaceList>> {
    Ok(Json(places::all(&damask, &who.caller).await?.into()))
}

/// Verify a place now
///
/// Begins a pass that reads every byte kept there and mends what it can from the other place; one that goes on already
/// is enough. `GET /api/v1/places` tells how far it is.
#[utoipa::path(post, path = "/api/v1/places/{rank}/scrub", operation_id = "scrubPlace", tag = "places",
    params(("rank" = RankName, Path, description = "Which place"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200,
        description = "Sent again with it, the write is not done twice")),
    responses(
        (status = 202, description = "It goes on", body = PlaceView),
        (status = 409, description = "There is no such place"),
    ))]
async fn scrub(
    State(damask): State<Damask>,
    who: Who,
    At(rank): At<RankName>,
) -> Answer<(StatusCode, Json<PlaceView>)> {
    let place = places::scrub(&damask, &who.caller, rank.into()).await?;
    Ok((StatusCode::ACCEPTED, Json(place.into())))
}

/// Which page of damaged files.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Page {
    /// The last file of the page before.
    #[param(value_type = Option<String>, pattern = "^[0-9a-f]{64}$")]
    after: Option<HashText>,
    /// How many at most.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 200)]
    limit: Option<Within<1, 200>>,
}

/// Damaged files of a place
///
/// In the order of their hashes; what was mended is not among them.
#[utoipa::path(get, path = "/api/v1/places/{rank}/faults", operation_id = "listFaults", tag = "places",
    params(("rank" = RankName, Path, description = "Which place"), Page),
    responses(
        (status = 200, description = "What is wrong", body = FaultPage),
        (status = 409, description = "There is no such place"),
    ))]
async fn faults(
    State(damask): State<Damask>,
    who: Who,
    At(rank): At<RankName>,
    Asked(page): Asked<Page>,
) -> Answer<Json<FaultPage>> {
    let limit = page.limit.map_or(50, |limit| u32::try_from(limit.0).unwrap_or(50));
    let after = page.after.map(|after| after.0);
    Ok(Json(places::faults(&damask, &who.caller, rank.into(), after, limit).await?.into()))
}

/// Look at a file again and mend it
///
/// After a disk was changed, or the other place came back.
#[utoipa::path(post, path = "/api/v1/places/{rank}/mend", operation_id = "mendFile", tag = "places",
    request_body = FileOfPlace,
    params(("rank" = RankName, Path, description = "Which place"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200,
        description = "Sent again with it, the write is not done twice")),
    responses(
        (status = 200, description = "What was seen, after mending", body = FixityView),
        (status = 404, description = "There is no such file"),
        (status = 409, description = "There is no such place"),
        (status = 415, description = "The body is not JSON"),
    ))]
async fn mend(
    State(damask): State<Damask>,
    who: Who,
    At(rank): At<RankName>,
    Given(file): Given<FileOfPlace>,
) -> Answer<Json<FixityView>> {
    Ok(Json(places::mend(&damask, &who.caller, rank.into(), file.file.0).await?.into()))
}

/// Make the second place the first
///
/// While everything goes on: what comes in from now on is put there, and is copied to the other. Only where the second
/// has everything.
#[utoipa::path(post, path = "/api/v1/places/swap", operation_id = "swapPlaces", tag = "places",
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200,
        description = "Sent again with it, the write is not done twice")),
    responses(
        (status = 200, description = "The places as they stand now", body = PlaceList),
        (status = 409, description = "There is no second place, or it does not have everything"),
    ))]
async fn swap(State(damask): State<Damask>, who: Who) -> Answer<Json<PlaceList>> {
    Ok(Json(places::swap(&damask, &who.caller).await?.into()))
}

/// Where the files of an asset are kept
///
/// And when their bytes were last verified there, for each of its versions.
#[utoipa::path(get, path = "/api/v1/assets/{id}/fixity", operation_id = "getFixity", tag = "places",
    params(("id" = Uuid, Path, description = "The asset")),
    responses(
        (status = 200, description = "What was seen, file by file and place by place", body = FixityList),
        (status = 404, description = "There is no such asset"),
    ))]
async fn of_asset(
    State(damask): State<Damask>,
    who: Who,
    At(id): At<Id<AssetId>>,
) -> Answer<Json<FixityList>> {
    Ok(Json(places::of_asset(&damask, &who.caller, id.0).await?.into()))
}
