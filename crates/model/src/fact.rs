//! Facts: what the journal says happened. One fact is one change, stated in the transaction that makes it.
//!
//! The header is public and permanent (sequence, time, opaque actor, verb, subjects, digest); the payload
//! (before and after) stands apart, so that erasing it leaves the proof whole.

use std::fmt;

use damask_time::Instant;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{ActorId, FactId, Uuid};

/// Most subjects one fact may bear. A change of more assets is several facts.
pub const SUBJECTS_MAX: usize = 1_000;

/// A place in the journal: 1 is the first fact, 0 is before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub i64);

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! verbs {
    ($($(#[$doc:meta])* $name:ident = $text:literal),+ $(,)?) => {
        /// What happened. The text form is `noun.past-participle` and is never changed once released.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Verb { $($(#[$doc])* $name),+ }

        impl Verb {
            /// All verbs.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The text form.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }
        }
    };
}

verbs! {
    /// A new asset with its first version came in.
    AssetIngested = "asset.ingested",
    /// An asset got one more version, now its current one.
    VersionAdded = "version.added",
    /// Bytes that were already here were met at one more place.
    LocationAdded = "location.added",
    /// Facts read from a version's bytes were set: technical facts, embedded tags, field values, text.
    VersionDescribed = "version.described",
    /// The preview ladder of a version was made.
    VersionPreviewed = "version.previewed",
    /// A stage could not do its work on a version and left findings.
    VersionFailed = "version.failed",
    /// Field values of assets were changed.
    AssetEdited = "asset.edited",
    /// Another version of an asset was made its current one.
    VersionPromoted = "version.promoted",
    /// Someone checked an asset out: only they change it from now on.
    AssetCheckedOut = "asset.checked-out",
    /// An asset that was checked out is everybody's again.
    AssetCheckedIn = "asset.checked-in",
    /// Assets were put in the trash.
    AssetTrashed = "asset.trashed",
    /// Assets came back from the trash.
    AssetRestored = "asset.restored",
    /// An asset was removed for good, and its bytes where nothing else has them.
    AssetPurged = "asset.purged",
    /// A file was put in quarantine.
    FileQuarantined = "file.quarantined",
    /// A person let a file out of quarantine and into the library.
    FileAdmitted = "file.admitted",
    /// A person threw a file in quarantine away.
    FileDiscarded = "file.discarded",
    /// A folder was made.
    FolderMade = "folder.made",
    /// An original left Damask.
    OriginalDownloaded = "original.downloaded",
    /// A user was made.
    UserMade = "user.made",
    /// What was known of a user was erased; their id stays.
    UserErased = "user.erased",
    /// An API key was made.
    KeyMade = "key.made",
    /// An API key was revoked.
    KeyRevoked = "key.revoked",
    /// A relation was stated between two things.
    RelationStated = "relation.stated",
    /// What facts changed was erased, for a person's sake: of them only their headers are kept.
    PayloadErased = "payload.erased",
    /// A moment that was set in the `due` table has come.
    DueCame = "due.came",
}

impl Verb {
    /// The verb of that text form.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|verb| verb.name() == name)
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a fact changed: the state before, from which undo is made, and after.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// What stood there before; null where nothing did.
    #[serde(default, skip_serializing_if = "Json::is_null")]
    pub before: Json,
    /// What stands there now; null where nothing does.
    #[serde(default, skip_serializing_if = "Json::is_null")]
    pub after: Json,
}

impl Change {
    /// A change that only adds.
    pub const fn added(after: Json) -> Self {
        Self { before: Json::Null, after }
    }
}

/// A fact about to be stated. It gets its sequence when its transaction commits.
#[derive(Clone, Debug)]
pub struct NewFact {
    /// Known from the start, so that rows can name the fact that touched them.
    pub id: FactId,
    /// Who did it.
    pub actor: ActorId,
    /// What happened.
    pub verb: Verb,
    /// To what: 1 to [`SUBJECTS_MAX`] ids of any noun.
    pub subjects: Vec<Uuid>,
    /// Before and after.
    pub change: Change,
}

/// The permanent part of a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactHeader {
    /// Its place in the journal.
    pub seq: Seq,
    /// Its id.
    pub id: FactId,
    /// When it was stated.
    pub at: Instant,
    /// Who did it; opaque.
    pub actor: ActorId,
    /// What happened.
    pub verb: Verb,
    /// To what.
    pub subjects: Vec<Uuid>,
    /// BLAKE3 of salt and canonical payload.
    pub digest: [u8; 32],
}

#[cfg(test)]
mod tests {
    use super::Verb;

    #[test]
    fn every_verb_is_known_by_its_name() {
        for verb in Verb::ALL {
            assert_eq!(Verb::from_name(verb.name()), Some(*verb));
        }
    }
}
