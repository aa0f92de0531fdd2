//! Which writes go first: those of a lane in which a person waits.

use damask_catalog::Urgency;
use damask_model::job::Lane;

/// How urgent the writes of a lane are.
pub const fn urgency_of(lane: Lane) -> Urgency {
    match lane {
        Lane::Interactive | Lane::Fresh => Urgency::Interactive,
        Lane::Bulk => Urgency::Bulk,
    }
}
