//! What holds for every request and answer: the host name must be ours, and browsers are told to be strict.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{face::Face, problem::Problem};

/// What Damask's own pages may load and do. `web/vite.config.ts` has the same for the page's preview.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self'; media-src 'self'; connect-src 'self'; font-src 'self'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'";

/// What a file that someone brought in may load and do when a browser opens it: nothing.
pub const FILE_POLICY: &str =
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

const ALWAYS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Refuses names that are not ours; writes the headers that browsers obey.
pub async fn guard(State(face): State<Face>, mut request: Request, next: Next) -> Response {
    name_host(&mut request);
    let mut response = match check_host(&face, &request) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    harden(response.headers_mut());
    response
}

/// HTTP/2 has the name in the target instead (RFC 9113, 8.3.1); everything behind this finds it in one place.
fn name_host(request: &mut Request) {
    if let Some(authority) = request.uri().authority()
        && let Ok(host) = HeaderValue::from_str(authority.as_str())
    {
        request.headers_mut().entry(header::HOST).or_insert(host);
    }
}

fn check_host(face: &Face, request: &Request) -> Result<(), Problem> {
    let host = request.headers().get(header::HOST).and_then(|value| value.to_str().ok());
    if face.options.hosts.allow(host.unwrap_or_default()) {
        Ok(())
    } else {
        Err(Problem::new("unknown-host", "this server is not known by that name")
            .hint("open http://localhost with its port, or add the name to the configuration"))
    }
}

/// Answers that say something stricter of their own keep it.
pub fn harden(headers: &mut HeaderMap) {
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(PAGE_POLICY));
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}
