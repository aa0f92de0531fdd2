//! What keeps a library safe, over HTTP: checks, backups, accounts, and what is seen of files in quarantine.

use std::path::Path;

use axum::http::{Method, StatusCode};
use damask_flow::backup::{Place, Target, schedule::Plan};
use serde_json::{Value as Json, json};

use crate::app::{Reply, SignedIn, signed_in};

fn lines(reply: &Reply) -> Vec<Json> {
    assert_eq!(reply.header("content-type"), "application/x-ndjson");
    let text = std::str::from_utf8(&reply.bytes).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn plan(folder: &Path) -> Plan {
    let place = Place::Folder(folder.join("backups"));
    let target = Target { place, key: None };
    Plan { target, place: "the shelf".to_owned(), every_hours: None, keep: Some(3) }
}

#[tokio::test]
async fn an_administrator_is_told_of_a_check_by_area_and_how_far_it_is() {
    let app = signed_in().await;
    app.bring("harbour.txt", "harbour").await;
    let told = lines(&app.get("/api/v1/check?quick=1").send().await.expect(StatusCode::OK));
    for area in ["glass", "journal", "notary", "catalog", "bytes", "index"] {
        assert!(told.iter().any(|line| line["area"] == area), "{area}: {told:?}");
    }
    // This library has no decoders behind its glass.
    assert!(told.iter().all(|line| line["fault"] == false || line["area"] == "glass"), "{told:?}");
    assert!(told.iter().all(|line| line["done"].is_null()));
    let watched = lines(&app.get("/api/v1/check?progress=1").send().await.expect(StatusCode::OK));
    let far = watched.iter().find(|line| line["area"] == "bytes" && line["done"].is_u64());
    assert_eq!(far.expect("how far it is"), &json!({"area": "bytes", "done": 7, "of": 7}));
}

#[tokio::test]
async fn checks_backups_and_accounts_are_for_administrators() {
    let app = signed_in().await;
    let key = app.key(json!({"name": "reader", "scopes": ["read", "write", "download"]})).await;
    let folder = tempfile::tempdir().expect("a folder");
    app.app.library.damask.plan_backups(plan(folder.path()));
    for path in ["check", "backups", "accounts"] {
        app.app.get(&format!("/api/v1/{path}")).key(&key).send().await.problem(403, "refused");
    }
    app.app.post("/api/v1/backups").key(&key).send().await.problem(403, "refused");
    for (act, body) in [("verify", json!({})), ("prune", json!({"keep": 1}))] {
        let asked = app.app.post(&format!("/api/v1/backups/{act}")).key(&key).json(&body);
        asked.send().await.problem(403, "refused");
    }
}

#[tokio::test]
async fn backups_are_made_listed_verified_and_removed_at_the_place_of_the_plan() {
    let app = signed_in().await;
    app.bring("harbour.txt", "harbour").await;
    app.get("/api/v1/backups").send().await.problem(422, "no-backup-plan");
    let folder = tempfile::tempdir().expect("a folder");
    app.app.library.damask.plan_backups(plan(folder.path()));
    let list = async || app.get("/api/v1/backups").send().await.expect(StatusCode::OK).json();
    assert_eq!(
        list().await,
        json!({"items": [], "place": "the shelf", "every_hours": null, "keep": 3, "sealed": false})
    );
    let make = async || {
        let told = lines(&app.post("/api/v1/backups").send().await.expect(StatusCode::OK));
        told.last().expect("a line")["backup"]["id"].as_str().expect("a backup").to_owned()
    };
    let (first, second) = (make().await, make().await);
    let items = list().await["items"].clone();
    assert_eq!((&items[0]["id"], &items[1]["id"]), (&json!(second), &json!(first)), "the newest first");
    assert_eq!(items[0]["backup"]["assets"], 1);

    let verify = async |body: Json| {
        lines(&app.post("/api/v1/backups/verify").json(&body).send().await.expect(StatusCode::OK))
    };
    let one = verify(json!({"backup": first})).await;
    assert!(one.len() == 1 && one[0]["fault"] == false, "{one:?}");
    assert!(one[0]["detail"].as_str().expect("words").contains(&first));
    assert_eq!(verify(json!({})).await.len(), 2);

    app.post("/api/v1/backups/prune").json(&json!({})).send().await.problem(422, "bad-backup");
    app.post("/api/v1/backups/prune").json(&json!({"keep": 0})).send().await.problem(422, "bad-value");
    let pruned = app.post("/api/v1/backups/prune").json(&json!({"keep": 1})).send().await;
    assert_eq!(pruned.expect(StatusCode::OK).json()["backups"], 1);
    assert_eq!(list().await["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(list().await["items"][0]["id"], second);
}

async fn quarantined(app: &SignedIn, path: &str, bytes: &[u8]) -> String {
    let put = app.ask(Method::PUT, &format!("/api/v1/files/{path}")).body(bytes);
    assert_eq!(put.send().await.expect(StatusCode::CREATED).json()["outcome"], "quarantined");
    let list = app.get("/api/v1/quarantine").send().await.expect(StatusCode::OK).json();
    list["items"][0]["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn files_in_quarantine_are_listed_by_reason_and_what_has_no_picture_says_so() {
    let app = signed_in().await;
    let tool = std::fs::read("/bin/true").expect("a program");
    let program = quarantined(&app, "tool.bin", &tool).await;
    let page = quarantined(&app, "shore.jpg", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n").await;
    let listed = async |query: &str| {
        let list = app.get(&format!("/api/v1/quarantine{query}")).send().await.expect(StatusCode::OK).json();
        let items = list["items"].as_array().expect("items").clone();
        items.iter().map(|item| item["id"].as_str().expect("an id").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(listed("").await, [page.clone(), program.clone()]);
    assert_eq!(listed("?code=name-differs").await, std::slice::from_ref(&page));
    assert_eq!(listed("?code=type-refused").await, std::slice::from_ref(&program));
    assert_eq!(listed("?code=malware").await, Vec::<String>::new());
    assert_eq!(listed(&format!("?code=type-refused&after={program}")).await, Vec::<String>::new());
    app.get(&format!("/api/v1/quarantine/{program}/preview")).send().await.problem(404, "missing");
}

#[tokio::test]
async fn an_administrator_sees_who_may_sign_in() {
    let app = signed_in().await;
    let list = app.get("/api/v1/accounts").send().await.expect(StatusCode::OK).json();
    assert_eq!(list["next"], Json::Null);
    let accounts = list["items"].as_array().expect("items");
    assert_eq!(accounts.len(), 1);
    assert_eq!((&accounts[0]["name"], &accounts[0]["email"]), (&json!("Ada"), &json!("ada@example.org")));
    assert!(accounts[0].get("password_hash").is_none());
}
