//! IPTC-IIM of JPEG files where exiftool gives up: in Photoshop image resources of another signature than `8BIM`, and
//! behind bytes that are no data set. A JPEG keeps image resources in its APP13 segments, which are one block together.
//!
//! Adobe Photoshop file formats, image resources (0x0404); XMP specification part 3, JPEG (APP13); IIM 4.2, 1.5 to 1.6.

use std::io;

use damask_model::ByteSource;
use serde_json::{Value as Json, json};

use crate::{
    Tag, Tags,
    bytes::{read_array, utf8_or_latin},
    tags::TEXT_BYTES_MAX,
};

/// Most segments of a JPEG walked.
pub const SEGMENTS_MAX: u32 = 2_000;
/// Most bytes of image resources read.
pub const RESOURCE_BYTES_MAX: usize = 16 << 20;
/// Most data sets of a file read, over all its image resources.
pub const DATA_SETS_MAX: usize = 10_000;

/// Signatures of image resources, by the programs that wrote them: Photoshop; PhotoDeluxe and others.
const SIGNATURES: [&[u8; 4]; 5] = [b"8BIM", b"PHUT", b"DCSR", b"AgHg", b"MeSa"];
/// The image resource that holds IIM.
const IIM_RESOURCE: u16 = 0x0404;

/// Data sets of record 2 by number, as exiftool calls them.
const NAMES: &[(u8, &str)] = &[
    (5, "ObjectName"),
    (25, "Keywords"),
    (40, "SpecialInstructions"),
    (55, "DateCreated"),
    (60, "TimeCreated"),
    (62, "DigitalCreationDate"),
    (63, "DigitalCreationTime"),
    (80, "By-line"),
    (85, "By-lineTitle"),
    (90, "City"),
    (92, "Sub-location"),
    (95, "Province-State"),
    (100, "Country-PrimaryLocationCode"),
    (101, "Country-PrimaryLocationName"),
    (103, "OriginalTransmissionReference"),
    (105, "Headline"),
    (110, "Credit"),
    (115, "Source"),
    (116, "CopyrightNotice"),
    (120, "Caption-Abstract"),
    (122, "Writer-Editor"),
    (135, "LanguageIdentifier"),
];

/// The data sets of a JPEG that `known` has not, as tags of the group `IPTC`; none of other files.
///
/// # Errors
/// Only what the source answers when it is read.
pub fn iim_tags(source: &dyn ByteSource, known: &Tags) -> io::Result<Vec<Tag>> {
    let resources = photoshop_segments(source)?;
    let mut found: Vec<(&'static str, Vec<String>)> = Vec::new();
    let blocks = resources_of(&resources).filter(|(id, _)| *id == IIM_RESOURCE).map(|(_, block)| block);
    let sets = blocks.flat_map(data_sets).take(DATA_SETS_MAX);
    for (_, number, bytes) in sets.filter(|(record, ..)| *record == 2) {
        let Some((_, name)) = NAMES.iter().find(|(known, _)| *known == number) else { continue };
        let text = text_of(name, bytes);
        match found.iter_mut().find(|(known, _)| known == name) {
            Some((_, texts)) => texts.push(text),
            None => found.push((name, vec![text])),
        }
    }
    found.retain(|(name, _)| known.first("IPTC", name).is_none());
    let tags = found.into_iter().map(|(name, mut texts)| {
        let value: Json = if texts.len() == 1 { json!(texts.swap_remove(0)) } else { json!(texts) };
        Tag { group: "IPTC".to_owned(), name: name.to_owned(), copy: 0, value }
    });
    Ok(tags.collect())
}

/// The image resources in the APP13 segments of a JPEG, joined; empty for other files.
fn photoshop_segments(source: &dyn ByteSource) -> io::Result<Vec<u8>> {
    const HEAD: &[u8] = b"Photoshop 3.0\0";
    let mut joined = Vec::new();
    if read_array(source, 0)? != Some([0xff, 0xd8]) {
        return Ok(joined);
    }
    let mut at = 2;
    for _ in 0..SEGMENTS_MAX {
        let Some([0xff, marker, high, low]) = read_array::<4>(source, at)? else { break };
        let length = u64::from(u16::from_be_bytes([high, low]));
        // Start of scan, end of image.
        if matches!(marker, 0xda | 0xd9) || length < 2 || joined.len() >= RESOURCE_BYTES_MAX {
            break;
        }
        if marker == 0xed {
            let body = source.read_vec(at + 4, usize::try_from(length - 2).expect("a segment is short"))?;
            joined.extend_from_slice(body.strip_prefix(HEAD).unwrap_or_default());
        }
        at += 2 + length;
    }
    Ok(joined)
}

/// The image resources of a block: numbers and contents.
fn resources_of(block: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = block;
    std::iter::from_fn(move || {
        let signature = rest.first_chunk::<4>()?;
        if !SIGNATURES.contains(&signature) {
            return None;
        }
        let id = u16::from_be_bytes([*rest.get(4)?, *rest.get(5)?]);
        // A name of a length and its letters, made even.
        let name = (usize::from(*rest.get(6)?) + 2) & !1;
        let length = u32::from_be_bytes(rest.get(6 + name..)?.first_chunk().copied()?) as usize;
        let content = rest.get(10 + name..)?;
        let content = &content[..length.min(content.len())];
        rest = rest.get(10 + name + length + length % 2..).unwrap_or_default();
        Some((id, content))
    })
}

/// The data sets: records, numbers and contents. Bytes that begin none are passed over.
fn data_sets(block: &[u8]) -> impl Iterator<Item = (u8, u8, &[u8])> {
    let mut rest = block;
    std::iter::from_fn(move || {
        loop {
            rest = &rest[memchr::memchr(0x1c, rest)?..];
            let head = rest.first_chunk::<5>()?;
            let length = usize::from(u16::from_be_bytes([head[3], head[4]]));
            // 1.6: with the first bit set the length stands behind; no text is that long.
            match rest.get(5..5 + length).filter(|_| length < 0x8000) {
                Some(content) => {
                    rest = &rest[5 + length..];
                    return Some((head[1], head[2], content));
                }
                None => rest = &rest[1..],
            }
        }
    })
}

/// A data set's text: UTF-8 where it is, else Windows' Latin; times as `hh:mm:ss±hh:mm`.
fn text_of(name: &str, bytes: &[u8]) -> String {
    let bytes = &bytes[..bytes.len().min(TEXT_BYTES_MAX)];
    let text = utf8_or_latin(bytes);
    if !name.contains("Time") {
        return text.into_owned();
    }
    // IIM 4.2, 2:60: HHMMSS±HHMM.
    let (Some(time), Some(zone)) = (text.get(..6), text.get(6..)) else { return text.into_owned() };
    let in_pairs = |digits: &str, sign: &str| {
        let pairs: Vec<&str> = (0..digits.len()).step_by(2).filter_map(|at| digits.get(at..at + 2)).collect();
        format!("{sign}{}", pairs.join(":"))
    };
    let zone = zone.split_at_checked(1).map_or_else(String::new, |(sign, digits)| in_pairs(digits, sign));
    in_pairs(time, "") + &zone
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::{DATA_SETS_MAX, SEGMENTS_MAX, iim_tags};
    use crate::Tags;

    fn data_set(number: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).expect("a short text").to_be_bytes();
        [&[0x1c, 2, number], length.as_slice(), content].concat()
    }

    fn resource(signature: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).expect("a short block").to_be_bytes();
        let even = vec![0; content.len() % 2];
        [signature.as_slice(), &[4, 4, 0, 0], &length, content, &even].concat()
    }

    fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len() + 2).expect("a short segment").to_be_bytes();
        [&[0xff, marker], length.as_slice(), content].concat()
    }

    fn jpeg(blocks: &[Vec<u8>]) -> Vec<u8> {
        let segments =
            blocks.iter().map(|block| segment(0xed, &[b"Photoshop 3.0\0", block.as_slice()].concat()));
        let mut bytes = vec![0xff, 0xd8];
        bytes.extend(segment(0xe0, b"JFIF\0"));
        bytes.extend(segments.flatten());
        bytes.extend([0xff, 0xd9]);
        bytes
    }

    fn check(bytes: &[u8], known: &str, expected: &[(&str, Json)]) {
        let known = Tags::from_exiftool(known).expect("tags");
        let tags = iim_tags(&bytes, &known).expect("bytes in memory are read");
        let found: Vec<_> = tags.iter().map(|tag| (tag.name.as_str(), tag.value.clone())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn image_resources_of_every_known_signature_hold_data_sets() {
        let sets = [data_set(25, b"harbour"), data_set(25, b"Ha\xe9"), data_set(90, b"Oslo")].concat();
        for signature in [b"8BIM", b"PHUT", b"DCSR", b"AgHg", b"MeSa"] {
            let expected = [("Keywords", json!(["harbour", "Haé"])), ("City", json!("Oslo"))];
            check(&jpeg(&[resource(signature, &sets)]), "{}", &expected);
        }
        check(&jpeg(&[resource(b"none", &sets)]), "{}", &[]);
    }

    #[test]
    fn segments_are_one_block_and_what_is_known_is_not_said_again() {
        let block = resource(b"PHUT", &[data_set(90, b"Oslo"), data_set(60, b"165100+0200")].concat());
        let (first, second) = block.split_at(15);
        let halves = jpeg(&[first.to_vec(), second.to_vec()]);
        check(&halves, "{}", &[("City", json!("Oslo")), ("TimeCreated", json!("16:51:00+02:00"))]);
        check(&halves, r#"{"IPTC:City":"Bergen"}"#, &[("TimeCreated", json!("16:51:00+02:00"))]);
    }

    #[test]
    fn the_limit_of_data_sets_is_that_of_the_file() {
        let sets = data_set(25, b"").repeat(DATA_SETS_MAX / 2 + 1);
        let file = jpeg(&[resource(b"8BIM", &sets), resource(b"8BIM", &sets), resource(b"8BIM", &sets)]);
        check(&file, "{}", &[("Keywords", json!(vec![""; DATA_SETS_MAX]))]);
    }

    #[test]
    fn a_segment_behind_the_limit_of_segments_is_not_read() {
        let city = resource(b"8BIM", &data_set(90, b"Oslo"));
        // One segment stands before.
        let most = usize::try_from(SEGMENTS_MAX).expect("a small number") - 1;
        let behind = |segments: usize| jpeg(&[vec![Vec::new(); segments], vec![city.clone()]].concat());
        check(&behind(most - 1), "{}", &[("City", json!("Oslo"))]);
        check(&behind(most), "{}", &[]);
    }

    #[test]
    fn bytes_that_are_no_data_set_are_passed_over() {
        let block = [b"\0\x1b".to_vec(), data_set(90, b"Oslo"), vec![0x1c, 2, 5, 0x7f, 0xff, b'x']].concat();
        check(&jpeg(&[resource(b"8BIM", &block)]), "{}", &[("City", json!("Oslo"))]);
        check(b"", "{}", &[]);
        check(&[0xff, 0xd8, 0xff, 0xed, 0, 0], "{}", &[]);
        check(b"GIF89a", "{}", &[]);
    }
}
