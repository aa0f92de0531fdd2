//! Versions: a file is replaced and everything people said of it stays; an earlier one comes back; one works on it
//! while others look on.

use std::collections::BTreeMap;

use damask_flow::{
    Caller, Outcome,
    caller::Permissions,
    deliver::originals,
    edit,
    ingest::{
        Arrival,
        ArrivalOutcome::{AlreadyHere, Imported},
        intent::Intent,
        put,
    },
    undo,
    versions::{checkout, compare, promote},
};
use damask_model::{ActorId, AssetId, AssetKind, Seq, VersionId};
use damask_testkit::fixtures::{self, Photograph};
use futures::stream;
use serde_json::json;

use crate::library::{Library, missing, mistaken, refused};

async fn bring(
    library: &Library,
    path: &str,
    bytes: Vec<u8>,
    wish: (Option<AssetId>, &str),
) -> Outcome<Arrival> {
    let replaces = wish.0.map(|id| id.to_string());
    let intent = Intent::parse(replaces.as_deref(), Some(wish.1)).expect("lawful");
    let bytes = stream::iter([Ok(bytes.into())]);
    put::stream(&library.damask, &Caller::local(), path, intent, None, bytes).await
}

async fn captioned(library: &Library, asset: AssetId, caption: &str) -> Outcome<Seq> {
    let fields = BTreeMap::from([("caption".to_owned(), Some(vec![json!(caption)]))]);
    edit::fields(&library.damask, &Caller::local(), asset, None, fields).await
}

fn colleague() -> Caller {
    Caller { actor: ActorId::fresh(), ..Caller::local() }
}

/// The bytes of a photograph with a title of its own.
fn titled(title: &str) -> Vec<u8> {
    let file = Photograph::jpeg(64, 48).tag("XMP-dc:Title", title).make();
    std::fs::read(file).expect("a fixture")
}

async fn versions_of(library: &Library, asset: AssetId) -> Vec<VersionId> {
    library.whole(asset).await.versions.into_iter().map(|version| version.id).collect()
}

pub async fn what_people_wrote_survives_a_replace_and_what_was_read_does_not(library: &mut Library) {
    library.start(1);
    let asset = bring(library, "card.jpg", titled("Dawn"), (None, "copy")).await.expect("taken");
    let asset = asset.asset.expect("an asset");
    library.settled().await;
    captioned(library, asset, "The ferry leaves").await.expect("edited");
    let replaced =
        bring(library, "card final.jpg", titled("Noon"), (Some(asset), "copy")).await.expect("taken");
    assert_eq!((replaced.outcome, replaced.asset), (Imported, Some(asset)));
    library.settled().await;
    let whole = library.whole(asset).await;
    assert_eq!(whole.summary.name, "card.jpg", "an asset keeps its name");
    assert_eq!((whole.versions.len(), whole.versions[0].name.as_str()), (2, "card final.jpg"));
    assert_eq!(whole.summary.title.as_deref(), Some("Noon"));
    assert_eq!(library.find("caption:ferry title:noon").await, ["card.jpg"]);
    let again = bring(library, "x.jpg", titled("Noon"), (Some(asset), "copy")).await.expect("taken");
    assert_eq!((again.outcome, versions_of(library, asset).await.len()), (AlreadyHere, 2));
}

pub async fn an_earlier_version_becomes_current_again_and_its_values_with_it(library: &mut Library) {
    library.start(1);
    let asset = bring(library, "card.jpg", titled("Dawn"), (None, "copy")).await.expect("taken");
    let asset = asset.asset.expect("an asset");
    library.settled().await;
    let noon = std::fs::read(fixtures::png(64, 48)).expect("a fixture");
    bring(library, "card.png", noon.clone(), (Some(asset), "copy")).await.expect("taken");
    library.settled().await;
    assert_eq!(library.summary(asset).await.name, "card.png", "its extension is its file's");
    let [new, old] = versions_of(library, asset).await[..] else { panic!("two versions") };
    let seq = promote::version(&library.damask, &Caller::local(), asset, old, None).await.expect("promoted");
    library.settled().await;
    let summary = library.summary(asset).await;
    assert_eq!((summary.version, summary.name.as_str()), (old, "card.jpg"));
    assert_eq!(summary.title.as_deref(), Some("Dawn"));
    assert_eq!(library.original(asset).await, titled("Dawn"));
    let earlier = originals::open(&library.damask, &Caller::local(), asset, Some(new)).await.expect("there");
    assert_eq!((earlier.name.as_str(), earlier.bytes), ("card.png", noon.len() as u64));
    undo::fact(&library.damask, &Caller::local(), seq).await.expect("undone");
    assert_eq!(library.summary(asset).await.version, new);
    missing(promote::version(&library.damask, &Caller::local(), asset, VersionId::fresh(), None).await);
}

pub async fn undoing_a_new_version_brings_the_one_before_back(library: &mut Library) {
    library.start(0);
    let asset = bring(library, "a.txt", b"one".to_vec(), (None, "copy")).await.expect("taken");
    let asset = asset.asset.expect("an asset");
    let replaced = bring(library, "a.txt", b"two".to_vec(), (Some(asset), "copy")).await.expect("taken");
    undo::fact(&library.damask, &Caller::local(), replaced.seq).await.expect("undone");
    assert_eq!(library.original(asset).await, b"one");
    assert_eq!(versions_of(library, asset).await.len(), 2, "nothing is lost by it");
}

pub async fn a_version_of_another_kind_makes_the_asset_that_kind(library: &mut Library) {
    library.start(1);
    let asset = library.imported(&fixtures::jpeg(64, 48), "card.jpg").await;
    let text = b"only words".to_vec();
    bring(library, "card.txt", text, (Some(asset), "copy")).await.expect("taken");
    library.settled().await;
    assert_eq!(library.summary(asset).await.kind, AssetKind::Document);
    assert_eq!(library.find("type:image").await, Vec::<String>::new());
    let [_, picture] = versions_of(library, asset).await[..] else { panic!("two versions") };
    library.rendition(picture, "crop-32x32-q70.jpg").await.expect("the earlier version is a picture still");
}

pub async fn a_file_of_the_same_name_is_a_copy_a_version_or_left_out_as_was_asked(library: &mut Library) {
    library.start(0);
    let first =
        bring(library, "News/a.txt", b"one".to_vec(), (None, "ask")).await.expect("nothing is in the way");
    let first = first.asset.expect("an asset");
    let asked = bring(library, "News/a.txt", b"two".to_vec(), (None, "ask")).await.expect_err("it asks");
    let damask_flow::Trouble::Mistake(mistake) = asked else { panic!("{asked:?}") };
    assert_eq!((mistake.code, mistake.of), ("same-name", Some(first.0)));
    mistaken(bring(library, "News/a.txt", b"two".to_vec(), (None, "skip")).await, "same-name");
    let version = bring(library, "News/a.txt", b"two".to_vec(), (None, "version")).await.expect("taken");
    assert_eq!((version.outcome, version.asset), (Imported, Some(first)));
    let copy = bring(library, "News/a.txt", b"three".to_vec(), (None, "copy")).await.expect("taken");
    assert_ne!(copy.asset, Some(first));
    let elsewhere =
        bring(library, "Sport/a.txt", b"four".to_vec(), (None, "ask")).await.expect("another folder");
    assert_eq!(elsewhere.outcome, Imported);
}

pub async fn only_whoever_checked_an_asset_out_changes_it(library: &mut Library) {
    library.start(0);
    let (damask, me, other) = (library.damask.clone(), Caller::local(), colleague());
    let asset = bring(library, "a.txt", b"one".to_vec(), (None, "copy")).await.expect("taken");
    let asset = asset.asset.expect("an asset");
    checkout::out(&damask, &other, asset, "retouching the sky").await.expect("checked out");
    let (seen, _) = library.whole(asset).await.checkout.expect("all see it");
    assert_eq!((seen.by, seen.note.as_str()), (other.actor, "retouching the sky"));
    assert_eq!(library.find("is:checked-out").await, ["a.txt"]);
    mistaken(captioned(library, asset, "mine").await, "checked-out");
    mistaken(bring(library, "b.txt", b"two".to_vec(), (Some(asset), "copy")).await, "checked-out");
    mistaken(checkout::out(&damask, &me, asset, "").await, "checked-out");
    mistaken(checkout::back(&damask, &me, asset, false).await, "checked-out");
    let editor = Permissions { administer: false, ..Permissions::ALL };
    refused(checkout::back(&damask, &Caller { permissions: editor, ..colleague() }, asset, true).await);
    checkout::back(&damask, &me, asset, true).await.expect("an administrator takes it");
    captioned(library, asset, "mine").await.expect("it is everybody's again");
    mistaken(checkout::back(&damask, &me, asset, false).await, "not-checked-out");
}

pub async fn two_versions_are_compared_by_the_tags_in_which_they_differ(library: &mut Library) {
    library.start(1);
    let asset = bring(library, "card.jpg", titled("Dawn"), (None, "copy")).await.expect("taken");
    let asset = asset.asset.expect("an asset");
    bring(library, "card.jpg", titled("Noon"), (Some(asset), "copy")).await.expect("taken");
    library.settled().await;
    let compared =
        compare::versions(&library.damask, &Caller::local(), asset, (1, 2)).await.expect("compared");
    assert_eq!((compared.from.version.number, compared.to.version.number), (1, 2));
    let title =
        compared.tags.iter().find(|tag| tag.name == "Title").unwrap_or_else(|| panic!("{:?}", compared.tags));
    assert_eq!((title.from.clone(), title.to.clone()), (Some(json!("Dawn")), Some(json!("Noon"))));
    assert!(compared.tags.iter().all(|tag| tag.name != "ImageWidth"), "{:?}", compared.tags);
    missing(compare::versions(&library.damask, &Caller::local(), asset, (1, 3)).await);
}
