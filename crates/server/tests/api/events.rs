//! Live events: in order, resumed without a gap, bounded.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Method, Response, StatusCode},
};
use damask_server::ServerOptions;
use http_body_util::BodyExt;
use serde_json::json;

use crate::app::{App, SignedIn, signed_in};

/// Reads until `count` facts came, and answers their ids.
async fn facts(response: Response<Body>, count: usize) -> Vec<i64> {
    let mut body = response.into_body();
    let mut text = String::new();
    let ids = |text: &str| -> Vec<i64> {
        let events =
            text.split("\n\n").filter(|event| event.contains("event: fact") && event.contains("data: "));
        events
            .filter_map(|event| event.lines().find_map(|line| line.strip_prefix("id: ")?.parse().ok()))
            .collect()
    };
    while ids(&text).len() < count {
        let frame = tokio::time::timeout(Duration::from_secs(20), body.frame()).await;
        let frame = frame.expect("an event in time").expect("an open stream").expect("a frame");
        text.push_str(std::str::from_utf8(frame.data_ref().expect("data")).expect("UTF-8"));
    }
    assert!(text.starts_with("event: ready"), "{text}");
    ids(&text)
}

async fn follow(app: &SignedIn, after: Option<i64>) -> Response<Body> {
    let mut ask = app.get("/api/v1/events");
    if let Some(after) = after {
        ask = ask.header("last-event-id", &after.to_string());
    }
    let response = ask.open().await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    response
}

#[tokio::test]
async fn a_reader_that_comes_back_misses_nothing_and_sees_nothing_twice() {
    let app = signed_in().await;
    let start = app.app.library.damask.seq().0;
    app.bring("a.txt", "a").await;
    let stream = follow(&app, Some(start)).await;
    app.bring("b.txt", "b").await;
    let seen = facts(stream, 2).await;
    let last = *seen.last().expect("a fact");
    app.bring("c.txt", "c").await;
    let rest = facts(follow(&app, Some(last)).await, 1).await;
    let all: Vec<i64> = seen.into_iter().chain(rest).collect();
    let expected: Vec<i64> = (start + 1..=start + i64::try_from(all.len()).expect("few")).collect();
    assert_eq!(all, expected);
}

#[tokio::test]
async fn a_caller_holds_only_so_many_streams_open() {
    let options = ServerOptions { event_streams_max: 2, ..ServerOptions::default() };
    let app = App::with(options).await.signed_in().await;
    let first = follow(&app, None).await;
    let _second = follow(&app, None).await;
    app.get("/api/v1/events").send().await.problem(429, "too-many-streams");
    drop(first);
    follow(&app, None).await;
}

#[tokio::test]
async fn an_id_that_no_fact_has_is_refused() {
    let app = signed_in().await;
    for id in ["x", "-1", "1.5"] {
        app.get("/api/v1/events").header("last-event-id", id).send().await.problem(400, "bad-request");
    }
}

#[tokio::test]
async fn a_stream_ends_when_its_key_or_session_does() {
    let options =
        ServerOptions { event_caller_checked_every: Duration::from_millis(20), ..ServerOptions::default() };
    let app = App::with(options).await.signed_in().await;
    let secret = app.key(json!({"name": "wall", "scopes": ["read"]})).await;
    let by_key = app.app.get("/api/v1/events").key(&secret).open().await;
    let by_session = follow(&app, None).await;
    let list = app.get("/api/v1/keys").send().await.json();
    let path = format!("/api/v1/keys/{}", list["items"][0]["id"].as_str().expect("id"));
    app.ask(Method::DELETE, &path).send().await.expect(StatusCode::NO_CONTENT);
    let ends = |response: Response<Body>| {
        tokio::time::timeout(Duration::from_secs(20), response.into_body().collect())
    };
    ends(by_key).await.expect("it ends").expect("well");
    let mut by_session = by_session.into_body();
    by_session.frame().await.expect("it is open").expect("ready");
    let more = tokio::time::timeout(Duration::from_millis(100), async {
        while let Some(frame) = by_session.frame().await {
            frame.expect("a frame");
        }
    });
    more.await.expect_err("the session goes on");
    app.ask(Method::DELETE, "/api/v1/session").send().await.expect(StatusCode::NO_CONTENT);
    let rest = tokio::time::timeout(Duration::from_secs(20), by_session.collect());
    rest.await.expect("it ends").expect("well");
}
