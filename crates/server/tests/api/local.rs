//! The local socket: this machine's owner needs no sign-in, and may import by path.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use damask_server::{local_router, serve_local};
use serde_json::{Value as Json, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
    sync::oneshot,
};

use crate::{
    app::{App, Ask, EMAIL, PASSWORD},
    library::Library,
};

#[tokio::test]
async fn an_import_answers_line_by_line() {
    let library = Library::open().await;
    let router = local_router(library.damask.clone());
    let file = library.file("harbour.txt", b"harbour");
    let ask = Ask::of(&router, Method::POST, "/api/v1/imports").json(&json!({"paths": [file]}));
    let reply = ask.send().await.expect(StatusCode::OK);
    assert_eq!(reply.header("content-type"), "application/x-ndjson");
    let text = String::from_utf8(reply.bytes).expect("UTF-8");
    let lines: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let outcomes: Vec<&Json> = lines.iter().filter(|line| line["outcome"].is_string()).collect();
    assert_eq!(outcomes.len(), 1, "{text}");
    assert_eq!((&outcomes[0]["outcome"], &outcomes[0]["path"]), (&json!("imported"), &json!(file)));
    assert!(lines.last().expect("an end")["end"].is_object(), "{text}");

    let status = Ask::of(&router, Method::GET, "/api/v1/status").send().await.expect(StatusCode::OK);
    let status = status.json();
    assert_eq!(status["assets"], 1);
    for number in ["seq", "index_seq", "pipeline_seq", "statements"] {
        assert!(status[number].is_u64(), "{number}: {status}");
    }
    let check = Ask::of(&router, Method::GET, "/api/v1/check").send().await.expect(StatusCode::OK);
    assert_eq!(check.header("content-type"), "application/x-ndjson");
}

#[tokio::test]
async fn an_import_of_nothing_is_refused() {
    let library = Library::open().await;
    let router = local_router(library.damask.clone());
    for body in [json!({"paths": []}), json!({}), json!({"paths": [], "x": 1})] {
        let reply = Ask::of(&router, Method::POST, "/api/v1/imports").json(&body).send().await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    }
}

#[tokio::test]
async fn the_owner_makes_a_fresh_link_until_somebody_has_an_account() {
    let app = App::open().await;
    let router = local_router(app.library.damask.clone());
    let link = || Ask::of(&router, Method::POST, "/api/v1/setup/link");
    app.post("/api/v1/setup/link").send().await.problem(404, "missing");
    let made = link().send().await.expect(StatusCode::OK).json();
    let token = made["token"].as_str().expect("a token");
    let account = json!({"token": token, "name": "Ada", "email": EMAIL, "password": PASSWORD});
    app.post("/api/v1/setup").json(&account).send().await.expect(StatusCode::CREATED);
    assert_eq!(link().send().await.expect(StatusCode::OK).json(), json!({"token": null, "address": null}));
}

#[tokio::test]
async fn the_socket_is_served_until_it_is_told_to_stop() {
    let library = Library::open().await;
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("socket");
    let listener = UnixListener::bind(&path).expect("socket");
    let (stop, stopped) = oneshot::channel::<()>();
    let address = "https://dam.example:8401".into();
    let serving = tokio::spawn(serve_local(listener, library.damask.clone(), Some(address), async {
        let _ = stopped.await;
    }));
    let ask = async |line: &str| {
        let mut stream = UnixStream::connect(&path).await.expect("connection");
        let request = format!("{line} HTTP/1.1\r\nhost: damask\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("write");
        let mut reply = String::new();
        stream.read_to_string(&mut reply).await.expect("read");
        assert!(reply.starts_with("HTTP/1.1 200"), "{reply}");
        reply
    };
    let session = ask("GET /api/v1/session").await;
    assert!(session.contains("\"administer\":true"), "{session}");
    let link = ask("POST /api/v1/setup/link").await;
    assert!(
        link.contains("\"address\":\"https://dam.example:8401\""),
        "a link begins where people are served: {link}"
    );
    stop.send(()).expect("serving");
    let ended = tokio::time::timeout(Duration::from_secs(20), serving).await.expect("ends in time");
    ended.expect("no panic").expect("no error");
}
