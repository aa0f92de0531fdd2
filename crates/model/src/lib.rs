//! The field's nouns as plain values with their laws (GLOSSARY.md decides the words).
//!
//! No I/O, no clock, no randomness: ids and times are given. What is stored as a document or leaves the
//! program (values, probes, recipes, selectors) derives serde on purpose: its form is a promise.

pub mod asset;
pub mod fact;
pub mod field;
pub mod file;
pub mod finding;
pub mod ids;
pub mod job;
pub mod probe;
pub mod recipe;
pub mod relation;
pub mod selector;
pub mod source;
pub mod value;

pub use asset::{Asset, AssetKind, Checkout, StateName, Version};
pub use fact::{Change, FactHeader, NewFact, Seq, Verb};
pub use field::{FieldDef, FieldName, FieldType};
pub use file::{ContentHash, EssenceHash, FileRole, Location, Stamp};
pub use finding::{Finding, FindingCode};
pub use ids::*;
pub use recipe::{Fit, PictureFormat, Recipe};
pub use selector::Selector;
pub use source::ByteSource;
pub use value::{Document, Entry, Origin, Value};
