//! What runs as long as a library is open: the readers of the journal, the workers, the sweeper.

use std::time::Duration;

use damask_catalog::{Tx, Urgency, idempotency, jobs};
use damask_store::Rank;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{
    backup::schedule,
    damask::Damask,
    fixity::{copies, scrub},
    index,
    ingest::upload,
    notary, stages,
    trash::purge,
    trouble::{Outcome, Trouble},
    workers,
};

/// How often what has expired is removed.
const SWEEP_EVERY: Duration = Duration::from_secs(600);
/// Seconds for which jobs that ended well can still be looked at.
const ENDED_KEPT_S: i64 = 24 * 3_600;
/// Ended jobs, and keys of requests, removed in one write.
const SWEPT_AT_ONCE: u32 = 2_000;
/// Writes of one sweep; what is left then waits for the next.
const WRITES_MAX: usize = 100;

/// What runs beside requests; ended by [`Running::stop`], or with the process.
pub struct Running {
    tasks: JoinSet<()>,
    stop: CancellationToken,
}

impl Running {
    /// Starts the readers and, with `slots` above 0, that many workers.
    pub fn start(damask: &Damask, slots: usize) -> Self {
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        tasks.spawn(index::reader::follow(damask.clone(), stop.clone()));
        tasks.spawn(notary::follow(damask.clone(), stop.clone()));
        if slots > 0 {
            tasks.spawn(stages::follow(damask.clone(), stop.clone()));
            tasks.spawn(workers::run(damask.clone(), slots, stop.clone()));
            tasks.spawn(schedule::follow(damask.clone(), stop.clone()));
            tasks.spawn(copies::follow(damask.clone(), stop.clone()));
            for rank in [Rank::First, Rank::Second] {
                tasks.spawn(scrub::follow(damask.clone(), rank, stop.clone()));
            }
            tasks.spawn(sweep(damask.clone(), stop.clone()));
        }
        Self { tasks, stop }
    }

    /// Lets everything come to its end: running jobs give themselves back.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

async fn sweep(damask: Damask, stop: CancellationToken) {
    loop {
        if let Err(trouble) = sweep_once(&damask).await {
            tracing::warn!(error = %trouble.chain(), "cannot remove what has expired");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(SWEEP_EVERY) => {}
        }
    }
}

async fn sweep_once(damask: &Damask) -> Outcome<()> {
    upload::sweep(damask).await?;
    purge::sweep(damask).await?;
    let before = damask.now().plus_seconds(-ENDED_KEPT_S);
    // In writes of a bounded length, so that nobody waits long behind one.
    for _ in 0..WRITES_MAX {
        let written = damask
            .catalog()
            .write(Urgency::Bulk, async move |tx: &mut Tx| {
                let now = tx.now();
                let ended = jobs::sweep(tx, before, SWEPT_AT_ONCE).await?;
                let keys = idempotency::expire(tx, now, SWEPT_AT_ONCE).await?;
                Ok::<_, Trouble>(ended.max(keys))
            })
            .await?;
        if written.value < u64::from(SWEPT_AT_ONCE) {
            break;
        }
    }
    Ok(())
}
