//! Accounts, for who runs the library.

use axum::{Json, extract::State};
use damask_flow::{Damask, govern::people};
use damask_model::UserId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Who,
    extract::{Asked, Id},
    face::Face,
    page::next_after,
    problem::Answer,
    wire::account::{AccountLine, AccountList},
};

/// Accounts on a page.
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
    after: Option<Id<UserId>>,
}

/// Accounts
///
/// Also those that were erased: what they did stays told under their id. For administrators.
#[utoipa::path(get, path = "/api/v1/accounts", operation_id = "listAccounts", tag = "session", params(Page),
    responses((status = 200, description = "People who may sign in, the oldest account first", body = AccountList)))]
async fn list(State(damask): State<Damask>, who: Who, Asked(page): Asked<Page>) -> Answer<Json<AccountList>> {
    let people = people::page(&damask, &who.caller, page.after.map(|id| id.0), PAGE).await?;
    let next = next_after(&people, PAGE as usize, |person| person.id.0);
    Ok(Json(AccountList { items: people.into_iter().map(AccountLine::from).collect(), next }))
}
