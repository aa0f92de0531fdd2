//! How the library stands.

use axum::{Json, extract::State};
use damask_flow::status;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{caller::Who, face::Face, problem::Answer, wire::status::StatusView};

pub(crate) fn routes() -> OpenApiRouter<Face> {
    OpenApiRouter::new().routes(routes!(now))
}

/// How the library stands
#[utoipa::path(get, path = "/api/v1/status", operation_id = "getStatus", tag = "status",
    responses((status = 200, description = "Counts, engines, version", body = StatusView)))]
async fn now(State(face): State<Face>, who: Who) -> Answer<Json<StatusView>> {
    let status = status::now(&face.damask, &who.caller).await?;
    Ok(Json(StatusView::new(status, &face.options.version)))
}
