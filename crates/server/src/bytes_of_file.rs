//! Sending the bytes of a file: conditions first (RFC 9110, 13), then a range, then a stream of bounded
//! chunks. A file is never in memory, however long it is.

use std::{io, sync::Arc};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use damask_model::ByteSource;
use damask_time::Instant;
use futures::{Stream, stream};

use crate::{
    problem::{Answer, Problem},
    ranges::{Part, part},
};

/// Bytes read at once; what one slow client costs in memory.
const CHUNK_BYTES: usize = 128 << 10;

/// Marks a response whose bytes are sent exactly as they are: never compressed.
#[derive(Clone, Copy, Debug)]
pub struct AsTheyAre;

/// What is said of the bytes, apart from the bytes.
#[derive(Debug)]
pub struct Described {
    /// Length of the whole, in bytes.
    pub bytes: u64,
    /// Media type.
    pub media_type: String,
    /// Names the bytes for good; sent as a strong ETag.
    pub tag: String,
    /// When they were last changed, where that is known.
    pub modified: Option<Instant>,
    /// How long they may be kept.
    pub cache: &'static str,
    /// Content-Disposition, where the bytes are to be saved rather than shown.
    pub disposition: Option<HeaderValue>,
    /// Content-Security-Policy of the bytes, where they could be a page.
    pub policy: Option<&'static str>,
}

impl Described {
    fn etag(&self) -> String {
        format!("\"{}\"", self.tag)
    }

    /// Whether the client has these bytes already (If-None-Match; weak comparison, RFC 9110, 13.1.2).
    pub fn is_had(&self, headers: &HeaderMap) -> bool {
        none_match(headers, &self.etag())
    }

    /// Whether what is sent counts as taking the file: its beginning, or more than half of it. The rest of
    /// a download that broke, and what a player seeks, is the same download.
    pub fn is_taken(&self, headers: &HeaderMap) -> bool {
        let modified = self.modified.and_then(http_date);
        match part(headers, self.bytes, &self.etag(), modified.as_deref()) {
            Part::Whole => true,
            Part::Bytes { start, end } => start == 0 || end - start > self.bytes / 2,
            Part::Outside => false,
        }
    }

    /// "You have it" (304), with the headers that RFC 9110, 15.4.5 asks for.
    pub fn unchanged(self) -> Answer<Response> {
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        self.write(response.headers_mut())?;
        response.headers_mut().remove(header::CONTENT_TYPE);
        Ok(response)
    }

    /// The answer to HEAD: everything but the bytes. A range says nothing here (RFC 9110, 14.2).
    pub fn head(self) -> Answer<Response> {
        let length = self.bytes;
        let mut response = Response::new(Body::empty());
        self.write(response.headers_mut())?;
        response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
        Ok(response)
    }

    /// The answer to GET: the part of `file` that was asked for.
    pub async fn send(
        self,
        file: impl ByteSource + Send + Sync + 'static,
        headers: &HeaderMap,
    ) -> Answer<Response> {
        if self.is_had(headers) {
            return self.unchanged();
        }
        let length = self.bytes;
        let modified = self.modified.and_then(http_date);
        let (start, end, whole) = match part(headers, length, &self.etag(), modified.as_deref()) {
            Part::Whole => (0, length, true),
            Part::Bytes { start, end } => (start, end, false),
            Part::Outside => {
                let range = HeaderValue::try_from(format!("bytes */{length}")).expect("digits");
                return Err(Problem::new("bad-range", format!("there are {length} bytes"))
                    .header(header::CONTENT_RANGE, range));
            }
        };
        let mut response = Response::new(Body::from_stream(chunks(file, start, end)));
        self.write(response.headers_mut())?;
        response.headers_mut().insert(header::CONTENT_LENGTH, (end - start).into());
        if !whole {
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            let range = format!("bytes {start}-{}/{length}", end - 1);
            response
                .headers_mut()
                .insert(header::CONTENT_RANGE, HeaderValue::try_from(range).expect("digits"));
        }
        response.extensions_mut().insert(AsTheyAre);
        Ok(response)
    }

    fn write(self, headers: &mut HeaderMap) -> Answer<()> {
        let media_type = HeaderValue::try_from(self.media_type.as_str())
            .unwrap_or(HeaderValue::from_static("application/octet-stream"));
        let etag = HeaderValue::try_from(self.etag())
            .map_err(|error| Problem::from(damask_flow::trouble::Trouble::fault("name the bytes")(error)))?;
        headers.insert(header::CONTENT_TYPE, media_type);
        headers.insert(header::ETAG, etag);
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(self.cache));
        if let Some(date) = self.modified.and_then(http_date) {
            headers
                .insert(header::LAST_MODIFIED, HeaderValue::try_from(date).expect("an HTTP date is ASCII"));
        }
        if let Some(disposition) = self.disposition {
            headers.insert(header::CONTENT_DISPOSITION, disposition);
        }
        if let Some(policy) = self.policy {
            headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
        }
        Ok(())
    }
}

/// The bytes from `start` to `end` in bounded pieces, each read off the async threads when the client has taken the
/// one before. An error ends the answer short of its length, which the client sees.
fn chunks(
    file: impl ByteSource + Send + Sync + 'static,
    start: u64,
    end: u64,
) -> impl Stream<Item = io::Result<Bytes>> + Send {
    stream::try_unfold((Arc::new(file), start), move |(file, at)| async move {
        if at >= end {
            return Ok(None);
        }
        let wanted = usize::try_from(end - at).unwrap_or(usize::MAX).min(CHUNK_BYTES);
        let source = Arc::clone(&file);
        let read = tokio::task::spawn_blocking(move || source.read_vec(at, wanted)).await;
        let bytes = read.map_err(io::Error::other).flatten().and_then(|bytes| match bytes.len() {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(bytes),
        });
        let bytes = bytes.inspect_err(|error| tracing::error!(%error, "a file could not be read"))?;
        let next = at + bytes.len() as u64;
        Ok(Some((Bytes::from(bytes), (file, next))))
    })
}

/// Whether If-None-Match names `etag` (weak comparison) or everything.
pub fn none_match(headers: &HeaderMap, etag: &str) -> bool {
    headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).any(|list| {
        list.split(',').map(str::trim).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
    })
}

/// An instant as an HTTP date (RFC 9110, 5.6.7); `None` before 1970.
pub fn http_date(at: Instant) -> Option<String> {
    let seconds = u64::try_from(at.micros.div_euclid(1_000_000)).ok()?;
    // httpdate writes years of four digits only: 253402300800 is the first second of the year 10000.
    (seconds < 253_402_300_800)
        .then(|| httpdate::fmt_http_date(std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds)))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
    use damask_time::Instant;
    use std::io::Write;

    use super::{Described, http_date, none_match};

    fn described(bytes: u64) -> Described {
        Described {
            bytes,
            media_type: "image/jpeg".into(),
            tag: "abc".into(),
            modified: Some(Instant::from_micros(784_111_777_500_000)),
            cache: "no-cache",
            disposition: None,
            policy: None,
        }
    }

    async fn check(range: Option<&str>, status: StatusCode, expected: &[u8]) {
        let mut file = tempfile::tempfile().expect("file");
        file.write_all(b"0123456789").expect("write");
        std::io::Seek::rewind(&mut file).expect("rewind");
        let mut headers = HeaderMap::new();
        if let Some(range) = range {
            headers.insert(header::RANGE, HeaderValue::from_str(range).expect("header"));
        }
        let response = described(10).send(file, &headers).await.expect("answer");
        assert_eq!(response.status(), status);
        let length = response.headers()[header::CONTENT_LENGTH].to_str().expect("text").to_owned();
        assert_eq!(length, expected.len().to_string());
        let body = axum::body::to_bytes(response.into_body(), 100).await.expect("body");
        assert_eq!(&body[..], expected);
    }

    #[tokio::test]
    async fn the_bytes_sent_are_the_bytes_asked_for() {
        check(None, StatusCode::OK, b"0123456789").await;
        check(Some("bytes=2-4"), StatusCode::PARTIAL_CONTENT, b"234").await;
        check(Some("bytes=-3"), StatusCode::PARTIAL_CONTENT, b"789").await;
        check(Some("bytes=0-9"), StatusCode::PARTIAL_CONTENT, b"0123456789").await;
        check(Some("nonsense"), StatusCode::OK, b"0123456789").await;
    }

    #[tokio::test]
    async fn a_range_outside_is_refused_with_the_length() {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_static("bytes=10-"));
        let problem =
            described(10).send(tempfile::tempfile().expect("file"), &headers).await.expect_err("416");
        assert_eq!(problem.code(), "bad-range");
    }

    #[test]
    fn a_tag_that_is_had_is_not_sent_again() {
        for (list, had) in [
            ("\"abc\"", true),
            ("W/\"abc\"", true),
            ("\"x\", \"abc\"", true),
            ("*", true),
            ("\"x\"", false),
            ("abc", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static(list));
            assert_eq!(none_match(&headers, "\"abc\""), had, "{list}");
        }
    }

    #[test]
    fn an_http_date_is_the_one_of_the_standard() {
        let at = Instant::from_micros(784_111_777_000_000);
        assert_eq!(http_date(at).as_deref(), Some("Sun, 06 Nov 1994 08:49:37 GMT"));
        assert_eq!(http_date(Instant::from_micros(-1)), None);
        assert_eq!(http_date(Instant::from_micros(i64::MAX)), None);
    }
}
