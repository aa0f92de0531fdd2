//! Who may see and do what: nothing beyond a scope can be found, counted, guessed or heard of.

use std::{collections::BTreeMap, time::Duration};

use damask_flow::{
    Caller, Damask,
    caller::Permissions,
    check,
    deliver::{originals, renditions},
    edit,
    events::{self, Event},
    find,
    ingest::{
        ArrivalOutcome,
        import::{self, ImportAsk},
        intent::Intent,
        put, quarantine,
        upload::{self, NewUpload},
    },
    look, status, work,
};
use damask_model::{AssetId, JobId, QuarantineId, Seq, Uuid};
use futures::{StreamExt as _, stream};
use serde_json::json;

use crate::library::{Library, missing, refused, within};

/// An asset with these keywords, given by a person.
async fn asset(library: &Library, path: &str, keywords: &[&str]) -> AssetId {
    let asset = library.put(path, path.to_owned()).await.expect("taken").asset.expect("an asset");
    set(&library.damask, asset, keywords).await;
    asset
}

async fn set(damask: &Damask, asset: AssetId, keywords: &[&str]) -> Seq {
    let values = keywords.iter().map(|keyword| json!(keyword)).collect();
    let changes = BTreeMap::from([("keywords".to_owned(), Some(values))]);
    edit::fields(damask, &Caller::local(), asset, None, changes).await.expect("an edit")
}

pub async fn a_scoped_caller_finds_counts_and_reads_nothing_beyond_its_scope(library: &mut Library) {
    library.start(0);
    let open = asset(library, "press/harbour.txt", &["public", "sea"]).await;
    let hidden = asset(library, "board/harbour.txt", &["secret", "sea"]).await;
    let (damask, guest) = (&library.damask, within("keywords:public"));
    for query in
        ["*", "harbour", "keywords:sea", "keywords:secret OR keywords:public", "-keywords:public OR sea"]
    {
        let found = library.search(&guest, query).await;
        let ids: Vec<AssetId> = found.items.iter().map(|item| item.id).collect();
        assert_eq!((ids, found.total), (vec![open], 1), "{query}");
        let keywords = found.facets.iter().find(|facet| facet.name == "keywords").expect("the facet");
        let values: Vec<_> = keywords.values.iter().map(|(value, count)| (value.as_str(), *count)).collect();
        assert!(values.iter().all(|(value, count)| *value != "secret" && *count == 1), "{values:?}");
        assert_eq!((values.len(), keywords.more), (2, 0), "{query}");
    }
    assert_eq!(library.search(&guest, "keywords:secret").await.total, 0);
    let suggested = find::suggest(damask, &guest, "keywords:s", 10).await.expect("suggestions");
    let texts: Vec<_> = suggested.iter().map(|suggestion| suggestion.text.as_str()).collect();
    assert_eq!(texts, ["keywords:sea"]);

    assert!(look::asset(damask, &guest, open).await.is_ok());
    let shut = missing(look::asset(damask, &guest, hidden).await);
    let nobody = AssetId::fresh();
    let none = missing(look::asset(damask, &guest, nobody).await);
    assert_eq!(
        shut.replace(&hidden.to_string(), ""),
        none.replace(&nobody.to_string(), ""),
        "both look alike"
    );
    missing(look::tags(damask, &guest, hidden).await);
    missing(look::text(damask, &guest, hidden, 0, 10).await);
    missing(look::history(damask, &guest, hidden, None, 10).await);
    missing(originals::open(damask, &guest, hidden, None).await);
    missing(edit::fields(damask, &guest, hidden, None, BTreeMap::new()).await);
    missing(edit::undo(damask, &guest, hidden, None, damask.seq()).await);
    let version = library.summary(hidden).await.version;
    for recipe in ["box-256x256.jpg", "proxy-540.mp4"] {
        missing(renditions::get(damask, &guest, version, recipe.parse().expect("a recipe")).await);
    }
    assert!(
        look::folders(damask, &guest, None, None, 10).await.expect("folders").is_empty(),
        "names of folders tell"
    );
    let status = status::now(damask, &guest).await.expect("the status");
    assert_eq!((status.assets, status.bytes), (0, 0), "counts of the whole tell");
}

pub async fn bytes_of_a_hidden_asset_become_an_asset_of_their_own(library: &mut Library) {
    library.start(0);
    let hidden = asset(library, "board/harbour.txt", &["secret"]).await;
    let (damask, guest) = (&library.damask, within("keywords:public"));
    let facts = library.verbs(hidden).await;
    let bytes = || stream::iter([Ok::<_, std::io::Error>(b"board/harbour.txt".to_vec().into())]);
    let arrival =
        put::stream(damask, &guest, "mine.txt", Intent::default(), None, bytes()).await.expect("taken");
    assert_eq!(arrival.outcome, ArrivalOutcome::Imported, "they cannot tell that it was known");
    assert_ne!(arrival.asset, Some(hidden));
    assert_eq!(library.verbs(hidden).await, facts, "and write nothing into its history");
    // Whose scope reaches its own files is not told where the others came from.
    let own = arrival.asset.expect("an asset");
    set(damask, own, &["public"]).await;
    let places = look::asset(damask, &guest, own).await.expect("its own").locations;
    let paths: Vec<_> = places.iter().filter(|(place, _)| place != "store").collect();
    assert_eq!(paths, [&("upload".to_owned(), "mine.txt".to_owned())]);
    let own = put::stream(damask, &Caller::local(), "again.txt", Intent::default(), None, bytes())
        .await
        .expect("taken");
    assert_eq!((own.outcome, own.asset), (ArrivalOutcome::AlreadyHere, Some(hidden)));
}

pub async fn a_scoped_caller_hears_of_nothing_beyond_its_scope(library: &mut Library) {
    library.start(1);
    let open = asset(library, "press/harbour.txt", &["public"]).await;
    let hidden = asset(library, "board/harbour.txt", &["secret"]).await;
    library.settled().await;
    let guest = within("keywords:public");
    let told = events::follow(&library.damask, &guest, Some(Seq(0))).await.expect("events");
    let mut told = Box::pin(told);
    set(&library.damask, hidden, &["secret", "more"]).await;
    let last = set(&library.damask, open, &["public", "more"]).await;
    let mut heard = Vec::new();
    while !heard.contains(&last) {
        let event = tokio::time::timeout(Duration::from_secs(10), told.next()).await.expect("in time");
        match event.expect("it does not end") {
            Event::Fact { seq, subjects, .. } => {
                assert_eq!(subjects, [open.0], "fact {seq}");
                heard.push(seq);
            }
            Event::Job(job) => panic!("how much goes on tells: {job:?}"),
        }
    }
    assert!(heard.is_sorted() && heard.len() >= 4, "{heard:?}");
    assert!(work::page(&library.damask, &guest, None, None, 10).await.expect("jobs").is_empty());
}

pub async fn who_listens_slowly_keeps_nobody_from_the_records(library: &mut Library) {
    // More than is kept for a listener, for more listeners than there are connections.
    for number in 0..100 {
        library.write(&format!("Card/{number:03}.txt"), format!("take {number}").as_bytes());
    }
    library.import(&[library.incoming().join("Card")]).await;
    let mut slow = Vec::new();
    for _ in 0..10 {
        let told = events::follow(&library.damask, &Caller::local(), Some(Seq(0))).await.expect("events");
        slow.push(Box::pin(told));
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    tokio::time::timeout(Duration::from_secs(5), library.status()).await.expect("the records answer");
    let first = slow[0].next().await.expect("they are told all the same");
    assert!(matches!(first, Event::Fact { seq: Seq(1), .. }), "{first:?}");
}

pub async fn a_scope_of_a_folder_reaches_below_it(library: &mut Library) {
    library.start(0);
    let inside = asset(library, "News/2026/Harbour/ferry.txt", &[]).await;
    asset(library, "News archive/ferry.txt", &[]).await;
    asset(library, "ferry.txt", &[]).await;
    let found = library.search(&within("folder:News"), "ferry").await;
    assert_eq!(found.items.iter().map(|item| item.id).collect::<Vec<_>>(), [inside]);
    assert!(library.search(&within("folder:Nowhere"), "ferry").await.items.is_empty());
}

pub async fn what_a_caller_may_not_do_is_refused(library: &mut Library) {
    library.start(0);
    let asset = asset(library, "harbour.txt", &["sea"]).await;
    let damask = &library.damask;
    let reader = Caller { permissions: Permissions::default(), ..Caller::local() };
    assert!(look::asset(damask, &reader, asset).await.is_ok(), "reading is what is left");
    refused(originals::open(damask, &reader, asset, None).await);
    refused(edit::fields(damask, &reader, asset, None, BTreeMap::new()).await);
    refused(edit::undo(damask, &reader, asset, None, damask.seq()).await);
    refused(put::stream(damask, &reader, "x.txt", Intent::default(), None, stream::empty()).await);
    refused(
        upload::create(damask, &reader, NewUpload { length: Some(1), metadata: vec![], is_part: false })
            .await,
    );
    refused(import::paths(damask, &reader, ImportAsk { paths: vec![library.incoming()], previews: true }));
    refused(quarantine::page(damask, &reader, None, None, 10).await);
    let nothing = QuarantineId(Uuid::nil());
    let uploader =
        Caller { permissions: Permissions { upload: true, ..Permissions::default() }, ..reader.clone() };
    refused(quarantine::admit(damask, &uploader, nothing).await);
    refused(quarantine::discard(damask, &uploader, nothing).await);
    refused(work::page(damask, &reader, None, None, 10).await);
    refused(work::counts(damask, &reader).await);
    refused(check::all(damask, &reader, check::How::default()));
    let job = JobId(Uuid::nil());
    let worker = Caller { permissions: Permissions { upload: true, ..Permissions::default() }, ..reader };
    refused(work::cancel(damask, &worker, job).await);
    refused(work::retry(damask, &worker, job).await);
    assert_eq!(library.verbs(asset).await, ["asset.ingested", "asset.edited"], "nothing happened");
}
