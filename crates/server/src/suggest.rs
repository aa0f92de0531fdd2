//! What could be typed next in the search box.

use axum::{Json, extract::State};
use damask_flow::{Damask, find};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Who,
    extract::{Asked, Text, Within},
    face::Face,
    problem::Answer,
    wire::found::{SuggestionList, SuggestionView},
};

pub(crate) fn routes() -> OpenApiRouter<Face> {
    OpenApiRouter::new().routes(routes!(list))
}

/// What stands in the box.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Typed {
    /// The text so far.
    #[param(value_type = Option<String>, max_length = 4096, pattern = "^[^\\x00-\\x1f\\x7f]*$", example = "cam")]
    q: Option<Text<0, 4096>>,
    /// Where the caret stands, in characters; at the end without.
    #[param(value_type = Option<u32>, minimum = 0, maximum = 4096)]
    at: Option<Within<0, 4096>>,
}

/// What could be typed next
#[utoipa::path(get, path = "/api/v1/suggest", operation_id = "suggest", tag = "assets", params(Typed),
    responses((status = 200, description = "Words that fit at the caret", body = SuggestionList)))]
async fn list(
    State(damask): State<Damask>,
    who: Who,
    Asked(typed): Asked<Typed>,
) -> Answer<Json<SuggestionList>> {
    let text = typed.q.map(|text| text.0).unwrap_or_default();
    let letters = text.chars().count();
    let caret = typed.at.and_then(|at| usize::try_from(at.0).ok()).unwrap_or(letters).min(letters);
    let suggestions = find::suggest(&damask, &who.caller, &text, caret).await?;
    Ok(Json(SuggestionList { items: suggestions.into_iter().map(SuggestionView::from).collect() }))
}
