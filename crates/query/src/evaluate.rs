//! The query evaluated on one document in memory: permissions, rules and alerts ask here, and the index is
//! held to the same answers.

use std::{cell::RefCell, collections::BTreeMap, ops::RangeBounds, rc::Rc};

use damask_time::Instant;

use crate::{
    Document, Query, Schema, Term,
    analysis::{self, Word},
    plan::{Condition, Plan, Target, Test, Wording},
};

impl Query {
    /// Whether the query selects a document. For many documents make the plan once and ask that.
    pub fn matches(&self, schema: &Schema, document: &Document, now: Instant) -> bool {
        self.plan(schema, now).matches(document)
    }
}

impl Plan {
    /// Whether the query selects a document.
    pub fn matches(&self, document: &Document) -> bool {
        Evaluation { plan: self, document, words: RefCell::default() }.holds(&self.condition)
    }
}

/// The words of each text value of a field.
type FieldWords = Rc<Vec<Vec<Word>>>;

/// One document being looked at; its texts fall into words at most once.
struct Evaluation<'a> {
    plan: &'a Plan,
    document: &'a Document,
    words: RefCell<BTreeMap<String, FieldWords>>,
}

impl Evaluation<'_> {
    fn holds(&self, condition: &Condition) -> bool {
        match condition {
            Condition::Everything => true,
            Condition::Nothing => false,
            Condition::And(parts) => parts.iter().all(|part| self.holds(part)),
            Condition::Or(parts) => parts.iter().any(|part| self.holds(part)),
            Condition::Not(part) => !self.holds(part),
            Condition::Test(test) => self.passes(test),
        }
    }

    fn passes(&self, test: &Test) -> bool {
        let values = |field: &str| self.document.values(field).iter();
        match test {
            Test::Phrase { target: Target::Field(field), wording, words } => {
                self.follows(field, *wording, words)
            }
            Test::Phrase { target: Target::Any, wording, words } => {
                self.plan.bare.iter().any(|field| self.follows(field, *wording, words))
            }
            Test::Whole { field, any } => values(field).any(|term| match term {
                Term::Keyword(text) => any.contains(&analysis::whole(text)),
                _ => false,
            }),
            Test::WholePrefix { field, prefix } => values(field).any(|term| match term {
                Term::Keyword(text) => analysis::whole(text).starts_with(prefix.as_str()),
                _ => false,
            }),
            Test::Integer { field, low, high } => values(field).any(|term| match term {
                Term::Integer(number) => (low..=high).contains(&number),
                Term::Boolean(yes) => (*low..=*high).contains(&i64::from(*yes)),
                _ => false,
            }),
            Test::Number { field, low, high } => values(field).any(|term| match term {
                Term::Number(number) => (*low, *high).contains(number),
                _ => false,
            }),
            Test::Moment { field, from, until } => values(field).any(|term| match term {
                Term::Moment { start, end } => {
                    from.is_none_or(|from| from <= *start) && until.is_none_or(|until| *end <= until)
                }
                _ => false,
            }),
            Test::Folder(folders) => values("folder").any(|term| match term {
                Term::Folder(folder) => folders.contains(folder),
                _ => false,
            }),
            Test::Id(ids) => ids.contains(&self.document.id()),
            Test::Present(field) => !self.document.values(field).is_empty(),
        }
    }

    fn follows(&self, field: &str, wording: Wording, wanted: &[String]) -> bool {
        self.words_of(field).iter().any(|words| follows(words, wording, wanted))
    }

    fn words_of(&self, field: &str) -> FieldWords {
        if let Some(words) = self.words.borrow().get(field) {
            return Rc::clone(words);
        }
        let texts = self.document.values(field).iter().filter_map(|term| match term {
            Term::Text(text) | Term::Keyword(text) => Some(analysis::words(text)),
            _ => None,
        });
        let words: FieldWords = Rc::new(texts.collect());
        self.words.borrow_mut().insert(field.to_owned(), Rc::clone(&words));
        words
    }
}

fn follows(words: &[Word], wording: Wording, wanted: &[String]) -> bool {
    let last = wanted.len().saturating_sub(1);
    words.windows(wanted.len().max(1)).any(|window| {
        window.iter().zip(wanted).enumerate().all(|(place, (word, wanted))| match wording {
            Wording::Stem => word.stem == *wanted,
            Wording::Prefix if place == last => word.folded.starts_with(wanted.as_str()),
            Wording::Exact | Wording::Prefix => word.folded == *wanted,
        })
    })
}
