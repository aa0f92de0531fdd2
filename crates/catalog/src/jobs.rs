//! Jobs: work that runs at least once. Workers claim them under a lease, the most urgent lane first, and
//! beat while they work; a lease that ran out makes the job claimable again.
//!
//! A job that fails waits longer each time and is dead after its last attempt, until a person retries it.

mod back_off;
mod counts;
mod expired;
mod gone;
mod hasten;
mod set_back;

use std::time::Duration;

use damask_model::{
    JobId, Uuid,
    job::{JobState, Lane, Resource},
};
use damask_time::Instant;
use serde_json::Value as Json;

use crate::{
    CatalogError, Conn, Tx,
    cell::params,
    conn::{Columns, only},
    page::bounded,
};

pub use back_off::{BACK_OFF_FIRST, BACK_OFF_MAX, back_off};
pub(crate) use counts::Moves;
pub use counts::{Counts, counts};
use expired::free_expired;
pub use gone::remove;
pub use hasten::hasten;
pub use set_back::set_back;

/// A job to be added.
#[derive(Clone, Debug, PartialEq)]
pub struct NewJob {
    /// What is to be done (`describe`).
    pub kind: String,
    /// While a job of this key waits or runs, adding another does nothing.
    pub key: Option<String>,
    /// Who waits for it.
    pub lane: Lane,
    /// What it uses up.
    pub resource: Resource,
    /// What it is about.
    pub subject: Option<Uuid>,
    /// What it needs to know.
    pub payload: Json,
    /// Not before this.
    pub not_before: Instant,
}

/// A job as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// What is to be done.
    pub kind: String,
    /// Unlike all others' that wait or run.
    pub key: Option<String>,
    /// Who waits for it.
    pub lane: Lane,
    /// What it uses up.
    pub resource: Resource,
    /// What it is about.
    pub subject: Option<Uuid>,
    /// What it needs to know.
    pub payload: Json,
    /// Where it stands.
    pub state: JobState,
    /// Not before this.
    pub not_before: Instant,
    /// How often it was claimed.
    pub attempts: u32,
    /// How often it may be claimed before it is dead.
    pub attempts_max: u32,
    /// Who runs it.
    pub worker: Option<String>,
    /// Until when the worker holds it.
    pub lease: Option<Instant>,
    /// How far it has come: done, of how many.
    pub progress: Option<(u64, u64)>,
    /// A person asked a running job to stop.
    pub cancelled: bool,
    /// Why the last attempt failed.
    pub error: Option<String>,
    /// When it was added.
    pub created: Instant,
    /// When it was first claimed.
    pub started: Option<Instant>,
    /// When it ended.
    pub ended: Option<Instant>,
}

/// What a worker asks for.
#[derive(Clone, Debug)]
pub struct Claim<'a> {
    /// Its name: beats and ends must come from the same.
    pub worker: &'a str,
    /// What it has free.
    pub resources: &'a [Resource],
    /// Only these kinds; none given is all.
    pub kinds: &'a [&'a str],
    /// Most jobs.
    pub limit: u32,
    /// How long it holds them before it must beat.
    pub lease: Duration,
}

/// What a claim found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claimed {
    /// Jobs the worker holds now.
    pub jobs: Vec<Job>,
    /// Jobs that are dead as of this claim, since the worker of their last attempt was not heard of again.
    /// Nobody else will say that they failed: whoever claims does, in the same write.
    pub dead: Vec<Job>,
}

/// What a worker hears when it beats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    /// Go on; the lease is longer now.
    Held,
    /// A person asked to stop: end it with [`stopped`].
    Cancelled,
    /// The lease ran out and the job is another's now: drop it.
    Lost,
}

/// Attempts before a job is dead.
pub const ATTEMPTS_MAX: u32 = 5;

/// Longest error text kept, in bytes.
const ERROR_MAX: usize = 2_000;

/// The columns of a [`Job`], as [`job`] reads them.
macro_rules! columns {
    () => {
        "id, kind, key, lane, resource, subject, payload, state, not_before_us, attempts, attempts_max, worker, \
         lease_us, progress_done, progress_of, cancelled, error, created_us, started_us, ended_us"
    };
}
pub(crate) use columns;

/// Every read of a [`Job`], up to its conditions.
macro_rules! listed {
    ($rest:literal) => {
        concat!("SELECT ", columns!(), " FROM job ", $rest)
    };
}

/// Adds jobs, in one statement for many. Those whose key waits or runs already are passed over.
/// Answers how many were added.
pub async fn add(tx: &mut Tx, jobs: &[NewJob]) -> Result<u64, CatalogError> {
    let (now, waiting) = (tx.now, JobState::Waiting.name());
    let rows = jobs
        .iter()
        .map(|job| {
            let (lane, resource) = (job.lane.rank(), job.resource.name());
            params![
                JobId::fresh(),
                job.kind,
                job.key,
                lane,
                resource,
                job.subject,
                job.payload,
                waiting,
                job.not_before,
                0_i64,
                ATTEMPTS_MAX,
                false,
                now
            ]
        })
        .collect();
    let added = tx
        .conn
        .insert(
            "INSERT INTO job (id, kind, key, lane, resource, subject, payload, state, not_before_us, attempts, \
             attempts_max, cancelled, created_us) VALUES",
            rows,
            "ON CONFLICT DO NOTHING",
        )
        .await?;
    tx.jobs.woke |= added > 0;
    tx.jobs.waiting += count(added);
    Ok(added)
}

/// Claims waiting jobs for a worker: interactive before fresh before bulk, then those due longest. Jobs
/// whose lease ran out wait again first (or are dead, when that was their last attempt).
pub async fn claim(tx: &mut Tx, claim: &Claim<'_>) -> Result<Claimed, CatalogError> {
    let dead = free_expired(tx).await?;
    let now = tx.now;
    let lease = now.plus_millis(i64::try_from(claim.lease.as_millis()).unwrap_or(i64::MAX));
    let kinds = if claim.kinds.is_empty() { String::new() } else { format!(",{},", claim.kinds.join(",")) };
    let mut claimed: Vec<Job> = Vec::new();
    for resource in claim.resources {
        let left = bounded(claim.limit) - i64::try_from(claimed.len()).unwrap_or(i64::MAX);
        if left <= 0 {
            break;
        }
        let resource = resource.name();
        let sql = tx.conn.dialect().claim_jobs();
        let more =
            tx.conn.returning(sql, params![claim.worker, lease, now, resource, left, kinds], job).await?;
        claimed.extend(more);
    }
    tx.jobs.waiting -= count(claimed.len());
    tx.jobs.running += count(claimed.len());
    claimed.sort_by_key(|job| (job.lane, job.not_before, job.id));
    Ok(Claimed { jobs: claimed, dead })
}

/// A worker is alive: its lease is longer by `lease` from now.
pub async fn heartbeat(
    tx: &mut Tx,
    id: JobId,
    worker: &str,
    lease: Duration,
    progress: Option<(u64, u64)>,
) -> Result<Beat, CatalogError> {
    let until = tx.now.plus_millis(i64::try_from(lease.as_millis()).unwrap_or(i64::MAX));
    let (done, of) = (progress.map(|(done, _)| done), progress.map(|(_, of)| of));
    let held = tx
        .conn
        .returning(
            r#"UPDATE job SET lease_us = $1, progress_done = COALESCE($2, progress_done),
                   progress_of = COALESCE($3, progress_of)
               WHERE id = $4 AND worker = $5 AND state = 'running' RETURNING cancelled"#,
            params![until, done, of, id, worker],
            only::<bool>,
        )
        .await?;
    Ok(match held.first() {
        None => Beat::Lost,
        Some(true) => Beat::Cancelled,
        Some(false) => Beat::Held,
    })
}

/// The job ended well. Answers whether the worker still held it; when not, its effects must not be kept.
pub async fn complete(tx: &mut Tx, id: JobId, worker: &str) -> Result<bool, CatalogError> {
    end(tx, id, worker, JobState::Done).await
}

/// The job was stopped, as a person had asked.
pub async fn stopped(tx: &mut Tx, id: JobId, worker: &str) -> Result<bool, CatalogError> {
    end(tx, id, worker, JobState::Cancelled).await
}

async fn end(tx: &mut Tx, id: JobId, worker: &str, state: JobState) -> Result<bool, CatalogError> {
    let (now, state) = (tx.now, state.name());
    let ended = tx
        .conn
        .execute(
            r#"UPDATE job SET state = $1, ended_us = $2, worker = NULL, lease_us = NULL
               WHERE id = $3 AND worker = $4 AND state = 'running'"#,
            params![state, now, id, worker],
        )
        .await?;
    tx.jobs.running -= count(ended);
    Ok(ended > 0)
}

/// The attempt failed. The job waits again, longer each time, or is dead after its last attempt; one that
/// cannot go better another time (`final_failure`) is dead at once. Answers where it stands now, or `None`
/// when the worker no longer held it.
pub async fn fail(
    tx: &mut Tx,
    running: &Job,
    worker: &str,
    error: &str,
    final_failure: bool,
) -> Result<Option<JobState>, CatalogError> {
    let now = tx.now;
    let dead = final_failure || running.attempts >= running.attempts_max;
    let state = if running.cancelled {
        JobState::Cancelled
    } else if dead {
        JobState::Dead
    } else {
        JobState::Waiting
    };
    let wait = i64::try_from(back_off(running.attempts).as_millis()).unwrap_or(i64::MAX);
    let not_before = if state == JobState::Waiting { now.plus_millis(wait) } else { running.not_before };
    let ended = (state != JobState::Waiting).then_some(now);
    let (state_name, kept) = (state.name(), cut(error));
    let set = tx
        .conn
        .execute(
            r#"UPDATE job SET state = $1, not_before_us = $2, ended_us = $3, error = $4, worker = NULL,
                   lease_us = NULL
               WHERE id = $5 AND worker = $6 AND state = 'running'"#,
            params![state_name, not_before, ended, kept, running.id, worker],
        )
        .await?;
    tx.jobs.running -= count(set);
    match state {
        JobState::Waiting => tx.jobs.waiting += count(set),
        JobState::Dead => tx.jobs.dead += count(set),
        JobState::Running | JobState::Done | JobState::Cancelled => {}
    }
    Ok((set > 0).then_some(state))
}

/// A worker gives jobs back untouched (it is shutting down): the attempt does not count.
pub async fn release(tx: &mut Tx, id: JobId, worker: &str) -> Result<bool, CatalogError> {
    let freed = tx
        .conn
        .execute(
            r#"UPDATE job SET state = 'waiting', attempts = attempts - 1, worker = NULL, lease_us = NULL
               WHERE id = $1 AND worker = $2 AND state = 'running'"#,
            params![id, worker],
        )
        .await?;
    tx.jobs.woke |= freed > 0;
    tx.jobs.running -= count(freed);
    tx.jobs.waiting += count(freed);
    Ok(freed > 0)
}

/// A person stops a job: one that waits is cancelled at once, one that runs is told at its next beat.
/// Answers whether there was anything to stop.
pub async fn cancel(tx: &mut Tx, id: JobId) -> Result<bool, CatalogError> {
    let now = tx.now;
    let set: Vec<String> = tx
        .conn
        .returning(
            r#"UPDATE job SET cancelled = TRUE,
                   ended_us = CASE WHEN state = 'waiting' THEN $1 ELSE ended_us END,
                   state = CASE WHEN state = 'waiting' THEN 'cancelled' ELSE state END
               WHERE id = $2 AND state IN ('waiting', 'running') RETURNING state"#,
            params![now, id],
            only,
        )
        .await?;
    // One that runs still does, until its worker hears of it.
    tx.jobs.waiting -= count(set.iter().filter(|state| *state == JobState::Cancelled.name()).count());
    Ok(!set.is_empty())
}

/// A person lets a dead or cancelled job try again, from its first attempt. Answers whether it waits now;
/// not when another of its key waits or runs.
pub async fn retry(tx: &mut Tx, id: JobId) -> Result<bool, CatalogError> {
    let was_dead = again(tx, id, JobState::Dead).await?;
    let set = was_dead + if was_dead == 0 { again(tx, id, JobState::Cancelled).await? } else { 0 };
    tx.jobs.woke |= set > 0;
    tx.jobs.waiting += count(set);
    tx.jobs.dead -= count(was_dead);
    Ok(set > 0)
}

async fn again(tx: &mut Tx, id: JobId, from: JobState) -> Result<u64, CatalogError> {
    let now = tx.now;
    tx.conn
        .execute(
            r#"UPDATE job SET state = 'waiting', attempts = 0, cancelled = FALSE, error = NULL, ended_us = NULL,
                   not_before_us = $1
               WHERE id = $2 AND state = $3 AND NOT EXISTS (
                   SELECT 1 FROM job other
                   WHERE other.key = job.key AND other.state IN ('waiting', 'running'))"#,
            params![now, id, from.name()],
        )
        .await
}

/// The job of that id.
pub async fn by_id(conn: &mut Conn, id: JobId) -> Result<Option<Job>, CatalogError> {
    conn.one(listed!("WHERE id = $1"), params![id], job).await
}

/// Up to `limit` jobs of a state before the id `before`, the newest first.
pub async fn page(
    conn: &mut Conn,
    state: JobState,
    before: Option<JobId>,
    limit: u32,
) -> Result<Vec<Job>, CatalogError> {
    // After every UUID in the order of text.
    let before = before.map_or_else(|| "~".to_owned(), |id| id.to_string());
    conn.all(
        listed!("WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3"),
        params![state.name(), before, bounded(limit)],
        job,
    )
    .await
}

/// Whether a worker would find something to claim at `now`: a job that waits and may run, or one whose
/// lease ran out. Two looks into indexes.
pub async fn ready(conn: &mut Conn, now: Instant) -> Result<bool, CatalogError> {
    let found = conn
        .one(
            r#"SELECT CAST(1 AS BIGINT) WHERE EXISTS (
                   SELECT 1 FROM job WHERE state = 'waiting' AND not_before_us <= $1)
               OR EXISTS (SELECT 1 FROM job WHERE state = 'running' AND lease_us <= $1)"#,
            params![now],
            only::<i64>,
        )
        .await?;
    Ok(found.is_some())
}

/// When the next job that waits may run; `None` when none waits. Workers sleep until then.
pub async fn next_at(conn: &mut Conn, resource: Resource) -> Result<Option<Instant>, CatalogError> {
    let resource = resource.name();
    Ok(conn
        .one(
            r#"SELECT MIN(not_before_us) FROM (
                   SELECT not_before_us FROM job
                   WHERE state = 'waiting' AND resource = $1 ORDER BY lane, not_before_us, id LIMIT 1000
               ) soonest"#,
            params![resource],
            only::<Option<Instant>>,
        )
        .await?
        .flatten())
}

/// Removes jobs that ended well or were cancelled before `before`; answers how many.
pub async fn sweep(tx: &mut Tx, before: Instant, limit: u32) -> Result<u64, CatalogError> {
    tx.conn
        .execute(
            r#"DELETE FROM job WHERE id IN (
                   SELECT id FROM job WHERE ended_us < $1 AND state IN ('done', 'cancelled') LIMIT $2)"#,
            params![before, bounded(limit)],
        )
        .await
}

/// A number of jobs that a statement moved.
fn count(jobs: impl TryInto<i64>) -> i64 {
    jobs.try_into().unwrap_or(i64::MAX)
}

fn cut(error: &str) -> String {
    let end = error.char_indices().map(|(at, _)| at).take_while(|at| *at <= ERROR_MAX).last().unwrap_or(0);
    let kept = if error.len() <= ERROR_MAX { error } else { &error[..end] };
    kept.replace('\0', "")
}

fn job(row: &mut Columns<'_>) -> Result<Job, CatalogError> {
    let (id, kind, key, lane) = (row.next()?, row.next()?, row.next()?, Lane::from_rank(row.next()?));
    let resource: String = row.next()?;
    let resource = Resource::from_name(&resource)
        .ok_or_else(|| CatalogError::broken(format!("{resource:?} is no resource class")))?;
    let (subject, payload) = (row.next()?, row.next()?);
    let state: String = row.next()?;
    let state = JobState::from_name(&state)
        .ok_or_else(|| CatalogError::broken(format!("{state:?} is no state of a job")))?;
    let (not_before, attempts, attempts_max) = (row.next()?, row.next()?, row.next()?);
    let (worker, lease) = (row.next()?, row.next()?);
    let (done, of): (Option<u64>, Option<u64>) = (row.next()?, row.next()?);
    Ok(Job {
        id,
        kind,
        key,
        lane,
        resource,
        subject,
        payload,
        state,
        not_before,
        attempts,
        attempts_max,
        worker,
        lease,
        progress: done.zip(of),
        cancelled: row.next()?,
        error: row.next()?,
        created: row.next()?,
        started: row.next()?,
        ended: row.next()?,
    })
}

#[cfg(test)]
mod tests {
    use super::{ERROR_MAX, cut};

    #[test]
    fn an_error_text_is_cut_to_its_limit_at_a_character() {
        let long = "é".repeat(ERROR_MAX);
        assert!(cut(&long).len() <= ERROR_MAX);
        assert_eq!(cut("a\0b"), "ab");
    }
}
