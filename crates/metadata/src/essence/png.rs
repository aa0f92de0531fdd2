//! The essence of PNG: the critical chunks, transparency and the frames of APNG. Text, time, EXIF, colour
//! profiles and resolution are not part of it.
//!
//! W3C PNG (third edition) 5.6 and 11. A run of data chunks is hashed as one, however it is cut.

use std::io;

use super::Digest;
use crate::bytes::read_array;

/// Most chunks walked.
pub const PNG_CHUNKS_MAX: u32 = 1_000_000;

const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

pub fn hash(digest: &mut Digest<'_>) -> io::Result<bool> {
    if read_array(digest.source, 0)? != Some(SIGNATURE) {
        return Ok(false);
    }
    let (mut at, mut data_bytes, mut has_data) = (8_u64, 0_u64, false);
    for _ in 0..PNG_CHUNKS_MAX {
        let Some(header) = read_array::<8>(digest.source, at)? else { break };
        let length = u64::from(u32::from_be_bytes([header[0], header[1], header[2], header[3]]));
        let name = &header[4..];
        if name == b"IDAT" {
            if data_bytes == 0 {
                digest.bytes(name);
            }
            has_data = true;
            data_bytes += length;
            digest.range(at + 8, length)?;
        } else if matches!(name, b"IHDR" | b"PLTE" | b"tRNS" | b"acTL" | b"fcTL" | b"fdAT") {
            digest.number(std::mem::take(&mut data_bytes));
            digest.bytes(name);
            digest.number(length);
            digest.range(at + 8, length)?;
        }
        if name == b"IEND" {
            break;
        }
        at = at.saturating_add(length + 12);
    }
    digest.number(data_bytes);
    Ok(has_data)
}
