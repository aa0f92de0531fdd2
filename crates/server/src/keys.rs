//! API keys: listed, made, revoked.

use axum::{Json, extract::State, http::StatusCode};
use damask_flow::{Damask, govern::keys};
use damask_model::KeyId;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Who,
    extract::{At, Given, Id},
    face::Face,
    problem::Answer,
    wire::key::{KeyLine, KeyList, KeyMade, KeyRequest},
};

pub(crate) fn routes() -> OpenApiRouter<Face> {
    OpenApiRouter::new().routes(routes!(list, make)).routes(routes!(revoke))
}

/// All keys
#[utoipa::path(get, path = "/api/v1/keys", operation_id = "listKeys", tag = "keys",
    responses((status = 200, description = "The keys, without their secrets", body = KeyList)))]
async fn list(State(damask): State<Damask>, who: Who) -> Answer<Json<KeyList>> {
    let keys = keys::page(&damask, &who.caller).await?;
    Ok(Json(KeyList { items: keys.into_iter().map(KeyLine::from).collect() }))
}

/// Make a key
///
/// The secret is shown in this answer and never again.
#[utoipa::path(post, path = "/api/v1/keys", operation_id = "makeKey", tag = "keys", request_body = KeyRequest,
    responses(
        (status = 201, description = "The key with its secret", body = KeyMade),
        (status = 415, description = "The body is not JSON"),
        (status = 422, description = "A value is not right"),
    ))]
async fn make(
    State(damask): State<Damask>,
    who: Who,
    Given(request): Given<KeyRequest>,
) -> Answer<(StatusCode, Json<KeyMade>)> {
    let (key, secret) = keys::make(&damask, &who.caller, request.into()).await?;
    Ok((StatusCode::CREATED, Json(KeyMade { key: key.into(), secret })))
}

/// Revoke a key
#[utoipa::path(delete, path = "/api/v1/keys/{id}", operation_id = "revokeKey", tag = "keys",
    params(("id" = Uuid, Path, description = "The key")),
    responses(
        (status = 204, description = "It is valid no longer"),
        (status = 404, description = "There is no such key"),
    ))]
async fn revoke(State(damask): State<Damask>, who: Who, At(Id(id)): At<Id<KeyId>>) -> Answer<StatusCode> {
    keys::revoke(&damask, &who.caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
