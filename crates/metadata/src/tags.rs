//! The raw tags of a file as exiftool prints them, each with its groups and copy number.
//!
//! Everything is kept but noise about the place a file lies in, and long binary values, of which only the
//! length stays. What tags mean is decided in `mapping`; nothing is interpreted here but broken character sets.

use damask_model::{Finding, FindingCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use unicode_normalization::UnicodeNormalization;

/// The arguments exiftool is run with, before the names of the files, so that [`Tags`] understands its answer.
///
/// * `-G0:1:4`: family 0 (kind of metadata), family 1 (place), family 4 (copy number), so that nothing is lost
///   where a tag stands twice (`-a`).
/// * `-struct`: XMP structures stay whole (regions, places).
/// * `-Composite:LensID -all#`: numbers, not words for them (as `-n` gives), but for the lens, whose number only
///   exiftool's tables can turn into a name. The order matters: of a tag asked for twice the first form stays.
/// * `-charset exif=Latin`: the EXIF standard says ASCII, cameras write anything. Read as Latin no byte is lost,
///   and [`Tags`] turns what was UTF-8 back into it; without it exiftool replaces Latin letters by `?`.
/// * `-charset iptc=Latin`: the same for IIM records that name no character set.
pub const EXIFTOOL_ARGUMENTS: &[&str] = &[
    "-json",
    "-a",
    "-G0:1:4",
    "-struct",
    "-charset",
    "filename=utf8",
    "-charset",
    "exif=Latin",
    "-charset",
    "iptc=Latin",
    "-api",
    "largefilesupport=1",
    "-Composite:LensID",
    "-all#",
];

/// Most tags kept of one file.
pub const TAGS_MAX: usize = 20_000;
/// Longest text kept of one value, in bytes; longer texts are cut at a character.
pub const TEXT_BYTES_MAX: usize = 64 * 1024;
/// Most bytes of text kept of one file, over all its tags.
pub const TOTAL_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Deepest nesting of structures and lists kept.
pub const DEPTH_MAX: usize = 12;
/// Most items kept of one list, and members of one structure.
pub const ITEMS_MAX: usize = 10_000;
/// Longest name of a tag or a group kept, in bytes.
pub const NAME_BYTES_MAX: usize = 200;
/// Longest answer of exiftool read, in bytes.
pub const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;

/// One tag as it stood in the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tag {
    /// Family 0 and family 1, joined by a colon where they differ: `XMP:XMP-dc`, `EXIF:IFD0`, `IPTC`.
    pub group: String,
    /// The tag's name in exiftool's vocabulary, with a language behind a hyphen where it has one (`Title-de`).
    pub name: String,
    /// Which instance of the name it is; 0 for the first. Counted over all groups together.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub copy: u32,
    /// The value: text, number, list or structure.
    pub value: Json,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
const fn is_zero(copy: &u32) -> bool {
    *copy == 0
}

impl Tag {
    /// The kind of metadata: `EXIF`, `XMP`, `IPTC`, `ID3`.
    pub fn family(&self) -> &str {
        self.group.split_once(':').map_or(self.group.as_str(), |(family, _)| family)
    }

    /// The place inside it: `IFD0`, `XMP-dc`; the family where there is no finer one.
    pub fn place(&self) -> &str {
        self.group.split_once(':').map_or(self.group.as_str(), |(_, place)| place)
    }

    /// Place and name, as provenance names a tag: `XMP-dc:Title`.
    pub fn label(&self) -> String {
        format!("{}:{}", self.place(), self.name)
    }
}

/// All tags of a file, in the order exiftool printed them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tags {
    /// The tags.
    pub list: Vec<Tag>,
}

/// Why an answer of exiftool is not a list of tags.
#[derive(Debug, thiserror::Error)]
pub enum TagsError {
    /// It is not JSON.
    #[error("exiftool's answer is not JSON")]
    NotJson(#[source] serde_json::Error),
    /// It is JSON of another form.
    #[error("exiftool's answer is not a list with one object of tags")]
    NotAnObject,
    /// It is longer than [`ANSWER_BYTES_MAX`].
    #[error("exiftool's answer has {0} bytes, more than {ANSWER_BYTES_MAX}")]
    TooLong(usize),
}

impl Tags {
    /// Reads exiftool's answer for one file: a JSON list with one object, or the object.
    ///
    /// # Errors
    /// When it is not JSON, not an object, or longer than [`ANSWER_BYTES_MAX`].
    pub fn from_exiftool(answer: &str) -> Result<Self, TagsError> {
        if answer.len() > ANSWER_BYTES_MAX {
            return Err(TagsError::TooLong(answer.len()));
        }
        let quoted = quote_numbers_that_would_change(answer);
        let json: Json = serde_json::from_str(&quoted).map_err(TagsError::NotJson)?;
        Self::from_value(&json)
    }

    /// Reads an answer that was parsed before. Prefer [`Tags::from_exiftool`]: a parsed number may have lost
    /// how it was written (a title `1.10`).
    ///
    /// # Errors
    /// When it is not an object of tags.
    pub fn from_value(json: &Json) -> Result<Self, TagsError> {
        let object = match json {
            Json::Object(object) => object,
            Json::Array(files) => files.first().and_then(Json::as_object).ok_or(TagsError::NotAnObject)?,
            _ => return Err(TagsError::NotAnObject),
        };
        let mut list: Vec<Tag> = Vec::new();
        let mut left = TOTAL_BYTES_MAX;
        for (key, value) in object {
            if list.len() == TAGS_MAX || left == 0 {
                break;
            }
            let Some(mut tag) = named(key) else { continue };
            if is_noise(&tag) {
                continue;
            }
            tag.value = bounded(value, 0, &mut left);
            if let Json::String(text) = &mut tag.value
                && may_be_misread(&tag.group)
            {
                repair(text);
            } else if may_be_misread(&tag.group)
                && let Json::Array(items) = &mut tag.value
            {
                items.iter_mut().for_each(|item| {
                    if let Json::String(text) = item {
                        repair(text);
                    }
                });
            }
            list.push(tag);
        }
        Ok(Self { list })
    }

    /// The first instance of a tag: `group` is a family 0 or family 1 name.
    pub fn first(&self, group: &str, name: &str) -> Option<&Tag> {
        self.list.iter().filter(|tag| tag.name == name && in_group(tag, group)).min_by_key(|tag| tag.copy)
    }

    /// All instances of a tag, in file order.
    pub fn all<'a>(&'a self, group: &'a str, name: &'a str) -> impl Iterator<Item = &'a Tag> {
        self.list.iter().filter(move |tag| tag.name == name && in_group(tag, group))
    }

    /// What exiftool complained of, as findings. Minor remarks (`[minor]`) are none.
    pub fn findings(&self) -> Vec<Finding> {
        self.list
            .iter()
            .filter(|tag| tag.family() == "ExifTool" && matches!(tag.name.as_str(), "Warning" | "Error"))
            .filter_map(|tag| tag.value.as_str())
            .filter(|text| !text.to_ascii_lowercase().starts_with("[minor]") && !text.starts_with("Install "))
            .filter(|text| !text.starts_with("File format error") && !text.starts_with("Unknown file type"))
            .map(|text| Finding::new(FindingCode::MetadataDamaged, text))
            .collect()
    }
}

/// Whether a tag is of a group: its family 0, its family 1, or both joined.
pub(crate) fn in_group(tag: &Tag, group: &str) -> bool {
    tag.group == group || tag.place() == group || tag.family() == group
}

/// Splits `XMP:XMP-dc:Copy1:Title` into groups, copy number and name.
fn named(key: &str) -> Option<Tag> {
    let (groups, name) = key.rsplit_once(':')?;
    if key.len() > NAME_BYTES_MAX || name.is_empty() {
        return None;
    }
    let mut copy = 0;
    let mut kept = Vec::new();
    for group in groups.split(':') {
        match group.strip_prefix("Copy").and_then(|digits| digits.parse().ok()) {
            Some(number) => copy = number,
            None => kept.push(group),
        }
    }
    Some(Tag { group: kept.join(":"), name: name.to_owned(), copy, value: Json::Null })
}

/// What is about the place a file lies in, not about the file.
fn is_noise(tag: &Tag) -> bool {
    tag.group == "File:System" || (tag.family() == "ExifTool" && tag.name == "ExifToolVersion")
}

/// A copy of a value within the limits.
fn bounded(value: &Json, depth: usize, left: &mut usize) -> Json {
    match value {
        Json::String(text) => Json::String(bounded_text(text, left)),
        Json::Array(_) | Json::Object(_) if depth >= DEPTH_MAX => Json::Null,
        Json::Array(items) => {
            Json::Array(items.iter().take(ITEMS_MAX).map(|item| bounded(item, depth + 1, left)).collect())
        }
        Json::Object(members) => {
            let mut kept = Map::new();
            for (name, member) in members.iter().take(ITEMS_MAX) {
                if name.len() <= NAME_BYTES_MAX && *left > 0 {
                    *left = left.saturating_sub(name.len());
                    kept.insert(name.clone(), bounded(member, depth + 1, left));
                }
            }
            Json::Object(kept)
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => value.clone(),
    }
}

fn bounded_text(text: &str, left: &mut usize) -> String {
    if let Some(length) = binary_length(text) {
        return format!("({length} bytes)");
    }
    let mut end = text.len().min(TEXT_BYTES_MAX).min(*left);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    *left -= end;
    text[..end].to_owned()
}

/// The length exiftool gives in place of a binary value it does not print.
fn binary_length(text: &str) -> Option<u64> {
    text.strip_prefix("(Binary data ")?.strip_suffix(" bytes, use -b option to extract)")?.parse().ok()
}

/// Groups whose texts are read as Latin though files hold UTF-8 in them.
fn may_be_misread(group: &str) -> bool {
    let family = group.split(':').next().unwrap_or(group);
    matches!(family, "EXIF" | "IPTC" | "MakerNotes" | "ID3" | "RIFF" | "PNG" | "Photoshop")
}

/// Turns UTF-8 that was read as Windows-1252 back into itself.
///
/// Certain enough to do always: Latin text whose every letter past ASCII happens to form valid UTF-8 sequences
/// does not occur in writing (`Ã©`).
fn repair(text: &mut String) {
    if text.is_ascii() {
        return;
    }
    let (bytes, _, lossy) = encoding_rs::WINDOWS_1252.encode(text);
    if lossy {
        return;
    }
    if let Ok(repaired) = std::str::from_utf8(&bytes) {
        *text = repaired.nfc().collect();
    }
}

/// Puts quotes around the numbers of a JSON text that a float would print otherwise (`1.10`, `1e5`): exiftool
/// prints any text that looks like a number as one, so a title may be among them.
fn quote_numbers_that_would_change(json: &str) -> String {
    let bytes = json.as_bytes();
    let mut out = String::with_capacity(json.len() + 64);
    let (mut at, mut copied) = (0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at = end_of_string(bytes, at),
            b'-' | b'0'..=b'9' => {
                let start = at;
                while at < bytes.len() && matches!(bytes[at], b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')
                {
                    at += 1;
                }
                let number = &json[start..at];
                if !prints_again(number) {
                    out.push_str(&json[copied..start]);
                    out.push('"');
                    out.push_str(number);
                    out.push('"');
                    copied = at;
                }
            }
            _ => at += 1,
        }
    }
    out.push_str(&json[copied..]);
    out
}

/// The index after the closing quote of the string that opens at `start`.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn prints_again(number: &str) -> bool {
    if let Ok(whole) = number.parse::<i64>() {
        return whole.to_string() == number;
    }
    // Fifteen digits survive a double; measured values are longer and nobody's title.
    number.len() > 15 || number.parse::<f64>().is_ok_and(|float| float.to_string() == number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{
        DEPTH_MAX, ITEMS_MAX, Json, TAGS_MAX, TEXT_BYTES_MAX, TOTAL_BYTES_MAX, Tags, TagsError, bounded,
    };

    fn check(answer: &str, expected: &[(&str, &str, u32, Json)]) {
        let tags = Tags::from_exiftool(answer).expect("tags");
        let found: Vec<_> = tags
            .list
            .iter()
            .map(|tag| (tag.group.as_str(), tag.name.as_str(), tag.copy, tag.value.clone()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_tag_keeps_its_groups_and_copy_number() {
        check(
            r#"[{"SourceFile":"a.jpg","XMP:XMP-dc:Title":"A","XMP:XMP-dc:Copy1:Title":"B","IPTC:City":"C"}]"#,
            &[
                ("XMP:XMP-dc", "Title", 0, json!("A")),
                ("XMP:XMP-dc", "Title", 1, json!("B")),
                ("IPTC", "City", 0, json!("C")),
            ],
        );
    }

    #[test]
    fn the_place_a_file_lies_in_is_not_a_tag_of_it() {
        check(
            r#"[{"File:System:Directory":"/x","ExifTool:ExifToolVersion":12.5,"File:MIMEType":"image/jpeg"}]"#,
            &[("File", "MIMEType", 0, json!("image/jpeg"))],
        );
    }

    #[test]
    fn a_binary_value_is_left_out_with_its_length() {
        check(
            r#"[{"EXIF:IFD1:ThumbnailImage":"(Binary data 5448 bytes, use -b option to extract)"}]"#,
            &[("EXIF:IFD1", "ThumbnailImage", 0, json!("(5448 bytes)"))],
        );
    }

    #[test]
    fn a_title_that_looks_like_a_number_stays_as_it_was_written() {
        check(
            r#"[{"XMP:XMP-dc:Title":1.10,"IPTC:Headline":1e5,"IPTC:Keywords":[2.0,"a\"1.10",7]}]"#,
            &[
                ("XMP:XMP-dc", "Title", 0, json!("1.10")),
                ("IPTC", "Headline", 0, json!("1e5")),
                ("IPTC", "Keywords", 0, json!(["2.0", "a\"1.10", 7])),
            ],
        );
    }

    #[test]
    fn utf_8_that_was_read_as_latin_is_repaired_and_latin_stays() {
        check(
            r#"[{"EXIF:IFD0:Artist":"JosÃ© NÃºÃ±ez","IPTC:City":"Zürich","IPTC:Keywords":["MÃ¼nchen","Köln"]}]"#,
            &[
                ("EXIF:IFD0", "Artist", 0, json!("José Núñez")),
                ("IPTC", "City", 0, json!("Zürich")),
                ("IPTC", "Keywords", 0, json!(["München", "Köln"])),
            ],
        );
    }

    #[test]
    fn tags_read_what_they_wrote() {
        let tags = Tags::from_exiftool(r#"{"IPTC:Copy2:City":"C","EXIF:IFD0:Make":5}"#).expect("tags");
        let text = serde_json::to_string(&tags).expect("json");
        assert_eq!(
            text,
            r#"[{"group":"IPTC","name":"City","copy":2,"value":"C"},{"group":"EXIF:IFD0","name":"Make","value":5}]"#
        );
        assert_eq!(serde_json::from_str::<Tags>(&text).expect("tags"), tags);
    }

    #[test]
    fn there_are_at_most_so_many_tags_and_bytes_of_text() {
        let many: serde_json::Map<_, _> =
            (0..TAGS_MAX + 5).map(|number| (format!("XMP:XMP-x:T{number}"), json!("a"))).collect();
        assert_eq!(Tags::from_value(&Json::Object(many)).expect("tags").list.len(), TAGS_MAX);
        let long = "é".repeat(TEXT_BYTES_MAX);
        let big: serde_json::Map<_, _> =
            (0..100).map(|number| (format!("XMP:XMP-x:T{number}"), json!(long))).collect();
        let tags = Tags::from_value(&Json::Object(big)).expect("tags");
        let sizes: Vec<_> = tags.list.iter().map(|tag| tag.value.as_str().map_or(0, str::len)).collect();
        assert!(sizes.iter().all(|size| *size <= TEXT_BYTES_MAX));
        assert_eq!(sizes.iter().sum::<usize>(), TOTAL_BYTES_MAX);
    }

    #[test]
    fn structures_and_lists_are_cut_at_their_depth_and_length() {
        let mut deep = json!("end");
        for _ in 0..DEPTH_MAX + 10 {
            deep = json!([deep]);
        }
        let mut left = TOTAL_BYTES_MAX;
        assert_eq!(bounded(&deep, 0, &mut left).to_string().matches('[').count(), DEPTH_MAX);
        let wide = json!(vec![1; ITEMS_MAX + 1]);
        assert_eq!(bounded(&wide, 0, &mut left).as_array().map(Vec::len), Some(ITEMS_MAX));
    }

    #[test]
    fn what_is_not_a_list_of_tags_is_refused() {
        assert!(matches!(Tags::from_exiftool("Error"), Err(TagsError::NotJson(_))));
        assert!(matches!(Tags::from_exiftool("[]"), Err(TagsError::NotAnObject)));
        assert!(matches!(Tags::from_exiftool("7"), Err(TagsError::NotAnObject)));
    }

    #[test]
    fn a_complaint_of_exiftool_is_a_finding_and_a_minor_one_is_not() {
        let tags = Tags::from_exiftool(
            r#"[{"ExifTool:Warning":"Bad IFD0 directory","ExifTool:Copy1:Warning":"[minor] Odd"}]"#,
        )
        .expect("tags");
        assert_eq!(tags.findings().len(), 1);
        assert_eq!(tags.findings()[0].detail, "Bad IFD0 directory");
    }
}
