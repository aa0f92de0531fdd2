//! Byte ranges of one representation (RFC 9110, 14): which part of it a request is given.
//!
//! One range is served; several at once get the whole, which 14.2 allows. A range in another unit or
//! without sense is passed over, as 14.2 demands; one that lies outside is refused (416).

use axum::http::{HeaderMap, header};

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// Bytes from `start` (inside) to `end` (outside); never empty.
    Bytes {
        /// First byte.
        start: u64,
        /// The byte after the last.
        end: u64,
    },
    /// The range has no byte of it.
    Outside,
}

/// The part of `length` bytes that the headers ask for. `etag` is strong, with its quotes; `modified` is the
/// HTTP date that is sent as Last-Modified, if one is.
pub fn part(headers: &HeaderMap, length: u64, etag: &str, modified: Option<&str>) -> Part {
    let Some(range) = text(headers, header::RANGE) else { return Part::Whole };
    if let Some(condition) = text(headers, header::IF_RANGE) {
        // RFC 9110, 13.1.5: strong comparison of tags, exact match of dates; otherwise the whole is sent.
        if condition != etag && Some(condition) != modified {
            return Part::Whole;
        }
    }
    parse(range, length)
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
}

fn parse(range: &str, length: u64) -> Part {
    let Some((unit, set)) = range.split_once('=') else { return Part::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") || set.contains(',') {
        return Part::Whole;
    }
    let Some((first, last)) = set.trim().split_once('-') else { return Part::Whole };
    match (position(first), position(last)) {
        (Position::At(first), _) if last.is_empty() => within(first, length, length),
        (Position::At(first), Position::At(last)) if first <= last => {
            within(first, last.saturating_add(1), length)
        }
        (Position::Nothing, Position::At(0)) => Part::Outside,
        (Position::Nothing, Position::At(suffix)) => within(length.saturating_sub(suffix), length, length),
        _ => Part::Whole,
    }
}

enum Position {
    At(u64),
    Nothing,
    Senseless,
}

/// A position is digits alone; one too large for 64 bits lies behind every end.
fn position(text: &str) -> Position {
    if text.is_empty() {
        Position::Nothing
    } else if text.bytes().all(|byte| byte.is_ascii_digit()) {
        Position::At(text.parse().unwrap_or(u64::MAX))
    } else {
        Position::Senseless
    }
}

fn within(start: u64, end: u64, length: u64) -> Part {
    if start >= length { Part::Outside } else { Part::Bytes { start, end: end.min(length) } }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::{Part, part};

    const ETAG: &str = r#""tag""#;
    const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

    fn check(range: &str, condition: Option<&str>, length: u64, expected: Part) {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_str(range).expect("header"));
        if let Some(condition) = condition {
            headers.insert(header::IF_RANGE, HeaderValue::from_str(condition).expect("header"));
        }
        assert_eq!(part(&headers, length, ETAG, Some(DATE)), expected, "{range} {condition:?} of {length}");
    }

    const fn bytes(start: u64, end: u64) -> Part {
        Part::Bytes { start, end }
    }

    #[test]
    fn one_range_is_cut_to_what_there_is() {
        check("bytes=0-0", None, 100, bytes(0, 1));
        check("bytes=10-19", None, 100, bytes(10, 20));
        check("bytes=90-", None, 100, bytes(90, 100));
        check("bytes=90-500", None, 100, bytes(90, 100));
        check("bytes=0-99999999999999999999999", None, 100, bytes(0, 100));
        check("Bytes=1-2", None, 100, bytes(1, 3));
    }

    #[test]
    fn a_suffix_counts_from_the_end() {
        check("bytes=-1", None, 100, bytes(99, 100));
        check("bytes=-500", None, 100, bytes(0, 100));
        check("bytes=-0", None, 100, Part::Outside);
        check("bytes=-5", None, 0, Part::Outside);
    }

    #[test]
    fn a_range_behind_the_end_is_outside() {
        check("bytes=100-", None, 100, Part::Outside);
        check("bytes=100-200", None, 100, Part::Outside);
        check("bytes=99999999999999999999999-", None, 100, Part::Outside);
        check("bytes=0-", None, 0, Part::Outside);
    }

    #[test]
    fn what_makes_no_sense_is_passed_over() {
        for range in ["", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "lines=1-2", "bytes=+1-2"] {
            check(range, None, 100, Part::Whole);
        }
    }

    #[test]
    fn several_ranges_get_the_whole() {
        check("bytes=0-1,5-6", None, 100, Part::Whole);
    }

    #[test]
    fn a_range_holds_only_for_the_representation_it_was_asked_of() {
        check("bytes=0-1", Some(ETAG), 100, bytes(0, 2));
        check("bytes=0-1", Some(DATE), 100, bytes(0, 2));
        check("bytes=0-1", Some(r#""other""#), 100, Part::Whole);
        check("bytes=0-1", Some(r#"W/"tag""#), 100, Part::Whole);
        check("bytes=0-1", Some("Mon, 07 Nov 1994 08:49:37 GMT"), 100, Part::Whole);
    }
}
