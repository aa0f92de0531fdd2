//! Jobs, for whoever watches them: what runs, how far, what failed; cancel and retry.
//!
//! A job names what it is about and its error may quote it, and how many there are says how much comes in. So
//! jobs are shown to callers who see the whole library; to others there are none.

use std::collections::HashMap;

pub use damask_catalog::jobs::{Counts, Job};
use damask_catalog::{Tx, Urgency, jobs, versions};
use damask_model::{AssetId, JobId, Uuid, VersionId, job::JobState};

use crate::{
    caller::{Caller, Permission},
    damask::Damask,
    events::JobEvent,
    trouble::{Outcome, Trouble},
};

/// What is going on, in this order: jobs that run, that failed for good, that wait.
const UNFINISHED: [JobState; 3] = [JobState::Running, JobState::Dead, JobState::Waiting];

/// Up to `limit` jobs of a state, the newest first, before the id `before`. Without a state the first `limit`
/// of each that is not over: all that a person may want to do something about.
pub async fn page(
    damask: &Damask,
    caller: &Caller,
    state: Option<JobState>,
    before: Option<JobId>,
    limit: u32,
) -> Outcome<Vec<Job>> {
    caller.needs(Permission::Upload, "looking at jobs")?;
    if state.is_none() && before.is_some() {
        return Err(Trouble::mistake("bad-request", "jobs of all states have no next page")
            .hint("give the `state` whose next page it is"));
    }
    if !caller.sees_all() {
        return Ok(Vec::new());
    }
    let mut conn = damask.catalog().read().await?;
    let mut jobs = Vec::new();
    for state in state.as_ref().map_or(UNFINISHED.as_slice(), std::slice::from_ref) {
        jobs.extend(jobs::page(&mut conn, *state, before, limit).await?);
    }
    Ok(jobs)
}

/// The assets that `jobs` work on, with their names, by the jobs' subjects.
pub async fn about(
    damask: &Damask,
    caller: &Caller,
    jobs: &[Job],
) -> Outcome<HashMap<Uuid, (AssetId, String)>> {
    let subjects: Vec<VersionId> = jobs.iter().filter_map(|job| job.subject).map(VersionId).collect();
    if subjects.is_empty() || !caller.sees_all() {
        return Ok(HashMap::new());
    }
    let mut conn = damask.catalog().read().await?;
    let named = versions::named(&mut conn, &subjects).await?;
    Ok(named.into_iter().map(|(version, asset, name)| (version.0, (asset, name))).collect())
}

/// How many jobs wait, run and are dead.
pub async fn counts(damask: &Damask, caller: &Caller) -> Outcome<Counts> {
    caller.needs(Permission::Upload, "looking at jobs")?;
    if !caller.sees_all() {
        return Ok(Counts::default());
    }
    let mut conn = damask.catalog().read().await?;
    Ok(jobs::counts(&mut conn).await?)
}

/// One job.
pub async fn one(damask: &Damask, caller: &Caller, id: JobId) -> Outcome<Job> {
    caller.needs(Permission::Upload, "looking at jobs")?;
    let mut conn = damask.catalog().read().await?;
    let job = jobs::by_id(&mut conn, id).await?.filter(|_| caller.sees_all());
    job.ok_or_else(|| Trouble::missing("job", id))
}

/// Stops a job: one that waits at once, one that runs at its next beat.
pub async fn cancel(damask: &Damask, caller: &Caller, id: JobId) -> Outcome<Job> {
    caller.needs(Permission::Administer, "cancelling a job")?;
    one(damask, caller, id).await?;
    let written = damask
        .catalog()
        .write(Urgency::Interactive, async move |tx: &mut Tx| Ok::<_, Trouble>(jobs::cancel(tx, id).await?))
        .await?;
    told(damask, caller, id, written.value, "it has ended already").await
}

/// Lets a dead or cancelled job try again.
pub async fn retry(damask: &Damask, caller: &Caller, id: JobId) -> Outcome<Job> {
    caller.needs(Permission::Administer, "retrying a job")?;
    one(damask, caller, id).await?;
    let written = damask
        .catalog()
        .write(Urgency::Interactive, async move |tx: &mut Tx| Ok::<_, Trouble>(jobs::retry(tx, id).await?))
        .await?;
    told(damask, caller, id, written.value, "it is not dead or cancelled, or another like it waits").await
}

async fn told(damask: &Damask, caller: &Caller, id: JobId, moved: bool, why_not: &str) -> Outcome<Job> {
    let job = one(damask, caller, id).await?;
    if !moved {
        return Err(Trouble::mistake("job-not-moved", format!("job {id} stays as it is: {why_not}")));
    }
    damask.news().tell(JobEvent { id, kind: job.kind.clone(), state: job.state, progress: job.progress });
    Ok(job)
}
