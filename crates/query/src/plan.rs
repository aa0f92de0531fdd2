//! A query made ready for one moment: fields, tokens, numbers and times in the form both evaluators take.
//!
//! What is decided here is decided once, so the evaluator in memory and the index cannot differ in it.
//! A folder that was not resolved makes the whole plan match nothing: a scope fails closed.

use std::{collections::BTreeSet, ops::Bound};

use damask_model::{AssetId, FolderId};
use damask_time::Instant;

use crate::{
    Meaning, Query, Schema, analysis,
    schema::Kind,
    tree::{FolderAsk, Node, RangeEnd, Value},
};

/// A query made ready.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// What must hold.
    pub condition: Condition,
    /// The fields that bare words look in.
    pub bare: Vec<String>,
}

/// What must hold of a document.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Nothing: every document.
    Everything,
    /// No document.
    Nothing,
    /// All of these.
    And(Vec<Self>),
    /// Any of these.
    Or(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
    /// A test of values.
    Test(Test),
}

/// A test of a document's values; any one value that passes is enough.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// These words follow each other in one value.
    Phrase {
        /// Where.
        target: Target,
        /// Which form of the words is compared.
        wording: Wording,
        /// At least one.
        words: Vec<String>,
    },
    /// The whole folded value is one of these.
    Whole {
        /// The field.
        field: String,
        /// At least one.
        any: BTreeSet<String>,
    },
    /// The whole folded value begins so.
    WholePrefix {
        /// The field.
        field: String,
        /// Not empty.
        prefix: String,
    },
    /// From `low` to `high`, both inside.
    Integer {
        /// The field.
        field: String,
        /// Least.
        low: i64,
        /// Most.
        high: i64,
    },
    /// Between the bounds.
    Number {
        /// The field.
        field: String,
        /// Least.
        low: Bound<f64>,
        /// Most.
        high: Bound<f64>,
    },
    /// The moment lies wholly in the span.
    Moment {
        /// The field.
        field: String,
        /// It begins no earlier.
        from: Option<Instant>,
        /// It ends no later.
        until: Option<Instant>,
    },
    /// The home folder is one of these.
    Folder(BTreeSet<FolderId>),
    /// The asset is one of these.
    Id(BTreeSet<AssetId>),
    /// The field has a value.
    Present(String),
}

/// Where words are looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// In any field that bare words look in.
    Any,
    /// In this field.
    Field(String),
}

/// Which form of words is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wording {
    /// Their stems.
    Stem,
    /// Their folded forms.
    Exact,
    /// Their folded forms; the last one only by its beginning.
    Prefix,
}

impl Query {
    /// Makes the query ready; relative times are counted from `now`.
    pub fn plan(&self, schema: &Schema, now: Instant) -> Plan {
        let mut planner = Planner { schema, now, unresolved: false };
        let condition = planner.node(&self.root);
        let bare = schema.fields().filter(|field| field.bare).map(|field| field.name.clone()).collect();
        Plan { condition: if planner.unresolved { Condition::Nothing } else { condition }, bare }
    }
}

impl Plan {
    /// Whether words are looked for, so that some documents fit better than others.
    pub fn has_words(&self) -> bool {
        self.condition.has_words()
    }
}

impl Condition {
    fn has_words(&self) -> bool {
        match self {
            Self::Everything | Self::Nothing | Self::Not(_) => false,
            Self::And(parts) | Self::Or(parts) => parts.iter().any(Self::has_words),
            Self::Test(test) => matches!(test, Test::Phrase { .. }),
        }
    }
}

struct Planner<'a> {
    schema: &'a Schema,
    now: Instant,
    unresolved: bool,
}

impl Planner<'_> {
    fn node(&mut self, node: &Node) -> Condition {
        match node {
            Node::All => Condition::Everything,
            Node::And(parts) => Condition::And(parts.iter().map(|part| self.node(part)).collect()),
            Node::Or(parts) => Condition::Or(parts.iter().map(|part| self.node(part)).collect()),
            Node::Not(part) => Condition::Not(Box::new(self.node(part))),
            Node::Has { field, present } => {
                let has = match self.schema.field(field).map(|field| field.kind) {
                    Some(Kind::Id) => Condition::Everything,
                    _ => Condition::Test(Test::Present(field.clone())),
                };
                if *present { has } else { Condition::Not(Box::new(has)) }
            }
            Node::Is { field, values } => self.values(field.as_deref(), values),
        }
    }

    fn values(&mut self, field: Option<&str>, values: &[Value]) -> Condition {
        let (mut whole, mut folders, mut ids, mut parts) =
            (BTreeSet::new(), BTreeSet::new(), BTreeSet::new(), Vec::new());
        for value in values {
            match value {
                Value::Whole(text) => {
                    whole.insert(analysis::whole(text));
                }
                Value::Id(id) => {
                    ids.insert(*id);
                }
                Value::Folder(folder) if folder.asked == FolderAsk::ROOT => parts.push(Condition::Everything),
                Value::Folder(folder) => match &folder.ids {
                    Some(below) => folders.extend(below),
                    None => self.unresolved = true,
                },
                other => parts.push(self.value(field, other)),
            }
        }
        let name = || field.unwrap_or_default().to_owned();
        if !whole.is_empty() {
            parts.push(Condition::Test(Test::Whole { field: name(), any: whole }));
        }
        if !folders.is_empty() {
            parts.push(Condition::Test(Test::Folder(folders)));
        }
        if !ids.is_empty() {
            parts.push(Condition::Test(Test::Id(ids)));
        }
        match parts.len() {
            0 => Condition::Nothing,
            1 => parts.swap_remove(0),
            _ => Condition::Or(parts),
        }
    }

    fn value(&self, field: Option<&str>, value: &Value) -> Condition {
        let kind = field.and_then(|field| self.schema.field(field)).map(|field| field.kind);
        let name = field.unwrap_or_default().to_owned();
        let target = field.map_or(Target::Any, |field| Target::Field(field.to_owned()));
        match (value, kind) {
            (Value::Words(text), _) => phrase(target, Wording::Stem, text),
            (Value::Phrase(text), _) => phrase(target, Wording::Exact, text),
            (Value::Prefix(text), Some(Kind::Keyword)) => match analysis::whole(text) {
                prefix if prefix.is_empty() => Condition::Nothing,
                prefix => Condition::Test(Test::WholePrefix { field: name, prefix }),
            },
            (Value::Prefix(text), _) => phrase(target, Wording::Prefix, text),
            (Value::Exactly(literal), _) => self.exactly(name, &literal.meaning),
            (Value::Range { low, high }, _) => self.range(name, low.as_ref(), high.as_ref()),
            // Taken by `values`.
            (Value::Whole(_) | Value::Folder(_) | Value::Id(_), _) => Condition::Nothing,
        }
    }

    fn exactly(&self, field: String, meaning: &Meaning) -> Condition {
        match *meaning {
            Meaning::Integer { low, high, .. } => integer(field, low, high),
            Meaning::Number { low, high, .. } => Condition::Test(Test::Number {
                field,
                low: Bound::Included(low),
                high: Bound::Included(high),
            }),
            Meaning::Boolean(yes) => integer(field, i64::from(yes), i64::from(yes)),
            _ => {
                let span = meaning.span(self.now);
                let from = span.map(|(start, _)| start);
                // A span back from now is open: what lies in the future is there by mistake, but it is newer.
                let until = span.map(|(_, end)| end).filter(|end| end.micros != i64::MAX);
                Condition::Test(Test::Moment { field, from, until })
            }
        }
    }

    fn range(&self, field: String, low: Option<&RangeEnd>, high: Option<&RangeEnd>) -> Condition {
        let Some(some) = low.or(high) else { return Condition::Nothing };
        match some.literal.meaning {
            Meaning::Integer { .. } => {
                // Past the last number there is none.
                let low = low.map_or(Some(i64::MIN), |end| whole_of(end, 1));
                let high = high.map_or(Some(i64::MAX), |end| whole_of(end, -1));
                match (low, high) {
                    (Some(low), Some(high)) => integer(field, low, high),
                    _ => Condition::Nothing,
                }
            }
            Meaning::Number { .. } => {
                Condition::Test(Test::Number { field, low: number_bound(low), high: number_bound(high) })
            }
            _ => {
                let edge = |end: &RangeEnd, after: bool| {
                    end.literal.meaning.span(self.now).map(|(start, end)| if after { end } else { start })
                };
                let from = low.and_then(|end| edge(end, !end.inclusive));
                let until = high.and_then(|end| edge(end, end.inclusive));
                Condition::Test(Test::Moment { field, from, until })
            }
        }
    }
}

fn phrase(target: Target, wording: Wording, text: &str) -> Condition {
    let words: Vec<String> = analysis::words(text)
        .into_iter()
        .map(|word| if wording == Wording::Stem { word.stem } else { word.folded })
        .collect();
    if words.is_empty() {
        return Condition::Nothing;
    }
    Condition::Test(Test::Phrase { target, wording, words })
}

fn integer(field: String, low: i64, high: i64) -> Condition {
    if low > high { Condition::Nothing } else { Condition::Test(Test::Integer { field, low, high }) }
}

fn whole_of(end: &RangeEnd, step_when_outside: i64) -> Option<i64> {
    match end.literal.meaning {
        Meaning::Integer { exact, .. } if end.inclusive => Some(exact),
        Meaning::Integer { exact, .. } => exact.checked_add(step_when_outside),
        _ => None,
    }
}

fn number_bound(end: Option<&RangeEnd>) -> Bound<f64> {
    match end.map(|end| (&end.literal.meaning, end.inclusive)) {
        Some((Meaning::Number { exact, .. }, true)) => Bound::Included(*exact),
        Some((Meaning::Number { exact, .. }, false)) => Bound::Excluded(*exact),
        _ => Bound::Unbounded,
    }
}
