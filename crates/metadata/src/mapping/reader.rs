//! Decides between the sources of a field.
//!
//! * Pictures (MWG 2.0, reading): EXIF first where MWG names it, then XMP, then IIM, then what the
//!   format has of its own. IIM goes before XMP where a program that knows only IIM wrote last: Photoshop keeps a
//!   digest of IIM as of its last write (image resource 0x0425), and it differs from the digest of what is there
//!   now. Without a digest XMP is preferred.
//! * Documents: XMP, then the format's own; EXIF and IIM last, for they are those of a picture inside (ISO 32000-2,
//!   14.3 knows neither).
//! * Sound and film: the format's own tags first, because players write those alone; then XMP.

use damask_model::{AssetKind, Value};

use super::{
    rules::{Rule, Source, Split},
    words,
};
use crate::{Tag, Tags, id3::COMMENT_DESCRIPTION, tags::in_group};

/// What cameras write into every picture. It does not stand in the way of a caption that someone wrote.
const STOCK_CAPTIONS: &[&str] = &[
    "OLYMPUS DIGITAL CAMERA",
    "SONY DSC",
    "MINOLTA DIGITAL CAMERA",
    "KONICA MINOLTA DIGITAL CAMERA",
    "SAMSUNG DIGITAL CAMERA",
    "DIGITAL CAMERA",
    "DCIM",
    "default",
];

/// Longest texts of IIM data sets in bytes (IIM 4.2, chapter 6): a text of that length may be the beginning of one.
const IIM_BYTES_MAX: &[(&str, usize)] = &[
    ("ObjectName", 64),
    ("Keywords", 64),
    ("SpecialInstructions", 256),
    ("By-line", 32),
    ("By-lineTitle", 32),
    ("City", 32),
    ("Sub-location", 32),
    ("Province-State", 32),
    ("Country-PrimaryLocationName", 64),
    ("OriginalTransmissionReference", 32),
    ("Headline", 256),
    ("Credit", 32),
    ("Source", 32),
    ("CopyrightNotice", 128),
    ("Caption-Abstract", 2_000),
    ("Writer-Editor", 32),
];

/// The tags of one file, and what decides between them.
pub struct Reader<'a> {
    pub tags: &'a Tags,
    pub kind: AssetKind,
    /// A program that knows only IIM wrote last.
    pub is_iim_newer: bool,
}

impl<'a> Reader<'a> {
    pub fn new(tags: &'a Tags, kind: AssetKind) -> Self {
        let digest = |group, name| tags.first(group, name).and_then(|tag| tag.value.as_str());
        let is_iim_newer = match (digest("Photoshop", "IPTCDigest"), digest("File", "CurrentIPTCDigest")) {
            (Some(written), Some(current)) => written != current,
            _ => false,
        };
        Self { tags, kind, is_iim_newer }
    }

    /// Whether the format's own tags go first.
    pub fn is_native_first(&self) -> bool {
        matches!(self.kind, AssetKind::Audio | AssetKind::Video)
    }

    /// Whether EXIF and IIM, where there are any, are those of a picture inside.
    pub fn is_document(&self) -> bool {
        self.kind == AssetKind::Document
    }

    /// Whether it is a ZIP of Office parts.
    fn is_package(&self) -> bool {
        let media_type = self.tags.first("File", "MIMEType").and_then(|tag| tag.value.as_str());
        media_type.is_some_and(|media_type| {
            ["application/vnd.openxmlformats", "application/vnd.oasis"]
                .iter()
                .any(|start| media_type.starts_with(start))
        })
    }

    /// The values of a field of texts.
    pub fn texts(&self, rule: &Rule, many: bool) -> Vec<(Value, String)> {
        let order = self.order(rule);
        let found = order.iter().find_map(|source| {
            let values = self.of_source(*source, rule, many);
            let is_stock = rule.exif.contains(source)
                && values
                    .iter()
                    .all(|(value, _)| value.as_text().is_some_and(|text| STOCK_CAPTIONS.contains(&text)));
            (!values.is_empty() && !is_stock).then_some((*source, values))
        });
        let stock = || {
            rule.exif
                .iter()
                .map(|source| self.of_source(*source, rule, many))
                .find(|values| !values.is_empty())
        };
        let Some((source, mut values)) = found else { return stock().unwrap_or_default() };
        if !many && !rule.xmp.contains(&source) {
            self.add_translations(rule, &mut values);
        }
        values
    }

    /// The sources of a rule in the order they are asked.
    fn order(&self, rule: &Rule) -> Vec<Source> {
        let described = if self.is_iim_newer { [rule.iim, rule.xmp] } else { [rule.xmp, rule.iim] }.concat();
        // Windows' keywords are not in MWG's order: they follow the standard lists.
        let (exif_first, exif_last) =
            if rule.split == Split::Keywords { (&[][..], rule.exif) } else { (rule.exif, &[][..]) };
        if self.is_native_first() {
            [rule.native, &described, rule.exif].concat()
        } else if self.is_document() {
            [rule.xmp, rule.native, rule.iim, rule.exif].concat()
        } else {
            [exif_first, &described, exif_last, rule.native].concat()
        }
    }

    /// The values one source has: of a list all, of a text its translations behind it.
    fn of_source(&self, source: Source, rule: &Rule, many: bool) -> Vec<(Value, String)> {
        // ECMA-376 part 2, 11.1 and ODF 1.3 part 3, 4.3.2: in an Office package `dc:subject` is a text about the
        // whole, and keywords have a property of their own.
        if source == ("XMP-dc", "Subject") && self.is_package() {
            return Vec::new();
        }
        let Some(first) = self.first(source) else {
            return if many { Vec::new() } else { self.in_some_language(source) };
        };
        if !many {
            return self.with_translations(first, rule);
        }
        let mut values: Vec<(Value, String)> = Vec::new();
        let same_place = |tag: &&Tag| tag.group == first.group && tag.name == first.name;
        let is_list = matches!(source.0, "XMP-dc" | "IPTC");
        for tag in self.tags.list.iter().filter(same_place) {
            for text in words::texts(&tag.value) {
                let parts = match rule.split {
                    Split::Keywords if !is_list => words::split_keywords(&text),
                    Split::Names if !is_list => words::split_names(&text),
                    _ => vec![text],
                };
                for part in parts {
                    let value = Value::Text(part);
                    if values.len() < words::VALUES_MAX && values.iter().all(|(known, _)| *known != value) {
                        values.push((value, tag.label()));
                    }
                }
            }
        }
        values
    }

    /// The first instance of a source that has a text. The short copy of ID3v1 comes after the others.
    pub fn first(&self, source: Source) -> Option<&'a Tag> {
        self.instances(source)
            .find(|tag| words::texts(&tag.value).first().is_some_and(|text| !self.is_of_a_program(tag, text)))
    }

    /// The instances of a source, the main one first.
    pub fn instances(&self, (group, name): Source) -> impl Iterator<Item = &'a Tag> {
        let is_wanted = |tag: &&Tag| tag.name == name && in_group(tag, group);
        let mut found: Vec<&Tag> = self.tags.list.iter().filter(is_wanted).collect();
        // Blocks of IIM behind the first (`IPTC:IPTC2`: a second resource, an AFCP trailer) say what it leaves out.
        let is_behind = |tag: &Tag| tag.family() == "IPTC" && tag.group != "IPTC";
        found.sort_by_key(|tag| (tag.place() == "ID3v1", is_behind(tag), tag.copy));
        found.into_iter()
    }

    /// Whether a text is none of the field's, though its tag has the name of one that is.
    fn is_of_a_program(&self, tag: &Tag, text: &str) -> bool {
        match (tag.family(), tag.name.as_str()) {
            // ID3v2.4 frames, 4.10: a comment with a description is about what that says (iTunes keeps numbers of
            // its own so); exiftool prints the description in brackets before the comment.
            ("ID3", "Comment") => {
                text.starts_with("(iTun")
                    || self.tags.all("ID3", COMMENT_DESCRIPTION).any(|described| {
                        let words = words::text(&described.value).unwrap_or_default();
                        text.strip_prefix('(')
                            .and_then(|rest| rest.strip_prefix(&*words))
                            .is_some_and(is_closed)
                    })
            }
            // The number of a sampler in the chunk `smpl` has the name of the text `IPRD`.
            ("RIFF", "Product") => {
                tag.value.is_number() && self.tags.first("RIFF", "MIDIUnityNote").is_some()
            }
            _ => false,
        }
    }

    /// A text and its translations: XMP language alternatives, `x-default` first (XMP specification part 1,
    /// 8.2.2.4). exiftool prints the others with their language behind the name.
    fn with_translations(&self, first: &Tag, rule: &Rule) -> Vec<(Value, String)> {
        let mut texts = words::texts(&first.value);
        if texts.is_empty() {
            return Vec::new();
        }
        if texts.len() > 1 && rule.split == Split::Whole {
            texts = vec![texts.join("; ")];
        }
        let text = self.whole_of_truncated(first, rule, texts.swap_remove(0));
        let mut values = vec![(Value::Text(text), first.label())];
        self.push_alternatives(first, &mut values);
        values
    }

    /// A text that has no default: the one written first (XMP specification part 1, 8.2.2.4).
    fn in_some_language(&self, (group, name): Source) -> Vec<(Value, String)> {
        let is_alternative = |tag: &&Tag| {
            let language = tag.name.strip_prefix(name).and_then(|rest| rest.strip_prefix('-'));
            tag.family() == "XMP" && in_group(tag, group) && language.is_some_and(is_language)
        };
        let Some(tag) = self.tags.list.iter().find(is_alternative) else { return Vec::new() };
        let main = Tag { name: name.to_owned(), ..tag.clone() };
        let mut values = Vec::new();
        self.push_alternatives(&main, &mut values);
        values
    }

    fn push_alternatives(&self, main: &Tag, values: &mut Vec<(Value, String)>) {
        if main.family() != "XMP" {
            return;
        }
        let prefix = format!("{}-", main.name);
        for tag in self.tags.list.iter().filter(|tag| tag.group == main.group) {
            let Some(language) = tag.name.strip_prefix(&prefix) else { continue };
            if let Some(text) = words::texts(&tag.value).into_iter().next()
                && values.len() < words::VALUES_MAX
            {
                let value = Value::Localized { language: language.to_owned(), text };
                if values.iter().all(|(known, _)| *known != value) {
                    values.push((value, tag.label()));
                }
            }
        }
    }

    /// Where EXIF or IIM won, the translations that XMP has of the text are kept behind it.
    fn add_translations(&self, rule: &Rule, values: &mut Vec<(Value, String)>) {
        if let Some(main) = rule.xmp.iter().find_map(|source| self.first(*source)) {
            self.push_alternatives(main, values);
        }
    }

    /// MWG 2.0, IIM and XMP: a text of IIM at its longest that begins the text of XMP is that text, cut.
    fn whole_of_truncated(&self, tag: &Tag, rule: &Rule, text: String) -> String {
        let longest = IIM_BYTES_MAX.iter().find(|(name, _)| *name == tag.name).map(|(_, bytes)| *bytes);
        if tag.family() != "IPTC" || longest.is_none_or(|longest| text.len() < longest) {
            return text;
        }
        let whole = rule
            .xmp
            .iter()
            .filter_map(|source| self.first(*source))
            .find_map(|tag| words::texts(&tag.value).into_iter().find(|whole| whole.starts_with(&text)));
        whole.unwrap_or(text)
    }
}

/// Whether a bracket is closed before the text goes on.
fn is_closed(rest: &str) -> bool {
    rest.strip_prefix(')').is_some_and(|rest| rest.starts_with(' '))
}

/// Whether a text is a language tag as far as its form tells (RFC 5646, 2.1).
fn is_language(text: &str) -> bool {
    (2..=35).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
