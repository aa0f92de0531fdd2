//! Keeps readers to a number of bytes in a second, over all of them together.

use std::{
    ops::ControlFlow,
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use tokio_util::sync::CancellationToken;

/// Longest sleep without looking whether to stop.
const NAP: Duration = Duration::from_millis(200);

/// Counts bytes from its beginning.
#[derive(Debug)]
pub struct Throttle {
    began: Instant,
    bytes: Mutex<u64>,
    bytes_per_second: Option<u64>,
    stop: CancellationToken,
}

impl Throttle {
    pub fn new(bytes_per_second: Option<u64>, stop: CancellationToken) -> Self {
        Self { began: Instant::now(), bytes: Mutex::default(), bytes_per_second, stop }
    }

    /// So many more bytes were read: waits until they may have been. Not on an async thread.
    pub fn tick(&self, bytes: u64) -> ControlFlow<()> {
        let total = {
            let mut total = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
            *total += bytes;
            *total
        };
        loop {
            if self.stop.is_cancelled() {
                return ControlFlow::Break(());
            }
            let early = self.early_by(total);
            if early.is_zero() {
                return ControlFlow::Continue(());
            }
            thread::sleep(early.min(NAP));
        }
    }

    fn early_by(&self, total: u64) -> Duration {
        let Some(rate) = self.bytes_per_second.filter(|rate| *rate > 0) else { return Duration::ZERO };
        let (whole, rest) = (total / rate, total % rate);
        let nanos = u128::from(rest) * 1_000_000_000 / u128::from(rate);
        let due = Duration::new(whole, u32::try_from(nanos).unwrap_or(0));
        due.saturating_sub(self.began.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use std::{ops::ControlFlow, time::Duration};

    use tokio_util::sync::CancellationToken;

    use super::Throttle;

    #[test]
    fn bytes_are_due_at_their_rate() {
        let slow = Throttle::new(Some(1_000), CancellationToken::new());
        let early = slow.early_by(10_500);
        assert!(early > Duration::from_secs(9) && early <= Duration::from_millis(10_500), "{early:?}");
        assert!(Throttle::new(None, CancellationToken::new()).early_by(u64::MAX).is_zero());
    }

    #[test]
    fn who_waits_hears_that_it_is_over() {
        let stop = CancellationToken::new();
        stop.cancel();
        assert_eq!(Throttle::new(Some(1), stop).tick(1_000_000), ControlFlow::Break(()));
    }
}
