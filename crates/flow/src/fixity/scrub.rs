//! Scrub: passes over a place that read every byte kept there. A pass goes on where it stopped, after a restart too; one
//! process at a time goes over a place. The first pass over a new second place copies what it lacks.

use std::{sync::Arc, time::Duration};

use damask_catalog::{
    Tx, Urgency, cursors, files,
    fixity::{self, Seen},
    places::{self as rows, Place},
};
use damask_model::ContentHash;
use damask_store::Rank;
use futures::{StreamExt as _, TryStreamExt as _};
use tokio_util::sync::CancellationToken;

use super::{copies, examine, places, throttle::Throttle};
use crate::{
    damask::Damask,
    trouble::{Outcome, Trouble},
};

/// How often it looks whether a pass is due.
const LOOK_EVERY: Duration = Duration::from_secs(20);
/// How often this process says that it still looks after a place.
const SAY_EVERY: Duration = Duration::from_secs(20);
/// Files of one step: after each the pass can be gone on with.
const FILES_AT_ONCE: u32 = 64;
/// Bytes of one step at most, but for its first file.
const BYTES_AT_ONCE: u64 = 1 << 30;
/// Wait after a place did not answer.
const AGAIN_AFTER: Duration = Duration::from_secs(60);

/// Goes over a place whenever that is due, until `stop`.
pub async fn follow(damask: Damask, rank: Rank, stop: CancellationToken) {
    if rank == Rank::Second && !damask.store().has_second() {
        return;
    }
    while !stop.is_cancelled() {
        let wait = match look(&damask, rank, &stop).await {
            Ok(()) => LOOK_EVERY,
            Err(_) if stop.is_cancelled() => break,
            Err(trouble) => {
                tracing::warn!(?rank, error = %trouble.chain(), "a place of originals cannot be verified");
                damask.fixity().note(rank, damask.now(), Some(trouble.chain()));
                AGAIN_AFTER
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = damask.fixity().begun[rank as usize].notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
    if let Err(trouble) = places::leave(&damask, rank).await {
        tracing::debug!(error = %trouble.chain(), "the next process waits until this one is forgotten");
    }
}

/// Goes over a place now, to its end, where that is due.
async fn look(damask: &Damask, rank: Rank, stop: &CancellationToken) -> Outcome<()> {
    let place = places::ensure(damask, rank).await?;
    if !is_due(damask, &place) || !places::keep(damask, place.id).await? {
        return Ok(());
    }
    places::reach(damask, rank).await?;
    // The journal's reader knows from where it goes on before the first pass looks at what was there before.
    let reader = copies::reader(place.id);
    if rank == Rank::Second && {
        let mut conn = damask.catalog().read().await?;
        cursors::get(&mut conn, &reader).await?.is_none()
    } {
        return Ok(());
    }
    tokio::select! {
        passed = pass(damask, rank, place, stop) => passed,
        lost = keep(damask, rank) => lost,
    }
}

fn is_due(damask: &Damask, place: &Place) -> bool {
    let Some(filled) = place.filled else { return true };
    let since = place.ended.map_or(filled, |ended| ended.at);
    let days = damask.limits().pace.days;
    place.pass.is_some()
        || days.is_some_and(|days| since.plus_seconds(i64::from(days) * 24 * 3_600) <= damask.now())
}

/// Says again and again that this process looks after the place; ends when it may no longer.
async fn keep(damask: &Damask, rank: Rank) -> Outcome<()> {
    loop {
        tokio::time::sleep(SAY_EVERY).await;
        let place = places::ensure(damask, rank).await?;
        if !places::keep(damask, place.id).await? {
            return Ok(());
        }
    }
}

/// From where the pass stopped to its end.
async fn pass(damask: &Damask, rank: Rank, place: Place, stop: &CancellationToken) -> Outcome<()> {
    let is_first = place.filled.is_none();
    let rate = if is_first { None } else { damask.limits().pace.bytes_per_second };
    let throttle = Arc::new(Throttle::new(rate, stop.clone()));
    // A pass that is dropped half-way stops its threads.
    let _stopped = stop.child_token().drop_guard();
    let mut after = place.pass.and_then(|pass| pass.after);
    if place.pass.is_none() {
        let begin = async move |tx: &mut Tx| Ok::<_, Trouble>(rows::begin(tx, place.id).await?);
        damask.catalog().write(Urgency::Bulk, begin).await?;
    }
    loop {
        let batch = next(damask, after).await?;
        let Some((last, _)) = batch.last().copied() else { break };
        let (count, bytes) = (batch.len() as u64, batch.iter().map(|(_, bytes)| bytes).sum::<u64>());
        let seen = step(damask, rank, place.id, batch, is_first, &throttle).await?;
        damask.fixity().note(rank, damask.now(), None);
        let from = after.replace(last);
        let write = async move |tx: &mut Tx| {
            let moved = rows::move_on(tx, place.id, from, last, (count, bytes)).await?;
            if moved && !seen.is_empty() {
                fixity::put(tx, &seen).await?;
            }
            Ok::<_, Trouble>(moved)
        };
        if !damask.catalog().write(Urgency::Bulk, write).await?.value {
            return Ok(());
        }
    }
    let end = async move |tx: &mut Tx| Ok::<_, Trouble>(rows::end(tx, place.id).await?);
    damask.catalog().write(Urgency::Bulk, end).await?;
    tracing::info!(?rank, place = %place.name, "every original was looked at");
    Ok(())
}

/// The next files, as many as one step takes.
async fn next(damask: &Damask, after: Option<ContentHash>) -> Outcome<Vec<(ContentHash, u64)>> {
    let mut conn = damask.catalog().read().await?;
    let mut batch = files::kept_after(&mut conn, after, FILES_AT_ONCE).await?;
    let mut total = 0_u64;
    let fits = batch.iter().take_while(|(_, bytes)| {
        total = total.saturating_add(*bytes);
        total <= BYTES_AT_ONCE
    });
    let fits = fits.count().max(1);
    batch.truncate(fits);
    Ok(batch)
}

async fn step(
    damask: &Damask,
    rank: Rank,
    place: i64,
    batch: Vec<(ContentHash, u64)>,
    is_first: bool,
    throttle: &Arc<Throttle>,
) -> Outcome<Vec<Seen>> {
    let at_once = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let seen: Vec<Option<Seen>> = futures::stream::iter(batch)
        .map(|file| async move {
            let found = if is_first {
                examine::copy_missing(damask, rank, file).await?
            } else {
                examine::file(damask, rank, file, throttle).await?
            };
            let checked = damask.now();
            Ok::<_, Trouble>(found.map(|(outcome, detail)| Seen {
                file: file.0,
                place,
                outcome,
                detail,
                checked,
            }))
        })
        .buffer_unordered(at_once)
        .try_collect()
        .await?;
    Ok(seen.into_iter().flatten().collect())
}
