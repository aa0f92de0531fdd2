//! What a tus client says in its headers, read strictly and within limits.

use axum::http::{HeaderMap, HeaderName, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use damask_flow::ingest::{
    join::PARTS_MAX,
    upload::{Checksum, Concat},
};
use damask_model::UploadId;
use sha1::{Digest, Sha1};

use crate::problem::{Answer, Problem};

pub const VERSION: &str = "1.0.0";
pub const EXTENSIONS: &str =
    "creation,creation-with-upload,creation-defer-length,checksum,termination,expiration,concatenation";
pub const ALGORITHMS: &str = "sha1";
/// What scripts of pages may read of an answer.
pub const EXPOSED: &str = "Location, Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size, \
    Tus-Checksum-Algorithm, Upload-Offset, Upload-Length, Upload-Defer-Length, Upload-Concat, Upload-Metadata, \
    Upload-Expires, Damask-Asset, Damask-Outcome";

pub const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
pub const TUS_VERSION: HeaderName = HeaderName::from_static("tus-version");
pub const TUS_EXTENSION: HeaderName = HeaderName::from_static("tus-extension");
pub const TUS_MAX_SIZE: HeaderName = HeaderName::from_static("tus-max-size");
pub const TUS_CHECKSUM_ALGORITHM: HeaderName = HeaderName::from_static("tus-checksum-algorithm");
pub const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
pub const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
pub const UPLOAD_DEFER_LENGTH: HeaderName = HeaderName::from_static("upload-defer-length");
pub const UPLOAD_CONCAT: HeaderName = HeaderName::from_static("upload-concat");
pub const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
pub const UPLOAD_CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
pub const UPLOAD_EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
pub const METHOD_OVERRIDE: HeaderName = HeaderName::from_static("x-http-method-override");

/// Longest Upload-Metadata, in bytes.
const METADATA_BYTES_MAX: usize = 8 << 10;
/// Most pairs in it.
const METADATA_PAIRS_MAX: usize = 32;

/// Upload-Length: how long the whole will be; none where Upload-Defer-Length says that it is told later.
pub fn length(headers: &HeaderMap, bytes_max: u64) -> Answer<Option<u64>> {
    match headers.get(UPLOAD_DEFER_LENGTH) {
        None => told_length(headers, bytes_max)?.map(Some).ok_or_else(|| {
            bad("upload-length is missing").hint("send Upload-Length or Upload-Defer-Length: 1")
        }),
        Some(deferred) if deferred != "1" => Err(bad("Upload-Defer-Length is 1 where it is sent")),
        Some(_) if headers.contains_key(UPLOAD_LENGTH) => {
            Err(bad("the length is told now or later, not both"))
        }
        Some(_) => Ok(None),
    }
}

/// Upload-Length, where it is told.
pub fn told_length(headers: &HeaderMap, bytes_max: u64) -> Answer<Option<u64>> {
    if !headers.contains_key(UPLOAD_LENGTH) {
        return Ok(None);
    }
    let length = number(headers, &UPLOAD_LENGTH)?;
    if length > bytes_max {
        return Err(Problem::new("too-large", format!("an upload has at most {bytes_max} bytes")));
    }
    Ok(Some(length))
}

/// Upload-Concat: a part of a file, or a file of parts that are named by their places (tus, "Concatenation").
pub fn concat(headers: &HeaderMap) -> Answer<Concat> {
    let Some(value) = headers.get(UPLOAD_CONCAT) else { return Ok(Concat::Whole) };
    let wrong = || {
        bad("Upload-Concat cannot be read")
            .hint("partial, or final; and the places of 1 to 256 parts with spaces")
    };
    let text = value.to_str().map_err(|_| wrong())?.trim();
    if text == "partial" {
        return Ok(Concat::Partial);
    }
    let places = text.strip_prefix("final;").ok_or_else(wrong)?;
    let parts = places.split_ascii_whitespace().take(PARTS_MAX + 1).map(part);
    let parts = parts.collect::<Option<Vec<_>>>().ok_or_else(wrong)?;
    if parts.is_empty() || parts.len() > PARTS_MAX {
        return Err(wrong());
    }
    Ok(Concat::Final(parts))
}

/// The id at the end of a place, which may be a whole address, also one that a proxy gave another beginning.
fn part(place: &str) -> Option<UploadId> {
    let (before, id) = place.rsplit_once('/')?;
    before.ends_with("/uploads").then(|| id.parse().ok()).flatten()
}

/// Upload-Offset: where a chunk begins.
pub fn offset(headers: &HeaderMap) -> Answer<u64> {
    number(headers, &UPLOAD_OFFSET)
}

/// Whether the body is a chunk, by its media type.
pub fn is_chunk(headers: &HeaderMap) -> bool {
    let media_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/offset+octet-stream")
}

/// Upload-Checksum: the algorithm's name and the checksum of the body.
pub fn checksum(headers: &HeaderMap) -> Answer<Option<Box<dyn Checksum>>> {
    let Some(value) = headers.get(UPLOAD_CHECKSUM) else { return Ok(None) };
    let wrong = |detail: &'static str| {
        Problem::new("bad-checksum", detail).hint("sha1, a space, the checksum in base64")
    };
    let text = value.to_str().map_err(|_| wrong("Upload-Checksum is not ASCII"))?;
    let (algorithm, sum) =
        text.trim().split_once(' ').ok_or_else(|| wrong("Upload-Checksum has one part"))?;
    if algorithm != "sha1" {
        return Err(wrong("that algorithm is not known here"));
    }
    let sum = STANDARD.decode(sum.trim()).map_err(|_| wrong("the checksum is not base64"))?;
    let expected = sum.try_into().map_err(|_| wrong("a SHA-1 checksum has 20 bytes"))?;
    Ok(Some(Box::new(Sha1Sum { expected, taken: Sha1::new() })))
}

/// SHA-1 as tus demands it at least (tus, "Checksum"): against broken wires, not against people.
struct Sha1Sum {
    expected: [u8; 20],
    taken: Sha1,
}

impl Checksum for Sha1Sum {
    fn update(&mut self, bytes: &[u8]) {
        self.taken.update(bytes);
    }

    fn fits(self: Box<Self>) -> bool {
        self.taken.finalize()[..] == self.expected
    }
}

/// Upload-Metadata: pairs of a key and a base64 value, which may be left out (tus, "Upload-Metadata").
pub fn metadata(headers: &HeaderMap) -> Answer<Vec<(String, Vec<u8>)>> {
    let Some(value) = headers.get(UPLOAD_METADATA) else { return Ok(Vec::new()) };
    let text = value.to_str().map_err(|_| bad("Upload-Metadata is not ASCII"))?;
    if text.len() > METADATA_BYTES_MAX {
        return Err(bad("Upload-Metadata is longer than 8192 bytes"));
    }
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let pairs = text.split(',').map(pair).collect::<Answer<Vec<_>>>()?;
    if pairs.len() > METADATA_PAIRS_MAX {
        return Err(bad("Upload-Metadata has more than 32 pairs"));
    }
    let unique = pairs
        .iter()
        .enumerate()
        .all(|(index, (key, _))| pairs[..index].iter().all(|(other, _)| other != key));
    if unique { Ok(pairs) } else { Err(bad("a key of Upload-Metadata comes twice")) }
}

fn pair(text: &str) -> Answer<(String, Vec<u8>)> {
    let text = text.trim();
    let (key, value) = text.split_once(' ').unwrap_or((text, ""));
    if key.is_empty() {
        return Err(bad("a key of Upload-Metadata is empty"));
    }
    let value = STANDARD.decode(value.trim()).map_err(|_| bad("a value of Upload-Metadata is not base64"))?;
    Ok((key.to_owned(), value))
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Answer<u64> {
    let value = headers.get(name).ok_or_else(|| Problem::new("bad-request", format!("{name} is missing")))?;
    value
        .to_str()
        .ok()
        .filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Problem::new("bad-request", format!("{name} is a whole number of bytes")))
}

fn bad(detail: &'static str) -> Problem {
    Problem::new("bad-request", detail)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    use damask_flow::ingest::upload::Concat;
    use damask_model::UploadId;

    use super::{
        UPLOAD_CHECKSUM, UPLOAD_CONCAT, UPLOAD_DEFER_LENGTH, UPLOAD_LENGTH, UPLOAD_METADATA, checksum,
        concat, is_chunk, length, metadata,
    };

    fn headers(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).expect("header"))])
    }

    fn check_metadata(value: &str, expected: Option<&[(&str, &str)]>) {
        let read = metadata(&headers(UPLOAD_METADATA, value)).ok();
        let expected = expected.map(|pairs| {
            pairs
                .iter()
                .map(|(key, value)| ((*key).to_owned(), value.as_bytes().to_vec()))
                .collect::<Vec<_>>()
        });
        assert_eq!(read, expected, "{value}");
    }

    #[test]
    fn metadata_is_pairs_of_key_and_base64() {
        check_metadata("", Some(&[]));
        check_metadata("filename aGFyYm91ci5qcGc=", Some(&[("filename", "harbour.jpg")]));
        check_metadata(
            "filename aA==,filetype aQ==, last",
            Some(&[("filename", "h"), ("filetype", "i"), ("last", "")]),
        );
    }

    #[test]
    fn metadata_that_cannot_be_read_is_refused() {
        for value in ["filename !", ",", "a aA==,a aQ==", "a aA==,,b aA=="] {
            check_metadata(value, None);
        }
        let many: Vec<String> = (0..33).map(|number| format!("k{number}")).collect();
        check_metadata(&many.join(","), None);
        check_metadata(&format!("k {}", "A".repeat(9_000)), None);
    }

    #[test]
    fn a_length_is_digits_within_the_limit() {
        assert_eq!(length(&headers(UPLOAD_LENGTH, "10"), 10).expect("length"), Some(10));
        for (value, code) in
            [("11", "too-large"), ("-1", "bad-request"), ("+1", "bad-request"), ("", "bad-request")]
        {
            assert_eq!(length(&headers(UPLOAD_LENGTH, value), 10).expect_err(value).code(), code);
        }
        assert_eq!(length(&HeaderMap::new(), 10).expect_err("missing").code(), "bad-request");
    }

    #[test]
    fn a_length_is_told_now_or_later() {
        let of = |pairs: &[(HeaderName, &'static str)]| {
            let pairs = pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
            length(&pairs.collect(), 10).map_err(|problem| problem.code())
        };
        assert_eq!(of(&[(UPLOAD_DEFER_LENGTH, "1")]), Ok(None));
        assert_eq!(of(&[(UPLOAD_DEFER_LENGTH, "0")]), Err("bad-request"));
        assert_eq!(of(&[(UPLOAD_DEFER_LENGTH, "1"), (UPLOAD_LENGTH, "3")]), Err("bad-request"));
    }

    #[test]
    fn parts_are_named_by_their_places() {
        let [one, two] = [UploadId::fresh(), UploadId::fresh()];
        let check = |text: &str, expected: Option<Concat>| {
            assert_eq!(concat(&headers(UPLOAD_CONCAT, text)).ok(), expected, "{text}");
        };
        check("partial", Some(Concat::Partial));
        let places = format!("final;/api/v1/uploads/{one} https://dam.test/x/api/v1/uploads/{two}");
        check(&places, Some(Concat::Final(vec![one, two])));
        check(&format!("final; /api/v1/uploads/{one}"), Some(Concat::Final(vec![one])));
        for text in
            ["", "whole", "final", "final;", "final;x", &format!("final;{one}"), "final;/api/v1/uploads/"]
        {
            check(text, None);
        }
        check(&format!("final;{}", format!("/uploads/{one} ").repeat(257)), None);
        assert_eq!(concat(&HeaderMap::new()).ok(), Some(Concat::Whole));
    }

    #[test]
    fn a_checksum_names_a_known_algorithm() {
        let sum = "sha1 qvTGHdzF6KLavt4PO0gs2a6pQ00=";
        let mut taken = checksum(&headers(UPLOAD_CHECKSUM, sum)).expect("checksum").expect("one is given");
        taken.update(b"ab");
        taken.update(b"c");
        assert!(!taken.fits());
        assert!(checksum(&HeaderMap::new()).expect("none").is_none());
        for value in ["sha1", "sha1 !", "sha1 aGk=", "crc32 aGk=", "md5 qvTGHdzF6KLavt4PO0gs2a6pQ00="] {
            let problem = checksum(&headers(UPLOAD_CHECKSUM, value)).err().expect(value);
            assert_eq!(problem.code(), "bad-checksum");
        }
    }

    #[test]
    fn a_chunk_is_known_by_its_media_type() {
        let of = |value| is_chunk(&headers(axum::http::header::CONTENT_TYPE, value));
        assert!(of("application/offset+octet-stream") && of("Application/Offset+Octet-Stream; x=y"));
        assert!(!of("application/octet-stream") && !is_chunk(&HeaderMap::new()));
    }
}
