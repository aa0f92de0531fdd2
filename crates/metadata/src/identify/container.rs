//! Containers whose first bytes only say how they are built: RIFF and IFF, ISO base media, TIFF, ZIP, OLE.

use std::io;

use super::{Subject, signature::contains};
use crate::bytes::read_array;

/// Bytes of a movie's header read to look for its kinds of track.
const MOVIE_BYTES_MAX: usize = 1 << 20;
/// Top-level boxes walked on the way to it.
const TOP_BOXES_MAX: u32 = 64;
/// Bytes read of a ZIP file's directory.
const ZIP_DIRECTORY_BYTES_MAX: usize = 256 * 1024;
/// The end record of a ZIP file and the longest comment behind it (APPNOTE 4.3.16).
const ZIP_END_BYTES_MAX: usize = 22 + 65_535;

/// What a container is by its first bytes; `None` where it is no such container.
pub fn of(subject: &Subject<'_>) -> io::Result<Option<&'static str>> {
    let head = subject.head;
    Ok(match head.get(..4) {
        Some(b"RIFF" | b"RF64" | b"BW64" | b"RIFX") => match head.get(8..12) {
            Some(b"WAVE") => Some("audio/wav"),
            Some(b"AVI ") => Some("video/x-msvideo"),
            Some(b"WEBP") => Some("image/webp"),
            Some(b"RMID") => Some("audio/midi"),
            _ => None,
        },
        Some(b"FORM") => match head.get(8..12) {
            Some(b"AIFF" | b"AIFC") => Some("audio/aiff"),
            _ => None,
        },
        Some(b"II\x2a\0" | b"MM\0\x2a" | b"II\x2b\0" | b"MM\0\x2b") => Some(tiff(subject)),
        _ => iso_base_media(subject)?,
    })
}

/// Raw files that are TIFF are told from it by Canon's mark or by their extension.
fn tiff(subject: &Subject<'_>) -> &'static str {
    if subject.has(8, b"CR\x02") {
        return "image/x-canon-cr2";
    }
    super::types::by_extension(subject.extension)
        .filter(|named| named.family == "tiff")
        .map_or("image/tiff", |named| named.media_type)
}

/// ISO/IEC 14496-12, 4.3: the brands say which.
fn iso_base_media(subject: &Subject<'_>) -> io::Result<Option<&'static str>> {
    let head = subject.head;
    let Some(name) = head.get(4..8) else { return Ok(None) };
    match name {
        b"ftyp" => {}
        b"styp" | b"moof" | b"sidx" => return Ok(Some("video/mp4")),
        // QuickTime before 2001 had no file type box.
        b"moov" | b"mdat" | b"wide" | b"pnot" | b"skip" | b"free" if is_box_length(subject) => {
            return Ok(Some("video/quicktime"));
        }
        _ => return Ok(None),
    }
    let length =
        head.get(..4).map_or(0, |bytes| u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
    let end = usize::try_from(length).unwrap_or(0).clamp(12, 512).min(head.len());
    let brands: Vec<&[u8]> = head.get(8..end).unwrap_or_default().chunks_exact(4).collect();
    let major = brands.first().copied().unwrap_or_default();
    // The second word is a version, not a brand.
    let has =
        |wanted: &[&[u8]]| brands.iter().enumerate().any(|(at, brand)| at != 1 && wanted.contains(brand));
    Ok(Some(match major {
        b"crx " => "image/x-canon-cr3",
        b"avif" | b"avis" => "image/avif",
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"hevm" | b"avci" | b"avcs" => {
            "image/heic"
        }
        b"mif1" | b"msf1" | b"mif2" | b"miaf" | b"1pic" if has(&[b"avif", b"avis"]) => "image/avif",
        b"mif1" | b"msf1" | b"mif2" | b"miaf" | b"1pic" => "image/heic",
        b"jp2 " | b"jpx " | b"jpm " => "image/jp2",
        b"jxl " => "image/jxl",
        b"qt  " => "video/quicktime",
        b"M4A " | b"M4B " | b"M4P " | b"F4A " => "audio/mp4",
        b"M4V " | b"M4VH" | b"M4VP" | b"F4V " => "video/x-m4v",
        [b'3', b'g', ..] => "video/3gpp",
        _ if has_only_sound(subject)? => "audio/mp4",
        _ => "video/mp4",
    }))
}

fn is_box_length(subject: &Subject<'_>) -> bool {
    subject.head.get(..4).is_some_and(|bytes| {
        let length = u64::from(u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
        length == 1 || length == 0 || (8..=subject.source.len().max(1 << 20)).contains(&length)
    })
}

/// Whether the movie has sound and no pictures, by the handlers of its tracks (ISO/IEC 14496-12, 8.4.3).
fn has_only_sound(subject: &Subject<'_>) -> io::Result<bool> {
    let mut at = 0_u64;
    for _ in 0..TOP_BOXES_MAX {
        let Some([a, b, c, d, name @ ..]) = read_array::<8>(subject.source, at)? else { break };
        let length = match u32::from_be_bytes([a, b, c, d]) {
            1 => read_array::<8>(subject.source, at + 8)?.map_or(0, u64::from_be_bytes),
            length => u64::from(length),
        };
        if &name == b"moov" {
            let movie = subject
                .source
                .read_vec(at, MOVIE_BYTES_MAX.min(usize::try_from(length).unwrap_or(usize::MAX)))?;
            let handlers: Vec<&[u8]> = movie
                .windows(16)
                .filter(|window| window.starts_with(b"hdlr"))
                .map(|window| &window[12..16])
                .collect();
            return Ok(handlers.contains(&&b"soun"[..]) && !handlers.contains(&&b"vide"[..]));
        }
        if length < 8 {
            break;
        }
        at = at.saturating_add(length);
    }
    Ok(false)
}

/// What lies in a ZIP or OLE file.
pub fn inside(subject: &Subject<'_>, general: &'static str) -> io::Result<&'static str> {
    if general == "application/zip" { zip(subject) } else { ole(subject) }
}

fn zip(subject: &Subject<'_>) -> io::Result<&'static str> {
    // OpenDocument 1.2 part 3, 3.3 and EPUB OCF 4.3: the first file is called `mimetype`, stored as it is.
    if subject.has(30, b"mimetype")
        && let Some(value) = subject.head.get(38..)
    {
        // A `P` may begin the next record: the longest known type that fits is taken.
        let known = super::types::TYPES
            .iter()
            .filter(|known| known.family == "zip" && value.starts_with(known.media_type.as_bytes()))
            .max_by_key(|known| known.media_type.len());
        if let Some(known) = known {
            return Ok(known.media_type);
        }
    }
    let names = zip_directory(subject)?;
    let has = |part: &[u8]| contains(&names, part);
    Ok(if has(b"word/document") {
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    } else if has(b"xl/workbook") {
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    } else if has(b"ppt/presentation") {
        "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    } else if has(b"3D/3dmodel.model") {
        "model/3mf"
    } else if has(b"Index/Document.iwa") {
        "application/vnd.apple.iwork"
    } else if first_name(subject).is_some_and(|name| name.ends_with(b".usdc") || name.ends_with(b".usda")) {
        "model/vnd.usdz+zip"
    } else {
        "application/zip"
    })
}

/// The name of the first file (APPNOTE 4.3.7).
fn first_name<'a>(subject: &'a Subject<'_>) -> Option<&'a [u8]> {
    let length = usize::from(u16::from_le_bytes([*subject.head.get(26)?, *subject.head.get(27)?]));
    subject.head.get(30..30 + length)
}

/// The central directory, raw; the first bytes of the file where it cannot be found (APPNOTE 4.3.12).
fn zip_directory(subject: &Subject<'_>) -> io::Result<Vec<u8>> {
    let start = subject.source.len().saturating_sub(ZIP_END_BYTES_MAX as u64);
    let end = subject.source.read_vec(start, ZIP_END_BYTES_MAX)?;
    let record = end.windows(22).rposition(|window| window.starts_with(b"PK\x05\x06"));
    if let Some(at) = record {
        let offset = u32::from_le_bytes([end[at + 16], end[at + 17], end[at + 18], end[at + 19]]);
        let names = subject.source.read_vec(u64::from(offset), ZIP_DIRECTORY_BYTES_MAX)?;
        if names.starts_with(b"PK\x01\x02") {
            return Ok(names);
        }
    }
    Ok(subject.head.to_vec())
}

/// MS-CFB 2.2 and 2.6: the names of the streams in the first directory sectors.
fn ole(subject: &Subject<'_>) -> io::Result<&'static str> {
    // AAF object specification, low-level container: the class of the file names AAF, byte order aside.
    if subject.has(8, b"AAFB") || subject.has(8, b"\x42\x46\x41\x41") {
        return Ok("application/x-aaf");
    }
    let head = subject.head;
    let (Some(shift), Some(sector)) = (head.get(30), head.get(48..52)) else {
        return Ok("application/x-ole-storage");
    };
    let sector = u64::from(u32::from_le_bytes([sector[0], sector[1], sector[2], sector[3]]));
    let at = (sector + 1) << u32::from(*shift).min(16);
    let entries = subject.source.read_vec(at, 16 * 1024)?;
    let has = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        entries.chunks_exact(128).any(|entry| entry.starts_with(&wide))
    };
    // The class of the root entry: AAF written with small sectors.
    if entries.get(80..96).is_some_and(|class| contains(class, b"AAF") || contains(class, b"FAA"))
        || subject.extension == "aaf"
    {
        return Ok("application/x-aaf");
    }
    Ok(if has("WordDocument") {
        "application/msword"
    } else if has("Workbook") || has("Book") {
        "application/vnd.ms-excel"
    } else if has("PowerPoint Document") || has("Pictures") {
        "application/vnd.ms-powerpoint"
    } else if has("__properties_version1.0") {
        "application/vnd.ms-outlook"
    } else {
        "application/x-ole-storage"
    })
}
