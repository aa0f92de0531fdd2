//! What can go wrong in the index: the caller's slip, or the engine's fault.

use std::path::PathBuf;

use tantivy::TantivyError;

/// Why the index could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The engine failed.
    #[error("the index cannot {tried}")]
    Engine {
        /// What was tried.
        tried: &'static str,
        /// Why it failed.
        #[source]
        source: Box<TantivyError>,
    },
    /// A file of the index could not be read or written.
    #[error("cannot use {}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The cursor is not one this search gave.
    #[error("this cursor does not belong to this search")]
    BadCursor,
    /// Assets cannot be ordered by this.
    #[error("assets cannot be ordered by {0}")]
    NotSortable(String),
    /// Values of this cannot be counted.
    #[error("values of {0} cannot be counted")]
    NotAFacet(String),
    /// A phrase ends in a prefix that too many words begin with.
    #[error("more than {max} words begin with {prefix:?}: write another letter before the *")]
    TooBroad {
        /// The prefix.
        prefix: String,
        /// The limit.
        max: u32,
    },
}

impl SearchError {
    pub(crate) fn engine(tried: &'static str) -> impl FnOnce(TantivyError) -> Self {
        move |source| Self::Engine { tried, source: Box::new(source) }
    }
}
