//! The web app, from within the binary. Its files have the hash of their content in their names and are kept
//! for good; `index.html` answers for every address of the app and is asked for each time.

use axum::{
    body::Bytes,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::{
    bytes_of_file::none_match,
    compressed::{Coding, Kept},
    problem::{Answer, Problem},
};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist"]
struct Dist;

const INDEX: &str = "index.html";

/// Said where the app would be.
const NOT_BUILT: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Damask</title>\
    <h1>The web app was not built</h1><p>This Damask answers its API, but it was compiled without its web app. \
    Build the app (npm run build in the folder web), compile Damask again and start it.\
    <p><a href=/api/docs>The API’s reference</a></html>";

/// A file of the app, or the app itself for its addresses.
pub async fn page(State(kept): State<Kept>, request: Request) -> Answer<Response> {
    let path = request.uri().path();
    if is_machines(path) {
        return Err(Problem::new("missing", format!("there is nothing at {}", shortened(path))));
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(Problem::new("wrong-method", "pages can only be read")
            .header(header::ALLOW, HeaderValue::from_static("GET,HEAD")));
    }
    let name = path.trim_start_matches('/');
    if let Some(file) = Dist::get(name).filter(|_| name != INDEX) {
        let cache = if is_hashed(name) { "public, max-age=31536000, immutable" } else { "no-cache" };
        return send(kept, name, file, cache, request.headers()).await;
    }
    if looks_like_a_file(name) {
        return Err(Problem::new("missing", format!("there is nothing at {}", shortened(path))));
    }
    match Dist::get(INDEX) {
        Some(file) => send(kept, INDEX, file, "no-cache", request.headers()).await,
        None => Ok((StatusCode::OK, [(header::CACHE_CONTROL, "no-store")], Html(NOT_BUILT)).into_response()),
    }
}

/// Addresses that programs ask: they get a problem, not the app.
fn is_machines(path: &str) -> bool {
    ["/api", "/i", "/metrics", "/healthz", "/readyz"]
        .iter()
        .any(|prefix| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// The app's addresses have no dot in their last part.
fn looks_like_a_file(name: &str) -> bool {
    name.rsplit('/').next().is_some_and(|last| last.contains('.'))
}

/// Vite puts what it names by content into `assets/`.
fn is_hashed(name: &str) -> bool {
    name.starts_with("assets/")
}

fn shortened(path: &str) -> String {
    path.chars().take(200).collect()
}

async fn send(
    kept: Kept,
    name: &str,
    file: EmbeddedFile,
    cache: &'static str,
    headers: &HeaderMap,
) -> Answer<Response> {
    let media_type = file.metadata.mimetype().to_owned();
    let coding = Coding::best(headers).filter(|_| is_text(&media_type));
    let hash = &hex::encode(file.metadata.sha256_hash())[..32];
    // Other bytes, another tag (RFC 9110, 8.8.3.3).
    let etag =
        format!("\"{hash}{}\"", coding.map(|coding| format!("-{}", coding.name())).unwrap_or_default());
    let about = [
        (header::ETAG, etag.clone()),
        (header::CACHE_CONTROL, cache.to_owned()),
        (header::VARY, "accept-encoding".to_owned()),
    ];
    if none_match(headers, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, about).into_response());
    }
    let bytes = match coding {
        None => Bytes::from(file.data.into_owned()),
        Some(coding) => {
            // Files on disk change under a running debug build; the tag keeps their pages apart.
            let key = format!("{name} {etag}");
            let packed = tokio::task::spawn_blocking(move || kept.page(&key, coding, &file.data)).await;
            packed
                .ok()
                .and_then(Result::ok)
                .ok_or_else(|| Problem::new("fault", "a page could not be packed"))?
        }
    };
    let media_type = if is_text(&media_type) { format!("{media_type}; charset=utf-8") } else { media_type };
    let mut response = (about, [(header::CONTENT_TYPE, media_type)], bytes).into_response();
    if let Some(coding) = coding {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
    }
    Ok(response)
}

fn is_text(media_type: &str) -> bool {
    media_type.starts_with("text/")
        || matches!(
            media_type,
            "application/javascript" | "application/json" | "image/svg+xml" | "application/manifest+json"
        )
}

#[cfg(test)]
mod tests {
    use super::{is_hashed, is_machines, looks_like_a_file};

    #[test]
    fn addresses_of_the_app_are_told_from_files_and_from_the_api() {
        assert!(is_machines("/api/v1/nothing") && is_machines("/api") && is_machines("/i/x/y"));
        assert!(!is_machines("/images") && !is_machines("/"));
        assert!(looks_like_a_file("favicon.ico") && looks_like_a_file("assets/x.js"));
        assert!(!looks_like_a_file("asset/0198c0de") && !looks_like_a_file(""));
        assert!(is_hashed("assets/index-abc.js") && !is_hashed("favicon.ico"));
    }
}
