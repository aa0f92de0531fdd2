//! Exact counts of values among what a search found: in one pass with the search, a dense array of counters
//! for each segment, one for each value of its dictionary.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
};

use damask_query::{Kind, Schema};
use tantivy::{
    DocId, SegmentReader, TantivyError,
    columnar::{Column, StrColumn},
};

use crate::{SearchError, columns::Columns, compile::after_prefix, write::AS_WRITTEN};

/// Most values one facet lists.
pub const VALUES_MAX: usize = 10_000;

/// Which values are to be counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetRequest {
    /// Of which field.
    pub field: String,
    /// How many values are listed, those with the largest counts; the rest are only numbered.
    pub limit: usize,
    /// How moments are gathered; other fields take no notice.
    pub calendar: Calendar,
    prefix: Option<String>,
}

/// How moments are gathered (UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calendar {
    /// `2026`
    Year,
    /// `2026-06`
    Month,
}

/// Counts of the values of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facet {
    /// The field.
    pub field: String,
    /// Largest counts first; moments in the order of time.
    pub values: Vec<FacetValue>,
    /// How many more different values there are.
    pub more: u64,
}

/// A value and how many of the found assets have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetValue {
    /// As most assets write it.
    pub value: String,
    /// How many assets.
    pub count: u64,
}

impl FacetRequest {
    /// The values with the `limit` largest counts; moments by year.
    pub fn top(field: &str, limit: usize) -> Self {
        Self { field: field.to_owned(), limit: limit.min(VALUES_MAX), calendar: Calendar::Year, prefix: None }
    }

    /// Moments by month.
    #[must_use]
    pub fn by_month(self) -> Self {
        Self { calendar: Calendar::Month, ..self }
    }

    pub(crate) fn beginning(self, folded: String) -> Self {
        Self { prefix: Some(folded), ..self }
    }

    pub(crate) fn check(&self, schema: &Schema) -> Result<(), SearchError> {
        let counted = schema.field(&self.field).is_some_and(|field| field.facet);
        if counted { Ok(()) } else { Err(SearchError::NotAFacet(self.field.clone())) }
    }
}

/// Counts within one segment.
pub enum Counter {
    /// By the place of a value in the segment's dictionary, beginning at `from`.
    Terms { column: StrColumn, from: u64, counts: Vec<u32> },
    /// By number.
    Numbers { column: Column<i64>, counts: HashMap<i64, u64> },
    /// By year and month; the month is 0 where only years count.
    Months { column: Column<i64>, calendar: Calendar, counts: BTreeMap<(i16, i8), u64> },
    /// The segment has no value of the field.
    Empty,
}

/// Counts by value: of terms by `folded\0as written`.
pub type Counts = HashMap<String, u64>;

impl Counter {
    /// The counter of a request for one segment.
    pub fn open(
        columns: &Columns,
        schema: &Schema,
        request: &FacetRequest,
        segment: &SegmentReader,
    ) -> Result<Self, TantivyError> {
        let (slots, kind) =
            (columns.of(&request.field), schema.field(&request.field).map(|field| field.kind));
        if let Some(slot) = slots.value {
            let Some(column) = segment.fast_fields().str(columns.name(slot))? else { return Ok(Self::Empty) };
            let range = term_range(&column, request.prefix.as_deref())?;
            let length = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(0);
            return Ok(Self::Terms { column, from: range.start, counts: vec![0; length] });
        }
        let Some(slot) = slots.number else { return Ok(Self::Empty) };
        let Some(column) = segment.fast_fields().column_opt::<i64>(columns.name(slot))? else {
            return Ok(Self::Empty);
        };
        Ok(match kind {
            Some(Kind::Moment) => {
                Self::Months { column, calendar: request.calendar, counts: BTreeMap::new() }
            }
            _ => Self::Numbers { column, counts: HashMap::new() },
        })
    }

    /// Counts the values of a document.
    pub fn count(&mut self, document: DocId) {
        match self {
            Self::Terms { column, from, counts } => {
                for ordinal in column.ords().values_for_doc(document) {
                    let place = usize::try_from(ordinal.wrapping_sub(*from)).unwrap_or(usize::MAX);
                    if let Some(count) = counts.get_mut(place) {
                        *count += 1;
                    }
                }
            }
            Self::Numbers { column, counts } => {
                for number in column.values_for_doc(document) {
                    *counts.entry(number).or_default() += 1;
                }
            }
            Self::Months { column, calendar, counts } => {
                if let Some(month) = column.first(document).and_then(|micros| month_of(micros, *calendar)) {
                    *counts.entry(month).or_default() += 1;
                }
            }
            Self::Empty => {}
        }
    }

    /// The counts by value.
    pub fn harvest(self) -> Result<Counts, TantivyError> {
        Ok(match self {
            Self::Terms { column, from, counts } => {
                let met: Vec<usize> = (0..counts.len()).filter(|place| counts[*place] > 0).collect();
                let ordinals: Vec<u64> = met.iter().map(|place| from + *place as u64).collect();
                let (mut result, mut next) = (Counts::with_capacity(met.len()), met.iter());
                column.dictionary().sorted_ords_to_term_cb(&ordinals, |bytes| {
                    if let Some(place) = next.next() {
                        let value = String::from_utf8_lossy(bytes).into_owned();
                        result.insert(value, u64::from(counts[*place]));
                    }
                })?;
                result
            }
            Self::Numbers { counts, .. } => {
                counts.into_iter().map(|(number, count)| (number.to_string(), count)).collect()
            }
            Self::Months { counts, .. } => counts
                .into_iter()
                .map(|((year, month), count)| match month {
                    0 => (format!("{year:04}"), count),
                    _ => (format!("{year:04}-{month:02}"), count),
                })
                .collect(),
            Self::Empty => Counts::new(),
        })
    }
}

/// The facet of all segments' counts.
pub fn merged(schema: &Schema, request: &FacetRequest, segments: impl Iterator<Item = Counts>) -> Facet {
    // By folded value: the count of all ways to write it, and the way written most often.
    let mut total: HashMap<String, BTreeMap<String, u64>> = HashMap::new();
    for (value, count) in segments.flatten() {
        let (folded, written) = match value.split_once(AS_WRITTEN) {
            Some((folded, written)) => (folded.to_owned(), written.to_owned()),
            None => (value.clone(), value),
        };
        *total.entry(folded).or_default().entry(written).or_default() += count;
    }
    let kind = schema.field(&request.field).map(|field| field.kind);
    let mut values: Vec<FacetValue> = total
        .into_values()
        .map(|ways| {
            let count = ways.values().sum();
            // `rev`, so that of equally frequent ways the first in order wins.
            let value = ways.into_iter().rev().max_by_key(|(_, count)| *count).map(|(way, _)| way);
            FacetValue { value: named(kind, value.unwrap_or_default()), count }
        })
        .collect();
    values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    let more = values.len().saturating_sub(request.limit) as u64;
    values.truncate(request.limit);
    if kind == Some(Kind::Moment) {
        values.sort_by(|a, b| a.value.cmp(&b.value));
    }
    Facet { field: request.field.clone(), values, more }
}

/// As the value is written in a query.
fn named(kind: Option<Kind>, value: String) -> String {
    match (kind, value.as_str()) {
        (Some(Kind::Boolean), "0") => "no".to_owned(),
        (Some(Kind::Boolean), _) => "yes".to_owned(),
        _ => value,
    }
}

/// The places of the dictionary whose values begin so.
fn term_range(column: &StrColumn, prefix: Option<&str>) -> Result<Range<u64>, TantivyError> {
    let all = column.dictionary().num_terms() as u64;
    let Some(prefix) = prefix.filter(|prefix| !prefix.is_empty()) else { return Ok(0..all) };
    Ok(first_from(column, prefix.as_bytes())?.0..first_from(column, &after_prefix(prefix))?.0)
}

/// The place of the first value not before `wanted`, and whether it is that very one.
pub fn first_from(column: &StrColumn, wanted: &[u8]) -> Result<(u64, bool), TantivyError> {
    use tantivy::columnar::TermOrdHit;
    let dictionary = column.dictionary();
    Ok(match dictionary.term_ord_or_next(wanted)? {
        TermOrdHit::Exact(ordinal) => (ordinal, true),
        TermOrdHit::Next(ordinal) => (ordinal.min(dictionary.num_terms() as u64), false),
    })
}

fn month_of(micros: i64, calendar: Calendar) -> Option<(i16, i8)> {
    let stamp = jiff::Timestamp::from_microsecond(micros).ok()?;
    let civil = jiff::tz::Offset::UTC.to_datetime(stamp);
    Some((civil.year(), if calendar == Calendar::Month { civil.month() } else { 0 }))
}
