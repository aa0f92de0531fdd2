//! Runs jobs: claims them under a lease, beats while they run, ends them.
//!
//! A stage ends its job in the same transaction that keeps its results ([`Lease::complete`]), so a worker
//! that is killed leaves either both or neither, and a worker that lost its lease can keep nothing.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use damask_catalog::{
    Tx, Urgency,
    jobs::{self, Beat, Claim, Job},
    versions,
};
use damask_model::{
    Change, Verb, VersionId,
    job::{JobState, Resource},
};
use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, Span, field::Empty};

use crate::{
    caller::Caller,
    damask::Damask,
    deliver, describe,
    events::JobEvent,
    pipeline::{Passage, Stage},
    trash::purge,
    trouble::{Outcome, Trouble},
};

/// How long a worker holds a job between beats.
const LEASE: Duration = Duration::from_secs(60);
/// How often it beats.
const BEAT_EVERY: Duration = Duration::from_secs(15);
/// Longest sleep when nothing waits: another node's jobs are met at the latest then.
const SLEEP_MAX: Duration = Duration::from_secs(2);

/// A job in the hands of this process.
#[derive(Clone)]
pub struct Lease {
    job: Arc<Job>,
    worker: Arc<str>,
    progress: Arc<Mutex<Option<(u64, u64)>>>,
    stop: CancellationToken,
}

impl Lease {
    /// What the job is about.
    pub fn passage(&self) -> Outcome<Passage> {
        self.payload()
    }

    /// What the job needs to know, in the form of its kind.
    pub fn payload<T: DeserializeOwned>(&self) -> Outcome<T> {
        serde_json::from_value(self.job.payload.clone()).map_err(Trouble::fault("read the payload of a job"))
    }

    /// Says how far the job is, in units of its own.
    pub fn tell(&self, done: u64, of: u64) {
        *self.progress.lock().expect("no one panics while holding it") = Some((done, of));
    }

    /// Ends when the job is cancelled, lost, or Damask stops.
    pub const fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// Ends the job well, in the write that keeps its results. An error where it is another's by now: the
    /// write is then rolled back whole.
    pub async fn complete(&self, tx: &mut Tx) -> Outcome<()> {
        if jobs::complete(tx, self.job.id, &self.worker).await? {
            Ok(())
        } else {
            Err(Trouble::mistake("lease-lost", "the job is another worker's by now"))
        }
    }
}

/// Claims and runs jobs until `stop`, up to `slots` at once.
pub async fn run(damask: Damask, slots: usize, stop: CancellationToken) {
    let worker: Arc<str> = Arc::from(format!("{}-{}", std::process::id(), damask_model::JobId::fresh()));
    let free = Arc::new(Semaphore::new(slots));
    let mut added = damask.catalog().jobs_added();
    let mut last = damask.now();
    while !stop.is_cancelled() {
        added.mark_unchanged();
        let now = damask.now();
        if now < last {
            set_back(&damask).await;
        }
        last = now;
        // Not given up half-way at the end: what is claimed by then must also be given back.
        let claimed = claim(&damask, &worker, &free).await.unwrap_or_else(|trouble| {
            tracing::error!(error = %trouble.chain(), "cannot claim jobs");
            Vec::new()
        });
        if claimed.is_empty() {
            sleep(&free, slots, &mut added, &stop).await;
        }
        for job in claimed {
            let permit = Arc::clone(&free).try_acquire_owned().expect("as many were claimed as are free");
            let lease = Lease {
                job: Arc::new(job),
                worker: Arc::clone(&worker),
                progress: Arc::default(),
                stop: stop.child_token(),
            };
            let damask = damask.clone();
            let span = tracing::info_span!(
                parent: None,
                "job",
                otel.name = format!("job {}", lease.job.kind),
                otel.status_code = Empty,
                job.kind = %lease.job.kind,
                job.id = %lease.job.id,
            );
            let work = async move {
                one(&damask, lease).await;
                drop(permit);
            };
            tokio::spawn(work.instrument(span));
        }
    }
    // Each running job hears of the end through its token and gives itself back.
    let all = u32::try_from(slots).unwrap_or(u32::MAX);
    let _ = tokio::time::timeout(Duration::from_secs(10), free.acquire_many(all)).await;
}

/// Jobs that were added while the clock was ahead do not wait until it is there again.
async fn set_back(damask: &Damask) {
    let written = damask
        .catalog()
        .write(Urgency::Interactive, async |tx: &mut Tx| Ok::<_, Trouble>(jobs::set_back(tx, LEASE).await?))
        .await;
    match written {
        Ok(written) => tracing::info!(moved = written.value, "the clock was set back"),
        Err(trouble) => tracing::error!(error = %trouble.chain(), "cannot move jobs after the clock"),
    }
}

/// Claims nothing while no slot is free or no job is ready: a claim is a write.
async fn claim(damask: &Damask, worker: &str, free: &Semaphore) -> Outcome<Vec<Job>> {
    let limit = u32::try_from(free.available_permits()).unwrap_or(u32::MAX);
    if limit == 0 {
        return Ok(Vec::new());
    }
    let mut conn = damask.catalog().read().await?;
    let ready = jobs::ready(&mut conn, damask.now()).await?;
    drop(conn);
    if !ready {
        return Ok(Vec::new());
    }
    let worker = worker.to_owned();
    let written = damask
        .catalog()
        .write(Urgency::Interactive, async move |tx: &mut Tx| {
            let claim = Claim {
                worker: &worker,
                resources: &[Resource::Cpu, Resource::Io],
                kinds: &[],
                limit,
                lease: LEASE,
            };
            let claimed = jobs::claim(tx, &claim).await?;
            for job in &claimed.dead {
                give_up(tx, job, job.error.as_deref().unwrap_or_default()).await?;
            }
            Ok::<_, Trouble>(claimed)
        })
        .await?;
    for job in written.value.dead {
        tracing::warn!(job.kind = %job.kind, job.id = %job.id, "a job is dead: its workers died with it");
        let (kind, progress) = (job.kind, job.progress);
        damask.news().tell(JobEvent { id: job.id, kind, state: JobState::Dead, progress });
    }
    Ok(written.value.jobs)
}

async fn sleep(
    free: &Semaphore,
    slots: usize,
    added: &mut tokio::sync::watch::Receiver<u64>,
    stop: &CancellationToken,
) {
    let busy = free.available_permits() < slots;
    let until_free = async {
        if free.available_permits() == 0 {
            // A permit that is only looked at: the next claim sees it.
            let _permit = free.acquire().await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    let longest = if busy { SLEEP_MAX / 10 } else { SLEEP_MAX };
    tokio::select! {
        () = stop.cancelled() => {}
        () = until_free => {}
        _ = added.changed() => {}
        () = tokio::time::sleep(longest) => {}
    }
}

async fn one(damask: &Damask, lease: Lease) {
    tell(damask, &lease, JobState::Running);
    let started = std::time::Instant::now();
    let ended = tokio::select! {
        ended = stage(damask, &lease) => ended,
        () = beat(damask, &lease) => Err(Trouble::mistake("lease-lost", "the job was cancelled or lost")),
    };
    let duration_ms = started.elapsed().as_millis();
    let (kind, id) = (&lease.job.kind, lease.job.id);
    let state = match ended {
        Ok(()) => {
            tracing::debug!(job.kind = %kind, job.id = %id, duration_ms, "job done");
            Some(JobState::Done)
        }
        Err(trouble) => {
            tracing::warn!(job.kind = %kind, job.id = %id, duration_ms, error = %trouble.chain(), "job failed");
            Span::current().record("otel.status_code", "ERROR");
            match fail(damask, &lease, &trouble).await {
                Ok(state) => state,
                Err(again) => {
                    tracing::error!(job.id = %id, error = %again.chain(), "cannot keep that a job failed");
                    None
                }
            }
        }
    };
    if let Some(state) = state {
        tell(damask, &lease, state);
    }
}

async fn stage(damask: &Damask, lease: &Lease) -> Outcome<()> {
    match Stage::from_name(&lease.job.kind) {
        Some(Stage::Describe) => describe::version(damask, lease).await,
        Some(Stage::Preview) => deliver::previews::version(damask, lease).await,
        None if lease.job.kind == purge::JOB => purge::run(damask, lease).await,
        None => Err(Trouble::mistake("unknown-job", format!("no stage is called {}", lease.job.kind))),
    }
}

/// Beats until the job is no longer this worker's to do.
async fn beat(damask: &Damask, lease: &Lease) {
    let mut ticks = tokio::time::interval(BEAT_EVERY);
    ticks.tick().await;
    loop {
        tokio::select! {
            () = lease.stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let progress = *lease.progress.lock().expect("no one panics while holding it");
        let (id, worker) = (lease.job.id, Arc::clone(&lease.worker));
        let beat = damask
            .catalog()
            .write(Urgency::Interactive, async move |tx: &mut Tx| {
                Ok::<_, Trouble>(jobs::heartbeat(tx, id, &worker, LEASE, progress).await?)
            })
            .await;
        tell(damask, lease, JobState::Running);
        match beat.map(|beat| beat.value) {
            Ok(Beat::Held) => {}
            Ok(Beat::Cancelled | Beat::Lost) => {
                lease.stop.cancel();
                return;
            }
            Err(trouble) => tracing::warn!(job.id = %id, error = %trouble.chain(), "cannot beat"),
        }
    }
}

/// Keeps that an attempt failed; `None` where the job is another's. After the last attempt the version is
/// said to have failed, and shows it.
async fn fail(damask: &Damask, lease: &Lease, trouble: &Trouble) -> Outcome<Option<JobState>> {
    let lease = lease.clone();
    let stopping = lease.stop.is_cancelled();
    let hopeless = !trouble.may_pass() && !stopping;
    let error = trouble.chain();
    let written = damask
        .catalog()
        .write(Urgency::Interactive, async move |tx: &mut Tx| {
            let job = jobs::by_id(tx.conn(), lease.job.id).await?;
            let cancelled = job.is_some_and(|job| job.cancelled);
            if stopping && !cancelled {
                jobs::release(tx, lease.job.id, &lease.worker).await?;
                return Ok::<_, Trouble>(None);
            }
            if cancelled {
                jobs::stopped(tx, lease.job.id, &lease.worker).await?;
                return Ok(Some(JobState::Cancelled));
            }
            if is_purged(tx, &lease.job).await? {
                jobs::complete(tx, lease.job.id, &lease.worker).await?;
                return Ok(Some(JobState::Done));
            }
            let state = jobs::fail(tx, &lease.job, &lease.worker, &error, hopeless).await?;
            if state == Some(JobState::Dead) {
                give_up(tx, &lease.job, &error).await?;
            }
            Ok(state)
        })
        .await?;
    Ok(written.value)
}

/// Whether what the job was about is there no longer: nothing is left to do.
async fn is_purged(tx: &mut Tx, job: &Job) -> Outcome<bool> {
    let Some(subject) = job.subject.filter(|_| Stage::from_name(&job.kind).is_some()) else {
        return Ok(false);
    };
    Ok(versions::by_id(tx.conn(), VersionId(subject)).await?.is_none())
}

/// Says of what the job was about that it failed.
async fn give_up(tx: &mut Tx, job: &Job, error: &str) -> Outcome<()> {
    let Some(subject) = job.subject else { return Ok(()) };
    let Some(record) = versions::by_id(tx.conn(), VersionId(subject)).await? else { return Ok(()) };
    let change = Change::added(json!({ "stage": job.kind, "error": error }));
    let fact = tx.fact(Caller::damask().actor, Verb::VersionFailed, &[record.version.asset.0], change);
    versions::set_failed(tx, record.version.id, true, fact).await?;
    Ok(())
}

fn tell(damask: &Damask, lease: &Lease, state: JobState) {
    let progress = *lease.progress.lock().expect("no one panics while holding it");
    damask.news().tell(JobEvent { id: lease.job.id, kind: lease.job.kind.clone(), state, progress });
}
