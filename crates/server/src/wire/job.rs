//! Jobs: work that goes on behind the requests.

use std::collections::HashMap;

use damask_flow::work;
use damask_model::{AssetId, Uuid, job::Lane};
use serde::Serialize;
use utoipa::ToSchema;

/// A page of jobs.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobList {
    /// The jobs.
    pub items: Vec<JobLine>,
    /// How many there are in each state that matters.
    pub counts: Counts,
    /// Give it as `after` to see the next page; null on the last, and where no `state` was asked for.
    #[schema(required)]
    pub next: Option<Uuid>,
    /// Whether there are more than these: of one state on the next page, else by asking for each state.
    pub more: bool,
}

/// Jobs by state.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = JobCounts)]
pub struct Counts {
    /// Waiting for a worker.
    pub waiting: u64,
    /// Being done.
    pub running: u64,
    /// Failed as often as they may.
    pub dead: u64,
}

impl From<work::Counts> for Counts {
    fn from(counts: work::Counts) -> Self {
        Self { waiting: counts.waiting, running: counts.running, dead: counts.dead }
    }
}

/// A job.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Job)]
pub struct JobLine {
    /// Id.
    pub id: Uuid,
    /// What is done, e.g. `describe`.
    kind: String,
    /// Who waits for it: interactive, fresh or bulk.
    lane: &'static str,
    /// What it uses up: cpu, io, net or gpu.
    resource: &'static str,
    /// waiting, running, done, dead or cancelled.
    state: &'static str,
    /// The version it works on.
    #[schema(required)]
    subject: Option<Uuid>,
    /// The asset of that version.
    #[schema(required)]
    asset: Option<JobAsset>,
    /// How far it is.
    #[schema(required)]
    progress: Option<ProgressView>,
    /// How often it was tried.
    attempts: u32,
    /// Why it last failed.
    #[schema(required)]
    error: Option<String>,
    /// When it was asked for.
    #[schema(format = DateTime)]
    created: String,
    /// When a worker last took it.
    #[schema(required, format = DateTime)]
    started: Option<String>,
}

/// The asset that a job works on.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobAsset {
    id: Uuid,
    /// Its file name.
    name: String,
}

/// How far something is.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = Progress)]
pub struct ProgressView {
    /// Done so far.
    pub done: u64,
    /// Out of so many.
    pub of: u64,
}

impl JobLine {
    /// A job with its asset, from what [`work::about`] answered.
    pub fn new(job: work::Job, about: &HashMap<Uuid, (AssetId, String)>) -> Self {
        let asset = job.subject.and_then(|subject| about.get(&subject));
        Self {
            id: job.id.0,
            kind: job.kind,
            lane: lane(job.lane),
            resource: job.resource.name(),
            state: job.state.name(),
            subject: job.subject,
            asset: asset.map(|(id, name)| JobAsset { id: id.0, name: name.clone() }),
            progress: job.progress.map(|(done, of)| ProgressView { done, of }),
            attempts: job.attempts,
            error: job.error,
            created: job.created.to_string(),
            started: job.started.map(|at| at.to_string()),
        }
    }
}

const fn lane(lane: Lane) -> &'static str {
    match lane {
        Lane::Interactive => "interactive",
        Lane::Fresh => "fresh",
        Lane::Bulk => "bulk",
    }
}
