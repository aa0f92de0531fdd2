//! The catalog: one library's records, journal and jobs, in one SQLite file or one PostgreSQL schema.
//! It holds the only SQL of Damask, and decides nothing: `damask-flow` does.
//!
//! Reading order: [`Catalog`] (open, read, snapshot), [`writer`] (group commit), [`Tx`] (one write),
//! [`journal`] (facts), then a module for each noun. Queries are functions of a noun's module that take a
//! [`Conn`] (reads) or a [`Tx`] (writes), one statement each: `assets::by_id(&mut conn, id)`.
//! There is one SQL text for both databases; what truly differs is in `dialect.rs`.
//! No clock is read and no environment: times come from the clock in [`Options`].

pub mod accounts;
mod address;
pub mod assets;
pub mod brought;
mod catalog;
mod cell;
mod conn;
pub mod copy;
pub mod cursors;
mod dialect;
pub mod due;
pub mod effects;
pub mod embedded;
mod error;
pub mod files;
pub mod findings;
pub mod fixity;
pub mod folders;
pub mod idempotency;
pub mod jobs;
pub mod journal;
pub mod keys;
pub mod locations;
mod migrate;
pub mod observations;
mod page;
pub mod page_text;
pub mod places;
#[cfg(test)]
mod plans;
pub mod proof;
pub mod purge;
pub mod quarantine;
mod record;
pub mod relations;
pub mod renditions;
pub mod sessions;
pub mod setup_links;
mod tx;
pub mod uploads;
pub mod versions;
pub mod writer;

pub use address::Address;
pub use catalog::{Catalog, Clock, Options, Snapshot};
pub use conn::Conn;
pub use error::CatalogError;
pub use page::PAGE_MAX;
pub use tx::Tx;
pub use writer::{Urgency, Written};
