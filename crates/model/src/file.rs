//! Files: bytes known by their content, and where those bytes lie.

use std::{fmt, str::FromStr};

use damask_time::Instant;
use serde::{Deserialize, Serialize};

use crate::{AssetId, LocationId};

macro_rules! hashes {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(pub [u8; 32]);

        impl fmt::Display for $name {
            /// 64 lower-case hexadecimal digits.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), hex::encode(&self.0[..6]))
            }
        }

        impl FromStr for $name {
            type Err = HashError;

            fn from_str(text: &str) -> Result<Self, HashError> {
                let mut bytes = [0; 32];
                hex::decode_to_slice(text, &mut bytes).map_err(|_| HashError)?;
                Ok(Self(bytes))
            }
        }

        impl TryFrom<String> for $name {
            type Error = HashError;

            fn try_from(text: String) -> Result<Self, HashError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(hash: $name) -> Self {
                hash.to_string()
            }
        }

        impl From<blake3::Hash> for $name {
            fn from(hash: blake3::Hash) -> Self {
                Self(*hash.as_bytes())
            }
        }
    )+};
}

hashes! {
    /// BLAKE3 of all bytes of a file: its identity.
    ContentHash,
    /// BLAKE3 of pixels or samples as encoded, without metadata: equal for a file and its metadata-only rewrite.
    EssenceHash,
}

/// A text that is not 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a hash is 64 hexadecimal digits")]
pub struct HashError;

/// What a file is to its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileRole {
    /// The file people mean; exactly one a version.
    Primary,
    /// A metadata file beside it (`.xmp`).
    Sidecar,
    /// Any other part: live-photo video, RAW beside JPEG, a spanned piece, a stem.
    Part,
}

impl FileRole {
    /// The word in the catalog.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Sidecar => "sidecar",
            Self::Part => "part",
        }
    }
}

/// What a file system says of a file, enough to know it unchanged without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// Length in bytes.
    pub bytes: u64,
    /// Modification time, nanoseconds since the epoch.
    pub modified_ns: i64,
    /// Status change time, nanoseconds since the epoch.
    pub changed_ns: i64,
    /// Inode number.
    pub inode: u64,
}

/// A place where the bytes of a file lie, or once came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// Its id.
    pub id: LocationId,
    /// Whose bytes.
    pub file: ContentHash,
    /// The asset it is told of; `None` where bytes lie for all that share them.
    pub asset: Option<AssetId>,
    /// `store` for Damask's own store; the name of a mount; `origin` for where an import read it.
    pub place: String,
    /// The path in that place, as the file system gave it (not always UTF-8: then percent-escaped bytes).
    pub path: String,
    /// What the file system said when it was read; `None` in the store.
    pub stamp: Option<Stamp>,
    /// When its bytes were last compared to the hash.
    pub verified: Instant,
}

#[cfg(test)]
mod tests {
    use super::ContentHash;

    #[test]
    fn a_hash_reads_what_it_prints() {
        let hash = ContentHash::from(blake3::hash(b"damask"));
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert!("abc".parse::<ContentHash>().is_err());
    }
}
