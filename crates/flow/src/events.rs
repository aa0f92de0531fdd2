//! Live events: facts as they commit and jobs as they move, for whoever watches.
//!
//! Facts come from the journal itself, so a watcher that was away resumes from the sequence it had seen.
//! Jobs are told only while someone listens; what was missed is seen by asking for the jobs.

use damask_catalog::{Conn, assets, journal};
use damask_model::{AssetId, FactHeader, JobId, Seq, Uuid, Verb, job::JobState};
use damask_time::Instant;
use futures::Stream;
use tokio::sync::{broadcast, mpsc};

use crate::{caller::Caller, damask::Damask, lines::lines_of, see, trouble::Outcome};

/// Job events kept for a slow listener before it misses some.
const JOB_EVENTS_KEPT: usize = 1_024;

/// Facts read at once.
const FACTS_READ: u32 = 256;

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// A fact was stated.
    Fact {
        /// Its place in the journal.
        seq: Seq,
        /// When.
        at: Instant,
        /// What happened.
        verb: Verb,
        /// To what; only what the caller may know of.
        subjects: Vec<Uuid>,
    },
    /// A job moved.
    Job(JobEvent),
}

/// A job moved.
#[derive(Clone, Debug)]
pub struct JobEvent {
    /// The job.
    pub id: JobId,
    /// Its kind.
    pub kind: String,
    /// Where it stands now.
    pub state: JobState,
    /// Done of all, in units of its own.
    pub progress: Option<(u64, u64)>,
}

/// Tells job events to whoever listens.
#[derive(Clone, Debug)]
pub struct JobNews {
    sender: broadcast::Sender<JobEvent>,
}

impl Default for JobNews {
    fn default() -> Self {
        Self { sender: broadcast::Sender::new(JOB_EVENTS_KEPT) }
    }
}

impl JobNews {
    /// Tells an event; nobody need listen.
    pub fn tell(&self, event: JobEvent) {
        // An error only says that nobody listens.
        let _ = self.sender.send(event);
    }

    fn listen(&self) -> broadcast::Receiver<JobEvent> {
        self.sender.subscribe()
    }
}

/// What happens after the fact `after` (or from now on), as far as the caller may know of it. Ends only when
/// it is dropped.
pub async fn follow(
    damask: &Damask,
    caller: &Caller,
    after: Option<Seq>,
) -> Outcome<impl Stream<Item = Event> + Send + 'static> {
    let (sender, receiver) = mpsc::channel(64);
    let watch = Watch {
        damask: damask.clone(),
        caller: caller.clone(),
        at: after.unwrap_or_else(|| damask.seq()),
        sender,
    };
    let jobs = damask.news().listen();
    tokio::spawn(watch.run(jobs));
    Ok(lines_of(receiver))
}

struct Watch {
    damask: Damask,
    caller: Caller,
    at: Seq,
    sender: mpsc::Sender<Event>,
}

impl Watch {
    async fn run(mut self, mut jobs: broadcast::Receiver<JobEvent>) {
        let mut changed = self.damask.catalog().changed();
        loop {
            changed.mark_unchanged();
            match self.facts().await {
                Ok(true) => {}
                Ok(false) => return,
                Err(trouble) => {
                    tracing::warn!(error = %trouble.chain(), "cannot read the journal for a watcher");
                    return;
                }
            }
            tokio::select! {
                () = self.sender.closed() => return,
                moved = changed.changed() => if moved.is_err() { return },
                job = jobs.recv() => match job {
                    Ok(job) => {
                        // Jobs name no asset, but say how much goes on: see `work.rs`.
                        let told = self.caller.permissions.upload && self.caller.sees_all();
                        if told && self.sender.send(Event::Job(job)).await.is_err() {
                            return;
                        }
                    }
                    Err(broadcast::error::RecvError::Lagged(_)) => {}
                    Err(broadcast::error::RecvError::Closed) => return,
                },
            }
        }
    }

    /// Tells the facts since the last; `false` when nobody listens.
    async fn facts(&mut self) -> Outcome<bool> {
        while let Some((last, events)) = self.read().await? {
            for event in events {
                if self.sender.send(event).await.is_err() {
                    return Ok(false);
                }
            }
            self.at = last;
        }
        Ok(true)
    }

    /// The next facts as the caller may know of them, and the last that was looked at. They are read to their
    /// end before any is told: whoever listens slowly holds no connection of the catalog.
    async fn read(&self) -> Outcome<Option<(Seq, Vec<Event>)>> {
        let mut conn = self.damask.catalog().read().await?;
        let facts = journal::after(&mut conn, self.at, FACTS_READ).await?;
        let Some(last) = facts.last().map(|fact| fact.header.seq) else { return Ok(None) };
        let mut events = Vec::new();
        for fact in facts {
            let subjects = self.visible(&mut conn, &fact.header).await?;
            if !subjects.is_empty() {
                let FactHeader { seq, at, verb, .. } = fact.header;
                events.push(Event::Fact { seq, at, verb, subjects });
            }
        }
        Ok(Some((last, events)))
    }

    /// The subjects the caller may know of: all for one who sees everything, else visible assets alone.
    async fn visible(&self, conn: &mut Conn, header: &FactHeader) -> Outcome<Vec<Uuid>> {
        if self.caller.sees_all() {
            return Ok(header.subjects.clone());
        }
        let ids: Vec<AssetId> = header.subjects.iter().copied().map(AssetId).collect();
        let records = assets::by_ids(conn, &ids).await?;
        let seen = see::only_visible(&self.damask, conn, &self.caller, records).await?;
        Ok(seen.into_iter().map(|record| record.asset.id.0).collect())
    }
}
