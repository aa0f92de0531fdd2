//! ID3v2 tags where exiftool does not look: behind the samples (ID3v2.4 structure, 3.4 and 5: found by the footer) and
//! in DSF, whose header says where the tag stands. Of a tag in front only what exiftool's print of it cannot tell: which
//! comments have a description. Only frames of text; pictures and private data are left to the file.

use std::io;

use damask_model::ByteSource;
use encoding_rs::{UTF_16BE, UTF_16LE};
use serde_json::{Value as Json, json};

use crate::{
    Tag,
    bytes::{id3v2_length, read_array, synchsafe, utf8_or_latin},
    essence::sound::end_of_id3v2,
    tags::TEXT_BYTES_MAX,
};

/// Most bytes of a tag read; frames behind are left.
pub const ID3_BYTES_MAX: u64 = 4 << 20;
/// Most frames of a tag read.
pub const ID3_FRAMES_MAX: usize = 1_000;
/// The name of the tag that keeps a comment's description.
pub const COMMENT_DESCRIPTION: &str = "CommentDescription";

/// Frames of text by their names in ID3v2.3 and 2.4, in ID3v2.2, and in exiftool.
const NAMES: &[(&[u8; 4], &[u8; 3], &str)] = &[
    (b"TIT2", b"TT2", "Title"),
    (b"TPE1", b"TP1", "Artist"),
    (b"TALB", b"TAL", "Album"),
    (b"TRCK", b"TRK", "Track"),
    (b"TCON", b"TCO", "Genre"),
    (b"TDRC", b"   ", "RecordingTime"),
    (b"TYER", b"TYE", "Year"),
    (b"TCOP", b"TCR", "Copyright"),
    (b"TLAN", b"TLA", "Language"),
    (b"TSSE", b"TSS", "EncoderSettings"),
    (b"TPE2", b"TP2", "Band"),
    (b"TCOM", b"TCM", "Composer"),
];

/// The texts of the tags exiftool passes over, in the group `ID3`, and descriptions of comments.
///
/// # Errors
/// Only what the source answers when it is read.
pub fn id3_tags(source: &dyn ByteSource) -> io::Result<Vec<Tag>> {
    if id3v2_length(source, 0)? > 0 {
        let mut tags = tag_at(source, 0)?;
        tags.retain(|tag| tag.name == COMMENT_DESCRIPTION);
        return Ok(tags);
    }
    if let Some(header) = read_array::<28>(source, 0)?
        && header.starts_with(b"DSD ")
    {
        // DSF file format specification, DSD chunk: the pointer to the metadata chunk, 0 where there is none.
        let at = u64::from_le_bytes(header[20..].try_into().expect("eight bytes are behind the twentieth"));
        return if at == 0 { Ok(Vec::new()) } else { tag_at(source, at) };
    }
    let Some(end) = end_of_id3v2(source)? else { return Ok(Vec::new()) };
    let Some(footer) = read_array::<10>(source, end - 10)? else { return Ok(Vec::new()) };
    let length = u64::from(synchsafe([footer[6], footer[7], footer[8], footer[9]]));
    match end.checked_sub(length + 20) {
        Some(at) => tag_at(source, at),
        None => Ok(Vec::new()),
    }
}

/// The frames of text of the tag whose header stands at `at`.
fn tag_at(source: &dyn ByteSource, at: u64) -> io::Result<Vec<Tag>> {
    let length = id3v2_length(source, at)?;
    let Some(header) = read_array::<10>(source, at)?.filter(|_| length > 10) else { return Ok(Vec::new()) };
    let (version, flags) = (header[3], header[5]);
    let bytes = usize::try_from((length - 10).min(ID3_BYTES_MAX)).expect("the limit is a few megabytes");
    let mut body = source.read_vec(at + 10, bytes)?;
    // ID3v2.4 structure, 6.1: of the whole tag before 2.4, of each frame since.
    if flags & 0x80 != 0 && version < 4 {
        body = synchronised(&body);
    }
    // 3.2: an extended header counts itself in 2.4 only.
    let mut start = 0;
    if flags & 0x40 != 0 && version > 2 {
        let Some(four) = body.first_chunk::<4>() else { return Ok(Vec::new()) };
        start = if version == 4 { synchsafe(*four) as usize } else { u32::from_be_bytes(*four) as usize + 4 };
    }
    let group = format!("ID3:ID3v2_{version}");
    let mut tags = Vec::new();
    let mut rest = body.get(start..).unwrap_or_default();
    for _ in 0..ID3_FRAMES_MAX {
        let Some((name, content, after)) = frame(rest, version) else { break };
        rest = after;
        for (name, value) in texts_of(name, &content) {
            tags.push(Tag { group: group.clone(), name: name.to_owned(), copy: 0, value });
        }
    }
    Ok(tags)
}

/// The first frame: its name, its content, and what follows.
fn frame(bytes: &[u8], version: u8) -> Option<(&[u8], Vec<u8>, &[u8])> {
    let wide = version > 2;
    let name = bytes.get(..if wide { 4 } else { 3 })?;
    if !name.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
        return None;
    }
    let (size, header) = if wide {
        let four = [bytes[4..].first()?, bytes.get(5)?, bytes.get(6)?, bytes.get(7)?].map(|byte| *byte);
        (if version == 4 { synchsafe(four) } else { u32::from_be_bytes(four) }, 10)
    } else {
        (u32::from_be_bytes([0, *bytes.get(3)?, *bytes.get(4)?, *bytes.get(5)?]), 6)
    };
    let end = header + size as usize;
    let content = bytes.get(header..end)?;
    let flags = if wide { bytes[9] } else { 0 };
    // ID3v2.4 structure, 4.1.2: compressed and encrypted frames are passed over, as empty ones.
    let is_plain = flags & if version == 4 { 0x0c } else { 0xc0 } == 0;
    let mut content = if is_plain { content.to_vec() } else { Vec::new() };
    if version == 4 && flags & 0x01 != 0 {
        content = content.split_off(content.len().min(4));
    }
    if version == 4 && flags & 0x02 != 0 {
        content = synchronised(&content);
    }
    Some((name, content, &bytes[end..]))
}

/// Bytes without the zeros that kept them from looking like a frame of sound.
fn synchronised(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut last = 0;
    for byte in bytes {
        if !(last == 0xff && *byte == 0) {
            out.push(*byte);
        }
        last = *byte;
    }
    out
}

/// What a frame says: names and values.
fn texts_of(name: &[u8], content: &[u8]) -> Vec<(&'static str, Json)> {
    let Some((encoding, rest)) = content.split_first() else { return Vec::new() };
    if name == b"COMM" || name == b"COM" {
        // ID3v2.4 frames, 4.10: language, description, text.
        let texts = decoded(*encoding, rest.get(3..).unwrap_or_default());
        let (description, text) = texts.split_once('\0').unwrap_or(("", &texts));
        let text = text.trim_matches('\0');
        return if text.is_empty() {
            Vec::new()
        } else if description.trim().is_empty() {
            vec![("Comment", json!(text))]
        } else {
            vec![(COMMENT_DESCRIPTION, json!(description))]
        };
    }
    let known = NAMES.iter().find(|(long, short, _)| name == *long || name == *short);
    let Some((.., known)) = known else { return Vec::new() };
    let text = decoded(*encoding, rest);
    // 4.2: a zero stands between several values.
    let values: Vec<&str> = text.split('\0').filter(|value| !value.trim().is_empty()).collect();
    match values.as_slice() {
        [] => Vec::new(),
        [one] => vec![(known, json!(one))],
        many => vec![(known, json!(many))],
    }
}

/// ID3v2.4 structure, 4: Latin, UTF-16 with a mark, UTF-16, UTF-8.
fn decoded(encoding: u8, bytes: &[u8]) -> String {
    let bytes = &bytes[..bytes.len().min(TEXT_BYTES_MAX)];
    match encoding {
        1 => {
            let little = !bytes.starts_with(b"\xfe\xff");
            let text = if little { UTF_16LE.decode(bytes).0 } else { UTF_16BE.decode(bytes).0 };
            // Each value, and a comment's text behind its description, has a mark of its own.
            text.replace('\u{feff}', "")
        }
        2 => UTF_16BE.decode(bytes).0.into_owned(),
        3 => String::from_utf8_lossy(bytes).into_owned(),
        _ => utf8_or_latin(bytes).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::{ID3_BYTES_MAX, ID3_FRAMES_MAX, id3_tags};

    fn size(length: usize) -> [u8; 4] {
        let length = u32::try_from(length).expect("a short tag");
        [21, 14, 7, 0].map(|bits| u8::try_from((length >> bits) & 0x7f).expect("seven bits"))
    }

    fn frame(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
        [name.as_slice(), &size(content.len()), &[0, 0], content].concat()
    }

    /// A tag of ID3v2.4 with a footer.
    fn tag(frames: &[Vec<u8>]) -> Vec<u8> {
        let body = frames.concat();
        let header = [b"\x04\0\x10".as_slice(), &size(body.len())].concat();
        [b"ID3".as_slice(), &header, &body, b"3DI", &header].concat()
    }

    fn check(bytes: &[u8], expected: &[(&str, Json)]) {
        let tags = id3_tags(&bytes).expect("bytes in memory are read");
        let found: Vec<_> = tags.iter().map(|tag| (tag.name.as_str(), tag.value.clone())).collect();
        assert_eq!(found, expected);
        assert!(tags.iter().all(|tag| tag.family() == "ID3"));
    }

    fn frames() -> Vec<Vec<u8>> {
        vec![
            frame(b"TIT2", b"\x03Stille"),
            frame(b"TPE1", b"\x01\xff\xfeA\0\0\0\xff\xfeB\0"),
            frame(b"PRIV", b"\x00secret"),
            frame(b"COMM", b"\x00engrating\0five"),
            frame(b"COMM", b"\x00eng\0Recorded at sea"),
        ]
    }

    #[test]
    fn a_tag_behind_the_samples_is_read_by_its_footer_whatever_follows() {
        let expected = [
            ("Title", json!("Stille")),
            ("Artist", json!(["A", "B"])),
            ("CommentDescription", json!("rating")),
            ("Comment", json!("Recorded at sea")),
        ];
        let behind = [b"samples".to_vec(), tag(&frames())].concat();
        check(&behind, &expected);
        check(&[behind, b"TAG".to_vec(), vec![0; 125]].concat(), &expected);
    }

    #[test]
    fn the_header_of_a_dsf_says_where_its_tag_stands() {
        let mut bytes = b"DSD ".to_vec();
        bytes.resize(20, 0);
        bytes.extend(40_u64.to_le_bytes());
        bytes.resize(40, 0);
        bytes.extend(tag(&[frame(b"TIT2", b"\x03Stille")]));
        check(&bytes, &[("Title", json!("Stille"))]);
        bytes[20] = 0;
        check(&bytes, &[]);
    }

    #[test]
    fn of_a_tag_in_front_only_the_descriptions_of_comments_are_added() {
        check(&tag(&frames()), &[("CommentDescription", json!("rating"))]);
    }

    #[test]
    fn frames_behind_the_limits_of_frames_or_bytes_are_left() {
        let title = || frame(b"TIT2", b"\x03Stille");
        let behind =
            |frames: Vec<Vec<u8>>| [b"samples".to_vec(), tag(&[frames, vec![title()]].concat())].concat();
        let expected = [("Title", json!("Stille"))];
        check(&behind(vec![frame(b"PRIV", b""); ID3_FRAMES_MAX - 1]), &expected);
        check(&behind(vec![frame(b"PRIV", b""); ID3_FRAMES_MAX]), &[]);
        let most = usize::try_from(ID3_BYTES_MAX).expect("a few megabytes");
        let long = |bytes: usize| behind(vec![frame(b"PRIV", &vec![0; bytes - 10])]);
        check(&long(most - title().len()), &expected);
        check(&long(most - title().len() + 1), &[]);
    }

    #[test]
    fn a_tag_that_lies_about_its_length_says_what_it_can() {
        check(b"", &[]);
        check(b"no tag at all", &[]);
        let mut whole = [b"samples".to_vec(), tag(&frames())].concat();
        let at = whole.len() - 2;
        whole[at] = 0x7f;
        check(&whole, &[]);
        let mut long = [b"samples".to_vec(), tag(&frames())].concat();
        long[7 + 10 + 7] = 0x7f;
        check(&long, &[]);
    }
}
