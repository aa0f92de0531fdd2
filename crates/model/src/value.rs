//! Values and the document that holds all current values of one asset.
//!
//! Each value keeps where it came from, when, and who accepted it. A suggestion of a model is an entry
//! whose origin is a model and which nobody has accepted: it does not count as a value until then.

use std::collections::BTreeMap;

use damask_time::{Instant, Moment, Rate};
use serde::{Deserialize, Serialize};

use crate::{ActorId, FieldName};

/// A typed value of a field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Text in no particular language.
    Text(String),
    /// Text with a language tag (BCP 47), as XMP language alternatives hold it.
    Localized {
        /// BCP 47 tag, or `x-default`.
        language: String,
        /// The text.
        text: String,
    },
    /// A whole number.
    Integer(i64),
    /// A measured number (exposure time in seconds, focal length in millimetres).
    Number(f64),
    /// Yes or no.
    Boolean(bool),
    /// A date and time as precise as it was written.
    Moment(Moment),
    /// A position on the Earth, WGS 84.
    Position {
        /// Degrees north, -90 to 90.
        latitude: f64,
        /// Degrees east, -180 to 180.
        longitude: f64,
        /// Metres above sea level.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        altitude_m: Option<f64>,
    },
    /// A rate of frames or samples.
    Rate(Rate),
}

impl Value {
    /// A text value.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The words of a text value, localized or not.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Localized { text, .. } => Some(text),
            _ => None,
        }
    }
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Read from the file itself; the tag it stood in, with its group (`XMP-dc:Title`).
    File {
        /// Group and name of the tag.
        tag: String,
    },
    /// Read from a sidecar file.
    Sidecar {
        /// Group and name of the tag.
        tag: String,
    },
    /// Measured from the bytes (width, duration, page count).
    Measured,
    /// A person wrote it.
    Person,
    /// A rule set it.
    Rule {
        /// The rule's name.
        rule: String,
    },
    /// It came with an import (a manifest, a spreadsheet).
    Import,
    /// A model suggested it.
    Model {
        /// Name of the model.
        model: String,
        /// Its version.
        version: String,
        /// 0 to 1000, in thousandths.
        confidence: u16,
    },
}

/// One value with its provenance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The value.
    pub value: Value,
    /// Where it came from.
    pub origin: Origin,
    /// When it was read, measured or written.
    pub at: Instant,
    /// Who wrote it, or accepted the suggestion; `None` for what Damask read by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<ActorId>,
}

impl Entry {
    /// Whether it counts as a value: everything but a model's suggestion that nobody has accepted.
    pub const fn counts(&self) -> bool {
        !matches!(self.origin, Origin::Model { .. }) || self.by.is_some()
    }
}

/// All current values of one asset: what page, evaluator and index read, whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Document {
    /// Entries by field, in their order; no field has an empty list.
    pub fields: BTreeMap<FieldName, Vec<Entry>>,
}

impl Document {
    /// The entries of a field, suggestions included.
    pub fn entries(&self, field: &str) -> &[Entry] {
        self.fields.get(field).map_or(&[], Vec::as_slice)
    }

    /// The values of a field that count.
    pub fn values<'a>(&'a self, field: &str) -> impl Iterator<Item = &'a Value> {
        self.entries(field).iter().filter(|entry| entry.counts()).map(|entry| &entry.value)
    }

    /// The first value of a field that counts.
    pub fn first<'a>(&'a self, field: &str) -> Option<&'a Value> {
        self.values(field).next()
    }

    /// Replaces the entries of a field; an empty list removes it. Answers what stood there before.
    pub fn set(&mut self, field: FieldName, entries: Vec<Entry>) -> Vec<Entry> {
        let before =
            if entries.is_empty() { self.fields.remove(&field) } else { self.fields.insert(field, entries) };
        before.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use damask_time::Instant;

    use super::{Document, Entry, Origin, Value};
    use crate::{ActorId, FieldName};

    fn suggestion() -> Entry {
        Entry {
            value: Value::text("harbour"),
            origin: Origin::Model { model: "tags".into(), version: "1".into(), confidence: 900 },
            at: Instant::default(),
            by: None,
        }
    }

    #[test]
    fn a_suggestion_counts_only_once_it_is_accepted() {
        let mut document = Document::default();
        let keywords = FieldName::core("keywords");
        document.set(keywords.clone(), vec![suggestion()]);
        assert_eq!(document.first("keywords"), None);
        document.set(keywords, vec![Entry { by: Some(ActorId::fresh()), ..suggestion() }]);
        assert_eq!(document.first("keywords"), Some(&Value::text("harbour")));
    }

    #[test]
    fn a_document_reads_what_it_wrote() {
        let mut document = Document::default();
        document.set(FieldName::core("title"), vec![suggestion()]);
        let json = serde_json::to_string(&document).expect("json");
        assert_eq!(serde_json::from_str::<Document>(&json).expect("document"), document);
    }

    #[test]
    fn an_empty_list_removes_the_field() {
        let mut document = Document::default();
        document.set(FieldName::core("title"), vec![suggestion()]);
        assert_eq!(document.set(FieldName::core("title"), vec![]).len(), 1);
        assert!(document.fields.is_empty());
    }
}
