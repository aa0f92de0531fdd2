//! Proof: whoever changes tables or journal behind Damask's back is found out.

use std::{collections::BTreeMap, sync::Arc};

use damask_catalog::{
    Catalog, CatalogError, accounts, assets, embedded, files, findings, folders, journal, keys, locations,
    page_text, proof, quarantine, relations, versions,
};
use damask_model::{
    ActorId, AssetId, Change, EssenceHash, FactId, FileRole, Finding, FindingCode, FolderId, KeyId,
    QuarantineId, RelationId, Seq, StateName, UserId, Uuid, Verb, probe::Probe, relation::RelationKind,
};
use serde_json::json;

use crate::library::{Answer, Library, hash, ingest, state, write};

/// All that does not agree, in steps of a few so that walks have seams.
async fn faults(catalog: &Catalog) -> Result<Vec<String>, CatalogError> {
    let mut all = Vec::new();
    let mut facts = proof::Facts::default();
    while let Some(found) = facts.step(catalog.snapshot().await?.conn(), 3).await? {
        all.extend(found);
    }
    all.extend(facts.end(catalog.snapshot().await?.conn()).await?);
    let mut rows = proof::Rows::default();
    while let Some(found) = rows.step(catalog.snapshot().await?.conn(), 2).await? {
        all.extend(found);
    }
    assert_eq!(rows.untold, 0, "a new library tells of all rows");
    Ok(all)
}

/// A library with a row in every table of record, all changed since they were made where they can be.
async fn filled(catalog: &Catalog) -> Result<AssetId, CatalogError> {
    let id = write(catalog, async |tx| {
        ingest(tx, "b c.txt", "b").await?;
        let fact = state(tx);
        let folder =
            folders::Folder { id: FolderId::fresh(), parent: None, name: "a b".into(), last_fact: fact };
        folders::make(tx, &folder).await?;
        people(tx, fact).await?;
        waiting(tx, fact).await?;
        ingest(tx, "a.txt", "a").await
    });
    let id = id.await?;
    let version = assets::by_id(&mut catalog.read().await?, id).await?.expect("there").current_version;
    write(catalog, async move |tx| {
        let fact = tx.fact(ActorId::fresh(), Verb::VersionDescribed, &[id.0, version.0], Change::default());
        versions::set_described(tx, version, &Probe { width_px: Some(640), ..Probe::default() }, fact)
            .await?;
        files::set_essence(tx, hash("a"), EssenceHash::from(blake3::hash(b"pixels")), fact).await?;
        let tags = json!([{"group": "XMP-dc", "name": "Title", "value": "é"}]);
        embedded::put(tx, &[embedded::Embedded { file: hash("a"), reader: "one".into(), tags }], fact)
            .await?;
        page_text::put(tx, version, &[(1, "one".into()), (3, "three".into())], fact).await?;
        findings::put(tx, version, "describe", &[Finding::new(FindingCode::Truncated, "at byte 3")], fact)
            .await?;
        let name = "a sidecar.xmp".into();
        let part = versions::VersionFile { version, role: FileRole::Sidecar, file: hash("a"), name };
        versions::add_files(tx, &[part], fact).await?;
        let selector = Some(damask_model::Selector { page: Some(2), ..Default::default() });
        let (kind, object) = (RelationKind::PlacedIn, Uuid::now_v7());
        let relation = relations::Relation {
            id: RelationId::fresh(),
            kind,
            subject: id.0,
            object,
            selector,
            last_fact: fact,
        };
        relations::insert(tx, &relation).await?;
        assets::touch(tx, id, fact).await
    })
    .await?;
    Ok(id)
}

async fn people(tx: &mut damask_catalog::Tx, last_fact: FactId) -> Result<(), CatalogError> {
    let (id, created) = (UserId::fresh(), tx.now());
    let person = accounts::Account {
        id,
        name: "Ada".into(),
        email: "ada@example.test".into(),
        password_hash: "$argon2id$".into(),
        can: json!({"administer": true}),
        created,
        last_fact,
    };
    accounts::insert(tx, &person).await?;
    let key = keys::Key {
        id: KeyId::fresh(),
        name: "script".into(),
        secret_hash: [2; 32],
        account: id,
        scopes: json!(["read"]),
        created,
        expires: None,
        revoked: None,
        last_used: None,
        last_fact,
    };
    keys::insert(tx, &key).await
}

async fn waiting(tx: &mut damask_catalog::Tx, last_fact: FactId) -> Result<(), CatalogError> {
    let row = quarantine::Quarantined {
        id: QuarantineId::fresh(),
        actor: ActorId::fresh(),
        name: "x.exe".into(),
        path: "x.exe".into(),
        file: Some(hash("x")),
        bytes: 1,
        reason: "type-refused".into(),
        detail: "a program".into(),
        source: json!({"previews": true}),
        at: tx.now(),
        last_fact,
    };
    quarantine::insert(tx, &row).await.map(|_| ())
}

pub async fn what_every_write_leaves_agrees_with_its_facts(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    let id = filled(&catalog).await?;
    let mut conn = catalog.read().await?;
    let asset = assets::by_id(&mut conn, id).await?.expect("there");
    let version = asset.current_version;
    let waits = quarantine::page(&mut conn, None, None, None, 1).await?.remove(0);
    let place = locations::of_file(&mut conn, hash("a"), 1).await?.remove(0);
    let relation = relations::of_subject(&mut conn, id.0, 1).await?.remove(0);
    write(&catalog, async move |tx| {
        let fact = state(tx);
        quarantine::remove(tx, waits.id, fact).await?;
        locations::remove(tx, place.id, fact).await?;
        relations::remove(tx, relation.id, fact).await?;
        findings::put(tx, version, "describe", &[], fact).await?;
        page_text::put(tx, version, &[(2, "two".into())], fact).await?;
        // Twice by one fact, and by two facts of one write.
        assets::touch(tx, id, fact).await?;
        assets::set_state(tx, id, &StateName("approved".into()), fact, fact).await?;
        let later = state(tx);
        assets::touch(tx, id, later).await
    })
    .await?;
    assert_eq!(faults(&catalog).await?, Vec::<String>::new());
    Ok(())
}

pub async fn an_erased_payload_leaves_its_header_and_every_proof(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    filled(&catalog).await?;
    let before = journal::after(&mut catalog.read().await?, Seq(0), 100).await?;
    let last = before.last().expect("facts").header.seq;
    for seq in 1..=last.0 {
        let erase = async move |tx: &mut damask_catalog::Tx| {
            journal::erase_payload(tx, ActorId::fresh(), Seq(seq)).await
        };
        assert!(write(&catalog, erase).await?);
        assert!(!write(&catalog, erase).await?, "it is erased once");
    }
    let after = journal::after(&mut catalog.read().await?, Seq(0), 100).await?;
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(after.header, before.header);
        assert_eq!(after.change, None);
    }
    assert_eq!(faults(&catalog).await?, Vec::<String>::new());
    Ok(())
}

/// Changes the library by hand, asks what is found, and puts everything back.
async fn found(
    library: &Library,
    catalog: &Catalog,
    table: &str,
    sql: &str,
) -> Result<Vec<String>, CatalogError> {
    // Whoever can write to the database can do without its foreign keys.
    let (off, on) = if library.postgres() {
        ("SET session_replication_role = replica;", "")
    } else {
        ("PRAGMA foreign_keys = OFF;", "PRAGMA foreign_keys = ON;")
    };
    library.tamper(format!("{off} CREATE TABLE kept AS SELECT * FROM {table}; {sql}; {on}")).await;
    let found = faults(catalog).await;
    let back =
        format!("{off} DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept; DROP TABLE kept; {on}");
    library.tamper(back).await;
    found
}

/// What a column of that type is set to, so that it is another than it was.
fn another(library: &Library, table: &str, column: &str) -> String {
    let bytes = if library.postgres() { "decode('00', 'hex')" } else { "x'00'" };
    match (table, column) {
        (_, "failed") => "NOT failed".to_owned(),
        (_, "hash" | "essence_hash" | "secret_hash")
        | ("location" | "embedded" | "quarantine" | "version_file", "file") => bytes.to_owned(),
        (_, "number" | "bytes" | "page" | "stamp_bytes" | "inode") => format!("COALESCE({column}, 0) + 1000"),
        (_, name) if name.ends_with("_us") || name.ends_with("_ns") => format!("COALESCE({column}, 0) + 1"),
        _ => format!("COALESCE({column}, '') || 'x'"),
    }
}

pub async fn a_change_behind_the_back_is_found_in_every_column_of_record(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    filled(&catalog).await?;
    let mut tried: BTreeMap<&str, u32> = BTreeMap::new();
    let columns = proof::columns().collect::<Vec<_>>();
    let last_facts = columns.iter().map(|(table, _)| (*table, "last_fact"));
    for (table, column) in columns.iter().copied().chain(last_facts) {
        let one = format!(
            "WHERE {column} = (SELECT {column} FROM {table} ORDER BY {column} DESC LIMIT 1) OR {column} IS NULL"
        );
        let sql = format!("UPDATE {table} SET {column} = {} {one}", another(&library, table, column));
        let sql = if column == "failed" { format!("UPDATE {table} SET failed = NOT failed") } else { sql };
        assert!(!found(&library, &catalog, table, &sql).await?.is_empty(), "{table}.{column}");
        *tried.entry(table).or_default() += 1;
    }
    assert_eq!(tried.len(), 13, "{tried:?}");
    assert_eq!(faults(&catalog).await?, Vec::<String>::new(), "all was put back");
    Ok(())
}

pub async fn a_row_that_was_removed_forged_or_put_back_is_found(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    library.tamper("CREATE TABLE empty (a BIGINT)").await;
    filled(&catalog).await?;
    let tables: std::collections::BTreeSet<&str> = proof::columns().map(|(table, _)| table).collect();
    for table in &tables {
        let gone = found(&library, &catalog, table, &format!("DELETE FROM {table}")).await?;
        assert!(gone.iter().any(|fault| fault.contains("nobody removed it")), "{table}: {gone:?}");
    }
    // Each with the fact of another row, so that only what it says is wrong.
    let forged = "INSERT INTO folder (id, parent, name, last_fact) SELECT 'forged', '', 'forged', last_fact FROM folder";
    assert!(!found(&library, &catalog, "folder", forged).await?.is_empty());
    let page = "INSERT INTO page_text (version, page, text, last_fact) SELECT version, 9, 'forged', last_fact FROM \
                page_text WHERE page = 1";
    assert!(!found(&library, &catalog, "page_text", page).await?.is_empty());
    // The whole table as it was two facts ago: each row agrees with the fact it names.
    library.tamper("CREATE TABLE older AS SELECT * FROM asset").await;
    let id = write(&catalog, async |tx| ingest(tx, "c.txt", "c").await).await?;
    let asset = assets::by_ids(&mut catalog.read().await?, &[id]).await?.remove(0).asset;
    library.tamper("DELETE FROM older; INSERT INTO older SELECT * FROM asset").await;
    write(&catalog, async move |tx| {
        let fact = state(tx);
        assets::set_state(tx, asset.id, &StateName("approved".into()), asset.last_fact, fact).await
    })
    .await?;
    let back = found(&library, &catalog, "asset", "DELETE FROM asset; INSERT INTO asset SELECT * FROM older")
        .await?;
    assert!(back.iter().any(|fault| fault.contains("as it was before fact")), "{back:?}");
    assert_eq!(faults(&catalog).await?, Vec::<String>::new(), "all was put back");
    Ok(())
}

pub async fn a_change_of_the_journal_behind_the_back_is_found(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    filled(&catalog).await?;
    for (table, sql) in [
        ("fact_payload", "UPDATE fact_payload SET payload = '{\"after\":\"forged\"}' WHERE seq = 2"),
        ("fact_payload", "UPDATE fact_payload SET seq = seq + 100"),
        (
            "fact_payload",
            "UPDATE fact_payload SET salt = (SELECT salt FROM fact_payload WHERE seq = 1) WHERE seq = 2",
        ),
        ("fact_payload", "DELETE FROM fact_payload WHERE seq = 1"),
        (
            "fact_payload",
            "INSERT INTO fact_payload SELECT seq + 1000000, salt, payload FROM fact_payload WHERE seq = 1",
        ),
        ("fact_payload", "INSERT INTO fact_payload SELECT -1, salt, payload FROM fact_payload WHERE seq = 1"),
        ("fact", "DELETE FROM fact WHERE seq = 2"),
        ("fact", "UPDATE fact SET digest = other.digest FROM (SELECT digest FROM fact WHERE seq = 1) other"),
        ("fact", "UPDATE fact SET subjects = REPLACE(subjects, '0', '1')"),
        ("fact", "UPDATE fact SET subject_count = subject_count + 1 WHERE seq = 1"),
        ("fact", "UPDATE fact SET id = id || 'x' WHERE seq = 1"),
        ("fact_item", "DELETE FROM fact_item WHERE seq = 1"),
        ("fact_item", "INSERT INTO fact_item (subject, seq) VALUES ('forged', 1)"),
        ("fact_item", "INSERT INTO fact_item (subject, seq) VALUES ('forged', 1000000)"),
        ("fact_item", "UPDATE fact_item SET subject = REPLACE(subject, '0', '1') WHERE seq = 2"),
    ] {
        assert!(!found(&library, &catalog, table, sql).await?.is_empty(), "{sql}");
    }
    assert_eq!(faults(&catalog).await?, Vec::<String>::new(), "all was put back");
    Ok(())
}
