//! One at a time for each blob: two callers who bring or fetch the same bytes do not do it twice, and a server that
//! cannot refuse a second put is not given one.

use std::{
    collections::HashSet,
    sync::{Condvar, Mutex, PoisonError},
};

use damask_model::ContentHash;

/// Who is at work on which blob.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    at_work: Mutex<HashSet<ContentHash>>,
    ended: Condvar,
}

/// A turn; it ends when this is dropped.
pub(crate) struct Turn<'a> {
    turns: &'a Turns,
    hash: ContentHash,
}

impl Turns {
    /// Waits until nobody else is at work on this blob.
    pub(crate) fn take(&self, hash: ContentHash) -> Turn<'_> {
        let at_work = self.at_work.lock().unwrap_or_else(PoisonError::into_inner);
        let mut at_work = self
            .ended
            .wait_while(at_work, |at_work| at_work.contains(&hash))
            .unwrap_or_else(PoisonError::into_inner);
        at_work.insert(hash);
        Turn { turns: self, hash }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.turns.at_work.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.hash);
        self.turns.ended.notify_all();
    }
}
