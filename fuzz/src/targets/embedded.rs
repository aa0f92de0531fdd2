//! What lies in files: their type, tags, lengths and essence; and what exiftool says of them.

use damask_metadata::{
    Tags, ape_tags, as_displayed, describe, dsf_length_us, essence_hash, id3_tags, identify, identify::types,
    iim_tags, measured, mpeg_audio_length_us, packed_metadata, said_by_header,
};
use damask_model::{AssetKind, probe::Probe};

use super::{text, texts};
use crate::Target;

/// All of this file.
pub const TARGETS: &[Target] = &[
    Target { name: "identify", check: identified, seeds: beginnings },
    Target { name: "essence", check: essence, seeds: beginnings },
    Target { name: "readers", check: readers, seeds: beginnings },
    Target { name: "tags", check: tags, seeds: answers },
];

/// Most a reader may hand on of a file: less than this times its length, and this at least.
const GROWTH: usize = 64;
const HANDED_ON_MIN: usize = 64 << 10;

fn identified(bytes: &[u8]) {
    for name in ["", "a.jpg", "b.TIF", "c.txt", "d.mp3", ".x"] {
        let first = identify(&bytes, name).expect("bytes in memory can be read");
        assert_eq!(identify(&bytes, name).ok(), Some(first), "the same twice");
    }
}

fn essence(bytes: &[u8]) {
    for media_type in TYPES_WITH_ESSENCE {
        let first = essence_hash(&bytes, media_type).expect("bytes in memory can be read");
        assert_eq!(essence_hash(&bytes, media_type).ok(), Some(first), "the same twice");
    }
    assert!(TYPES_WITH_ESSENCE.iter().all(|name| types::by_media_type(name).is_some()), "each is a type");
}

const TYPES_WITH_ESSENCE: [&str; 10] = [
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/tiff",
    "image/webp",
    "image/heic",
    "audio/wav",
    "audio/aiff",
    "audio/flac",
    "audio/mpeg",
];

fn readers(bytes: &[u8]) {
    let none = Tags::default();
    let bound = (bytes.len() * GROWTH).max(HANDED_ON_MIN);
    for tags in [ape_tags(&bytes), id3_tags(&bytes), iim_tags(&bytes, &none)] {
        let tags = tags.expect("bytes in memory can be read");
        assert!(format!("{tags:?}").len() < bound, "what is handed on is bounded by the file");
    }
    // Brotli may pack a thousandfold; the reader has a limit of its own.
    let _ = packed_metadata(&bytes, &none).expect("bytes in memory can be read");
    let _ = mpeg_audio_length_us(&bytes).expect("bytes in memory can be read");
    let _ = dsf_length_us(&bytes).expect("bytes in memory can be read");
}

fn tags(bytes: &[u8]) {
    let Ok(tags) = Tags::from_exiftool(&text(bytes)) else { return };
    let _ = tags.findings();
    for kind in [AssetKind::Image, AssetKind::Video, AssetKind::Audio, AssetKind::Document] {
        let mut probe = Probe::default();
        let described = describe(&tags, kind);
        assert_eq!(describe(&tags, kind), described, "the same twice");
        let _ = said_by_header(&tags, kind, &probe);
        (probe.width_px, probe.height_px) = (Some(1_920), Some(1_080));
        as_displayed(&tags, &mut probe);
        let _ = measured(&probe);
    }
}

fn answers() -> Vec<Vec<u8>> {
    texts(&[
        r#"[{"SourceFile":"a","IFD0:Make":"Anon","ExifIFD:DateTimeOriginal":"2024:05:06 07:08:09","ExifIFD:ISO":100}]"#,
        r#"[{"IPTC:Keywords":["a","b"],"XMP-dc:Title":{"x-default":"T","de":"U"},"XMP-dc:Creator":["A","B"]}]"#,
        r#"[{"GPS:GPSLatitude":48.1,"GPS:GPSLongitude":"11.5 E","ExifIFD:ExposureTime":"1/250","ExifIFD:FNumber":2.8}]"#,
        r#"[{"QuickTime:Duration":1.5,"Track1:MediaCreateDate":"0000:00:00 00:00:00","ExifTool:Warning":"odd"}]"#,
        r#"[{"File:FileType":"MP3","ID3v2_4:Title":"1.10","ID3v2_4:Year":2024,"Composite:Duration":"0:03:12"}]"#,
        "[]",
        "{}",
    ])
}

/// Files that begin as they should and lead each reader to its inmost parts.
fn beginnings() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = [
        &b"ID3\x04\0\0\0\0\x08\0COMM\0\0\0\x40\0\x03\x01engabc\0def\xff\xfb\x90\0"[..],
        b"ID3\x02\0\0\0\0\x08\0COM\0\0\x40\x01eng",
        b"\xff\xfb\x90\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0Xing\0\0\0\x0f\0\0\0\x10\0\0\0\x20",
        b"DSD \x1c\0\0\0\0\0\0\0\x5c\0\0\0\0\0\0\0\x50\0\0\0\0\0\0\0fmt \x34\0\0\0\0\0\0\0\x01\0\0\0",
        b"samplesAPETAGEX\xd0\x07\0\0\x2b\0\0\0\x01\0\0\0\0\0\0\x80\0\0\0\0\0\0\0\0\x03\0\0\0\0\0\0\0Title\0abcAPETAGEX\xd0\x07\0\0\x2b\0\0\0\x01\0\0\0\0\0\0\x80\0\0\0\0\0\0\0\0",
        b"\xff\xd8\xff\xed\0\x26Photoshop 3.0\08BIM\x04\x04\0\0\0\0\0\x08\x1c\x02\x05\0\x03abc\xff\xda\0\x02\x01\x02\xff\xd9",
        b"\x89PNG\x0d\x0a\x1a\x0a\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\0\0\0\0\0\0\0\x01IDATx\0\0\0\0\0\0\0\0IEND\xae\x42\x60\x82",
        b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0;",
        b"II*\0\x08\0\0\0\x03\0\0\x01\x04\0\x01\0\0\0\x01\0\0\0\x11\x01\x04\0\x01\0\0\0\x40\0\0\0\x17\x01\x04\0\x01\0\0\0\x04\0\0\0\0\0\0\0",
        b"MM\0*\0\0\0\x08\0\x01\x83\xbb\0\x01\0\0\0\x08\0\0\0\x1a\0\0\0\0\x1c\x02\x05\0\x03abc",
        b"RIFF\x2c\0\0\0WEBPVP8X\x0a\0\0\0\x08\0\0\0\0\0\0\0\0\0EXIF\x04\0\0\0Exif",
        b"RIFF\x28\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\x04\0\0\0\0\0\0\0",
        b"FORM\0\0\0\x20AIFFCOMM\0\0\0\x12\0\x01\0\0\0\x01\0\x10\x40\x0e\xac\x44\0\0\0\0\0\0",
        b"fLaC\0\0\0\x22\x10\0\x10\0\0\0\0\0\0\0\x0a\xc4\x42\xf0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x84\0\0\x04abcd\xff\xf8",
        b"\0\0\0\x10ftypheic\0\0\0\0\0\0\0\x5bmeta\0\0\0\0\0\0\0\x23iinf\0\0\0\0\0\x01\0\0\0\x15infe\x02\0\0\x01\0\x07\0\0Exif\0\0\0\0\0iloc\0\0\0\0\x44\0\0\x01\0\x07\0\0\0\x01\0\0\0\x10\0\0\0\x04",
        b"\0\0\0\x0cJXL \x0d\x0a\x87\x0a\0\0\0\x14ftypjxl \0\0\0\0jxl \0\0\0\x14brobExif\x0b\x02\x80abc\x03",
        b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\x08\0\0\0\x08\0\0\0\x08\0\0\0mimetypeapplication/epub+zip",
        b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
        b"\x1aE\xdf\xa3\x93\x42\x82\x88matroska\x42\x87\x81\x04",
        b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\"/>",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0\0\0\0\0",
        b"",
    ]
    .iter()
    .map(|bytes| bytes.to_vec())
    .collect();
    // Text in the encodings it comes in.
    seeds.extend(texts(&["plain words\n", "\u{feff}with a mark", "{\"asset\":{\"version\":\"2.0\"}}"]));
    seeds
}
