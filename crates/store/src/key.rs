//! Keys: one enum arm for each sort of thing kept, and each knows its path below the store's root.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use damask_model::{ContentHash, UploadId};

/// What is stored, and therefore where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StoreKey {
    /// Bytes known by their content: an original, a part, a sidecar.
    Blob(ContentHash),
    /// Bytes derived from a version by a recipe.
    Rendition {
        /// Digest of everything the rendition is made from.
        key: [u8; 32],
        /// File name extension, given by the recipe (never by a person: that is why it is a literal).
        extension: &'static str,
    },
    /// A half-sent file.
    Upload(UploadId),
}

impl StoreKey {
    /// The path below the root: `blobs/ab/cd/<hash>`, `renditions/ab/cd/<key>.<extension>`, `uploads/<id>`.
    pub fn path(&self) -> PathBuf {
        match self {
            Self::Blob(hash) => blob_folder(hash.0[0], hash.0[1]).join(hash.to_string()),
            Self::Rendition { key, extension } => {
                let name = hex::encode(key);
                Path::new(RENDITIONS).join(&name[..2]).join(&name[2..4]).join(format!("{name}.{extension}"))
            }
            Self::Upload(id) => Path::new(UPLOADS).join(id.to_string()),
        }
    }
}

impl fmt::Display for StoreKey {
    /// The path below the root.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path().display().fmt(f)
    }
}

pub(crate) const BLOBS: &str = "blobs";
pub(crate) const RENDITIONS: &str = "renditions";
pub(crate) const UPLOADS: &str = "uploads";

/// The folder below the root of all blobs whose hash begins with these two bytes.
pub(crate) fn blob_folder(first: u8, second: u8) -> PathBuf {
    Path::new(BLOBS).join(hex::encode([first])).join(hex::encode([second]))
}

#[cfg(test)]
mod tests {
    use damask_model::{ContentHash, UploadId, Uuid};

    use super::StoreKey;

    fn check(key: StoreKey, expected: &str) {
        assert_eq!(key.path().to_str(), Some(expected));
        assert_eq!(key.to_string(), expected);
    }

    #[test]
    fn each_key_knows_its_path() {
        let mut bytes = [0; 32];
        bytes[..3].copy_from_slice(&[0xab, 0xcd, 0xef]);
        let name = format!("abcdef{}", "0".repeat(58));
        check(StoreKey::Blob(ContentHash(bytes)), &format!("blobs/ab/cd/{name}"));
        check(StoreKey::Rendition { key: bytes, extension: "jpg" }, &format!("renditions/ab/cd/{name}.jpg"));
        check(StoreKey::Upload(UploadId(Uuid::from_u128(7))), "uploads/00000000-0000-0000-0000-000000000007");
    }
}
