//! Keeps the index: a reader of the journal whose cursor is committed with the index itself.
//!
//! A fresh index starts from a snapshot of the tables at sequence S and follows the journal from S. Facts are
//! taken in batches, and an asset that was touched many times in one is indexed once.

use std::{collections::BTreeSet, time::Duration};

use damask_catalog::{Conn, assets, journal};
use damask_model::{AssetId, Seq, Verb};
use damask_query::Document;
use damask_search::Change;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::document;
use crate::{
    damask::{Damask, off_thread},
    trouble::{Outcome, Trouble},
};

/// Facts taken in one batch.
const FACTS_READ: u32 = 2_000;
/// Assets read and indexed at once.
const ASSETS_READ: u32 = 500;
/// A commit costs the same for one asset as for hundreds, so a batch waits this long for more, unless somebody
/// waits for it. With the commit itself this stays well under the second in which a write must be found.
const GATHER: Duration = Duration::from_millis(400);
/// After so long without facts the writer and its memory are let go.
const REST_AFTER: Duration = Duration::from_secs(10);
/// Waits after an error before trying again.
const WAIT_AFTER_ERROR: Duration = Duration::from_secs(1);

/// How far the index is, for whoever waits for it, and how far it is waited for.
#[derive(Debug)]
pub struct Follow {
    seq: watch::Sender<Seq>,
    wanted: watch::Sender<Seq>,
}

impl Follow {
    /// An index that is at `seq`.
    pub fn new(seq: Seq) -> Self {
        Self { seq: watch::Sender::new(seq), wanted: watch::Sender::new(seq) }
    }

    /// How far it is.
    pub fn seq(&self) -> Seq {
        *self.seq.borrow()
    }

    /// Waits until the index has come to `seq`.
    pub async fn at_least(&self, seq: Seq, longest: Duration) -> Outcome<()> {
        let mut receiver = self.seq.subscribe();
        self.wanted.send_if_modified(|wanted| std::mem::replace(wanted, seq.max(*wanted)) < seq);
        let reached = tokio::time::timeout(longest, receiver.wait_for(|now| *now >= seq)).await;
        match reached {
            Ok(Ok(_)) => Ok(()),
            _ => Err(Trouble::NotYet { what: format!("the index up to {seq}"), retry_after_s: 1 }),
        }
    }

    fn reached(&self, seq: Seq) {
        self.seq.send_replace(seq);
    }

    /// Waits until more has gathered, or somebody waits for what there is.
    async fn gather(&self) {
        let mut wanted = self.wanted.subscribe();
        let somebody_waits = wanted.wait_for(|wanted| *wanted > self.seq());
        // The sender lives as long as `self`, so the wait ends only by time or by a waiter.
        let _ = tokio::time::timeout(GATHER, somebody_waits).await;
        // Each waiter hurries one batch, also one that waits for what may never be.
        self.wanted.send_replace(Seq(0));
    }
}

/// Follows the journal until `stop`, filling the index from a snapshot first where it is behind the start.
pub async fn follow(damask: Damask, stop: CancellationToken) {
    let mut changed = damask.catalog().changed();
    loop {
        changed.mark_unchanged();
        let taken = tokio::select! {
            () = stop.cancelled() => return,
            taken = step(&damask) => taken,
        };
        match taken {
            Ok(0) => {
                tokio::select! {
                    () = stop.cancelled() => return,
                    _ = changed.changed() => {}
                    () = tokio::time::sleep(REST_AFTER) => rest(&damask).await,
                }
            }
            Ok(facts) if facts < FACTS_READ as usize => {}
            // There is more already.
            Ok(_) => continue,
            Err(trouble) => {
                tracing::error!(error = %trouble.chain(), "the index cannot follow the journal");
                tokio::time::sleep(WAIT_AFTER_ERROR).await;
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = damask.follow().gather() => {}
        }
    }
}

async fn rest(damask: &Damask) {
    let damask = damask.clone();
    if let Err(error) = off_thread(move || damask.index().rest()).await {
        tracing::warn!(%error, "the index cannot rest");
    }
}

/// Takes the next facts into the index; answers how many there were.
pub async fn step(damask: &Damask) -> Outcome<usize> {
    let from = damask.index().seq();
    if from == Seq(0) {
        fill(damask).await?;
        return Ok(0);
    }
    let mut conn = damask.catalog().read().await?;
    let facts = journal::after(&mut conn, from, FACTS_READ).await?;
    let Some(last) = facts.last().map(|fact| fact.header.seq) else {
        damask.follow().reached(from);
        return Ok(0);
    };
    let touched: BTreeSet<AssetId> = facts
        .iter()
        .filter(|fact| touches_index(fact.header.verb))
        .flat_map(|fact| fact.header.subjects.iter().copied().map(AssetId))
        .collect();
    let touched: Vec<AssetId> = touched.into_iter().collect();
    let mut changes = Vec::with_capacity(touched.len());
    for ids in touched.chunks(ASSETS_READ as usize) {
        changes.extend(changes_of(damask, &mut conn, ids).await?);
    }
    drop(conn);
    commit(damask, changes, last).await?;
    Ok(facts.len())
}

/// Makes the entries of these assets again, from the catalog as it is now. The index then follows the journal from
/// where it stood before, so nothing that happens meanwhile is lost.
pub(crate) async fn put_again(damask: &Damask, assets: &[AssetId]) -> Outcome<()> {
    let from = damask.index().seq();
    let mut conn = damask.catalog().read().await?;
    let mut changes = Vec::with_capacity(assets.len());
    for ids in assets.chunks(ASSETS_READ as usize) {
        changes.extend(changes_of(damask, &mut conn, ids).await?);
    }
    drop(conn);
    let writer = damask.clone();
    off_thread(move || writer.index().apply(&changes, from)).await?;
    Ok(())
}

/// Entries of assets as they are now; those that are gone are removed.
async fn changes_of(damask: &Damask, conn: &mut Conn, ids: &[AssetId]) -> Outcome<Vec<Change>> {
    let records = assets::by_ids(conn, ids).await?;
    let here: BTreeSet<AssetId> = records.iter().map(|record| record.asset.id).collect();
    let gone = ids.iter().filter(|id| !here.contains(id)).map(|id| Change::Remove(*id));
    let mut changes: Vec<Change> = gone.collect();
    changes.extend(puts(document::of_records(conn, damask.schema(), &records).await?));
    Ok(changes)
}

/// Fills an index that was begun anew from a snapshot: as many steps as there are assets, whatever happened
/// to them before.
async fn fill(damask: &Damask) -> Outcome<()> {
    let mut snapshot = damask.catalog().snapshot().await?;
    let seq = snapshot.seq();
    if seq == Seq(0) {
        damask.follow().reached(seq);
        return Ok(());
    }
    let mut after = None;
    loop {
        let records = assets::page_after(snapshot.conn(), after, ASSETS_READ).await?;
        let Some(last) = records.last().map(|record| record.asset.id) else { break };
        after = Some(last);
        let documents = document::of_records(snapshot.conn(), damask.schema(), &records).await?;
        let (damask, changes) = (damask.clone(), puts(documents));
        off_thread(move || damask.index().stage(&changes)).await.map_err(Trouble::from)?;
    }
    drop(snapshot);
    commit(damask, Vec::new(), seq).await
}

async fn commit(damask: &Damask, changes: Vec<Change>, cursor: Seq) -> Outcome<()> {
    let writer = damask.clone();
    off_thread(move || writer.index().apply(&changes, cursor)).await?;
    damask.follow().reached(cursor);
    Ok(())
}

fn puts(documents: Vec<Document>) -> Vec<Change> {
    documents.into_iter().map(Change::Put).collect()
}

/// Which facts change what can be searched of their subjects, which then are assets.
const fn touches_index(verb: Verb) -> bool {
    matches!(
        verb,
        Verb::AssetIngested
            | Verb::VersionAdded
            | Verb::LocationAdded
            | Verb::VersionDescribed
            | Verb::VersionPreviewed
            | Verb::VersionFailed
            | Verb::AssetEdited
            | Verb::VersionPromoted
            | Verb::AssetCheckedOut
            | Verb::AssetCheckedIn
            | Verb::AssetTrashed
            | Verb::AssetRestored
            | Verb::AssetPurged
    )
}
