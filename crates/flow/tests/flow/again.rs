//! The same file again: at another place, unchanged, changed, after an import that was stopped.

use std::{fs, path::PathBuf};

use damask_flow::{
    Caller,
    ingest::{
        Arrival,
        ArrivalOutcome::{self, AlreadyHere, Imported},
        import::{self, ImportAsk, ImportLine},
        upload::{self, NewUpload},
    },
};
use damask_store::Keep;
use damask_testkit::fixtures;
use futures::{StreamExt as _, future::join_all, stream};

use crate::library::Library;

/// Name, outcome and reason of each line.
fn told(arrivals: &[Arrival]) -> Vec<(&str, ArrivalOutcome, Option<&str>)> {
    let name = |arrival: &'_ Arrival| arrival.path.rfind('/').map_or(0, |slash| slash + 1);
    arrivals
        .iter()
        .map(|arrival| (&arrival.path[name(arrival)..], arrival.outcome, arrival.reason.as_deref()))
        .collect()
}

pub async fn the_same_bytes_at_another_place_are_one_asset_with_two_places(library: &mut Library) {
    library.start(0);
    let card = fixtures::jpeg(64, 48);
    library.file(&card, "A/one.jpg");
    library.file(&card, "B/two.jpg");
    let arrivals = library.import(&[library.incoming().join("A"), library.incoming().join("B")]).await;
    let mut kinds: Vec<_> = arrivals.iter().map(|arrival| arrival.outcome).collect();
    kinds.sort_by_key(|outcome| *outcome == AlreadyHere);
    assert_eq!(kinds, [Imported, AlreadyHere]);
    assert_eq!(arrivals[0].asset, arrivals[1].asset);
    let asset = arrivals[0].asset.expect("an asset");
    let dropped = library.put("three.jpg", fs::read(&card).expect("the fixture")).await.expect("taken");
    assert_eq!((dropped.outcome, dropped.asset), (AlreadyHere, Some(asset)));
    let whole = library.whole(asset).await;
    let places = |place: &str| whole.locations.iter().filter(|(at, _)| at == place).count();
    assert_eq!((places("origin"), places("upload"), places("store")), (2, 1, 1), "{:?}", whole.locations);
    let status = library.status().await;
    let length = fs::metadata(&card).expect("the fixture").len();
    assert_eq!((status.assets, status.bytes), (1, length), "the bytes are kept once");
    assert_eq!(library.verbs(asset).await, ["asset.ingested", "location.added", "location.added"]);
}

pub async fn an_asset_of_more_places_than_are_shown_says_so(library: &mut Library) {
    library.start(0);
    let few = library.put("few.txt", "few").await.expect("taken").asset.expect("an asset");
    for number in 0..201 {
        library.write(&format!("Card/{number:03}.txt"), b"the same");
    }
    let arrivals = library.import(&[library.incoming().join("Card")]).await;
    let whole = library.whole(arrivals[0].asset.expect("an asset")).await;
    assert_eq!((whole.locations.len(), whole.more), (200, true));
    assert!(!library.whole(few).await.more);
}

pub async fn two_files_of_one_path_are_two_assets_with_a_place_each(library: &mut Library) {
    library.start(0);
    let path = "News/harbour.txt";
    let mut assets = Vec::new();
    for bytes in ["dawn", "noon"] {
        let arrival = library.put(path, bytes).await.expect("taken");
        assert_eq!(arrival.outcome, Imported, "{bytes}");
        assets.push(arrival.asset.expect("an asset"));
    }
    let metadata = vec![("relativePath".to_owned(), path.as_bytes().to_vec())];
    let (damask, caller) = (&library.damask, Caller::local());
    let begun = upload::create(damask, &caller, NewUpload { length: Some(4), metadata, is_part: false })
        .await
        .expect("begun");
    let dusk = stream::iter([Ok::<_, std::io::Error>("dusk".into())]);
    let whole = upload::append(damask, &caller, begun.id, 0, None, None, dusk).await.expect("taken");
    assets.push(whole.arrival.and_then(|arrival| arrival.asset).expect("an asset"));
    let again = library.put(path, "dawn").await.expect("taken");
    assert_eq!((again.outcome, again.asset), (AlreadyHere, Some(assets[0])));
    assert_eq!(library.find("harbour").await.len(), 3);
    for asset in assets {
        let places = library.whole(asset).await.locations;
        let told: Vec<_> = places.iter().filter(|(place, _)| place == "upload").collect();
        assert_eq!(told, [&("upload".to_owned(), path.to_owned())], "{places:?}");
    }
}

pub async fn bytes_that_came_by_two_names_are_found_by_both(library: &mut Library) {
    library.start(0);
    let first = library.put("News/harbour.txt", "dawn").await.expect("taken");
    let again = library.put("Archive/lighthouse.txt", "dawn").await.expect("taken");
    assert_eq!((again.outcome, again.asset), (AlreadyHere, first.asset));
    for name in ["harbour", "lighthouse"] {
        assert_eq!(library.find(name).await, ["harbour.txt"], "{name}");
    }
}

pub async fn files_that_did_not_change_are_passed_without_being_read(library: &mut Library) {
    library.start(0);
    for number in 0..40 {
        library.write(&format!("Card/{number:02}.txt"), format!("take {number}").as_bytes());
    }
    let card = [library.incoming().join("Card")];
    assert!(library.import(&card).await.iter().all(|arrival| arrival.outcome == Imported));
    let (seq, statements) = (library.damask.seq(), library.damask.statements());
    let again = library.import(&card).await;
    assert_eq!(again.len(), 40);
    for (_, outcome, reason) in told(&again) {
        assert_eq!((outcome, reason), (AlreadyHere, Some("unchanged")));
    }
    assert_eq!(library.damask.seq(), seq, "nothing happened to them");
    // Whatever reads a file also asks the catalog for it; the folder is asked about as a whole.
    let spent = library.damask.statements() - statements;
    assert!(spent <= 4, "{spent} statements for 40 unchanged files");
}

pub async fn a_file_that_changed_is_a_new_version_of_its_asset(library: &mut Library) {
    library.start(1);
    let path = library.write("note.txt", b"the ferry leaves");
    let first = library.import(std::slice::from_ref(&path)).await;
    let asset = first[0].asset.expect("an asset");
    library.settled().await;
    let before = library.summary(asset).await.version;
    fs::write(&path, "the tram leaves").expect("written");
    let second = library.import(std::slice::from_ref(&path)).await;
    assert_eq!(told(&second), [("note.txt", Imported, Some("new version"))]);
    assert_eq!(second[0].asset, Some(asset));
    library.settled().await;
    let whole = library.whole(asset).await;
    let numbers: Vec<u32> = whole.versions.iter().map(|version| version.number).collect();
    assert_eq!(numbers, [2, 1], "the newest first");
    assert_ne!(whole.summary.version, before);
    assert_eq!(library.original(asset).await, b"the tram leaves");
    assert_eq!(library.find("tram").await, ["note.txt"]);
    assert!(library.find("ferry").await.is_empty(), "what it says no more is not found");
    let third = library.import(&[path]).await;
    assert_eq!(told(&third), [("note.txt", AlreadyHere, Some("unchanged"))]);
}

pub async fn a_file_that_went_back_to_what_it_was_is_one_more_version(library: &mut Library) {
    library.start(0);
    let path = library.write("note.txt", b"the ferry leaves");
    let asset = library.import(std::slice::from_ref(&path)).await[0].asset.expect("an asset");
    for text in ["the tram leaves", "the ferry leaves"] {
        fs::write(&path, text).expect("written");
        let again = library.import(std::slice::from_ref(&path)).await;
        assert_eq!(told(&again), [("note.txt", Imported, Some("new version"))]);
        assert_eq!(again[0].asset, Some(asset));
        assert_eq!(library.original(asset).await, text.as_bytes(), "what people get is what lies there");
    }
    assert_eq!(library.whole(asset).await.versions.len(), 3);
    // The same bytes with another time are no change.
    fs::write(&path, "the ferry leaves").expect("written");
    let touched = library.import(&[path]).await;
    assert_eq!(told(&touched), [("note.txt", AlreadyHere, None)]);
    assert_eq!(library.whole(asset).await.versions.len(), 3);
}

pub async fn the_same_bytes_at_the_same_moment_are_one_asset(library: &mut Library) {
    library.start(0);
    let names: Vec<String> = (0..6).map(|number| format!("{number}.txt")).collect();
    let taken = join_all(names.iter().map(|name| library.put(name, "the same"))).await;
    let taken: Vec<Arrival> = taken.into_iter().map(|arrival| arrival.expect("taken")).collect();
    assert_eq!(taken.iter().filter(|arrival| arrival.outcome == Imported).count(), 1);
    assert!(taken.iter().all(|arrival| arrival.asset == taken[0].asset), "{taken:?}");
    assert_eq!(library.status().await.assets, 1);
}

pub async fn an_import_that_was_stopped_goes_on_where_it_was(library: &mut Library) {
    library.start(0);
    for number in 0..200 {
        library.write(&format!("Card/{number:03}.txt"), format!("take {number}").as_bytes());
    }
    let paths: Vec<PathBuf> = vec![library.incoming().join("Card")];
    let ask = ImportAsk { paths: paths.clone(), previews: false };
    let mut lines = Box::pin(import::paths(&library.damask, &Caller::local(), ask).expect("an import"));
    let mut acknowledged = Vec::new();
    while acknowledged.len() < 5 {
        if let ImportLine::Arrival(arrival) = lines.next().await.expect("a line") {
            acknowledged.push(arrival);
        }
    }
    drop(lines);
    let again = library.import(&paths).await;
    assert_eq!(again.len(), 200);
    for arrival in &acknowledged {
        let same = again.iter().find(|other| other.path == arrival.path).expect("a line");
        assert_eq!((same.outcome, same.asset), (AlreadyHere, arrival.asset), "{arrival:?}");
    }
    assert_eq!(library.status().await.assets, 200);
}

pub async fn an_upload_that_was_whole_when_damask_was_killed_becomes_an_asset(library: &mut Library) {
    let (caller, store) = (Caller::local(), library.store());
    // The last piece is on the disk, and nothing after it was done.
    let cut = async |name: &str| {
        let metadata = vec![("filename".to_owned(), name.as_bytes().to_vec())];
        let new = NewUpload { length: Some(name.len() as u64), metadata, is_part: false };
        let id = upload::create(&library.damask, &caller, new).await.expect("begun").id;
        let mut piece = store.upload_writer(id, 0, 100, Keep::AsItComes).expect("the upload");
        piece.write(name.as_bytes()).expect("written");
        piece.finish().expect("durable");
        id
    };
    let (asked, sent) = (cut("asked.txt").await, cut("sent again.txt").await);
    library.reopen(false).await;
    library.start(0);
    let state = upload::state(&library.damask, &caller, asked).await.expect("its state");
    assert_eq!(state.arrival.expect("it is whole").outcome, ArrivalOutcome::Imported);
    let nothing = stream::empty();
    let state = upload::append(&library.damask, &caller, sent, 14, None, None, nothing).await.expect("taken");
    assert_eq!(state.arrival.expect("it is whole").outcome, ArrivalOutcome::Imported);
    assert_eq!(library.find("*").await, ["asked.txt", "sent again.txt"]);
}
