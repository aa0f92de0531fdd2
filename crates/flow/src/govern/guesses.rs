//! Slows down whoever guesses passwords: after a few wrong ones, an email address waits longer each time.
//!
//! Kept in memory, bounded; a restart forgets it. It counts by address tried, so that nobody else waits. And so
//! many passwords are looked at at once: each takes a processor and 19 MiB, and anybody may send one.

use std::{
    collections::HashMap,
    num::NonZero,
    sync::{Arc, Mutex},
};

use damask_time::Instant;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    damask::off_thread,
    trouble::{Outcome, Trouble},
};

/// Wrong passwords before waiting begins.
const FREE_TRIES: u32 = 5;
/// Longest wait, in seconds.
const WAIT_S_MAX: i64 = 300;
/// Addresses remembered; when there are more, the oldest are forgotten.
const REMEMBERED_MAX: usize = 10_000;
/// Passwords that wait to be looked at; beyond them whoever sends one is asked to come again.
const WAITING_MAX: usize = 64;

#[derive(Clone, Copy, Debug)]
struct Tries {
    wrong: u32,
    last: Instant,
}

/// Wrong passwords lately, by address tried; and whose turn it is to have one looked at.
#[derive(Debug)]
pub struct Guesses {
    tries: Mutex<HashMap<String, Tries>>,
    line: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

/// Whoever has it may look at one password.
#[derive(Debug)]
pub struct Turn {
    _line: OwnedSemaphorePermit,
    _turn: OwnedSemaphorePermit,
}

impl Turn {
    /// Does the slow work off the async threads, and only then lets the next one.
    pub async fn take<T: Send + 'static>(self, work: impl FnOnce() -> T + Send + 'static) -> T {
        // Within the work: it goes on when nobody waits for it any more.
        off_thread(move || {
            let done = work();
            drop(self);
            done
        })
        .await
    }
}

impl Default for Guesses {
    fn default() -> Self {
        Self::new(std::thread::available_parallelism().map_or(1, NonZero::get))
    }
}

impl Guesses {
    /// With so many passwords looked at at once.
    pub fn new(at_once: usize) -> Self {
        Self {
            tries: Mutex::default(),
            line: Arc::new(Semaphore::new(at_once + WAITING_MAX)),
            turns: Arc::new(Semaphore::new(at_once)),
        }
    }

    /// Waits for a turn to look at a password; refused where too many wait already.
    pub async fn turn(&self) -> Outcome<Turn> {
        let line = Arc::clone(&self.line).try_acquire_owned().map_err(|_| {
            Trouble::mistake("too-many-tries", "too many people sign in at this moment")
                .hint("wait a few seconds")
        })?;
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        Ok(Turn { _line: line, _turn: turn.expect("the semaphore is never closed") })
    }

    /// Refuses a try for `email` that comes too soon after too many wrong ones.
    pub fn check(&self, email: &str, now: Instant) -> Outcome<()> {
        let tries = self.tries.lock().expect("no one panics while holding it").get(email).copied();
        let Some(tries) = tries.filter(|tries| tries.wrong >= FREE_TRIES) else { return Ok(()) };
        let wait_s = (1_i64 << (tries.wrong - FREE_TRIES).min(16)).min(WAIT_S_MAX);
        let left_s = wait_s - now.micros_since(tries.last) / 1_000_000;
        if left_s <= 0 {
            return Ok(());
        }
        Err(Trouble::mistake("too-many-tries", "too many wrong passwords")
            .hint(format!("wait {left_s} seconds")))
    }

    /// A wrong password was tried.
    pub fn wrong(&self, email: &str, now: Instant) {
        let mut tries = self.tries.lock().expect("no one panics while holding it");
        if tries.len() >= REMEMBERED_MAX {
            let oldest = tries.iter().min_by_key(|(_, tries)| tries.last).map(|(email, _)| email.clone());
            oldest.map(|email| tries.remove(&email));
        }
        let entry = tries.entry(email.to_owned()).or_insert(Tries { wrong: 0, last: now });
        *entry = Tries { wrong: entry.wrong.saturating_add(1), last: now };
    }

    /// The right one was given.
    pub fn right(&self, email: &str) {
        self.tries.lock().expect("no one panics while holding it").remove(email);
    }
}

#[cfg(test)]
mod tests {
    use damask_time::Instant;

    use super::{Guesses, WAITING_MAX};

    #[tokio::test]
    async fn so_many_passwords_are_looked_at_at_once_and_so_many_wait() {
        let guesses = Guesses::new(1);
        let first = guesses.turn().await.expect("a turn");
        let mut waiting: Vec<_> = (0..WAITING_MAX).map(|_| Box::pin(guesses.turn())).collect();
        for turn in &mut waiting {
            assert!(futures::poll!(turn).is_pending(), "it waits");
        }
        let refused = guesses.turn().await.expect_err("nobody more may wait");
        assert!(refused.to_string().contains("too many people"), "{refused}");
        assert_eq!(first.take(|| 7).await, 7);
        waiting.remove(0).await.expect("the next one's turn");
        assert!(futures::poll!(Box::pin(guesses.turn())).is_pending(), "there is room in line again");
    }

    #[test]
    fn guessing_waits_longer_each_time_and_harms_nobody_else() {
        let guesses = Guesses::default();
        let start = Instant::from_micros(0);
        for _ in 0..5 {
            guesses.check("a@x", start).expect("free tries");
            guesses.wrong("a@x", start);
        }
        assert!(guesses.check("a@x", start).is_err());
        assert!(guesses.check("b@x", start).is_ok());
        assert!(guesses.check("a@x", start.plus_seconds(1)).is_ok());
        guesses.wrong("a@x", start.plus_seconds(1));
        assert!(guesses.check("a@x", start.plus_seconds(2)).is_err());
        assert!(guesses.check("a@x", start.plus_seconds(3)).is_ok());
    }

    #[test]
    fn the_right_password_forgives() {
        let guesses = Guesses::default();
        let now = Instant::from_micros(0);
        for _ in 0..9 {
            guesses.wrong("a@x", now);
        }
        guesses.right("a@x");
        assert!(guesses.check("a@x", now).is_ok());
    }
}
