//! Erasing what is known of a person. What facts said goes; that there were facts, and their proofs, stays.

use axum::{Json, extract::State};
use damask_flow::{Damask, govern::erase};
use damask_model::{AssetId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Who,
    extract::{Given, Id},
    face::Face,
    problem::Answer,
};

pub(crate) fn routes() -> OpenApiRouter<Face> {
    OpenApiRouter::new().routes(routes!(erase_account)).routes(routes!(erase_past))
}

/// Whom to erase.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ErasedAccount {
    /// The account's id: the actor of its facts.
    #[schema(value_type = Uuid)]
    account: Id<UserId>,
}

/// Whose past to erase.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ErasedPast {
    /// The asset.
    #[schema(value_type = Uuid)]
    asset: Id<AssetId>,
}

/// What went.
#[derive(Debug, Serialize, ToSchema)]
struct Erased {
    /// Facts whose before and after are no more. Their headers stay, and every proof.
    facts: u64,
}

/// Erase an account
///
/// Its name, address, password, keys and sessions, and what the journal said of it. What the person did stays told
/// under an id that names nobody. This cannot be undone.
#[utoipa::path(post, path = "/api/v1/erase/account", operation_id = "eraseAccount", tag = "notary",
    request_body = ErasedAccount,
    responses(
        (status = 200, description = "It is erased", body = Erased),
        (status = 404, description = "There is no such account"),
        (status = 409, description = "It is the caller's own"),
        (status = 415, description = "The body is not JSON"),
        (status = 422, description = "The body names no account"),
    ))]
async fn erase_account(
    State(damask): State<Damask>,
    who: Who,
    Given(request): Given<ErasedAccount>,
) -> Answer<Json<Erased>> {
    Ok(Json(Erased { facts: erase::account(&damask, &who.caller, request.account.0).await? }))
}

/// Erase the past of an asset
///
/// Every value that once stood there goes from its history; what stands now stays. Nothing before can be undone then.
#[utoipa::path(post, path = "/api/v1/erase/past", operation_id = "erasePast", tag = "notary",
    request_body = ErasedPast,
    responses(
        (status = 200, description = "It is erased", body = Erased),
        (status = 404, description = "There is no such asset, or not for this caller"),
        (status = 415, description = "The body is not JSON"),
        (status = 422, description = "The body names no asset"),
    ))]
async fn erase_past(
    State(damask): State<Damask>,
    who: Who,
    Given(request): Given<ErasedPast>,
) -> Answer<Json<Erased>> {
    Ok(Json(Erased { facts: erase::past_of_asset(&damask, &who.caller, request.asset.0).await? }))
}
