//! Every id is its own type over a time-ordered UUID (version 7), made in this one list.
//!
//! Ids are given, not taken: [`uuid::Uuid`]s come from the caller (a counted generator in tests).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
pub use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id, later in order than all made before it on this machine.
            pub fn fresh() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )+};
}

ids! {
    /// An asset: one thing people mean.
    AssetId,
    /// A version: one edition of an asset.
    VersionId,
    /// A folder of the home tree.
    FolderId,
    /// A fact of the journal, known before its sequence is.
    FactId,
    /// Who acts: a user, a key, or a part of Damask itself. Opaque in the journal.
    ActorId,
    /// A person with an account.
    UserId,
    /// An API key.
    KeyId,
    /// A location of bytes.
    LocationId,
    /// A typed relation between two things.
    RelationId,
    /// A finding about a file.
    FindingId,
    /// A job.
    JobId,
    /// A resumable upload.
    UploadId,
    /// An entry in quarantine.
    QuarantineId,
    /// An import: one call to bring in files.
    ImportId,
    /// A moment at which time itself states a fact.
    DueId,
    /// A backup.
    BackupId,
}
