//! The search document: what of one asset can be searched, as plain values by field.
//!
//! Its laws make both evaluators agree: a field that is not `many` has one value (texts excepted: a title
//! may stand there in several languages), keywords differ from each other when folded, numbers are finite,
//! lengths are capped.

use std::collections::BTreeMap;

use damask_model::{AssetId, AssetKind, FindingCode, FolderId, StateName, Value, value::Document as Values};
use damask_time::Instant;

use crate::{
    analysis, colour,
    schema::{IS, Kind, Schema, TRASHED},
};

/// Most characters of one text value that are searched; what follows is not found.
pub const TEXT_CHARS_MAX: usize = 500_000;
/// Most values of one field that are searched.
pub const VALUES_MAX: usize = 1_000;
/// The field whose values are also found by their parts.
const KEYWORDS: &str = "keywords";

/// One searchable value.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// Words.
    Text(String),
    /// A name or code, matched whole.
    Keyword(String),
    /// A whole number.
    Integer(i64),
    /// A finite number.
    Number(f64),
    /// Yes or no.
    Boolean(bool),
    /// From `start` (inside) to `end` (outside).
    Moment {
        /// The first instant it covers.
        start: Instant,
        /// The first instant after it.
        end: Instant,
    },
    /// A place on the Earth.
    Position,
    /// A folder.
    Folder(FolderId),
}

/// What can be searched of one asset.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    id: AssetId,
    values: BTreeMap<String, Vec<Term>>,
}

/// What a search document is made of.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The asset.
    pub id: AssetId,
    /// What sort of thing it is.
    pub kind: AssetKind,
    /// The file name it came with.
    pub name: &'a str,
    /// The file names by which the same bytes came again.
    pub further_names: &'a [String],
    /// Media type of its primary file.
    pub media_type: &'a str,
    /// Its home folder; `None` is the root.
    pub folder: Option<FolderId>,
    /// Where it stands in its workflow.
    pub state: &'a StateName,
    /// Length of its primary file.
    pub bytes: u64,
    /// When it came in.
    pub added: Instant,
    /// When a fact last touched it.
    pub changed: Instant,
    /// Its field values; suggestions that nobody accepted are left out.
    pub values: &'a Values,
    /// Text of its pages; cut at [`TEXT_CHARS_MAX`].
    pub text: Option<&'a str>,
    /// Its dominant colours as sRGB; each is searched by the name of the nearest.
    pub colours: &'a [[u8; 3]],
    /// Whether its preview ladder is made.
    pub previewed: bool,
    /// Whether a stage could not do its work on it.
    pub failed: bool,
    /// Since when it lies in the trash.
    pub trashed: Option<Instant>,
    /// Whether someone has it checked out.
    pub checked_out: bool,
    /// What was found wrong or odd about its bytes.
    pub findings: &'a [FindingCode],
}

impl Document {
    /// A document that says nothing but its id.
    pub const fn new(id: AssetId) -> Self {
        Self { id, values: BTreeMap::new() }
    }

    /// The search document of an asset.
    pub fn from_asset(schema: &Schema, input: &Input<'_>) -> Self {
        let mut document = Self::new(input.id);
        let mut put = |field: &str, term: Term| {
            document.put(schema, field, term);
        };
        put("type", Term::Keyword(input.kind.name().to_owned()));
        put("name", Term::Text(input.name.to_owned()));
        for name in input.further_names {
            put("name", Term::Text(name.clone()));
        }
        if let Some(ext) = extension(input.name) {
            put("ext", Term::Keyword(ext));
        }
        put("media_type", Term::Keyword(input.media_type.to_owned()));
        if let Some(folder) = input.folder {
            put("folder", Term::Folder(folder));
        }
        put("state", Term::Keyword(input.state.0.clone()));
        put("bytes", Term::Integer(i64::try_from(input.bytes).unwrap_or(i64::MAX)));
        let moments =
            [("added", Some(input.added)), ("changed", Some(input.changed)), (TRASHED, input.trashed)];
        for (field, at) in moments.into_iter().filter_map(|(field, at)| Some((field, at?))) {
            put(field, Term::Moment { start: at, end: Instant::from_micros(at.micros.saturating_add(1)) });
        }
        if let Some(text) = input.text {
            put("text", Term::Text(text.chars().take(TEXT_CHARS_MAX).collect()));
        }
        for rgb in input.colours {
            put("colour", Term::Keyword(colour::nearest(*rgb).to_owned()));
        }
        let states = [
            ("previewed", input.previewed),
            ("failed", input.failed),
            (TRASHED, input.trashed.is_some()),
            ("checked-out", input.checked_out),
        ];
        for (name, holds) in states {
            if holds {
                put(IS, Term::Keyword(name.to_owned()));
            }
        }
        for code in input.findings {
            put("finding", Term::Keyword(code.name().to_owned()));
        }
        for name in input.values.fields.keys() {
            for value in input.values.values(name.as_str()) {
                document.put_value(schema, name.as_str(), value);
            }
        }
        for value in input.values.values(KEYWORDS) {
            for part in joined(value) {
                document.put(schema, KEYWORDS, Term::Keyword(part.to_owned()));
            }
        }
        document
    }

    /// The asset.
    pub const fn id(&self) -> AssetId {
        self.id
    }

    /// The values of a field.
    pub fn values(&self, field: &str) -> &[Term] {
        self.values.get(field).map_or(&[], Vec::as_slice)
    }

    /// All fields that have a value.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &[Term])> {
        self.values.iter().map(|(name, terms)| (name.as_str(), terms.as_slice()))
    }

    /// Adds a value, if the field takes it and the document's laws allow; answers whether it was added.
    pub fn put(&mut self, schema: &Schema, field: &str, term: Term) -> bool {
        let Some(field) = schema.field(field) else { return false };
        let term = match (field.kind, term) {
            (Kind::Text, Term::Text(text)) => {
                Term::Text(analysis::cut(text.trim().to_owned(), TEXT_CHARS_MAX))
            }
            (Kind::Keyword, Term::Keyword(text)) => Term::Keyword(tidy(&text)),
            (Kind::Number, Term::Number(number)) if number.is_finite() => Term::Number(number + 0.0),
            (Kind::Moment, Term::Moment { start, end }) if start < end => Term::Moment { start, end },
            (Kind::Integer, term @ Term::Integer(_))
            | (Kind::Boolean, term @ Term::Boolean(_))
            | (Kind::Position, term @ Term::Position)
            | (Kind::Folder, term @ Term::Folder(_)) => term,
            _ => return false,
        };
        let present = self.values(&field.name);
        let single = !(field.many && field.kind != Kind::Moment) && field.kind != Kind::Text;
        let refused = match &term {
            Term::Text(text) => text.is_empty(),
            Term::Keyword(text) => {
                let folded = analysis::whole(text);
                folded.is_empty()
                    || present.iter().any(|other| match other {
                        Term::Keyword(other) => analysis::whole(other) == folded,
                        _ => false,
                    })
            }
            _ => false,
        };
        if refused || (single && !present.is_empty()) || present.len() >= VALUES_MAX {
            return false;
        }
        self.values.entry(field.name.clone()).or_default().push(term);
        true
    }

    /// Adds a value of the model.
    pub fn put_value(&mut self, schema: &Schema, field: &str, value: &Value) -> bool {
        let Some(kind) = schema.field(field).map(|field| field.kind) else { return false };
        let term = match (kind, value) {
            (Kind::Text, Value::Text(text) | Value::Localized { text, .. }) => Term::Text(text.clone()),
            (Kind::Keyword, Value::Text(text) | Value::Localized { text, .. }) => Term::Keyword(text.clone()),
            (_, Value::Integer(number)) if kind == Kind::Number => Term::Number(*number as f64),
            (_, Value::Integer(number)) => Term::Integer(*number),
            (_, Value::Number(number)) => Term::Number(*number),
            (_, Value::Boolean(yes)) => Term::Boolean(*yes),
            (_, Value::Moment(moment)) => {
                Term::Moment { start: moment.first_instant(), end: moment.end_exclusive() }
            }
            (_, Value::Rate(rate)) => Term::Number(rate.a_second()),
            (_, Value::Position { .. }) => Term::Position,
            _ => return false,
        };
        self.put(schema, field, term)
    }
}

/// The parts of a keyword that many programs write as one: `harbour, fog; night`. None where it is one.
fn joined(value: &Value) -> impl Iterator<Item = &str> {
    let text = match value {
        Value::Text(text) | Value::Localized { text, .. } if text.contains([',', ';']) => text.as_str(),
        _ => "",
    };
    text.split([',', ';']).map(str::trim).filter(|part| !part.is_empty())
}

/// The extension of a file name in lower case: letters and digits after the last dot, at most 16.
fn extension(name: &str) -> Option<String> {
    let (stem, ext) = name.rsplit_once('.')?;
    let lawful =
        !stem.is_empty() && (1..=16).contains(&ext.len()) && ext.bytes().all(|b| b.is_ascii_alphanumeric());
    lawful.then(|| ext.to_ascii_lowercase())
}

/// Single spaces, no control characters, capped: as the value is shown in facets.
fn tidy(text: &str) -> String {
    let clean: String = text.chars().filter(|letter| !analysis::is_unseen(*letter)).collect();
    let parts: Vec<&str> = clean.split_whitespace().collect();
    analysis::cut(parts.join(" "), analysis::WHOLE_CHARS_MAX)
}

#[cfg(test)]
mod tests {
    use damask_model::{AssetId, AssetKind, FindingCode, StateName, Value, field::FieldName, value};
    use damask_time::Instant;

    use super::{Document, Input, TEXT_CHARS_MAX, Term, VALUES_MAX};
    use crate::Schema;

    fn sample() -> Document {
        let mut values = value::Document::default();
        let entry = |value, origin| value::Entry { value, origin, at: Instant::default(), by: None };
        values.set(
            FieldName::core("keywords"),
            vec![
                entry(Value::text("Old  Harbour"), value::Origin::Person),
                entry(Value::text("old harbour"), value::Origin::Person),
                entry(Value::text("fog,old harbour; night \u{1}shift"), value::Origin::Person),
                entry(
                    Value::text("boat"),
                    value::Origin::Model { model: "m".into(), version: "1".into(), confidence: 1 },
                ),
            ],
        );
        let input = Input {
            id: AssetId::fresh(),
            kind: AssetKind::Image,
            name: "DSC_0001.JPG",
            further_names: &["harbour.jpg".to_owned()],
            media_type: "image/jpeg",
            folder: None,
            state: &StateName::incoming(),
            bytes: 8,
            added: Instant::from_micros(5),
            changed: Instant::from_micros(6),
            values: &values,
            text: None,
            colours: &[[255, 0, 0], [250, 0, 0]],
            previewed: true,
            failed: false,
            trashed: Some(Instant::from_micros(7)),
            checked_out: false,
            findings: &[FindingCode::Truncated],
        };
        Document::from_asset(&Schema::core(), &input)
    }

    #[test]
    fn a_document_holds_what_counts_once() {
        let document = sample();
        let keywords = ["Old Harbour", "fog,old harbour; night shift", "fog", "night shift"];
        assert_eq!(document.values("keywords"), keywords.map(|word| Term::Keyword(word.into())));
        assert_eq!(document.values("colour"), [Term::Keyword("red".into())]);
        let names = ["DSC_0001.JPG", "harbour.jpg"];
        assert_eq!(document.values("name"), names.map(|name| Term::Text(name.into())));
        assert_eq!(document.values("ext"), [Term::Keyword("jpg".into())]);
        assert_eq!(document.values("is"), ["previewed", "trashed"].map(|word| Term::Keyword(word.into())));
        assert_eq!(document.values("trashed").len(), 1);
        assert_eq!(document.values("finding"), [Term::Keyword("truncated".into())]);
        assert!(document.values("folder").is_empty());
    }

    #[test]
    fn values_that_do_not_fit_their_field_are_left_out() {
        let (schema, mut document) = (Schema::core(), Document::new(AssetId::fresh()));
        for (field, term) in [
            ("nonsense", Term::Integer(1)),
            ("width", Term::Text("wide".into())),
            ("aperture", Term::Number(f64::NAN)),
            ("title", Term::Text("  ".into())),
            ("city", Term::Keyword("\t".into())),
        ] {
            assert!(!document.put(&schema, field, term), "{field}");
        }
        assert!(document.put(&schema, "width", Term::Integer(1)));
        assert!(!document.put(&schema, "width", Term::Integer(2)), "width has one value");
    }

    #[test]
    fn long_texts_and_long_lists_are_capped() {
        let (schema, mut document) = (Schema::core(), Document::new(AssetId::fresh()));
        document.put(&schema, "text", Term::Text("x".repeat(TEXT_CHARS_MAX + 5)));
        assert_eq!(document.values("text"), [Term::Text("x".repeat(TEXT_CHARS_MAX))]);
        for number in 0..VALUES_MAX + 5 {
            document.put(&schema, "keywords", Term::Keyword(format!("k{number}")));
        }
        assert_eq!(document.values("keywords").len(), VALUES_MAX);
    }
}
