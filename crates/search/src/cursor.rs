//! Where a page ended: the sort value and id of its last asset. Opaque to callers; the next page costs the
//! same however deep it lies, and what is added or removed elsewhere does not shift it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use damask_model::Uuid;
use damask_query::Sort;
use serde::{Deserialize, Serialize};

use crate::SearchError;

/// Most bytes a cursor may have.
const CURSOR_BYTES_MAX: usize = 2_048;

/// The place after which the next page begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub String);

/// What an asset is ordered by: a number kept in its order, or a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Key {
    /// Mapped to the engine's order of whole numbers.
    #[serde(rename = "n")]
    Number(u64),
    /// Folded.
    #[serde(rename = "t")]
    Text(String),
}

/// A place in an ordered result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// `None` goes last.
    pub key: Option<Key>,
    /// The asset's id.
    pub id: u128,
}

impl Cursor {
    pub(crate) fn after(sort: &Sort, place: &Place) -> Self {
        let written = (sort.to_string(), &place.key, Uuid::from_u128(place.id));
        // Strings, numbers and ids always make JSON.
        Self(URL_SAFE_NO_PAD.encode(serde_json::to_vec(&written).unwrap_or_default()))
    }

    pub(crate) fn place(&self, sort: &Sort) -> Result<Place, SearchError> {
        if self.0.len() > CURSOR_BYTES_MAX {
            return Err(SearchError::BadCursor);
        }
        let bytes = URL_SAFE_NO_PAD.decode(&self.0).map_err(|_| SearchError::BadCursor)?;
        let (order, key, id): (String, Option<Key>, Uuid) =
            serde_json::from_slice(&bytes).map_err(|_| SearchError::BadCursor)?;
        if order != sort.to_string() {
            return Err(SearchError::BadCursor);
        }
        Ok(Place { key, id: id.as_u128() })
    }
}

#[cfg(test)]
mod tests {
    use damask_query::Sort;

    use super::{Cursor, Key, Place};

    #[test]
    fn a_cursor_leads_back_to_its_place_in_its_own_order_only() {
        let place = Place { key: Some(Key::Text("a\"\n東".into())), id: 7 };
        let cursor = Cursor::after(&Sort::by("title"), &place);
        assert_eq!(cursor.place(&Sort::by("title")).expect("place"), place);
        assert!(cursor.place(&Sort::by_descending("title")).is_err());
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for text in ["", "%", "AAAA", &"A".repeat(5_000)] {
            assert!(Cursor(text.to_owned()).place(&Sort::relevance()).is_err(), "{text}");
        }
    }
}
