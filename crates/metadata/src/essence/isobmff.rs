//! The essence of MP4 and QuickTime: the payload of every `mdat`, and the tables of `moov` that say how to cut
//! it into samples. Chunk offsets are left out: they move when metadata before the media grows.
//!
//! ISO/IEC 14496-12, 4.2 (boxes) and 8.5 to 8.7 (sample tables); QuickTime File Format.

use std::io;

use damask_model::ByteSource;

use super::Digest;
use crate::bytes::read_array;

/// Most boxes walked, over all levels.
pub const ISO_BOXES_MAX: u32 = 1_000_000;

/// Where one box lies.
pub(crate) struct IsoBox {
    pub name: [u8; 4],
    pub body: u64,
    pub end: u64,
}

pub fn hash(digest: &mut Digest<'_>) -> io::Result<bool> {
    let (mut at, mut left, mut has_media) = (0, ISO_BOXES_MAX, false);
    let end = digest.source.len();
    // The tables are hashed after the media wherever they stand: a fast-start rewrite only moves them.
    let mut movies = Vec::new();
    while let Some(found) = next_box(digest.source, at, end, &mut left)? {
        match &found.name {
            b"mdat" if found.end > found.body => {
                has_media = true;
                digest.bytes(b"mdat");
                digest.number(found.end - found.body);
                digest.range(found.body, found.end - found.body)?;
            }
            b"moov" => movies.push((found.body, found.end)),
            _ => {}
        }
        at = found.end;
    }
    for (body, end) in movies {
        hash_tables(digest, body, end, 0, &mut left)?;
    }
    Ok(has_media && left > 0)
}

/// Hashes the sample tables below a box. The path down to them is fixed, so the depth is.
fn hash_tables(digest: &mut Digest<'_>, start: u64, end: u64, depth: u8, left: &mut u32) -> io::Result<()> {
    let mut at = start;
    while let Some(found) = next_box(digest.source, at, end, left)? {
        match &found.name {
            b"trak" | b"mdia" | b"minf" | b"stbl" | b"edts" if depth < 4 => {
                hash_tables(digest, found.body, found.end, depth + 1, left)?;
            }
            b"stsd" | b"stts" | b"ctts" | b"stsc" | b"stsz" | b"stz2" | b"stss" | b"elst" => {
                digest.bytes(&found.name);
                digest.number(found.end - found.body);
                digest.range(found.body, found.end - found.body)?;
            }
            _ => {}
        }
        at = found.end;
    }
    Ok(())
}

/// The box at `at`, cut to `limit`; `None` at the end or where there is no box.
pub(crate) fn next_box(
    source: &dyn ByteSource,
    at: u64,
    limit: u64,
    left: &mut u32,
) -> io::Result<Option<IsoBox>> {
    if at.saturating_add(8) > limit || *left == 0 {
        return Ok(None);
    }
    *left -= 1;
    let Some([a, b, c, d, name @ ..]) = read_array::<8>(source, at)? else { return Ok(None) };
    let (header, length) = match u32::from_be_bytes([a, b, c, d]) {
        0 => (8, limit - at),
        1 => match read_array::<8>(source, at + 8)?.map(u64::from_be_bytes) {
            Some(length) => (16, length),
            None => return Ok(None),
        },
        length => (8, u64::from(length)),
    };
    if length < header {
        return Ok(None);
    }
    let end = at.saturating_add(length).min(limit);
    Ok(Some(IsoBox { name, body: (at + header).min(end), end }))
}
