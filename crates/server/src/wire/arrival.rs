//! What became of a file that was brought in.

use damask_flow::ingest::{Arrival, ArrivalOutcome};
use damask_model::Uuid;
use serde::Serialize;
use utoipa::ToSchema;

/// What became of a file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Arrival)]
pub struct ArrivalView {
    /// The path it came by.
    pub path: String,
    /// What became of it.
    #[schema(value_type = String, example = "imported")]
    pub outcome: &'static str,
    /// The asset that has its bytes.
    #[schema(required)]
    pub asset: Option<Uuid>,
    /// Why, where the outcome alone does not say.
    #[schema(required)]
    pub reason: Option<String>,
}

/// The word for an outcome.
pub const fn outcome(outcome: ArrivalOutcome) -> &'static str {
    match outcome {
        ArrivalOutcome::Imported => "imported",
        ArrivalOutcome::AlreadyHere => "already-here",
        ArrivalOutcome::Quarantined => "quarantined",
        ArrivalOutcome::Failed => "failed",
    }
}

impl From<Arrival> for ArrivalView {
    fn from(arrival: Arrival) -> Self {
        Self {
            path: arrival.path,
            outcome: outcome(arrival.outcome),
            asset: arrival.asset.map(|asset| asset.0),
            reason: arrival.reason,
        }
    }
}
