//! What a search found, and what could be typed next.

use std::collections::BTreeMap;

use damask_flow::find::{FacetCounts, Found, Suggestion};
use serde::Serialize;
use utoipa::ToSchema;

use crate::wire::asset::AssetLine;

/// A page of found assets.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundPage {
    /// The assets, in their order.
    items: Vec<AssetLine>,
    /// How many there are in all, exactly.
    total: u64,
    /// Microseconds the search took.
    took_us: u64,
    /// Give it as `after` to see the next page; null on the last.
    #[schema(required)]
    next: Option<String>,
    /// What they are ordered by, as `sort` names it: what was asked for, else what the query says, else `relevance`
    /// for words and `-added` for all others.
    #[schema(example = "-added")]
    sort: String,
    /// Counts by value, for the facets asked for.
    facets: BTreeMap<String, FacetView>,
    /// How far the journal was when the search saw it.
    seq: i64,
}

/// Counts by value.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Facet)]
pub struct FacetView {
    /// The most frequent values.
    values: Vec<FacetValue>,
    /// How many other values there are.
    more: u64,
}

/// One value and how many of the found assets have it.
#[derive(Debug, Serialize, ToSchema)]
pub struct FacetValue {
    value: String,
    count: u64,
}

impl From<Found> for FoundPage {
    fn from(found: Found) -> Self {
        Self {
            items: found.items.into_iter().map(AssetLine::from).collect(),
            total: found.total,
            took_us: found.took_us,
            next: found.next,
            sort: found.sort.to_string(),
            facets: found.facets.into_iter().map(facet).collect(),
            seq: found.seq.0,
        }
    }
}

fn facet(counts: FacetCounts) -> (String, FacetView) {
    let values = counts.values.into_iter().map(|(value, count)| FacetValue { value, count }).collect();
    (counts.name, FacetView { values, more: counts.more })
}

/// What could be typed next.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestionList {
    /// The likeliest first.
    pub items: Vec<SuggestionView>,
}

/// A word that would fit at the caret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Suggestion)]
pub struct SuggestionView {
    /// What to put there.
    text: String,
    /// field or value.
    #[schema(value_type = String, example = "field")]
    kind: &'static str,
    /// How many assets have the value.
    #[schema(required)]
    count: Option<u64>,
}

impl From<Suggestion> for SuggestionView {
    fn from(suggestion: Suggestion) -> Self {
        Self {
            text: suggestion.text,
            kind: if suggestion.is_field { "field" } else { "value" },
            count: suggestion.count,
        }
    }
}
