//! A date and time as a camera or a cataloguer wrote it: as precise as it was, with a zone only if it had one.
//!
//! The text form is XMP's date (XMP specification part 1, 8.2.1.1): `YYYY`, `YYYY-MM`, `YYYY-MM-DD`,
//! `YYYY-MM-DDThh:mm[:ss[.s]][TZD]`. A moment without a zone is ordered and searched as if it were UTC,
//! and prints without a zone again: nothing is invented.

use std::fmt;

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::Instant;

/// How much of a [`Moment`] was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    /// Only the year.
    Year,
    /// Year and month.
    Month,
    /// A calendar day.
    Day,
    /// Hours and minutes.
    Minute,
    /// Seconds.
    Second,
    /// A fraction of a second, with this many digits (1 to 9).
    Fraction(u8),
}

/// A civil date and time of known precision, with or without an offset from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Moment {
    civil: DateTime,
    precision: Precision,
    offset_minutes: Option<i16>,
}

/// Why a text is not a moment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a date: {expected}")]
pub struct MomentError {
    /// The text that was given.
    pub text: String,
    /// What was expected where it went wrong.
    pub expected: &'static str,
}

impl Moment {
    /// Reads the XMP form; a space in place of `T` is taken too.
    pub fn parse(text: &str) -> Result<Self, MomentError> {
        let wrong = |expected| MomentError { text: text.chars().take(64).collect(), expected };
        let trimmed = text.trim();
        if !trimmed.is_ascii() {
            return Err(wrong("only digits and - : . + Z are used"));
        }
        let (date, time) = match trimmed.split_once(['T', ' ']) {
            Some((date, time)) => (date, Some(time)),
            None => (trimmed, None),
        };
        let mut parts = date.split('-');
        let year: i16 = number(parts.next(), 4).ok_or_else(|| wrong("a year of four digits comes first"))?;
        let month = optional(parts.next(), 2).ok_or_else(|| wrong("a month is two digits"))?;
        let day = optional(parts.next(), 2).ok_or_else(|| wrong("a day is two digits"))?;
        if parts.next().is_some() {
            return Err(wrong("nothing follows the day but a time"));
        }
        let mut precision = match (month, day) {
            (None, _) => Precision::Year,
            (Some(_), None) => Precision::Month,
            (Some(_), Some(_)) => Precision::Day,
        };
        let date = Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).map_err(|_| wrong("no such day"))?;
        let (mut civil, mut offset_minutes) = (date.to_datetime(jiff::civil::Time::midnight()), None);
        if let Some(time) = time {
            if precision != Precision::Day {
                return Err(wrong("a time needs a whole date before it"));
            }
            (civil, precision, offset_minutes) =
                parse_time(date, time).ok_or_else(|| wrong("a time is hh:mm[:ss[.s]] and Z or +hh:mm"))?;
        }
        Ok(Self { civil, precision, offset_minutes })
    }

    /// The moment an instant is, in UTC, to the microsecond.
    pub fn from_instant(instant: Instant) -> Self {
        let civil = jiff::Timestamp::from_microsecond(instant.micros)
            .map_or(DateTime::MIN, |stamp| jiff::tz::Offset::UTC.to_datetime(stamp));
        Self { civil, precision: Precision::Fraction(6), offset_minutes: Some(0) }
    }

    /// How much of it was given.
    pub const fn precision(self) -> Precision {
        self.precision
    }

    /// Minutes east of UTC, where the zone is known.
    pub const fn offset_minutes(self) -> Option<i16> {
        self.offset_minutes
    }

    /// The same civil time, said to be `minutes` east of UTC. `None` past ±18 hours.
    pub fn with_offset_minutes(self, minutes: i16) -> Option<Self> {
        (minutes.abs() <= 18 * 60).then_some(Self { offset_minutes: Some(minutes), ..self })
    }

    /// Year, month (1 to 12) and day (1 to 31) as written; the first where not given.
    pub fn ymd(self) -> (i16, i8, i8) {
        (self.civil.year(), self.civil.month(), self.civil.day())
    }

    /// The first instant the moment covers; read as UTC where the zone is unknown.
    pub fn first_instant(self) -> Instant {
        self.instant_of(self.civil)
    }

    /// The first instant after what the moment covers: a year later for a bare year.
    pub fn end_exclusive(self) -> Instant {
        let span = match self.precision {
            Precision::Year => jiff::Span::new().years(1),
            Precision::Month => jiff::Span::new().months(1),
            Precision::Day => jiff::Span::new().days(1),
            Precision::Minute => jiff::Span::new().minutes(1),
            Precision::Second => jiff::Span::new().seconds(1),
            Precision::Fraction(digits) => {
                return self.first_instant().plus_fraction(digits);
            }
        };
        self.instant_of(self.civil.saturating_add(span))
    }

    fn instant_of(self, civil: DateTime) -> Instant {
        let utc = jiff::tz::Offset::UTC
            .to_timestamp(civil)
            .map_or(if civil.year() < 0 { i64::MIN } else { i64::MAX }, jiff::Timestamp::as_microsecond);
        let offset_micros = i64::from(self.offset_minutes.unwrap_or(0)) * 60_000_000;
        Instant::from_micros(utc.saturating_sub(offset_micros))
    }
}

impl Instant {
    fn plus_fraction(self, digits: u8) -> Self {
        let micros = 10_i64.pow(6_u32.saturating_sub(u32::from(digits)));
        Self::from_micros(self.micros.saturating_add(micros))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let civil = self.civil;
        write!(f, "{:04}", civil.year())?;
        if self.precision >= Precision::Month {
            write!(f, "-{:02}", civil.month())?;
        }
        if self.precision >= Precision::Day {
            write!(f, "-{:02}", civil.day())?;
        }
        if self.precision >= Precision::Minute {
            write!(f, "T{:02}:{:02}", civil.hour(), civil.minute())?;
        }
        if self.precision >= Precision::Second {
            write!(f, ":{:02}", civil.second())?;
        }
        if let Precision::Fraction(digits) = self.precision {
            let nanos = format!("{:09}", civil.subsec_nanosecond());
            write!(f, ".{}", &nanos[..usize::from(digits.min(9))])?;
        }
        match self.offset_minutes {
            _ if self.precision < Precision::Minute => Ok(()),
            None => Ok(()),
            Some(0) => f.write_str("Z"),
            Some(minutes) => {
                let sign = if minutes < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
            }
        }
    }
}

impl TryFrom<String> for Moment {
    type Error = MomentError;

    fn try_from(text: String) -> Result<Self, MomentError> {
        Self::parse(&text)
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> Self {
        moment.to_string()
    }
}

fn number<N: std::str::FromStr>(digits: Option<&str>, length: usize) -> Option<N> {
    let digits = digits?;
    (digits.len() == length && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| digits.parse().ok())
        .flatten()
}

/// `Some(None)` where the part is absent, `None` where it is there and wrong.
fn optional(digits: Option<&str>, length: usize) -> Option<Option<i8>> {
    match digits {
        None => Some(None),
        Some(_) => number(digits, length).map(Some),
    }
}

fn parse_time(date: Date, text: &str) -> Option<(DateTime, Precision, Option<i16>)> {
    let zone_at = text.find(['Z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at(zone_at);
    let offset = match zone {
        "" => None,
        "Z" => Some(0),
        _ => {
            let (hours, minutes) = zone[1..].split_once(':').unwrap_or((zone.get(1..3)?, zone.get(3..)?));
            let minutes = if minutes.is_empty() { 0 } else { number::<i16>(Some(minutes), 2)? };
            let total = number::<i16>(Some(hours), 2)? * 60 + minutes;
            (total <= 18 * 60).then_some(if zone.starts_with('-') { -total } else { total }).map(Some)?
        }
    };
    let (clock, fraction) = match clock.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (clock, None),
    };
    let mut parts = clock.split(':');
    let hour = number::<i8>(parts.next(), 2)?;
    let minute = number::<i8>(parts.next(), 2)?;
    let second = optional(parts.next(), 2)?;
    if parts.next().is_some() || (fraction.is_some() && second.is_none()) {
        return None;
    }
    let (nanos, precision) = match (second, fraction) {
        (None, _) => (0, Precision::Minute),
        (Some(_), None) => (0, Precision::Second),
        (Some(_), Some(fraction)) => {
            if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            let kept = &fraction[..fraction.len().min(9)];
            let digits = u8::try_from(kept.len()).ok()?;
            (kept.parse::<i32>().ok()? * 10_i32.pow(u32::from(9 - digits)), Precision::Fraction(digits))
        }
    };
    // A leap second (23:59:60) is kept as the last second of its minute: no clock here counts it.
    let second = second.unwrap_or(0).min(59);
    let time = jiff::civil::Time::new(hour, minute, second, nanos).ok()?;
    Some((date.to_datetime(time), precision, offset))
}

#[cfg(test)]
mod tests {
    use super::Moment;

    fn check(text: &str, printed: &str, first: &str, end: &str) {
        let moment = Moment::parse(text).expect("a moment");
        assert_eq!(moment.to_string(), printed, "printed {text}");
        assert_eq!(moment.first_instant().to_string(), first, "first of {text}");
        assert_eq!(moment.end_exclusive().to_string(), end, "end of {text}");
    }

    #[test]
    fn a_moment_is_as_precise_as_it_was_written() {
        check("2026", "2026", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
        check("2026-02", "2026-02", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z");
        check("2024-02-29", "2024-02-29", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z");
        check("2026-11-14 09:30", "2026-11-14T09:30", "2026-11-14T09:30:00Z", "2026-11-14T09:31:00Z");
        check(
            "2026-11-14T09:30:05.25+02:00",
            "2026-11-14T09:30:05.25+02:00",
            "2026-11-14T07:30:05.25Z",
            "2026-11-14T07:30:05.26Z",
        );
    }

    #[test]
    fn what_is_not_a_date_is_refused_with_what_was_expected() {
        for text in
            ["", "26", "2026-13", "2026-02-30", "2026-1-1", "2026-01-01T25:00", "2026-01T10:00", "yesterday"]
        {
            let error = Moment::parse(text).expect_err(text);
            assert!(!error.expected.is_empty());
        }
    }

    #[test]
    fn a_zone_prints_again_only_where_one_was_given() {
        assert_eq!(Moment::parse("2026-11-14T09:30:05Z").expect("utc").to_string(), "2026-11-14T09:30:05Z");
        assert_eq!(Moment::parse("2026-11-14T09:30:05").expect("local").offset_minutes(), None);
        assert_eq!(Moment::parse("2026-11-14T09:30:05-0330").expect("short").offset_minutes(), Some(-210));
    }
}
