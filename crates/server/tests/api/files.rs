//! Bringing in a file by PUT.

use axum::http::{Method, StatusCode};

use crate::app::signed_in;

#[tokio::test]
async fn a_file_is_brought_in_and_known_again() {
    let app = signed_in().await;
    let put = || app.ask(Method::PUT, "/api/v1/files/news/2026/harbour.txt").body("harbour");
    let first = put().send().await.expect(StatusCode::CREATED).json();
    assert_eq!(
        (first["outcome"].as_str(), first["path"].as_str()),
        (Some("imported"), Some("news/2026/harbour.txt"))
    );
    let again = put().send().await.expect(StatusCode::CREATED).json();
    assert_eq!((again["outcome"].as_str(), &again["asset"]), (Some("already-here"), &first["asset"]));
    assert_eq!(app.found("harbour").await, ["harbour.txt"]);
}

#[tokio::test]
async fn a_path_that_tries_to_climb_is_refused() {
    let app = signed_in().await;
    for path in ["..%2Fescape.txt", "a%2F%2Fb", "a%2F..%2Fb", "a%00b", "a%0Ab"] {
        let reply = app.ask(Method::PUT, &format!("/api/v1/files/{path}")).body("x").send().await;
        reply.problem(422, "bad-path");
    }
    assert_eq!(app.found("").await.len(), 0);
}

#[tokio::test]
async fn a_file_in_quarantine_is_let_in_or_thrown_away() {
    let app = signed_in().await;
    let (program, other) = ("/bin/true", "/bin/false");
    for (path, file) in [("tools/true.exe", program), ("tools/false.exe", other)] {
        let bytes = std::fs::read(file).expect("a program");
        let put = app.ask(Method::PUT, &format!("/api/v1/files/{path}")).body(bytes);
        assert_eq!(put.send().await.expect(StatusCode::CREATED).json()["outcome"], "quarantined");
    }
    let list = app.get("/api/v1/quarantine").send().await.expect(StatusCode::OK).json();
    assert_eq!(list["items"][1]["path"], "tools/true.exe", "{list}");
    let act = |item: usize, act: &str| {
        let id = list["items"][item]["id"].as_str().expect("an id");
        app.post(&format!("/api/v1/quarantine/{id}/{act}"))
    };
    let worker = app.key(serde_json::json!({"name": "worker", "scopes": ["read", "write"]})).await;
    for what in ["admit", "discard"] {
        let path = format!("/api/v1/quarantine/{}/{what}", list["items"][0]["id"].as_str().expect("an id"));
        app.app.post(&path).key(&worker).send().await.problem(403, "refused");
    }
    let let_in = act(1, "admit").send().await.expect(StatusCode::OK).json();
    assert_eq!((&let_in["outcome"], &let_in["path"]), (&"imported".into(), &"tools/true.exe".into()));
    let asset =
        app.get(&format!("/api/v1/assets/{}", let_in["asset"].as_str().expect("an asset"))).send().await;
    assert_eq!(asset.expect(StatusCode::OK).json()["folder"]["path"], "tools");
    act(0, "discard").send().await.expect(StatusCode::NO_CONTENT);
    for (item, what) in [(1, "admit"), (0, "discard"), (0, "admit")] {
        act(item, what).send().await.problem(404, "missing");
    }
    assert_eq!(app.get("/api/v1/quarantine").send().await.json()["items"], serde_json::json!([]));
}
