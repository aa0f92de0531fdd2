//! Places of originals, and what was seen of files in them.

use damask_flow::{
    Rank,
    fixity::places::{Fault, PlaceView as View, Seen, SeenAt},
};
use damask_model::{ContentHash, Uuid};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use utoipa::ToSchema;

/// Which of the places.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = Rank)]
pub enum RankName {
    /// Where originals are put.
    First,
    /// Where they are kept once more.
    Second,
}

impl From<RankName> for Rank {
    fn from(name: RankName) -> Self {
        match name {
            RankName::First => Self::First,
            RankName::Second => Self::Second,
        }
    }
}

impl From<Rank> for RankName {
    fn from(rank: Rank) -> Self {
        match rank {
            Rank::First => Self::First,
            Rank::Second => Self::Second,
        }
    }
}

/// A file's BLAKE3, as 64 hexadecimal digits.
#[derive(Clone, Copy, Debug)]
pub struct HashText(pub ContentHash);

impl<'de> Deserialize<'de> for HashText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let lawful = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let hash = if lawful { text.parse().ok() } else { None };
        hash.map(Self)
            .ok_or_else(|| D::Error::custom("a file is named by 64 hexadecimal digits in lower case"))
    }
}

/// A file of a place.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileOfPlace {
    /// Its BLAKE3.
    #[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
    pub file: HashText,
}

/// The places there are, the first first.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaceList {
    items: Vec<PlaceView>,
}

impl From<Vec<View>> for PlaceList {
    fn from(views: Vec<View>) -> Self {
        Self { items: views.into_iter().map(Into::into).collect() }
    }
}

/// How a place stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Place)]
pub struct PlaceView {
    /// Which of the two.
    rank: RankName,
    /// `here` for the data folder, the path of a folder, or bucket and prefix.
    name: String,
    /// What it was found to do; null where it was not reached yet.
    #[schema(required)]
    found: Option<String>,
    /// Whether Damask encrypts what lies there; null where it was not reached yet.
    #[schema(required)]
    encrypted: Option<bool>,
    /// Whether everything that was there before it was copied to it.
    filled: bool,
    /// The pass that goes on; null where none does.
    #[schema(required)]
    pass: Option<PassLine>,
    /// The last pass that came to its end; null before there was one.
    #[schema(required)]
    verified: Option<VerifiedLine>,
    /// Files in which something is wrong; up to ten thousand are counted.
    faults: u64,
    /// Facts whose files were not copied there yet.
    behind: u64,
    /// Since when and why it cannot be looked after; null where it can.
    #[schema(required)]
    trouble: Option<TroubleLine>,
}

/// How far a pass is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Pass)]
struct PassLine {
    /// When it began.
    began: String,
    /// Files it has seen.
    files: u64,
    /// Their bytes.
    bytes: u64,
}

/// A pass that came to its end.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VerifiedPlace)]
struct VerifiedLine {
    /// When.
    at: String,
    /// Files it saw.
    files: u64,
    /// Their bytes.
    bytes: u64,
}

/// Why a place cannot be looked after.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlaceTrouble)]
struct TroubleLine {
    /// Since when.
    since: String,
    /// In words.
    why: String,
}

impl From<View> for PlaceView {
    fn from(view: View) -> Self {
        let View { rank, place, found, encrypted, faults, behind, trouble } = view;
        let pass = place.pass.map(|pass| PassLine {
            began: pass.began.to_string(),
            files: pass.files,
            bytes: pass.bytes,
        });
        let verified = place.ended.map(|ended| VerifiedLine {
            at: ended.at.to_string(),
            files: ended.files,
            bytes: ended.bytes,
        });
        let trouble = trouble.map(|(since, why)| TroubleLine { since: since.to_string(), why });
        let filled = place.filled.is_some();
        Self {
            rank: rank.into(),
            name: place.name,
            found,
            encrypted,
            filled,
            pass,
            verified,
            faults,
            behind,
            trouble,
        }
    }
}

/// What was seen of a file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Fixity)]
pub struct FixityView {
    /// Its BLAKE3.
    file: String,
    /// `good`, `mended`, `missing`, `short`, `different` or `unreadable`.
    #[schema(example = "good")]
    outcome: &'static str,
    /// Whether something is wrong with its bytes now.
    fault: bool,
    /// More in words; null where there is no more to say.
    #[schema(required)]
    detail: Option<String>,
    /// When.
    checked: String,
}

impl From<Seen> for FixityView {
    fn from(seen: Seen) -> Self {
        Self {
            file: seen.file.to_string(),
            outcome: seen.outcome.name(),
            fault: seen.outcome.is_fault(),
            detail: seen.detail,
            checked: seen.checked.to_string(),
        }
    }
}

/// Damaged files.
#[derive(Debug, Serialize, ToSchema)]
pub struct FaultPage {
    items: Vec<FaultLine>,
}

/// A damaged file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Fault)]
struct FaultLine {
    #[serde(flatten)]
    seen: FixityView,
    /// Assets that have it, three at the most; none where it waits in quarantine.
    assets: Vec<Uuid>,
}

impl From<Vec<Fault>> for FaultPage {
    fn from(faults: Vec<Fault>) -> Self {
        let line = |fault: Fault| FaultLine {
            seen: fault.seen.into(),
            assets: fault.assets.into_iter().map(|asset| asset.0).collect(),
        };
        Self { items: faults.into_iter().map(line).collect() }
    }
}

/// What was seen of the files of an asset.
#[derive(Debug, Serialize, ToSchema)]
pub struct FixityList {
    items: Vec<FixityLine>,
}

/// A file of an asset in a place.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FixityInPlace)]
struct FixityLine {
    /// The name of the place.
    place: String,
    #[serde(flatten)]
    seen: FixityView,
}

impl From<Vec<SeenAt>> for FixityList {
    fn from(seen: Vec<SeenAt>) -> Self {
        let line = |at: SeenAt| FixityLine { place: at.place, seen: at.seen.into() };
        Self { items: seen.into_iter().map(line).collect() }
    }
}
