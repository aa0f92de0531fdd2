//! What strangers write in the headers of a request, read as the faces read it: for fuzzing, which has no
//! request. No face calls this.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::{disposition, ranges, uploads};

/// The bytes of `length` that a Range header asks for, start inside and end outside; `None` where it is passed
/// over or refused, or can be no header.
pub fn range(range: &[u8], length: u64) -> Option<(u64, u64)> {
    let headers = headers(header::RANGE, range)?;
    match ranges::part(&headers, length, "\"etag\"", None) {
        ranges::Part::Bytes { start, end } => Some((start, end)),
        ranges::Part::Whole | ranges::Part::Outside => None,
    }
}

/// The header under which a browser saves a file of this name.
pub fn attachment(name: &str) -> Vec<u8> {
    disposition::attachment(name).as_bytes().to_vec()
}

/// The pairs of an Upload-Metadata header.
pub fn upload_metadata(value: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    uploads::metadata(&headers(HeaderName::from_static("upload-metadata"), value)?).ok()
}

/// Whether an Upload-Checksum header names a checksum.
pub fn upload_checksum(value: &[u8]) -> bool {
    headers(HeaderName::from_static("upload-checksum"), value)
        .is_some_and(|headers| uploads::checksum(&headers).is_ok_and(|checksum| checksum.is_some()))
}

fn headers(name: HeaderName, value: &[u8]) -> Option<HeaderMap> {
    Some(HeaderMap::from_iter([(name, HeaderValue::from_bytes(value).ok()?)]))
}
