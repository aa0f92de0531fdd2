//! Copies: the reader of the journal that keeps what comes in in the second place too. What it has passed is there,
//! durably; when that place is out of reach it waits, and nobody with it.

use std::time::Duration;

use damask_catalog::{
    Tx, Urgency, brought, cursors, files,
    fixity::{self, Outcome, Seen},
    journal,
};
use damask_model::{ContentHash, Seq};
use damask_store::Rank;
use futures::{StreamExt as _, TryStreamExt as _};
use tokio_util::sync::CancellationToken;

use super::{examine, places};
use crate::{
    damask::Damask,
    trouble::{Outcome as Answer, Trouble},
};

/// Facts read at once.
const FACTS_READ: u32 = 100;
/// Files copied at once.
const COPIES_AT_ONCE: usize = 4;
/// Wait after the place did not answer.
const AGAIN_AFTER: Duration = Duration::from_secs(5);
/// Longest wait for news; those of other nodes are met at the latest then.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// The reader of a place.
pub(super) fn reader(place: i64) -> String {
    format!("copies-{place}")
}

/// Follows the journal until `stop`, where there is a second place.
pub async fn follow(damask: Damask, stop: CancellationToken) {
    if !damask.store().has_second() {
        return;
    }
    let mut changed = damask.catalog().changed();
    loop {
        changed.mark_unchanged();
        let moved = tokio::select! {
            () = stop.cancelled() => return,
            moved = step(&damask) => moved,
        };
        let wait = match moved {
            Ok(true) => continue,
            Ok(false) => LOOK_EVERY,
            Err(trouble) => {
                tracing::warn!(error = %trouble.chain(), "originals wait to be copied to the second place");
                damask.fixity().note(Rank::Second, damask.now(), Some(trouble.chain()));
                changed.mark_unchanged();
                AGAIN_AFTER
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            _ = changed.changed(), if wait == LOOK_EVERY => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Copies what the next facts brought; answers whether there were any.
pub(super) async fn step(damask: &Damask) -> Answer<bool> {
    let place = places::ensure(damask, Rank::Second).await?;
    if !places::keep(damask, place.id).await? {
        return Ok(false);
    }
    places::reach(damask, Rank::Second).await?;
    damask.fixity().note(Rank::Second, damask.now(), None);
    let reader = reader(place.id);
    let (from, brought, kept) = {
        let mut conn = damask.catalog().read().await?;
        let Some(from) = cursors::get(&mut conn, &reader).await? else {
            drop(conn);
            // What was there before is copied by the first pass, which begins after this.
            begin(damask, reader).await?;
            return Ok(true);
        };
        let Some(brought) = brought::after(&mut conn, from, FACTS_READ).await? else { return Ok(false) };
        let mut kept = Vec::new();
        for hashes in brought.files.chunks(1_000) {
            kept.extend(files::kept_among(&mut conn, hashes).await?);
        }
        (from, brought, kept)
    };
    let copied: Vec<(ContentHash, Option<examine::Found>)> = futures::stream::iter(kept)
        .map(|(hash, bytes)| async move {
            let copied = examine::copy_missing(damask, Rank::Second, (hash, bytes)).await?;
            Ok::<_, Trouble>((hash, copied))
        })
        .buffer_unordered(COPIES_AT_ONCE)
        .try_collect()
        .await?;
    let now = damask.now();
    let seen: Vec<Seen> = copied
        .into_iter()
        .filter_map(|(file, found)| found.map(|found| (file, found)))
        .inspect(|(file, (outcome, why))| {
            if *outcome != Outcome::Good {
                tracing::error!(%file, why, "an original cannot be copied to the second place");
            }
        })
        .map(|(file, (outcome, detail))| Seen { file, place: place.id, outcome, detail, checked: now })
        .collect();
    let write = async move |tx: &mut Tx| {
        if cursors::advance(tx, &reader, Some(from), brought.to).await? && !seen.is_empty() {
            fixity::put(tx, &seen).await?;
        }
        Ok::<_, Trouble>(())
    };
    damask.catalog().write(Urgency::Bulk, write).await?;
    Ok(true)
}

async fn begin(damask: &Damask, reader: String) -> Answer<()> {
    let write = async move |tx: &mut Tx| {
        let head = journal::head(tx.conn()).await?;
        cursors::advance(tx, &reader, None, head).await?;
        Ok::<_, Trouble>(())
    };
    damask.catalog().write(Urgency::Bulk, write).await?;
    damask.fixity().begun[Rank::Second as usize].notify_one();
    Ok(())
}

/// How far the copies of a place are; `None` before it is begun.
pub(super) async fn seq(damask: &Damask, place: i64) -> Answer<Option<Seq>> {
    let mut conn = damask.catalog().read().await?;
    Ok(cursors::get(&mut conn, &reader(place)).await?)
}
