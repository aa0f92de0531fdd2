//! How long a job that failed waits before it is tried again.

use std::time::Duration;

/// Longest wait between attempts.
pub const BACK_OFF_MAX: Duration = Duration::from_secs(3_600);

/// Wait after the first failed attempt; each further one waits four times as long.
pub const BACK_OFF_FIRST: Duration = Duration::from_secs(5);

/// How long a job waits after that many attempts.
pub fn back_off(attempts: u32) -> Duration {
    let times = 4_u32.saturating_pow(attempts.saturating_sub(1));
    BACK_OFF_FIRST.saturating_mul(times).min(BACK_OFF_MAX)
}

#[cfg(test)]
mod tests {
    use super::{BACK_OFF_MAX, back_off};

    #[test]
    fn each_attempt_waits_longer_than_the_last_up_to_a_limit() {
        assert_eq!(back_off(1).as_secs(), 5);
        assert_eq!(back_off(3).as_secs(), 80);
        assert_eq!(back_off(u32::MAX), BACK_OFF_MAX);
    }
}
