//! Numbers, sizes, lengths of time and dates as people write them in a query, and what each covers.
//!
//! A literal covers a range: `2026-06` a month, `10MB` all that rounds to ten megabytes, `f:2.8` what lies
//! within [`NUMBER_TOLERANCE`]. Relative times stay relative until the query is planned for a moment.

use damask_time::{Instant, Moment};

/// Measured numbers are equal when they differ by no more than this part of the asked one: wide enough for
/// 29.97 to be 30000/1001, too narrow for 24 to be 24000/1001.
pub const NUMBER_TOLERANCE: f64 = 0.000_5;
/// Most of a unit a relative time may have: `10000d`.
pub const SPAN_COUNT_MAX: u32 = 10_000;
/// Most characters a literal may have.
const LITERAL_CHARS_MAX: usize = 40;

/// A value of an ordered field as it was written and what it means.
#[derive(Clone, Debug, PartialEq)]
pub struct Literal {
    /// As it was written.
    pub text: String,
    /// What it means.
    pub meaning: Meaning,
}

/// What a literal means.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    /// A whole number; equal to it is what lies from `low` to `high`, both inside.
    Integer {
        /// The number itself, which `<` and `>` compare with.
        exact: i64,
        /// Least that counts as equal.
        low: i64,
        /// Most that counts as equal.
        high: i64,
    },
    /// A measured number; equal to it is what lies from `low` to `high`, both inside.
    Number {
        /// The number itself, which `<` and `>` compare with.
        exact: f64,
        /// Least that counts as equal.
        low: f64,
        /// Most that counts as equal.
        high: f64,
    },
    /// Yes or no.
    Boolean(bool),
    /// From `start` (inside) to `end` (outside).
    Moment {
        /// The first instant covered.
        start: Instant,
        /// The first instant after it.
        end: Instant,
    },
    /// This instant.
    Now,
    /// The day (UTC) that many days before this one.
    Day {
        /// 0 today, 1 yesterday.
        ago: u8,
    },
    /// From that long ago until now.
    Within {
        /// How many units.
        count: u32,
        /// Of what.
        unit: SpanUnit,
    },
}

/// Units of relative time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpanUnit {
    /// `h`
    Hours,
    /// `d`
    Days,
    /// `w`
    Weeks,
    /// `mo`
    Months,
    /// `y`
    Years,
}

impl Meaning {
    /// The span of time it covers when it is `now`; `None` for what is no time. An open end is the end of time.
    pub fn span(&self, now: Instant) -> Option<(Instant, Instant)> {
        match *self {
            Self::Moment { start, end } => Some((start, end)),
            Self::Now => Some((now, Instant::from_micros(now.micros.saturating_add(1)))),
            Self::Day { ago } => {
                const DAY_MICROS: i64 = 86_400_000_000;
                let start = (now.micros.div_euclid(DAY_MICROS) - i64::from(ago)).saturating_mul(DAY_MICROS);
                Some((Instant::from_micros(start), Instant::from_micros(start.saturating_add(DAY_MICROS))))
            }
            Self::Within { count, unit } => Some((before(now, count, unit), Instant::from_micros(i64::MAX))),
            Self::Integer { .. } | Self::Number { .. } | Self::Boolean(_) => None,
        }
    }
}

/// The instant `count` units before `now`, by the calendar (UTC) for months and years.
fn before(now: Instant, count: u32, unit: SpanUnit) -> Instant {
    let count = i64::from(count);
    let months = match unit {
        SpanUnit::Hours => return now.plus_seconds(-count * 3_600),
        SpanUnit::Days => return now.plus_seconds(-count * 86_400),
        SpanUnit::Weeks => return now.plus_seconds(-count * 7 * 86_400),
        SpanUnit::Months => count,
        SpanUnit::Years => count * 12,
    };
    let utc = jiff::tz::Offset::UTC;
    let earlier = jiff::Timestamp::from_microsecond(now.micros)
        .ok()
        .map(|stamp| utc.to_datetime(stamp).saturating_sub(jiff::Span::new().months(months)))
        .and_then(|civil| utc.to_timestamp(civil).ok());
    earlier.map_or(Instant::from_micros(i64::MIN), |stamp| Instant::from_micros(stamp.as_microsecond()))
}

/// Reads a whole number.
pub(crate) fn integer(text: &str) -> Option<Meaning> {
    let exact: i64 = plain(text).filter(|text| !text.contains('.'))?.parse().ok()?;
    Some(Meaning::Integer { exact, low: exact, high: exact })
}

/// Reads a size: `123`, `10MB` (millions), `4GiB` (1024³).
pub(crate) fn bytes(text: &str) -> Option<Meaning> {
    let (digits, unit) = text.split_at(text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len()));
    let unit = unit.to_ascii_lowercase();
    if unit.is_empty() {
        return integer(digits);
    }
    let factor: f64 = match unit.as_str() {
        "b" => 1.0,
        "k" | "kb" => 1e3,
        "m" | "mb" => 1e6,
        "g" | "gb" => 1e9,
        "t" | "tb" => 1e12,
        "kib" => 1_024.0,
        "mib" => 1_024.0_f64.powi(2),
        "gib" => 1_024.0_f64.powi(3),
        "tib" => 1_024.0_f64.powi(4),
        _ => return None,
    };
    let (number, half) = decimal(digits)?;
    // Sizes over 2^53 bytes lose their last digits here; they are rounded sizes anyway.
    let whole = |number: f64| number.clamp(-9e18, 9e18).ceil() as i64;
    Some(Meaning::Integer {
        exact: whole((number * factor).round()),
        low: whole((number - half) * factor),
        high: whole((number + half) * factor) - 1,
    })
}

/// Reads a measured number: `2.8`, `1/250`.
pub(crate) fn number(text: &str) -> Option<Meaning> {
    let exact = match text.split_once('/') {
        Some((above, below)) => {
            let below = decimal(below)?.0;
            if below == 0.0 {
                return None;
            }
            decimal(above)?.0 / below
        }
        None => decimal(text)?.0,
    };
    let slack = exact.abs() * NUMBER_TOLERANCE;
    Some(Meaning::Number { exact, low: exact - slack, high: exact + slack })
}

/// Reads a length of time: `90`, `1.5h`, `1m30s`, `1:02:03`. Equal to it is what rounds to its last unit.
pub(crate) fn seconds(text: &str) -> Option<Meaning> {
    let (mut total, mut half) = (0.0, 0.5);
    if text.contains(':') {
        let parts: Vec<&str> = text.split(':').collect();
        for part in parts.iter().take(3) {
            let (number, slack) = decimal(part)?;
            (total, half) = (total * 60.0 + number, slack);
        }
        if parts.len() > 3 {
            return None;
        }
        return Some(Meaning::Number { exact: total, low: total - half, high: total + half });
    }
    let mut rest = text;
    while !rest.is_empty() {
        let (digits, after) =
            rest.split_at(rest.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(rest.len()));
        let (unit, after) =
            after.split_at(after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len()));
        let factor = match unit.to_ascii_lowercase().as_str() {
            "ms" => 0.001,
            "" | "s" | "sec" => 1.0,
            "m" | "min" => 60.0,
            "h" => 3_600.0,
            _ => return None,
        };
        let (number, slack) = decimal(digits)?;
        total += number * factor;
        half = slack * factor;
        rest = after;
    }
    (!text.is_empty()).then_some(Meaning::Number { exact: total, low: total - half, high: total + half })
}

/// Reads yes or no.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" => Some(true),
        "no" | "false" => Some(false),
        _ => None,
    }
}

/// Reads a date (as [`Moment::parse`] does), `today`, `yesterday`, `now`, or a span back from now: `7d`.
pub(crate) fn moment(text: &str) -> Option<Meaning> {
    match text.to_ascii_lowercase().as_str() {
        "now" => return Some(Meaning::Now),
        "today" => return Some(Meaning::Day { ago: 0 }),
        "yesterday" => return Some(Meaning::Day { ago: 1 }),
        _ => {}
    }
    if let Ok(moment) = Moment::parse(text) {
        return Some(Meaning::Moment { start: moment.first_instant(), end: moment.end_exclusive() });
    }
    let (digits, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let unit = match unit.to_ascii_lowercase().as_str() {
        "h" => SpanUnit::Hours,
        "d" => SpanUnit::Days,
        "w" => SpanUnit::Weeks,
        "mo" => SpanUnit::Months,
        "y" => SpanUnit::Years,
        _ => return None,
    };
    let count = digits.parse().ok().filter(|count| (1..=SPAN_COUNT_MAX).contains(count))?;
    Some(Meaning::Within { count, unit })
}

/// Digits with at most one point and one leading minus, short enough.
fn plain(text: &str) -> Option<&str> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let lawful = text.len() <= LITERAL_CHARS_MAX
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && digits.bytes().filter(|b| *b == b'.').count() <= 1;
    lawful.then_some(text)
}

/// A decimal number and half a unit of its last digit.
fn decimal(text: &str) -> Option<(f64, f64)> {
    let text = plain(text)?;
    let places = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let number: f64 = text.parse().ok()?;
    // Adding zero turns -0 into 0, which an index would order apart.
    Some((number + 0.0, 0.5 * 0.1_f64.powi(i32::try_from(places).unwrap_or(i32::MAX))))
}

#[cfg(test)]
mod tests {
    use damask_time::{Instant, Moment};

    use super::{Meaning, bytes, integer, moment, number, seconds};

    fn check(meaning: Option<Meaning>, inside: &[f64], outside: &[f64]) {
        let (low, high) = match meaning.expect("a literal") {
            Meaning::Integer { low, high, .. } => (low as f64, high as f64),
            Meaning::Number { low, high, .. } => (low, high),
            other => panic!("{other:?} is no number"),
        };
        assert!(inside.iter().all(|n| (low..=high).contains(n)), "{inside:?} in {low}..={high}");
        assert!(outside.iter().all(|n| !(low..=high).contains(n)), "{outside:?} not in {low}..={high}");
    }

    #[test]
    fn a_literal_covers_what_people_would_call_equal() {
        check(integer("3000"), &[3_000.0], &[2_999.0, 3_001.0]);
        check(bytes("10MB"), &[9_500_000.0, 10_499_999.0], &[9_499_999.0, 10_500_000.0]);
        check(bytes("1.5kib"), &[1_536.0], &[1_400.0, 1_600.0]);
        check(bytes("1000"), &[1_000.0], &[1_001.0]);
        check(number("29.97"), &[30_000.0 / 1_001.0], &[30.0]);
        check(number("24"), &[24.0], &[24_000.0 / 1_001.0]);
        check(number("1/250"), &[0.004], &[0.005]);
        check(seconds("1m30s"), &[89.6, 90.4], &[89.4, 90.6]);
        check(seconds("1:02:03"), &[3_723.0], &[3_724.0]);
        check(seconds("2h"), &[7_200.0, 8_000.0], &[10_000.0]);
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "-", ".", "1.", "1e9", "nan", "inf", "0x10", "1_000", "9999999999999999999999"] {
            assert_eq!(integer(text), None, "{text}");
        }
        for text in ["", "1/0", "1/2/3", "--1", "1.2.3"] {
            assert_eq!(number(text), None, "{text}");
        }
        assert_eq!(bytes("10 parsecs"), None);
        assert_eq!(seconds("1:2:3:4"), None);
    }

    #[test]
    fn relative_time_is_counted_back_from_now_by_the_calendar() {
        let at = |text: &str| Moment::parse(text).expect("moment").first_instant();
        let now = at("2026-03-31T10:00:00Z");
        let start = |text: &str| moment(text).expect(text).span(now).expect(text).0;
        assert_eq!(start("today"), at("2026-03-31"));
        assert_eq!(start("yesterday"), at("2026-03-30"));
        assert_eq!(start("7d"), at("2026-03-24T10:00:00Z"));
        assert_eq!(start("1mo"), at("2026-02-28T10:00:00Z"));
        assert_eq!(start("2y"), at("2024-03-31T10:00:00Z"));
        assert_eq!(moment("10001d"), None);
        let _no_overflow = moment("10000y").expect("span").span(Instant::from_micros(i64::MIN));
    }
}
