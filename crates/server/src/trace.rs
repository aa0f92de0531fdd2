//! One line in the log and one count in the meters for each request; an id joins it to what the client saw. Where
//! there is a witness, the request is a span that it is told of.

use std::time::{Duration, Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::{IntoResponse, Response},
};
use damask_model::Uuid;

use tracing::{Instrument as _, Span, field::Empty};

use crate::{caller::ActorSeat, face::Face, meters::known, problem::Problem, witness::Witness};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest id of a request that is taken from outside, in bytes.
const REQUEST_ID_BYTES_MAX: usize = 64;

/// Numbers, times, counts and logs a request.
pub async fn trace(State(face): State<Face>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let id = request_id(request.headers().get(REQUEST_ID));
    let seat = ActorSeat::default();
    request.extensions_mut().insert(seat.clone());
    let witness = face.options.witness.as_deref();
    let span = witness.map_or_else(Span::none, |witness| begun(witness, &request, &route));
    let mut response = next.run(request).instrument(span.clone()).await;
    let took = started.elapsed();
    let status = response.status().as_u16();
    face.meters.request(&method, &route, status, took);
    if let Some(witness) = witness {
        ended(&span, status);
        witness.answered(known(&method), &route, status, took);
    }
    let actor = seat.0.get().map(ToString::to_string).unwrap_or_default();
    let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let number = id.to_str().unwrap_or_default();
    tracing::info!(%method, route, status, duration_ms, caller.actor = actor, request.id = number, "request");
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// The span of a request; its names are those of OpenTelemetry's semantic conventions for HTTP.
fn begun(witness: &dyn Witness, request: &Request, route: &str) -> Span {
    let method = known(request.method());
    let span = tracing::info_span!(
        parent: None,
        "request",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
    );
    witness.begins(&span, request.headers());
    span
}

fn ended(span: &Span, status: u16) {
    span.record("http.response.status_code", i64::from(status));
    // What a client asked wrongly is no error of the server's.
    if status >= 500 {
        span.record("otel.status_code", "ERROR");
    }
}

/// The id a proxy gave, if it is short and plain; else a new one.
fn request_id(given: Option<&HeaderValue>) -> HeaderValue {
    let plain = |value: &&HeaderValue| {
        let bytes = value.as_bytes();
        !bytes.is_empty()
            && bytes.len() <= REQUEST_ID_BYTES_MAX
            && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
    };
    given
        .filter(plain)
        .cloned()
        .unwrap_or_else(|| HeaderValue::try_from(Uuid::now_v7().to_string()).expect("a UUID is ASCII"))
}

/// Ends a request that takes too long. Not for uploads, downloads and streams.
pub async fn time_out(State(face): State<Face>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(face.options.request_time_max, next.run(request)).await {
        Ok(response) => response,
        Err(_) => too_slow(face.options.request_time_max).into_response(),
    }
}

fn too_slow(limit: Duration) -> Problem {
    Problem::new("timeout", format!("it was not done within {} s", limit.as_secs()))
        .hint("ask for less at once")
        .header(axum::http::header::RETRY_AFTER, HeaderValue::from_static("5"))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::request_id;

    #[test]
    fn the_id_of_a_request_is_kept_only_when_it_is_short_and_plain() {
        let given = HeaderValue::from_static("proxy-17");
        assert_eq!(request_id(Some(&given)), given);
        for odd in ["", "a b", "x\"y", &"x".repeat(65)] {
            let odd = HeaderValue::from_str(odd).expect("header");
            assert_ne!(request_id(Some(&odd)), odd);
        }
        assert_ne!(request_id(None), request_id(None));
    }
}
