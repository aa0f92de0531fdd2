//! How far a backup or a restore is.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Instant,
};

/// How far it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Originals looked at.
    pub files_done: u64,
    /// Their bytes.
    pub bytes_done: u64,
    /// Bytes of all, as far as is known.
    pub bytes: u64,
    /// Bytes that were moved; the others were there.
    pub bytes_moved: u64,
    /// Bytes moved a second, since it began.
    pub bytes_per_s: u64,
    /// Seconds until all originals are there, at the pace so far.
    pub seconds_left: Option<u64>,
}

/// Counts from several threads, and says whether it is to go on. Its clock measures durations only.
#[derive(Debug)]
pub struct Meter {
    files_done: AtomicU64,
    bytes_done: AtomicU64,
    bytes: AtomicU64,
    bytes_moved: AtomicU64,
    stopped: AtomicBool,
    since: Instant,
}

impl Meter {
    /// Starts now.
    pub fn start() -> Self {
        Self {
            files_done: AtomicU64::new(0),
            bytes_done: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            bytes_moved: AtomicU64::new(0),
            stopped: AtomicBool::new(false),
            since: Instant::now(),
        }
    }

    /// There are so many bytes in all.
    pub fn expect(&self, bytes: u64) {
        self.bytes.store(bytes, Ordering::Relaxed);
    }

    /// Begins to count originals anew: they are gone through once more.
    pub fn again(&self) {
        self.files_done.store(0, Ordering::Relaxed);
        self.bytes_done.store(0, Ordering::Relaxed);
    }

    /// Originals are there.
    pub fn done(&self, files: u64, bytes: u64) {
        self.files_done.fetch_add(files, Ordering::Relaxed);
        self.bytes_done.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Bytes moved; answers whether to go on.
    pub fn moved(&self, bytes: u64) -> bool {
        self.bytes_moved.fetch_add(bytes, Ordering::Relaxed);
        self.goes_on()
    }

    /// Ends it soon.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether nobody has stopped it.
    pub fn goes_on(&self) -> bool {
        !self.stopped.load(Ordering::Relaxed)
    }

    /// How far it is now.
    pub fn read(&self) -> Progress {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let (bytes, bytes_done, bytes_moved) =
            (get(&self.bytes), get(&self.bytes_done), get(&self.bytes_moved));
        let micros = u64::try_from(self.since.elapsed().as_micros()).unwrap_or(u64::MAX).max(1);
        let left = bytes.saturating_sub(bytes_done);
        let seconds_left = u128::from(left) * u128::from(micros) / u128::from(bytes_done.max(1)) / 1_000_000;
        Progress {
            files_done: get(&self.files_done),
            bytes_done,
            bytes: bytes.max(bytes_done),
            bytes_moved,
            bytes_per_s: bytes_moved.saturating_mul(1_000_000) / micros,
            seconds_left: (bytes_done > 0).then(|| u64::try_from(seconds_left).unwrap_or(u64::MAX)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Meter;

    #[test]
    fn time_left_is_not_guessed_before_something_is_done() {
        let meter = Meter::start();
        meter.expect(100);
        assert_eq!(meter.read().seconds_left, None);
        meter.done(1, 100);
        assert_eq!(meter.read().seconds_left, Some(0));
        meter.stop();
        assert!(!meter.moved(1));
    }
}
