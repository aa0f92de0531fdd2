//! The index: the query of `damask-query` evaluated over millions of search documents.
//!
//! It holds ids and what is needed to find, order and count them; the truth is the catalog, and the whole
//! folder may be thrown away and made again from the journal. What has been indexed and up to which fact is
//! one commit, so they cannot disagree. All calls block: a caller in an async program runs them on a thread
//! of their own. There is one writer, and it is dropped when idle ([`Index::rest`]).
//!
//! Where to look: [`index`](crate::Index) opens and writes, `find` searches, `compile` makes the engine's
//! query of a plan, `gather` orders and counts in one pass, `facet` counts values.

mod columns;
mod compile;
mod cursor;
mod error;
mod exclude;
mod facet;
mod find;
mod gather;
mod index;
mod listing;
mod write;
mod writer;

pub use cursor::Cursor;
pub use error::SearchError;
pub use facet::{Calendar, Facet, FacetRequest, FacetValue};
pub use find::{LIMIT_MAX, Page, Request, Suggestion};
pub use index::{Change, Index, Opening, Size, Unusable};
pub use listing::Listing;
