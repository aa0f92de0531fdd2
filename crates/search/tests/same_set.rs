//! The law that holds both evaluators together: for any documents, any query and any scope, the index finds
//! exactly what the evaluator in memory says.

use std::{collections::BTreeSet, sync::Arc};

use damask_model::{AssetId, FolderId, Seq, Uuid};
use damask_query::{Document, Query, Schema, Scope, Sort, Term};
use damask_search::{Change, FacetRequest, Index, Request};
use damask_time::{Instant, Moment};
use proptest::{prelude::*, sample::select, test_runner::TestRunner};

const NOW: Instant = Instant::from_micros(1_786_000_000_000_000);

const WORDS: &[&str] = &[
    "harbour",
    "Harbours",
    "harbinger",
    "boat",
    "boats",
    "old",
    "the",
    "São",
    "sao",
    "Äpfel",
    "apfel",
    "東京",
    "京都",
    "タワー",
    "서울",
    "DSC_0001.JPG",
    "dsc",
    "0001",
    "3.14",
    "e-mail",
    "O’Neill",
    "running",
    "run",
];
const KEYWORDS: &[&str] =
    &["Old Harbour", "old  harbour", "boat", "Boat", "São Paulo", "sao tome", "東京", "a-b", "C++", "x"];
const TEXT_FIELDS: &[&str] = &["title", "caption", "name", "text", "headline", "credit"];
const KEYWORD_FIELDS: &[&str] = &["keywords", "city", "camera", "creator", "language"];

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(select(WORDS), 1..6).prop_map(|words| words.join(" "))
}

fn moment() -> impl Strategy<Value = String> {
    prop_oneof![
        (2024..2027i32).prop_map(|year| year.to_string()),
        (2024..2027i32, 1..13u8).prop_map(|(year, month)| format!("{year}-{month:02}")),
        (2025..2027i32, 1..13u8, 1..29u8).prop_map(|(y, m, d)| format!("{y}-{m:02}-{d:02}")),
        (1..13u8, 1..29u8, 0..24u8).prop_map(|(m, d, h)| format!("2026-{m:02}-{d:02}T{h:02}:30+02:00")),
    ]
}

fn term() -> impl Strategy<Value = (String, Term)> {
    let named = |field: &str, term: Term| (field.to_owned(), term);
    prop_oneof![
        4 => (select(TEXT_FIELDS), text()).prop_map(move |(field, text)| named(field, Term::Text(text))),
        4 => (select(KEYWORD_FIELDS), select(KEYWORDS))
            .prop_map(move |(field, word)| named(field, Term::Keyword(word.into()))),
        1 => select(&["image", "video", "audio"][..]).prop_map(move |kind| named("type", Term::Keyword(kind.into()))),
        2 => (select(&["width", "bytes", "rating"][..]), -3..12i64)
            .prop_map(move |(field, number)| named(field, Term::Integer(number))),
        2 => (select(&["aperture", "duration", "frame_rate"][..]), select(&[0.0, -0.0, 0.004, 1.0, 2.8, 24.0, 29.97, 60.4][..]))
            .prop_map(move |(field, number)| named(field, Term::Number(number))),
        1 => any::<bool>().prop_map(move |yes| named("flash", Term::Boolean(yes))),
        3 => (select(&["captured", "added", "digitized"][..]), moment()).prop_map(move |(field, text)| {
            let moment = Moment::parse(&text).expect("a lawful moment");
            named(field, Term::Moment { start: moment.first_instant(), end: moment.end_exclusive() })
        }),
        1 => Just(named("position", Term::Position)),
        2 => (1..4u128).prop_map(move |id| named("folder", Term::Folder(FolderId(Uuid::from_u128(id))))),
    ]
}

fn documents() -> impl Strategy<Value = Vec<Document>> {
    prop::collection::vec(prop::collection::vec(term(), 0..10), 1..40).prop_map(|all| {
        let schema = Schema::core();
        let documents = all.into_iter().enumerate().map(|(number, terms)| {
            let mut document = Document::new(AssetId(Uuid::from_u128(number as u128 + 1)));
            for (field, term) in terms {
                document.put(&schema, &field, term);
            }
            document
        });
        documents.collect()
    })
}

fn leaf() -> impl Strategy<Value = String> {
    let sign = select(&["", ">", ">=", "<", "<="][..]);
    prop_oneof![
        4 => select(WORDS).prop_map(str::to_owned),
        2 => select(&["har", "bo", "s", "ä", "東", "タ", "서", "DSC_00", "3.", "o"][..]).prop_map(|word| format!("{word}*")),
        2 => prop::collection::vec(select(WORDS), 1..4).prop_map(|words| format!("\"{}\"", words.join(" "))),
        2 => (prop::collection::vec(select(WORDS), 1..3), select(&["har", "bo", "D", "京"][..]))
            .prop_map(|(words, last)| format!("\"{} {last}\"*", words.join(" "))),
        3 => (select(TEXT_FIELDS), select(WORDS)).prop_map(|(field, word)| format!("{field}:{word}")),
        1 => (select(TEXT_FIELDS), text()).prop_map(|(field, text)| format!("{field}:\"{text}\"")),
        1 => select(TEXT_FIELDS).prop_map(|field| format!("{field}:har*,bo*,old")),
        3 => (select(KEYWORD_FIELDS), select(KEYWORDS)).prop_map(|(field, word)| format!("{field}:\"{word}\"")),
        1 => (select(KEYWORD_FIELDS), select(KEYWORDS)).prop_map(|(field, word)| format!("{field}:x,\"{word}\"")),
        1 => (select(KEYWORD_FIELDS), select(&["o", "sao", "東", "c+", "old h"][..]))
            .prop_map(|(field, start)| format!("{field}:\"{start}\"*")),
        1 => select(&["image", "video", "audio,image", "font"][..]).prop_map(|kind| format!("type:{kind}")),
        2 => (select(&["width", "bytes", "rating"][..]), sign.clone(), -3..12i64)
            .prop_map(|(field, sign, number)| format!("{field}:{sign}{number}")),
        1 => (-3..6i64, 0..6i64).prop_map(|(low, more)| format!("width:{low}..{}", low + more)),
        2 => (select(&["aperture", "duration", "frame_rate"][..]), sign.clone(), select(&["0", "0.004", "1", "2.8", "24", "29.97", "60"][..]))
            .prop_map(|(field, sign, number)| format!("{field}:{sign}{number}")),
        1 => select(&["yes", "no"][..]).prop_map(|yes| format!("flash:{yes}")),
        3 => (select(&["captured", "added"][..]), sign, moment())
            .prop_map(|(field, sign, text)| format!("{field}:{sign}{text}")),
        1 => (2024..2026i32, 2026..2028i32).prop_map(|(low, high)| format!("captured:{low}..{high}")),
        1 => select(&["today", "yesterday..today", "90d", "1y", "<now"][..]).prop_map(|when| format!("added:{when}")),
        2 => (select(&["has", "missing"][..]), select(&["title", "keywords", "captured", "position", "folder", "id", "flash"][..]))
            .prop_map(|(has, field)| format!("{has}:{field}")),
        1 => (1..5u128).prop_map(|id| format!("folder:{}", Uuid::from_u128(id))),
        1 => select(&["News", "/", "Nowhere"][..]).prop_map(|path| format!("folder:{path}")),
        1 => (1..40u128).prop_map(|id| format!("id:{},{}", Uuid::from_u128(id), Uuid::from_u128(id + 1))),
        1 => Just("*".to_owned()),
    ]
}

fn query() -> impl Strategy<Value = String> {
    leaf().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" "))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" OR "))),
            inner.prop_map(|part| format!("-{part}")),
        ]
    })
}

fn read(text: &str) -> Query {
    let query = Query::parse(text, &Schema::core()).unwrap_or_else(|error| panic!("{text}: {error}"));
    query.resolve_folders(&mut |asked| match asked.clone() {
        damask_query::FolderAsk::Id(id) => Some(vec![id]),
        damask_query::FolderAsk::Path(path) if path == "News" => {
            Some(vec![FolderId(Uuid::from_u128(1)), FolderId(Uuid::from_u128(2))])
        }
        damask_query::FolderAsk::Path(_) => None,
    })
}

struct Case {
    index: Index,
    documents: Vec<Document>,
    _folder: tempfile::TempDir,
}

/// The documents in several commits, some of them first otherwise, some gone.
fn indexed(documents: Vec<Document>) -> Case {
    let folder = tempfile::tempdir().expect("a folder");
    let (index, _) = Index::open(folder.path(), Arc::new(Schema::core())).expect("an index");
    let stale: Vec<Change> = documents.iter().rev().take(5).cloned().map(Change::Put).collect();
    index.apply(&stale, Seq(1)).expect("first commit");
    let middle = documents.len() / 2;
    for (number, part) in [&documents[..middle], &documents[middle..]].into_iter().enumerate() {
        let puts: Vec<Change> = part.iter().cloned().map(Change::Put).collect();
        index.apply(&puts, Seq(number as i64 + 2)).expect("commit");
    }
    let gone: Vec<AssetId> = documents.iter().step_by(7).map(Document::id).collect();
    index.apply(&gone.iter().copied().map(Change::Remove).collect::<Vec<_>>(), Seq(9)).expect("removal");
    let documents = documents.into_iter().filter(|document| !gone.contains(&document.id())).collect();
    Case { index, documents, _folder: folder }
}

fn check_one(case: &Case, query_text: &str, scope_text: &str) -> Result<(), TestCaseError> {
    let schema = Schema::core();
    let (query, scope) = (read(query_text), Scope::of(read(scope_text)));
    let (plan, limits) = (query.plan(&schema, NOW), scope.query().plan(&schema, NOW));
    let expected: Vec<&Document> =
        case.documents.iter().filter(|document| plan.matches(document) && limits.matches(document)).collect();
    let ids: BTreeSet<AssetId> = expected.iter().map(|document| document.id()).collect();
    let facets = [FacetRequest::top("keywords", 100), FacetRequest::top("type", 1)];
    for sort in [None, Some(Sort::by("captured")), Some(Sort::by_descending("name"))] {
        let request = Request {
            query: &query,
            scope: &scope,
            sort: sort.clone(),
            after: None,
            limit: 100,
            facets: &facets,
            now: NOW,
        };
        let page = case.index.search(&request).expect("a page");
        let found: BTreeSet<AssetId> = page.ids.iter().copied().collect();
        prop_assert_eq!(&found, &ids, "{} within {}", query_text, scope_text);
        prop_assert_eq!(page.total, ids.len() as u64);
        if let Some(sort) = sort {
            let mut ordered = expected.clone();
            ordered.sort_by(|a, b| sort.compare(a, b));
            let ordered: Vec<AssetId> = ordered.iter().map(|document| document.id()).collect();
            prop_assert_eq!(&page.ids, &ordered, "{} by {}", query_text, sort);
        }
        for value in &page.facets[0].values {
            let clicked =
                Query::parse(&format!("keywords:\"{}\"", value.value), &schema).expect("a facet's value");
            let clicked = clicked.plan(&schema, NOW);
            let count = expected.iter().filter(|document| clicked.matches(document)).count() as u64;
            prop_assert_eq!(value.count, count, "keyword {}", &value.value);
        }
    }
    Ok(())
}

#[test]
fn the_index_finds_what_the_evaluator_says() {
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 12,
        failure_persistence: None,
        max_shrink_iters: 0,
        ..ProptestConfig::default()
    });
    let queries = prop::collection::vec((query(), prop_oneof![Just("*".to_owned()), query()]), 40);
    let outcome = runner.run(&(documents(), queries), |(documents, queries)| {
        let case = indexed(documents);
        for (query, scope) in &queries {
            check_one(&case, query, scope)?;
        }
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}
