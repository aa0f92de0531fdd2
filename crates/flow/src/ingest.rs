//! Ingest: bytes come in by any door, and are acknowledged only when they are durable and known.

mod arrival;
pub mod homes;
pub mod import;
mod path;
mod pour;
mod progress;
pub mod put;
pub mod quarantine;
pub mod receive;
mod source;
pub mod upload;
mod walk;

pub use arrival::{Arrival, ArrivalOutcome};
pub use progress::Progress;
