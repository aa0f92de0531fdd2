//! What is wrong with a query, where, and what would be right: read by people in the search box.

use std::ops::Range;

/// A query that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} (at {}): {expected}", at.start)]
pub struct QueryError {
    /// The characters (not bytes) it is about; empty at the place where something is missing.
    pub at: Range<usize>,
    /// What is wrong, in words a person can act on.
    pub message: String,
    /// What was expected there.
    pub expected: String,
}

impl QueryError {
    pub(crate) fn new(at: Range<usize>, message: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { at, message: message.into(), expected: expected.into() }
    }
}
