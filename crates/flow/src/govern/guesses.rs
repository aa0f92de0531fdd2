//! Slows down whoever guesses passwords: after a few wrong ones, an email address waits longer each time.
//!
//! Kept in memory, bounded; a restart forgets it. It counts by address tried, so that nobody else waits.

use std::{collections::HashMap, sync::Mutex};

use damask_time::Instant;

use crate::trouble::{Outcome, Trouble};

/// Wrong passwords before waiting begins.
const FREE_TRIES: u32 = 5;
/// Longest wait, in seconds.
const WAIT_S_MAX: i64 = 300;
/// Addresses remembered; when there are more, the oldest are forgotten.
const REMEMBERED_MAX: usize = 10_000;

#[derive(Clone, Copy, Debug)]
struct Tries {
    wrong: u32,
    last: Instant,
}

/// Wrong passwords lately, by address tried.
#[derive(Debug, Default)]
pub struct Guesses {
    tries: Mutex<HashMap<String, Tries>>,
}

impl Guesses {
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

    use super::Guesses;

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
