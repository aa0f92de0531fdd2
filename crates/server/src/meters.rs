//! Counts for Prometheus. Kept with the face, not in a global, so that two libraries in one process do not
//! add up.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use axum::http::Method;
use damask_flow::status::Status;
use metrics::{counter, gauge, histogram, with_local_recorder};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};

/// Upper bounds of the buckets of request durations, in seconds.
const SECONDS: &[f64] = &[0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Requests after which samples are folded into their buckets, so that they do not gather unread.
const FOLD_EVERY: u64 = 1_024;

/// What is counted.
pub struct Meters {
    recorder: PrometheusRecorder,
    requests: AtomicU64,
}

impl Meters {
    /// Nothing counted yet.
    pub fn new() -> Self {
        let recorder =
            PrometheusBuilder::new().set_buckets(SECONDS).expect("there is a bucket").build_recorder();
        Self { recorder, requests: AtomicU64::new(0) }
    }

    /// A request was answered. `route` is the pattern, never the path: paths are without number.
    pub fn request(&self, method: &Method, route: &str, status: u16, took: Duration) {
        let (method, route, status) = (known(method).to_owned(), route.to_owned(), status.to_string());
        with_local_recorder(&self.recorder, || {
            counter!("damask_http_requests_total", "method" => method.clone(), "route" => route.clone(), "status" => status)
                .increment(1);
            histogram!("damask_http_request_duration_seconds", "method" => method, "route" => route)
                .record(took.as_secs_f64());
        });
        if self.requests.fetch_add(1, Ordering::Relaxed) % FOLD_EVERY == FOLD_EVERY - 1 {
            self.recorder.handle().run_upkeep();
        }
    }

    /// The text that Prometheus reads, with the library's state as it is now.
    pub fn render(&self, status: &Status) -> String {
        with_local_recorder(&self.recorder, || {
            counter!("damask_sql_statements_total").absolute(status.statements);
            gauge!("damask_assets").set(status.assets as f64);
            gauge!("damask_bytes").set(status.bytes as f64);
            gauge!("damask_journal_seq").set(status.seq.0 as f64);
            gauge!("damask_index_lag_facts").set((status.seq.0 - status.index_seq.0).max(0) as f64);
            gauge!("damask_jobs", "state" => "waiting").set(status.jobs.waiting as f64);
            gauge!("damask_jobs", "state" => "running").set(status.jobs.running as f64);
            gauge!("damask_jobs", "state" => "dead").set(status.jobs.dead as f64);
        });
        self.recorder.handle().render()
    }
}

/// Methods that clients invent must not make ever more series.
pub fn known(method: &Method) -> &str {
    let methods = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
    ];
    if methods.contains(method) { method.as_str() } else { "OTHER" }
}
