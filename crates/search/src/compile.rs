//! A plan → the engine's query. Every condition becomes exactly the set the evaluator finds.
//!
//! Only words count for relevance; all else selects and scores nothing.

use std::ops::Bound;

use damask_query::{Condition, Plan, Target, Test, Wording};
use tantivy::{
    Searcher, Term,
    query::{
        AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, InvertedIndexRangeQuery, Occur,
        PhrasePrefixQuery, PhraseQuery, Query, RangeQuery, TermQuery, TermSetQuery,
    },
    schema::{Field, IndexRecordOption},
};

use crate::{SearchError, columns::Columns, exclude::Excluded, write::EXACT};

/// Most words that the prefix at the end of a phrase may stand for.
pub const PHRASE_EXPANSION_MAX: u32 = 10_000;

/// Where words weigh more than elsewhere.
const WEIGHTIER: &[(&str, f32)] = &[("title", 2.0), ("headline", 1.5), ("name", 1.0)];

type Compiled = Result<Box<dyn Query>, SearchError>;

/// Makes engine queries for one searcher.
pub struct Compiler<'a> {
    pub columns: &'a Columns,
    pub searcher: &'a Searcher,
    /// Whether results are ordered by relevance.
    pub scoring: bool,
}

impl Compiler<'_> {
    /// What a query and a scope both select. The scope never scores.
    pub fn both(&self, query: &Plan, scope: &Plan) -> Compiled {
        let query = self.condition(&query.condition)?;
        if scope.condition == Condition::Everything {
            return Ok(query);
        }
        let scope = unscored(Compiler { scoring: false, ..*self }.condition(&scope.condition)?);
        Ok(Box::new(BooleanQuery::new(vec![(Occur::Must, query), (Occur::Must, scope)])))
    }

    fn condition(&self, condition: &Condition) -> Compiled {
        match condition {
            Condition::Everything => Ok(unscored(Box::new(AllQuery))),
            Condition::Nothing => Ok(Box::new(EmptyQuery)),
            Condition::And(parts) => self.all_of(parts),
            Condition::Or(parts) => {
                let parts: Result<Vec<_>, _> = parts.iter().map(|part| self.condition(part)).collect();
                Ok(Box::new(BooleanQuery::union(parts?)))
            }
            Condition::Not(_) => self.all_of(std::slice::from_ref(condition)),
            Condition::Test(test) => self.test(test),
        }
    }

    fn all_of(&self, parts: &[Condition]) -> Compiled {
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::with_capacity(parts.len() + 1);
        for part in parts {
            match part {
                Condition::Not(inner) => {
                    let excluded = Excluded(self.condition(inner)?);
                    clauses.push((Occur::MustNot, Box::new(excluded)));
                }
                other => clauses.push((Occur::Must, self.condition(other)?)),
            }
        }
        if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
            clauses.push((Occur::Must, unscored(Box::new(AllQuery))));
        }
        Ok(Box::new(BooleanQuery::new(clauses)))
    }

    fn test(&self, test: &Test) -> Compiled {
        let slots = |field: &str| self.columns.of(field);
        let found: Option<Box<dyn Query>> = match test {
            Test::Phrase { target, wording, words } => return self.phrase(target, *wording, words),
            Test::Whole { field, any } => slots(field)
                .whole
                .map(|slot| term_set(any.iter().map(|text| Term::from_field_text(slot, text)).collect())),
            Test::WholePrefix { field, prefix } => slots(field).whole.map(|slot| begins(slot, prefix)),
            Test::Folder(folders) => slots("folder").whole.map(|slot| {
                term_set(folders.iter().map(|id| Term::from_field_text(slot, &id.to_string())).collect())
            }),
            Test::Id(ids) => Some(term_set(
                ids.iter().map(|id| Term::from_field_bytes(self.columns.id, id.0.as_bytes())).collect(),
            )),
            Test::Present(field) => Some(Box::new(TermQuery::new(
                Term::from_field_text(self.columns.present, field),
                IndexRecordOption::Basic,
            ))),
            Test::Integer { field, low, high } => slots(field).number.map(|slot| {
                between(
                    integer_bound(slot, Bound::Included(*low)),
                    integer_bound(slot, Bound::Included(*high)),
                )
            }),
            Test::Number { field, low, high } => slots(field).number.map(|slot| {
                let bound = |end: &Bound<f64>| end.map(|number| Term::from_field_f64(slot, number));
                match (low, high) {
                    (Bound::Unbounded, Bound::Unbounded) => between(
                        bound(&Bound::Included(f64::NEG_INFINITY)),
                        bound(&Bound::Included(f64::INFINITY)),
                    ),
                    _ => between(bound(low), bound(high)),
                }
            }),
            Test::Moment { field, from, until } => {
                let (slots, mut clauses) = (slots(field), Vec::new());
                if let (Some(slot), Some(from)) = (slots.number, from) {
                    let low = integer_bound(slot, Bound::Included(from.micros));
                    clauses.push((Occur::Must, between(low, Bound::Unbounded)));
                }
                if let (Some(slot), Some(until)) = (slots.until, until) {
                    let high = integer_bound(slot, Bound::Included(until.micros));
                    clauses.push((Occur::Must, between(Bound::Unbounded, high)));
                }
                if clauses.is_empty() {
                    return self.test(&Test::Present(field.clone()));
                }
                Some(Box::new(BooleanQuery::new(clauses)))
            }
        };
        Ok(found.map_or_else(|| Box::new(EmptyQuery) as Box<dyn Query>, unscored))
    }

    fn phrase(&self, target: &Target, wording: Wording, words: &[String]) -> Compiled {
        let slot = match target {
            Target::Any => Some(self.columns.any_words),
            Target::Field(field) => self.columns.of(field).words,
        };
        let Some(slot) = slot else { return Ok(Box::new(EmptyQuery)) };
        let selected = self.words(slot, wording, words)?;
        if !self.scoring {
            return Ok(selected);
        }
        if *target != Target::Any {
            return Ok(selected);
        }
        let mut clauses = vec![(Occur::Must, selected)];
        for (field, weight) in WEIGHTIER {
            if let Some(slot) = self.columns.of(field).words {
                let better = BoostQuery::new(self.words(slot, wording, words)?, *weight);
                clauses.push((Occur::Should, Box::new(better)));
            }
        }
        Ok(Box::new(BooleanQuery::new(clauses)))
    }

    fn words(&self, slot: Field, wording: Wording, words: &[String]) -> Compiled {
        let term = |word: &String| match wording {
            Wording::Stem => Term::from_field_text(slot, word),
            Wording::Exact | Wording::Prefix => Term::from_field_text(slot, &format!("{EXACT}{word}")),
        };
        let terms: Vec<Term> = words.iter().map(term).collect();
        Ok(match (wording, words) {
            (_, []) => Box::new(EmptyQuery),
            (Wording::Prefix, [word]) => begins(slot, &format!("{EXACT}{word}")),
            (Wording::Prefix, [.., last]) => {
                let expansions = self.expansions(slot, last)?;
                let mut query = PhrasePrefixQuery::new(terms);
                query.set_max_expansions(expansions);
                Box::new(query)
            }
            (_, [_]) => {
                let [term] = <[Term; 1]>::try_from(terms).expect("one word makes one term");
                Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
            }
            _ => Box::new(PhraseQuery::new(terms)),
        })
    }

    /// How many words of the fullest segment begin so. The engine sets memory aside for as many as it is
    /// told may be, and leaves out what goes beyond; so it is told exactly, and too many are refused.
    fn expansions(&self, slot: Field, prefix: &str) -> Result<u32, SearchError> {
        let wanted = format!("{EXACT}{prefix}");
        let mut most = 0;
        for segment in self.searcher.segment_readers() {
            let failed = |tried| SearchError::engine(tried);
            let words = segment.inverted_index(slot).map_err(failed("read its words"))?;
            let range = words.terms().range().ge(wanted.as_bytes()).lt(after_prefix(&wanted).as_slice());
            let mut stream = range.into_stream().map_err(|error| failed("read its words")(error.into()))?;
            let mut count = 0;
            while stream.advance() {
                count += 1;
                if count > PHRASE_EXPANSION_MAX {
                    return Err(SearchError::TooBroad {
                        prefix: prefix.to_owned(),
                        max: PHRASE_EXPANSION_MAX,
                    });
                }
            }
            most = most.max(count);
        }
        Ok(most)
    }
}

fn unscored(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

fn term_set(terms: Vec<Term>) -> Box<dyn Query> {
    match <[Term; 1]>::try_from(terms) {
        Ok([term]) => Box::new(TermQuery::new(term, IndexRecordOption::Basic)),
        Err(terms) => Box::new(TermSetQuery::new(terms)),
    }
}

fn between(low: Bound<Term>, high: Bound<Term>) -> Box<dyn Query> {
    Box::new(RangeQuery::new(low, high))
}

fn integer_bound(slot: Field, end: Bound<i64>) -> Bound<Term> {
    end.map(|number| Term::from_field_i64(slot, number))
}

/// All terms of a field that begin so, however many.
fn begins(slot: Field, prefix: &str) -> Box<dyn Query> {
    let low = Bound::Included(Term::from_field_text(slot, prefix));
    // The end is no text, only bytes after one.
    let mut end = Term::from_field_text(slot, "");
    end.append_bytes(&after_prefix(prefix));
    Box::new(InvertedIndexRangeQuery::new(low, Bound::Excluded(end)))
}

/// The first bytes after all that begin so. Text is UTF-8, so no byte is 0xff and adding one to the last
/// cannot overflow.
pub fn after_prefix(prefix: &str) -> Vec<u8> {
    let mut end = prefix.as_bytes().to_vec();
    if let Some(last) = end.last_mut() {
        *last += 1;
    }
    end
}
