//! Files that failed a check: who sees them, how a person lets them in or throws them away.

use std::{fs, time::Duration};

use damask_flow::{
    Caller, Clamd,
    caller::Permissions,
    events::{self, Event},
    ingest::{
        ArrivalOutcome::{AlreadyHere, Imported, Quarantined},
        glance,
        intent::Intent,
        put,
        quarantine::{self, QuarantineView},
    },
};
use damask_store::StoreKey;
use damask_testkit::fixtures;
use futures::{StreamExt as _, stream};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::library::{Library, missing, mistaken, refused, within};

fn program(name: &str) -> Vec<u8> {
    fs::read(format!("/bin/{name}")).expect("a program")
}

async fn waiting(library: &Library, caller: &Caller) -> Vec<QuarantineView> {
    quarantine::page(&library.damask, caller, None, None, 10).await.expect("the quarantine")
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
    let own = put::stream(damask, &guest, "mine.exe", Intent::default(), None, bytes).await.expect("told");
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

pub async fn a_file_whose_name_says_another_kind_waits_where_it_was_uploaded(library: &mut Library) {
    library.start(0);
    let owner = Caller::local();
    let pdf = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n";
    let dropped = library.put("holiday.jpg", pdf.to_vec()).await.expect("told");
    assert_eq!(dropped.outcome, Quarantined);
    let file = waiting(library, &owner).await.remove(0);
    assert_eq!((file.code.as_str(), file.reason.contains("application/pdf")), ("name-differs", true));
    let path = library.write("of mine.jpg", &[&pdf[..], b"%"].concat());
    assert_eq!(library.import(&[path]).await[0].outcome, Imported, "an import only finds it odd");
}

pub async fn what_is_over_a_limit_when_it_is_read_waits_for_a_person(library: &mut Library) {
    library.start(1);
    let owner = Caller::local();
    let huge = crate::broken::png_header(60_000, 60_000);
    let dropped = library.put("News/huge.png", huge.clone()).await.expect("told");
    assert_eq!(dropped.outcome, Imported, "that is known only when it is read");
    library.settled().await;
    assert_eq!(library.search(&owner, "").await.total, 0);
    missing(damask_flow::look::asset(&library.damask, &owner, dropped.asset.expect("an asset")).await);
    let file = waiting(library, &owner).await.remove(0);
    assert_eq!((file.code.as_str(), file.path.as_str()), ("over-limit", "News/huge.png"));
    assert!(file.reason.contains("60000"), "{}", file.reason);
    let arrival = quarantine::admit(&library.damask, &owner, file.id).await.expect("let in");
    library.settled().await;
    let asset = arrival.asset.expect("an asset");
    assert_eq!(library.original(asset).await, huge, "let in, it stays in");
    let home = library.whole(asset).await.folder.map(|(_, path)| path);
    assert_eq!(home.as_deref(), Some("News"));
    let lines = damask_flow::check::all(&library.damask, &owner, damask_flow::check::How::default())
        .expect("a check");
    let faults: Vec<_> = lines.filter(|line| std::future::ready(line.fault)).collect().await;
    assert!(faults.is_empty(), "{faults:?}");
}

pub async fn another_file_is_brought_in_the_place_of_one_that_waits(library: &mut Library) {
    library.start(0);
    let owner = Caller::local();
    library.put("News/harbour.jpg", program("true")).await.expect("told");
    let file = waiting(library, &owner).await.remove(0);
    let right = fs::read(fixtures::jpeg(64, 48)).expect("a fixture");
    let bytes = stream::iter([Ok::<_, std::io::Error>(right.clone().into())]);
    let arrival = quarantine::replace(&library.damask, &owner, file.id, bytes).await.expect("taken");
    assert_eq!((arrival.outcome, arrival.path.as_str()), (Imported, "News/harbour.jpg"));
    assert!(waiting(library, &owner).await.is_empty());
    assert_eq!(library.original(arrival.asset.expect("an asset")).await, right);
}

/// A virus scanner that knows one word, as `clamd` answers. It lives as long as the test.
fn scanner(library: &Library) -> Clamd {
    let path = library.incoming().join("clamd.sock");
    let listener = tokio::net::UnixListener::bind(&path).expect("a socket");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (mut taken, mut command) = (Vec::new(), [0; 10]);
            stream.read_exact(&mut command).await.expect("a command");
            loop {
                let mut piece = vec![0; stream.read_u32().await.expect("a length") as usize];
                if piece.is_empty() {
                    break;
                }
                stream.read_exact(&mut piece).await.expect("a piece");
                taken.extend(piece);
            }
            let is_bad = taken.windows(6).any(|word| word == b"poison");
            let answer = if is_bad { &b"stream: Poison.Test FOUND\0"[..] } else { b"stream: OK\0" };
            stream.write_all(answer).await.expect("an answer");
        }
    });
    Clamd::parse(path.to_str().expect("UTF-8")).expect("a path")
}

pub async fn malware_waits_and_nothing_comes_in_unscanned(library: &mut Library) {
    let clamd = scanner(library);
    library.limit(|limits| limits.clamd = Some(clamd)).await;
    library.start(0);
    let owner = Caller::local();
    assert_eq!(library.put("fine.txt", "water").await.expect("told").outcome, Imported);
    assert_eq!(library.put("bad.txt", "water and poison").await.expect("told").outcome, Quarantined);
    let file = waiting(library, &owner).await.remove(0);
    assert_eq!((file.code.as_str(), file.reason.contains("Poison.Test")), ("malware", true));
    library.stop().await;
    library.limit(|limits| limits.clamd = Clamd::parse("/nowhere/clamd.sock")).await;
    library.start(0);
    mistaken(library.put("later.txt", "unknown").await, "not-scanned");
    let known = library.put("fine again.txt", "water").await.expect("told");
    assert_eq!(known.outcome, AlreadyHere, "what is here was scanned");
}

pub async fn what_waits_is_glanced_at_behind_the_glass_but_malware_is_not(library: &mut Library) {
    let clamd = scanner(library);
    library.limit(|limits| limits.clamd = Some(clamd)).await;
    library.start(0);
    let (owner, guest) = (Caller::local(), within("keywords:public"));
    let picture = fs::read(fixtures::jpeg(900, 300)).expect("a picture");
    let page = fs::read(fixtures::pdf(&["harbour"])).expect("a document");
    for (name, bytes, seen) in [
        ("page.jpg", page, true),
        ("picture.pdf", picture.clone(), true),
        ("evil.jpg", [&picture[..], b"poison"].concat(), false),
        ("program.jpg", program("true"), false),
        ("bomb.pdf", crate::broken::png_header(60_000, 60_000), false),
    ] {
        assert_eq!(library.put(name, bytes).await.expect("told").outcome, Quarantined, "{name}");
        let id = waiting(library, &owner).await.remove(0).id;
        let glanced = glance::of(&library.damask, &owner, id).await;
        if seen {
            let jpeg = glanced.expect(name);
            assert!(jpeg.starts_with(b"\xff\xd8\xff") && jpeg.len() < 200_000, "{name}");
        } else {
            missing(glanced);
        }
        missing(glance::of(&library.damask, &guest, id).await);
    }
}
