//! `Idempotency-Key`: a write that is sent again, because its answer was lost on the way, gets the first answer again
//! and is not carried out twice (IETF draft "The Idempotency-Key HTTP Header Field", 2.6 and 2.7).
//!
//! Uploads have offsets instead, and files their hashes. Requests whose answer holds a secret are not kept.

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use damask_flow::once::{Known, Once};
use serde::{Deserialize, Serialize};

use crate::{
    caller::Who,
    face::Face,
    problem::{Answer, Problem},
};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that an answer was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Longest key, in characters.
const KEY_LENGTH_MAX: usize = 200;
/// Longest answer that is kept, in bytes; a longer one is given and forgotten.
const ANSWER_BYTES_MAX: usize = 256 << 10;
/// Their answers hold secrets.
const SECRETS: [&str; 3] = ["/api/v1/keys", "/api/v1/session", "/api/v1/setup"];
/// Headers that are part of an answer.
const KEPT: [HeaderName; 4] =
    [header::CONTENT_TYPE, header::ETAG, header::LOCATION, HeaderName::from_static("damask-seq")];

/// An answer as it is kept.
#[derive(Deserialize, Serialize)]
struct KeptAnswer {
    headers: Vec<(String, String)>,
    body: String,
}

/// Carries a write with a key out once.
pub async fn once(State(face): State<Face>, request: Request, next: Next) -> Response {
    let is_secret = SECRETS.iter().any(|path| request.uri().path().starts_with(path));
    if request.method().is_safe() || is_secret || !request.headers().contains_key(KEY) {
        return next.run(request).await;
    }
    with_key(face, request, next).await.unwrap_or_else(IntoResponse::into_response)
}

async fn with_key(face: Face, request: Request, next: Next) -> Answer<Response> {
    let key = key_of(request.headers())?;
    let (mut parts, body) = request.into_parts();
    let who = <Who as FromRequestParts<Face>>::from_request_parts(&mut parts, &face).await?;
    let body = to_bytes(body, face.options.json_bytes_max)
        .await
        .map_err(|_| Problem::new("too-large", "the body is too long or ended early"))?;
    let mut whole = format!("{} {}\n", parts.method, parts.uri).into_bytes();
    whole.extend_from_slice(&body);

    let once = Once::new(face.damask, who.caller, key);
    match once.begin(&whole).await? {
        Known::Answered { status, response } => again(status, &response),
        Known::Running => Err(Problem::new("not-yet", "the same request is being carried out")
            .header(header::RETRY_AFTER, HeaderValue::from_static("1"))),
        Known::Differs => Err(Problem::new("key-reused", "another request bore this Idempotency-Key")
            .hint("use a fresh key for each request")),
        // To its end even when whoever asked is gone: the answer is what they will ask for again.
        Known::New => tokio::spawn(async move {
            let response = next.run(Request::from_parts(parts, Body::from(body))).await;
            keep(&once, response).await
        })
        .await
        .unwrap_or_else(|_| Err(Problem::fault())),
    }
}

fn key_of(headers: &HeaderMap) -> Answer<String> {
    let key = headers.get(KEY).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if key.is_empty() || key.len() > KEY_LENGTH_MAX {
        let detail = format!("an Idempotency-Key has 1 to {KEY_LENGTH_MAX} characters of ASCII");
        return Err(Problem::new("bad-request", detail));
    }
    Ok(key.to_owned())
}

/// Keeps what says what became of the request; what says only that it could not be tried is forgotten.
async fn keep(once: &Once, response: Response) -> Answer<Response> {
    let status = response.status();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(|_| Problem::fault())?;
    let tried = !status.is_server_error()
        && !matches!(
            status,
            StatusCode::UNAUTHORIZED | StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS
        );
    let text = std::str::from_utf8(&body).ok().filter(|text| tried && text.len() <= ANSWER_BYTES_MAX);
    match text {
        Some(text) => {
            let kept = KeptAnswer { headers: kept_headers(&parts.headers), body: text.to_owned() };
            let kept = serde_json::to_string(&kept).expect("an answer has only text");
            once.answered(status.as_u16(), kept).await?;
        }
        None => once.came_to_nothing().await?,
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn kept_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    KEPT.iter()
        .filter_map(|name| Some((name.to_string(), headers.get(name)?.to_str().ok()?.to_owned())))
        .collect()
}

fn again(status: u16, kept: &str) -> Answer<Response> {
    let unreadable = || Problem::new("fault", "the kept answer cannot be read");
    let kept: KeptAnswer = serde_json::from_str(kept).map_err(|_| unreadable())?;
    let status = StatusCode::from_u16(status).map_err(|_| unreadable())?;
    let mut response = (status, kept.body).into_response();
    for (name, value) in kept.headers {
        let name = HeaderName::try_from(name).map_err(|_| unreadable())?;
        let value = HeaderValue::try_from(value).map_err(|_| unreadable())?;
        response.headers_mut().insert(name, value);
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}
