//! Ingest: bytes come in by any door, and are acknowledged only when they are durable and known.

mod arrival;
pub mod aside;
pub mod glance;
pub mod homes;
pub mod import;
pub mod intent;
pub mod join;
mod path;
mod pour;
mod progress;
pub mod put;
pub mod quarantine;
mod quota;
pub mod receive;
pub mod rules;
mod scan;
mod source;
mod told;
pub mod upload;
mod walk;

pub use arrival::{Arrival, ArrivalOutcome};
pub use progress::Progress;
