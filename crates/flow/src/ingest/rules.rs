//! Rules of quarantine: which files wait for a person instead of becoming assets. Each door has its own: what a person
//! drops may come from anywhere, what an administrator imports is theirs already.

use damask_metadata::identify::{Identified, types};
use damask_model::{Finding, FindingCode};
use serde::Deserialize;

use super::source::Source;

/// Programs are no media, and a library that hands them out is a way to spread them.
const PROGRAMS: [&str; 4] = [
    "application/vnd.microsoft.portable-executable",
    "application/x-executable",
    "application/x-mach-binary",
    "application/x-msdownload",
];

/// The way files come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// The page, tus, `PUT`.
    Upload,
    /// A path of this machine.
    Import,
}

/// The rules of a library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// For what is uploaded.
    pub upload: Rule,
    /// For what is imported.
    pub import: Rule,
}

/// The rule of one door.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rule {
    /// Media types that wait; `image/*` is all of a family.
    pub refuse: Vec<String>,
    /// Where not empty, only these media types come in.
    pub only: Vec<String>,
    /// Longest file that comes in unasked, in bytes.
    pub bytes_max: Option<u64>,
    /// Whether a file waits whose name says another kind of thing than its content.
    pub kind_differs: bool,
    /// Findings for which it waits.
    pub findings: Vec<FindingCode>,
}

/// Why a file waits: a stable code, and in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The code.
    pub code: &'static str,
    /// What exactly.
    pub detail: String,
}

impl Default for Rule {
    fn default() -> Self {
        Self {
            refuse: PROGRAMS.map(str::to_owned).to_vec(),
            only: Vec::new(),
            bytes_max: None,
            kind_differs: false,
            findings: Vec::new(),
        }
    }
}

impl Default for Rules {
    fn default() -> Self {
        let findings = vec![FindingCode::OverLimit, FindingCode::DecoderDied, FindingCode::DecoderStopped];
        Self { upload: Rule { kind_differs: true, findings, ..Rule::default() }, import: Rule::default() }
    }
}

impl Door {
    /// The door that a source tells of.
    pub const fn of(source: &Source) -> Self {
        if source.origin.is_some() { Self::Import } else { Self::Upload }
    }
}

impl Rules {
    /// The rule of a door.
    pub const fn at(&self, door: Door) -> &Rule {
        match door {
            Door::Upload => &self.upload,
            Door::Import => &self.import,
        }
    }
}

impl Rule {
    /// Why a file waits, by what is known before it is an asset.
    pub fn refuses(&self, identified: &Identified, name: &str, bytes: u64) -> Option<Reason> {
        let media_type = identified.media_type;
        if PROGRAMS.contains(&media_type) && self.refuse.iter().any(|refused| covers(refused, media_type)) {
            return Some(Reason { code: "type-refused", detail: "it is a program, not media".to_owned() });
        }
        let is_lawful = self.only.is_empty() || self.only.iter().any(|lawful| covers(lawful, media_type));
        if !is_lawful || self.refuse.iter().any(|refused| covers(refused, media_type)) {
            return Some(Reason {
                code: "type-refused",
                detail: format!("{media_type} is not taken in here"),
            });
        }
        if let Some(bytes_max) = self.bytes_max.filter(|bytes_max| bytes > *bytes_max) {
            let detail = format!("it has {bytes} bytes, more than {bytes_max}");
            return Some(Reason { code: "over-limit", detail });
        }
        self.kind_differs.then(|| kind_differs(identified, name)).flatten()
    }

    /// Why a file waits, by what was found when it was read.
    pub fn minds(&self, findings: &[Finding]) -> Option<Reason> {
        let finding = findings.iter().find(|finding| self.findings.contains(&finding.code))?;
        Some(Reason { code: finding.code.name(), detail: finding.detail.clone() })
    }
}

/// The name says a picture and the content is a page, or the like. A JPEG that is called `.png` is only mistaken.
fn kind_differs(identified: &Identified, name: &str) -> Option<Reason> {
    let (_, extension) = name.rsplit_once('.')?;
    let named = types::by_extension(&extension.to_lowercase())?;
    let is_odd = identified.findings.iter().any(|finding| finding.code == FindingCode::ExtensionDiffers);
    (is_odd && named.kind != identified.kind).then(|| {
        let (told, is) = (named.kind.name(), identified.media_type);
        Reason { code: "name-differs", detail: format!("its name says {told}, its content is {is}") }
    })
}

fn covers(pattern: &str, media_type: &str) -> bool {
    match pattern.strip_suffix("/*") {
        Some(family) => media_type.split('/').next() == Some(family),
        None => pattern == media_type,
    }
}

#[cfg(test)]
mod tests {
    use damask_metadata::identify::identify;
    use damask_model::{Finding, FindingCode};

    use super::{Rule, Rules};

    const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n";
    const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0";

    fn check(rule: &Rule, name: &str, bytes: &[u8], expected: Option<&str>) {
        let identified = identify(&bytes, name).expect("bytes in memory can be read");
        let seen = rule.refuses(&identified, name, bytes.len() as u64);
        assert_eq!(seen.as_ref().map(|reason| reason.code), expected, "{name}: {seen:?}");
    }

    #[test]
    fn a_file_waits_for_its_type_its_name_or_its_length() {
        let upload = Rules::default().upload;
        check(&upload, "a.pdf", PDF, None);
        check(&upload, "a.jpg", PDF, Some("name-differs"));
        check(&upload, "a.png", JPEG, None);
        check(&Rules::default().import, "a.jpg", PDF, None);
        let pictures = Rule { only: vec!["image/*".into()], ..upload.clone() };
        check(&pictures, "a.pdf", PDF, Some("type-refused"));
        check(&pictures, "a.jpg", JPEG, None);
        let no_pages = Rule { refuse: vec!["application/pdf".into()], ..upload.clone() };
        check(&no_pages, "a.pdf", PDF, Some("type-refused"));
        check(&Rule { bytes_max: Some(10), ..upload }, "a.jpg", JPEG, Some("over-limit"));
    }

    #[test]
    fn a_file_waits_for_what_was_found_where_that_is_minded() {
        let found =
            [Finding::new(FindingCode::MetadataDamaged, "x"), Finding::new(FindingCode::DecoderDied, "y")];
        let rules = Rules::default();
        assert_eq!(rules.upload.minds(&found).map(|reason| reason.code), Some("decoder-died"));
        assert_eq!(rules.import.minds(&found), None);
        assert_eq!(rules.upload.minds(&found[..1]), None);
    }
}
