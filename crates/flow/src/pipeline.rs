//! The datum's journey on one page: ingest → store → describe → index → deliver, one way.
//!
//! A stage never calls a stage; it states a fact. This file says which jobs a fact wakes. It does no I/O:
//! a reader of the journal (`stages.rs`) feeds it facts and adds the jobs it answers with. The index is not
//! a job: its reader (`index/reader.rs`) follows the same facts.
//!
//! | fact                | wakes                                           |
//! |---------------------|-------------------------------------------------|
//! | `asset.ingested`    | describe                                        |
//! | `version.added`     | describe                                        |
//! | `version.promoted`  | describe: its values are the asset's again      |
//! | `version.described` | preview, where the kind has pictures or sound   |
//! | anything else       | nothing                                         |

use damask_model::{
    AssetKind, Change, Verb, VersionId,
    job::{Lane, Resource},
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// A stage's work on one version: the kinds of job there are in the journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Read technical facts, embedded metadata and text.
    Describe,
    /// Make the preview ladder; for films also proxy, filmstrip and peaks.
    Preview,
}

impl Stage {
    /// All stages.
    pub const ALL: [Self; 2] = [Self::Describe, Self::Preview];

    /// The job kind.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Describe => "describe",
            Self::Preview => "preview",
        }
    }

    /// The stage of that job kind.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.name() == name)
    }

    /// What it uses up.
    pub const fn resource(self) -> Resource {
        Resource::Cpu
    }
}

/// What the journey needs to know of a fact, as its payload's `after` carries it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// The version that was touched.
    pub version: VersionId,
    /// Its asset's kind.
    pub kind: AssetKind,
    /// Who waits for it.
    pub lane: Lane,
    /// Whether previews were asked for at all (an import may leave them for later).
    #[serde(default = "wanted")]
    pub previews: bool,
    /// Whether a person has let it in, whatever is found wrong with it.
    #[serde(default)]
    pub admitted: bool,
}

impl Passage {
    /// As it stands in a fact's `after`; more may be said beside it.
    pub fn to_json(&self) -> Json {
        serde_json::to_value(self).expect("a passage has text keys, so it always is JSON")
    }

    /// From a fact's payload; `None` where the fact speaks of nothing that travels, or was erased.
    pub fn of(change: Option<&Change>) -> Option<Self> {
        serde_json::from_value(change?.after.clone()).ok()
    }
}

const fn wanted() -> bool {
    true
}

/// Which stage a fact wakes, if any.
pub fn wakes(verb: Verb, passage: &Passage) -> Option<Stage> {
    match verb {
        Verb::AssetIngested | Verb::VersionAdded | Verb::VersionPromoted => Some(Stage::Describe),
        Verb::VersionDescribed if passage.previews && has_previews(passage.kind) => Some(Stage::Preview),
        _ => None,
    }
}

/// Whether anything can be looked at or listened to for this kind.
pub const fn has_previews(kind: AssetKind) -> bool {
    matches!(kind, AssetKind::Image | AssetKind::Video | AssetKind::Audio | AssetKind::Document)
}

#[cfg(test)]
mod tests {
    use damask_model::{AssetKind, Verb, VersionId, job::Lane};

    use super::{Passage, Stage, wakes};

    fn passage(kind: AssetKind) -> Passage {
        Passage { version: VersionId::fresh(), kind, lane: Lane::Fresh, previews: true, admitted: false }
    }

    #[test]
    fn every_verb_wakes_at_most_the_next_stage() {
        for verb in Verb::ALL {
            let expected = match verb {
                Verb::AssetIngested | Verb::VersionAdded | Verb::VersionPromoted => Some(Stage::Describe),
                Verb::VersionDescribed => Some(Stage::Preview),
                _ => None,
            };
            assert_eq!(wakes(*verb, &passage(AssetKind::Image)), expected, "{verb}");
        }
    }

    #[test]
    fn nothing_is_previewed_that_cannot_be_looked_at_or_was_not_asked_for() {
        assert_eq!(wakes(Verb::VersionDescribed, &passage(AssetKind::Other)), None);
        let later = Passage { previews: false, ..passage(AssetKind::Image) };
        assert_eq!(wakes(Verb::VersionDescribed, &later), None);
    }
}
