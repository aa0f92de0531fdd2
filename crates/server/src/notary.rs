//! What the notary signed, and proofs from it that are checked without Damask (C2SP `tlog-tiles`, `tlog-checkpoint`).

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use damask_flow::{Damask, notary::proof};
use damask_model::Seq;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Who,
    extract::{Asked, At, Within},
    face::Face,
    problem::Answer,
    wire::proof::{ConsistencyView, InclusionView},
};

pub(crate) fn routes() -> OpenApiRouter<Face> {
    OpenApiRouter::new()
        .routes(routes!(checkpoint))
        .routes(routes!(inclusion))
        .routes(routes!(consistency))
        .routes(routes!(tile))
}

/// The checkpoint
///
/// How many facts there are and the root over all of them, signed (Ed25519). Whoever keeps one can prove later what
/// there was. The key it is checked with stands in the header `Damask-Verifier`.
#[utoipa::path(get, path = "/api/v1/notary/checkpoint", operation_id = "getCheckpoint", tag = "notary",
    responses(
        (status = 200, description = "A signed note (C2SP tlog-checkpoint)", content_type = "text/plain", body = String,
            headers(("Damask-Verifier" = String, description = "name+id+key, as C2SP signed-note has it"))),
        (status = 409, description = "Nothing was signed yet; Retry-After says when to ask again"),
    ))]
async fn checkpoint(State(damask): State<Damask>, who: Who) -> Answer<Response> {
    let signed = proof::checkpoint(&damask, &who.caller).await?;
    let headers =
        [("content-type", "text/plain; charset=utf-8".to_owned()), ("damask-verifier", signed.verifier)];
    Ok((headers, signed.note).into_response())
}

/// Prove that a fact is in the log
///
/// The hashes from the fact's leaf to the root that was signed (RFC 6962, 2.1.1).
#[utoipa::path(get, path = "/api/v1/notary/inclusion/{fact}", operation_id = "proveFact", tag = "notary",
    params(("fact" = i64, Path, description = "Number of the fact", minimum = 1)),
    responses(
        (status = 200, description = "The proof", body = InclusionView),
        (status = 404, description = "There is no such fact, or none that bears on what exists for this caller"),
        (status = 409, description = "It is not signed yet; Retry-After says when to ask again"),
    ))]
async fn inclusion(
    State(damask): State<Damask>,
    who: Who,
    At(fact): At<Within<1, { i64::MAX }>>,
) -> Answer<Json<InclusionView>> {
    Ok(Json(proof::inclusion(&damask, &who.caller, Seq(fact.0)).await?.into()))
}

/// Which older log.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Older {
    /// How many facts the older checkpoint speaks of.
    #[param(value_type = i64, minimum = 1)]
    from: Within<1, { i64::MAX }>,
}

/// Prove that an older log is the beginning of this one
///
/// What makes the root that was signed last of the root of an older checkpoint (RFC 6962, 2.1.2).
#[utoipa::path(get, path = "/api/v1/notary/consistency", operation_id = "proveConsistency", tag = "notary",
    params(Older),
    responses(
        (status = 200, description = "The proof", body = ConsistencyView),
        (status = 409, description = "Nothing was signed yet; Retry-After says when to ask again"),
        (status = 422, description = "The signed log has fewer facts"),
    ))]
async fn consistency(
    State(damask): State<Damask>,
    who: Who,
    Asked(older): Asked<Older>,
) -> Answer<Json<ConsistencyView>> {
    Ok(Json(proof::consistency(&damask, &who.caller, older.from.0.cast_unsigned()).await?.into()))
}

/// A file of the log
///
/// Tiles of hashes and bundles of entries by their paths (C2SP tlog-tiles), for monitors that audit the whole log.
#[utoipa::path(get, path = "/api/v1/notary/tile/{*path}", operation_id = "getTile", tag = "notary",
    params(("path" = String, Path, description = "Level and index", example = "0/000", min_length = 1, pattern = "^(entries|[0-9]{1,2})(/[0-9a-z.]+)+$")),
    responses(
        (status = 200, description = "Its bytes", content_type = "application/octet-stream", body = [u8]),
        (status = 404, description = "There is no such tile"),
    ))]
async fn tile(State(damask): State<Damask>, who: Who, At(path): At<String>) -> Answer<Response> {
    let bytes = proof::tile(&damask, &who.caller, &path).await?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
}
