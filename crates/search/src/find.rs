//! Searching: a query and a scope → a page of ids, the exact number of all, and counts beside it.

use damask_model::AssetId;
use damask_query::{Query, Scope, Sort, SortKey, analysis};
use damask_time::Instant;

use crate::{
    Cursor, Facet, FacetRequest, FacetValue, Index, SearchError,
    compile::Compiler,
    gather::{Gather, Gathered},
};

/// Most ids on one page.
pub const LIMIT_MAX: usize = 10_000;

/// What is asked of the index.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// What is selected.
    pub query: &'a Query,
    /// What may be seen at all.
    pub scope: &'a Scope,
    /// The order; `None` is the query's own, else relevance where there are words, else the latest first.
    pub sort: Option<Sort>,
    /// Where the last page ended.
    pub after: Option<&'a Cursor>,
    /// How many ids, at most [`LIMIT_MAX`].
    pub limit: usize,
    /// What is counted beside it.
    pub facets: &'a [FacetRequest],
    /// The moment relative times are counted from.
    pub now: Instant,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// In the order asked for.
    pub ids: Vec<AssetId>,
    /// Exactly how many there are on all pages.
    pub total: u64,
    /// One for each request, over all pages.
    pub facets: Vec<Facet>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<Cursor>,
    /// What it is ordered by: as asked for, else as the query says, else relevance for words and the latest added
    /// first for all others.
    pub sort: Sort,
}

/// A value that begins as was asked, and how many assets in scope have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The field.
    pub field: String,
    /// The value and its count.
    pub value: FacetValue,
}

impl Index {
    /// A page of what a query selects within a scope.
    ///
    /// # Errors
    /// [`SearchError::BadCursor`], [`SearchError::NotSortable`], [`SearchError::NotAFacet`] and
    /// [`SearchError::TooBroad`] are the caller's; others the engine's.
    pub fn search(&self, request: &Request<'_>) -> Result<Page, SearchError> {
        let plan = request.query.plan(self.schema(), request.now);
        let scope = request.scope.query().plan(self.schema(), request.now);
        let sort = request.sort.clone().or_else(|| request.query.sort.clone()).unwrap_or_else(|| {
            if plan.has_words() { Sort::relevance() } else { Sort::by_descending("added") }
        });
        self.check_sort(&sort)?;
        for facet in request.facets {
            facet.check(self.schema())?;
        }
        let after = request.after.map(|cursor| cursor.place(&sort)).transpose()?;
        let searcher = self.searcher();
        let scoring = sort.key == SortKey::Relevance;
        let compiler = Compiler { columns: self.columns(), searcher: &searcher, scoring };
        let limit = request.limit.min(LIMIT_MAX);
        let gather = Gather {
            columns: self.columns(),
            schema: self.schema(),
            sort: &sort,
            after,
            // One more tells whether there is a next page.
            keep: limit + 1,
            facets: request.facets,
        };
        let query = compiler.both(&plan, &scope)?;
        let Gathered { total, mut places, facets } =
            searcher.search(&*query, &gather).map_err(SearchError::engine("search"))?;
        let further = places.len() > limit;
        places.truncate(limit);
        let next = places.last().filter(|_| further).map(|place| Cursor::after(&sort, place));
        Ok(Page { ids: places.iter().map(|place| place.asset()).collect(), total, facets, next, sort })
    }

    /// Values of `fields` that begin as `prefix`, those of most assets in scope first.
    ///
    /// # Errors
    /// As [`Index::search`].
    pub fn suggest(
        &self,
        prefix: &str,
        fields: &[&str],
        scope: &Scope,
        now: Instant,
        limit: usize,
    ) -> Result<Vec<Suggestion>, SearchError> {
        let folded = analysis::whole(prefix);
        let facets: Vec<FacetRequest> =
            fields.iter().map(|field| FacetRequest::top(field, limit).beginning(folded.clone())).collect();
        let everything = Query::everything();
        let request =
            Request { query: &everything, scope, sort: None, after: None, limit: 0, facets: &facets, now };
        let mut found: Vec<Suggestion> = Vec::new();
        for facet in self.search(&request)?.facets {
            let field = facet.field;
            found.extend(facet.values.into_iter().map(|value| Suggestion { field: field.clone(), value }));
        }
        found.sort_by(|a, b| {
            b.value.count.cmp(&a.value.count).then_with(|| a.value.value.cmp(&b.value.value))
        });
        found.truncate(limit);
        Ok(found)
    }

    fn check_sort(&self, sort: &Sort) -> Result<(), SearchError> {
        match &sort.key {
            SortKey::Relevance | SortKey::Id => Ok(()),
            SortKey::Field(name) if self.schema().field(name).is_some_and(|field| field.sortable) => Ok(()),
            SortKey::Field(name) => Err(SearchError::NotSortable(name.clone())),
        }
    }
}
