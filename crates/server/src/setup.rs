//! Making the first administrator by the one-time link that the server prints at its first start.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use damask_flow::govern::setup;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::check_not_cross_site,
    extract::Given,
    face::Face,
    problem::Answer,
    reached::Reached,
    session::cookie,
    wire::account::{Me, SetupRequest, SetupView},
};

pub(crate) fn routes() -> OpenApiRouter<Face> {
    OpenApiRouter::new().routes(routes!(needed, finish))
}

/// Is setup needed
#[utoipa::path(get, path = "/api/v1/setup", operation_id = "getSetup", tag = "session", security(()),
    responses((status = 200, description = "Whether the first administrator is still to be made", body = SetupView)))]
async fn needed(State(face): State<Face>) -> Answer<Json<SetupView>> {
    Ok(Json(SetupView { needed: setup::needed(&face.damask).await? }))
}

/// Make the first administrator
#[utoipa::path(post, path = "/api/v1/setup", operation_id = "finishSetup", tag = "session", security(()),
    request_body = SetupRequest,
    responses(
        (status = 201, description = "Made, and signed in", body = Me,
            headers(("Set-Cookie" = String, description = "The session"))),
        (status = 403, description = "The link was used, has expired or was replaced"),
        (status = 415, description = "The body is not JSON"),
        (status = 422, description = "A value is not right"),
    ))]
async fn finish(
    State(face): State<Face>,
    reached: Reached,
    headers: HeaderMap,
    Given(request): Given<SetupRequest>,
) -> Answer<Response> {
    check_not_cross_site(&headers)?;
    let (token, new) = request.read()?;
    let (account, session) = setup::finish(&face.damask, &token, new).await?;
    let cookie = [(header::SET_COOKIE, cookie(&face, reached, &session))];
    let me = Me::of_account(account, &face.options.library);
    Ok((StatusCode::CREATED, cookie, Json(me)).into_response())
}
