//! The order of results: by one field, in one direction, assets without a value last, equal ones by id.

use std::{cmp::Ordering, fmt};

use damask_model::AssetId;

use crate::{Document, Schema, Term, analysis, schema::Kind};

/// Most characters of a text that decide its place.
pub const SORT_CHARS_MAX: usize = 100;

/// What results are ordered by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub key: SortKey,
    /// Largest, latest, best first.
    pub descending: bool,
}

/// By what results are ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SortKey {
    /// How well the words fit; only an index knows it.
    Relevance,
    /// The id, and so when it came in.
    Id,
    /// A sortable field, by its name.
    Field(String),
}

/// The value that decides a document's place.
#[derive(Clone, Debug, PartialEq)]
pub enum SortValue {
    /// Whole numbers, yes and no, moments (microseconds of their start).
    Integer(i64),
    /// Finite numbers.
    Number(f64),
    /// Folded texts.
    Text(String),
}

impl Sort {
    /// Best first.
    pub const fn relevance() -> Self {
        Self { key: SortKey::Relevance, descending: true }
    }

    /// By a field, smallest first.
    pub fn by(field: &str) -> Self {
        Self { key: SortKey::Field(field.to_owned()), descending: false }
    }

    /// By a field, largest first.
    pub fn by_descending(field: &str) -> Self {
        Self { key: SortKey::Field(field.to_owned()), descending: true }
    }

    /// Reads `captured`, `-captured`, `captured-`, `relevance`, `id`; `None` where it is no sortable field.
    pub fn parse(text: &str, schema: &Schema) -> Option<Self> {
        let (word, descending) = match (text.strip_prefix('-'), text.strip_suffix('-')) {
            (Some(word), _) | (None, Some(word)) => (word, true),
            (None, None) => (text, false),
        };
        match word.to_ascii_lowercase().as_str() {
            "relevance" => Some(Self::relevance()),
            "id" => Some(Self { key: SortKey::Id, descending }),
            _ => {
                let field = schema.meant(word).filter(|field| field.sortable)?;
                Some(Self { key: SortKey::Field(field.name.clone()), descending })
            }
        }
    }

    /// What decides the place of a document; `None` goes last.
    pub fn value(&self, document: &Document) -> Option<SortValue> {
        let SortKey::Field(field) = &self.key else { return None };
        document.values(field).first().and_then(sort_value)
    }

    /// Which of two documents comes first. By relevance all are equal and fall back to their ids.
    pub fn compare(&self, a: &Document, b: &Document) -> Ordering {
        self.compare_values((self.value(a).as_ref(), a.id()), (self.value(b).as_ref(), b.id()))
    }

    /// Which of two values with their ids comes first.
    pub fn compare_values(
        &self,
        (a, a_id): (Option<&SortValue>, AssetId),
        (b, b_id): (Option<&SortValue>, AssetId),
    ) -> Ordering {
        let turned = |order: Ordering| if self.descending { order.reverse() } else { order };
        let by_value = match (a, b) {
            (Some(a), Some(b)) => turned(a.order(b)),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        by_value.then_with(|| turned(a_id.cmp(&b_id)))
    }
}

impl SortValue {
    fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => a.cmp(b),
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            // One field has values of one sort; this order is only there to be total.
            (Self::Integer(_), _) | (Self::Number(_), Self::Text(_)) => Ordering::Less,
            _ => Ordering::Greater,
        }
    }
}

/// What a value is ordered by.
pub fn sort_value(term: &Term) -> Option<SortValue> {
    match term {
        Term::Text(text) | Term::Keyword(text) => Some(SortValue::Text(sort_text(text))),
        Term::Integer(number) => Some(SortValue::Integer(*number)),
        Term::Number(number) => Some(SortValue::Number(*number)),
        Term::Boolean(yes) => Some(SortValue::Integer(i64::from(*yes))),
        Term::Moment { start, .. } => Some(SortValue::Integer(start.micros)),
        Term::Position | Term::Folder(_) => None,
    }
}

/// The start of a text, folded.
fn sort_text(text: &str) -> String {
    let start: String = text.chars().take(SORT_CHARS_MAX).collect();
    analysis::cut(analysis::whole(&start), SORT_CHARS_MAX)
}

impl fmt::Display for Sort {
    /// As [`Sort::parse`] reads it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            SortKey::Relevance => f.write_str("relevance"),
            SortKey::Id => write!(f, "{}id", if self.descending { "-" } else { "" }),
            SortKey::Field(name) => write!(f, "{}{name}", if self.descending { "-" } else { "" }),
        }
    }
}

impl Schema {
    /// Whether the sort values of a field are texts.
    pub fn sorts_as_text(&self, field: &str) -> bool {
        self.field(field).is_some_and(|field| matches!(field.kind, Kind::Text | Kind::Keyword))
    }
}
