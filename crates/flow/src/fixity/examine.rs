//! One file in one place: are its bytes right, and if not, can they be made right?

use std::sync::Arc;

use damask_catalog::{files, fixity::Outcome};
use damask_model::ContentHash;
use damask_store::{Rank, Refusal, Store, StoreError, StoreKey, Tick, Verified};

use super::throttle::Throttle;
use crate::{
    damask::{Damask, off_thread},
    frees,
    trouble::{Outcome as Answer, Trouble},
};

/// What was found, and more of it in words.
pub type Found = (Outcome, Option<String>);

/// Verifies a file, and mends what is wrong. `None` where the file is no more. An error where the place as a whole does
/// not answer, or it was stopped.
pub async fn file(
    damask: &Damask,
    rank: Rank,
    (hash, bytes): (ContentHash, u64),
    throttle: &Arc<Throttle>,
) -> Answer<Option<Found>> {
    let (store, throttle) = (damask.store().clone(), Arc::clone(throttle));
    let found =
        off_thread(move || look(&store, rank, (hash, bytes), &mut |read| throttle.tick(read))).await?;
    if found.0 == Outcome::Good {
        return Ok(Some(found));
    }
    put_right(damask, rank, (hash, bytes), found).await
}

/// Mends what is wrong with a file, if it can be. `None` where the file is no more.
pub async fn put_right(
    damask: &Damask,
    rank: Rank,
    (hash, bytes): (ContentHash, u64),
    found: Found,
) -> Answer<Option<Found>> {
    if !is_kept(damask, hash).await? {
        return Ok(None);
    }
    let store = damask.store().clone();
    let mended = off_thread(move || mend(&store, rank, (hash, bytes), found)).await;
    free_if_purged(damask, rank, hash).await?;
    match &mended {
        (Outcome::Mended, why) => tracing::warn!(%hash, ?rank, why, "an original was damaged, and is mended"),
        (outcome, why) => tracing::error!(%hash, ?rank, ?outcome, why, "an original is damaged"),
    }
    Ok(Some(mended))
}

/// Makes sure that a place has a file, by its length alone; answers whether it was copied there. What is copied is
/// compared on the way.
pub async fn copy_missing(
    damask: &Damask,
    rank: Rank,
    (hash, bytes): (ContentHash, u64),
) -> Answer<Option<Found>> {
    let store = damask.store().clone();
    let copied = off_thread(move || {
        if store.length_at(rank, hash).is_ok_and(|length| length == bytes) {
            return Ok(None);
        }
        match store.copy_to(rank, hash, bytes) {
            Ok(()) => Ok(Some((Outcome::Good, None))),
            Err(error) if is_of_place(&error) => Err(error),
            Err(error) => Ok(Some((Outcome::Missing, Some(words(&error))))),
        }
    })
    .await?;
    if copied.is_some() && !is_kept(damask, hash).await? {
        free_if_purged(damask, rank, hash).await?;
        return Ok(None);
    }
    Ok(copied)
}

/// By the length alone.
pub fn measure(store: &Store, rank: Rank, (hash, bytes): (ContentHash, u64)) -> Result<Found, StoreError> {
    match store.length_at(rank, hash) {
        Ok(length) if length == bytes => Ok((Outcome::Good, None)),
        Ok(length) => Ok((Outcome::Short, Some(format!("{length} bytes of {bytes}")))),
        Err(StoreError::Missing { .. }) => Ok((Outcome::Missing, None)),
        Err(error) if is_of_place(&error) => Err(error),
        Err(error) => Ok((Outcome::Unreadable, Some(words(&error)))),
    }
}

/// By reading all of it.
pub fn look(
    store: &Store,
    rank: Rank,
    (hash, bytes): (ContentHash, u64),
    tick: Tick<'_>,
) -> Result<Found, StoreError> {
    match store.verify_at(rank, hash, Some(bytes), tick) {
        Ok(verified) => Ok(found(verified, bytes)),
        Err(error) if is_of_place(&error) => Err(error),
        Err(error) => Ok((Outcome::Unreadable, Some(words(&error)))),
    }
}

fn found(verified: Verified, bytes: u64) -> Found {
    match verified {
        Verified::Good => (Outcome::Good, None),
        Verified::Missing => (Outcome::Missing, None),
        Verified::Short { bytes: found } => (Outcome::Short, Some(format!("{found} bytes of {bytes}"))),
        Verified::Different { found } => {
            (Outcome::Different, Some(format!("its bytes have the hash {found}")))
        }
        Verified::Broken => (Outcome::Different, Some("its bytes are not as they were encrypted".to_owned())),
    }
}

/// From the other place, which is compared as it is copied; then it is read again where it was wrong.
fn mend(store: &Store, rank: Rank, (hash, bytes): (ContentHash, u64), wrong: Found) -> Found {
    let (outcome, detail) = wrong;
    let was =
        detail.map_or_else(|| outcome.name().to_owned(), |detail| format!("{} ({detail})", outcome.name()));
    if !store.has_second() {
        return (outcome, Some(format!("{was}; there is no second place to mend it from")));
    }
    let copied = store.copy_to(rank, hash, bytes);
    let again = copied.and_then(|()| {
        store.verify_at(rank, hash, Some(bytes), &mut |_| std::ops::ControlFlow::Continue(()))
    });
    match again {
        Ok(Verified::Good) => (Outcome::Mended, Some(format!("was {was}; copied from the other place"))),
        Ok(_) => (
            outcome,
            Some(format!("was {was}; copied from the other place, and wrong again: is the disk failing?")),
        ),
        Err(StoreError::OtherBytes { .. }) => {
            (outcome, Some(format!("{was}; the other place has other bytes as well")))
        }
        Err(StoreError::Missing { .. }) => (outcome, Some(format!("{was}; the other place has none"))),
        Err(error) => {
            (outcome, Some(format!("{was}; it cannot be copied from the other place: {}", words(&error))))
        }
    }
}

/// Whether an error tells of the place, or of whoever asked, and not of one file.
fn is_of_place(error: &StoreError) -> bool {
    match error {
        StoreError::Stopped
        | StoreError::NotThere { .. }
        | StoreError::Locked { .. }
        | StoreError::NoSecond
        | StoreError::Distrusted
        | StoreError::Full { .. }
        | StoreError::Denied { .. } => true,
        StoreError::Bucket { why, .. } => !matches!(why, Refusal::Spoilt | Refusal::Other),
        _ => false,
    }
}

fn words(error: &StoreError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// Whether a file is an asset's or waits in quarantine.
pub async fn is_kept(damask: &Damask, hash: ContentHash) -> Answer<bool> {
    let mut conn = damask.catalog().read().await?;
    Ok(!files::kept_among(&mut conn, &[hash]).await?.is_empty())
}

/// What was copied while it was purged goes again.
async fn free_if_purged(damask: &Damask, rank: Rank, hash: ContentHash) -> Answer<()> {
    if is_kept(damask, hash).await? {
        return Ok(());
    }
    let _alone = damask.landing().write().await;
    let is_nobodys = {
        let mut conn = damask.catalog().read().await?;
        frees::is_nobodys(&mut conn, hash).await?
    };
    if is_nobodys {
        tracing::debug!(key = %StoreKey::Blob(hash), "purged while it was copied");
        let store = damask.store().clone();
        off_thread(move || store.remove_at(rank, hash)).await.map_err(Trouble::from)?;
    }
    Ok(())
}
