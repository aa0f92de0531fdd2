//! Checking the library while it is used: told line by line, by area, for as long as it takes.

use axum::{extract::State, response::Response};
use damask_flow::{
    Damask,
    check::{self, CheckStep, How},
};
use futures::{StreamExt, future};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Who,
    extract::{Asked, Within},
    face::Face,
    lines::{MEDIA_TYPE, line_by_line},
    problem::Answer,
    wire::check::CheckView,
};

pub(crate) fn routes() -> OpenApiRouter<Face> {
    OpenApiRouter::new().routes(routes!(check_all)).routes(routes!(repair))
}

/// How thoroughly.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Thoroughly {
    /// 1 to look whether bytes are there without reading them.
    #[param(value_type = Option<u8>, minimum = 0, maximum = 1)]
    quick: Option<Within<0, 1>>,
    /// 1 to be told how far it is, in lines of their own.
    #[param(value_type = Option<u8>, minimum = 0, maximum = 1)]
    progress: Option<Within<0, 1>>,
}

/// Check the library
///
/// Glass, journal, notary, catalog, bytes and index, one after the other: what was looked at, and every fault. Changes
/// nothing. The answer comes line by line, one JSON object a line, for as long as it takes; ending the request ends the
/// check.
#[utoipa::path(get, path = "/api/v1/check", operation_id = "checkLibrary", tag = "status", params(Thoroughly),
    responses((status = 200, description = "What was seen, line by line", content_type = MEDIA_TYPE, body = CheckView)))]
async fn check_all(
    State(damask): State<Damask>,
    who: Who,
    Asked(how): Asked<Thoroughly>,
) -> Answer<Response> {
    told(&damask, &who, &how, false)
}

/// Check the library and mend it
///
/// As the check, and what is derived is made again: entries of the index, the tally, blobs that nothing names; bytes
/// that are not right are copied from the other place, where there is one. What was mended says so. Run it while no
/// other server of the library takes files in.
#[utoipa::path(post, path = "/api/v1/check/repair", operation_id = "repairLibrary", tag = "status", params(Thoroughly),
    responses((status = 200, description = "What was seen and mended, line by line", content_type = MEDIA_TYPE, body = CheckView)))]
async fn repair(State(damask): State<Damask>, who: Who, Asked(how): Asked<Thoroughly>) -> Answer<Response> {
    told(&damask, &who, &how, true)
}

fn told(damask: &Damask, who: &Who, how: &Thoroughly, repair: bool) -> Answer<Response> {
    let is_set = |flag: Option<Within<0, 1>>| flag.is_some_and(|flag| flag.0 == 1);
    let (quick, progress) = (is_set(how.quick), is_set(how.progress));
    let steps = check::watched(damask, &who.caller, How { quick, repair })?;
    let told = steps.filter(move |step| future::ready(progress || matches!(step, CheckStep::Line(_))));
    Ok(line_by_line(told.map(CheckView::from)))
}
