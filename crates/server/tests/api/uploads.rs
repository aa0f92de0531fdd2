//! Resumable uploads as the tus protocol has them.

use std::{io, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{Method, StatusCode},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use damask_server::ServerOptions;
use futures::{StreamExt as _, stream};
use sha1::{Digest, Sha1};

use crate::app::{App, Ask, Reply, SignedIn, signed_in};

const CHUNK: &str = "application/offset+octet-stream";

fn ask<'a>(app: &'a SignedIn, method: Method, path: &str) -> Ask<'a> {
    app.ask(method, path).header("tus-resumable", "1.0.0")
}

async fn begin(app: &SignedIn, name: &str, length: usize) -> String {
    let metadata = format!("filename {}", STANDARD.encode(name));
    let create = ask(app, Method::POST, "/api/v1/uploads")
        .header("upload-length", &length.to_string())
        .header("upload-metadata", &metadata);
    let reply = create.send().await.expect(StatusCode::CREATED);
    assert_eq!(reply.header("tus-resumable"), "1.0.0");
    assert_ne!(reply.header("upload-expires"), "");
    reply.header("location").to_owned()
}

async fn chunk(app: &SignedIn, upload: &str, offset: usize, bytes: &[u8]) -> Reply {
    let patch = ask(app, Method::PATCH, upload).header("upload-offset", &offset.to_string());
    patch.header("content-type", CHUNK).body(bytes).send().await
}

async fn offset(app: &SignedIn, upload: &str) -> String {
    let reply = ask(app, Method::HEAD, upload).send().await.expect(StatusCode::OK);
    assert_eq!(reply.header("cache-control"), "no-store");
    reply.header("upload-offset").to_owned()
}

#[tokio::test]
async fn the_server_says_what_its_uploads_can_do() {
    let app = signed_in().await;
    let reply = app.app.ask(Method::OPTIONS, "/api/v1/uploads").send().await.expect(StatusCode::NO_CONTENT);
    for (name, value) in [
        ("tus-resumable", "1.0.0"),
        ("tus-version", "1.0.0"),
        (
            "tus-extension",
            "creation,creation-with-upload,creation-defer-length,checksum,termination,expiration,concatenation",
        ),
        ("tus-checksum-algorithm", "sha1"),
    ] {
        assert_eq!(reply.header(name), value);
    }
    assert!(reply.header("tus-max-size").parse::<u64>().is_ok_and(|bytes| bytes > 0));
}

#[tokio::test]
async fn an_upload_is_resumed_where_it_stands_and_becomes_an_asset() {
    let app = signed_in().await;
    let upload = begin(&app, "harbour.txt", 12).await;
    assert_eq!(offset(&app, &upload).await, "0");
    let first = chunk(&app, &upload, 0, b"harbour").await.expect(StatusCode::NO_CONTENT);
    assert_eq!((first.header("upload-offset"), first.header("damask-asset")), ("7", ""));
    assert_eq!(offset(&app, &upload).await, "7");
    let last = chunk(&app, &upload, 7, b" dawn").await.expect(StatusCode::NO_CONTENT);
    assert_eq!((last.header("upload-offset"), last.header("damask-outcome")), ("12", "imported"));
    assert!(last.header("access-control-expose-headers").contains("Damask-Asset"));
    let original = format!("/api/v1/assets/{}/original", last.header("damask-asset"));
    assert_eq!(app.get(&original).send().await.expect(StatusCode::OK).bytes, b"harbour dawn");
}

#[tokio::test]
async fn an_upload_can_begin_with_its_bytes() {
    let app = signed_in().await;
    let create = || {
        ask(&app, Method::POST, "/api/v1/uploads")
            .header("upload-length", "7")
            .header("upload-metadata", "filename aGFyYm91ci50eHQ=")
            .header("content-type", CHUNK)
            .body("harbour")
    };
    let reply = create().send().await.expect(StatusCode::CREATED);
    assert_eq!((reply.header("upload-offset"), reply.header("damask-outcome")), ("7", "imported"));
    let again = create().send().await.expect(StatusCode::CREATED);
    assert_eq!(again.header("damask-outcome"), "already-here");
    assert_eq!(again.header("damask-asset"), reply.header("damask-asset"));
}

#[tokio::test]
async fn a_chunk_at_another_offset_is_refused() {
    let app = signed_in().await;
    let upload = begin(&app, "harbour.txt", 10).await;
    chunk(&app, &upload, 3, b"x").await.problem(409, "offset-conflict");
    chunk(&app, &upload, 0, b"01234567890").await.problem(413, "too-large");
    assert_eq!(offset(&app, &upload).await, "0");
}

#[tokio::test]
async fn a_chunk_that_differs_from_its_checksum_is_dropped() {
    let app = signed_in().await;
    let upload = begin(&app, "harbour.txt", 7).await;
    let send = |checksum: String| {
        ask(&app, Method::PATCH, &upload)
            .header("upload-offset", "0")
            .header("content-type", CHUNK)
            .header("upload-checksum", &checksum)
            .body("harbour")
            .send()
    };
    let sum = |text: &str| format!("sha1 {}", STANDARD.encode(Sha1::digest(text)));
    send(sum("mountain")).await.problem(460, "checksum-mismatch");
    assert_eq!(offset(&app, &upload).await, "0");
    send("md5 aGk=".to_owned()).await.problem(400, "bad-checksum");
    let reply = send(sum("harbour")).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(reply.header("damask-outcome"), "imported");
}

#[tokio::test]
async fn an_upload_that_is_given_up_is_gone() {
    let app = signed_in().await;
    let upload = begin(&app, "harbour.txt", 7).await;
    ask(&app, Method::DELETE, &upload).send().await.expect(StatusCode::NO_CONTENT);
    let reply = ask(&app, Method::HEAD, &upload).send().await;
    assert!([StatusCode::NOT_FOUND, StatusCode::GONE].contains(&reply.status));
}

#[tokio::test]
async fn an_unfinished_upload_expires() {
    let app = signed_in().await;
    let key = app.key(serde_json::json!({"name": "w", "scopes": ["write"]})).await;
    let upload = {
        let create = app.app.post("/api/v1/uploads").key(&key).header("tus-resumable", "1.0.0");
        create
            .header("upload-length", "3")
            .send()
            .await
            .expect(StatusCode::CREATED)
            .header("location")
            .to_owned()
    };
    // Sessions end sooner than uploads; the key does not end.
    app.app.library.pass(8 * 24 * 3_600);
    let patch = app.app.ask(Method::PATCH, &upload).key(&key).header("tus-resumable", "1.0.0");
    let patch = patch.header("upload-offset", "0").header("content-type", CHUNK).body("abc");
    patch.send().await.problem(410, "upload-expired");
}

#[tokio::test]
async fn headers_that_cannot_be_read_are_refused() {
    let app = signed_in().await;
    let create = || ask(&app, Method::POST, "/api/v1/uploads").header("upload-length", "7");
    create().header("tus-resumable", "0.2.2").send().await.problem(412, "tus-version");
    let reply = app.post("/api/v1/uploads").header("upload-length", "7").send().await;
    assert_eq!(reply.header("tus-version"), "1.0.0");
    reply.problem(412, "tus-version");
    create().header("upload-length", "seven").send().await.problem(400, "bad-request");
    create().header("upload-length", "99999999999999").send().await.problem(413, "too-large");
    create().header("upload-metadata", "filename !").send().await.problem(400, "bad-request");
    let upload = begin(&app, "harbour.txt", 7).await;
    let patch = || ask(&app, Method::PATCH, &upload).body("harbour");
    patch().header("upload-offset", "0").send().await.problem(415, "wrong-media-type");
    patch().header("content-type", CHUNK).send().await.problem(400, "bad-request");
}

#[tokio::test]
async fn where_only_post_gets_through_it_can_stand_for_the_other_methods() {
    let app = signed_in().await;
    let upload = begin(&app, "harbour.txt", 7).await;
    let post = |method: &str| ask(&app, Method::POST, &upload).header("x-http-method-override", method);
    let patch = post("PATCH").header("upload-offset", "0").header("content-type", CHUNK).body("harb");
    assert_eq!(patch.send().await.expect(StatusCode::NO_CONTENT).header("upload-offset"), "4");
    post("PUT").send().await.problem(405, "wrong-method");
    post("DELETE").send().await.expect(StatusCode::NO_CONTENT);
}

/// A body that begins so and then says nothing more, as of a client whose network went away.
fn silent_after(bytes: &'static [u8]) -> Body {
    let begun = stream::iter([Ok::<_, io::Error>(Bytes::from_static(bytes))]);
    Body::from_stream(begun.chain(stream::pending()))
}

#[tokio::test]
async fn an_upload_whose_sender_fell_silent_comes_free_and_keeps_what_came() {
    let options = ServerOptions { body_silence_max: Duration::from_millis(50), ..ServerOptions::default() };
    let app = App::with(options).await.signed_in().await;
    let upload = begin(&app, "harbour.txt", 12).await;
    let patch = ask(&app, Method::PATCH, &upload).header("upload-offset", "0").header("content-type", CHUNK);
    let reply = tokio::time::timeout(Duration::from_secs(20), patch.send_pouring(silent_after(b"harbour")));
    let reply = reply.await.expect("it ends").expect(StatusCode::NO_CONTENT);
    assert_eq!((reply.header("upload-offset"), offset(&app, &upload).await.as_str()), ("7", "7"));
    let last = chunk(&app, &upload, 7, b" dawn").await.expect(StatusCode::NO_CONTENT);
    assert_eq!(last.header("damask-outcome"), "imported");

    let put = app.ask(Method::PUT, "/api/v1/files/half.txt").send_pouring(silent_after(b"half"));
    let reply = tokio::time::timeout(Duration::from_secs(20), put).await.expect("it ends");
    let problem = reply.problem(400, "upload-broken");
    assert!(problem["detail"].as_str().is_some_and(|words| words.contains("nothing came")), "{problem}");
    assert_eq!(app.found("").await, ["harbour.txt"]);
}

#[tokio::test]
async fn only_so_many_bodies_are_received_at_once() {
    let options = ServerOptions { bodies_max: 1, ..ServerOptions::default() };
    let app = App::with(options).await.signed_in().await;
    let upload = begin(&app, "harbour.txt", 7).await;
    let (bytes, body) = futures::channel::mpsc::unbounded::<io::Result<Bytes>>();
    let (received, is_received) = futures::channel::oneshot::channel();
    // It is being received when it is asked for its first bytes.
    let begun = stream::once(async move {
        received.send(()).expect("the others wait");
        Ok(Bytes::from_static(b"the "))
    });
    let first =
        app.ask(Method::PUT, "/api/v1/files/first.txt").send_pouring(Body::from_stream(begun.chain(body)));
    let others = async {
        is_received.await.expect("it comes in");
        let refused = app.ask(Method::PUT, "/api/v1/files/second.txt").body("second").send().await;
        assert_eq!(refused.header("retry-after"), "5");
        refused.problem(503, "too-many-bodies");
        chunk(&app, &upload, 0, b"harbour").await.problem(503, "too-many-bodies");
        begin(&app, "of no bytes yet.txt", 7).await;
        bytes.unbounded_send(Ok(Bytes::from_static(b"first"))).expect("it is received");
        drop(bytes);
    };
    let (first, ()) = tokio::join!(first, others);
    first.expect(StatusCode::CREATED);
    chunk(&app, &upload, 0, b"harbour").await.expect(StatusCode::NO_CONTENT);
}

/// A part that has come whole.
async fn part(app: &SignedIn, bytes: &'static str) -> String {
    let create = ask(app, Method::POST, "/api/v1/uploads").header("upload-concat", "partial");
    let create = create.header("upload-length", &bytes.len().to_string()).header("content-type", CHUNK);
    let reply = create.body(bytes).send().await.expect(StatusCode::CREATED);
    assert_eq!((reply.header("upload-concat"), reply.header("damask-outcome")), ("partial", ""));
    reply.header("location").to_owned()
}

fn join<'a>(app: &'a SignedIn, parts: &[&str]) -> Ask<'a> {
    let metadata = format!("filename {}", STANDARD.encode("harbour.txt"));
    let create = ask(app, Method::POST, "/api/v1/uploads").header("upload-metadata", &metadata);
    create.header("upload-concat", &format!("final;{}", parts.join(" ")))
}

#[tokio::test]
async fn parts_sent_beside_one_another_become_one_file() {
    let app = signed_in().await;
    let (first, second) = (part(&app, "harbour").await, part(&app, " dawn").await);
    assert_eq!(app.found("").await, Vec::<String>::new(), "a part is no asset");
    let made = join(&app, &[&first, &second]).send().await.expect(StatusCode::CREATED);
    assert_eq!((made.header("upload-offset"), made.header("upload-length")), ("12", "12"));
    assert_eq!(made.header("damask-outcome"), "imported");
    let original = format!("/api/v1/assets/{}/original", made.header("damask-asset"));
    assert_eq!(app.get(&original).send().await.expect(StatusCode::OK).bytes, b"harbour dawn");

    let head = ask(&app, Method::HEAD, made.header("location")).send().await.expect(StatusCode::OK);
    assert_eq!(head.header("upload-concat"), format!("final;{first} {second}"));
    assert_eq!(
        (head.header("upload-offset"), head.header("damask-asset")),
        ("12", made.header("damask-asset"))
    );
    assert_eq!(offset(&app, &first).await, "7", "a part that is joined was sent");
    // The answer may be lost: asked again, it is the same file.
    let again = join(&app, &[&first, &second]).send().await.expect(StatusCode::CREATED);
    assert_eq!(again.header("location"), made.header("location"));
    assert_eq!(again.header("damask-asset"), made.header("damask-asset"));
    join(&app, &[&second, &first]).send().await.problem(409, "part-used");
    ask(&app, Method::DELETE, &first).send().await.problem(409, "part-used");
    chunk(&app, &first, 7, b"!").await.problem(409, "part-used");
    chunk(&app, made.header("location"), 12, b"!").await.problem(403, "upload-joined");
}

#[tokio::test]
async fn only_ones_own_whole_parts_are_joined() {
    let app = signed_in().await;
    let half = ask(&app, Method::POST, "/api/v1/uploads").header("upload-concat", "partial");
    let half = half.header("upload-length", "5").send().await.expect(StatusCode::CREATED);
    let half = half.header("location").to_owned();
    join(&app, &[&half]).send().await.problem(409, "part-unfinished");
    let whole = begin(&app, "harbour.txt", 7).await;
    join(&app, &[&whole]).send().await.problem(404, "missing");
    let key = app.key(serde_json::json!({"name": "w", "scopes": ["write"]})).await;
    let others = app.app.post("/api/v1/uploads").key(&key).header("tus-resumable", "1.0.0");
    let others = others.header("upload-concat", "partial").header("upload-length", "0");
    let others = others.send().await.expect(StatusCode::CREATED).header("location").to_owned();
    let seen = ask(&app, Method::HEAD, &others).send().await.status;
    let joined = join(&app, &[&others]).send().await.status;
    assert_eq!(
        seen == StatusCode::NOT_FOUND,
        joined == StatusCode::NOT_FOUND,
        "seen {seen}, joined {joined}"
    );
    let twice = part(&app, "harbour").await;
    join(&app, &[&twice, &twice]).send().await.problem(422, "bad-upload");
    join(&app, &[]).send().await.problem(400, "bad-request");
}

#[tokio::test]
async fn the_length_may_be_told_with_a_later_piece() {
    let app = signed_in().await;
    let create = ask(&app, Method::POST, "/api/v1/uploads").header("upload-defer-length", "1");
    let reply = create.send().await.expect(StatusCode::CREATED);
    assert_eq!((reply.header("upload-defer-length"), reply.header("upload-length")), ("1", ""));
    let upload = reply.header("location").to_owned();
    chunk(&app, &upload, 0, b"harbour").await.expect(StatusCode::NO_CONTENT);
    let told = |length: &str, bytes: &'static str| {
        let patch =
            ask(&app, Method::PATCH, &upload).header("upload-offset", "7").header("upload-length", length);
        patch.header("content-type", CHUNK).body(bytes).send()
    };
    told("6", "").await.problem(422, "bad-upload");
    told("8", " dawn").await.problem(413, "too-large");
    assert_eq!(offset(&app, &upload).await, "7");
    let last = told("12", " dawn").await.expect(StatusCode::NO_CONTENT);
    assert_eq!((last.header("upload-offset"), last.header("damask-outcome")), ("12", "imported"));
}
