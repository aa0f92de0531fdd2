//! Media time: a whole count of units at a rate, and ranges of it (start inside, end outside).

use serde::{Deserialize, Serialize};

use crate::{Rate, Rounding};

/// `count` units at `rate`, e.g. frame 250 at 25 a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MediaTime {
    /// Whole units; negative before zero.
    pub count: i64,
    /// Units a second.
    pub rate: Rate,
}

/// From `start` (inside) for `duration` units; the end is outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TimeRange {
    /// First unit of the range.
    pub start: MediaTime,
    /// Units in the range, at the rate of `start`.
    pub duration: u64,
}

impl MediaTime {
    /// `count` units at `rate`.
    pub const fn new(count: i64, rate: Rate) -> Self {
        Self { count, rate }
    }

    /// The same moment counted at another rate.
    pub fn rescaled(self, rate: Rate, rounding: Rounding) -> Self {
        // count / rate seconds * new rate; i128 because 2^63 * 2^32 * 2^32 fits in 127 bits.
        let numerator =
            i128::from(self.count) * i128::from(self.rate.denominator()) * i128::from(rate.numerator());
        let denominator = i128::from(self.rate.numerator()) * i128::from(rate.denominator());
        let count = match rounding {
            Rounding::Down => numerator.div_euclid(denominator),
            Rounding::Up => -((-numerator).div_euclid(denominator)),
            Rounding::Nearest => (2 * numerator + denominator).div_euclid(2 * denominator),
        };
        Self { count: i64::try_from(count).unwrap_or(if count < 0 { i64::MIN } else { i64::MAX }), rate }
    }
}

impl TimeRange {
    /// The first unit after the range.
    pub const fn end_exclusive(self) -> MediaTime {
        MediaTime { count: self.start.count.saturating_add_unsigned(self.duration), rate: self.start.rate }
    }

    /// Whether `time` lies in the range, compared exactly across rates.
    pub fn contains(self, time: MediaTime) -> bool {
        let down = time.rescaled(self.start.rate, Rounding::Down).count;
        self.start.count <= down && down < self.end_exclusive().count
    }
}

#[cfg(test)]
mod tests {
    use super::{MediaTime, TimeRange};
    use crate::{Rate, Rounding};

    #[test]
    fn rescaling_is_exact_where_the_rates_divide() {
        let second = MediaTime::new(25, Rate::PAL_25);
        assert_eq!(second.rescaled(Rate::MICROSECONDS, Rounding::Down).count, 1_000_000);
    }

    #[test]
    fn rounding_is_the_one_that_was_named() {
        let frame = MediaTime::new(1, Rate::NTSC_30); // 33.3667 ms
        assert_eq!(frame.rescaled(Rate::MILLISECONDS, Rounding::Down).count, 33);
        assert_eq!(frame.rescaled(Rate::MILLISECONDS, Rounding::Up).count, 34);
        assert_eq!(frame.rescaled(Rate::MILLISECONDS, Rounding::Nearest).count, 33);
        let before = MediaTime::new(-1, Rate::NTSC_30);
        assert_eq!(before.rescaled(Rate::MILLISECONDS, Rounding::Down).count, -34);
    }

    #[test]
    fn the_end_of_a_range_is_outside_it() {
        let range = TimeRange { start: MediaTime::new(10, Rate::PAL_25), duration: 5 };
        assert!(range.contains(MediaTime::new(10, Rate::PAL_25)));
        assert!(!range.contains(range.end_exclusive()));
    }
}
