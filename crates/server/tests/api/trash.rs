//! Deleting, bringing back and undoing over the API; versions, and assets that someone works on.

use axum::http::{Method, StatusCode};
use serde_json::{Value as Json, json};

use crate::app::{SignedIn, signed_in};

impl SignedIn {
    async fn act(&self, path: &str, body: Json) -> Json {
        self.post(path).json(&body).send().await.expect(StatusCode::OK).json()
    }
}

#[tokio::test]
async fn deleting_is_undone_by_the_fact_that_its_answer_names() {
    let app = signed_in().await;
    let (one, two) = (app.bring("one.txt", "1").await, app.bring("two.txt", "2").await);
    let nobody = "0198c0de-0000-7000-8000-000000000000";
    let trashed = app.act("/api/v1/trash", json!({"assets": [one, two, nobody]})).await;
    assert_eq!(trashed["done"].as_array().map(Vec::len), Some(2));
    assert_eq!(trashed["refused"][0]["code"], "missing");
    assert!(app.found("").await.is_empty());
    assert_eq!(app.found("is:trashed").await.len(), 2);
    let whole = app.get(&format!("/api/v1/assets/{one}")).send().await.expect(StatusCode::OK).json();
    assert!(whole["trashed"].is_string() && whole["purge_at"].is_string(), "{whole}");
    app.get(&format!("/api/v1/assets/{one}/original")).send().await.problem(409, "in-trash");
    app.act("/api/v1/undo", json!({"fact": trashed["fact"]})).await;
    assert_eq!(app.found("").await.len(), 2);
}

#[tokio::test]
async fn only_the_trash_is_deleted_for_ever() {
    let app = signed_in().await;
    let one = app.bring("one.txt", "1").await;
    let purged = app.act("/api/v1/trash/purge", json!({"assets": [one]})).await;
    assert_eq!(purged["refused"][0]["code"], "not-in-trash");
    app.act("/api/v1/trash", json!({"assets": [one]})).await;
    let purged = app.act("/api/v1/trash/purge", json!({"assets": [one]})).await;
    assert_eq!((&purged["done"][0], &purged["fact"]), (&json!(one), &Json::Null));
    app.get(&format!("/api/v1/assets/{one}")).send().await.problem(404, "missing");
    app.post("/api/v1/trash/empty").send().await.expect(StatusCode::ACCEPTED);
    app.post("/api/v1/trash").json(&json!({"assets": []})).send().await.problem(422, "bad-selection");
}

#[tokio::test]
async fn a_file_replaces_another_and_the_one_before_comes_back() {
    let app = signed_in().await;
    let asset = app.bring("note.txt", "first").await;
    let put = app.ask(Method::PUT, &format!("/api/v1/files/note.txt?replaces={asset}")).body("second");
    assert_eq!(put.send().await.expect(StatusCode::CREATED).json()["asset"], json!(asset));
    let path = format!("/api/v1/assets/{asset}");
    let whole = app.get(&path).send().await.expect(StatusCode::OK).json();
    let versions = whole["versions"].as_array().expect("versions").clone();
    assert_eq!((versions.len(), &versions[0]["number"]), (2, &json!(2)));
    let first = versions[1]["id"].as_str().expect("an id");
    let old = app.get(&format!("{path}/original?version={first}")).send().await.expect(StatusCode::OK);
    assert_eq!(old.bytes, b"first");
    let current = |version: &str| {
        let ask = app.ask(Method::PUT, &format!("{path}/current-version"));
        ask.json(&json!({"version": version})).send()
    };
    let now = current(first).await.expect(StatusCode::OK);
    assert!(now.header("damask-seq").parse::<i64>().is_ok());
    assert_eq!(now.json()["version"], json!(first));
    assert_eq!(app.get(&format!("{path}/original")).send().await.expect(StatusCode::OK).bytes, b"first");
    current("0198c0de-0000-7000-8000-000000000000").await.problem(404, "missing");
    let compared =
        app.get(&format!("{path}/comparison?from=1&to=2")).send().await.expect(StatusCode::OK).json();
    assert_eq!(
        (&compared["from"]["version"]["number"], &compared["to"]["version"]["bytes"]),
        (&json!(1), &json!(6))
    );
    app.get(&format!("{path}/comparison?from=1&to=9")).send().await.problem(404, "missing");
}

#[tokio::test]
async fn a_file_whose_folder_has_its_name_asks_first_where_that_is_wanted() {
    let app = signed_in().await;
    let asset = app.bring("News/note.txt", "first").await;
    let put = |wish: &str| {
        app.ask(Method::PUT, &format!("/api/v1/files/News/note.txt?same_name={wish}")).body("2nd").send()
    };
    let problem = put("ask").await.problem(409, "same-name");
    assert_eq!(problem["asset"], json!(asset));
    assert_eq!(put("version").await.expect(StatusCode::CREATED).json()["asset"], json!(asset));
    put("overwrite").await.problem(422, "bad-upload");
    let metadata = "relativePath TmV3cy9ub3RlLnR4dA==,sameName YXNr";
    let begin = app.post("/api/v1/uploads").header("tus-resumable", "1.0.0").header("upload-length", "3");
    begin.header("upload-metadata", metadata).send().await.problem(409, "same-name");
}

#[tokio::test]
async fn what_someone_has_checked_out_others_only_look_at() {
    let app = signed_in().await;
    let asset = app.bring("note.txt", "first").await;
    let path = format!("/api/v1/assets/{asset}/checkout");
    let out = app.ask(Method::PUT, &path).json(&json!({"note": "retouching the sky"})).send().await;
    let whole = out.expect(StatusCode::OK).json();
    assert_eq!(
        (&whole["checkout"]["name"], &whole["checkout"]["note"]),
        (&json!("Ada"), &json!("retouching the sky"))
    );
    // A key of the same person is the same person; the machine's owner is not.
    let local = damask_flow::Caller::local();
    let damask = &app.app.library.damask;
    let put =
        damask_flow::trash::put(damask, &local, vec![asset.parse().expect("an id")]).await.expect("told");
    assert_eq!(put.refused.len(), 1);
    app.ask(Method::DELETE, &path).send().await.expect(StatusCode::OK);
    app.ask(Method::DELETE, &path).send().await.problem(409, "not-checked-out");
    damask_flow::versions::checkout::out(damask, &local, asset.parse().expect("an id"), "")
        .await
        .expect("theirs");
    app.ask(Method::DELETE, &path).send().await.problem(423, "checked-out");
    app.ask(Method::DELETE, &format!("{path}?take=true")).send().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn what_an_asset_can_be_is_suggested_also_where_none_in_view_is() {
    let app = signed_in().await;
    for (typed, suggested) in [
        ("is:tr", "is:trashed"),
        ("tras", "is:trashed"),
        ("-is:TR", "is:trashed"),
        ("is:", "is:checked-out"),
        ("finding:undec", "finding:undecodable"),
    ] {
        let path = format!("/api/v1/suggest?q={typed}");
        let list = app.get(&path).send().await.expect(StatusCode::OK).json();
        let items = list["items"].as_array().expect("items").clone();
        assert!(items.iter().filter(|item| item["text"] == suggested).count() == 1, "{typed}: {items:?}");
    }
}
