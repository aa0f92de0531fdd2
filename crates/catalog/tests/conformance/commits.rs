//! Group commit: durable together or not at all, answered with the right sequence, heard everywhere.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use damask_catalog::{
    Address, Catalog, CatalogError, Options, Urgency, Written, copy, cursors, folders, journal,
    locations::{self, NewLocation},
    quarantine,
};
use damask_model::{ActorId, Change, FactId, FolderId, QuarantineId, Seq, Uuid, Verb};
use damask_time::Instant;
use tokio::task::JoinSet;

use crate::{
    library::{Answer, Library, hash, ingest, location, write},
    wire::{Moment, Wire},
};

const WRITERS: usize = 16;
const WRITES_EACH: usize = 20;

/// Follows the journal of a node until it has seen `count` facts; fails on a gap or a repetition.
async fn follow(node: Catalog, count: usize) -> Result<Vec<FactId>, CatalogError> {
    let (mut seen, mut at) = (Vec::new(), Seq(0));
    let mut changed = node.changed();
    while seen.len() < count {
        let mut conn = node.read().await?;
        let facts = journal::after(&mut conn, at, 7).await?;
        drop(conn);
        if facts.is_empty() {
            let _ = tokio::time::timeout(Duration::from_millis(50), changed.changed()).await;
        }
        for fact in facts {
            assert_eq!(fact.header.seq.0, at.0 + 1, "the journal has no gap that could fill later");
            at = fact.header.seq;
            seen.push(fact.header.id);
        }
    }
    Ok(seen)
}

pub async fn sixteen_writers_on_all_nodes_and_readers_that_miss_nothing_and_see_nothing_twice(
    library: Arc<Library>,
) -> Answer {
    let nodes = library.nodes(3).await?;
    // Two of three writes state facts (one, then two); the third fails after it did something.
    let stated = WRITERS * (0..WRITES_EACH).map(|write| [1, 2, 0][write % 3]).sum::<usize>();
    let mut readers = JoinSet::new();
    for node in &nodes {
        readers.spawn(follow(node.clone(), stated));
        readers.spawn(follow(node.clone(), stated));
    }
    let mut writers = JoinSet::new();
    for number in 0..WRITERS {
        let node = nodes[number % nodes.len()].clone();
        writers.spawn(async move {
            let mut own = Vec::new();
            for round in 0..WRITES_EACH {
                let count = [1, 2, 0][round % 3];
                let result: Result<Written<Vec<FactId>>, CatalogError> = node
                    .write(Urgency::Interactive, async move |tx| {
                        let subject = [Uuid::now_v7()];
                        let reader = format!("writer {number} round {round}");
                        let mut ids = Vec::new();
                        for _ in 0..count.max(1) {
                            let actor = ActorId::fresh();
                            ids.push(tx.fact(actor, Verb::FolderMade, &subject, Change::default()));
                        }
                        cursors::set(tx, &reader, Seq(1)).await?;
                        if count == 0 {
                            return Err(CatalogError::Conflict { what: "on purpose".into() });
                        }
                        Ok(ids)
                    })
                    .await;
                if let Ok(written) = result {
                    own.push((written.seq, written.value));
                }
            }
            own
        });
    }
    let own: Vec<(Seq, Vec<FactId>)> = writers.join_all().await.into_iter().flatten().collect();
    let answered: HashSet<FactId> = own.iter().flat_map(|(_, ids)| ids.clone()).collect();
    assert_eq!(answered.len(), stated, "every write that went well was answered");
    for seen in readers.join_all().await {
        let seen = seen?;
        assert_eq!(seen.len(), stated);
        assert_eq!(seen.iter().copied().collect::<HashSet<_>>(), answered);
        for (seq, ids) in &own {
            let last = usize::try_from(seq.0).expect("small") - 1;
            assert_eq!(seen[last], *ids.last().expect("one"), "a write knows the sequence of its last fact");
        }
    }
    let kept = cursors::all(&mut nodes[0].read().await?).await?;
    assert_eq!(kept.len(), own.len(), "what failed left no row");
    Ok(())
}

pub async fn a_failed_write_takes_none_of_its_group_with_it(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    let mut all = JoinSet::new();
    for number in 0..60 {
        let catalog = catalog.clone();
        all.spawn(async move {
            let outcome = write(&catalog, async move |tx| {
                let fact = tx.fact(ActorId::fresh(), Verb::FolderMade, &[Uuid::now_v7()], Change::default());
                let folder = folders::Folder {
                    id: FolderId::fresh(),
                    parent: None,
                    name: format!("{number}"),
                    last_fact: fact,
                };
                folders::make(tx, &folder).await?;
                match number % 7 {
                    0 => Err(CatalogError::Conflict { what: "on purpose".into() }),
                    _ => Ok(()),
                }
            })
            .await;
            (number, outcome.is_ok())
        });
    }
    let outcomes = all.join_all().await;
    assert!(outcomes.iter().all(|(number, well)| *well == (number % 7 != 0)));
    let well = outcomes.iter().filter(|(_, well)| *well).count();
    let mut conn = catalog.read().await?;
    assert_eq!(folders::children(&mut conn, None, None, 100).await?.len(), well);
    assert_eq!(journal::after(&mut conn, Seq(0), 100).await?.len(), well);
    assert_eq!(journal::head(&mut conn).await?, Seq(i64::try_from(well).expect("small")));
    Ok(())
}

pub async fn a_write_that_fails_half_way_leaves_nothing_half_made(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    let failed = write(&catalog, async |tx| {
        crate::library::ingest(tx, "a.txt", "a").await?;
        Err::<(), _>(CatalogError::Broken { what: "on purpose".into() })
    })
    .await;
    assert!(matches!(failed, Err(CatalogError::Broken { .. })));
    let mut conn = catalog.read().await?;
    let tally = journal::tally(&mut conn).await?;
    assert_eq!((tally.seq, tally.assets, tally.bytes), (Seq(0), 0, 0));
    assert!(damask_catalog::assets::page_after(&mut conn, None, 10).await?.is_empty());
    assert!(damask_catalog::files::by_hash(&mut conn, crate::library::hash("a")).await?.is_none());
    Ok(())
}

pub async fn a_write_that_panics_is_answered_and_the_next_one_goes_on(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    let failed = write(&catalog, async |tx| {
        cursors::set(tx, "half", Seq(1)).await?;
        assert!(tx.now().micros == 0, "on purpose");
        Ok(())
    })
    .await;
    assert!(matches!(failed, Err(CatalogError::Broken { .. })));
    write(&catalog, async |tx| cursors::set(tx, "whole", Seq(2)).await).await?;
    let kept = cursors::all(&mut catalog.read().await?).await?;
    assert_eq!(kept, [("whole".to_owned(), Seq(2))]);
    Ok(())
}

pub async fn a_write_answers_with_the_sequence_of_its_own_last_fact(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    let three: Written<FactId> = catalog
        .write(Urgency::Bulk, async |tx| -> Result<_, CatalogError> {
            let mut last = FactId::fresh();
            for _ in 0..3 {
                last = tx.fact(ActorId::fresh(), Verb::FolderMade, &[Uuid::now_v7()], Change::default());
            }
            Ok(last)
        })
        .await?;
    assert_eq!(three.seq, Seq(3));
    assert_eq!(*catalog.changed().borrow(), Seq(3), "the head is told before the answer");
    let facts = journal::after(&mut catalog.read().await?, Seq(2), 10).await?;
    assert_eq!(facts[0].header.id, three.value);
    let none: Written<()> =
        catalog.write(Urgency::Bulk, async |tx| cursors::set(tx, "reader", Seq(3)).await).await?;
    assert_eq!(none.seq, Seq(3), "a write without facts answers with the head");
    Ok(())
}

pub async fn an_interactive_write_goes_before_the_bulk_writes_that_wait(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    let order = Arc::new(Mutex::new(Vec::new()));
    let started = Arc::new(tokio::sync::Notify::new());
    let slow = {
        let started = started.clone();
        let work = async move |_: &mut damask_catalog::Tx| -> Result<(), CatalogError> {
            started.notify_one();
            tokio::time::sleep(Duration::from_millis(200)).await;
            Ok(())
        };
        catalog.write(Urgency::Bulk, work)
    };
    let slow = tokio::spawn(slow);
    started.notified().await;
    let mut waiting = JoinSet::new();
    for (urgency, name) in
        [(Urgency::Bulk, "bulk"), (Urgency::Bulk, "bulk"), (Urgency::Interactive, "interactive")]
    {
        let order = order.clone();
        let work = async move |_: &mut damask_catalog::Tx| -> Result<(), CatalogError> {
            order.lock().expect("no panic").push(name);
            Ok(())
        };
        waiting.spawn(catalog.write(urgency, work));
    }
    slow.await.expect("no panic")?;
    for done in waiting.join_all().await {
        done?;
    }
    assert_eq!(*order.lock().expect("no panic"), ["interactive", "bulk", "bulk"]);
    Ok(())
}

pub async fn a_commit_is_heard_on_every_node(library: Arc<Library>) -> Answer {
    let nodes = library.nodes(2).await?;
    // The listener of a node that was opened just now may still be on its way; its poll is not.
    let mut heard = nodes.last().expect("one").changed();
    write(&nodes[0], async |tx| {
        tx.fact(ActorId::fresh(), Verb::FolderMade, &[Uuid::now_v7()], Change::default());
        Ok(())
    })
    .await?;
    let told = tokio::time::timeout(Duration::from_secs(10), heard.wait_for(|seq| *seq == Seq(1))).await;
    assert!(told.is_ok(), "the other node heard of it");
    Ok(())
}

pub async fn a_write_whose_caller_went_away_holds_nobody_up(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    for number in 0..5 {
        drop(catalog.write(Urgency::Bulk, async move |tx| -> Answer {
            cursors::set(tx, &format!("{number}"), Seq(number)).await
        }));
    }
    write(&catalog, async |tx| cursors::set(tx, "last", Seq(9)).await).await?;
    write(&catalog, async |tx| cursors::set(tx, "last", Seq(9)).await).await?;
    catalog.close().await;
    let kept = cursors::all(&mut library.open().await?.read().await?).await?;
    assert_eq!(kept.len(), 6);
    Ok(())
}

pub async fn many_small_writes_share_their_statements(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    let before = catalog.statements();
    let mut all = JoinSet::new();
    for number in 0..256 {
        all.spawn(catalog.write(Urgency::Bulk, async move |tx| -> Answer {
            tx.fact(ActorId::fresh(), Verb::FolderMade, &[Uuid::now_v7()], Change::default());
            cursors::set(tx, &format!("{}", number % 8), Seq(number)).await
        }));
    }
    for done in all.join_all().await {
        done?;
    }
    let each = (catalog.statements() - before) as f64 / 256.0;
    assert!(each < 2.0, "{each} statements a write");
    Ok(())
}

pub async fn what_was_answered_is_there_after_opening_again(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    let id = write(&catalog, async |tx| crate::library::ingest(tx, "a.txt", "a").await).await?;
    drop(catalog);
    let catalog = library.open().await?;
    assert_eq!(*catalog.changed().borrow(), Seq(1));
    let found = damask_catalog::assets::by_id(&mut catalog.read().await?, id).await?;
    assert_eq!(found.expect("it is there").name, "a.txt");
    Ok(())
}

pub async fn a_library_of_a_newer_damask_is_refused(library: Arc<Library>) -> Answer {
    library.open().await?.close().await;
    library.tamper("INSERT INTO schema_version (number, name, applied_us) VALUES (9000, 'later', 0)").await;
    let refused = library.open().await;
    assert!(matches!(refused, Err(CatalogError::Newer { found: 9000, .. })), "{refused:?}");
    Ok(())
}

/// Undoes the third migration and those after it.
const SECOND_SCHEMA: &str = r#"
    DROP INDEX quarantine_once;
    DROP INDEX quarantine_file;
    DROP INDEX quarantine_actor;
    ALTER TABLE quarantine DROP COLUMN actor;
    ALTER TABLE quarantine DROP COLUMN source;
    CREATE TABLE before (
        id TEXT PRIMARY KEY, file BYTEA NOT NULL REFERENCES file (hash), place TEXT NOT NULL,
        directory TEXT NOT NULL, name TEXT NOT NULL, stamp_bytes BIGINT, modified_ns BIGINT, changed_ns BIGINT,
        inode BIGINT, verified_us BIGINT NOT NULL, last_fact TEXT NOT NULL, UNIQUE (place, directory, name));
    INSERT INTO before SELECT id, file, place, directory, name, stamp_bytes, modified_ns, changed_ns, inode,
        verified_us, last_fact FROM location;
    DROP TABLE location;
    ALTER TABLE before RENAME TO location;
    CREATE INDEX location_file ON location (file);
    ALTER TABLE version_file DROP COLUMN last_fact;
    ALTER TABLE embedded DROP COLUMN last_fact;
    ALTER TABLE page_text DROP COLUMN last_fact;
    ALTER TABLE finding DROP COLUMN last_fact;
    ALTER TABLE head DROP COLUMN rows_told_after;
    DROP TABLE fixity;
    DROP TABLE place;
    DROP TABLE upload_part;
    ALTER TABLE upload DROP COLUMN role;
    DROP INDEX asset_trashed;
    DROP INDEX asset_named;
    DROP INDEX job_dead_subject;
    ALTER TABLE asset DROP COLUMN trashed_us;
    ALTER TABLE asset DROP COLUMN checkout_actor;
    ALTER TABLE asset DROP COLUMN checkout_us;
    ALTER TABLE asset DROP COLUMN checkout_note;
    DELETE FROM schema_version WHERE number > 2;
"#;

pub async fn places_and_what_waits_of_an_older_schema_get_their_owners(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    let made = write(&catalog, async |tx| {
        let asset = ingest(tx, "a.txt", "one").await?;
        let (now, by) = (tx.now(), ActorId::fresh());
        let id = QuarantineId::fresh();
        let last_fact = tx.fact(by, Verb::FileQuarantined, &[id.0], Change::default());
        for place in ["upload", "store"] {
            let place =
                NewLocation { place: place.into(), ..location(hash("one"), "", "b.txt", now, last_fact) };
            locations::put(tx, &[place]).await?;
        }
        // The same file twice, as it was before it waited once.
        for (id, actor) in [(id, by), (QuarantineId::fresh(), ActorId::fresh())] {
            let row = quarantine::Quarantined {
                id,
                actor,
                name: "x.exe".into(),
                path: "x.exe".into(),
                file: Some(hash("x")),
                bytes: 1,
                reason: "type-refused".into(),
                detail: String::new(),
                source: serde_json::Value::Null,
                at: now,
                last_fact,
            };
            quarantine::insert(tx, &row).await?;
        }
        Ok((asset, by, id))
    });
    let (asset, by, first) = made.await?;
    catalog.close().await;
    library.tamper(SECOND_SCHEMA).await;
    let catalog = library.open().await?;
    let mut conn = catalog.read().await?;
    let places = locations::of_file(&mut conn, hash("one"), 10).await?;
    let owners: Vec<_> = places.iter().map(|at| (at.place.as_str(), at.asset)).collect();
    assert_eq!(owners, [("origin", Some(asset)), ("store", None), ("upload", Some(asset))]);
    assert!(locations::at(&mut conn, "upload", "", "b.txt").await?.is_none(), "it stands apart");
    let waiting = quarantine::page(&mut conn, Some(by), None, None, 10).await?;
    assert_eq!(waiting.iter().map(|row| row.id).collect::<Vec<_>>(), [first]);
    assert_eq!(quarantine::page(&mut conn, None, None, None, 10).await?, waiting, "it waits once");
    Ok(())
}

/// In the way of the last migration: what it and those before it did by then is undone, as after a kill.
pub async fn an_upgrade_that_was_cut_off_is_begun_again(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    write(&catalog, async |tx| ingest(tx, "a.txt", "one").await).await?;
    let told = copy::counts(&mut catalog.read().await?).await?;
    catalog.close().await;
    library.tamper(SECOND_SCHEMA).await;
    library.tamper("CREATE TABLE fixity (in_the_way BIGINT)").await;
    assert!(library.open().await.is_err(), "the last migration cannot make its table");
    // Were it half done, this would find nothing to do any more.
    assert_eq!(
        library.tamper("UPDATE schema_version SET name = name").await,
        2,
        "it is the second schema still"
    );
    library.tamper("DROP TABLE fixity").await;
    let catalog = library.open().await?;
    assert_eq!(copy::counts(&mut catalog.read().await?).await?, told);
    assert_eq!(journal::head(&mut catalog.read().await?).await?, Seq(1));
    Ok(())
}

pub async fn an_unreachable_database_is_a_clear_error() {
    let addresses = [
        Address::Sqlite("/nowhere/at/all/library.sqlite".into()),
        Address::Postgres { url: "postgres://damask@127.0.0.1:1/none".into(), schema: "library".into() },
        Address::Postgres { url: "postgres://damask@127.0.0.1:1/none".into(), schema: "Bad name".into() },
    ];
    for address in addresses {
        let refused = Catalog::open(&address, Options::new(|| Instant::from_micros(0))).await;
        assert!(matches!(refused, Err(CatalogError::Unreachable { .. })), "{address:?}: {refused:?}");
    }
}

pub async fn a_writer_whose_connection_is_killed_goes_on(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    write(&catalog, async |tx| cursors::set(tx, "one", Seq(1)).await).await?;
    let killed = library
        .tamper(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE application_name = 'damask ' || current_schema() AND pid <> pg_backend_pid()",
        )
        .await;
    assert!(killed >= 1, "there was a connection to kill");
    write(&catalog, async |tx| cursors::set(tx, "two", Seq(2)).await).await?;
    assert_eq!(cursors::all(&mut catalog.read().await?).await?.len(), 2);
    Ok(())
}

pub async fn a_connection_lost_around_a_commit_neither_loses_nor_doubles_the_write(
    library: Arc<Library>,
) -> Answer {
    let Address::Postgres { url, .. } = &library.address else { panic!("only servers have connections") };
    let (wire, url) = Wire::to(url).await;
    let catalog = library.by_way_of(url).open().await?;
    for (round, moment) in [(1, Moment::BeforeCommit), (2, Moment::AfterCommit), (3, Moment::BeforeCommit)] {
        wire.cut_at(moment);
        let written: Written<()> = catalog
            .write(Urgency::Interactive, async move |tx| -> Answer {
                crate::library::ingest(tx, "a", &format!("content {round}")).await.map(|_| ())
            })
            .await?;
        assert!(wire.was_cut(), "round {round}: the connection was cut");
        assert_eq!(written.seq, Seq(round));
        let tally = journal::tally(&mut library.open().await?.read().await?).await?;
        assert_eq!((tally.seq, tally.assets), (Seq(round), round));
    }
    Ok(())
}
