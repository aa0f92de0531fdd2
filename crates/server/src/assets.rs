//! Assets: found by a query, looked at whole, edited; their tags, text and history.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use damask_flow::{Damask, Trouble, edit, find, look, view::AssetWhole};
use damask_model::{AssetId, FactId, Seq};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    bytes_of_file::none_match,
    caller::Who,
    extract::{Asked, At, Given, Id, Names, Text, Within},
    face::Face,
    page::next_after,
    problem::{Answer, Problem},
    wire::{
        asset::{AssetView, EditRequest, PageText, TagList, TagView, TextPages, UndoRequest},
        found::FoundPage,
        history::History,
    },
};

/// Assets on a page when none are named, and at most.
const PAGE: usize = 100;
/// Most assets on a page.
const PAGE_MAX: i64 = 200;
/// Facts on a page of history.
const HISTORY_PAGE: u32 = 100;
/// Pages of text in one answer.
const TEXT_PAGES: u32 = 200;
/// The number of the fact that a write stated.
const DAMASK_SEQ: HeaderName = HeaderName::from_static("damask-seq");

pub(crate) fn routes() -> OpenApiRouter<Face> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one, edit))
        .routes(routes!(undo))
        .routes(routes!(tags))
        .routes(routes!(text))
        .routes(routes!(history))
}

/// What to find.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Search {
    /// A query; empty finds everything. See the guide to queries.
    #[param(value_type = Option<String>, max_length = 4096, pattern = "^[^\\x00-\\x1f\\x7f]*$", example = "harbour type:image")]
    q: Option<Text<0, 4096>>,
    /// A field to sort by, `-` before it for the reverse; by relevance or newest first without.
    #[param(value_type = Option<String>, max_length = 80, example = "-captured")]
    sort: Option<Text<0, 80>>,
    /// Assets on the page.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200)]
    limit: Option<Within<1, PAGE_MAX>>,
    /// The cursor `next` of the page before.
    #[param(value_type = Option<String>, max_length = 1024)]
    after: Option<Text<1, 1024>>,
    /// Facets to count, with commas between them.
    #[param(value_type = Option<String>, pattern = "^[A-Za-z0-9_.-]{1,64}(,[A-Za-z0-9_.-]{1,64}){0,19}$", example = "type,camera")]
    facets: Option<Names<20>>,
    /// Answer only once the index has seen this much of the journal.
    #[param(value_type = Option<i64>, minimum = 0)]
    at_least: Option<Within<0, { i64::MAX }>>,
}

impl Search {
    fn ask(self) -> find::Ask {
        find::Ask {
            query: self.q.map(|text| text.0).unwrap_or_default(),
            sort: self.sort.map(|text| text.0).filter(|sort| !sort.is_empty()),
            limit: self.limit.and_then(|limit| usize::try_from(limit.0).ok()).unwrap_or(PAGE),
            after: self.after.map(|text| text.0),
            facets: self.facets.map(|names| names.0).unwrap_or_default(),
            at_least: self.at_least.map(|seq| Seq(seq.0)),
        }
    }
}

/// Find assets
///
/// Answers one page of the assets that a query finds, with the exact number of all and the counts asked for.
/// Only assets that exist for the caller are found and counted.
#[utoipa::path(get, path = "/api/v1/assets", operation_id = "findAssets", tag = "assets", params(Search),
    responses(
        (status = 200, description = "A page of assets", body = FoundPage),
        (status = 422, description = "The query cannot be read; `at` says where, `expected` what would be right"),
        (status = 409, description = "The index has not come as far as `at_least`; Retry-After says when to ask again"),
    ))]
async fn list(
    State(damask): State<Damask>,
    who: Who,
    Asked(search): Asked<Search>,
) -> Answer<Json<FoundPage>> {
    Ok(Json(find::assets(&damask, &who.caller, search.ask()).await?.into()))
}

/// Look at an asset
#[utoipa::path(get, path = "/api/v1/assets/{id}", operation_id = "getAsset", tag = "assets",
    params(("id" = Uuid, Path, description = "The asset")),
    responses(
        (status = 200, description = "The asset, whole", body = AssetView, headers(("ETag" = String, description = "Names this state of the asset"))),
        (status = 304, description = "The client has this state already (If-None-Match)"),
        (status = 404, description = "There is no such asset, or not for this caller"),
    ))]
async fn one(
    State(damask): State<Damask>,
    who: Who,
    At(Id(id)): At<Id<AssetId>>,
    headers: HeaderMap,
) -> Answer<Response> {
    let whole = look::asset(&damask, &who.caller, id).await?;
    let tag = etag(whole.etag);
    if none_match(&headers, tag.to_str().unwrap_or_default()) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    Ok(view(&damask, whole))
}

/// Edit an asset
///
/// Writes field values in the caller's name. With If-Match the edit is done only on that state of the asset.
#[utoipa::path(patch, path = "/api/v1/assets/{id}", operation_id = "editAsset", tag = "assets",
    params(
        ("id" = Uuid, Path, description = "The asset"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the state to edit, or several with commas between them"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200,
            description = "Sent again with it, the write is not done twice"),
    ),
    request_body = EditRequest,
    responses(
        (status = 200, description = "The asset as it is now", body = AssetView, headers(
            ("ETag" = String, description = "Names this state of the asset"),
            ("Damask-Seq" = i64, description = "Number of the fact that states this edit"),
        )),
        (status = 204, description = "It is done, and the asset exists for this caller no longer", headers(
            ("Damask-Seq" = i64, description = "Number of the fact that states this edit"),
        )),
        (status = 404, description = "There is no such asset, or not for this caller"),
        (status = 412, description = "It was changed meanwhile"),
        (status = 415, description = "The body is not JSON"),
        (status = 422, description = "A value does not suit its field"),
    ))]
async fn edit(
    State(damask): State<Damask>,
    who: Who,
    At(Id(id)): At<Id<AssetId>>,
    headers: HeaderMap,
    Given(request): Given<EditRequest>,
) -> Answer<Response> {
    let seq = edit::fields(&damask, &who.caller, id, wanted_states(&headers), request.fields).await?;
    edited(&damask, &who, id, seq).await
}

/// Undo an edit
///
/// What stood in the edited fields before stands there again, with where it came from. Undoing is an edit: it can be
/// undone too. It is refused where one of these fields was changed since.
#[utoipa::path(post, path = "/api/v1/assets/{id}/undo", operation_id = "undoEdit", tag = "assets",
    params(
        ("id" = Uuid, Path, description = "The asset"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the state in which to undo it, or several with commas between them"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200,
            description = "Sent again with it, the write is not done twice"),
    ),
    request_body = UndoRequest,
    responses(
        (status = 200, description = "The asset as it is now", body = AssetView, headers(
            ("ETag" = String, description = "Names this state of the asset"),
            ("Damask-Seq" = i64, description = "Number of the fact that states this edit"),
        )),
        (status = 204, description = "It is done, and the asset exists for this caller no longer", headers(
            ("Damask-Seq" = i64, description = "Number of the fact that states this edit"),
        )),
        (status = 404, description = "There is no such asset, or not for this caller, or it has no such edit"),
        (status = 412, description = "One of the fields was changed since, or the asset is in another state"),
        (status = 415, description = "The body is not JSON"),
        (status = 422, description = "The body names no edit"),
    ))]
async fn undo(
    State(damask): State<Damask>,
    who: Who,
    At(Id(id)): At<Id<AssetId>>,
    headers: HeaderMap,
    Given(request): Given<UndoRequest>,
) -> Answer<Response> {
    let edit = Seq(request.edit.0);
    let seq = edit::undo(&damask, &who.caller, id, wanted_states(&headers), edit).await?;
    edited(&damask, &who, id, seq).await
}

/// The asset after an edit, and the number of the fact that states it.
pub(crate) async fn edited(damask: &Damask, who: &Who, id: AssetId, seq: Seq) -> Answer<Response> {
    let mut response = match look::asset(damask, &who.caller, id).await {
        Ok(whole) => view(damask, whole),
        // The edit itself took the asset out of what the caller sees: it is done all the same.
        Err(Trouble::Missing { .. }) => StatusCode::NO_CONTENT.into_response(),
        Err(trouble) => return Err(trouble.into()),
    };
    response.headers_mut().insert(DAMASK_SEQ, HeaderValue::from(seq.0));
    Ok(response)
}

/// All embedded tags
#[utoipa::path(get, path = "/api/v1/assets/{id}/tags", operation_id = "getAssetTags", tag = "assets",
    params(("id" = Uuid, Path, description = "The asset")),
    responses(
        (status = 200, description = "Every tag of its primary file, raw", body = TagList),
        (status = 404, description = "There is no such asset, or not for this caller"),
    ))]
async fn tags(State(damask): State<Damask>, who: Who, At(Id(id)): At<Id<AssetId>>) -> Answer<Json<TagList>> {
    let tags = look::tags(&damask, &who.caller, id).await?;
    let items =
        tags.into_iter().map(|tag| TagView { group: tag.group, name: tag.name, value: tag.value }).collect();
    Ok(Json(TagList { items }))
}

/// Which page of text.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TextQuery {
    /// One page, from 1; without, up to 200 pages that have text.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100000)]
    page: Option<Within<1, 100_000>>,
    /// `next` of the answer before; not with `page`.
    #[param(value_type = Option<u32>, minimum = 0, maximum = 4294967295_i64)]
    after: Option<Within<0, { u32::MAX as i64 }>>,
}

/// Text of a document
#[utoipa::path(get, path = "/api/v1/assets/{id}/text", operation_id = "getAssetText", tag = "assets",
    params(("id" = Uuid, Path, description = "The asset"), TextQuery),
    responses(
        (status = 200, description = "The text that was read from it", body = TextPages),
        (status = 404, description = "There is no such asset, or not for this caller"),
    ))]
async fn text(
    State(damask): State<Damask>,
    who: Who,
    At(Id(id)): At<Id<AssetId>>,
    Asked(query): Asked<TextQuery>,
) -> Answer<Json<TextPages>> {
    let number = |given: i64| u32::try_from(given).unwrap_or(u32::MAX);
    let (pages, next) = match query.page {
        Some(_) if query.after.is_some() => {
            return Err(
                Problem::new("bad-request", "one page has none after it").hint("give `page` or `after`")
            );
        }
        Some(Within(page)) => {
            let text = look::text_of_page(&damask, &who.caller, id, number(page)).await?;
            (text.map(|text| (number(page), text)).into_iter().collect(), None)
        }
        None => {
            let after = query.after.map_or(0, |after| number(after.0));
            let pages = look::text(&damask, &who.caller, id, after, TEXT_PAGES).await?;
            let next = next_after(&pages, TEXT_PAGES as usize, |(page, _)| *page);
            (pages, next)
        }
    };
    let pages = pages.into_iter().map(|(page, text)| PageText { page, text }).collect();
    Ok(Json(TextPages { pages, next }))
}

/// Where in the history.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HistoryQuery {
    /// `next` of the page before.
    #[param(value_type = Option<i64>, minimum = 0)]
    after: Option<Within<0, { i64::MAX }>>,
}

/// History of an asset
#[utoipa::path(get, path = "/api/v1/assets/{id}/history", operation_id = "getAssetHistory", tag = "assets",
    params(("id" = Uuid, Path, description = "The asset"), HistoryQuery),
    responses(
        (status = 200, description = "Facts that bear it, the newest first", body = History),
        (status = 404, description = "There is no such asset, or not for this caller"),
    ))]
async fn history(
    State(damask): State<Damask>,
    who: Who,
    At(Id(id)): At<Id<AssetId>>,
    Asked(query): Asked<HistoryQuery>,
) -> Answer<Json<History>> {
    let before = query.after.map(|seq| Seq(seq.0));
    let facts = look::history(&damask, &who.caller, id, before, HISTORY_PAGE).await?;
    Ok(Json(History::new(facts, HISTORY_PAGE as usize)))
}

fn view(damask: &Damask, whole: AssetWhole) -> Response {
    let tag = etag(whole.etag);
    let headers =
        [(header::ETAG, tag), (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"))];
    (headers, Json(AssetView::new(whole, &find::fields(damask)))).into_response()
}

fn etag(state: FactId) -> HeaderValue {
    HeaderValue::try_from(format!("\"{state}\"")).expect("a UUID is ASCII")
}

/// The states that If-Match names: `None` for any. Tags are compared strongly (RFC 9110, 13.1.1); one that no
/// state ever had matches none.
pub(crate) fn wanted_states(headers: &HeaderMap) -> Option<Vec<FactId>> {
    if !headers.contains_key(header::IF_MATCH) {
        return None;
    }
    let lines = headers.get_all(header::IF_MATCH).iter().filter_map(|line| line.to_str().ok());
    let tags: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    if tags.contains(&"*") {
        return None;
    }
    let state = |tag: &str| tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok();
    Some(tags.into_iter().filter_map(state).collect())
}
