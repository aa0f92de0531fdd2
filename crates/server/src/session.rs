//! Signing in and out. The session is a random secret in a cookie that scripts cannot read.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use damask_flow::{
    Trouble,
    govern::{SessionToken, sessions},
};
use damask_time::Instant;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::{SESSION_COOKIE, Who, check_not_cross_site, session_cookie},
    extract::Given,
    face::Face,
    problem::{Answer, Problem},
    reached::Reached,
    wire::account::{Me, SignInRequest},
};

pub(crate) fn routes() -> OpenApiRouter<Face> {
    OpenApiRouter::new().routes(routes!(current, sign_in, sign_out))
}

/// Who is signed in
#[utoipa::path(get, path = "/api/v1/session", operation_id = "getSession", tag = "session",
    responses((status = 200, description = "Who calls and what they may do", body = Me)))]
async fn current(State(face): State<Face>, who: Who) -> Json<Me> {
    let library = &face.options.library;
    Json(match who.account {
        Some(account) => Me::of_account(account, library),
        None => Me::of_caller(&who.caller, library),
    })
}

/// Sign in
#[utoipa::path(post, path = "/api/v1/session", operation_id = "signIn", tag = "session", security(()),
    request_body = SignInRequest,
    responses(
        (status = 200, description = "Signed in; the session is in the cookie", body = Me,
            headers(("Set-Cookie" = String, description = "The session"))),
        (status = 401, description = "Address or password is wrong"),
        (status = 403, description = "A page of another site asked for it"),
        (status = 415, description = "The body is not JSON"),
        (status = 422, description = "A value is not right"),
        (status = 429, description = "Too many attempts"),
    ))]
async fn sign_in(
    State(face): State<Face>,
    reached: Reached,
    headers: HeaderMap,
    Given(request): Given<SignInRequest>,
) -> Answer<Response> {
    check_not_cross_site(&headers)?;
    let signed_in = sessions::sign_in(&face.damask, &request.email.0, &request.password.0).await;
    let (account, token) = signed_in.map_err(|trouble| match trouble {
        Trouble::Unknown(why) => Problem::new("bad-credentials", why),
        other => other.into(),
    })?;
    let cookie = cookie(&face, reached, &token);
    Ok(([(header::SET_COOKIE, cookie)], Json(Me::of_account(account, &face.options.library))).into_response())
}

/// Sign out
#[utoipa::path(delete, path = "/api/v1/session", operation_id = "signOut", tag = "session",
    responses((status = 204, description = "Signed out", headers(("Set-Cookie" = String, description = "Takes the session away")))))]
async fn sign_out(
    State(face): State<Face>,
    who: Who,
    reached: Reached,
    headers: HeaderMap,
) -> Answer<Response> {
    if who.account.is_none() {
        return Err(Problem::new("bad-request", "there is no session to end").hint("revoke the key instead"));
    }
    if let Some(secret) = session_cookie(&headers) {
        sessions::sign_out(&face.damask, secret).await?;
    }
    let gone = cookie_text(reached, "", 0);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, gone)]).into_response())
}

/// The cookie that carries a session until it ends.
pub fn cookie(face: &Face, reached: Reached, token: &SessionToken) -> HeaderValue {
    cookie_text(reached, &token.secret, seconds_until(token.expires, face.damask.now()))
}

fn seconds_until(end: Instant, now: Instant) -> i64 {
    (end.micros_since(now) / 1_000_000).max(0)
}

/// RFC 6265bis: Secure keeps it to HTTPS where people came by it, HttpOnly hides it from scripts, SameSite=Strict keeps it from requests of other sites.
fn cookie_text(reached: Reached, secret: &str, seconds: i64) -> HeaderValue {
    let secure = if reached.https { "; Secure" } else { "" };
    let text =
        format!("{SESSION_COOKIE}={secret}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::try_from(text).expect("a session's secret is safe in headers")
}
