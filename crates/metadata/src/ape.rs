//! APEv2 tags behind the samples of a sound, which exiftool reads of few formats (not of WavPack, TAK, OptimFROG).
//! Only texts: covers and other binary items are left to the file.
//!
//! APEv2 specification: items of a length, flags, a key that ends in zero, and a value in UTF-8.

use std::io;

use damask_model::ByteSource;
use serde_json::{Value as Json, json};

use crate::{Tag, essence::sound::end_of_ape, tags::TEXT_BYTES_MAX};

/// Most bytes of a tag read.
pub const APE_BYTES_MAX: u32 = 1 << 20;
/// Most items of a tag read.
pub const APE_ITEMS_MAX: u32 = 1_000;

/// The texts of the APEv2 tag of a sound, as tags of the group `APE`; none where it has none.
///
/// # Errors
/// Only what the source answers when it is read.
pub fn ape_tags(source: &dyn ByteSource) -> io::Result<Vec<Tag>> {
    let Some(end) = end_of_ape(source)? else { return Ok(Vec::new()) };
    let footer = source.read_vec(end - 32, 32)?;
    let number = |bytes: &[u8], at: usize| {
        let four = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
        four.map_or(0, u32::from_le_bytes)
    };
    let length = number(&footer, 12);
    // The length counts the items and the footer.
    if !(32..=APE_BYTES_MAX).contains(&length) || u64::from(length) > end {
        return Ok(Vec::new());
    }
    let items = source.read_vec(end - u64::from(length), length as usize - 32)?;
    let mut tags = Vec::new();
    let mut at = 0;
    for _ in 0..number(&footer, 16).min(APE_ITEMS_MAX) {
        let (size, flags) = (number(&items, at) as usize, number(&items, at + 4));
        let Some(rest) = items.get(at + 8..) else { break };
        let Some(key_length) = rest.iter().take(256).position(|byte| *byte == 0) else { break };
        let Some(value) = rest.get(key_length + 1..).and_then(|rest| rest.get(..size)) else { break };
        at += 8 + key_length + 1 + size;
        // Bits 1 and 2 of the flags: 0 is text.
        let key = std::str::from_utf8(&rest[..key_length]).ok().filter(|key| !key.is_empty());
        let text = std::str::from_utf8(value).ok().filter(|text| text.len() <= TEXT_BYTES_MAX);
        if (flags >> 1) & 3 == 0
            && let (Some(key), Some(text)) = (key, text)
        {
            tags.push(Tag { group: "APE".to_owned(), name: name_of(key), copy: 0, value: value_of(text) });
        }
    }
    Ok(tags)
}

/// A key as exiftool would name the tag: each word with a capital, without what stands between them.
fn name_of(key: &str) -> String {
    let words = key.split(|c: char| !c.is_ascii_alphanumeric());
    let capital = |word: &str| {
        let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        first.to_ascii_uppercase() + rest
    };
    words.map(capital).collect()
}

/// A zero byte stands between several values of one item.
fn value_of(text: &str) -> Json {
    if text.contains('\0') { json!(text.split('\0').collect::<Vec<_>>()) } else { json!(text) }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::ape_tags;

    fn tag(items: &[(&str, u32, &[u8])]) -> Vec<u8> {
        let mut body = Vec::new();
        for (key, flags, value) in items {
            body.extend(u32::try_from(value.len()).expect("a short value").to_le_bytes());
            body.extend(flags.to_le_bytes());
            body.extend([key.as_bytes(), b"\0", value].concat());
        }
        let count = u32::try_from(items.len()).expect("few items");
        let length = u32::try_from(body.len()).expect("a short tag") + 32;
        body.extend(b"APETAGEX");
        for number in [2_000, length, count, 0, 0, 0] {
            body.extend(number.to_le_bytes());
        }
        body
    }

    fn check(bytes: &[u8], expected: &[(&str, Json)]) {
        let tags = ape_tags(&bytes).expect("bytes in memory are read");
        let found: Vec<_> = tags.iter().map(|tag| (tag.name.as_str(), tag.value.clone())).collect();
        assert_eq!(found, expected);
        assert!(tags.iter().all(|tag| tag.group == "APE"));
    }

    #[test]
    fn the_texts_of_a_tag_behind_the_samples_are_read() {
        let items: &[(&str, u32, &[u8])] =
            &[("Title", 0, "Stille".as_bytes()), ("ARTIST", 0, b"A\0B"), ("Cover Art", 2, b"\xff\xd8")];
        let expected = [("Title", json!("Stille")), ("ARTIST", json!(["A", "B"]))];
        let alone = [b"samples".to_vec(), tag(items)].concat();
        check(&alone, &expected);
        check(&[alone, b"TAG".to_vec(), vec![0; 125]].concat(), &expected);
    }

    #[test]
    fn a_tag_that_lies_about_its_length_says_what_it_can() {
        check(b"no tag at all", &[]);
        check(b"", &[]);
        let mut long = tag(&[("Title", 0, b"A")]);
        let at = long.len() - 20;
        long[at..at + 4].copy_from_slice(&9_999_u32.to_le_bytes());
        check(&long, &[]);
        let mut value = tag(&[("Title", 0, b"A")]);
        value[0] = 200;
        check(&value, &[]);
    }
}
