//! What a check tells: lines of what was seen, and of how far it is.

use damask_flow::check::{CheckLine, CheckProgress, CheckStep};
use serde::Serialize;
use utoipa::ToSchema;

/// One line of the answer while a library is checked: what was seen or, where that was asked for, how far it is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CheckStep)]
#[serde(untagged)]
pub enum CheckView {
    /// Something was checked.
    Line(CheckLineView),
    /// How far it is.
    Progress(CheckProgressView),
}

/// Something was checked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CheckLine)]
pub struct CheckLineView {
    /// `glass`, `journal`, `notary`, `catalog`, `bytes` or `index`.
    area: &'static str,
    /// Whether something is wrong.
    fault: bool,
    /// Whether something was wrong, and is right now.
    mended: bool,
    /// Of a wall of the glass: whether it holds on this machine. Null for all else.
    #[schema(required)]
    holds: Option<bool>,
    /// What was seen.
    detail: String,
}

/// How far a check is in an area.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CheckProgress)]
pub struct CheckProgressView {
    area: &'static str,
    /// What was looked at: bytes in `bytes`, facts or assets elsewhere.
    done: u64,
    /// Of how much.
    of: u64,
}

impl From<CheckStep> for CheckView {
    fn from(step: CheckStep) -> Self {
        match step {
            CheckStep::Line(CheckLine { area, fault, mended, holds, detail }) => {
                Self::Line(CheckLineView { area, fault, mended, holds, detail })
            }
            CheckStep::Progress(CheckProgress { area, done, of }) => {
                Self::Progress(CheckProgressView { area, done, of })
            }
        }
    }
}
