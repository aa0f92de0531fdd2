//! Typed relations between assets, versions and other things.

use serde::{Deserialize, Serialize};

/// How one thing stands to another, read from subject to object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RelationKind {
    /// Made from the object by editing.
    DerivedFrom,
    /// A part of the object.
    PartOf,
    /// Stands in the object (a picture in a layout).
    PlacedIn,
    /// Another edition of the object, kept as its own asset.
    VersionOf,
    /// The object in another language.
    TranslationOf,
    /// Used in the object (a shot in a cut).
    UsedIn,
    /// Shows the object (a person, a place).
    Depicts,
    /// Pictures the object, a product.
    Product,
}

impl RelationKind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::DerivedFrom,
        Self::PartOf,
        Self::PlacedIn,
        Self::VersionOf,
        Self::TranslationOf,
        Self::UsedIn,
        Self::Depicts,
        Self::Product,
    ];

    /// The word in the catalog and the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DerivedFrom => "derived-from",
            Self::PartOf => "part-of",
            Self::PlacedIn => "placed-in",
            Self::VersionOf => "version-of",
            Self::TranslationOf => "translation-of",
            Self::UsedIn => "used-in",
            Self::Depicts => "depicts",
            Self::Product => "product",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
