//! Acts on several assets at once, and what became of each.

use damask_flow::several::Several;
use damask_model::{AssetId, Uuid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{extract::Id, problem::Problem};

/// The assets an act is meant for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Selection {
    /// Their ids.
    #[schema(value_type = Vec<Uuid>, min_items = 1, max_items = 1000)]
    pub assets: Vec<Id<AssetId>>,
}

impl Selection {
    /// The ids.
    pub fn ids(self) -> Vec<AssetId> {
        self.assets.into_iter().map(|id| id.0).collect()
    }
}

/// What became of an act on several assets.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Several)]
pub struct SeveralView {
    /// Give it as `at_least` to a search that is to know of it.
    seq: i64,
    /// The fact that states it: give it to `POST /api/v1/undo`. Null where nothing was changed, or for ever.
    #[schema(required)]
    fact: Option<i64>,
    /// The assets it was done with.
    done: Vec<Uuid>,
    /// The others.
    refused: Vec<RefusedLine>,
}

/// An asset with which it was not done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RefusedAsset)]
struct RefusedLine {
    /// The asset.
    asset: Uuid,
    /// The code of the problem.
    #[schema(example = "checked-out")]
    code: &'static str,
    /// Why not.
    detail: String,
}

impl From<Several> for SeveralView {
    fn from(several: Several) -> Self {
        let refused = several.refused.into_iter().map(|(asset, trouble)| {
            let problem = Problem::from(trouble);
            RefusedLine { asset: asset.0, code: problem.code(), detail: problem.detail().to_owned() }
        });
        Self {
            seq: several.seq.0,
            fact: several.fact.map(|seq| seq.0),
            done: several.done.iter().map(|asset| asset.0).collect(),
            refused: refused.collect(),
        }
    }
}
