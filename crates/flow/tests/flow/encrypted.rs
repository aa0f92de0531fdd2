//! Encryption at rest: a library whose places are encrypted does all that another does, and what lies on its disks is
//! of no use to whoever takes them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use damask_flow::{
    Caller, Place, Places, Rank,
    backup::SealKey,
    check::{self, How},
    fixity::places,
};
use damask_model::ContentHash;
use damask_store::StoreKey;
use damask_testkit::fixtures::Photograph;
use futures::StreamExt as _;

use crate::library::Library;

fn key(text: &str) -> SealKey {
    SealKey::new(text).expect("long enough")
}

/// Files below a folder that begin as JPEG, WebP or text of ours do.
fn in_the_clear(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(in_the_clear(&path));
        } else if let Ok(bytes) = fs::read(&path)
            && [&b"\xff\xd8\xff"[..], b"RIFF", b"the ferry"].iter().any(|begin| bytes.starts_with(begin))
        {
            found.push(path);
        }
    }
    found
}

pub async fn what_is_encrypted_is_described_shown_verified_and_mended(library: &mut Library) {
    let second = library.incoming().parent().expect("a folder").join("second");
    let place = |key: SealKey| Places {
        first: Place::Here,
        second: Some(Place::Folder(second.clone())),
        key: Some(key),
    };
    library.place(place(key("correct horse battery staple"))).await;
    library.start(1);
    let photograph = library.imported(&Photograph::jpeg(640, 480).make(), "photo.jpg").await;
    let note = library.write("note.txt", b"the ferry leaves at ten");
    let text = library.import(&[note]).await[0].asset.expect("an asset");
    library.settled().await;
    assert!(library.findings(photograph).await.is_empty());
    assert!(library.summary(photograph).await.previewed && library.summary(text).await.previewed);
    assert_eq!(library.find("ferry").await, ["note.txt"]);
    library.copied().await;
    let store = library.folder().join("store");
    assert_eq!(in_the_clear(&store.join("blobs")), Vec::<PathBuf>::new());
    assert_eq!(in_the_clear(&store.join("renditions")), Vec::<PathBuf>::new());
    assert_eq!(in_the_clear(&second), Vec::<PathBuf>::new());
    let stand = places::all(&library.damask, &Caller::local()).await.expect("places");
    assert_eq!(stand.iter().map(|place| place.encrypted).collect::<Vec<_>>(), [Some(true); 2]);

    // A disk changes a bit.
    let hash = ContentHash::from(blake3::hash(b"the ferry leaves at ten"));
    let blob = store.join(StoreKey::Blob(hash).path());
    let mut bytes = fs::read(&blob).expect("the blob");
    *bytes.last_mut().expect("a byte") ^= 1;
    fs::write(&blob, bytes).expect("the blob");
    library.scrub(Rank::First).await;
    library.scrub(Rank::Second).await;
    let seen = places::of_asset(&library.damask, &Caller::local(), text).await.expect("seen");
    assert!(seen.iter().any(|seen| seen.seen.outcome.name() == "mended"), "{seen:?}");

    let rekeyed =
        places::rekey(&library.damask, &Caller::local(), key("another horse, another staple")).await;
    assert_eq!(rekeyed.expect("the key is changed"), 2);
    library.place(place(key("another horse, another staple"))).await;
    library.start(1);
    let lines: Vec<_> =
        check::all(&library.damask, &Caller::local(), How::default()).expect("a check").collect().await;
    assert!(!lines.iter().any(|line| line.fault), "{lines:#?}");
}
