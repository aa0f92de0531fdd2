//! How far an import is: counts, rates over the last seconds, time left.

use std::time::{Duration, Instant};

/// Rates are taken over about this long, so that they follow a change of pace without jumping.
const WINDOW: Duration = Duration::from_secs(5);

/// How far an import is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Files met so far.
    pub files_found: u64,
    /// Files that have their outcome.
    pub files_done: u64,
    /// Bytes of the files met so far.
    pub bytes_found: u64,
    /// Bytes of the files that have their outcome.
    pub bytes_done: u64,
    /// Files a second, lately.
    pub files_per_s: u64,
    /// Bytes a second, lately.
    pub bytes_per_s: u64,
    /// Seconds until all files met have their outcome; `None` while the walk still goes on.
    pub seconds_left: Option<u64>,
}

/// Counts an import and says how far it is. Its clock measures durations only.
#[derive(Debug)]
pub struct Meter {
    counts: Progress,
    walk_ended: bool,
    since: Instant,
    done_then: (u64, u64),
}

impl Meter {
    /// A meter that starts now.
    pub fn start() -> Self {
        Self { counts: Progress::default(), walk_ended: false, since: Instant::now(), done_then: (0, 0) }
    }

    /// A file was met.
    pub const fn found(&mut self, bytes: u64) {
        self.counts.files_found += 1;
        self.counts.bytes_found += bytes;
    }

    /// A file has its outcome.
    pub const fn done(&mut self, bytes: u64) {
        self.counts.files_done += 1;
        self.counts.bytes_done += bytes;
    }

    /// No more files will be met.
    pub const fn walk_ended(&mut self) {
        self.walk_ended = true;
    }

    /// How far it is now.
    pub fn read(&mut self) -> Progress {
        let passed = self.since.elapsed();
        let micros = u64::try_from(passed.as_micros()).unwrap_or(u64::MAX).max(1);
        let rate = |done: u64, then: u64| (done - then).saturating_mul(1_000_000) / micros;
        self.counts.files_per_s = rate(self.counts.files_done, self.done_then.0);
        self.counts.bytes_per_s = rate(self.counts.bytes_done, self.done_then.1);
        self.counts.seconds_left = self.seconds_left();
        if passed > WINDOW {
            self.since = Instant::now();
            self.done_then = (self.counts.files_done, self.counts.bytes_done);
        }
        self.counts
    }

    /// By bytes where there are some, else by files: large files must not look like small ones.
    fn seconds_left(&self) -> Option<u64> {
        if !self.walk_ended {
            return None;
        }
        let counts = &self.counts;
        let (left, rate) = if counts.bytes_found > counts.bytes_done {
            (counts.bytes_found - counts.bytes_done, counts.bytes_per_s)
        } else {
            (counts.files_found - counts.files_done, counts.files_per_s)
        };
        if left == 0 { Some(0) } else { left.checked_div(rate) }
    }
}

#[cfg(test)]
mod tests {
    use super::Meter;

    #[test]
    fn time_left_is_not_guessed_before_all_is_found() {
        let mut meter = Meter::start();
        meter.found(1_000);
        meter.found(1_000);
        meter.done(1_000);
        assert_eq!(meter.read().seconds_left, None);
        meter.walk_ended();
        let progress = meter.read();
        assert_eq!((progress.files_found, progress.files_done, progress.bytes_done), (2, 1, 1_000));
        assert!(progress.seconds_left.is_some());
        meter.done(1_000);
        assert_eq!(meter.read().seconds_left, Some(0));
    }
}
