//! The trash: what lies there is out of sight and comes back whole; what is purged is gone, and its bytes only where
//! nobody else has them or is about to.

use damask_flow::{
    Caller, Trouble,
    caller::Permissions,
    check,
    deliver::originals,
    ingest::ArrivalOutcome::{AlreadyHere, Imported},
    several::Several,
    trash::{self, purge},
    undo,
    versions::checkout,
};
use damask_model::{AssetId, Uuid};
use damask_testkit::fixtures;
use futures::{StreamExt as _, future::join_all};

use crate::library::{Library, missing, mistaken, refused, within};

async fn note(library: &Library, name: &str, text: &str) -> AssetId {
    library.put(name, text.to_owned()).await.expect("taken").asset.expect("an asset")
}

async fn trashed(library: &Library, assets: &[AssetId]) -> Several {
    trash::put(&library.damask, &Caller::local(), assets.to_vec()).await.expect("put in the trash")
}

async fn purged(library: &Library, assets: &[AssetId]) -> Several {
    purge::several(&library.damask, &Caller::local(), assets.to_vec()).await.expect("purged")
}

/// Everything a check complains of, and how many blobs nothing names.
async fn faults(library: &Library) -> Vec<String> {
    let lines = check::all(&library.damask, &Caller::local(), check::How::default()).expect("a check");
    let lines: Vec<_> = lines.collect().await;
    let orphans =
        |detail: &str| detail.contains("that nothing names") && !detail.contains(" 0 that nothing names");
    lines.into_iter().filter(|line| line.fault || orphans(&line.detail)).map(|line| line.detail).collect()
}

pub async fn what_lies_in_the_trash_is_found_only_by_who_asks_for_it(library: &mut Library) {
    library.start(0);
    let (one, two) =
        (note(library, "harbour.txt", "dawn").await, note(library, "lighthouse.txt", "noon").await);
    let put = trashed(library, &[one, two]).await;
    assert_eq!(put.done.len(), 2);
    assert!(library.find("").await.is_empty() && library.find("harbour").await.is_empty());
    assert_eq!(library.find("is:trashed").await, ["harbour.txt", "lighthouse.txt"]);
    assert!(library.summary(one).await.trashed.is_some());
    mistaken(originals::open(&library.damask, &Caller::local(), one, None).await, "in-trash");
    let back = trash::restore(&library.damask, &Caller::local(), vec![one]).await.expect("restored");
    assert_eq!(back.done, [one]);
    assert_eq!(library.find("").await, ["harbour.txt"]);
    assert_eq!(library.original(one).await, b"dawn");
    assert!(library.verbs(one).await.ends_with(&["asset.trashed", "asset.restored", "original.downloaded"]));
}

pub async fn trashing_is_undone_from_its_fact_and_redone_from_the_undo(library: &mut Library) {
    library.start(0);
    let assets = [note(library, "a.txt", "a").await, note(library, "b.txt", "b").await];
    let fact = trashed(library, &assets).await.fact.expect("a fact");
    let undone = undo::fact(&library.damask, &Caller::local(), fact).await.expect("undone");
    assert_eq!(undone.done.len(), 2);
    assert_eq!(library.find("").await, ["a.txt", "b.txt"]);
    undo::fact(&library.damask, &Caller::local(), undone.fact.expect("a fact")).await.expect("redone");
    assert!(library.find("").await.is_empty());
    // Done twice, it is not stated twice.
    assert_eq!(trashed(library, &assets).await.fact, None);
}

pub async fn one_that_cannot_be_trashed_keeps_none_of_the_others(library: &mut Library) {
    library.start(0);
    let (free, taken) = (note(library, "free.txt", "a").await, note(library, "taken.txt", "b").await);
    let somebody = Caller { actor: damask_model::ActorId::fresh(), ..Caller::local() };
    checkout::out(&library.damask, &somebody, taken, "retouching").await.expect("checked out");
    let nobody = AssetId(Uuid::from_u128(7));
    let several = trashed(library, &[free, taken, nobody]).await;
    assert_eq!(several.done, [free]);
    let why = |id| several.refused.iter().find(|(asset, _)| *asset == id).map(|(_, trouble)| trouble);
    assert!(matches!(why(taken), Some(Trouble::Mistake(mistake)) if mistake.code == "checked-out"));
    assert!(matches!(why(nobody), Some(Trouble::Missing { .. })));
    assert_eq!(library.find("").await, ["taken.txt"]);
    let reader = Caller { permissions: Permissions::default(), ..Caller::local() };
    refused(trash::put(&library.damask, &reader, vec![taken]).await);
    let editor =
        Caller { permissions: Permissions { edit: true, ..Permissions::default() }, ..Caller::local() };
    refused(purge::several(&library.damask, &editor, vec![free]).await);
}

pub async fn what_is_purged_is_gone_with_its_bytes_and_previews(library: &mut Library) {
    library.start(1);
    let asset = library.imported(&fixtures::jpeg(640, 480), "card.jpg").await;
    let version = library.summary(asset).await.version;
    let kept = note(library, "kept.txt", "kept").await;
    let not_yet = purged(library, &[asset]).await;
    assert!(not_yet.done.is_empty() && not_yet.refused.len() == 1, "only the trash is purged");
    trashed(library, &[asset]).await;
    let before = library.status().await;
    assert_eq!(purged(library, &[asset]).await.done, [asset]);
    let after = library.status().await;
    assert_eq!((before.assets - after.assets, after.bytes), (1, 4), "the tally knows");
    missing(damask_flow::look::asset(&library.damask, &Caller::local(), asset).await);
    assert!(library.rendition(version, "crop-32x32-q70.jpg").await.is_err());
    assert_eq!(library.find("is:trashed").await.len(), 0);
    library.settled().await;
    assert_eq!(faults(library).await, Vec::<String>::new());
    assert_eq!(library.original(kept).await, b"kept");
    assert!(library.renditions_on_disk().is_empty());
    let fact = undo::fact(&library.damask, &Caller::local(), library.damask.seq()).await;
    mistaken(fact, "not-undoable");
}

pub async fn bytes_that_another_asset_has_outlive_a_purge(library: &mut Library) {
    library.start(0);
    let path = library.write("one.txt", b"first");
    let asset = library.import(std::slice::from_ref(&path)).await[0].asset.expect("an asset");
    std::fs::write(&path, "shared").expect("written");
    library.import(std::slice::from_ref(&path)).await;
    let guest = within("keywords:public");
    let bytes = futures::stream::iter([Ok::<_, std::io::Error>("shared".into())]);
    let own = damask_flow::ingest::put::stream(
        &library.damask,
        &guest,
        "Guests/own.txt",
        Default::default(),
        None,
        bytes,
    );
    let own = own.await.expect("taken").asset.expect("an asset of their own");
    assert_ne!(own, asset);
    trashed(library, &[asset]).await;
    purged(library, &[asset]).await;
    assert_eq!(library.original(own).await, b"shared");
    assert_eq!(library.status().await.bytes, 6);
    assert_eq!(faults(library).await, Vec::<String>::new());
}

pub async fn what_is_brought_again_comes_out_of_the_trash(library: &mut Library) {
    library.start(0);
    let asset = note(library, "harbour.txt", "dawn").await;
    trashed(library, &[asset]).await;
    let again = library.put("Elsewhere/harbour.txt", "dawn").await.expect("taken");
    assert_eq!((again.outcome, again.asset), (AlreadyHere, Some(asset)));
    assert_eq!(again.reason.as_deref(), Some("it was in the trash"));
    assert_eq!(library.find("").await, ["harbour.txt"]);
    // An import that passes over an unchanged file brings nothing: what was thrown away stays there.
    let path = library.write("card/one.txt", b"one");
    let one = library.import(std::slice::from_ref(&path)).await[0].asset.expect("an asset");
    trashed(library, &[one]).await;
    library.import(std::slice::from_ref(&path)).await;
    assert_eq!(library.find("").await, ["harbour.txt"]);
}

pub async fn the_trash_empties_itself_when_its_time_is_over(library: &mut Library) {
    library.start(0);
    let (old, held) = (note(library, "old.txt", "old").await, note(library, "held.txt", "held").await);
    trashed(library, &[old]).await;
    library.pass(29 * 24 * 3_600);
    trashed(library, &[held]).await;
    assert_eq!(purge::sweep(&library.damask).await.expect("swept"), 0);
    library.pass(2 * 24 * 3_600);
    assert_eq!(purge::sweep(&library.damask).await.expect("swept"), 1);
    assert_eq!(library.find("is:trashed").await, ["held.txt"]);
    assert!(library.whole(held).await.purge_at.is_some());
    assert_eq!(faults(library).await, Vec::<String>::new());
}

pub async fn emptying_the_trash_is_a_job_that_takes_what_lay_there_then(library: &mut Library) {
    library.start(1);
    let mut assets = Vec::new();
    for number in 0..50 {
        assets.push(note(library, &format!("{number}.txt"), &format!("note {number}")).await);
    }
    let kept = assets.split_off(45);
    trashed(library, &assets).await;
    purge::empty(&library.damask, &Caller::local()).await.expect("begun");
    library.settled().await;
    assert_eq!(library.find("is:trashed").await.len(), 0);
    assert_eq!(library.find("").await.len(), kept.len());
    assert_eq!(faults(library).await, Vec::<String>::new());
}

pub async fn bytes_that_come_in_while_they_are_purged_are_there_or_come_again(library: &mut Library) {
    library.start(0);
    let mut asset = note(library, "race.txt", "the same bytes").await;
    for round in 0..25 {
        trashed(library, &[asset]).await;
        let purging = async { purged(library, &[asset]).await.done.len() };
        let bringing = join_all(
            (0..3).map(|one| library.put(if one == 0 { "race.txt" } else { "again.txt" }, "the same bytes")),
        );
        let (_, brought) = tokio::join!(purging, bringing);
        for arrival in brought {
            let arrival = arrival.expect("taken");
            assert!([Imported, AlreadyHere].contains(&arrival.outcome));
            asset = arrival.asset.expect("an asset");
        }
        // Whoever was told that it is here finds it, unless the purge came after.
        if trash::restore(&library.damask, &Caller::local(), vec![asset]).await.expect("told").done.is_empty()
        {
            asset = note(library, "race.txt", "the same bytes").await;
        }
        assert_eq!(library.original(asset).await, b"the same bytes", "round {round}");
    }
    assert_eq!(faults(library).await, Vec::<String>::new());
}
