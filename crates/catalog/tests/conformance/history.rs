//! The journal: proof, history, and snapshots that a reader can go on from.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use damask_catalog::{Address, Catalog, CatalogError, Options, assets, copy, journal, proof};
use damask_model::{ActorId, AssetId, Change, Seq, StateName, Uuid, Verb};
use damask_time::Instant;
use serde_json::json;
use tokio::task::JoinSet;

use crate::library::{Answer, Library, READERS_MAX, ingest, write};

async fn state_facts(catalog: &Catalog, subject: Uuid, count: u32) -> Result<(), CatalogError> {
    write(catalog, async move |tx| {
        for number in 0..count {
            let change = Change { before: json!({"n": number}), after: json!({"z": 1, "a": [number, null]}) };
            tx.fact(ActorId::fresh(), Verb::AssetEdited, &[subject, Uuid::now_v7(), subject], change);
        }
        Ok(())
    })
    .await
}

pub async fn the_history_of_a_thing_is_read_newest_first(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    let (one, other) = (Uuid::now_v7(), Uuid::now_v7());
    state_facts(&catalog, one, 3).await?;
    state_facts(&catalog, other, 2).await?;
    state_facts(&catalog, one, 1).await?;
    let mut conn = catalog.read().await?;
    let first = journal::of_subject(&mut conn, one, None, 2).await?;
    assert_eq!(first.iter().map(|fact| fact.header.seq.0).collect::<Vec<_>>(), [6, 3]);
    let rest = journal::of_subject(&mut conn, one, Some(Seq(3)), 10).await?;
    assert_eq!(rest.iter().map(|fact| fact.header.seq.0).collect::<Vec<_>>(), [2, 1]);
    let oldest = &rest[1];
    assert_eq!(oldest.header.subjects[0], one);
    assert_eq!(oldest.header.subjects.len(), 3, "subjects are kept as they were stated");
    assert_eq!(oldest.header.at, library.now());
    let change = oldest.change.as_ref().expect("not erased");
    assert_eq!(change.after, json!({"a": [0, null], "z": 1}));
    Ok(())
}

/// Makes an asset or moves one on, and says in the fact what its state is then.
async fn one_change(catalog: Catalog, known: Option<AssetId>, round: u32) -> Result<AssetId, CatalogError> {
    write(&catalog, async move |tx| {
        let Some(id) = known else {
            return ingest(tx, "new", &format!("{}", Uuid::now_v7())).await;
        };
        let asset = assets::by_id(tx.conn(), id).await?.expect("it was made");
        let state = StateName(format!("round {round}"));
        let after = json!({"state": state.0});
        let fact = tx.fact(ActorId::fresh(), Verb::AssetEdited, &[id.0], Change::added(after));
        assets::set_state(tx, id, &state, asset.last_fact, fact).await?;
        Ok(id)
    })
    .await
}

pub async fn a_snapshot_followed_by_the_journal_gives_the_exact_state(library: Arc<Library>) -> Answer {
    let nodes = library.nodes(2).await?;
    let mut writers = JoinSet::new();
    for number in 0..8 {
        let node = nodes[number % nodes.len()].clone();
        writers.spawn(async move {
            let mut known = None;
            for round in 0..12 {
                let fresh = if round % 4 == 0 { None } else { known };
                known =
                    Some(one_change(node.clone(), fresh, round).await.expect("no one else has this asset"));
            }
        });
    }
    tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    let reader = nodes.last().expect("one");
    let mut snapshot = reader.snapshot().await?;
    let mut derived: BTreeMap<AssetId, String> = BTreeMap::new();
    let mut after = None;
    loop {
        let page = assets::page_after(snapshot.conn(), after, 3).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.asset.id);
        derived.extend(page.into_iter().map(|record| (record.asset.id, record.asset.state.0)));
    }
    assert_eq!(snapshot.tally().assets, i64::try_from(derived.len()).expect("small"));
    let mut at = snapshot.seq();
    drop(snapshot);
    writers.join_all().await;
    loop {
        let facts = journal::after(&mut reader.read().await?, at, 5).await?;
        let Some(last) = facts.last() else { break };
        at = last.header.seq;
        for fact in facts {
            let state = match fact.header.verb {
                Verb::AssetIngested => {
                    assert!(!derived.contains_key(&AssetId(fact.header.subjects[0])), "seen twice");
                    "new".to_owned()
                }
                _ => fact.change.expect("kept").after["state"].as_str().expect("a text").to_owned(),
            };
            derived.insert(AssetId(fact.header.subjects[0]), state);
        }
    }
    let records = assets::page_after(&mut reader.read().await?, None, 1_000).await?;
    let truth: BTreeMap<AssetId, String> =
        records.into_iter().map(|record| (record.asset.id, record.asset.state.0)).collect();
    assert_eq!(truth.len(), 24);
    assert_eq!(derived, truth);
    Ok(())
}

pub async fn a_snapshot_sees_one_instant(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    write(&catalog, async |tx| ingest(tx, "a", "a").await).await?;
    let mut snapshot = catalog.snapshot().await?;
    assert_eq!(snapshot.seq(), Seq(1));
    write(&catalog, async |tx| ingest(tx, "b", "b").await).await?;
    assert_eq!(assets::page_after(snapshot.conn(), None, 10).await?.len(), 1);
    assert_eq!(journal::head(snapshot.conn()).await?, Seq(1));
    assert_eq!(catalog.snapshot().await?.seq(), Seq(2));
    Ok(())
}

/// Readers that went away after each of the steps in which they begin leave connections that show what is new.
pub async fn a_reader_who_went_away_leaves_no_connection_in_the_past(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    let mut head = Seq(0);
    for steps in 0..24 {
        let mut asked = Box::pin(catalog.snapshot());
        for _ in 0..steps {
            if futures::poll!(&mut asked).is_ready() {
                break;
            }
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
        drop(asked);
        // Twice: a connection that is still in a transaction sees its instant at the first read.
        for _ in 0..2 {
            write(&catalog, async |tx| ingest(tx, "a", "a").await).await?;
            head = Seq(head.0 + 1);
            let mut held = Vec::new();
            // On PostgreSQL one of them listens.
            for _ in 1..READERS_MAX {
                let mut conn = catalog.read().await?;
                assert_eq!(journal::head(&mut conn).await?, head, "gone after {steps} steps");
                held.push(conn);
            }
        }
    }
    Ok(())
}

pub async fn every_table_is_copied_or_left_out_for_a_reason(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    assert_eq!(copy::strangers(&mut catalog.read().await?).await?, Vec::<String>::new());
    Ok(())
}

pub async fn a_copy_of_all_tables_is_the_same_library_in_an_empty_database(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    for number in 0..5 {
        let name = format!("{number}.txt");
        write(&catalog, async move |tx| ingest(tx, &name, &name).await).await?;
    }
    state_facts(&catalog, Uuid::now_v7(), 3).await?;
    let folder = tempfile::tempdir().expect("a folder");
    let address = Address::Sqlite(folder.path().join("copy.sqlite"));
    let mut snapshot = catalog.snapshot().await?;
    let mut writing = copy::Writing::begin(&address, copy::SCHEMA, catalog.now()).await?;
    for table in copy::TABLES {
        let mut reading = copy::Reading::of(snapshot.conn(), table).await?;
        loop {
            let lines = reading.next(snapshot.conn(), 2).await?;
            if lines.is_empty() {
                break;
            }
            let text: Vec<String> = lines.into_iter().map(|line| line.text).collect();
            let page = format!("{}\n{}\n", reading.header(), text.join("\n"));
            assert_eq!(writing.page(page.as_bytes()).await?, text.len() as u64);
        }
    }
    writing.end().await?;
    let expected = copy::counts(snapshot.conn()).await?;
    let other = Catalog::open(&address, Options::new(|| Instant::from_micros(0))).await?;
    let mut copied = other.snapshot().await?;
    assert_eq!(copied.tally(), snapshot.tally());
    assert_eq!(copy::counts(copied.conn()).await?, expected);
    let mut facts = proof::Facts::default();
    while let Some(faults) = facts.step(copied.conn(), 100).await? {
        assert_eq!(faults, Vec::<String>::new());
    }
    assert_eq!(facts.end(copied.conn()).await?, Vec::<String>::new());
    let mut rows = proof::Rows::default();
    while let Some(faults) = rows.step(copied.conn(), 100).await? {
        assert_eq!(faults, Vec::<String>::new());
    }
    assert!(rows.looked_at > 0);
    drop(copied);
    other.close().await;
    assert!(copy::Writing::begin(&address, copy::SCHEMA, catalog.now()).await.is_err(), "it is not empty");
    let newer = Address::Sqlite(folder.path().join("newer.sqlite"));
    assert!(copy::Writing::begin(&newer, copy::SCHEMA + 1, catalog.now()).await.is_err());
    Ok(())
}
