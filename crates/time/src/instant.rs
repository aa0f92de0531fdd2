//! A moment on the UTC time line, in whole microseconds. Display and parsing are RFC 3339.
//!
//! For times a camera wrote without a zone see [`crate::Moment`].

use std::fmt;

use serde::{Deserialize, Serialize};

/// Microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant {
    /// Microseconds since the epoch; negative before it.
    pub micros: i64,
}

impl Instant {
    /// The instant `micros` microseconds after the epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self { micros }
    }

    /// The instant `millis` milliseconds after the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self { micros: millis * 1_000 }
    }

    /// This instant moved by `seconds` (saturating).
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self { micros: self.micros.saturating_add(seconds.saturating_mul(1_000_000)) }
    }

    /// This instant moved by `millis` milliseconds (saturating).
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self { micros: self.micros.saturating_add(millis.saturating_mul(1_000)) }
    }

    /// Microseconds from `earlier` to this instant; negative when `earlier` is later.
    pub const fn micros_since(self, earlier: Self) -> i64 {
        self.micros.saturating_sub(earlier.micros)
    }
}

impl fmt::Display for Instant {
    /// RFC 3339 in UTC, e.g. `2026-11-14T09:30:00Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.micros) {
            Ok(timestamp) => timestamp.fmt(f),
            Err(_) => write!(f, "{}us", self.micros),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Instant;

    #[test]
    fn an_instant_prints_as_rfc_3339() {
        assert_eq!(Instant::from_micros(0).to_string(), "1970-01-01T00:00:00Z");
        assert_eq!(Instant::from_millis(1_500).to_string(), "1970-01-01T00:00:01.5Z");
    }

    #[test]
    fn moving_an_instant_saturates_instead_of_wrapping() {
        assert_eq!(Instant::from_micros(i64::MAX).plus_seconds(1).micros, i64::MAX);
    }
}
