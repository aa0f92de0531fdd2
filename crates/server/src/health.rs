//! For machines that watch: is the process alive, is the library ready, how much was done.

use axum::{
    Router,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use damask_flow::{Caller, caller::Permission, status};

use crate::{
    caller::Who,
    face::Face,
    problem::{Answer, Problem},
    reached::Reached,
};

/// Where watchers look.
pub fn routes() -> Router<Face> {
    Router::new()
        .route("/healthz", get(async || "alive\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
}

/// Ready when catalog and index answer and the store takes bytes.
async fn ready(State(face): State<Face>) -> Answer<&'static str> {
    let mut engines = match status::now(&face.damask, &Caller::damask()).await {
        Ok(status) => status.engines,
        Err(trouble) => return Err(not_ready("catalog", &trouble.chain())),
    };
    engines.push(status::store(&face.damask).await);
    match engines.iter().find(|engine| !engine.ok && is_vital(&engine.name)) {
        None => Ok("ready\n"),
        Some(engine) => Err(not_ready(&engine.name, &engine.detail)),
    }
}

/// What exactly is in the log: anybody may ask.
fn not_ready(engine: &str, detail: &str) -> Problem {
    tracing::error!(engine, detail, "not ready");
    Problem::new("not-ready", format!("{engine} does not answer"))
}

/// A decoder that is not installed does not keep people from their files.
fn is_vital(engine: &str) -> bool {
    matches!(engine, "catalog" | "index" | "store")
}

/// For this machine and for administrators: counts say what others do.
async fn metrics(State(face): State<Face>, reached: Reached, who: Option<Who>) -> Answer<Response> {
    if !reached.near {
        let who = who.ok_or_else(|| Problem::not_signed_in("the metrics are for administrators"))?;
        who.caller.needs(Permission::Administer, "reading the metrics")?;
    }
    let status = status::now(&face.damask, &Caller::damask()).await?;
    let text = face.meters.render(&status);
    // Prometheus' text format 0.0.4.
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}
