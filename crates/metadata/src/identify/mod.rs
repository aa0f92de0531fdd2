//! What a file is, by its content. The name only decides between types that content cannot tell apart (a raw
//! file built on TIFF, a table of text), and is compared with the answer: a difference is a finding.

mod container;
mod signature;
mod text;
pub mod types;

use std::io;

use damask_model::{AssetKind, ByteSource, Finding, FindingCode};

use types::{FileType, TEXT_FAMILY, UNKNOWN};

/// Bytes read from the beginning of a file to know it. Text is judged by them; containers read a little more.
pub const HEAD_BYTES: usize = 64 * 1024;

/// What a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identified {
    /// Media type (RFC 6838), of IANA's registry where it has one.
    pub media_type: &'static str,
    /// What sort of asset it makes.
    pub kind: AssetKind,
    /// The usual extension in lower case without its dot; empty where there is none.
    pub extension: &'static str,
    /// What is odd: an empty file, a name that says another type.
    pub findings: Vec<Finding>,
}

/// What is known of a file before its type is.
pub(crate) struct Subject<'a> {
    pub source: &'a dyn ByteSource,
    /// Its first [`HEAD_BYTES`].
    pub head: &'a [u8],
    /// The extension of its name in lower case without the dot, or empty.
    pub extension: &'a str,
}

impl Subject<'_> {
    /// Whether the bytes at `at` are these.
    pub fn has(&self, at: usize, bytes: &[u8]) -> bool {
        self.head.get(at..).is_some_and(|rest| rest.starts_with(bytes))
    }
}

/// Tells what a file is. `name` is the file's name or path.
///
/// # Errors
/// Only what the source answers when it is read.
pub fn identify(source: &dyn ByteSource, name: &str) -> io::Result<Identified> {
    if source.is_empty() {
        let findings = vec![Finding::new(FindingCode::Empty, "the file has no bytes")];
        return Ok(Identified { findings, ..answer(&UNKNOWN) });
    }
    let head = source.read_vec(0, HEAD_BYTES)?;
    let extension = extension_of(name);
    let subject = Subject { source, head: &head, extension: &extension };
    let found = match signature::of(&subject)? {
        Some(media_type) => Some(media_type),
        None => text::of(&subject),
    };
    let found = match found {
        Some(media_type) => types::by_media_type(media_type).map(answer),
        None => by_infer(&head),
    };
    let mut identified = found.unwrap_or_else(|| answer(&UNKNOWN));
    identified.findings.extend(difference(&identified, &extension));
    Ok(identified)
}

fn answer(known: &FileType) -> Identified {
    Identified {
        media_type: known.media_type,
        kind: known.kind,
        extension: known.extensions.first().copied().unwrap_or(""),
        findings: Vec::new(),
    }
}

/// What the `infer` crate knows beyond the rules here.
fn by_infer(head: &[u8]) -> Option<Identified> {
    // An object file (COFF) begins with two bytes that are no signature: others begin with them by chance, and a
    // program would be refused.
    let found = infer::get(head).filter(|found| found.extension() != "obj")?;
    if let Some(known) = types::by_media_type(found.mime_type()) {
        return Some(answer(known));
    }
    let kind = match found.matcher_type() {
        infer::MatcherType::Image => AssetKind::Image,
        infer::MatcherType::Video => AssetKind::Video,
        infer::MatcherType::Audio => AssetKind::Audio,
        infer::MatcherType::Doc | infer::MatcherType::Book | infer::MatcherType::Text => AssetKind::Document,
        infer::MatcherType::Font => AssetKind::Font,
        infer::MatcherType::Archive => AssetKind::Archive,
        infer::MatcherType::App | infer::MatcherType::Custom => AssetKind::Other,
    };
    Some(Identified {
        media_type: found.mime_type(),
        kind,
        extension: found.extension(),
        findings: Vec::new(),
    })
}

/// The finding that the extension names a clearly different type, if it does.
fn difference(found: &Identified, extension: &str) -> Option<Finding> {
    let named = types::by_extension(extension)?;
    let family = types::by_media_type(found.media_type).map_or(found.media_type, |known| known.family);
    // SVG and the text forms of models are text as well.
    let is_text =
        |family: &str| matches!(family, TEXT_FAMILY | "svg" | "stl" | "ply" | "usd" | "fbx" | "postscript");
    if family == named.family || (is_text(family) && is_text(named.family)) {
        return None;
    }
    // Illustrator's files are PDF behind an extension of PostScript.
    if family == "pdf" && named.family == "postscript" {
        return None;
    }
    // A type without a signature cannot be missed: old TGA, raw streams.
    if found.media_type == UNKNOWN.media_type && WITHOUT_SIGNATURE.contains(&named.family) {
        return None;
    }
    let detail =
        format!("the name ends in .{extension} ({}), the content is {}", named.media_type, found.media_type);
    Some(Finding::new(FindingCode::ExtensionDiffers, detail))
}

/// Families whose files cannot always be known by their content.
const WITHOUT_SIGNATURE: &[&str] =
    &["tga", "dv", "r3d", "pcx", "mpeg-audio", "dicom", "optimfrog", "type1", "musepack"];

/// The extension of a name in lower case; empty where it has none.
fn extension_of(name: &str) -> String {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    match file.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && extension.len() <= 16 => extension.to_lowercase(),
        _ => String::new(),
    }
}
