//! Writes that are sent again with the same key.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::app::signed_in;

#[tokio::test]
async fn a_write_sent_again_with_its_key_is_answered_again_and_not_done_again() {
    let app = signed_in().await;
    let path = format!("/api/v1/assets/{}", app.bring("harbour.txt", "harbour").await);
    let edit = |key: &'static str, title: &str| {
        let body = json!({"fields": {"title": [title]}});
        app.ask(Method::PATCH, &path).header("idempotency-key", key).json(&body).send()
    };
    let first = edit("one", "Dawn").await.expect(StatusCode::OK);
    let seq = app.app.library.damask.seq();
    let again = edit("one", "Dawn").await.expect(StatusCode::OK);
    assert_eq!(again.header("idempotency-replayed"), "true");
    for name in ["etag", "damask-seq", "content-type"] {
        assert_eq!(again.header(name), first.header(name), "{name}");
    }
    assert_eq!(again.json(), first.json());
    assert_eq!(app.app.library.damask.seq(), seq, "nothing was done");

    edit("one", "Dusk").await.problem(422, "key-reused");
    edit("two", "Dusk").await.expect(StatusCode::OK);
    app.app.library.pass(25 * 3_600);
    let later = edit("one", "Noon").await.expect(StatusCode::OK);
    assert_eq!(later.header("idempotency-replayed"), "", "a day later the key is fresh again");
}

#[tokio::test]
async fn of_the_same_requests_at_once_one_is_carried_out() {
    let app = signed_in().await;
    let path = format!("/api/v1/assets/{}", app.bring("harbour.txt", "harbour").await);
    let before = app.app.library.damask.seq().0;
    let body = json!({"fields": {"title": ["Dawn"]}});
    let edit = || app.ask(Method::PATCH, &path).header("idempotency-key", "one").json(&body).send();
    let replies = futures::future::join_all((0..8).map(|_| edit())).await;
    let fresh = |reply: &crate::app::Reply| {
        reply.status == StatusCode::OK && reply.header("idempotency-replayed").is_empty()
    };
    assert_eq!(replies.iter().filter(|reply| fresh(reply)).count(), 1, "{replies:?}");
    for reply in replies.into_iter().filter(|reply| reply.status != StatusCode::OK) {
        assert_eq!(reply.header("retry-after"), "1");
        reply.problem(409, "not-yet");
    }
    assert_eq!(app.app.library.damask.seq().0, before + 1, "one edit was made");
}

#[tokio::test]
async fn a_refusal_is_answered_again_too_and_an_odd_key_is_refused() {
    let app = signed_in().await;
    let path = format!("/api/v1/assets/{}", app.bring("harbour.txt", "harbour").await);
    let edit = |key: &str| {
        let body = json!({"fields": {"no-such-field": ["x"]}});
        app.ask(Method::PATCH, &path).header("idempotency-key", key).json(&body).send()
    };
    edit("one").await.problem(422, "unknown-field");
    let again = edit("one").await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    again.problem(422, "unknown-field");
    edit("").await.problem(400, "bad-request");
    edit(&"k".repeat(201)).await.problem(400, "bad-request");
}

#[tokio::test]
async fn a_secret_is_never_kept_for_another_time() {
    let app = signed_in().await;
    let make = || {
        let body = json!({"name": "desk", "scopes": ["read"]});
        app.post("/api/v1/keys").header("idempotency-key", "one").json(&body).send()
    };
    let (first, second) = (make().await, make().await);
    assert_eq!((first.status, second.status), (StatusCode::CREATED, StatusCode::CREATED));
    assert_ne!(first.json(), second.json(), "each request makes a key of its own");
}
