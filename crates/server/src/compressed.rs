//! What is compressed: JSON answers while they are sent, pages once and for all. Media never is: it is
//! compressed already, and ranges count the bytes as they lie.

use std::{
    collections::HashMap,
    io::Write,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    body::Bytes,
    http::{Extensions, HeaderMap, StatusCode, Version, header},
};

use crate::bytes_of_file::AsTheyAre;

/// Answers shorter than this are sent as they are, in bytes.
const WORTH_BYTES: usize = 860;
/// Quality of Brotli, 0 to 11: beyond 9 it takes seconds for what a page saves in milliseconds.
const BROTLI_QUALITY: u32 = 9;

/// Whether an answer is compressed on its way.
pub fn on_the_way(_: StatusCode, _: Version, headers: &HeaderMap, extensions: &Extensions) -> bool {
    let media_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default();
    let short = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok())
        .is_some_and(|length| length < WORTH_BYTES);
    extensions.get::<AsTheyAre>().is_none()
        && !short
        && !headers.contains_key(header::CONTENT_ENCODING)
        && matches!(essence, "application/json" | "application/problem+json" | "text/html" | "text/plain")
}

/// A coding that a page is kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Coding {
    /// RFC 7932.
    Brotli,
    /// RFC 1952.
    Gzip,
}

impl Coding {
    /// The best one the client takes (RFC 9110, 12.5.3); a quality of 0 forbids.
    pub fn best(headers: &HeaderMap) -> Option<Self> {
        let takes = |name: &str| {
            headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok()).any(
                |list| {
                    list.split(',').any(|item| {
                        let mut parts = item.split(';').map(str::trim);
                        let named = parts.next().is_some_and(|coding| coding.eq_ignore_ascii_case(name));
                        let forbidden = parts.any(|part| {
                            part.strip_prefix("q=").is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q == 0.0))
                        });
                        named && !forbidden
                    })
                },
            )
        };
        if takes("br") {
            Some(Self::Brotli)
        } else if takes("gzip") {
            Some(Self::Gzip)
        } else {
            None
        }
    }

    /// Its name in Content-Encoding.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// `bytes` in this coding.
    pub fn encode(self, bytes: &[u8]) -> std::io::Result<Vec<u8>> {
        match self {
            Self::Brotli => {
                let mut encoder = brotli::CompressorWriter::new(Vec::new(), 64 << 10, BROTLI_QUALITY, 22);
                encoder.write_all(bytes)?;
                Ok(encoder.into_inner())
            }
            Self::Gzip => {
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
                encoder.write_all(bytes)?;
                encoder.finish()
            }
        }
    }
}

/// Pages that were compressed, by path and coding. As many as there are pages in the binary, no more.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    pages: Arc<Mutex<HashMap<(String, Coding), Bytes>>>,
}

impl Kept {
    /// The page in that coding, compressed at its first request. Blocks.
    pub fn page(&self, path: &str, coding: Coding, bytes: &[u8]) -> std::io::Result<Bytes> {
        let key = (path.to_owned(), coding);
        if let Some(page) = self.lock().get(&key) {
            return Ok(page.clone());
        }
        let page = Bytes::from(coding.encode(bytes)?);
        self.lock().insert(key, page.clone());
        Ok(page)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(String, Coding), Bytes>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, Version, header};

    use super::{Coding, on_the_way};
    use crate::bytes_of_file::AsTheyAre;

    fn check(accepted: &'static str, expected: Option<Coding>) {
        let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted))]);
        assert_eq!(Coding::best(&headers), expected, "{accepted}");
    }

    #[test]
    fn the_best_coding_that_the_client_takes_is_chosen() {
        check("gzip, deflate, br, zstd", Some(Coding::Brotli));
        check("gzip;q=0.5, br;q=0", Some(Coding::Gzip));
        check("identity", None);
        check("", None);
    }

    #[test]
    fn what_is_compressed_reads_the_same() {
        let text = "harbour ".repeat(1_000);
        let gzip = Coding::Gzip.encode(text.as_bytes()).expect("gzip");
        let mut read = String::new();
        flate2::read::GzDecoder::new(&gzip[..]).read_to_string(&mut read).expect("gzip");
        assert_eq!(read, text);
        let packed = Coding::Brotli.encode(text.as_bytes()).expect("brotli");
        let mut read = String::new();
        brotli::Decompressor::new(&packed[..], 4_096).read_to_string(&mut read).expect("brotli");
        assert_eq!(read, text);
    }

    #[test]
    fn bytes_of_files_are_never_compressed() {
        let headers =
            HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        let mut extensions = Extensions::new();
        assert!(on_the_way(StatusCode::OK, Version::HTTP_11, &headers, &extensions));
        extensions.insert(AsTheyAre);
        assert!(!on_the_way(StatusCode::OK, Version::HTTP_11, &headers, &extensions));
    }
}
