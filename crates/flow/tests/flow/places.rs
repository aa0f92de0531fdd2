//! Places of originals: what comes in is kept twice, what is damaged is found and mended, and places are swapped.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use damask_flow::{
    Caller, Place, Places, Rank,
    check::{self, CheckLine, How},
    fixity::{Pace, places},
    trash,
};
use damask_model::ContentHash;
use damask_store::StoreKey;
use damask_testkit::fixtures::Photograph;
use futures::StreamExt as _;

use crate::library::{Library, mistaken};

impl Library {
    async fn with_second(&mut self) -> PathBuf {
        let second = self.incoming().parent().expect("a folder").join("second");
        self.limit(|limits| limits.pace = Pace { days: Some(30), bytes_per_second: None }).await;
        self.place(Places { first: Place::Here, second: Some(Place::Folder(second.clone())), key: None })
            .await;
        second
    }

    async fn places(&self) -> Vec<places::PlaceView> {
        places::all(&self.damask, &Caller::local()).await.expect("places")
    }

    /// Waits until the places stand so.
    async fn until(&self, what: &str, stand: impl Fn(&[places::PlaceView]) -> bool) {
        let waited = tokio::time::timeout(Duration::from_secs(40), async {
            while !stand(&self.places().await) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        if waited.await.is_err() {
            panic!("not within reason: {what}: {:?}", self.places().await);
        }
    }

    async fn check(&self, how: How) -> Vec<CheckLine> {
        check::all(&self.damask, &Caller::local(), how).expect("a check").collect().await
    }

    pub async fn copied(&self) {
        self.until("the second place has everything", |places| {
            places[1].place.filled.is_some() && places[1].behind == 0
        })
        .await;
    }

    /// Has a pass over a place come to its end.
    pub async fn scrub(&self, rank: Rank) {
        let before = self.places().await[rank as usize].place.ended;
        places::scrub(&self.damask, &Caller::local(), rank).await.expect("a pass begins");
        self.until("a pass ends", |places| {
            let place = &places[rank as usize].place;
            place.pass.is_none() && place.ended != before
        })
        .await;
    }
}

fn hash_of(bytes: &[u8]) -> ContentHash {
    ContentHash::from(blake3::hash(bytes))
}

fn damage(path: &Path) {
    let mut bytes = fs::read(path).expect("the blob");
    bytes[0] ^= 1;
    fs::write(path, bytes).expect("the blob");
}

pub async fn what_comes_in_is_kept_in_the_second_place_too(library: &mut Library) {
    let before = library.write("before.txt", b"was here before");
    library.import(&[before]).await;
    let second = library.with_second().await;
    library.start(1);
    library.copied().await;
    let after = library.write("after.txt", b"came after");
    let asset = library.import(&[after]).await[0].asset.expect("an asset");
    library.put("tool.exe", b"MZ\x90\x00 a program".to_vec()).await.expect("set apart");
    library.copied().await;
    for bytes in [&b"was here before"[..], b"came after", b"MZ\x90\x00 a program"] {
        let path = second.join(StoreKey::Blob(hash_of(bytes)).path());
        assert_eq!(fs::read(path).expect("a copy"), bytes);
    }
    let seen = places::of_asset(&library.damask, &Caller::local(), asset).await.expect("seen");
    assert_eq!(seen.len(), 1, "copied, not verified yet: {seen:?}");
    assert!(seen[0].place.ends_with("second"), "{seen:?}");
    // What is deleted for ever is gone from both.
    trash::put(&library.damask, &Caller::local(), vec![asset]).await.expect("trashed");
    trash::purge::several(&library.damask, &Caller::local(), vec![asset]).await.expect("purged");
    assert!(!second.join(StoreKey::Blob(hash_of(b"came after")).path()).exists());
}

pub async fn what_is_damaged_is_found_and_mended_from_the_other_place(library: &mut Library) {
    let second = library.with_second().await;
    library.start(1);
    let (one, two, three) = (b"the first one", b"the second one", b"the third one");
    for (name, bytes) in [("1.txt", &one[..]), ("2.txt", two), ("3.txt", three)] {
        let path = library.write(name, bytes);
        library.import(&[path]).await;
    }
    library.copied().await;
    let first = library.folder().join("store");
    let blob = |root: &Path, bytes: &[u8]| root.join(StoreKey::Blob(hash_of(bytes)).path());
    damage(&blob(&first, one));
    fs::remove_file(blob(&first, two)).expect("removed");
    damage(&blob(&second, three));
    damage(&blob(&first, three));
    library.scrub(Rank::First).await;
    assert_eq!(fs::read(blob(&first, one)).expect("mended"), one);
    assert_eq!(fs::read(blob(&first, two)).expect("mended"), two);
    let faults = places::faults(&library.damask, &Caller::local(), Rank::First, None, 10).await;
    let faults = faults.expect("faults");
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!((faults[0].seen.file, faults[0].seen.outcome.name()), (hash_of(three), "different"));
    assert_eq!(faults[0].assets.len(), 1);
    let alert = library.status().await.engines.into_iter().find(|engine| engine.name == "originals");
    assert!(alert.is_some_and(|engine| !engine.ok && engine.detail.contains("DAMAGED")));
    // Somebody brings the second copy back by hand.
    fs::write(blob(&second, three), three).expect("written");
    let again = places::mend(&library.damask, &Caller::local(), Rank::First, hash_of(three)).await;
    assert_eq!(again.expect("looked at").outcome.name(), "mended");
    assert_eq!(library.places().await[0].faults, 0);
}

pub async fn a_pass_goes_on_where_it_stopped_and_comes_again_when_it_is_due(library: &mut Library) {
    library.start(1);
    let path = library.write("1.txt", b"one");
    library.import(&[path]).await;
    library.scrub(Rank::First).await;
    let ended = library.places().await[0].place.ended.expect("a pass ended");
    assert_eq!((ended.files, ended.bytes), (1, 3));
    library.pass(31 * 24 * 3_600);
    library.reopen(false).await;
    library.start(1);
    library
        .until("a pass is due", |places| places[0].place.ended.is_some_and(|again| again.at > ended.at))
        .await;
}

pub async fn the_second_place_becomes_the_first_while_everything_goes_on(library: &mut Library) {
    let second = library.with_second().await;
    mistaken(places::swap(&library.damask, &Caller::local()).await, "place-not-filled");
    library.start(1);
    let path = library.write("1.txt", b"one");
    library.import(&[path]).await;
    library.copied().await;
    places::swap(&library.damask, &Caller::local()).await.expect("swapped");
    let path = library.write("2.txt", b"two");
    library.import(&[path]).await;
    assert!(second.join(StoreKey::Blob(hash_of(b"two")).path()).exists());
    library.copied().await;
    assert!(library.folder().join("store").join(StoreKey::Blob(hash_of(b"two")).path()).exists());
    // Decoders read where originals lie now.
    let asset = library.imported(&Photograph::jpeg(640, 480).make(), "photo.jpg").await;
    assert!(library.findings(asset).await.is_empty());
    assert!(library.summary(asset).await.previewed);
    library.copied().await;
    library.reopen(false).await;
    library.start(1);
    assert_eq!(library.places().await[1].place.name, "here");
    library.scrub(Rank::First).await;
    library.scrub(Rank::Second).await;
    let stand = library.places().await;
    assert_eq!(stand.iter().map(|place| place.faults).collect::<Vec<_>>(), [0, 0]);
    assert_eq!(stand[1].place.ended.expect("a pass").files, 3);
}

pub async fn a_second_place_out_of_reach_is_told_and_caught_up_with(library: &mut Library) {
    let second = library.with_second().await;
    library.start(1);
    library.copied().await;
    let away = second.with_extension("away");
    fs::rename(&second, &away).expect("unmounted");
    let path = library.write("1.txt", b"one");
    library.import(&[path]).await;
    library.until("it is told", |places| places[1].trouble.is_some()).await;
    assert!(!second.join("blobs").exists(), "nothing is begun on a mount point");
    fs::rename(&away, &second).expect("mounted");
    library.copied().await;
    assert!(second.join(StoreKey::Blob(hash_of(b"one")).path()).exists());
    library.until("the trouble is over", |places| places[1].trouble.is_none()).await;
}

pub async fn a_check_tells_what_is_wrong_and_mends_what_it_is_asked_to(library: &mut Library) {
    let second = library.with_second().await;
    library.start(1);
    for (name, bytes) in [("1.txt", "the first"), ("2.txt", "the second"), ("3.txt", "the third")] {
        let path = library.write(name, bytes.as_bytes());
        library.import(&[path]).await;
    }
    library.settled().await;
    library.copied().await;
    let first = library.folder().join("store");
    let blob = |root: &Path, bytes: &[u8]| root.join(StoreKey::Blob(hash_of(bytes)).path());
    damage(&blob(&first, b"the first"));
    fs::remove_file(blob(&second, b"the second")).expect("removed");
    // Left by a crash between bytes and catalog.
    let orphan = blob(&first, b"nobody's");
    fs::create_dir_all(orphan.parent().expect("a folder")).expect("a folder");
    fs::write(&orphan, b"nobody's").expect("written");
    let faults = |lines: &[CheckLine]| lines.iter().filter(|line| line.fault).count();
    let seen = library.check(How::default()).await;
    assert_eq!(faults(&seen), 2, "{seen:#?}");
    assert!(orphan.exists(), "a check changes nothing");
    let mended = library.check(How { repair: true, ..How::default() }).await;
    assert_eq!(faults(&mended), 0, "{mended:#?}");
    assert_eq!(mended.iter().filter(|line| line.mended).count(), 3, "{mended:#?}");
    assert!(!orphan.exists());
    assert_eq!(fs::read(blob(&first, b"the first")).expect("mended"), b"the first");
    assert_eq!(fs::read(blob(&second, b"the second")).expect("mended"), b"the second");
    let again = library.check(How::default()).await;
    assert!(!again.iter().any(|line| line.fault || line.mended), "{again:#?}");
}
