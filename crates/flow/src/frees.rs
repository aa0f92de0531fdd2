//! Freeing bytes: those that nothing names any more go, and never those that somebody is about to name: whoever frees
//! holds [`Damask::landing`] alone, from the write that stops naming them to their end. A backup relies on bytes that
//! its snapshot may still name: then they go when it is done. Nobody waits meanwhile, neither whoever throws away nor
//! whoever brings in.

use std::sync::{Mutex, PoisonError};

use damask_catalog::{Conn, files, quarantine};
use damask_model::ContentHash;
use damask_store::StoreKey;

use crate::{
    damask::{Damask, off_thread},
    trouble::Outcome,
};

/// Who relies on bytes, and what waits for them.
#[derive(Debug, Default)]
pub struct Frees(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    holders: usize,
    hashes: Vec<ContentHash>,
}

/// While this is held no bytes go.
pub struct Held(Damask);

/// Holds back the freeing of bytes.
pub fn hold(damask: &Damask) -> Held {
    damask.frees().with(|waiting| waiting.holders += 1);
    Held(damask.clone())
}

impl Frees {
    fn with<T>(&self, work: impl FnOnce(&mut Waiting) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let due = self.0.frees().with(|waiting| {
            waiting.holders -= 1;
            if waiting.holders == 0 { std::mem::take(&mut waiting.hashes) } else { Vec::new() }
        });
        if !due.is_empty() {
            tokio::spawn(free_later(self.0.clone(), due));
        }
    }
}

/// Whether neither an asset nor a file in quarantine has these bytes.
pub async fn is_nobodys(conn: &mut Conn, hash: ContentHash) -> Outcome<bool> {
    Ok(files::known(conn, &[hash]).await?.is_empty() && !quarantine::holds(conn, hash).await?)
}

/// Removes what nothing names any more, originals only when no backup relies on them. The caller has the landing alone
/// where originals are among it.
pub async fn free(damask: &Damask, keys: Vec<StoreKey>) {
    let due: Vec<StoreKey> = damask.frees().with(|waiting| {
        let mut is_due = |key: &StoreKey| match key {
            StoreKey::Blob(hash) if waiting.holders > 0 => {
                waiting.hashes.push(*hash);
                false
            }
            _ => true,
        };
        keys.into_iter().filter(|key| is_due(key)).collect()
    });
    // Whoever describes or previews asks each time; mostly nothing is freed.
    if due.is_empty() {
        return;
    }
    let store = damask.store().clone();
    off_thread(move || {
        for key in due {
            // What named them is gone all the same: they are then such as nothing names, and a check tells of them.
            if let Err(error) = store.remove(&key) {
                tracing::warn!(%error, "bytes that nothing names cannot be removed");
            }
        }
    })
    .await;
}

async fn free_later(damask: Damask, due: Vec<ContentHash>) {
    for hash in due {
        free_unless_named(&damask, hash).await;
    }
}

/// Removes bytes that landed and were refused, unless something has them. Whoever held them for themselves does no more.
pub async fn free_unless_named(damask: &Damask, hash: ContentHash) {
    let _alone = damask.landing().write().await;
    // Brought again meanwhile, they have a name.
    match is_free(damask, hash).await {
        Ok(true) => free(damask, vec![StoreKey::Blob(hash)]).await,
        Ok(false) => {}
        Err(trouble) => {
            tracing::warn!(error = %trouble.chain(), %hash, "bytes that nothing names stay");
        }
    }
}

async fn is_free(damask: &Damask, hash: ContentHash) -> Outcome<bool> {
    let mut conn = damask.catalog().read().await?;
    is_nobodys(&mut conn, hash).await
}
