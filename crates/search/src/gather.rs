//! One pass over what a query selects: counts all, keeps the first of them after a cursor, counts facets.
//!
//! Within a segment a document's place is three numbers that compare upwards whatever the direction: whether
//! its value is missing, its value, its id. Texts are compared by their places in the segment's dictionary
//! and only the few that are kept are read.

use std::collections::BinaryHeap;

use damask_model::{AssetId, Uuid};
use damask_query::{Kind, Schema, Sort, SortKey};
use tantivy::{
    DocId, Score, SegmentOrdinal, SegmentReader, TantivyError,
    collector::{Collector, SegmentCollector},
    columnar::{Column, StrColumn},
    f64_to_u64,
};

use crate::{
    FacetRequest,
    columns::{Columns, ID_HIGH, ID_LOW},
    cursor::{Key, Place},
    facet::{Counter, Counts, Facet, first_from, merged},
};

/// What is to be gathered.
pub struct Gather<'a> {
    pub columns: &'a Columns,
    pub schema: &'a Schema,
    pub sort: &'a Sort,
    pub after: Option<Place>,
    /// How many are kept.
    pub keep: usize,
    pub facets: &'a [FacetRequest],
}

/// What was gathered.
pub struct Gathered {
    /// How many documents there are in all.
    pub total: u64,
    /// The first of them after the cursor.
    pub places: Vec<Place>,
    /// One for each request.
    pub facets: Vec<Facet>,
}

/// A place within a segment; the derived order is the order of the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    missing: bool,
    key: u64,
    id: u128,
}

/// Where the value that decides the place lies.
enum Source {
    Score,
    Nothing,
    Numbers(Column<u64>),
    Texts(StrColumn),
}

pub struct Segment {
    source: Source,
    descending: bool,
    ids: (Column<u64>, Column<u64>),
    after: Option<Rank>,
    keep: usize,
    total: u64,
    kept: BinaryHeap<Rank>,
    counters: Vec<Counter>,
}

type Harvest = Result<(u64, Vec<Place>, Vec<Counts>), TantivyError>;

impl Collector for Gather<'_> {
    type Fruit = Gathered;
    type Child = Segment;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<Segment> {
        let columns = segment.fast_fields();
        let source = self.source(segment)?;
        let after = self.after.as_ref().map(|place| self.rank_of(place, &source)).transpose()?;
        let counters = self.facets.iter();
        let counters = counters.map(|facet| Counter::open(self.columns, self.schema, facet, segment));
        Ok(Segment {
            source,
            descending: self.sort.descending,
            ids: (columns.u64(ID_HIGH)?, columns.u64(ID_LOW)?),
            after,
            keep: self.keep,
            total: 0,
            kept: BinaryHeap::new(),
            counters: counters.collect::<Result<_, _>>()?,
        })
    }

    fn requires_scoring(&self) -> bool {
        self.sort.key == SortKey::Relevance
    }

    fn merge_fruits(&self, segments: Vec<Harvest>) -> tantivy::Result<Gathered> {
        let (mut total, mut places) = (0, Vec::new());
        let mut counts: Vec<Vec<Counts>> = self.facets.iter().map(|_| Vec::new()).collect();
        for segment in segments {
            let (segment_total, segment_places, segment_counts) = segment?;
            total += segment_total;
            places.extend(segment_places);
            for (all, one) in counts.iter_mut().zip(segment_counts) {
                all.push(one);
            }
        }
        let turned = |order: std::cmp::Ordering| if self.sort.descending { order.reverse() } else { order };
        places.sort_by(|a, b| {
            let missing = a.key.is_none().cmp(&b.key.is_none());
            missing.then_with(|| turned(a.key.cmp(&b.key).then_with(|| a.id.cmp(&b.id))))
        });
        places.truncate(self.keep);
        let facets = self.facets.iter().zip(counts);
        let facets = facets.map(|(request, counts)| merged(self.schema, request, counts.into_iter()));
        Ok(Gathered { total, places, facets: facets.collect() })
    }
}

impl Gather<'_> {
    fn source(&self, segment: &SegmentReader) -> tantivy::Result<Source> {
        let field = match &self.sort.key {
            SortKey::Relevance => return Ok(Source::Score),
            SortKey::Id => return Ok(Source::Nothing),
            SortKey::Field(field) => field,
        };
        let (slots, columns) = (self.columns.of(field), segment.fast_fields());
        if let Some(slot) = slots.sort {
            return Ok(columns.str(self.columns.name(slot))?.map_or(Source::Nothing, Source::Texts));
        }
        let Some(slot) = slots.number else { return Ok(Source::Nothing) };
        let name = self.columns.name(slot);
        let numbers = match self.schema.field(field).map(|field| field.kind) {
            Some(Kind::Number) => columns.column_opt::<f64>(name)?.map(Column::to_u64_monotonic),
            _ => columns.column_opt::<i64>(name)?.map(Column::to_u64_monotonic),
        };
        Ok(numbers.map_or(Source::Nothing, Source::Numbers))
    }

    /// A cursor's place among the ranks of a segment.
    fn rank_of(&self, place: &Place, source: &Source) -> tantivy::Result<Rank> {
        let key = match (&place.key, source) {
            (None, _) => None,
            (Some(Key::Number(number)), _) => Some(*number),
            // A text that is not in the dictionary lies between two that are.
            (Some(Key::Text(text)), Source::Texts(column)) => {
                let (ordinal, there) = first_from(column, text.as_bytes())?;
                Some(ordinal * 2 + u64::from(there))
            }
            // The segment has no value at all: all of it comes after any value.
            (Some(Key::Text(_)), _) => Some(0),
        };
        Ok(rank(key, place.id, self.sort.descending))
    }
}

fn rank(key: Option<u64>, id: u128, descending: bool) -> Rank {
    let turned = |number: u64| if descending { !number } else { number };
    let id = if descending { !id } else { id };
    Rank { missing: key.is_none(), key: key.map_or(0, turned), id }
}

impl SegmentCollector for Segment {
    type Fruit = Harvest;

    fn collect(&mut self, document: DocId, score: Score) {
        self.total += 1;
        for counter in &mut self.counters {
            counter.count(document);
        }
        let key = match &self.source {
            Source::Score => Some(f64_to_u64(f64::from(score))),
            Source::Nothing => None,
            Source::Numbers(column) => column.first(document),
            Source::Texts(column) => column.ords().first(document).map(|ordinal| ordinal * 2 + 1),
        };
        let mut rank = rank(key, 0, self.descending);
        let worst = (self.kept.len() >= self.keep).then(|| self.kept.peek()).flatten();
        // Most documents are told apart by their values; only then are ids read.
        if worst.is_some_and(|worst| (rank.missing, rank.key) > (worst.missing, worst.key))
            || self.after.is_some_and(|after| (rank.missing, rank.key) < (after.missing, after.key))
        {
            return;
        }
        let half = |column: &Column<u64>| u128::from(column.first(document).unwrap_or(0));
        let id = (half(&self.ids.0) << 64) | half(&self.ids.1);
        rank.id = if self.descending { !id } else { id };
        if self.after.is_some_and(|after| rank <= after) || worst.is_some_and(|worst| rank >= *worst) {
            return;
        }
        self.kept.push(rank);
        if self.kept.len() > self.keep {
            self.kept.pop();
        }
    }

    fn harvest(self) -> Harvest {
        let mut places = Vec::with_capacity(self.kept.len());
        for rank in self.kept {
            let key = (!rank.missing).then_some(if self.descending { !rank.key } else { rank.key });
            let key = match (key, &self.source) {
                (Some(key), Source::Texts(column)) => {
                    let mut text = String::new();
                    column.ord_to_str(key / 2, &mut text)?;
                    Some(Key::Text(text))
                }
                (key, _) => key.map(Key::Number),
            };
            places.push(Place { key, id: if self.descending { !rank.id } else { rank.id } });
        }
        let counts = self.counters.into_iter().map(Counter::harvest).collect::<Result<_, _>>()?;
        Ok((self.total, places, counts))
    }
}

impl Place {
    /// The asset there.
    pub fn asset(&self) -> AssetId {
        AssetId(Uuid::from_u128(self.id))
    }
}
