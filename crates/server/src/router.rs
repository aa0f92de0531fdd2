//! What is served, and the layers a request passes, from the outside in: log and count, host and headers,
//! compression, a net for panics; then, for handlers that end soon, a limit of time and of body.

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, OriginalUri},
    http::{Method, header},
    middleware,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use damask_flow::Damask;
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};

use crate::{
    caller::OverLocalSocket,
    compressed::{Kept, on_the_way},
    face::Face,
    guard::guard,
    health, local,
    once::once,
    openapi,
    options::{Hosts, ServerOptions},
    pages,
    problem::Problem,
    reference,
    trace::{time_out, trace},
};

/// The HTTP face of a library: API, pages, health.
pub fn router(damask: Damask, options: ServerOptions) -> Router {
    of_face(Face::new(damask, options))
}

/// The face on the local socket: the same API with imports and checks, and the caller is this machine's
/// owner. Serve it only to peers that were checked ([`crate::serve_local`]).
pub fn local_router(damask: Damask) -> Router {
    of_face_local(Face::new(damask, local_options()))
}

/// Options of the local socket: a program there names no host.
pub(crate) fn local_options() -> ServerOptions {
    ServerOptions { hosts: Hosts::Any, ..ServerOptions::default() }
}

pub(crate) fn of_face_local(face: Face) -> Router {
    let own = local::routes().layer(DefaultBodyLimit::max(face.options.json_bytes_max));
    layered(api(&face).merge(own), face).layer(Extension(OverLocalSocket))
}

pub(crate) fn of_face(face: Face) -> Router {
    let kept = Kept::default();
    let routes = api(&face).merge(health::routes());
    layered(routes.fallback_service(middleware_free(kept)), face)
}

fn middleware_free(kept: Kept) -> Router {
    Router::new().fallback(pages::page).with_state(kept)
}

fn api(face: &Face) -> Router<Face> {
    let quick = openapi::quick()
        .layer(middleware::from_fn_with_state(face.clone(), once))
        .layer(DefaultBodyLimit::max(face.options.json_bytes_max))
        .layer(middleware::from_fn_with_state(face.clone(), time_out));
    let long = openapi::long().layer(DefaultBodyLimit::disable());
    let (routes, description) = quick.merge(long).split_for_parts();
    let description = openapi::finished(description);
    let value = serde_json::to_value(&description).expect("the description has only text and numbers");
    let json: Arc<str> =
        description.to_pretty_json().expect("the description has only text and numbers").into();
    let docs: Arc<str> = reference::page(&value).into();
    routes
        .route(
            "/api/openapi.json",
            get(async move || ([(header::CONTENT_TYPE, "application/json")], json.to_string())),
        )
        .route("/api/docs", get(async move || Html(docs.to_string())))
}

fn layered(routes: Router<Face>, face: Face) -> Router {
    routes
        .method_not_allowed_fallback(wrong_method)
        .layer(CatchPanicLayer::custom(|_panic| panicked()))
        .layer(CompressionLayer::new().compress_when(on_the_way))
        .layer(middleware::from_fn_with_state(face.clone(), guard))
        .layer(middleware::from_fn_with_state(face.clone(), trace))
        .with_state(face)
}

/// axum adds Allow with the methods that are served.
async fn wrong_method(method: Method, OriginalUri(uri): OriginalUri) -> Problem {
    let path: String = uri.path().chars().take(200).collect();
    Problem::new("wrong-method", format!("{method} is not served at {path}"))
}

/// The panic itself was logged where it happened.
fn panicked() -> Response {
    Problem::fault().into_response()
}
