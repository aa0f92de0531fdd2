//! Types that a few bytes at a known place give away, and the way to those that need a closer look.

use std::io;

use super::{Subject, container};
use crate::bytes::{id3v2_length, read_array};

/// Offset, bytes, media type. The first that fits decides.
const SIGNATURES: &[(usize, &[u8], &str)] = &[
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", "image/jp2"),
    (0, b"\xff\x4f\xff\x51", "image/x-jp2-codestream"),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", "image/jxl"),
    (0, b"\xff\x0a", "image/jxl"),
    (0, b"8BPS\0\x01", "image/vnd.adobe.photoshop"),
    (0, b"8BPS\0\x02", "image/vnd.adobe.photoshop"),
    (0, b"\x06\x06\xed\xf5\xd8\x1d\x46\xe5\xbd\x31\xef\xe7\xfe\x74\xb7\x1d", "application/x-indesign"),
    (0, b"II\x1a\0\0\0HEAPCCDR", "image/x-canon-crw"),
    (0, b"IIRO", "image/x-olympus-orf"),
    (0, b"IIRS", "image/x-olympus-orf"),
    (0, b"MMOR", "image/x-olympus-orf"),
    (0, b"IIU\0", "image/x-panasonic-rw2"),
    (0, b"FUJIFILMCCD-RAW", "image/x-fuji-raf"),
    (0, b"FOVb", "image/x-sigma-x3f"),
    (0, b"\0MRM", "image/x-minolta-mrw"),
    (0, b"\x76\x2f\x31\x01", "image/x-exr"),
    (0, b"#?RADIANCE", "image/vnd.radiance"),
    (0, b"#?RGBE", "image/vnd.radiance"),
    (0, b"SDPX", "image/x-dpx"),
    (0, b"XPDS", "image/x-dpx"),
    (0, b"\x80\x2a\x5f\xd7", "image/x-cineon"),
    (0, b"SIMPLE  =", "image/fits"),
    (0, b"gimp xcf", "image/x-xcf"),
    (0, b"DDS ", "image/vnd.ms-dds"),
    (0, b"\0\0\x01\0", "image/vnd.microsoft.icon"),
    (0, b"AT&TFORM", "image/vnd.djvu"),
    (128, b"DICM", "application/dicom"),
    (0, b"\x1a\x45\xdf\xa3", "video/x-matroska"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video/x-ms-wmv"),
    (0, b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01", "application/mxf"),
    (0, b"\0\0\x01\xba", "video/mpeg"),
    (0, b"\0\0\x01\xb3", "video/mpeg"),
    (0, b"FLV\x01", "video/x-flv"),
    (0, b"YUV4MPEG2 ", "video/x-yuv4mpeg"),
    (4, b"jumb", "application/c2pa"),
    (4, b"RED2", "video/x-r3d"),
    (4, b"RED1", "video/x-r3d"),
    (3, b"STL25.01", "application/x-ebu-stl"),
    (3, b"STL30.01", "application/x-ebu-stl"),
    (3, b"STL24.01", "application/x-ebu-stl"),
    (0, b".RMF", "application/vnd.rn-realmedia"),
    (0, b"FWS", "application/x-shockwave-flash"),
    (0, b"CWS", "application/x-shockwave-flash"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"MAC ", "audio/x-ape"),
    (0, b"wvpk", "audio/x-wavpack"),
    (0, b"TTA1", "audio/x-tta"),
    (0, b"TTA2", "audio/x-tta"),
    (0, b"tBaK", "audio/x-tak"),
    (0, b"MPCK", "audio/x-musepack"),
    (0, b"MP+", "audio/x-musepack"),
    (0, b"DSD ", "audio/x-dsf"),
    (0, b"FRM8", "audio/x-dff"),
    (0, b"OFR ", "audio/x-optimfrog"),
    (0, b".snd", "audio/basic"),
    (0, b"MThd", "audio/midi"),
    (0, b"caff", "audio/x-caf"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"\x7f\xfe\x80\x01", "audio/vnd.dts"),
    (0, b"%!PS", "application/postscript"),
    (0, b"\xc5\xd0\xd3\xc6", "application/postscript"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"\x1f\x8b\x08", "application/gzip"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\0", "application/x-xz"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (257, b"ustar", "application/x-tar"),
    (32_769, b"CD001", "application/x-iso9660-image"),
    (0, b"glTF", "model/gltf-binary"),
    (0, b"Kaydara FBX Binary  \0", "application/x-fbx"),
    (0, b"; FBX ", "application/x-fbx"),
    (0, b"BLENDER", "application/x-blender"),
    (0, b"PXR-USDC", "model/vnd.usdc"),
    (0, b"#usda ", "model/vnd.usda"),
    (0, b"ply\n", "model/x-ply"),
    (0, b"ply\r\n", "model/x-ply"),
    (0, b"\0\x01\0\0\0", "font/ttf"),
    (0, b"true\0", "font/ttf"),
    (0, b"OTTO", "font/otf"),
    (0, b"ttcf", "font/collection"),
    (0, b"wOFF", "font/woff"),
    (0, b"wOF2", "font/woff2"),
    (0, b"\x80\x01", "application/x-font-type1"),
];

/// Bytes in which `%PDF-` is looked for: ISO 32000-1 annex H, implementation note 13.
const PDF_JUNK_BYTES_MAX: usize = 1_024;
/// Bytes an MXF file may begin with before its first key (SMPTE ST 377-1, 6.5).
const MXF_RUN_IN_BYTES_MAX: usize = 65_536;

pub fn of(subject: &Subject<'_>) -> io::Result<Option<&'static str>> {
    if let Some(found) = container::of(subject)? {
        return Ok(Some(found));
    }
    let found = SIGNATURES.iter().find(|(at, bytes, _)| subject.has(*at, bytes)).map(|(.., found)| *found);
    match found {
        Some(general @ ("application/zip" | "application/x-ole-storage")) => {
            return container::inside(subject, general).map(Some);
        }
        Some("video/x-matroska") => return Ok(Some(matroska(subject))),
        Some("video/x-ms-wmv") if subject.extension == "wma" => return Ok(Some("audio/x-ms-wma")),
        Some("audio/ogg") if contains(&subject.head[..subject.head.len().min(4_096)], b"\x80theora") => {
            return Ok(Some("video/ogg"));
        }
        Some("image/vnd.microsoft.icon") if !is_icon(subject.head) => {}
        Some("application/x-font-type1") if !contains(&subject.head[..subject.head.len().min(64)], b"%!") => {
        }
        Some(found) => return Ok(Some(found)),
        None => {}
    }
    weak(subject)
}

/// A directory of at least one picture, each entry with its reserved byte at zero.
fn is_icon(head: &[u8]) -> bool {
    head.get(4..10).is_some_and(|entry| entry[0] > 0 && entry[1] == 0 && entry[5] == 0)
}

/// Types whose marks are short or stand anywhere: looked for last.
fn weak(subject: &Subject<'_>) -> io::Result<Option<&'static str>> {
    let head = subject.head;
    if contains(&head[..head.len().min(PDF_JUNK_BYTES_MAX)], b"%PDF-") || head.starts_with(b"%PDF") {
        return Ok(Some("application/pdf"));
    }
    if let Some(found) = sound(subject)? {
        return Ok(Some(found));
    }
    if is_transport_stream(head) {
        return Ok(Some("video/mp2t"));
    }
    if subject.extension == "mxf"
        && contains(
            &head[..head.len().min(MXF_RUN_IN_BYTES_MAX)],
            b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02",
        )
    {
        return Ok(Some("application/mxf"));
    }
    // The header says its own length: BITMAPINFOHEADER and its like.
    if subject.has(0, b"BM") && head.get(14..18).is_some_and(|size| size[0] >= 12 && size[1..] == [0, 0, 0]) {
        return Ok(Some("image/bmp"));
    }
    if is_portable_map(head) {
        return Ok(Some("image/x-portable-anymap"));
    }
    if is_binary_stl(subject) {
        return Ok(Some("model/stl"));
    }
    if subject.extension == "pcx" && head.len() > 128 && head[0] == 0x0a && head[1] <= 5 && head[2] == 1 {
        return Ok(Some("image/x-pcx"));
    }
    if is_targa(subject)? {
        return Ok(Some("image/x-tga"));
    }
    let is_dv = head.len() > 160 && head[..4] == [0x1f, 0x07, 0, if head[3] == 0xbf { 0xbf } else { 0x3f }];
    Ok(is_dv.then_some("video/x-dv"))
}

/// The document type names WebM; without pictures it is told from film by its name alone.
fn matroska(subject: &Subject<'_>) -> &'static str {
    match subject.extension {
        "mka" | "weba" => "audio/x-matroska",
        _ if contains(&subject.head[..subject.head.len().min(64)], b"webm") => "video/webm",
        _ => "video/x-matroska",
    }
}

/// Bare streams of sound, with or without tags in front.
fn sound(subject: &Subject<'_>) -> io::Result<Option<&'static str>> {
    let tag_length = id3v2_length(subject.source, 0)?;
    let mut start = subject.source.read_vec(tag_length, 16 * 1024)?;
    if tag_length > 0 {
        // Some writers pad behind the tag.
        let padding = start.iter().take_while(|byte| **byte == 0).count();
        start.drain(..padding);
    }
    if start.starts_with(b"fLaC") {
        return Ok(Some("audio/flac"));
    }
    if start.starts_with(b"MAC ") {
        return Ok(Some("audio/x-ape"));
    }
    if start.starts_with(b"TTA1") {
        return Ok(Some("audio/x-tta"));
    }
    if start.starts_with(b"MP+") || start.starts_with(b"MPCK") {
        return Ok(Some("audio/x-musepack"));
    }
    if tag_length > 0 && start.starts_with(b"FORM") {
        return Ok(Some("audio/aiff"));
    }
    if repeats(&start, adts_frame_bytes) {
        return Ok(Some("audio/aac"));
    }
    if tag_length > 0 || repeats(&start, mpeg_frame_bytes) {
        return Ok(Some("audio/mpeg"));
    }
    if start.starts_with(b"\x0b\x77") && matches!(subject.extension, "ac3" | "eac3") {
        return Ok(Some("audio/ac3"));
    }
    // A lone frame, or junk before the first: believed only where the name says so too.
    let has_sync = start.windows(4).take(4_096).any(|bytes| mpeg_frame_bytes(bytes).is_some());
    Ok((matches!(subject.extension, "mp3" | "mp2" | "mpa") && has_sync).then_some("audio/mpeg"))
}

/// Whether a frame stands at the beginning and another where the first ends.
fn repeats(bytes: &[u8], frame_bytes: fn(&[u8]) -> Option<usize>) -> bool {
    frame_bytes(bytes)
        .is_some_and(|length| bytes.get(length..).is_some_and(|next| frame_bytes(next).is_some()))
}

/// Length of the ADTS frame that begins here (ISO/IEC 13818-7, 6.2).
fn adts_frame_bytes(bytes: &[u8]) -> Option<usize> {
    let header = bytes.get(..7)?;
    if header[0] != 0xff || header[1] & 0xf6 != 0xf0 || (header[2] >> 2) & 0x0f > 12 {
        return None;
    }
    let length = usize::from(header[3] & 3) << 11 | usize::from(header[4]) << 3 | usize::from(header[5] >> 5);
    (length >= 7).then_some(length)
}

/// Length of the MPEG audio frame that begins here (ISO/IEC 11172-3, 2.4.1.3 and 2.4.3.1).
fn mpeg_frame_bytes(bytes: &[u8]) -> Option<usize> {
    const LAYER_1: [usize; 15] = [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448];
    const LAYER_2: [usize; 15] = [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384];
    const LAYER_3: [usize; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    const LOW_LAYER_1: [usize; 15] = [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256];
    const LOW_OTHER: [usize; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    let header = bytes.get(..4)?;
    if header[0] != 0xff || header[1] & 0xe0 != 0xe0 {
        return None;
    }
    let (version, layer) = ((header[1] >> 3) & 3, (header[1] >> 1) & 3);
    let (rate_index, sampling_index) = (usize::from(header[2] >> 4), usize::from((header[2] >> 2) & 3));
    if version == 1 || layer == 0 || !(1..15).contains(&rate_index) || sampling_index == 3 {
        return None;
    }
    let is_version_1 = version == 3;
    let sampling = [44_100, 48_000, 32_000][sampling_index] >> [2, 0, 1, 0][usize::from(version)];
    let rate = match (is_version_1, layer) {
        (true, 3) => LAYER_1,
        (true, 2) => LAYER_2,
        (true, _) => LAYER_3,
        (false, 3) => LOW_LAYER_1,
        (false, _) => LOW_OTHER,
    }[rate_index];
    let padding = usize::from((header[2] >> 1) & 1);
    Some(match layer {
        3 => (12_000 * rate / sampling + padding) * 4,
        1 if !is_version_1 => 72_000 * rate / sampling + padding,
        _ => 144_000 * rate / sampling + padding,
    })
}

/// Packets of 188 bytes, or of 192 with a time stamp before each (ISO/IEC 13818-1, 2.4.3.2; BDAV).
fn is_transport_stream(head: &[u8]) -> bool {
    [(0, 188), (4, 192)].into_iter().any(|(start, step)| {
        head.len() > start + step * 3 && (0..4).all(|packet| head[start + packet * step] == 0x47)
    })
}

fn is_portable_map(head: &[u8]) -> bool {
    matches!(head, [b'P', b'1'..=b'7' | b'F' | b'f', b'\n' | b' ' | b'\r' | b'\t', next, ..]
        if next.is_ascii_digit() || *next == b'#' || next.is_ascii_whitespace() || *next == b'W')
}

/// Eighty bytes, a count, and fifty bytes for each triangle: nothing else has that length by chance.
fn is_binary_stl(subject: &Subject<'_>) -> bool {
    subject.head.get(80..84).is_some_and(|count| {
        let triangles = u64::from(u32::from_le_bytes([count[0], count[1], count[2], count[3]]));
        triangles > 0 && subject.source.len() == 84 + triangles * 50
    })
}

/// The footer of the new format, or a header that makes sense behind the right extension.
fn is_targa(subject: &Subject<'_>) -> io::Result<bool> {
    let footer = subject.source.len().saturating_sub(18);
    if subject.source.len() > 44 && read_array(subject.source, footer)? == Some(*b"TRUEVISION-XFILE.\0") {
        return Ok(true);
    }
    let head = subject.head;
    Ok(subject.extension == "tga"
        && head.len() > 18
        && head[1] <= 1
        && matches!(head[2], 1..=3 | 9..=11)
        && matches!(head[16], 8 | 15 | 16 | 24 | 32))
}

/// Whether `bytes` contains `part`.
pub fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
