//! What people write: found at once, never lost to another's edit or another reading, undone exactly.

use std::{
    collections::BTreeMap,
    fs,
    time::{Duration, Instant},
};

use damask_flow::{Caller, Outcome, edit, look};
use damask_model::{AssetId, FactId, Origin, Seq, Value, Verb};
use damask_testkit::fixtures::Photograph;
use serde_json::{Value as Json, json};

use crate::library::{Library, missing, mistaken};

async fn set(
    library: &Library,
    asset: AssetId,
    seen: Option<FactId>,
    fields: &[(&str, &[&str])],
) -> Outcome<Seq> {
    let values =
        |values: &[&str]| -> Option<Vec<Json>> { Some(values.iter().map(|value| json!(value)).collect()) };
    let changes: BTreeMap<_, _> =
        fields.iter().map(|(name, given)| ((*name).to_owned(), values(given))).collect();
    edit::fields(&library.damask, &Caller::local(), asset, seen.map(|seen| vec![seen]), changes).await
}

fn text<'a>(values: impl Iterator<Item = &'a Value>) -> Vec<&'a str> {
    values.filter_map(Value::as_text).collect()
}

pub async fn an_edit_is_found_within_a_second(library: &mut Library) {
    library.start(0);
    let asset = library.put("note.txt", "note").await.expect("taken").asset.expect("an asset");
    let mut times = Vec::new();
    for word in ["falcon", "beehive", "regatta", "mosaic", "foundry"] {
        let seq = set(library, asset, None, &[("title", &[word])]).await.expect("an edit");
        let written = Instant::now();
        library.damask.indexed_to(seq, Duration::from_secs(10)).await.expect("indexed");
        times.push(written.elapsed());
        assert_eq!(library.find(&format!("title:{word}")).await, ["note.txt"]);
    }
    times.sort();
    // The middle one: a machine that runs other tests beside this one has its moments.
    assert!(times[2] < Duration::from_secs(1), "{times:?}");
    assert!(library.find("title:falcon").await.is_empty(), "what was overwritten is not found");
}

pub async fn an_edit_that_did_not_see_the_last_one_is_refused(library: &mut Library) {
    library.start(0);
    let asset = library.put("note.txt", "note").await.expect("taken").asset.expect("an asset");
    let seen = library.whole(asset).await.etag;
    set(library, asset, Some(seen), &[("title", &["First"])]).await.expect("nobody was before");
    mistaken(set(library, asset, Some(seen), &[("title", &["Second"])]).await, "stale");
    assert_eq!(library.summary(asset).await.title.as_deref(), Some("First"));
    let caller = Caller::local();
    let undo = |seen: Vec<FactId>, edit| edit::undo(&library.damask, &caller, asset, Some(seen), edit);
    let stands = library.whole(asset).await.etag;
    let edit =
        look::history(&library.damask, &Caller::local(), asset, None, 1).await.expect("history")[0].seq;
    mistaken(undo(vec![], edit).await, "stale");
    mistaken(undo(vec![seen], edit).await, "stale");
    let undone = undo(vec![seen, stands], edit).await.expect("it is in one of these states");
    let again = library.whole(asset).await.etag;
    undo(vec![again], undone).await.expect("nobody was before");
    mistaken(set(library, asset, None, &[]).await, "nothing-to-edit");
    mistaken(set(library, asset, None, &[("width", &["9"])]).await, "not-editable");
}

pub async fn an_edit_is_undone_from_what_stood_before(library: &mut Library) {
    library.start(1);
    let card =
        Photograph::jpeg(64, 48).tag("IPTC:Keywords", "harbour").tag("XMP-dc:Subject", "harbour").make();
    let asset = library.imported(&card, "card.jpg").await;
    let before = library.whole(asset).await.document;
    let seq = set(library, asset, None, &[("keywords", &["bridge"]), ("title", &["A bridge"])]).await;
    let seq = seq.expect("an edit");
    let history = look::history(&library.damask, &Caller::local(), asset, None, 1).await.expect("history");
    assert_eq!((history[0].seq, history[0].verb), (seq, Verb::AssetEdited));
    let stood = &history[0].change.as_ref().expect("kept").before["fields"]["keywords"];
    assert_eq!(stood[0]["value"], json!({ "text": "harbour" }), "the fact says what stood before");

    let undone = edit::undo(&library.damask, &Caller::local(), asset, None, seq).await.expect("undone");
    assert_eq!(library.whole(asset).await.document, before, "with where each value came from");
    assert_eq!(library.find("keywords:harbour").await, ["card.jpg"]);
    assert!(library.find("bridge").await.is_empty());
    edit::undo(&library.damask, &Caller::local(), asset, None, undone)
        .await
        .expect("an undoing is an edit too");
    assert_eq!(library.summary(asset).await.title.as_deref(), Some("A bridge"));

    set(library, asset, None, &[("title", &["Another"])]).await.expect("an edit");
    mistaken(edit::undo(&library.damask, &Caller::local(), asset, None, seq).await, "stale");
    missing(edit::undo(&library.damask, &Caller::local(), asset, None, Seq(1)).await);
    assert_eq!(library.summary(asset).await.title.as_deref(), Some("Another"));
}

pub async fn what_a_person_wrote_outlasts_another_reading_of_the_file(library: &mut Library) {
    library.start(1);
    let titled = |title: &str, keyword: &str| {
        Photograph::jpeg(64, 48).tag("XMP-dc:Title", title).tag("XMP-dc:Subject", keyword).make()
    };
    let asset = library.imported(&titled("Old", "ferry"), "card.jpg").await;
    set(library, asset, None, &[("title", &["Mine"])]).await.expect("an edit");
    let path = library.incoming().join("card.jpg");
    fs::write(&path, fs::read(titled("New", "tram")).expect("the fixture")).expect("written");
    library.import(&[path]).await;
    library.settled().await;
    let document = library.whole(asset).await.document;
    assert_eq!(text(document.values("title")), ["Mine"]);
    assert_eq!(document.entries("title")[0].origin, Origin::Person);
    assert_eq!(text(document.values("keywords")), ["tram"], "nobody spoke of these");
}
