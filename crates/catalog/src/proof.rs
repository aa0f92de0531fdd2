//! Whether tables and journal say the same. Two walks that page through all there is, beside a live library, in
//! memory that does not grow with it:
//!
//! - [`Facts`] goes through the journal: each payload has its digest, each subject its place in the history, and what
//!   a fact says of a row holds until a later fact says otherwise. So rows that were removed or put back are found.
//! - [`Rows`] goes through the tables of record: each row is as its last fact says. So rows that were changed or
//!   added are found.
//!
//! Headers are proven by the notary's log, not here.

mod facts;
mod many;
mod rows;

use crate::record::TABLES;

pub use facts::Facts;
pub use rows::Rows;

/// The columns that only a fact may change, each with its table.
pub fn columns() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLES.iter().flat_map(|table| table.columns.iter().map(|column| (table.name, column.name)))
}
