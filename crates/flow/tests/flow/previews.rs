//! Renditions: made once, named by all they are made from, made again when they are gone, and honest about
//! what there cannot be.

use std::{fs, os::unix::fs::MetadataExt as _};

use damask_flow::{Caller, Trouble, deliver::renditions, stages, work};
use damask_model::{
    VersionId,
    job::{JobState, Lane},
};
use damask_testkit::fixtures;
use futures::future::join_all;

use crate::library::{Library, missing};

async fn version(library: &Library, fixture: &std::path::Path, name: &str) -> VersionId {
    let bytes = fs::read(fixture).expect("the fixture");
    let asset = library.put(name, bytes).await.expect("taken").asset.expect("an asset");
    library.summary(asset).await.version
}

pub async fn simultaneous_requests_for_a_rendition_have_one_maker(library: &mut Library) {
    library.start(0);
    let version = version(library, &fixtures::jpeg(640, 480), "card.jpg").await;
    let recipe = "crop-300x200-q70.jpg";
    let (damask, caller) = (&library.damask, Caller::local());
    let asked = (0..8).map(|_| {
        let recipe = recipe.parse().expect("a recipe");
        renditions::get(damask, &caller, version, recipe)
    });
    let made: Vec<_> = join_all(asked).await.into_iter().map(|made| made.expect("made")).collect();
    // Two makers would each have put a file of their own in place.
    let inodes: Vec<u64> = made.iter().map(inode).collect();
    assert!(inodes.iter().all(|inode| *inode == inodes[0]), "{inodes:?}");
    assert!(made.iter().all(|one| one.key == made[0].key && one.bytes == made[0].bytes));
    let statements = damask.statements();
    library.rendition(version, recipe).await.expect("there");
    assert!(damask.statements() - statements <= 4, "what is there is only looked up");
}

fn inode(made: &renditions::Rendition) -> u64 {
    let file = made.file.as_file().expect("renditions are local");
    file.metadata().expect("open").ino()
}

pub async fn another_recipe_or_version_is_another_rendition(library: &mut Library) {
    library.start(0);
    let first = version(library, &fixtures::jpeg(640, 480), "card.jpg").await;
    let second = version(library, &fixtures::png(640, 480), "card.png").await;
    let mut keys = Vec::new();
    for (version, recipe) in [
        (first, "box-200x200.jpg"),
        (first, "box-200x200-q50.jpg"),
        (first, "crop-200x200.jpg"),
        (first, "box-200x200.png"),
        (second, "box-200x200.jpg"),
    ] {
        let key = library.rendition(version, recipe).await.expect(recipe).key;
        assert_eq!(library.rendition(version, recipe).await.expect(recipe).key, key, "it stays");
        keys.push(key);
    }
    let count = keys.len();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), count, "no two are the same");
}

pub async fn a_rendition_that_was_evicted_is_made_again(library: &mut Library) {
    library.start(1);
    let asset = library.imported(&fixtures::jpeg(640, 480), "card.jpg").await;
    let version = library.summary(asset).await.version;
    for recipe in ["crop-300x200.jpg", "box-512x512.jpg"] {
        let bytes = fs::read(library.rendered(version, recipe).await).expect("made");
        let key = library.rendition(version, recipe).await.expect(recipe).key;
        fs::remove_file(library.stored(&bytes)).expect("evicted");
        let again = library.rendition(version, recipe).await.expect("made again");
        assert_eq!(again.key, key, "{recipe}");
    }
    let cut = fs::read(library.rendered(version, "crop-300x200.jpg").await).expect("made");
    fs::write(library.stored(&cut), &cut[..cut.len() / 2]).expect("cut short, as by a crash");
    let whole = fs::read(library.rendered(version, "crop-300x200.jpg").await).expect("made again");
    // What it is made from may have been made again too, so it need not be the same bytes.
    assert!(whole.starts_with(&[0xff, 0xd8]) && whole.ends_with(&[0xff, 0xd9]), "{} bytes", whole.len());
}

pub async fn a_rendition_there_cannot_be_is_told_from_one_that_is_not_there_yet(library: &mut Library) {
    library.start(0);
    let text = version(library, &fixtures::text("a note"), "note.txt").await;
    let picture = version(library, &fixtures::jpeg(64, 48), "card.jpg").await;
    let film = version(library, &fixtures::mp4(160, 90, 1), "reel.mp4").await;
    let sound = version(library, &fixtures::wav(1), "tone.wav").await;
    for (version, recipe, kind) in [
        (text, "proxy-540.mp4", "document (text/plain)"),
        (text, "box-256x256.jpg", "document (text/plain)"),
        (text, "peaks.json", "document (text/plain)"),
        (picture, "proxy-540.mp4", "image (image/jpeg)"),
        (picture, "peaks.json", "image (image/jpeg)"),
        (film, "box-256x256-p2.jpg", "video (video/mp4)"),
        (sound, "filmstrip.jpg", "audio ("),
    ] {
        let why = missing(library.rendition(version, recipe).await);
        assert!(why.contains(recipe) && why.contains("none for this kind"), "{why}");
        assert!(why.contains(kind), "{why}");
    }
    for (version, recipe) in
        [(film, "proxy-540.mp4"), (film, "filmstrip.jpg"), (film, "box-256x256.jpg"), (sound, "peaks.json")]
    {
        match library.rendition(version, recipe).await {
            Err(Trouble::NotYet { retry_after_s, .. }) => assert!(retry_after_s > 0),
            other => panic!("{recipe}: {other:?}"),
        }
    }
    assert!(library.rendition(picture, "box-256x256.jpg").await.is_ok(), "drawn at once from the original");
    missing(library.rendition(VersionId::fresh(), "box-256x256.jpg").await);
}

pub async fn a_preview_that_someone_waits_for_goes_before_the_others(library: &mut Library) {
    library.file(&fixtures::jpeg(64, 48), "Card/a.jpg");
    library.file(&fixtures::wav(1), "Card/b.wav");
    library.file(&fixtures::png(64, 48), "Card/c.png");
    let arrivals = library.import(&[library.incoming().join("Card")]).await;
    while stages::step(&library.damask).await.expect("the pipeline reads the journal") {}
    let version = library.summary(arrivals[1].asset.expect("an asset")).await.version;
    let lanes = async || -> Vec<(bool, Lane)> {
        let waiting = Some(JobState::Waiting);
        let jobs = work::page(&library.damask, &Caller::local(), waiting, None, 10).await.expect("jobs");
        jobs.iter().map(|job| (job.subject == Some(version.0), job.lane)).collect()
    };
    assert!(lanes().await.iter().all(|(_, lane)| *lane == Lane::Bulk));
    for _ in 0..2 {
        let asked = library.rendition(version, "peaks.json").await;
        assert!(matches!(asked, Err(Trouble::NotYet { .. })), "{asked:?}");
        let lanes = lanes().await;
        assert_eq!(lanes.len(), 3, "asking twice is no second job");
        for (is_asked_for, lane) in lanes {
            assert_eq!(lane, if is_asked_for { Lane::Interactive } else { Lane::Bulk });
        }
    }
}
