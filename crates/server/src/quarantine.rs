//! Files that failed a check and wait for a person.

use axum::{Json, extract::State};
use damask_flow::{Damask, ingest::quarantine};
use damask_model::QuarantineId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Who,
    extract::{Asked, Id},
    face::Face,
    problem::Answer,
    wire::quarantine::{QuarantineLine, QuarantineList},
};

/// Files on a page.
const PAGE: u32 = 100;

pub(crate) fn routes() -> OpenApiRouter<Face> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Where in the list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Page {
    /// `next` of the page before.
    #[param(value_type = Option<Uuid>)]
    after: Option<Id<QuarantineId>>,
}

/// Files in quarantine
#[utoipa::path(get, path = "/api/v1/quarantine", operation_id = "listQuarantine", tag = "uploads", params(Page),
    responses((status = 200, description = "Files that wait for a person", body = QuarantineList)))]
async fn list(
    State(damask): State<Damask>,
    who: Who,
    Asked(page): Asked<Page>,
) -> Answer<Json<QuarantineList>> {
    let files = quarantine::page(&damask, &who.caller, page.after.map(|id| id.0), PAGE).await?;
    let next = if files.len() < PAGE as usize { None } else { files.last().map(|file| file.id.0) };
    Ok(Json(QuarantineList { items: files.into_iter().map(QuarantineLine::from).collect(), next }))
}
