//! The law of the essence hash, with exiftool as the one who rewrites: other metadata, same essence; other
//! pixels or samples, another essence. And: no input panics or loops.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use damask_metadata::essence::{JPEG_SEGMENTS_MAX, READ_BYTES_MAX, TIFF_DIRECTORIES_MAX, essence_hash};
use damask_model::{ByteSource, EssenceHash};
use proptest::prelude::*;

fn run(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().expect("the tool is installed");
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
}

fn ffmpeg(source: &str, options: &[&str], to: &Path) {
    let mut arguments = vec!["-v", "error", "-y", "-f", "lavfi", "-i", source];
    arguments.extend(options);
    arguments.extend(["-fflags", "+bitexact", to.to_str().expect("UTF-8")]);
    run("ffmpeg", &arguments);
}

fn essence(path: &Path, media_type: &str) -> EssenceHash {
    let bytes = fs::read(path).expect("the file");
    essence_hash(&bytes.as_slice(), media_type).expect("no I/O").expect("an essence")
}

/// Makes a file from `source` and another from `changed`; the first keeps its essence under `rewrite`, the
/// second has another.
fn check(name: &str, media_type: &str, options: &[&str], sources: [&str; 2], rewrite: impl Fn(&Path, &Path)) {
    let folder = tempfile::tempdir().expect("a folder");
    let [original, changed]: [PathBuf; 2] =
        [format!("a-{name}"), format!("b-{name}")].map(|name| folder.path().join(name));
    ffmpeg(sources[0], options, &original);
    ffmpeg(sources[1], options, &changed);
    let rewritten = folder.path().join(format!("r-{name}"));
    rewrite(&original, &rewritten);
    assert_ne!(fs::read(&original).expect("a"), fs::read(&rewritten).expect("r"), "{name} was rewritten");
    let expected = essence(&original, media_type);
    assert_eq!(essence(&rewritten, media_type), expected, "{name}: other metadata, same essence");
    assert_ne!(essence(&changed, media_type), expected, "{name}: other content, other essence");
}

fn with_exiftool(from: &Path, to: &Path) {
    let long = "a caption ".repeat(3_000);
    run(
        "exiftool",
        &[
            "-q",
            "-m",
            &format!("-XMP-dc:Description={long}"),
            "-XMP-dc:Title=New",
            "-Artist=Ann",
            "-o",
            to.to_str().expect("UTF-8"),
            from.to_str().expect("UTF-8"),
        ],
    );
}

fn with_ffmpeg(from: &Path, to: &Path) {
    let (from, to) = (from.to_str().expect("UTF-8"), to.to_str().expect("UTF-8"));
    run(
        "ffmpeg",
        &[
            "-v",
            "error",
            "-y",
            "-i",
            from,
            "-c",
            "copy",
            "-map_metadata",
            "-1",
            "-metadata",
            "title=New",
            "-metadata",
            "comment=much longer than before",
            "-fflags",
            "+bitexact",
            "-flags:a",
            "+bitexact",
            to,
        ],
    );
}

/// exiftool of Debian 12 does not write WebP: the extended header and a chunk of XMP are put in by hand, as
/// RFC 9649 section 2.7 says.
fn with_webp_metadata(from: &Path, to: &Path) {
    let bytes = fs::read(from).expect("webp");
    let mut extended = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x04\0\0\0\x5f\0\0\x3f\0\0".to_vec();
    extended.extend(&bytes[12..]);
    extended.extend(b"XMP \x09\0\0\0<x:xmp/>\n\0");
    let length = u32::try_from(extended.len() - 8).expect("small");
    extended[4..8].copy_from_slice(&length.to_le_bytes());
    fs::write(to, extended).expect("written");
}

const PICTURES: [&str; 2] =
    ["testsrc=size=96x64:rate=5:duration=0.2", "testsrc2=size=96x64:rate=5:duration=0.2"];
const FILMS: [&str; 2] =
    ["testsrc=size=96x64:rate=25:duration=0.6", "testsrc2=size=96x64:rate=25:duration=0.6"];
const SOUNDS: [&str; 2] = ["sine=frequency=440:duration=0.4", "sine=frequency=441:duration=0.4"];

#[test]
fn a_picture_keeps_its_essence_when_its_metadata_is_rewritten() {
    let one = ["-frames:v", "1"];
    check("p.jpg", "image/jpeg", &one, PICTURES, with_exiftool);
    check("p.png", "image/png", &one, PICTURES, with_exiftool);
    check("p.tif", "image/tiff", &one, PICTURES, with_exiftool);
    check("p.webp", "image/webp", &["-frames:v", "1", "-lossless", "1"], PICTURES, with_webp_metadata);
    check("lossy.webp", "image/webp", &one, PICTURES, with_webp_metadata);
    check("p.gif", "image/gif", &one, PICTURES, |from, to| {
        run(
            "exiftool",
            &[
                "-q",
                "-XMP-dc:Title=New",
                "-Comment=Longer",
                "-o",
                to.to_str().expect("UTF-8"),
                from.to_str().expect("UTF-8"),
            ],
        );
    });
}

#[test]
fn a_film_keeps_its_essence_when_its_metadata_is_rewritten() {
    for (name, media_type) in [("f.mp4", "video/mp4"), ("f.mov", "video/quicktime")] {
        check(name, media_type, &["-c:v", "libx264", "-pix_fmt", "yuv420p"], FILMS, with_exiftool);
        let fast = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-movflags", "+faststart"];
        check(name, media_type, &fast, FILMS, with_exiftool);
    }
}

#[test]
fn a_sound_keeps_its_essence_when_its_metadata_is_rewritten() {
    check("s.mp3", "audio/mpeg", &["-write_xing", "0", "-id3v2_version", "3"], SOUNDS, |from, to| {
        let (from, to) = (from.to_str().expect("UTF-8"), to.to_str().expect("UTF-8"));
        run(
            "ffmpeg",
            &[
                "-v",
                "error",
                "-y",
                "-i",
                from,
                "-c",
                "copy",
                "-write_xing",
                "0",
                "-write_id3v1",
                "1",
                "-metadata",
                "title=New",
                to,
            ],
        );
    });
    check("s.flac", "audio/flac", &[], SOUNDS, with_ffmpeg);
    check("s.wav", "audio/wav", &[], SOUNDS, with_ffmpeg);
    check("s.aiff", "audio/aiff", &[], SOUNDS, |from, to| {
        let mut bytes = fs::read(from).expect("aiff");
        bytes.extend(b"ANNO\x00\x00\x00\x04note");
        fs::write(to, bytes).expect("written");
    });
    check("s.m4a", "audio/mp4", &[], SOUNDS, with_exiftool);
}

#[test]
fn types_without_an_essence_of_their_own_have_none() {
    for media_type in ["audio/ogg", "application/pdf", "image/heic", "text/plain", "application/octet-stream"]
    {
        assert_eq!(essence_hash(&&b"OggS %PDF"[..], media_type).expect("no I/O"), None, "{media_type}");
    }
    for media_type in TYPES {
        assert_eq!(essence_hash(&&b""[..], media_type).expect("no I/O"), None, "{media_type}");
    }
}

const TYPES: [&str; 10] = [
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "image/tiff",
    "audio/wav",
    "audio/aiff",
    "audio/flac",
    "audio/mpeg",
    "video/mp4",
];

/// A source of a hundred gigabytes: a WAVE header and then silence, and no read longer than the limit.
struct Huge;

impl ByteSource for Huge {
    fn len(&self) -> u64 {
        100 << 30
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
        assert!(buffer.len() <= READ_BYTES_MAX, "one read of {} bytes", buffer.len());
        buffer.fill(0);
        let header = b"RF64\xff\xff\xff\xffWAVEfmt \x04\0\0\0abcdLIST\xf0\xff\xff\xff";
        for (place, byte) in
            buffer.iter_mut().zip(header.iter().skip(usize::try_from(offset).unwrap_or(usize::MAX)))
        {
            *place = *byte;
        }
        Ok(buffer.len())
    }
}

#[test]
fn a_file_of_a_hundred_gigabytes_is_walked_without_reading_what_is_not_essence() {
    assert_eq!(essence_hash(&Huge, "audio/wav").expect("no I/O"), None);
}

#[test]
fn a_directory_that_points_at_the_same_strip_over_and_over_is_refused() {
    let strips: u32 = 4_000;
    let mut bytes = b"II\x2a\0\x08\0\0\0\x02\0".to_vec();
    for (tag, at) in [(273_u16, 64_u32), (279, 64 + strips * 4)] {
        bytes.extend(tag.to_le_bytes());
        bytes.extend([4, 0]);
        bytes.extend(strips.to_le_bytes());
        bytes.extend(at.to_le_bytes());
    }
    bytes.resize(64, 0);
    bytes.extend((0..strips).flat_map(|_| 0_u32.to_le_bytes()));
    bytes.extend((0..strips).flat_map(|_| 0xffff_u32.to_le_bytes()));
    assert_eq!(essence_hash(&bytes.as_slice(), "image/tiff").expect("no I/O"), None);
}

/// A TIFF of one strip with `further` empty directories behind its own.
fn chained_tiff(further: u32) -> Vec<u8> {
    let mut bytes = b"II\x2a\0\x08\0\0\0\x02\0".to_vec();
    for (tag, value) in [(273_u16, 0_u32), (279, 8)] {
        bytes.extend(tag.to_le_bytes());
        bytes.extend([4, 0, 1, 0, 0, 0]);
        bytes.extend(value.to_le_bytes());
    }
    for _ in 0..further {
        let next = u32::try_from(bytes.len() + 4).expect("small");
        bytes.extend(next.to_le_bytes());
        bytes.extend([0, 0]);
    }
    bytes.extend([0; 4]);
    bytes
}

#[test]
fn a_walk_ends_at_its_limit_of_directories_or_segments() {
    let of = |bytes: &[u8], media_type| essence_hash(&bytes, media_type).expect("no I/O");
    let most = u32::try_from(TIFF_DIRECTORIES_MAX).expect("small");
    assert!(of(&chained_tiff(most - 1), "image/tiff").is_some());
    assert!(of(&chained_tiff(most), "image/tiff").is_none());
    let scan = b"\xff\xda\0\x02pixels\xff\xd9";
    let jpeg = |segments: u32| {
        let comments = b"\xff\xfe\0\x02".repeat(usize::try_from(segments).expect("small"));
        [&b"\xff\xd8"[..], &comments, scan].concat()
    };
    assert!(of(&jpeg(100), "image/jpeg").is_some());
    assert!(of(&jpeg(JPEG_SEGMENTS_MAX), "image/jpeg").is_none());
}

#[test]
fn directories_that_point_at_each_other_are_walked_once() {
    let mut bytes = chained_tiff(1);
    let last = bytes.len() - 4;
    bytes[last..].copy_from_slice(&8_u32.to_le_bytes());
    assert!(essence_hash(&bytes.as_slice(), "image/tiff").expect("no I/O").is_some());
}

fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut samples = Vec::new();
    for (name, media_type, source) in [
        ("p.jpg", "image/jpeg", PICTURES[0]),
        ("p.png", "image/png", PICTURES[0]),
        ("p.gif", "image/gif", FILMS[0]),
        ("p.webp", "image/webp", PICTURES[0]),
        ("p.tif", "image/tiff", PICTURES[0]),
        ("f.mp4", "video/mp4", FILMS[0]),
        ("s.wav", "audio/wav", SOUNDS[0]),
        ("s.aiff", "audio/aiff", SOUNDS[0]),
        ("s.flac", "audio/flac", SOUNDS[0]),
        ("s.mp3", "audio/mpeg", SOUNDS[0]),
    ] {
        let path = folder.path().join(name);
        let one: &[&str] = if source == PICTURES[0] { &["-frames:v", "1"] } else { &[] };
        ffmpeg(source, one, &path);
        samples.push((media_type, fs::read(&path).expect("the sample")));
    }
    samples
}

#[test]
fn a_truncated_file_or_one_with_a_broken_byte_never_panics_or_hangs() {
    for (media_type, bytes) in samples() {
        let step = (bytes.len() / 25).max(1);
        for length in (0..bytes.len()).step_by(step) {
            essence_hash(&&bytes[..length], media_type).expect("no I/O");
            let mut broken = bytes.clone();
            broken[length] ^= 0xff;
            broken[length / 7] = 0xff;
            essence_hash(&broken.as_slice(), media_type).expect("no I/O");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn random_bytes_behind_a_true_beginning_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let beginnings: [&[u8]; 10] = [
            b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\0\0\0\0WEBP", b"II\x2a\0\x08\0\0\0",
            b"RIFF\0\0\0\0WAVE", b"FORM\0\0\0\0AIFF", b"fLaC", b"ID3\x04\0\0", b"\0\0\0\x08ftyp",
        ];
        for (beginning, media_type) in beginnings.into_iter().zip(TYPES) {
            let whole = [beginning, &bytes].concat();
            let first = essence_hash(&whole.as_slice(), media_type).expect("no I/O");
            prop_assert_eq!(first, essence_hash(&whole.as_slice(), media_type).expect("no I/O"));
        }
    }
}
