//! Traces and metrics for a collector (OpenTelemetry, OTLP over HTTP), where one is named. Off otherwise.
//!
//! What leaves names routes, kinds of jobs and counts, never paths, queries, names of files or people. Spans wait in a
//! bounded queue and are sent by a thread of their own: nothing waits for the collector, and what does not fit the
//! queue while it is away is lost.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::Context as _;
use async_trait::async_trait;
use damask_flow::{Caller, Damask, status};
use damask_server::Witness;
use hyper::{HeaderMap, Request, Response, body::Bytes};
use opentelemetry::{
    KeyValue,
    metrics::{Gauge, Histogram, MeterProvider as _},
    propagation::TextMapPropagator as _,
    trace::{TraceContextExt as _, TracerProvider as _},
};
use opentelemetry_http::{HeaderExtractor, HttpClient, HttpError};
use opentelemetry_otlp::{MetricExporter, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::{
    Resource, metrics::SdkMeterProvider, propagation::TraceContextPropagator, trace::SdkTracerProvider,
};
use tokio::runtime::Handle;
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

use crate::config::Collector;

/// Longest wait for the collector, for each post and once more at the end.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(5);
/// Longest answer of a collector that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 64 << 10;
/// How often the standing of the library is told.
const STANDING_EVERY: Duration = Duration::from_secs(15);
/// Upper bounds of the buckets of request durations, in seconds: those that HTTP's semantic conventions advise.
const SECONDS: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// What is told to a collector.
#[derive(Clone, Debug)]
pub struct Telemetry {
    traces: SdkTracerProvider,
    metrics: SdkMeterProvider,
    requests: Histogram<f64>,
}

impl Telemetry {
    /// Begins to tell. The collector need not be there.
    pub fn start(collector: &Collector, runtime: &Handle) -> anyhow::Result<Self> {
        let post = Post::new(runtime)?;
        let resource = Resource::builder()
            .with_service_name(collector.service.clone())
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let spans = SpanExporter::builder()
            .with_http()
            .with_http_client(post.clone())
            .with_endpoint(format!("{}/v1/traces", collector.endpoint))
            .with_timeout(ANSWER_TIME_MAX)
            .build()
            .context("traces cannot be told")?;
        let figures = MetricExporter::builder()
            .with_http()
            .with_http_client(post)
            .with_endpoint(format!("{}/v1/metrics", collector.endpoint))
            .with_timeout(ANSWER_TIME_MAX)
            .build()
            .context("metrics cannot be told")?;
        let traces =
            SdkTracerProvider::builder().with_batch_exporter(spans).with_resource(resource.clone()).build();
        let metrics =
            SdkMeterProvider::builder().with_periodic_exporter(figures).with_resource(resource).build();
        let requests = metrics
            .meter("damask")
            .f64_histogram("http.server.request.duration")
            .with_unit("s")
            .with_description("How long requests took to be answered")
            .with_boundaries(SECONDS.to_vec())
            .build();
        Ok(Self { traces, metrics, requests })
    }

    /// Takes up Damask's own spans; those of its libraries, the exporter among them, are left out.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync + 'static,
    {
        let tracer = self.traces.tracer("damask");
        // Where in the source a span was made, and by which thread, is no matter of those who run it.
        let layer =
            tracing_opentelemetry::layer().with_tracer(tracer).with_location(false).with_threads(false);
        layer.with_filter(filter_fn(|about| about.is_span() && about.target().starts_with("damask")))
    }

    /// Tells from time to time how the library stands, for as long as the process runs.
    pub async fn follow(self, damask: Damask) {
        let standing = Standing::new(&self.metrics);
        let mut ticks = tokio::time::interval(STANDING_EVERY);
        loop {
            ticks.tick().await;
            match status::now(&damask, &Caller::damask()).await {
                Ok(status) => standing.tell(&status),
                Err(trouble) => {
                    tracing::debug!(error = %trouble.chain(), "the library did not say how it stands")
                }
            }
        }
    }

    /// Sends what waits, for a moment. Blocks.
    pub fn end(self) {
        // A collector that is away was spoken of already.
        let _ = self.traces.shutdown_with_timeout(ANSWER_TIME_MAX);
        let _ = self.metrics.shutdown_with_timeout(ANSWER_TIME_MAX);
    }
}

impl Witness for Telemetry {
    fn begins(&self, span: &Span, headers: &HeaderMap) {
        // W3C Trace Context: whoever calls may say which trace this belongs to.
        let context = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
        if context.span().span_context().is_valid() {
            // It fails only where this span is not told anyway.
            let _ = span.set_parent(context);
        }
    }

    fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        let about = [
            KeyValue::new("http.request.method", method.to_owned()),
            KeyValue::new("http.route", route.to_owned()),
            KeyValue::new("http.response.status_code", i64::from(status)),
        ];
        self.requests.record(took.as_secs_f64(), &about);
    }
}

/// The figures that `/metrics` has as well.
struct Standing {
    assets: Gauge<u64>,
    bytes: Gauge<u64>,
    journal: Gauge<i64>,
    lag: Gauge<i64>,
    jobs: Gauge<u64>,
}

impl Standing {
    fn new(metrics: &SdkMeterProvider) -> Self {
        let meter = metrics.meter("damask");
        Self {
            assets: meter.u64_gauge("damask.assets").build(),
            bytes: meter.u64_gauge("damask.bytes").with_unit("By").build(),
            journal: meter.i64_gauge("damask.journal.sequence").build(),
            lag: meter.i64_gauge("damask.index.lag").with_unit("{fact}").build(),
            jobs: meter.u64_gauge("damask.jobs").with_unit("{job}").build(),
        }
    }

    fn tell(&self, status: &status::Status) {
        self.assets.record(status.assets, &[]);
        self.bytes.record(status.bytes, &[]);
        self.journal.record(status.seq.0, &[]);
        self.lag.record((status.seq.0 - status.index_seq.0).max(0), &[]);
        let jobs = &status.jobs;
        for (state, count) in [("waiting", jobs.waiting), ("running", jobs.running), ("dead", jobs.dead)] {
            self.jobs.record(count, &[KeyValue::new("state", state)]);
        }
    }
}

/// Posts to the collector from the runtime: the thread that asks for it has none.
#[derive(Clone, Debug)]
struct Post {
    client: reqwest::Client,
    runtime: Handle,
    /// Whether the last post failed: that the collector is away is said once.
    away: Arc<AtomicBool>,
}

impl Post {
    fn new(runtime: &Handle) -> anyhow::Result<Self> {
        // One crypto library for the whole program. Whoever chose before chose the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .timeout(ANSWER_TIME_MAX)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .context("no client for the collector")?;
        Ok(Self { client, runtime: runtime.clone(), away: Arc::default() })
    }

    fn tell_of(&self, outcome: &Result<Response<Bytes>, HttpError>) {
        let why = match outcome {
            Ok(response) if response.status().is_success() => None,
            Ok(response) => Some(response.status().to_string()),
            Err(error) => Some(error.to_string()),
        };
        let was_away = self.away.swap(why.is_some(), Ordering::Relaxed);
        match why {
            Some(why) if !was_away => {
                tracing::warn!(why, "the collector takes no traces and metrics; they are lost")
            }
            None if was_away => tracing::info!("the collector takes traces and metrics again"),
            _ => {}
        }
    }
}

#[async_trait]
impl HttpClient for Post {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        let posted = self.runtime.spawn(async move { post(&client, request).await });
        let outcome = posted.await.unwrap_or_else(|gone| Err(gone.into()));
        self.tell_of(&outcome);
        outcome
    }
}

async fn post(client: &reqwest::Client, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
    let mut answer = client.execute(request.try_into()?).await?;
    let status = answer.status();
    let mut body = Vec::new();
    while let Some(piece) = answer.chunk().await? {
        let room = ANSWER_BYTES_MAX - body.len();
        body.extend_from_slice(&piece[..piece.len().min(room)]);
        if body.len() == ANSWER_BYTES_MAX {
            break;
        }
    }
    Ok(Response::builder().status(status).body(body.into())?)
}
