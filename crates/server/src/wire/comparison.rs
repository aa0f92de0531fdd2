//! Two versions of an asset beside each other.

use damask_flow::versions::compare::{Comparison, Difference, Side};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::{asset::VersionView, probe::ProbeView};

/// Two versions beside each other.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Comparison)]
pub struct ComparisonView {
    /// The one it is compared from.
    from: SideView,
    /// The one it is compared to.
    to: SideView,
    /// Embedded tags that only one has, or that say other things in each.
    tags: Vec<DifferenceView>,
}

/// One of them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ComparedVersion)]
struct SideView {
    version: VersionView,
    /// What was measured of it.
    probe: ProbeView,
}

/// A tag that is not the same in both.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TagDifference)]
struct DifferenceView {
    /// Its group, as exiftool names it.
    group: String,
    /// Its name.
    name: String,
    /// What it says in the first; null where it is not there.
    from: Json,
    /// What it says in the second; null where it is not there.
    to: Json,
}

impl From<Side> for SideView {
    fn from(side: Side) -> Self {
        Self { version: side.version.into(), probe: side.probe.into() }
    }
}

impl From<Comparison> for ComparisonView {
    fn from(comparison: Comparison) -> Self {
        let view = |Difference { group, name, from, to }| DifferenceView {
            group,
            name,
            from: from.unwrap_or_default(),
            to: to.unwrap_or_default(),
        };
        Self {
            tags: comparison.tags.into_iter().map(view).collect(),
            from: comparison.from.into(),
            to: comparison.to.into(),
        }
    }
}
