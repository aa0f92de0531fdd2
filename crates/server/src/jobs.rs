//! Jobs: seen, cancelled, retried.

use axum::{Json, extract::State};
use damask_flow::{Caller, Damask, work};
use damask_model::{JobId, job::JobState};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Who,
    extract::{Asked, At, Id},
    face::Face,
    problem::Answer,
    wire::job::{JobLine, JobList},
};

/// Jobs on a page.
const PAGE: u32 = 100;

pub(crate) fn routes() -> OpenApiRouter<Face> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(cancel))
        .routes(routes!(retry))
}

/// A state of jobs.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum WantedState {
    Waiting,
    Running,
    Done,
    Dead,
    Cancelled,
}

impl From<WantedState> for JobState {
    fn from(state: WantedState) -> Self {
        match state {
            WantedState::Waiting => Self::Waiting,
            WantedState::Running => Self::Running,
            WantedState::Done => Self::Done,
            WantedState::Dead => Self::Dead,
            WantedState::Cancelled => Self::Cancelled,
        }
    }
}

/// Which jobs.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct JobQuery {
    /// Only jobs in this state; without, those that run, failed for good or wait.
    #[param(inline)]
    state: Option<WantedState>,
    /// `next` of the page before; goes with `state`.
    #[param(value_type = Option<Uuid>)]
    after: Option<Id<JobId>>,
}

/// Jobs
#[utoipa::path(get, path = "/api/v1/jobs", operation_id = "listJobs", tag = "jobs", params(JobQuery),
    responses((status = 200, description = "A page of jobs and counts of all", body = JobList)))]
async fn list(
    State(damask): State<Damask>,
    who: Who,
    Asked(query): Asked<JobQuery>,
) -> Answer<Json<JobList>> {
    let (state, before) = (query.state.map(JobState::from), query.after.map(|id| id.0));
    let jobs = work::page(&damask, &who.caller, state, before, PAGE).await?;
    let counts = work::counts(&damask, &who.caller).await?.into();
    let more = is_cut(&jobs);
    let next = if more && state.is_some() { jobs.last().map(|job| job.id.0) } else { None };
    let about = work::about(&damask, &who.caller, &jobs).await?;
    let items = jobs.into_iter().map(|job| JobLine::new(job, &about)).collect();
    Ok(Json(JobList { items, counts, next, more }))
}

async fn line(damask: &Damask, caller: &Caller, job: work::Job) -> Answer<Json<JobLine>> {
    let about = work::about(damask, caller, std::slice::from_ref(&job)).await?;
    Ok(Json(JobLine::new(job, &about)))
}

/// Whether there may be more jobs of one of their states.
fn is_cut(jobs: &[work::Job]) -> bool {
    jobs.chunk_by(|one, next| one.state == next.state).any(|alike| alike.len() >= PAGE as usize)
}

/// One job
#[utoipa::path(get, path = "/api/v1/jobs/{id}", operation_id = "getJob", tag = "jobs",
    params(("id" = Uuid, Path, description = "The job")),
    responses(
        (status = 200, description = "The job", body = JobLine),
        (status = 404, description = "There is no such job"),
    ))]
async fn one(State(damask): State<Damask>, who: Who, At(Id(id)): At<Id<JobId>>) -> Answer<Json<JobLine>> {
    line(&damask, &who.caller, work::one(&damask, &who.caller, id).await?).await
}

/// Cancel a job
#[utoipa::path(post, path = "/api/v1/jobs/{id}/cancel", operation_id = "cancelJob", tag = "jobs",
    params(
        ("id" = Uuid, Path, description = "The job"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200,
            description = "Sent again with it, the write is not done twice"),
    ),
    responses(
        (status = 200, description = "The job as it is now", body = JobLine),
        (status = 404, description = "There is no such job"),
        (status = 409, description = "It has ended already"),
    ))]
async fn cancel(State(damask): State<Damask>, who: Who, At(Id(id)): At<Id<JobId>>) -> Answer<Json<JobLine>> {
    line(&damask, &who.caller, work::cancel(&damask, &who.caller, id).await?).await
}

/// Retry a job
///
/// A job that failed as often as it may is tried again from the start.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/retry", operation_id = "retryJob", tag = "jobs",
    params(
        ("id" = Uuid, Path, description = "The job"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200,
            description = "Sent again with it, the write is not done twice"),
    ),
    responses(
        (status = 200, description = "The job as it is now", body = JobLine),
        (status = 404, description = "There is no such job"),
        (status = 409, description = "It has not failed"),
    ))]
async fn retry(State(damask): State<Damask>, who: Who, At(Id(id)): At<Id<JobId>>) -> Answer<Json<JobLine>> {
    line(&damask, &who.caller, work::retry(&damask, &who.caller, id).await?).await
}
