//! Puts what was read from a file into an asset's document.
//!
//! What a person, a rule or an import said of a field stands: reading a file again never overwrites it.
//! What an earlier reading of a file said is replaced whole, so that a tag that is gone takes its value along.

use damask_model::{Document, Entry, FieldName, Origin, Value};
use damask_time::Instant;

/// What one reading of a version found.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Values from embedded tags, each with the tag it stood in.
    pub described: Vec<(FieldName, Vec<(Value, String)>)>,
    /// Values measured from the bytes.
    pub measured: Vec<(FieldName, Vec<Value>)>,
}

/// The document after a reading made at `at`.
pub fn merged(before: &Document, reading: Reading, at: Instant) -> Document {
    let mut document = Document::default();
    for (field, entries) in &before.fields {
        let kept: Vec<Entry> = entries.iter().filter(|entry| !was_read(&entry.origin)).cloned().collect();
        document.set(field.clone(), kept);
    }
    for (field, values) in reading.described {
        let entries = values.into_iter().map(|(value, tag)| entry(value, Origin::File { tag }, at)).collect();
        add(&mut document, field, entries);
    }
    for (field, values) in reading.measured {
        let entries = values.into_iter().map(|value| entry(value, Origin::Measured, at)).collect();
        add(&mut document, field, entries);
    }
    document
}

/// Read entries go behind a model's suggestions, and nowhere where someone has spoken.
fn add(document: &mut Document, field: FieldName, mut read: Vec<Entry>) {
    let standing = document.entries(field.as_str());
    if standing.iter().any(Entry::counts) {
        return;
    }
    read.extend(standing.iter().cloned());
    document.set(field, read);
}

const fn entry(value: Value, origin: Origin, at: Instant) -> Entry {
    Entry { value, origin, at, by: None }
}

const fn was_read(origin: &Origin) -> bool {
    matches!(origin, Origin::File { .. } | Origin::Sidecar { .. } | Origin::Measured)
}

#[cfg(test)]
mod tests {
    use damask_model::{ActorId, Document, Entry, FieldName, Origin, Value};
    use damask_time::Instant;

    use super::{Reading, merged};

    fn reading(field: &'static str, text: &str) -> Reading {
        let value = (Value::text(text), "XMP-dc:Title".to_owned());
        Reading { described: vec![(FieldName::core(field), vec![value])], measured: vec![] }
    }

    #[test]
    fn a_second_reading_replaces_the_first() {
        let first = merged(&Document::default(), reading("title", "Old"), Instant::default());
        let second = merged(&first, reading("headline", "New"), Instant::default());
        assert_eq!(second.first("title"), None);
        assert_eq!(second.first("headline"), Some(&Value::text("New")));
    }

    #[test]
    fn what_a_person_wrote_stands_against_any_reading() {
        let mut document = Document::default();
        let written = Entry {
            value: Value::text("Mine"),
            origin: Origin::Person,
            at: Instant::default(),
            by: Some(ActorId::fresh()),
        };
        document.set(FieldName::core("title"), vec![written]);
        let after = merged(&document, reading("title", "From the file"), Instant::default());
        assert_eq!(after.values("title").collect::<Vec<_>>(), [&Value::text("Mine")]);
    }

    #[test]
    fn a_suggestion_stays_beside_what_was_read_and_does_not_count() {
        let mut document = Document::default();
        let origin = Origin::Model { model: "m".into(), version: "1".into(), confidence: 500 };
        let suggested = Entry { value: Value::text("guess"), origin, at: Instant::default(), by: None };
        document.set(FieldName::core("title"), vec![suggested]);
        let after = merged(&document, reading("title", "Read"), Instant::default());
        assert_eq!(after.entries("title").len(), 2);
        assert_eq!(after.values("title").collect::<Vec<_>>(), [&Value::text("Read")]);
    }
}
