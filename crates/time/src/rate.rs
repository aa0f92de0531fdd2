//! Rates as ratios of whole numbers: 30000/1001, never 29.97.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Units (frames, samples) a second as an exact ratio.
///
/// Law: numerator and denominator are positive and have no common factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "(u32, u32)", into = "(u32, u32)")]
pub struct Rate {
    numerator: u32,
    denominator: u32,
}

/// How a conversion that does not come out whole is made whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Towards minus infinity: the unit that contains the moment.
    Down,
    /// Towards plus infinity: the first unit not before the moment.
    Up,
    /// To the nearest; halves go up.
    Nearest,
}

/// Why a pair of numbers is not a rate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    /// Numerator or denominator is zero.
    #[error("a rate needs a positive numerator and denominator, not {0}/{1}")]
    NotPositive(u32, u32),
    /// The text is neither `N` nor `N/D`.
    #[error("a rate is written N or N/D, not {0:?}")]
    NotARatio(String),
}

impl Rate {
    /// 24 frames a second (film).
    pub const FILM_24: Self = Self { numerator: 24, denominator: 1 };
    /// 24000/1001 frames a second.
    pub const NTSC_24: Self = Self { numerator: 24_000, denominator: 1_001 };
    /// 25 frames a second.
    pub const PAL_25: Self = Self { numerator: 25, denominator: 1 };
    /// 30000/1001 frames a second.
    pub const NTSC_30: Self = Self { numerator: 30_000, denominator: 1_001 };
    /// 50 frames a second.
    pub const PAL_50: Self = Self { numerator: 50, denominator: 1 };
    /// 60000/1001 frames a second.
    pub const NTSC_60: Self = Self { numerator: 60_000, denominator: 1_001 };
    /// One unit a millisecond.
    pub const MILLISECONDS: Self = Self { numerator: 1_000, denominator: 1 };
    /// One unit a microsecond.
    pub const MICROSECONDS: Self = Self { numerator: 1_000_000, denominator: 1 };

    /// `numerator` units every `denominator` seconds, brought to lowest terms.
    pub fn new(numerator: u32, denominator: u32) -> Result<Self, RateError> {
        if numerator == 0 || denominator == 0 {
            return Err(RateError::NotPositive(numerator, denominator));
        }
        let common = greatest_common_divisor(numerator, denominator);
        Ok(Self { numerator: numerator / common, denominator: denominator / common })
    }

    /// Reads `25`, `30000/1001` (as ffprobe writes rates).
    pub fn parse(text: &str) -> Result<Self, RateError> {
        let wrong = || RateError::NotARatio(text.to_owned());
        let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
        Self::new(
            numerator.trim().parse().map_err(|_| wrong())?,
            denominator.trim().parse().map_err(|_| wrong())?,
        )
    }

    /// Units in `denominator()` seconds.
    pub const fn numerator(self) -> u32 {
        self.numerator
    }

    /// Seconds in which `numerator()` units pass.
    pub const fn denominator(self) -> u32 {
        self.denominator
    }

    /// Units a second, as near as a float tells it.
    pub fn a_second(self) -> f64 {
        f64::from(self.numerator) / f64::from(self.denominator)
    }

    /// The rates that cameras and sets run at: those of SMPTE ST 12-1, table 1, and each whole one up to 240.
    pub fn usual() -> impl Iterator<Item = Self> {
        let whole = (1..=240).map(|whole| Self { numerator: whole, denominator: 1 });
        [Self::NTSC_24, Self::NTSC_30, Self::NTSC_60].into_iter().chain(whole)
    }

    /// The whole number of units timecode counts in a second: 30 for 30000/1001.
    pub const fn nominal(self) -> u32 {
        self.numerator.div_ceil(self.denominator)
    }
}

impl fmt::Display for Rate {
    /// `25` or `30000/1001`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.denominator {
            1 => write!(f, "{}", self.numerator),
            denominator => write!(f, "{}/{denominator}", self.numerator),
        }
    }
}

impl TryFrom<(u32, u32)> for Rate {
    type Error = RateError;

    fn try_from((numerator, denominator): (u32, u32)) -> Result<Self, RateError> {
        Self::new(numerator, denominator)
    }
}

impl From<Rate> for (u32, u32) {
    fn from(rate: Rate) -> Self {
        (rate.numerator, rate.denominator)
    }
}

fn greatest_common_divisor(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::{Rate, RateError};

    #[test]
    fn a_rate_is_kept_in_lowest_terms() {
        assert_eq!(Rate::new(50, 2), Ok(Rate::PAL_25));
        assert_eq!(Rate::parse("30000/1001"), Ok(Rate::NTSC_30));
        assert_eq!(Rate::NTSC_30.to_string(), "30000/1001");
    }

    #[test]
    fn a_rate_of_zero_is_refused() {
        assert_eq!(Rate::parse("0/0"), Err(RateError::NotPositive(0, 0)));
        assert!(Rate::parse("29.97").is_err());
    }

    #[test]
    fn ntsc_counts_thirty_numbers_a_second() {
        assert_eq!(Rate::NTSC_30.nominal(), 30);
        assert_eq!(Rate::PAL_25.nominal(), 25);
    }
}
