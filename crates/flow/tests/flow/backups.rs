//! Backups, as far as no process need be killed for them.

use std::{path::PathBuf, sync::Arc};

use damask_catalog::{Tx, Urgency, journal};
use damask_flow::{
    Caller, Damask, Opening, Outcome, Trouble,
    backup::{
        BackupLine, Made, Place, Target, make,
        restore::{self, Restored},
    },
    status,
};
use damask_model::{ActorId, Seq};
use futures::StreamExt as _;

use crate::library::Library;

async fn back_up(damask: &Damask, target: &Target) -> Outcome<Made> {
    let mut lines = std::pin::pin!(make::at(damask, &Caller::local(), target.clone())?);
    while let Some(line) = lines.next().await {
        match line {
            BackupLine::Made(made) => return Ok(*made),
            BackupLine::Failed(trouble) => return Err(trouble),
            BackupLine::Unreadable(hash, why) => panic!("{hash}: {why}"),
            BackupLine::Progress(_) => {}
        }
    }
    panic!("a backup ends by saying so")
}

async fn restored(library: &Library, target: &Target, at: &Made, folder: PathBuf) -> Restored {
    let clock = library.damask.clone();
    let glass = PathBuf::from(env!("CARGO_BIN_EXE_damask-flow-glass"));
    let opening = Opening::embedded(folder, glass, Arc::new(move || clock.now()));
    let (sender, mut lines) = tokio::sync::mpsc::channel(64);
    let id = Some(at.manifest.id.to_string());
    let caller = Caller::local();
    let told = async {
        let mut told = Vec::new();
        while let Some(line) = lines.recv().await {
            told.push(format!("{line:?}"));
        }
        told
    };
    let (restored, told) = tokio::join!(restore::restore(opening, target, &caller, id, sender), told);
    let restored = restored.expect("it is restored");
    assert_eq!(restored.faults, 0, "{told:?}");
    restored
}

pub async fn what_was_erased_since_a_backup_does_not_come_back_with_it(library: &mut Library) {
    library.start(1);
    let path = library.write("note.txt", b"a personal remark");
    library.import(&[path]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let target = Target { place: Place::Folder(folder.path().join("repository")), key: None };
    let before = back_up(&library.damask, &target).await.expect("a backup");
    let node = library.other_node().await;
    let erase = async move |tx: &mut Tx| {
        Ok::<_, Trouble>(journal::erase_payload(tx, ActorId::fresh(), Seq(1)).await?)
    };
    assert!(node.write(Urgency::Interactive, erase).await.expect("erased").value);
    let after = back_up(&library.damask, &target).await.expect("a backup");
    assert_eq!(after.manifest.erased.len(), 1);
    for (made, again) in [(&before, 1), (&after, 0)] {
        let place = folder.path().join(format!("restored-{again}"));
        let restored = restored(library, &target, made, place.clone()).await;
        assert_eq!(restored.erased_again, again);
        assert_eq!(restored.seq.0, made.manifest.seq + i64::try_from(again).expect("small"));
        let glass = PathBuf::from(env!("CARGO_BIN_EXE_damask-flow-glass"));
        let clock = library.damask.clone();
        let opened = Opening::embedded(place.clone(), glass, Arc::new(move || clock.now())).open().await;
        let opened = opened.expect("the library opens");
        assert_eq!(status::now(&opened, &Caller::local()).await.expect("status").assets, 1);
        opened.close().await;
        let sqlite = damask_catalog::Address::Sqlite(place.join("catalog.sqlite"));
        let clock = library.damask.clone();
        let options = damask_catalog::Options::new(move || clock.now());
        let records = damask_catalog::Catalog::open(&sqlite, options).await.expect("the records open");
        let first = journal::after(&mut records.read().await.expect("readable"), Seq(0), 1).await;
        assert!(first.expect("facts")[0].change.is_none(), "the payload came back");
        records.close().await;
    }
    node.close().await;
}

pub async fn a_place_of_another_library_or_of_anything_else_is_refused(library: &mut Library) {
    library.start(0);
    let path = library.write("note.txt", b"words");
    library.import(&[path]).await;
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("holiday.jpg"), b"x").expect("a file");
    let target = Target { place: Place::Folder(folder.path().to_owned()), key: None };
    let refused = back_up(&library.damask, &target).await.expect_err("it is somebody's");
    assert!(refused.to_string().contains("neither empty nor a place of backups"), "{refused}");
    let target = Target { place: Place::Folder(folder.path().join("own")), key: None };
    back_up(&library.damask, &target).await.expect("a backup");
    let other = folder.path().join("other");
    let glass = PathBuf::from(env!("CARGO_BIN_EXE_damask-flow-glass"));
    let clock = library.damask.clone();
    let other = Opening::embedded(other, glass, Arc::new(move || clock.now())).open().await.expect("opens");
    let refused = back_up(&other, &target).await.expect_err("it is another's");
    assert!(
        refused.to_string().contains("at work") || refused.to_string().contains("another library"),
        "{refused}"
    );
    other.close().await;
}
