//! Tables of record: what an ingest writes, what pages, lists and index documents read.

use std::{collections::HashSet, sync::Arc};

use damask_catalog::{
    CatalogError, Urgency, assets, embedded, files, findings, folders, journal, locations, page_text,
    quarantine, relations, renditions, versions,
};
use damask_model::{
    ActorId, AssetId, Change, Document, Entry, EssenceHash, FactId, FieldName, FileRole, Finding,
    FindingCode, FolderId, Origin, QuarantineId, Recipe, RelationId, Seq, Uuid, Value, Verb, VersionId,
    probe::Probe, relation::RelationKind,
};
use damask_time::Instant;
use serde_json::json;
use tokio::task::JoinSet;

use crate::library::{Answer, Library, hash, ingest, ingest_all, location, state, state_as, write};

pub async fn ingesting_one_new_file_costs_few_statements(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    for number in 0..2 {
        let before = catalog.statements();
        write(&catalog, async move |tx| ingest(tx, "a.txt", &format!("{number}")).await.map(|_| ())).await?;
        let spent = catalog.statements() - before;
        // Six for the rows; begin, head, three for the fact and commit are shared by all of a group.
        assert!(spent <= 12, "{spent} statements for one file");
    }
    Ok(())
}

pub async fn ingesting_many_files_in_one_write_costs_less_than_one_statement_a_file(
    library: Arc<Library>,
) -> Answer {
    let catalog = library.open().await?;
    let batch: Vec<(String, String)> =
        (0..64).map(|n| (format!("{n}.txt"), format!("content {n}"))).collect();
    let before = catalog.statements();
    let made = write(&catalog, async move |tx| ingest_all(tx, &batch).await).await?;
    let spent = catalog.statements() - before;
    assert!(spent < 20, "{spent} statements for 64 files");
    let tally = journal::tally(&mut catalog.read().await?).await?;
    assert_eq!((tally.assets, tally.seq), (64, Seq(64)));
    assert_eq!(assets::by_ids(&mut catalog.read().await?, &made).await?.len(), 64);
    Ok(())
}

pub async fn the_same_bytes_are_one_file_with_many_locations(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    let id = write(&catalog, async |tx| ingest(tx, "a.txt", "abc").await).await?;
    let found = assets::by_primary_hash(&mut catalog.read().await?, hash("abc")).await?;
    assert_eq!(found.map(|(asset, _)| asset), Some(id));
    let new = write(&catalog, async |tx| {
        let (now, fact) = (tx.now(), state(tx));
        let again = files::File {
            hash: hash("abc"),
            bytes: 3,
            media_type: "text/plain".into(),
            essence_hash: None,
            created: now,
            last_fact: fact,
        };
        let places = [
            location(hash("abc"), "other", "b.txt", now, fact),
            location(hash("abc"), "", "c.txt", now, fact),
        ];
        locations::put(tx, &places).await?;
        files::insert(tx, &[again]).await
    })
    .await?;
    assert!(new.is_empty(), "the bytes were here");
    let mut conn = catalog.read().await?;
    let places = locations::of_file(&mut conn, hash("abc"), 10).await?;
    let paths: Vec<&str> = places.iter().map(|place| place.path.as_str()).collect();
    assert_eq!(paths, ["c.txt", "import/a.txt", "other/b.txt"]);
    assert_eq!(places[0].stamp.expect("kept").inode, u64::MAX);
    assert_eq!(journal::tally(&mut conn).await?.bytes, 3, "bytes are counted once");
    assert_eq!(locations::of_files(&mut conn, &[hash("abc"), hash("none")]).await?.len(), 3);
    Ok(())
}

pub async fn a_path_with_other_content_is_said_of_the_other_file(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    write(&catalog, async |tx| ingest(tx, "a.txt", "old").await).await?;
    write(&catalog, async |tx| ingest(tx, "a.txt", "new").await).await?;
    let mut conn = catalog.read().await?;
    let known = locations::in_directory(&mut conn, "origin", "import", None, 10).await?;
    assert_eq!(known.len(), 1, "one place, directory and name holds one file");
    assert_eq!((known[0].name.as_str(), known[0].file), ("a.txt", hash("new")));
    let holder = assets::by_primary_hash(&mut conn, hash("new")).await?.map(|(asset, _)| asset);
    assert!(holder.is_some() && known[0].asset == holder, "and one asset has its bytes");
    assert!(locations::of_file(&mut conn, hash("old"), 10).await?.is_empty());
    let at = locations::at(&mut conn, "origin", "import", "a.txt").await?.expect("known");
    assert_eq!(at.file, hash("new"));
    let removed = write(&catalog, async move |tx| {
        let fact = state(tx);
        locations::remove(tx, at.id, fact).await
    });
    assert!(removed.await?);
    assert!(locations::in_directory(&mut conn, "origin", "import", None, 10).await?.is_empty());
    Ok(())
}

pub async fn places_that_stand_apart_are_kept_for_each_asset(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    let (one, two) = write(&catalog, async |tx| {
        let (one, two) = (ingest(tx, "a.txt", "one").await?, ingest(tx, "b.txt", "two").await?);
        let (now, fact) = (tx.now(), state(tx));
        for (asset, content) in [(one, "one"), (two, "two"), (two, "two"), (two, "one")] {
            let place = locations::NewLocation {
                asset: Some(asset),
                apart: true,
                place: "upload".into(),
                ..location(hash(content), "News", "harbour.txt", now, fact)
            };
            locations::put(tx, &[place]).await?;
        }
        Ok((one, two))
    })
    .await?;
    let mut conn = catalog.read().await?;
    // The second asset's upload was said of other bytes last; the first keeps its own.
    let of = async |conn: &mut damask_catalog::Conn, asset, content: &str| {
        let places = locations::of_asset(conn, asset, hash(content), 10).await?;
        Ok::<_, CatalogError>(
            places.into_iter().map(|at| (at.asset == Some(asset), at.path)).collect::<Vec<_>>(),
        )
    };
    let own = (true, "News/harbour.txt".to_owned());
    assert_eq!(of(&mut conn, one, "one").await?, [(true, "import/a.txt".to_owned()), own.clone()]);
    assert_eq!(of(&mut conn, two, "one").await?, [own], "not the other's place");
    assert_eq!(of(&mut conn, two, "two").await?, [(true, "import/b.txt".to_owned())]);
    let names = locations::further_names(&mut conn, &[one, two]).await?;
    assert_eq!(names, [one, two].map(|asset| (asset, "harbour.txt".to_owned())));
    assert!(locations::at(&mut conn, "upload", "News", "harbour.txt").await?.is_none());
    Ok(())
}

pub async fn one_folder_of_a_name_is_made_however_many_make_it(library: Arc<Library>) -> Answer {
    let nodes = library.nodes(3).await?;
    for parent in [None, Some(FolderId::fresh())] {
        let mut makers = JoinSet::new();
        for number in 0..12 {
            makers.spawn(nodes[number % nodes.len()].write(Urgency::Bulk, async move |tx| {
                let last_fact = state(tx);
                let folder =
                    folders::Folder { id: FolderId::fresh(), parent, name: "same".into(), last_fact };
                let made: Result<_, CatalogError> = folders::make(tx, &folder).await;
                made
            }));
        }
        let mut ids = HashSet::new();
        let mut new = 0;
        for made in makers.join_all().await {
            let (id, is_new) = made?.value;
            ids.insert(id);
            new += usize::from(is_new);
        }
        assert_eq!((ids.len(), new), (1, 1));
    }
    Ok(())
}

pub async fn a_folder_knows_its_path_and_what_lies_below_it(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    let tree = write(&catalog, async |tx| {
        let mut made = Vec::new();
        let last_fact = state(tx);
        for (parent, name) in [(None, "a"), (Some(0), "b"), (Some(1), "c"), (Some(0), "Z"), (None, "d")] {
            let parent = parent.map(|index: usize| made[index]);
            let folder = folders::Folder { id: FolderId::fresh(), parent, name: name.into(), last_fact };
            made.push(folders::make(tx, &folder).await?.0);
        }
        Ok(made)
    })
    .await?;
    let mut conn = catalog.read().await?;
    assert_eq!(folders::path_of(&mut conn, tree[2]).await?, ["a", "b", "c"]);
    assert!(folders::path_of(&mut conn, FolderId::fresh()).await?.is_empty());
    let below: HashSet<FolderId> = folders::below(&mut conn, tree[0]).await?.into_iter().collect();
    assert_eq!(below, tree[..4].iter().copied().collect());
    let names = |found: Vec<folders::Folder>| found.into_iter().map(|folder| folder.name).collect::<Vec<_>>();
    // In the order of bytes on both databases: capitals first.
    assert_eq!(names(folders::children(&mut conn, Some(tree[0]), None, 10).await?), ["Z", "b"]);
    assert_eq!(names(folders::children(&mut conn, None, Some("a"), 10).await?), ["d"]);
    assert_eq!(folders::child(&mut conn, None, "a").await?.expect("there").id, tree[0]);
    assert_eq!(folders::page_after(&mut conn, Some(tree[0]), 10).await?.len(), 4);
    Ok(())
}

pub async fn an_edit_of_what_another_has_changed_is_a_conflict(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    let id = write(&catalog, async |tx| ingest(tx, "a.txt", "a").await).await?;
    let seen = assets::by_id(&mut catalog.read().await?, id).await?.expect("there").last_fact;
    let mut document = Document::default();
    let entry = Entry { value: Value::text("Harbour"), origin: Origin::Person, at: library.now(), by: None };
    document.set(FieldName::core("title"), vec![entry]);
    let edited = document.clone();
    let edit = async move |tx: &mut damask_catalog::Tx| -> Result<(), CatalogError> {
        let fact = tx.fact(ActorId::fresh(), Verb::AssetEdited, &[id.0], Change::default());
        assets::set_document(tx, id, &edited, seen, fact).await
    };
    write(&catalog, edit.clone()).await?;
    let late = write(&catalog, edit).await;
    assert!(matches!(late, Err(CatalogError::Conflict { .. })), "{late:?}");
    let kept = assets::by_id(&mut catalog.read().await?, id).await?.expect("there");
    assert_eq!(kept.document, document);
    let head = journal::head(&mut catalog.read().await?).await?;
    assert_eq!(head, Seq(2), "what was refused stated nothing");
    let newest = journal::of_subject(&mut catalog.read().await?, id.0, None, 1).await?;
    assert_eq!(kept.last_fact, newest[0].header.id);
    Ok(())
}

pub async fn assets_are_paged_with_everything_an_index_document_needs(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    let batch: Vec<(String, String)> =
        (0..25).map(|n| (format!("{n}.txt"), format!("content {n}"))).collect();
    write(&catalog, async move |tx| ingest_all(tx, &batch).await).await?;
    let mut conn = catalog.read().await?;
    let (mut seen, mut after, mut pages) = (Vec::new(), None, 0);
    let before = catalog.statements();
    loop {
        let page = assets::page_after(&mut conn, after, 10).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.asset.id);
        pages += 1;
        seen.extend(page);
    }
    assert_eq!(catalog.statements() - before, pages + 1, "one statement a page");
    assert_eq!(seen.len(), 25);
    assert!(seen.is_sorted_by_key(|record| record.asset.id));
    let record = &seen[3];
    assert_eq!(record.file, hash(&format!("content {}", record.asset.name.trim_end_matches(".txt"))));
    assert_eq!((record.number, record.media_type.as_str(), record.failed), (1, "text/plain", false));
    assert_eq!((record.described, record.probe.clone()), (None, Probe::default()));
    assert_eq!(assets::record(&mut conn, record.asset.id).await?.as_ref(), Some(record));
    let ids: Vec<AssetId> =
        seen.iter().take(7).map(|record| record.asset.id).chain([AssetId::fresh()]).collect();
    assert_eq!(assets::by_ids(&mut conn, &ids).await?.len(), 7);
    assert!(assets::by_ids(&mut conn, &[]).await?.is_empty());
    Ok(())
}

pub async fn what_is_read_from_a_version_is_kept_with_it(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    let id = write(&catalog, async |tx| ingest(tx, "a.txt", "a").await).await?;
    let version = assets::by_id(&mut catalog.read().await?, id).await?.expect("there").current_version;
    library.pass(5);
    let probe = Probe { width_px: Some(640), page_count: Some(2), ..Probe::default() };
    let measured = probe.clone();
    let essence = EssenceHash::from(blake3::hash(b"pixels"));
    write(&catalog, async move |tx| {
        let fact = tx.fact(ActorId::fresh(), Verb::VersionDescribed, &[id.0, version.0], Change::default());
        versions::set_described(tx, version, &measured, fact).await?;
        versions::set_failed(tx, version, true, fact).await?;
        files::set_essence(tx, hash("a"), essence, fact).await?;
        assets::touch(tx, id, fact).await?;
        let tags = json!([{"group": "XMP-dc", "name": "Title", "value": "é"}]);
        embedded::put(tx, &[embedded::Embedded { file: hash("a"), reader: "reader 1".into(), tags }], fact)
            .await?;
        page_text::put(tx, version, &[(1, "one\0".into()), (2, String::new()), (3, "three".into())], fact)
            .await?;
        let found = Finding::new(FindingCode::Truncated, "at byte 3");
        findings::put(tx, version, "describe", &[found.clone(), found.clone()], fact).await?;
        findings::put(tx, version, "describe", &[found], fact).await?;
        let part =
            versions::VersionFile { version, role: FileRole::Sidecar, file: hash("a"), name: "a.xmp".into() };
        versions::add_files(tx, std::slice::from_ref(&part), fact).await?;
        versions::add_files(tx, &[part], fact).await
    })
    .await?;
    let mut conn = catalog.read().await?;
    let kept = versions::by_id(&mut conn, version).await?.expect("there");
    assert_eq!((&kept.probe, kept.described, kept.failed), (&probe, Some(library.now()), true));
    assert_eq!((kept.name.as_str(), kept.bytes, kept.version.primary), ("a.txt", 1, hash("a")));
    assert_eq!(versions::of_asset(&mut conn, id, 10).await?, [kept]);
    assert_eq!(versions::last_number(&mut conn, id).await?, Some(1));
    let roles: Vec<FileRole> =
        versions::files(&mut conn, version, 10).await?.into_iter().map(|file| file.role).collect();
    assert_eq!(roles, [FileRole::Primary, FileRole::Sidecar]);
    assert_eq!(files::by_hash(&mut conn, hash("a")).await?.expect("there").essence_hash, Some(essence));
    assert_eq!(files::known(&mut conn, &[hash("a"), hash("b")]).await?, [hash("a")]);
    assert_eq!(files::page_after(&mut conn, None, 10).await?.len(), 1);
    let tags = embedded::of_file(&mut conn, hash("a")).await?.expect("there").tags;
    assert_eq!(tags[0]["value"], "é");
    let pages = page_text::of_version(&mut conn, version, 0, 10).await?;
    assert_eq!(
        pages.iter().map(|page| (page.page, page.text.as_str())).collect::<Vec<_>>(),
        [(1, "one"), (3, "three")]
    );
    assert_eq!(page_text::of_versions(&mut conn, &[version]).await?.len(), 2);
    assert_eq!(findings::of_version(&mut conn, version, 10).await?.len(), 1);
    assert_eq!(findings::codes(&mut conn, &[version]).await?, [(version, "truncated".to_owned())]);
    Ok(())
}

fn a_rendition(version: VersionId, now: Instant) -> renditions::Rendition {
    renditions::Rendition {
        key: "00ff".into(),
        version,
        recipe: Recipe::rung(512),
        bytes: 7,
        width_px: Some(512),
        height_px: None,
        made: now,
        used: now,
    }
}

pub async fn the_other_nouns_read_what_they_wrote(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    let id = write(&catalog, async |tx| ingest(tx, "a.txt", "a").await).await?;
    let asset = assets::by_id(&mut catalog.read().await?, id).await?.expect("there");
    let (now, last_fact, object) = (library.now(), FactId::fresh(), Uuid::now_v7());
    let relation = relations::Relation {
        id: RelationId::fresh(),
        kind: RelationKind::PlacedIn,
        subject: id.0,
        object,
        selector: Some(damask_model::Selector { page: Some(2), ..Default::default() }),
        last_fact,
    };
    let waits = quarantine::Quarantined {
        id: QuarantineId::fresh(),
        actor: ActorId::fresh(),
        name: "b".into(),
        path: "/b".into(),
        file: Some(hash("b")),
        bytes: 9,
        reason: "empty".into(),
        detail: String::new(),
        source: serde_json::json!({ "previews": true }),
        at: now,
        last_fact,
    };
    let made = a_rendition(asset.current_version, now);
    let (one, two, three) = (relation.clone(), waits.clone(), made.clone());
    write(&catalog, async move |tx| {
        state_as(tx, last_fact);
        relations::insert(tx, &one).await?;
        assert!(quarantine::insert(tx, &two).await?);
        let again = quarantine::Quarantined { id: QuarantineId::fresh(), ..two.clone() };
        assert!(!quarantine::insert(tx, &again).await?, "it waits already");
        renditions::put(tx, std::slice::from_ref(&three)).await?;
        renditions::put(tx, std::slice::from_ref(&three)).await
    })
    .await?;
    let mut conn = catalog.read().await?;
    assert_eq!(relations::of_subject(&mut conn, id.0, 10).await?, std::slice::from_ref(&relation));
    assert_eq!(relations::of_object(&mut conn, object, 10).await?, std::slice::from_ref(&relation));
    for actor in [None, Some(waits.actor)] {
        assert_eq!(quarantine::page(&mut conn, actor, None, None, 10).await?, std::slice::from_ref(&waits));
    }
    assert!(quarantine::page(&mut conn, Some(ActorId::fresh()), None, None, 10).await?.is_empty());
    for (reason, found) in [("empty", 1), ("malware", 0)] {
        for actor in [None, Some(waits.actor)] {
            let page = quarantine::page(&mut conn, actor, Some(reason), None, 10).await?;
            assert_eq!(page.len(), found, "{reason}");
        }
    }
    assert!(quarantine::holds(&mut conn, hash("b")).await?);
    assert_eq!(quarantine::by_id(&mut conn, waits.id).await?, Some(waits.clone()));
    assert!(quarantine::page(&mut conn, None, None, Some(waits.id), 10).await?.is_empty());
    assert_eq!(renditions::by_key(&mut conn, "00ff").await?, Some(made.clone()));
    assert_eq!(renditions::of_version(&mut conn, made.version, 10).await?, std::slice::from_ref(&made));
    library.pass(10);
    assert_eq!(renditions::unused_since(&mut conn, library.now(), 10).await?.len(), 1);
    write(&catalog, async move |tx| {
        renditions::used(tx, "00ff").await?;
        let fact = state(tx);
        assert!(relations::remove(tx, relation.id, fact).await?);
        assert!(quarantine::remove(tx, waits.id, fact).await?);
        Ok(())
    })
    .await?;
    assert!(renditions::unused_since(&mut conn, library.now(), 10).await?.is_empty());
    assert!(write(&catalog, async |tx| renditions::remove(tx, "00ff").await).await?);
    Ok(())
}
