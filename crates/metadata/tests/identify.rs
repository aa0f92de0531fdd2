//! What files are, by their bytes: a table of beginnings, files the tools make, and bytes that are nothing.

use std::{fs, process::Command};

use damask_metadata::identify;
use damask_model::{AssetKind, FindingCode};
use proptest::prelude::*;

fn check(bytes: &[u8], name: &str, expected: &str) {
    let found = identify(&bytes, name).expect("no I/O");
    assert_eq!(found.media_type, expected, "{name}");
    assert!(found.findings.is_empty(), "{name}: {:?}", found.findings);
}

#[test]
fn a_type_is_known_by_its_first_bytes() {
    let dicom = [&[0; 128][..], b"DICM\x02\0\0\0"].concat();
    let transport: Vec<u8> = (0..4).flat_map(|_| [vec![0x47], vec![0; 187]].concat()).collect();
    for (bytes, name, expected) in [
        (&b"%PDF-1.7\n"[..], "a.pdf", "application/pdf"),
        (b"junk from a mailer\r\n%PDF-1.4\n\xe2\xe3", "a.pdf", "application/pdf"),
        (b"8BPS\0\x01\0\0\0\0\0\0", "a.psd", "image/vnd.adobe.photoshop"),
        (
            b"\x06\x06\xed\xf5\xd8\x1d\x46\xe5\xbd\x31\xef\xe7\xfe\x74\xb7\x1d",
            "a.indd",
            "application/x-indesign",
        ),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "a.heic", "image/heic"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "a.avif", "image/avif"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "a.mov", "video/quicktime"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp41", "a.mp4", "video/mp4"),
        (b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42", "a.m4a", "audio/mp4"),
        (b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom", "a.cr3", "image/x-canon-cr3"),
        (b"\xff\x0a\xfa\x1f", "a.jxl", "image/jxl"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "a.jp2", "image/jp2"),
        (b"RF64\xff\xff\xff\xffWAVEds64", "a.wav", "audio/wav"),
        (b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01\x02\x04\0", "a.mxf", "application/mxf"),
        (b"ID3\x03\0\0\0\0\0\0\xff\xfb\x90\0", "a.mp3", "audio/mpeg"),
        (b"ID3\x03\0\0\0\0\0\0fLaC\0\0\0\x22", "a.flac", "audio/flac"),
        (b"II\x2a\0\x10\0\0\0CR\x02\0", "a.cr2", "image/x-canon-cr2"),
        (b"II\x2a\0\x08\0\0\0", "a.nef", "image/x-nikon-nef"),
        (b"II\x2a\0\x08\0\0\0", "a.tif", "image/tiff"),
        (&dicom, "a.dcm", "application/dicom"),
        (&transport, "a.ts", "video/mp2t"),
        (b"glTF\x02\0\0\0", "a.glb", "model/gltf-binary"),
        (b"wOF2\0\x01\0\0", "a.woff2", "font/woff2"),
        (b"Kaydara FBX Binary  \0\x1a\0", "a.fbx", "application/x-fbx"),
        (b"\x00\x02\x62\x79jumb\0\0\0\x1ejumdc2pa", "a.c2pa", "application/c2pa"),
        (b"\x00\x02\x17\xf0\x81", "two-bytes-of-an-object-file", "application/octet-stream"),
        (b"\x4c\x01\xf0\xf1\xf2", "the-same", "application/octet-stream"),
        (b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "a.zip", "application/zip"),
    ] {
        check(bytes, name, expected);
    }
}

#[test]
fn text_is_known_in_any_encoding_and_by_its_form() {
    let utf_16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain("Hafen am Abend".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let bare_utf_16: Vec<u8> =
        "plain words without a mark".encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (bytes, name, expected) in [
        ("größer\n".as_bytes(), "a.txt", "text/plain"),
        (b"gr\xf6\xdfer als Z\xfcrich, sagt man dort\n", "a.txt", "text/plain"),
        (&utf_16, "a.txt", "text/plain"),
        (&bare_utf_16, "a.txt", "text/plain"),
        (b"a,b\n1,2\n", "a.csv", "text/csv"),
        (b"{\"a\": 1}", "a.json", "application/json"),
        (b"<?xml version=\"1.0\"?><a/>", "a.xml", "application/xml"),
        (
            b"<?xml version=\"1.0\"?>\n<!-- <html> -->\n<!DOCTYPE svg PUBLIC \"x\">\n<svg/>",
            "a.svg",
            "image/svg+xml",
        ),
        (b"<!DOCTYPE html><p>", "a.html", "text/html"),
        (b"1\r\n00:00:01,000 --> 00:00:02,000\r\nHello\r\n", "a.srt", "application/x-subrip"),
        (b"\xef\xbb\xbfWEBVTT\n\n", "a.vtt", "text/vtt"),
        (
            b"TITLE: CUT\n001  AX V C 00:00:00:00 00:00:01:00 01:00:00:00 01:00:01:00\n",
            "a.edl",
            "application/x-edl",
        ),
        (b"Heading\r\nFIELD_DELIM\tTABS\r\n", "a.ale", "application/x-ale"),
        (b"{\n \"OTIO_SCHEMA\": \"Timeline.1\"}", "a.otio", "application/x-otio+json"),
        (
            b"<?xml version=\"1.0\"?><!DOCTYPE fcpxml><fcpxml version=\"1.9\"/>",
            "a.fcpxml",
            "application/x-fcpxml+xml",
        ),
        (b"v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nf 1 2 3\n", "a.obj", "model/obj"),
        (b"solid cube\n facet normal 0 0 1\n", "a.stl", "model/stl"),
    ] {
        check(bytes, name, expected);
    }
}

#[test]
fn a_file_the_tools_made_is_what_they_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let film = "testsrc=size=64x64:rate=10:duration=0.3";
    let tone = "sine=duration=0.3";
    for (name, source, expected, kind) in [
        ("a.jpg", film, "image/jpeg", AssetKind::Image),
        ("a.webp", film, "image/webp", AssetKind::Image),
        ("a.bmp", film, "image/bmp", AssetKind::Image),
        ("a.mp4", film, "video/mp4", AssetKind::Video),
        ("a.mov", film, "video/quicktime", AssetKind::Video),
        ("a.mkv", film, "video/x-matroska", AssetKind::Video),
        ("a.webm", film, "video/webm", AssetKind::Video),
        ("a.avi", film, "video/x-msvideo", AssetKind::Video),
        ("a.mxf", film, "application/mxf", AssetKind::Video),
        ("a.ts", film, "video/mp2t", AssetKind::Video),
        ("a.m4a", tone, "audio/mp4", AssetKind::Audio),
        ("b.mp4", tone, "audio/mp4", AssetKind::Audio),
        ("a.mp3", tone, "audio/mpeg", AssetKind::Audio),
        ("a.aac", tone, "audio/aac", AssetKind::Audio),
        ("a.ogg", tone, "audio/ogg", AssetKind::Audio),
        ("a.aiff", tone, "audio/aiff", AssetKind::Audio),
    ] {
        let path = folder.path().join(name);
        let mut command = Command::new("ffmpeg");
        command.args(["-v", "error", "-f", "lavfi", "-i", source, "-threads", "1"]);
        if kind == AssetKind::Image {
            command.args(["-frames:v", "1"]);
        }
        if name == "a.mxf" {
            command.args(["-r", "25"]);
        }
        assert!(command.arg(&path).status().expect("ffmpeg").success(), "{name}");
        let bytes = fs::read(&path).expect("the file");
        check(&bytes, name, expected);
        assert_eq!(identify(&bytes.as_slice(), name).expect("no I/O").kind, kind, "{name}");
    }
}

fn findings(bytes: &[u8], name: &str) -> Vec<FindingCode> {
    identify(&bytes, name).expect("no I/O").findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn a_name_that_says_another_type_is_a_finding() {
    assert_eq!(findings(b"\x89PNG\r\n\x1a\n", "a.jpg"), [FindingCode::ExtensionDiffers]);
    assert_eq!(
        findings(b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0", "a.mp4"),
        [FindingCode::ExtensionDiffers]
    );
    assert_eq!(findings(b"<html><body>no", "a.png"), [FindingCode::ExtensionDiffers]);
    assert_eq!(findings(b"\0\0\0\x18ftypisom\0\0\0\0isommp41", "a.mov"), [], "film in another film's box");
    assert_eq!(findings(b"\x89PNG\r\n\x1a\n", "no_extension"), []);
    assert_eq!(findings(b"plain", "README.unheard-of"), []);
}

#[test]
fn no_bytes_are_a_finding_and_unknown_bytes_are_not() {
    assert_eq!(findings(b"", "a.jpg"), [FindingCode::Empty]);
    check(b"\x01\x02\x03\x04\0\0\xfe\xdc", "a.xyz", "application/octet-stream");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn no_bytes_and_no_name_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600), name in ".{0,30}", at in 0_usize..12) {
        let beginnings: [&[u8]; 12] = [
            b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\0\0\0\x18ftypisom", b"ID3\x04\0\0", b"<?xml", b"<!DOCTYPE x [",
            b"\xff\xfe", b"\xff\xfb", b"\xff\xf1", b"{\"", b"RIFF",
        ];
        let whole = [beginnings[at], &bytes].concat();
        identify(&whole.as_slice(), &name).expect("no I/O");
    }
}
