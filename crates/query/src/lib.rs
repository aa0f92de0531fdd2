//! The one query language: parsed once to one tree, evaluated here on one document in memory and in
//! `damask-search` over millions. Both answer with the same set, because both start from the same
//! [`Plan`] and the same tokens ([`analysis`]).
//!
//! The way of a query: [`Query::parse`] → [`Query::resolve_folders`] → [`Query::plan`] →
//! [`Plan::matches`] or the index. The grammar for people is `docs/guide/query.md`.
//! There is no I/O here, no clock and no SQL.

pub mod analysis;
pub mod colour;
pub mod document;
mod error;
mod evaluate;
mod lex;
mod literal;
mod parse;
pub mod plan;
mod print;
pub mod schema;
mod sort;
mod trash;
mod tree;
mod value;

pub use document::{Document, Input, Term};
pub use error::QueryError;
pub use literal::{Literal, Meaning, SpanUnit};
pub use plan::{Condition, Plan, Target, Test, Wording};
pub use schema::{Field, Kind, Schema, Unit};
pub use sort::{Sort, SortKey, SortValue, sort_value};
pub use tree::{FolderAsk, FolderValue, Node, Query, RangeEnd, Scope, Value};

/// Most characters a query may have.
pub const LENGTH_MAX: usize = 64_000;
/// Most levels of parentheses and negations in a query.
pub const DEPTH_MAX: usize = 32;
/// Most words and values in a query.
pub const TERMS_MAX: usize = 1_000;
