//! EXIF and XMP that exiftool leaves packed or does not find: Brotli boxes of JPEG XL, which most writers of that
//! format make (exiftool needs a module of perl for them), and EXIF of HEIF whose offset is wrong. What is found is
//! laid bare in a small JPEG XL container without a picture, for exiftool to read instead.
//!
//! ISO/IEC 18181-2, 9.5 (`brob`), 9.1 (`Exif`, `xml `); ISO/IEC 23008-12, annex A.2.1; ISO/IEC 14496-12, 8.11.3 and 8.11.6.

use std::io::{self, Read};

use damask_model::ByteSource;

use crate::{
    Tags,
    bytes::read_array,
    essence::isobmff::{IsoBox, next_box},
};

/// Most boxes walked.
pub const BOXES_MAX: u32 = 10_000;
/// Most bytes of one box, packed or laid bare.
pub const METADATA_BYTES_MAX: usize = 8 << 20;
/// Most bytes of HEIF's table of items read.
const TABLE_BYTES_MAX: u64 = 4 << 20;
/// Most items of HEIF looked at.
const ITEMS_MAX: usize = 10_000;

/// The first box of a JPEG XL file (ISO/IEC 18181-2, 9.1), and the second.
const JXL_HEAD: &[u8; 12] = b"\0\0\0\x0cJXL \x0d\x0a\x87\x0a";
const JXL_TYPE: &[u8; 20] = b"\0\0\0\x14ftypjxl \0\0\0\0jxl ";

/// A file that holds the EXIF and XMP of the source and nothing else, where `known`, which was read of the source
/// itself, lacks them; none where there is nothing to add.
///
/// # Errors
/// Only what the source answers when it is read.
pub fn packed_metadata(source: &dyn ByteSource, known: &Tags) -> io::Result<Option<Vec<u8>>> {
    let Some(head) = read_array::<12>(source, 0)? else { return Ok(None) };
    let is_known = |family: &str| known.list.iter().any(|tag| tag.family() == family);
    let mut wanted = vec![*b"Exif", *b"xml "];
    wanted.retain(|name| !is_known(if name == b"Exif" { "EXIF" } else { "XMP" }));
    let boxes = if head == *JXL_HEAD {
        unpacked(source, wanted)?
    } else if &head[4..8] == b"ftyp" && !is_known("EXIF") {
        exif_item(source)?.into_iter().collect()
    } else {
        Vec::new()
    };
    if boxes.is_empty() {
        return Ok(None);
    }
    let mut out = [JXL_HEAD.as_slice(), JXL_TYPE].concat();
    for (name, body) in boxes {
        out.extend(u32::try_from(body.len() + 8).expect("a box is a few megabytes").to_be_bytes());
        out.extend(name);
        out.extend(body);
    }
    Ok(Some(out))
}

/// Of each wanted name the first packed box that says anything: a file has one of each to read, and what thousands
/// unpack to together has no end.
fn unpacked(source: &dyn ByteSource, mut wanted: Vec<[u8; 4]>) -> io::Result<Vec<([u8; 4], Vec<u8>)>> {
    let (mut at, mut left, mut boxes) = (0, BOXES_MAX, Vec::new());
    while !wanted.is_empty()
        && let Some(found) = next_box(source, at, source.len(), &mut left)?
    {
        at = found.end;
        if &found.name != b"brob" {
            continue;
        }
        let Some(name) = read_array(source, found.body)?.filter(|name| wanted.contains(name)) else {
            continue;
        };
        let length = usize::try_from(found.end - found.body - 4).unwrap_or(usize::MAX);
        let packed = source.read_vec(found.body + 4, length.min(METADATA_BYTES_MAX))?;
        let mut bare = Vec::new();
        let most = METADATA_BYTES_MAX as u64;
        // What ends early or is no Brotli gives what came out before.
        let _ = brotli::Decompressor::new(packed.as_slice(), 16 << 10).take(most).read_to_end(&mut bare);
        if !bare.is_empty() {
            wanted.retain(|other| *other != name);
            boxes.push((name, bare));
        }
    }
    Ok(boxes)
}

/// The EXIF item of a HEIF, its header's offset set right.
fn exif_item(source: &dyn ByteSource) -> io::Result<Option<([u8; 4], Vec<u8>)>> {
    let mut left = BOXES_MAX;
    let Some(meta) = child(source, 0, source.len(), *b"meta", &mut left)? else { return Ok(None) };
    // A full box: version and flags first.
    let (start, end) = (meta.body + 4, meta.end);
    let Some(information) = child(source, start, end, *b"iinf", &mut left)? else { return Ok(None) };
    let Some(locations) = child(source, start, end, *b"iloc", &mut left)? else { return Ok(None) };
    let Some(item) = exif_number(source, &information, &mut left)? else { return Ok(None) };
    let length = (locations.end - locations.body).min(TABLE_BYTES_MAX);
    let table = source.read_vec(locations.body, usize::try_from(length).expect("a few megabytes"))?;
    let Some((at, length)) = place_of(&table, item) else { return Ok(None) };
    let length = usize::try_from(length).unwrap_or(usize::MAX).min(METADATA_BYTES_MAX);
    let mut exif = source.read_vec(at, length)?;
    // Some writers say 0 and write `Exif` first.
    let header = exif.windows(4).take(32).position(|four| matches!(four, b"II*\0" | b"MM\0*"));
    Ok(header.map(|header| (*b"Exif", [vec![0; 4], exif.split_off(header)].concat())))
}

fn child(
    source: &dyn ByteSource,
    start: u64,
    end: u64,
    name: [u8; 4],
    left: &mut u32,
) -> io::Result<Option<IsoBox>> {
    let mut at = start;
    while let Some(found) = next_box(source, at, end, left)? {
        if found.name == name {
            return Ok(Some(found));
        }
        at = found.end;
    }
    Ok(None)
}

/// The number of the first item of EXIF.
fn exif_number(source: &dyn ByteSource, information: &IsoBox, left: &mut u32) -> io::Result<Option<u32>> {
    let Some([version, ..]) = read_array::<4>(source, information.body)? else { return Ok(None) };
    let mut at = information.body + if version == 0 { 6 } else { 8 };
    while let Some(entry) = next_box(source, at, information.end, left)? {
        at = entry.end;
        let Some(head) = read_array::<14>(source, entry.body)? else { continue };
        // Version, flags; number (16 bits in version 2, 32 in version 3), protection, type.
        let (number, kind) = match head[0] {
            2 => (u32::from(u16::from_be_bytes([head[4], head[5]])), &head[8..12]),
            3 => (u32::from_be_bytes([head[4], head[5], head[6], head[7]]), &head[10..14]),
            _ => continue,
        };
        if kind == b"Exif" {
            return Ok(Some(number));
        }
    }
    Ok(None)
}

/// Where in the file the first extent of an item lies, and how long it is.
fn place_of(table: &[u8], item: u32) -> Option<(u64, u64)> {
    let mut rest = table;
    let mut take = |bytes: usize| {
        let (head, tail) = rest.split_at_checked(bytes)?;
        rest = tail;
        Some(head)
    };
    let [version, _, _, _, sizes, bases] = *take(6)?.first_chunk()?;
    let nibbles = |byte: u8| [byte >> 4, byte & 15].map(usize::from);
    let ([offset, length], [base, index]) = (nibbles(sizes), nibbles(bases));
    let index = if version > 0 { index } else { 0 };
    let wide = if version < 2 { 2 } else { 4 };
    let items = usize::try_from(number_of(take(wide)?)?).ok()?.min(ITEMS_MAX);
    for _ in 0..items {
        let number = number_of(take(wide)?)?;
        // 1 is an offset in `idat`, 2 in another item.
        let method = if version > 0 { number_of(take(2)?)? & 15 } else { 0 };
        take(2)?;
        let start = number_of(take(base)?)?;
        let extents = usize::try_from(number_of(take(2)?)?).ok()?;
        if number == u64::from(item) && extents > 0 && method == 0 {
            take(index)?;
            let (at, long) = (number_of(take(offset)?)?, number_of(take(length)?)?);
            return Some((start.checked_add(at)?, long));
        }
        // Not one by one: extents of no bytes cost a file nothing.
        take(extents * (index + offset + length))?;
    }
    None
}

/// A number of at most eight bytes, the highest first.
fn number_of(bytes: &[u8]) -> Option<u64> {
    let add = |number: u64, byte: &u8| (number << 8) | u64::from(*byte);
    (bytes.len() <= 8).then(|| bytes.iter().fold(0, add))
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write,
        time::{Duration, Instant},
    };

    use super::{BOXES_MAX, ITEMS_MAX, METADATA_BYTES_MAX, packed_metadata, place_of};
    use crate::Tags;

    const EXIF: &[u8] = b"\0\0\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0";

    fn boxed(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 8).expect("a short box").to_be_bytes();
        [length.as_slice(), name, body].concat()
    }

    fn packed(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let mut out = name.to_vec();
        brotli::CompressorWriter::new(&mut out, 4_096, 5, 20).write_all(body).expect("memory takes it");
        boxed(b"brob", &out)
    }

    fn jxl(boxes: &[Vec<u8>]) -> Vec<u8> {
        [super::JXL_HEAD.as_slice(), super::JXL_TYPE, &boxes.concat()].concat()
    }

    /// A HEIF with one item of EXIF, whose offset says it begins with its header.
    fn heif(item: &[u8]) -> Vec<u8> {
        let head = boxed(b"ftyp", b"heic\0\0\0\0mif1heic");
        let entry = boxed(b"infe", b"\x02\0\0\x01\0\x07\0\0Exif\0");
        let information = boxed(b"iinf", &[b"\0\0\0\0\0\x01".as_slice(), &entry].concat());
        let table = |at: u32| {
            let place = [at, u32::try_from(item.len()).expect("a short item")].map(u32::to_be_bytes).concat();
            boxed(b"iloc", &[b"\0\0\0\0\x44\0\0\x01\0\x07\0\0\0\x01".as_slice(), &place].concat())
        };
        let meta = |at: u32| boxed(b"meta", &[b"\0\0\0\0".to_vec(), information.clone(), table(at)].concat());
        let at = u32::try_from(head.len() + meta(0).len() + 8).expect("a short file");
        [head, meta(at), boxed(b"mdat", item)].concat()
    }

    fn check(bytes: &[u8], known: &str, expected: Option<&[u8]>) {
        let known = Tags::from_exiftool(known).expect("tags");
        let found = packed_metadata(&bytes, &known).expect("bytes in memory are read");
        assert_eq!(found.as_deref(), expected);
    }

    #[test]
    fn packed_boxes_of_jpeg_xl_are_laid_bare_but_those_that_were_read() {
        let file = jxl(&[packed(b"Exif", EXIF), packed(b"xml ", b"<x/>"), packed(b"jumb", b"none")]);
        check(&file, "{}", Some(&jxl(&[boxed(b"Exif", EXIF), boxed(b"xml ", b"<x/>")])));
        check(&file, r#"{"EXIF:IFD0:Make":"A"}"#, Some(&jxl(&[boxed(b"xml ", b"<x/>")])));
        check(&jxl(&[boxed(b"Exif", EXIF)]), "{}", None);
    }

    #[test]
    fn exif_of_heif_is_found_where_its_offset_is_wrong() {
        let item = [b"\0\0\0\0Exif\0\0".as_slice(), &EXIF[4..]].concat();
        check(&heif(&item), "{}", Some(&jxl(&[boxed(b"Exif", EXIF)])));
        check(&heif(&item), r#"{"EXIF:IFD0:Make":"A"}"#, None);
        check(&heif(b"nothing"), "{}", None);
    }

    #[test]
    fn of_many_packed_boxes_the_first_of_each_name_is_laid_bare() {
        let mut boxes = vec![boxed(b"brob", b"Exif\xff\xff\xff"), packed(b"Exif", EXIF)];
        boxes.extend((0..2_000).map(|_| packed(b"Exif", b"another")));
        boxes.push(packed(b"xml ", b"<x/>"));
        boxes.extend((0..2_000).map(|_| packed(b"xml ", b"<another/>")));
        check(&jxl(&boxes), "{}", Some(&jxl(&[boxed(b"Exif", EXIF), boxed(b"xml ", b"<x/>")])));
    }

    #[test]
    fn a_box_behind_the_limit_of_boxes_is_not_read() {
        // The two of the head count.
        let most = usize::try_from(BOXES_MAX).expect("a small number") - 2;
        let behind = |boxes: usize| jxl(&[boxed(b"free", b"").repeat(boxes), packed(b"Exif", EXIF)]);
        check(&behind(most - 1), "{}", Some(&jxl(&[boxed(b"Exif", EXIF)])));
        check(&behind(most), "{}", None);
    }

    #[test]
    fn a_box_is_laid_bare_up_to_its_limit() {
        let file = jxl(&[packed(b"xml ", &vec![b' '; METADATA_BYTES_MAX + 1])]);
        check(&file, "{}", Some(&jxl(&[boxed(b"xml ", &vec![b' '; METADATA_BYTES_MAX])])));
    }

    /// A table of locations of version 0: sizes of offset and length, and items with their extents.
    fn table(sizes: u8, items: &[(u16, u16, &[u8])]) -> Vec<u8> {
        let count = u16::try_from(items.len()).expect("few items").to_be_bytes();
        let mut out = [[0, 0, 0, 0, sizes, 0].as_slice(), &count].concat();
        for (number, extents, places) in items {
            out.extend([number.to_be_bytes(), [0, 0], extents.to_be_bytes()].concat());
            out.extend(*places);
        }
        out
    }

    #[test]
    fn an_item_lies_where_its_first_extent_does_whatever_stands_before() {
        let items: [(u16, u16, &[u8]); 3] = [(1, 3, &[9; 6]), (2, 0, &[]), (7, 2, &[5, 6, 8, 9])];
        assert_eq!(place_of(&table(0x11, &items), 7), Some((5, 6)));
        assert_eq!(place_of(&table(0x11, &items), 2), None);
        assert_eq!(place_of(&table(0x11, &items[..1])[..12], 7), None);
    }

    #[test]
    fn extents_of_no_bytes_take_no_time() {
        let items: Vec<(u16, u16, &[u8])> = vec![(1, u16::MAX, &[]); ITEMS_MAX];
        let asked = Instant::now();
        assert_eq!(place_of(&table(0, &items), 7), None);
        assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
    }

    #[test]
    fn what_is_damaged_says_nothing() {
        check(b"", "{}", None);
        check(&jxl(&[boxed(b"brob", b"Exif\xff\xff\xff")]), "{}", None);
        check(&jxl(&[boxed(b"brob", b"")]), "{}", None);
        let cut = heif(EXIF);
        check(&cut[..60], "{}", None);
    }
}
