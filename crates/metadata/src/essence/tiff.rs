//! The essence of TIFF and of the raw formats built on it: of every directory (also below SubIFDs) the tags that
//! say how to decode it, as numbers without regard to byte order, and the data of its strips or tiles.
//!
//! TIFF 6.0 sections 2, 8 and 15, TIFF technical note 1 (SubIFDs), BigTIFF.

use std::{collections::HashSet, io};

use super::Digest;
use crate::bytes::read_array;

/// Most directories walked.
pub const TIFF_DIRECTORIES_MAX: usize = 4_096;
/// Most values read of one tag (strips or tiles of one picture, entries of a colour map).
pub const TIFF_VALUES_MAX: u64 = 1 << 22;

/// NewSubfileType, width, length, bits, compression, photometric, fill order, samples, rows per strip, planar,
/// T4 and T6 options, predictor, colour map, tile width and length, extra samples, sample format, JPEG tables,
/// YCbCr coefficients, subsampling and positioning, reference black and white, CFA pattern.
const GEOMETRY: &[u16] = &[
    254, 256, 257, 258, 259, 262, 266, 277, 278, 284, 292, 293, 317, 320, 322, 323, 338, 339, 347, 529, 530,
    531, 532, 33421, 33422,
];
const STRIP_OFFSETS: u16 = 273;
const STRIP_BYTES: u16 = 279;
const TILE_OFFSETS: u16 = 324;
const TILE_BYTES: u16 = 325;
const SUB_DIRECTORIES: u16 = 330;
const JPEG_OFFSET: u16 = 513;
const JPEG_BYTES: u16 = 514;

/// How a file writes its numbers.
#[derive(Clone, Copy)]
struct Layout {
    is_little: bool,
    is_big_tiff: bool,
}

/// One entry of a directory.
struct Entry {
    tag: u16,
    kind: u16,
    count: u64,
    value_at: u64,
}

pub fn hash(digest: &mut Digest<'_>) -> io::Result<bool> {
    let Some(header) = read_array::<8>(digest.source, 0)? else { return Ok(false) };
    let is_little = match &header[..2] {
        b"II" => true,
        b"MM" => false,
        _ => return Ok(false),
    };
    let is_big_tiff = Layout { is_little, is_big_tiff: false }.number(&header[2..4]) == 43;
    let layout = Layout { is_little, is_big_tiff };
    let first = if is_big_tiff {
        read_array::<8>(digest.source, 8)?.map_or(0, |bytes| layout.number(&bytes))
    } else {
        layout.number(&header[4..8])
    };
    let (mut waiting, mut seen, mut has_data) = (vec![first], HashSet::new(), false);
    while let Some(at) = waiting.pop() {
        if at == 0 || at >= digest.source.len() || !seen.insert(at) {
            continue;
        }
        if seen.len() > TIFF_DIRECTORIES_MAX || digest.is_spent() {
            return Ok(false);
        }
        let (entries, next) = directory(digest, layout, at)?;
        waiting.push(next);
        has_data |= hash_directory(digest, layout, &entries, &mut waiting)?;
    }
    Ok(has_data)
}

fn hash_directory(
    digest: &mut Digest<'_>,
    layout: Layout,
    entries: &[Entry],
    waiting: &mut Vec<u64>,
) -> io::Result<bool> {
    let mut has_data = false;
    for tag in GEOMETRY {
        let values = values_of(digest, layout, entries, *tag)?;
        if !values.is_empty() {
            digest.number(u64::from(*tag));
            digest.number(values.len() as u64);
            values.iter().for_each(|value| digest.number(*value));
        }
    }
    for (offsets_tag, bytes_tag) in
        [(STRIP_OFFSETS, STRIP_BYTES), (TILE_OFFSETS, TILE_BYTES), (JPEG_OFFSET, JPEG_BYTES)]
    {
        let offsets = values_of(digest, layout, entries, offsets_tag)?;
        let lengths = values_of(digest, layout, entries, bytes_tag)?;
        for (offset, length) in offsets.into_iter().zip(lengths) {
            has_data |= offset < digest.source.len() && length > 0;
            digest.number(length);
            digest.range(offset, length)?;
            if digest.is_spent() {
                return Ok(false);
            }
        }
    }
    let mut below = values_of(digest, layout, entries, SUB_DIRECTORIES)?;
    below.truncate(TIFF_DIRECTORIES_MAX);
    // The stack gives back the last first: the order of the file is kept by turning it round.
    waiting.extend(below.into_iter().rev());
    Ok(has_data)
}

/// The entries of the directory at `at`, and the offset of the next one.
fn directory(digest: &mut Digest<'_>, layout: Layout, at: u64) -> io::Result<(Vec<Entry>, u64)> {
    let (count_bytes, entry_bytes, offset_bytes) = if layout.is_big_tiff { (8, 20, 8) } else { (2, 12, 4) };
    let head = digest.source.read_vec(at, count_bytes)?;
    if head.len() < count_bytes {
        return Ok((Vec::new(), 0));
    }
    let count = usize::try_from(layout.number(&head)).unwrap_or(usize::MAX).min(usize::from(u16::MAX));
    let start = at + count_bytes as u64;
    let bytes = digest.source.read_vec(start, count * entry_bytes + offset_bytes)?;
    if !digest.spend(bytes.len() as u64) {
        return Ok((Vec::new(), 0));
    }
    let entries = bytes
        .chunks_exact(entry_bytes)
        .take(count)
        .enumerate()
        .map(|(index, entry)| {
            let (head, value) = entry.split_at(entry_bytes - offset_bytes);
            let (kind, count) = (layout.number(&head[2..4]), layout.number(&head[4..]));
            let kind = u16::try_from(kind).expect("two bytes make 16 bits");
            let tag = u16::try_from(layout.number(&head[..2])).expect("two bytes make 16 bits");
            let inline_at = start + (index * entry_bytes + entry_bytes - offset_bytes) as u64;
            let fits = bytes_of(kind).saturating_mul(count) <= offset_bytes as u64;
            Entry { tag, kind, count, value_at: if fits { inline_at } else { layout.number(value) } }
        })
        .collect();
    let next = bytes.get(count * entry_bytes..).filter(|rest| rest.len() >= offset_bytes);
    Ok((entries, next.map_or(0, |rest| layout.number(&rest[..offset_bytes]))))
}

/// The values of the first entry with a tag, as numbers; empty where it is absent.
fn values_of(digest: &mut Digest<'_>, layout: Layout, entries: &[Entry], tag: u16) -> io::Result<Vec<u64>> {
    let Some(entry) = entries.iter().find(|entry| entry.tag == tag) else { return Ok(Vec::new()) };
    let size = bytes_of(entry.kind);
    if size == 0 || entry.count > TIFF_VALUES_MAX {
        return Ok(Vec::new());
    }
    let length = usize::try_from(size * entry.count).expect("at most 8 times TIFF_VALUES_MAX");
    let bytes = digest.source.read_vec(entry.value_at, length)?;
    if !digest.spend(bytes.len() as u64) {
        return Ok(Vec::new());
    }
    let size = usize::try_from(size).expect("at most 8");
    Ok(bytes.chunks_exact(size).map(|value| layout.number(value)).collect())
}

/// Bytes of one value of a field type (TIFF 6.0 section 2); 0 for unknown types. A rational is read as one
/// number: it is only compared with itself.
const fn bytes_of(kind: u16) -> u64 {
    match kind {
        1 | 2 | 6 | 7 => 1,
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16 | 17 | 18 => 8,
        _ => 0,
    }
}

impl Layout {
    fn number(self, bytes: &[u8]) -> u64 {
        let push = |sum: u64, byte: &u8| (sum << 8) | u64::from(*byte);
        if self.is_little { bytes.iter().rev().fold(0, push) } else { bytes.iter().fold(0, push) }
    }
}
