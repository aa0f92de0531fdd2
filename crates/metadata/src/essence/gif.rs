//! The essence of GIF: screen, colour tables, frames with their timing, and the loop count. Comments and
//! application extensions that carry metadata (XMP, ICC) are not part of it, nor is the version in the header,
//! which a comment raises from 87a to 89a.
//!
//! GIF89a specification, sections 15 to 27.

use std::io;

use super::Digest;
use crate::bytes::read_array;

/// Most blocks and sub-blocks walked. A sub-block has at most 255 bytes: this allows 2.5 GB of frames.
pub const GIF_BLOCKS_MAX: u32 = 10_000_000;

const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2c;
const COMMENT: u8 = 0xfe;
const APPLICATION: u8 = 0xff;

pub fn hash(digest: &mut Digest<'_>) -> io::Result<bool> {
    let Some(header) = read_array::<13>(digest.source, 0)? else { return Ok(false) };
    if &header[..4] != b"GIF8" {
        return Ok(false);
    }
    let mut at = 13 + table_bytes(header[10]);
    digest.range(6, at - 6)?;
    let (mut blocks_left, mut has_frame) = (GIF_BLOCKS_MAX, false);
    while blocks_left > 0 {
        blocks_left -= 1;
        match read_array::<1>(digest.source, at)? {
            Some([EXTENSION]) => {
                let is_essence = is_essence_extension(digest, at)?;
                let end = end_of_blocks(digest, at + 2, &mut blocks_left)?;
                if is_essence {
                    digest.range(at, end - at)?;
                }
                at = end;
            }
            Some([IMAGE]) => {
                let Some(descriptor) = read_array::<10>(digest.source, at)? else { break };
                // After the descriptor and its table one byte says how wide the first codes are.
                let data = at + 10 + table_bytes(descriptor[9]) + 1;
                let end = end_of_blocks(digest, data, &mut blocks_left)?;
                digest.range(at, end - at)?;
                has_frame = true;
                at = end;
            }
            _ => return Ok(has_frame),
        }
    }
    Ok(has_frame && blocks_left > 0)
}

/// Bytes of the colour table that a flags byte announces.
fn table_bytes(flags: u8) -> u64 {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

fn is_essence_extension(digest: &Digest<'_>, at: u64) -> io::Result<bool> {
    Ok(match read_array::<2>(digest.source, at)? {
        Some([_, COMMENT]) => false,
        Some([_, APPLICATION]) => read_array::<11>(digest.source, at + 3)?
            .is_some_and(|name| matches!(&name, b"NETSCAPE2.0" | b"ANIMEXTS1.0")),
        _ => true,
    })
}

/// The offset after the sub-blocks that start at `at`.
fn end_of_blocks(digest: &Digest<'_>, mut at: u64, blocks_left: &mut u32) -> io::Result<u64> {
    // Short blocks are read alone, long runs of them many at a time.
    let mut read_bytes = 256;
    while *blocks_left > 0 {
        *blocks_left -= 1;
        let bytes = digest.source.read_vec(at, read_bytes)?;
        read_bytes = (read_bytes * 8).min(64 * 1024);
        let mut index = 0;
        while let Some(&length) = bytes.get(index) {
            index += usize::from(length) + 1;
            if length == 0 {
                return Ok(at + index as u64);
            }
            *blocks_left = blocks_left.saturating_sub(1);
        }
        if bytes.is_empty() {
            return Ok(at.min(digest.source.len()));
        }
        at += index as u64;
    }
    Ok(at.min(digest.source.len()))
}
