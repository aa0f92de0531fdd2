//! Files that failed a check: who sees them, how a person lets them in or throws them away.

use std::{fs, time::Duration};

use damask_flow::{
    Caller,
    caller::Permissions,
    events::{self, Event},
    ingest::{
        ArrivalOutcome::{AlreadyHere, Imported, Quarantined},
        put,
        quarantine::{self, QuarantineView},
    },
};
use damask_store::StoreKey;
use futures::{StreamExt as _, stream};

use crate::library::{Library, missing, refused, within};

fn program(name: &str) -> Vec<u8> {
    fs::read(format!("/bin/{name}")).expect("a program")
}

async fn waiting(library: &Library, caller: &Caller) -> Vec<QuarantineView> {
    quarantine::page(&library.damask, caller, None, 10).await.expect("the quarantine")
}

pub async fn a_program_is_set_apart(library: &mut Library) {
    library.start(0);
    for _ in 0..2 {
        let arrival = library.put("holiday.jpg", program("true")).await.expect("told");
        assert_eq!((arrival.outcome, arrival.asset), (Quarantined, None));
        let waiting = waiting(library, &Caller::local()).await;
        assert_eq!(waiting.len(), 1, "the same file waits once");
        assert_eq!((waiting[0].name.as_str(), waiting[0].reason.contains("program")), ("holiday.jpg", true));
    }
    assert!(library.find("holiday").await.is_empty());
}

pub async fn a_scoped_caller_sees_in_quarantine_what_it_brought(library: &mut Library) {
    library.start(0);
    library.put("board/secret.exe", program("true")).await.expect("told");
    let (damask, guest) = (&library.damask, within("keywords:public"));
    assert!(waiting(library, &guest).await.is_empty(), "names of files tell");
    let bytes = stream::iter([Ok::<_, std::io::Error>(program("true").into())]);
    let own = put::stream(damask, &guest, "mine.exe", bytes).await.expect("told");
    assert_eq!(own.outcome, Quarantined);
    let seen = waiting(library, &guest).await;
    assert_eq!(seen.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), ["mine.exe"]);
    let all = waiting(library, &Caller::local()).await;
    assert_eq!(all.len(), 2);
    missing(quarantine::discard(damask, &guest, all[1].id).await);
    let worker = Caller { permissions: Permissions { administer: false, ..Permissions::ALL }, ..guest };
    refused(quarantine::admit(damask, &worker, seen[0].id).await);
    refused(quarantine::discard(damask, &worker, seen[0].id).await);
}

pub async fn a_person_lets_a_file_out_of_quarantine(library: &mut Library) {
    library.start(1);
    let path = library.write("Tools/true.exe", &program("true"));
    library.import(&[library.incoming().join("Tools")]).await;
    let (damask, owner) = (&library.damask, Caller::local());
    let file = waiting(library, &owner).await.remove(0);
    let arrival = quarantine::admit(damask, &owner, file.id).await.expect("let in");
    assert_eq!((arrival.outcome, arrival.path), (Imported, path.display().to_string()));
    let asset = arrival.asset.expect("an asset");
    library.settled().await;
    assert_eq!(library.find("true").await, ["true.exe"]);
    let whole = library.whole(asset).await;
    assert_eq!(whole.folder.map(|(_, path)| path).as_deref(), Some("Tools"), "in its own folder");
    assert_eq!(library.verbs(asset).await[..2], ["asset.ingested", "file.admitted"]);
    assert_eq!(library.original(asset).await, program("true"));
    assert!(waiting(library, &owner).await.is_empty());
    missing(quarantine::admit(damask, &owner, file.id).await);
    let again = library.import(&[library.incoming().join("Tools")]).await;
    assert_eq!((again[0].outcome, again[0].reason.as_deref()), (AlreadyHere, Some("unchanged")));
    let dropped = library.put("again.exe", program("true")).await.expect("told");
    assert_eq!((dropped.outcome, dropped.asset), (AlreadyHere, Some(asset)), "what was let in is known");
}

pub async fn a_discarded_file_is_gone_and_its_bytes_with_it(library: &mut Library) {
    library.start(0);
    let (damask, owner) = (&library.damask, Caller::local());
    for path in ["one.exe", "two.exe"] {
        library.put(path, program("true")).await.expect("told");
    }
    let hash = blake3::hash(&program("true")).into();
    let is_kept = || library.store().contains(&StoreKey::Blob(hash)).expect("the store answers");
    let mut told = Box::pin(events::follow(damask, &owner, None).await.expect("events"));
    for (file, kept) in waiting(library, &owner).await.into_iter().zip([true, false]) {
        quarantine::discard(damask, &owner, file.id).await.expect("thrown away");
        assert_eq!(is_kept(), kept, "the other has the same bytes");
        let event = tokio::time::timeout(Duration::from_secs(10), told.next()).await.expect("in time");
        let Some(Event::Fact { verb, subjects, .. }) = event else { panic!("{event:?}") };
        assert_eq!((verb.name(), subjects), ("file.discarded", vec![file.id.0]));
        missing(quarantine::discard(damask, &owner, file.id).await);
    }
    assert!(waiting(library, &owner).await.is_empty());
    let again = library.put("one.exe", program("true")).await.expect("told");
    assert_eq!((again.outcome, is_kept()), (Quarantined, true), "it may come again");
}
