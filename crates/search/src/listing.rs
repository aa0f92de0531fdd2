//! Holding the index beside the catalog: which documents there are, and how many of each asset.

use damask_model::{AssetId, Uuid};
use tantivy::{DocId, Searcher, SegmentReader, query::TermQuery, schema::IndexRecordOption};

use crate::{
    Index, SearchError,
    columns::{ID_HIGH, ID_LOW},
};

/// The ids of all that could be found at one moment, in the order they lie in. Each document costs the same
/// however many there are.
pub struct Listing {
    searcher: Searcher,
    segment: usize,
    document: DocId,
}

impl Listing {
    /// The next ids, at most `most`; none at the end.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn next_batch(&mut self, most: usize) -> Result<Vec<AssetId>, SearchError> {
        let mut ids = Vec::new();
        while ids.len() < most {
            let Some(segment) = self.searcher.segment_readers().get(self.segment) else { break };
            let from = self.document;
            let end = segment
                .max_doc()
                .min(from.saturating_add(u32::try_from(most - ids.len()).unwrap_or(u32::MAX)));
            ids.extend(ids_within(segment, from, end).map_err(SearchError::engine("list its documents"))?);
            self.document = end;
            if end == segment.max_doc() {
                (self.segment, self.document) = (self.segment + 1, 0);
            }
        }
        Ok(ids)
    }
}

fn ids_within(segment: &SegmentReader, from: DocId, end: DocId) -> tantivy::Result<Vec<AssetId>> {
    let columns = segment.fast_fields();
    let (high, low) = (columns.u64(ID_HIGH)?, columns.u64(ID_LOW)?);
    let alive = (from..end).filter(|document| !segment.is_deleted(*document));
    Ok(alive
        .filter_map(|document| {
            let halves = (high.first(document)?, low.first(document)?);
            Some(AssetId(Uuid::from_u64_pair(halves.0, halves.1)))
        })
        .collect())
}

impl Index {
    /// A walk over all that can be found now.
    pub fn listing(&self) -> Listing {
        Listing { searcher: self.searcher(), segment: 0, document: 0 }
    }

    /// How many documents each of `ids` has, in their order: 1 for each asset of an index that is whole.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn holdings(&self, ids: &[AssetId]) -> Result<Vec<usize>, SearchError> {
        let searcher = self.searcher();
        ids.iter()
            .map(|id| {
                let term = tantivy::Term::from_field_bytes(self.columns().id, id.0.as_bytes());
                let query = TermQuery::new(term, IndexRecordOption::Basic);
                let count = searcher.search(&query, &tantivy::collector::Count);
                count.map_err(SearchError::engine("look for a document"))
            })
            .collect()
    }
}

impl std::fmt::Debug for Listing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listing")
            .field("segment", &self.segment)
            .field("document", &self.document)
            .finish_non_exhaustive()
    }
}
