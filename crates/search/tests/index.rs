//! The index as its callers use it: order, pages, counts, removal, opening again, damage.

use std::{collections::BTreeSet, fs, path::Path, sync::Arc};

use damask_model::{AssetId, Seq, Uuid};
use damask_query::{Document, Query, Schema, Scope, Sort, Term};
use damask_search::{Change, Cursor, FacetRequest, Index, Opening, Page, Request, SearchError, Unusable};
use damask_time::{Instant, Moment};

const NOW: Instant = Instant::from_micros(1_786_000_000_000_000);

fn open(folder: &Path) -> (Index, Opening) {
    Index::open(folder, Arc::new(Schema::core())).expect("an index")
}

fn id(number: u128) -> AssetId {
    AssetId(Uuid::from_u128(number))
}

/// Document `number`: titles and widths repeat, every fifth has neither.
fn document(number: u128) -> Document {
    let (schema, mut document) = (Schema::core(), Document::new(id(number)));
    let mut put = |field: &str, term: Term| assert!(document.put(&schema, field, term), "{field}");
    let start = Moment::parse(&format!("2026-{:02}-01", number % 12 + 1)).expect("a month");
    put("captured", Term::Moment { start: start.first_instant(), end: start.end_exclusive() });
    put("type", Term::Keyword(if number.is_multiple_of(3) { "video" } else { "image" }.into()));
    put("keywords", Term::Keyword(if number.is_multiple_of(2) { "Harbour" } else { "harbour" }.into()));
    if number.is_multiple_of(4) {
        put("keywords", Term::Keyword("boat".into()));
    }
    if !number.is_multiple_of(5) {
        put("title", Term::Text(format!("Störy {} of the harbour", number % 7)));
        put("width", Term::Integer(i64::try_from(number % 11).expect("small") * 100));
        put("aperture", Term::Number(1.0 / (number % 6 + 1) as f64));
    }
    document
}

fn filled(folder: &Path, count: u128) -> Index {
    let (index, _) = open(folder);
    for part in (1..=count).collect::<Vec<_>>().chunks(40) {
        let puts: Vec<Change> = part.iter().map(|number| Change::Put(document(*number))).collect();
        index
            .apply(&puts, Seq(i64::try_from(*part.last().expect("a part")).expect("small")))
            .expect("commit");
    }
    index
}

fn ask(
    index: &Index,
    text: &str,
    sort: Option<Sort>,
    after: Option<&Cursor>,
    limit: usize,
    facets: &[FacetRequest],
) -> Result<Page, SearchError> {
    let query = Query::parse(text, &Schema::core()).expect(text);
    let scope = Scope::everything();
    index.search(&Request { query: &query, scope: &scope, sort, after, limit, facets, now: NOW })
}

fn all_pages(index: &Index, text: &str, sort: &Sort, limit: usize) -> Vec<AssetId> {
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let page = ask(index, text, Some(sort.clone()), after.as_ref(), limit, &[]).expect("a page");
        assert!(page.ids.len() <= limit);
        ids.extend(page.ids);
        match page.next {
            Some(next) => after = Some(next),
            None => return ids,
        }
    }
}

#[test]
fn pages_follow_each_other_in_every_order_with_nothing_twice_and_nothing_left_out() {
    let folder = tempfile::tempdir().expect("folder");
    let index = filled(folder.path(), 120);
    let documents: Vec<Document> = (1..=120).map(document).collect();
    for text in ["*", "harbour", "type:image"] {
        for sort in
            ["title", "-title", "width", "-width", "aperture", "-captured", "id", "-id", "type", "relevance"]
        {
            let sort = Sort::parse(sort, &Schema::core()).expect(sort);
            let ids = all_pages(&index, text, &sort, 17);
            let plan = Query::parse(text, &Schema::core()).expect(text).plan(&Schema::core(), NOW);
            let mut expected: Vec<&Document> =
                documents.iter().filter(|document| plan.matches(document)).collect();
            if sort == Sort::relevance() {
                let found: BTreeSet<_> = ids.iter().copied().collect();
                assert_eq!((found.len(), ids.len()), (expected.len(), expected.len()), "{text} by relevance");
            } else {
                expected.sort_by(|a, b| sort.compare(a, b));
                assert_eq!(
                    ids,
                    expected.iter().map(|document| document.id()).collect::<Vec<_>>(),
                    "{text} by {sort}"
                );
            }
        }
    }
}

#[test]
fn a_page_stays_where_it_was_when_what_lies_before_it_changes() {
    let folder = tempfile::tempdir().expect("folder");
    let index = filled(folder.path(), 60);
    let sort = Sort::by("title");
    let first = ask(&index, "*", Some(sort.clone()), None, 10, &[]).expect("first");
    let before = ask(&index, "*", Some(sort.clone()), first.next.as_ref(), 10, &[]).expect("second");
    let gone: Vec<Change> = first.ids.iter().map(|id| Change::Remove(*id)).collect();
    index.apply(&gone, Seq(100)).expect("removal");
    let after = ask(&index, "*", Some(sort), first.next.as_ref(), 10, &[]).expect("second again");
    assert_eq!(before.ids, after.ids);
    assert_eq!(after.total, 50);
}

#[test]
fn a_word_in_the_title_goes_before_one_in_the_text() {
    let (folder, schema) = (tempfile::tempdir().expect("folder"), Schema::core());
    let (index, _) = open(folder.path());
    let with = |number, field: &str| {
        let mut document = Document::new(id(number));
        document.put(&schema, "text", Term::Text("some words that stand here beside".into()));
        document.put(&schema, field, Term::Text("the lighthouse".into()));
        Change::Put(document)
    };
    index.apply(&[with(1, "title"), with(2, "caption"), with(3, "instructions")], Seq(1)).expect("commit");
    let page = ask(&index, "lighthouse", None, None, 10, &[]).expect("page");
    assert_eq!(page.ids[0], id(1));
    assert_eq!(page.total, 3);
}

#[test]
fn facets_count_exactly_and_join_what_differs_only_in_writing() {
    let folder = tempfile::tempdir().expect("folder");
    let index = filled(folder.path(), 90);
    let facets = [
        FacetRequest::top("keywords", 10),
        FacetRequest::top("type", 1),
        FacetRequest::top("captured", 10),
        FacetRequest::top("captured", 20).by_month(),
    ];
    let page = ask(&index, "*", None, None, 0, &facets).expect("page");
    let listed = |place: usize| -> Vec<(&str, u64)> {
        page.facets[place].values.iter().map(|value| (value.value.as_str(), value.count)).collect()
    };
    assert_eq!(page.total, 90);
    assert_eq!(listed(0), [("Harbour", 90), ("boat", 22)]);
    assert_eq!((listed(1), page.facets[1].more), (vec![("image", 60)], 1));
    assert_eq!(listed(2), [("2026", 90)]);
    assert_eq!(listed(3)[0], ("2026-01", 7));
    assert_eq!(listed(3).iter().map(|(_, count)| count).sum::<u64>(), 90);
    assert!(matches!(
        ask(&index, "*", None, None, 0, &[FacetRequest::top("title", 1)]),
        Err(SearchError::NotAFacet(_))
    ));
}

#[test]
fn suggestions_are_values_that_begin_so_and_only_within_the_scope() {
    let folder = tempfile::tempdir().expect("folder");
    let index = filled(folder.path(), 40);
    let suggest = |prefix: &str, scope: &str| -> Vec<(String, u64)> {
        let scope = Scope::of(Query::parse(scope, &Schema::core()).expect(scope));
        let found = index.suggest(prefix, &["keywords", "type"], &scope, NOW, 5).expect("suggestions");
        found.into_iter().map(|one| (one.value.value, one.value.count)).collect()
    };
    assert_eq!(suggest("HÁR", "*"), [("Harbour".to_owned(), 40)]);
    assert_eq!(suggest("bo", "*"), [("boat".to_owned(), 10)]);
    assert_eq!(suggest("bo", "-tag:boat"), []);
    assert_eq!(suggest("v", "*"), [("video".to_owned(), 13)]);
}

#[test]
fn what_is_removed_is_not_found_and_what_is_put_again_is_found_once() {
    let folder = tempfile::tempdir().expect("folder");
    let index = filled(folder.path(), 20);
    index
        .apply(&[Change::Remove(id(3)), Change::Put(document(4)), Change::Put(document(4))], Seq(30))
        .expect("commit");
    assert_eq!(index.holdings(&[id(3), id(4)]).expect("asked"), [0, 1]);
    let (mut all, mut listing) = (Vec::new(), index.listing());
    loop {
        let ids = listing.next_batch(6).expect("ids");
        assert!(ids.len() <= 6, "{} at once", ids.len());
        if ids.is_empty() {
            break;
        }
        all.extend(ids);
    }
    all.sort();
    assert_eq!(all, (1..=20).filter(|number| *number != 3).map(id).collect::<Vec<_>>());
    assert_eq!(index.size().documents, 19);
}

#[test]
fn an_index_opened_again_has_its_documents_and_its_cursor() {
    let folder = tempfile::tempdir().expect("folder");
    let index = filled(folder.path(), 50);
    index.stage(&[Change::Put(document(99))]).expect("staged");
    assert!(!index.rest().expect("rest"), "there is work that is not committed");
    drop(index);
    let (index, opening) = open(folder.path());
    assert_eq!(opening, Opening::Kept);
    assert_eq!(index.seq(), Seq(50));
    assert_eq!(index.size().documents, 50, "what was not committed is not there");
    index.apply(&[Change::Put(document(51))], Seq(51)).expect("commit");
    assert!(index.rest().expect("rest"));
    index.apply(&[], Seq(52)).expect("a commit of the cursor alone");
    drop(index);
    assert_eq!(open(folder.path()).0.seq(), Seq(52));
}

#[test]
fn an_index_made_for_another_schema_is_begun_anew() {
    let folder = tempfile::tempdir().expect("folder");
    assert_eq!(open(folder.path()).1, Opening::Fresh(Unusable::Absent));
    drop(filled(folder.path(), 5));
    fs::write(folder.path().join("signature"), "another").expect("written");
    let (index, opening) = open(folder.path());
    assert_eq!(opening, Opening::Fresh(Unusable::MadeForOther));
    assert_eq!((index.seq(), index.size().documents), (Seq(0), 0));
}

#[test]
fn a_damaged_index_is_begun_anew_or_refused_with_a_reason_and_never_panics() {
    let whole = tempfile::tempdir().expect("folder");
    drop(filled(whole.path(), 30));
    let files: Vec<_> = fs::read_dir(whole.path().join("segments")).expect("files").flatten().collect();
    assert!(files.len() > 3);
    for file in files {
        let name = file.file_name();
        for damage in ["gone", "short", "other"] {
            let folder = tempfile::tempdir().expect("folder");
            fs::create_dir(folder.path().join("segments")).expect("folder");
            for other in fs::read_dir(whole.path().join("segments")).expect("files").flatten() {
                fs::copy(other.path(), folder.path().join("segments").join(other.file_name()))
                    .expect("copied");
            }
            fs::copy(whole.path().join("signature"), folder.path().join("signature")).expect("copied");
            let path = folder.path().join("segments").join(&name);
            let bytes = fs::read(&path).expect("bytes");
            match damage {
                "gone" => fs::remove_file(&path).expect("removed"),
                "short" => fs::write(&path, &bytes[..bytes.len() / 2]).expect("cut"),
                _ => fs::write(&path, vec![0xa5; bytes.len()]).expect("overwritten"),
            }
            match Index::open(folder.path(), Arc::new(Schema::core())) {
                Ok((index, Opening::Fresh(_))) => assert_eq!(index.seq(), Seq(0)),
                Ok((index, Opening::Kept)) => assert_eq!(index.seq(), Seq(30), "{name:?} {damage}"),
                Err(error) => assert!(!error.to_string().is_empty()),
            }
        }
    }
}

#[test]
fn flipped_bytes_are_found_by_the_check() {
    let folder = tempfile::tempdir().expect("folder");
    let index = filled(folder.path(), 30);
    assert!(index.damaged_files().expect("checked").is_empty());
    let files = fs::read_dir(folder.path().join("segments")).expect("files").flatten();
    let words = files
        .map(|file| file.path())
        .find(|path| path.extension().is_some_and(|ext| ext == "fast"))
        .expect("a segment");
    let mut bytes = fs::read(&words).expect("bytes");
    bytes[0] ^= 0xff;
    fs::write(&words, bytes).expect("written");
    assert_eq!(index.damaged_files().expect("checked").len(), 1);
}

#[test]
fn a_cursor_of_another_order_is_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let index = filled(folder.path(), 20);
    let page = ask(&index, "*", Some(Sort::by("title")), None, 5, &[]).expect("page");
    let wrong = ask(&index, "*", Some(Sort::by("width")), page.next.as_ref(), 5, &[]);
    assert!(matches!(wrong, Err(SearchError::BadCursor)));
    let garbage = Cursor("no cursor".into());
    assert!(matches!(ask(&index, "*", None, Some(&garbage), 5, &[]), Err(SearchError::BadCursor)));
    assert!(matches!(
        ask(&index, "*", Some(Sort::by("caption")), None, 5, &[]),
        Err(SearchError::NotSortable(_))
    ));
}

#[test]
fn a_phrase_that_ends_in_too_common_a_beginning_is_refused_and_a_lone_prefix_is_not() {
    let (folder, schema) = (tempfile::tempdir().expect("folder"), Schema::core());
    let (index, _) = open(folder.path());
    let mut wordy = Document::new(id(1));
    let words: Vec<String> = (0..10_001).map(|number| format!("w{number}")).collect();
    wordy.put(&schema, "text", Term::Text(words.join(" ")));
    index.apply(&[Change::Put(wordy)], Seq(1)).expect("commit");
    assert!(matches!(ask(&index, "\"w5 w\"*", None, None, 5, &[]), Err(SearchError::TooBroad { .. })));
    assert_eq!(ask(&index, "\"w5 w6\"*", None, None, 5, &[]).expect("page").total, 1);
    assert_eq!(ask(&index, "w*", None, None, 5, &[]).expect("page").total, 1);
}
