//! Wakes the stages: the reader of the journal that turns facts into jobs, as `pipeline.rs` says.
//!
//! Jobs and cursor move in one transaction, and only from where the cursor was read, so that a fact wakes
//! its stage once, however many nodes follow and whenever one is killed.

use damask_catalog::{CatalogError, Conn, Tx, Urgency, cursors, jobs, journal};
use damask_model::{Seq, VersionId};
use tokio_util::sync::CancellationToken;

use crate::{
    damask::Damask,
    pipeline::{Passage, Stage, wakes},
    trouble::{Outcome, Trouble},
};

/// The reader's name.
pub const READER: &str = "pipeline";

/// Facts read at once.
const FACTS_READ: u32 = 500;

/// Waits after an error before trying again.
const WAIT_AFTER_ERROR: std::time::Duration = std::time::Duration::from_secs(1);

/// Follows the journal until `stop`.
pub async fn follow(damask: Damask, stop: CancellationToken) {
    let mut changed = damask.catalog().changed();
    loop {
        changed.mark_unchanged();
        let moved = tokio::select! {
            () = stop.cancelled() => return,
            moved = step(&damask) => moved,
        };
        match moved {
            Ok(true) => {}
            Ok(false) => {
                tokio::select! {
                    () = stop.cancelled() => return,
                    _ = changed.changed() => {}
                }
            }
            Err(trouble) => {
                tracing::error!(error = %trouble.chain(), "the pipeline cannot read the journal");
                tokio::time::sleep(WAIT_AFTER_ERROR).await;
            }
        }
    }
}

/// Turns the next facts into jobs; answers whether there were any.
pub async fn step(damask: &Damask) -> Outcome<bool> {
    let (from, facts) = {
        let mut conn = damask.catalog().read().await?;
        let from = cursors::get(&mut conn, READER).await?;
        (from, journal::after(&mut conn, from.unwrap_or_default(), FACTS_READ).await?)
    };
    let Some(last) = facts.last().map(|fact| fact.header.seq) else { return Ok(false) };
    let woken: Vec<(Stage, Passage)> = facts.iter().filter_map(woken_by).collect();
    damask
        .catalog()
        .write(Urgency::Interactive, async move |tx: &mut Tx| {
            // By the clock of the write: one that was set back meanwhile would have them wait.
            let now = tx.now();
            let jobs: Vec<_> = woken.iter().map(|(stage, passage)| job(*stage, passage, now)).collect();
            if cursors::advance(tx, READER, from, last).await? && !jobs.is_empty() {
                jobs::add(tx, &jobs).await?;
            }
            Ok::<_, Trouble>(())
        })
        .await?;
    Ok(true)
}

/// How far the pipeline has come.
pub async fn seq(conn: &mut Conn) -> Result<Seq, CatalogError> {
    Ok(cursors::get(conn, READER).await?.unwrap_or_default())
}

fn woken_by(fact: &journal::Fact) -> Option<(Stage, Passage)> {
    let passage = Passage::of(fact.change.as_ref())?;
    Some((wakes(fact.header.verb, &passage)?, passage))
}

/// The job of a stage on a version: one of its key waits or runs at a time.
pub fn job(stage: Stage, passage: &Passage, now: damask_time::Instant) -> jobs::NewJob {
    jobs::NewJob {
        kind: stage.name().to_owned(),
        key: Some(key(stage, passage.version)),
        lane: passage.lane,
        resource: stage.resource(),
        subject: Some(passage.version.0),
        payload: passage.to_json(),
        not_before: now,
    }
}

/// By which such a job is known.
pub fn key(stage: Stage, version: VersionId) -> String {
    format!("{}:{version}", stage.name())
}
