//! Index: what a search document is made of, and the reader of the journal that keeps the index.

pub mod document;
pub mod folders;
pub mod reader;
