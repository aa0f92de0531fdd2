//! What leaves and enters Damask as JSON: one wire type a noun, one conversion each, in that noun's file.
//! Names here are a promise; nouns of floor 0 may change without these changing.

pub mod account;
pub mod arrival;
pub mod asset;
pub mod backup;
pub mod check;
pub mod comparison;
pub mod event;
pub mod field;
pub mod folder;
pub mod found;
pub mod history;
pub mod job;
pub mod key;
pub mod place;
pub mod probe;
pub mod problem;
pub mod proof;
pub mod quarantine;
pub mod several;
pub mod status;
