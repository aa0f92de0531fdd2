//! Names renditions by everything they are made from, so that none can ever be stale.

use damask_model::{Recipe, VersionId};

/// Raised when the decoders or encoders change what they make of the same input: everything made before is
/// then made again when it is next asked for.
const ENGINE_EPOCH: u32 = 1;

/// The key of a rendition: a digest of version, recipe, every other input, and the engine's epoch.
/// A version's bytes never change, so its id stands for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RenditionKey(pub [u8; 32]);

impl RenditionKey {
    /// The key of `version` made by `recipe`.
    pub fn of(version: VersionId, recipe: Recipe) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("damask rendition key");
        hasher.update(&ENGINE_EPOCH.to_be_bytes());
        hasher.update(version.0.as_bytes());
        hasher.update(recipe.to_string().as_bytes());
        Self(*hasher.finalize().as_bytes())
    }

    /// In hexadecimal digits, as the catalog holds it.
    pub fn text(self) -> String {
        hex::encode(self.0)
    }
}

#[cfg(test)]
mod tests {
    use damask_model::{Recipe, VersionId};

    use super::RenditionKey;

    #[test]
    fn another_version_or_recipe_is_another_key() {
        let version = VersionId::fresh();
        let key = RenditionKey::of(version, Recipe::rung(512));
        assert_eq!(key, RenditionKey::of(version, Recipe::rung(512)));
        assert_ne!(key, RenditionKey::of(version, Recipe::rung(256)));
        assert_ne!(key, RenditionKey::of(VersionId::fresh(), Recipe::rung(512)));
    }
}
