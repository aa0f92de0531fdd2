//! The essence of FLAC (STREAMINFO and frames) and of bare MPEG audio streams (MP3, AAC in ADTS): what lies
//! between the tags in front and the tags behind.
//!
//! RFC 9639, ID3v2.4 main structure 3 and 3.4, ID3v1, APEv2, Lyrics3 v2.

use std::io;

use damask_model::ByteSource;

use super::Digest;
use crate::bytes::{id3v2_length, read_array};

/// Most metadata blocks of FLAC walked.
pub const FLAC_BLOCKS_MAX: u32 = 10_000;
/// Most tags taken off the front, and off the back.
pub const TAGS_AROUND_MAX: u32 = 16;

pub fn hash_flac(digest: &mut Digest<'_>) -> io::Result<bool> {
    let start = after_tags(digest.source)?;
    if read_array(digest.source, start)? != Some(*b"fLaC") {
        return Ok(false);
    }
    let mut at = start + 4;
    for _ in 0..FLAC_BLOCKS_MAX {
        let Some([kind, a, b, c]) = read_array::<4>(digest.source, at)? else { return Ok(false) };
        let length = u64::from(u32::from_be_bytes([0, a, b, c]));
        if kind & 0x7f == 0 {
            digest.range(at + 4, length)?;
        }
        at += 4 + length;
        if kind & 0x80 != 0 {
            let end = before_tags(digest.source, at)?;
            digest.range(at, end.saturating_sub(at))?;
            return Ok(at < end);
        }
    }
    Ok(false)
}

pub fn hash_stream(digest: &mut Digest<'_>) -> io::Result<bool> {
    let start = after_tags(digest.source)?;
    let end = before_tags(digest.source, start)?;
    digest.range(start, end.saturating_sub(start))?;
    Ok(start < end)
}

/// The offset after the ID3v2 and APEv2 tags in front.
pub(crate) fn after_tags(source: &dyn ByteSource) -> io::Result<u64> {
    let mut at = 0_u64;
    for _ in 0..TAGS_AROUND_MAX {
        let length = match id3v2_length(source, at)? {
            0 => ape_length(source, at)?,
            length => length,
        };
        if length == 0 {
            break;
        }
        at = at.saturating_add(length);
    }
    Ok(at.min(source.len()))
}

/// The length of an APEv2 tag that starts with its header at `at`.
fn ape_length(source: &dyn ByteSource, at: u64) -> io::Result<u64> {
    Ok(match read_array::<32>(source, at)? {
        Some(header) if header.starts_with(b"APETAGEX") => {
            32 + u64::from(u32::from_le_bytes([header[12], header[13], header[14], header[15]]))
        }
        _ => 0,
    })
}

/// The offset where the tags behind begin; never before `start`.
pub(crate) fn before_tags(source: &dyn ByteSource, start: u64) -> io::Result<u64> {
    let mut end = source.len();
    for _ in 0..TAGS_AROUND_MAX {
        let length = trailing_length(source, start, end)?;
        if length == 0 || end.saturating_sub(start) < length {
            break;
        }
        end -= length;
    }
    Ok(end.max(start))
}

/// Where the APEv2 tag behind the samples ends, if there is one.
pub(crate) fn end_of_ape(source: &dyn ByteSource) -> io::Result<Option<u64>> {
    end_of(source, 32, b"APETAGEX")
}

/// Where the ID3v2 tag behind the samples ends, if there is one.
pub(crate) fn end_of_id3v2(source: &dyn ByteSource) -> io::Result<Option<u64>> {
    end_of(source, 10, b"3DI")
}

/// Where the tag behind the samples ends whose footer, so long, begins with a mark.
fn end_of(source: &dyn ByteSource, footer_bytes: u64, mark: &[u8]) -> io::Result<Option<u64>> {
    let mut end = source.len();
    for _ in 0..TAGS_AROUND_MAX {
        if end >= footer_bytes && source.read_vec(end - footer_bytes, mark.len())? == mark {
            return Ok(Some(end));
        }
        let length = trailing_length(source, 0, end)?;
        if length == 0 || end < length {
            break;
        }
        end -= length;
    }
    Ok(None)
}

/// The length of the tag that ends at `end`; 0 where there is none.
fn trailing_length(source: &dyn ByteSource, start: u64, end: u64) -> io::Result<u64> {
    let room = end.saturating_sub(start);
    if room >= 128 && read_array(source, end - 128)? == Some(*b"TAG") {
        return Ok(128);
    }
    if room >= 32
        && let Some(footer) = read_array::<32>(source, end - 32)?
        && footer.starts_with(b"APETAGEX")
    {
        let length = u32::from_le_bytes([footer[12], footer[13], footer[14], footer[15]]);
        // Bit 31 of the flags: there is a header too, which the length does not count.
        let header = if footer[23] & 0x80 != 0 { 32 } else { 0 };
        return Ok(u64::from(length).max(32) + header);
    }
    if room >= 15
        && let Some(footer) = read_array::<15>(source, end - 15)?
        && footer.ends_with(b"LYRICS200")
    {
        let digits = std::str::from_utf8(&footer[..6]).ok().and_then(|digits| digits.parse::<u64>().ok());
        return Ok(digits.map_or(0, |length| length + 15));
    }
    if room >= 10
        && let Some(footer) = read_array::<10>(source, end - 10)?
        && footer.starts_with(b"3DI")
    {
        let length = crate::bytes::synchsafe([footer[6], footer[7], footer[8], footer[9]]);
        return Ok(u64::from(length) + 20);
    }
    Ok(0)
}
