//! Finding assets: a query in words, within what the caller may see, as pages of summaries.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use damask_catalog::assets;
use damask_model::{AssetId, FieldDef, Seq, field};
pub use damask_query::analysis::is_unseen;
use damask_query::{Kind, Query, Scope, Sort};
use damask_search::{Cursor, FacetRequest, Request, SearchError};

use crate::{
    caller::Caller,
    damask::{Damask, off_thread},
    index::folders,
    see,
    summary::summary_of,
    trouble::{Outcome, Trouble},
    view::AssetSummary,
};

/// Longest wait for the index to come to a sequence.
const AT_LEAST_WAIT: Duration = Duration::from_secs(5);
/// Values listed of one facet; the rest are counted.
const FACET_VALUES: usize = 50;
/// Months listed of a facet of moments: fifty years.
const FACET_MONTHS: usize = 600;
/// Suggestions listed.
const SUGGESTIONS: usize = 12;

/// A search.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// The query, in its language.
    pub query: String,
    /// The order: `captured`, `-captured`, `relevance`.
    pub sort: Option<String>,
    /// Assets on the page, at least 1.
    pub limit: usize,
    /// Where the last page ended.
    pub after: Option<String>,
    /// Fields whose values are counted over all that was found.
    pub facets: Vec<String>,
    /// The index must have come to this fact.
    pub at_least: Option<Seq>,
}

/// What a search found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The page.
    pub items: Vec<AssetSummary>,
    /// Exactly how many there are in all.
    pub total: u64,
    /// Microseconds it took.
    pub took_us: u64,
    /// Where the next page begins.
    pub next: Option<String>,
    /// What it is ordered by.
    pub sort: Sort,
    /// One for each asked for.
    pub facets: Vec<FacetCounts>,
    /// The fact up to which the index was.
    pub seq: Seq,
}

/// Counts of the values of a field.
#[derive(Clone, Debug)]
pub struct FacetCounts {
    /// The field.
    pub name: String,
    /// Values with their counts.
    pub values: Vec<(String, u64)>,
    /// How many further values there are.
    pub more: u64,
}

/// Something that may go on where a query was left.
#[derive(Clone, Debug)]
pub struct Suggestion {
    /// What to write.
    pub text: String,
    /// A field, or a value of one.
    pub is_field: bool,
    /// How many assets in scope have the value.
    pub count: Option<u64>,
}

/// A field that can be asked for or shown.
#[derive(Clone, Debug)]
pub struct FieldView {
    /// Its name.
    pub name: String,
    /// What people read above it.
    pub label: String,
    /// How it is searched.
    pub kind: Kind,
    /// Whether it holds several values.
    pub many: bool,
    /// Whether people may write it.
    pub editable: bool,
    /// Whether assets can be ordered by it.
    pub sortable: bool,
    /// Whether its values can be counted.
    pub facet: bool,
}

/// Finds assets.
pub async fn assets(damask: &Damask, caller: &Caller, ask: Ask) -> Outcome<Found> {
    let started = std::time::Instant::now();
    let limit = ask.limit.clamp(1, damask.limits().page_max);
    let query = Query::parse(&ask.query, damask.schema())?.leaving_trash();
    let sort = ask.sort.as_deref().map(|text| sort_of(damask, text)).transpose()?;
    let facets = ask.facets.iter().map(|name| facet_of(damask, name)).collect::<Outcome<Vec<_>>>()?;
    if let Some(seq) = ask.at_least {
        damask.follow().at_least(seq, AT_LEAST_WAIT).await?;
    }
    let mut conn = damask.catalog().read().await?;
    let query = folders::resolved(&mut conn, query).await?;
    let scope = Scope::of(folders::resolved(&mut conn, caller.scope.query().clone()).await?);
    let (searcher, after, now, seq) =
        (damask.clone(), ask.after.map(Cursor), damask.now(), damask.follow().seq());
    let page = off_thread(move || {
        let request = Request {
            query: &query,
            scope: &scope,
            sort,
            after: after.as_ref(),
            limit,
            facets: &facets,
            now,
        };
        searcher.index().search(&request)
    })
    .await?;
    let records = assets::by_ids(&mut conn, &page.ids).await?;
    let seen = see::only_visible(damask, &mut conn, caller, records).await?;
    let mut by_id: HashMap<AssetId, AssetSummary> =
        seen.iter().map(|record| (record.asset.id, summary_of(record))).collect();
    Ok(Found {
        items: page.ids.iter().filter_map(|id| by_id.remove(id)).collect(),
        total: page.total,
        took_us: u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
        next: page.next.map(|cursor| cursor.0),
        sort: page.sort,
        facets: page
            .facets
            .into_iter()
            .map(|facet| FacetCounts {
                name: facet.field,
                values: facet.values.into_iter().map(|value| (value.value, value.count)).collect(),
                more: facet.more,
            })
            .collect(),
        seq,
    })
}

fn sort_of(damask: &Damask, text: &str) -> Outcome<Sort> {
    Sort::parse(text, damask.schema()).ok_or_else(|| {
        Trouble::mistake("bad-sort", format!("assets cannot be ordered by {text:?}"))
            .hint("a sortable field, with - before it for the largest first: -captured")
    })
}

fn facet_of(damask: &Damask, name: &str) -> Outcome<FacetRequest> {
    let field = damask.schema().meant(name).filter(|field| field.facet).ok_or_else(|| {
        Trouble::mistake("bad-facet", format!("values of {name:?} cannot be counted"))
            .hint("GET /api/v1/fields lists the fields that can")
    })?;
    Ok(match field.kind {
        Kind::Moment => FacetRequest::top(&field.name, FACET_MONTHS).by_month(),
        _ => FacetRequest::top(&field.name, FACET_VALUES),
    })
}

/// What may go on at `caret` (in characters): names of fields, or values that assets in scope have.
pub async fn suggest(damask: &Damask, caller: &Caller, text: &str, caret: usize) -> Outcome<Vec<Suggestion>> {
    let before: String = text.chars().take(caret.min(damask_query::LENGTH_MAX)).collect();
    let word = before.rsplit([' ', '(', '-']).next().unwrap_or_default();
    let (fields, prefix) = match word.split_once(':') {
        Some((name, value)) => {
            let field = damask.schema().meant(name).filter(|field| field.facet);
            (
                field.map(|field| field.name.clone()).into_iter().collect(),
                value.trim_start_matches('"').to_owned(),
            )
        }
        None => (["keywords", "persons", "creator", "city"].map(str::to_owned).to_vec(), word.to_owned()),
    };
    let mut suggestions = Vec::new();
    if !word.contains(':') && !word.is_empty() {
        let named = damask.schema().fields().filter(|field| field.name.starts_with(&word.to_lowercase()));
        suggestions.extend(named.map(|field| Suggestion {
            text: format!("{}:", field.name),
            is_field: true,
            count: None,
        }));
        suggestions.extend(known(damask, "is", word));
    }
    if fields.is_empty() || (prefix.is_empty() && !word.contains(':')) {
        suggestions.truncate(SUGGESTIONS);
        return Ok(suggestions);
    }
    let mut conn = damask.catalog().read().await?;
    let scope = folders::resolved(&mut conn, caller.scope.query().clone()).await?;
    let scope = Scope::of(scope.leaving_trash());
    drop(conn);
    let (searcher, now, asked) = (damask.clone(), damask.now(), prefix.clone());
    let values = off_thread(move || {
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        searcher.index().suggest(&prefix, &fields, &scope, now, SUGGESTIONS)
    })
    .await?;
    suggestions.extend(values.into_iter().map(|found| Suggestion {
        text: format!("{}:{}", found.field, quoted(&found.value.value)),
        is_field: false,
        count: Some(found.value.count),
    }));
    // Also those that no asset in view has: nothing in the trash is in view.
    if let Some((name, _)) = word.split_once(':') {
        let counted: BTreeSet<String> = suggestions.iter().map(|found| found.text.clone()).collect();
        suggestions.extend(known(damask, name, &asked).filter(|known| !counted.contains(&known.text)));
    }
    suggestions.truncate(SUGGESTIONS);
    Ok(suggestions)
}

/// Values that begin so, of a field whose values are all known.
fn known<'a>(damask: &'a Damask, field: &str, prefix: &'a str) -> impl Iterator<Item = Suggestion> + use<'a> {
    damask.schema().meant(field).into_iter().flat_map(move |field| {
        let values = field.closed.iter().filter(move |value| value.starts_with(&prefix.to_lowercase()));
        values.map(move |value| Suggestion {
            text: format!("{}:{value}", field.name),
            is_field: false,
            count: None,
        })
    })
}

/// A value as a query writes it.
fn quoted(value: &str) -> String {
    let plain = value.chars().all(|character| character.is_alphanumeric() || "-_/".contains(character));
    if plain && !value.is_empty() { value.to_owned() } else { format!("\"{}\"", value.replace('"', "\\\"")) }
}

/// All fields of the library.
pub fn fields(damask: &Damask) -> Vec<FieldView> {
    damask
        .schema()
        .fields()
        .map(|field| {
            let defined: Option<&FieldDef> = field::core(&field.name);
            FieldView {
                name: field.name.clone(),
                label: field.label.clone(),
                kind: field.kind,
                many: field.many,
                editable: defined.is_some_and(|defined| defined.editable),
                sortable: field.sortable,
                facet: field.facet,
            }
        })
        .collect()
}

impl From<SearchError> for Trouble {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::BadCursor => Self::mistake("bad-cursor", error.to_string())
                .hint("take `next` of the page before, with the same query and order"),
            SearchError::NotSortable(_) => Self::mistake("bad-sort", error.to_string()),
            SearchError::NotAFacet(_) => Self::mistake("bad-facet", error.to_string()),
            SearchError::TooBroad { .. } => Self::mistake("too-broad", error.to_string()),
            SearchError::Engine { .. } | SearchError::File { .. } => {
                Self::Fault { doing: "use the index".to_owned(), source: Box::new(error) }
            }
        }
    }
}
