//! What tools print of files, and what strangers write in the headers of a request.

use damask_media::film;
use damask_server::outside;

use super::{text, texts};
use crate::Target;

/// All of this file.
pub const TARGETS: &[Target] = &[
    Target { name: "listing", check: listing, seeds: listings },
    Target {
        name: "packets",
        check: packets,
        seeds: || texts(&["0.000,0.033\n0.067,0.033\nN/A,N/A\n1e9,-1\n"]),
    },
    Target { name: "range", check: range, seeds: ranges },
    Target { name: "disposition", check: disposition, seeds: names },
    Target { name: "upload-metadata", check: upload_metadata, seeds: metadata },
    Target { name: "upload-checksum", check: upload_checksum, seeds: checksums },
];

fn listing(bytes: &[u8]) {
    if let Ok(probe) = film::read_listing(bytes) {
        let again = film::read_listing(bytes).expect("it was read before");
        assert_eq!(probe, again, "the same twice");
    }
}

fn listings() -> Vec<Vec<u8>> {
    texts(&[
        r#"{"streams":[{"index":0,"codec_name":"h264","codec_type":"video","width":1920,"height":1080,"r_frame_rate":"25/1","avg_frame_rate":"25/1","duration":"1.5","sample_aspect_ratio":"1:1","field_order":"tt"}],"format":{"format_name":"mov,mp4","duration":"1.500000","start_time":"0.0","tags":{"title":"T"}}}"#,
        r#"{"streams":[{"index":1,"codec_type":"audio","sample_rate":"48000","channels":2,"channel_layout":"stereo","tags":{"language":"eng","timecode":"01:00:00;00"}}],"format":{"duration":"N/A"}}"#,
        r#"{"streams":[{"codec_type":"video","width":4294967295,"height":1,"side_data_list":[{"rotation":-90}],"disposition":{"attached_pic":1}}]}"#,
        "{}",
    ])
}

fn packets(bytes: &[u8]) {
    if let Some((Some(duration_us), _)) = film::read_span(&text(bytes)) {
        assert!(duration_us <= 1_000_000_000_000_000, "at most 1e9 seconds");
    }
}

fn range(bytes: &[u8]) {
    for length in [0, 1, 1_000, u64::MAX] {
        if let Some((start, end)) = outside::range(bytes, length) {
            assert!(start < end && end <= length, "{start}..{end} of {length}");
        }
    }
}

fn ranges() -> Vec<Vec<u8>> {
    texts(&[
        "bytes=0-",
        "bytes=-1",
        "bytes=5-9",
        "bytes = 0-18446744073709551615",
        "bytes=1-2,4-5",
        "items=0-1",
    ])
}

fn disposition(bytes: &[u8]) {
    let name = text(bytes);
    let header = String::from_utf8(outside::attachment(&name)).expect("a header is ASCII");
    assert!(header.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{header}");
    let quoted = header.strip_prefix("attachment; filename=\"").expect("it begins so");
    let (plain, rest) = quoted.split_once('"').expect("the quotes are closed");
    assert!(!plain.contains(['\\', '/']), "{plain}");
    match rest.strip_prefix("; filename*=UTF-8''") {
        Some(encoded) => assert_eq!(decoded(encoded), name.as_bytes()),
        None => assert!(rest.is_empty() && plain == name, "{header}"),
    }
}

/// Percent-decoding, by a reader of its own.
fn decoded(encoded: &str) -> Vec<u8> {
    let mut parts = encoded.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (code, rest) = part.split_at(2);
        bytes.push(u8::from_str_radix(code, 16).expect("two digits"));
        bytes.extend_from_slice(rest.as_bytes());
    }
    bytes
}

fn names() -> Vec<Vec<u8>> {
    texts(&[
        "harbour at dawn.jpg",
        "Hafen für €5.jpg",
        "港.png",
        "a\"b\\c/d%41.txt",
        "",
        "a\r\nSet-Cookie: x",
    ])
}

fn upload_metadata(bytes: &[u8]) {
    let Some(pairs) = outside::upload_metadata(bytes) else { return };
    assert!(pairs.len() <= 32, "{} pairs", pairs.len());
    let held: usize = pairs.iter().map(|(key, value)| key.len() + value.len()).sum();
    assert!(held <= bytes.len(), "base64 only shrinks");
}

fn metadata() -> Vec<Vec<u8>> {
    texts(&[
        "filename d29ybGQ=,is_confidential",
        "filename aGFyYm91ci5qcGc=,relativePath YS9i,type aW1hZ2UvanBlZw==",
        "",
    ])
}

fn upload_checksum(bytes: &[u8]) {
    let named = outside::upload_checksum(bytes);
    assert!(!named || bytes.trim_ascii().starts_with(b"sha1 "), "only what is known is taken");
}

fn checksums() -> Vec<Vec<u8>> {
    texts(&["sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", "md5 abc", "sha1", "sha1  "])
}
