//! Fixity: every byte of every original is read and compared again and again, in each place it is kept, at a bounded
//! pace; what is wrong is mended from the other place where that has it. What is new is copied to the second place as it
//! comes in ([`copies`]); what was there before that place was named, by its first pass ([`scrub`]).
//!
//! None of it is a fact: nothing of the library changes. What was seen is in the catalog, by file and place.

pub mod copies;
pub(crate) mod examine;
pub mod places;
pub mod scrub;
mod throttle;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use damask_store::Rank;
use damask_time::Instant;
use tokio::sync::Notify;

/// How often every byte is verified, and how fast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Days from the end of one pass over a place to the begin of the next; `None` where people begin them.
    pub days: Option<u32>,
    /// Bytes verified in a second at most; `None` for as fast as it goes.
    pub bytes_per_second: Option<u64>,
}

impl Default for Pace {
    /// Once in thirty days, and at a pace a single disk does not notice.
    fn default() -> Self {
        Self { days: Some(30), bytes_per_second: Some(50_000_000) }
    }
}

/// What this process knows of looking after the places.
#[derive(Debug)]
pub struct Fixity {
    /// By which this process says that it looks after a place.
    keeper: Arc<str>,
    /// Told when a pass over a place was begun by a person.
    begun: [Notify; 2],
    troubles: Mutex<[Option<(Instant, String)>; 2]>,
    /// Until when this process looks after a place, as others know.
    kept: Mutex<BTreeMap<i64, Instant>>,
}

impl Default for Fixity {
    fn default() -> Self {
        let keeper = format!("{}-{}", std::process::id(), damask_model::JobId::fresh());
        Self {
            keeper: keeper.into(),
            begun: Default::default(),
            troubles: Mutex::default(),
            kept: Mutex::default(),
        }
    }
}

impl Fixity {
    fn keeps(&self, place: i64) -> Option<Instant> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(&place).copied()
    }

    fn note_kept(&self, place: i64, until: Option<Instant>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        match until {
            Some(until) => kept.insert(place, until),
            None => kept.remove(&place),
        };
    }

    /// Since when and why a place cannot be looked after.
    fn trouble(&self, rank: Rank) -> Option<(Instant, String)> {
        self.troubles.lock().unwrap_or_else(PoisonError::into_inner)[rank as usize].clone()
    }

    fn note(&self, rank: Rank, now: Instant, trouble: Option<String>) {
        let mut troubles = self.troubles.lock().unwrap_or_else(PoisonError::into_inner);
        let known = &mut troubles[rank as usize];
        *known = trouble.map(|words| (known.take().map_or(now, |(since, _)| since), words));
    }
}
