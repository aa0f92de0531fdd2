//! The essence of JPEG: every segment but APPn and COM, and the entropy-coded data between them, up to EOI.
//! What follows EOI (the further pictures of a multi-picture file, motion photos) is not part of it.
//!
//! ITU-T T.81 annex B.

use std::io;

use super::Digest;
use crate::bytes::read_array;

/// Most segments walked.
pub const JPEG_SEGMENTS_MAX: u32 = 100_000;

const START_OF_IMAGE: u8 = 0xd8;
const END_OF_IMAGE: u8 = 0xd9;
const START_OF_SCAN: u8 = 0xda;
const COMMENT: u8 = 0xfe;
const APP_0: u8 = 0xe0;
const APP_14: u8 = 0xee;
const APP_15: u8 = 0xef;

pub fn hash(digest: &mut Digest<'_>) -> io::Result<bool> {
    if read_array::<2>(digest.source, 0)? != Some([0xff, START_OF_IMAGE]) {
        return Ok(false);
    }
    let (mut at, mut has_scan) = (2, false);
    for _ in 0..JPEG_SEGMENTS_MAX {
        let Some((marker, body)) = next_marker(digest, at)? else { return Ok(has_scan) };
        if marker == END_OF_IMAGE {
            return Ok(has_scan);
        }
        // RSTn, TEM and a stray SOI stand alone (B.1.1.3).
        if matches!(marker, 0x01 | 0xd0..=0xd8) {
            at = body;
            continue;
        }
        let Some(length) = read_array::<2>(digest.source, body)?.map(u16::from_be_bytes) else {
            return Ok(has_scan);
        };
        let length = u64::from(length.max(2));
        if is_essence(digest, marker, body, length)? {
            digest.bytes(&[0xff, marker]);
            digest.range(body, length)?;
        }
        at = body + length;
        if marker == START_OF_SCAN {
            has_scan = true;
            at = digest.until(at, end_of_scan)?;
        }
    }
    Ok(false)
}

/// Whether a segment changes how the picture decodes. Of the application segments only Adobe's APP14 does: it
/// names the colour transform (Adobe technical note 5116).
fn is_essence(digest: &Digest<'_>, marker: u8, body: u64, length: u64) -> io::Result<bool> {
    Ok(match marker {
        APP_14 => {
            length >= 7 && read_array::<5>(digest.source, body + 2)?.is_some_and(|name| name == *b"Adobe")
        }
        APP_0..=APP_15 | COMMENT => false,
        _ => true,
    })
}

/// The next marker from `at` and the offset after it; bytes that are no marker are skipped within one read.
fn next_marker(digest: &Digest<'_>, at: u64) -> io::Result<Option<(u8, u64)>> {
    let bytes = digest.source.read_vec(at, 4096)?;
    let marker = bytes.windows(2).position(|pair| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xff));
    Ok(marker.map(|index| (bytes[index + 1], at + index as u64 + 2)))
}

/// Where the first marker after entropy-coded data is that is neither stuffing nor a restart (B.1.1.5).
fn end_of_scan(bytes: &[u8]) -> Option<usize> {
    let firsts = &bytes[..bytes.len().saturating_sub(1)];
    memchr::memchr_iter(0xff, firsts).find(|&at| !matches!(bytes[at + 1], 0x00 | 0xff | 0xd0..=0xd7))
}
