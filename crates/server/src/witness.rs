//! Who is told of requests besides the log and the meters: telemetry, where there is any. The face knows nothing of
//! how it is told on.

use std::{fmt, time::Duration};

use axum::http::HeaderMap;
use tracing::Span;

/// Sees requests come and go.
pub trait Witness: fmt::Debug + Send + Sync {
    /// A request begins in this span; its headers may name the trace it belongs to.
    fn begins(&self, span: &Span, headers: &HeaderMap);

    /// It was answered. `route` is the pattern, never the path, and methods that clients invent are `OTHER`.
    fn answered(&self, method: &str, route: &str, status: u16, took: Duration);
}
