//! API keys: what they may do, what exists for them, until when.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::app::signed_in;

#[tokio::test]
async fn a_key_may_do_what_its_scopes_say_and_no_more() {
    let app = signed_in().await;
    let asset = app.bring("harbour.txt", "harbour").await;
    let reader = app.key(json!({"name": "reader", "scopes": ["read"]})).await;

    let path = format!("/api/v1/assets/{asset}");
    app.app.get(&path).key(&reader).send().await.expect(StatusCode::OK);
    app.app.get(&format!("{path}/original")).key(&reader).send().await.problem(403, "refused");
    let edit = app.app.ask(Method::PATCH, &path).key(&reader).json(&json!({"fields": {"title": ["x"]}}));
    edit.send().await.problem(403, "refused");
    app.app
        .ask(Method::PUT, "/api/v1/files/x.txt")
        .key(&reader)
        .body("x")
        .send()
        .await
        .problem(403, "refused");
    let keys = app.app.get("/api/v1/keys").key(&reader).send().await.expect(StatusCode::OK).json();
    assert_eq!(keys["items"], json!([]), "a key is no account: it has no keys");
    let another = json!({"name": "another", "scopes": ["admin"]});
    app.app.post("/api/v1/keys").key(&reader).json(&another).send().await.problem(403, "no-account");

    let worker = app.key(json!({"name": "worker", "scopes": ["read", "write", "download"]})).await;
    app.app.get(&format!("{path}/original")).key(&worker).send().await.expect(StatusCode::OK);
    let put = app.app.ask(Method::PUT, "/api/v1/files/y.txt").key(&worker).body("y");
    put.send().await.expect(StatusCode::CREATED);
    let me = app.app.get("/api/v1/session").key(&worker).send().await.expect(StatusCode::OK).json();
    assert_eq!((&me["user"], &me["can"]["administer"]), (&json!(null), &json!(false)));
}

#[tokio::test]
async fn an_asset_outside_of_a_keys_query_is_missing_and_not_counted() {
    let app = signed_in().await;
    let inside = app.bring("harbour.txt", "the harbour").await;
    let outside = app.bring("mountain.txt", "the mountain").await;
    assert_eq!(app.found("").await.len(), 2);
    let key =
        app.key(json!({"name": "harbour only", "scopes": ["read", "download"], "query": "harbour"})).await;

    let seq = app.app.library.damask.seq();
    let page =
        app.app.get(&format!("/api/v1/assets?at_least={seq}")).key(&key).send().await.expect(StatusCode::OK);
    assert_eq!(page.json()["total"], 1);
    assert_eq!(page.json()["items"][0]["id"], inside);
    for rest in ["", "/tags", "/text", "/history", "/original"] {
        let reply = app.app.get(&format!("/api/v1/assets/{outside}{rest}")).key(&key).send().await;
        reply.problem(404, "missing");
    }
    let version = app.get(&format!("/api/v1/assets/{outside}")).send().await.json()["version"].clone();
    let picture = format!("/i/{}/box-256x256.jpg", version.as_str().expect("version"));
    app.app.get(&picture).key(&key).send().await.problem(404, "missing");
}

#[tokio::test]
async fn a_key_ends_when_it_expires_or_is_revoked() {
    let app = signed_in().await;
    let short = app.key(json!({"name": "a day", "scopes": ["read"], "expires_in_days": 1})).await;
    app.app.get("/api/v1/fields").key(&short).send().await.expect(StatusCode::OK);
    app.app.library.pass(90_000);
    let reply = app.app.get("/api/v1/fields").key(&short).send().await;
    assert!(reply.header("www-authenticate").contains("invalid_token"));
    reply.problem(401, "not-signed-in");
}

#[tokio::test]
async fn a_revoked_key_is_known_no_longer() {
    let app = signed_in().await;
    let secret = app.key(json!({"name": "website", "scopes": ["read", "write"]})).await;
    let list = app.get("/api/v1/keys").send().await.expect(StatusCode::OK).json();
    assert_eq!(list["items"][0]["scopes"], json!(["read", "write"]));
    assert!(list["items"][0].get("secret").is_none());
    let path = format!("/api/v1/keys/{}", list["items"][0]["id"].as_str().expect("id"));
    app.ask(Method::DELETE, &path).send().await.expect(StatusCode::NO_CONTENT);
    app.app.get("/api/v1/fields").key(&secret).send().await.problem(401, "not-signed-in");
    app.ask(Method::DELETE, &path).send().await.problem(404, "missing");
}

#[tokio::test]
async fn a_key_that_cannot_be_is_refused() {
    let app = signed_in().await;
    for body in [
        json!({"name": "", "scopes": []}),
        json!({"name": "x", "scopes": ["everything"]}),
        json!({"name": "x", "scopes": [], "expires_in_days": 0}),
        json!({"name": "x", "scopes": [], "secret": "mine"}),
        json!({"scopes": []}),
    ] {
        app.post("/api/v1/keys").json(&body).send().await.problem(422, "bad-value");
    }
    app.post("/api/v1/keys").body("{}").send().await.problem(415, "wrong-media-type");
    app.post("/api/v1/keys")
        .header("content-type", "application/json")
        .body("{")
        .send()
        .await
        .problem(400, "bad-json");
}
