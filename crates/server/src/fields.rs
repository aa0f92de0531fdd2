//! Fields of the library.

use axum::{Json, extract::State};
use damask_flow::{Damask, find};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Who,
    face::Face,
    wire::field::{FieldLine, FieldList},
};

pub(crate) fn routes() -> OpenApiRouter<Face> {
    OpenApiRouter::new().routes(routes!(list))
}

/// All fields
#[utoipa::path(get, path = "/api/v1/fields", operation_id = "listFields", tag = "fields",
    responses((status = 200, description = "The fields, in the order a page shows them", body = FieldList)))]
async fn list(State(damask): State<Damask>, _who: Who) -> Json<FieldList> {
    Json(FieldList { items: find::fields(&damask).into_iter().map(FieldLine::from).collect() })
}
