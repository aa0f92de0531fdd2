//! Undoing what a fact states.

use axum::{Json, extract::State};
use damask_flow::{Damask, undo};
use damask_model::Seq;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Who,
    extract::{Given, Within},
    face::Face,
    problem::Answer,
    wire::several::SeveralView,
};

pub(crate) fn routes() -> OpenApiRouter<Face> {
    OpenApiRouter::new().routes(routes!(undo_fact))
}

/// What to undo.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UndoFactRequest {
    /// The number of the fact that states it: `fact` of an act's answer, `seq` in the history of an asset.
    #[schema(value_type = i64, minimum = 1)]
    fact: Within<1, { i64::MAX }>,
}

/// Undo an act
///
/// What can be undone: edits, putting in and taking out of the trash, new and promoted versions, check-outs. Undoing
/// states a fact of its own, by which it can be undone too.
#[utoipa::path(post, path = "/api/v1/undo", operation_id = "undo", tag = "assets", request_body = UndoFactRequest,
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200,
        description = "Sent again with it, the write is not done twice")),
    responses(
        (status = 200, description = "What became of each of its assets", body = SeveralView),
        (status = 404, description = "There is no such fact, or its asset is not for this caller"),
        (status = 412, description = "It was changed since"),
        (status = 415, description = "The body is not JSON"),
        (status = 422, description = "What this fact states cannot be undone"),
        (status = 423, description = "Someone else has the asset checked out"),
    ))]
async fn undo_fact(
    State(damask): State<Damask>,
    who: Who,
    Given(request): Given<UndoFactRequest>,
) -> Answer<Json<SeveralView>> {
    Ok(Json(undo::fact(&damask, &who.caller, Seq(request.fact.0)).await?.into()))
}
