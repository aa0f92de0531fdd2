//! What holds for every answer: hosts, headers, methods, health, pages.

use std::{net::SocketAddr, time::Duration};

use axum::{
    Extension,
    extract::ConnectInfo,
    http::{Method, StatusCode},
};
use damask_server::{ServerOptions, serve};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

use crate::{
    app::{App, Ask, any_host, signed_in},
    library::Library,
};

#[tokio::test]
async fn a_name_that_is_not_ours_is_not_answered() {
    let app = App::open().await;
    app.get("/api/v1/setup").header("host", "evil.example").send().await.problem(421, "unknown-host");
    app.get("/api/v1/setup").header("host", "127.0.0.1:8400").send().await.expect(StatusCode::OK);
    let open = App::with(any_host()).await;
    open.get("/api/v1/setup").header("host", "photos.example").send().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn browsers_are_told_to_be_strict() {
    let app = App::open().await;
    for path in ["/", "/api/v1/setup", "/api/v1/assets", "/api/docs", "/nothing.png"] {
        let reply = app.get(path).send().await;
        let policy = reply.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "script-src 'self';",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "connect-src 'self'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(reply.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert_ne!(reply.header("x-request-id"), "", "{path}");
    }
}

#[tokio::test]
async fn a_method_that_is_not_served_is_refused_with_those_that_are() {
    let app = App::open().await;
    for (method, path, allowed) in [
        (Method::PUT, "/api/v1/assets", "GET"),
        (Method::POST, "/api/v1/status", "GET"),
        (Method::TRACE, "/api/v1/session", "DELETE"),
        (Method::GET, "/api/v1/uploads", "POST"),
        (Method::DELETE, "/api/openapi.json", "GET"),
        (Method::POST, "/", "GET"),
    ] {
        let reply = app.ask(method.clone(), path).send().await;
        assert!(reply.header("allow").contains(allowed), "{method} {path}: {}", reply.header("allow"));
        reply.problem(405, "wrong-method");
    }
}

#[tokio::test]
async fn a_body_that_is_too_long_is_not_read() {
    let options = ServerOptions { json_bytes_max: 1_000, ..ServerOptions::default() };
    let app = App::with(options).await;
    let body = json!({"email": "a@b", "password": "x".repeat(2_000)});
    app.post("/api/v1/session").json(&body).send().await.problem(413, "too-large");
}

#[tokio::test]
async fn machines_that_watch_are_answered() {
    let app = App::open().await;
    app.get("/healthz").send().await.expect(StatusCode::OK);
    app.get("/readyz").send().await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_library_whose_disk_or_records_are_gone_is_not_ready() {
    let app = App::open().await;
    let store = app.library.store_folder();
    let away = store.with_extension("away");
    std::fs::rename(&store, &away).expect("the disk is away");
    let problem = app.get("/readyz").send().await.problem(503, "not-ready");
    assert!(problem["detail"].as_str().is_some_and(|words| words.contains("store")), "{problem}");
    std::fs::rename(&away, &store).expect("the disk is back");
    // What was found is true for a moment.
    let asked = std::time::Instant::now();
    while app.get("/readyz").send().await.status != StatusCode::OK {
        assert!(asked.elapsed() < Duration::from_secs(20), "the disk is back for long");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    app.library.damask.close().await;
    let problem = app.get("/readyz").send().await.problem(503, "not-ready");
    assert!(problem["detail"].as_str().is_some_and(|words| words.contains("catalog")), "{problem}");
}

#[tokio::test]
async fn the_metrics_are_for_this_machine_and_for_administrators() {
    let app = signed_in().await;
    app.app.get("/metrics").send().await.problem(401, "not-signed-in");
    let reader = app.key(json!({"name": "reader", "scopes": ["read"]})).await;
    app.app.get("/metrics").key(&reader).send().await.problem(403, "refused");
    let text =
        String::from_utf8(app.get("/metrics").send().await.expect(StatusCode::OK).bytes).expect("UTF-8");
    for line in [
        "damask_http_requests_total{method=\"POST\",route=\"/api/v1/setup\",status=\"201\"} 1",
        "damask_sql_statements_total",
        "damask_assets 0",
        "damask_jobs{state=\"waiting\"}",
        "damask_index_lag_facts",
        "damask_http_request_duration_seconds_bucket",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    let near = |address: [u8; 4]| {
        app.app.router.clone().layer(Extension(ConnectInfo(SocketAddr::from((address, 9)))))
    };
    Ask::of(&near([127, 0, 0, 1]), Method::GET, "/metrics").send().await.expect(StatusCode::OK);
    Ask::of(&near([192, 0, 2, 1]), Method::GET, "/metrics").send().await.problem(401, "not-signed-in");
    let proxied = near([127, 0, 0, 1]);
    let ask = Ask::of(&proxied, Method::GET, "/metrics").header("x-forwarded-for", "192.0.2.1");
    ask.send().await.problem(401, "not-signed-in");
}

#[tokio::test]
async fn the_app_answers_for_its_addresses_and_the_api_for_its_own() {
    let app = App::open().await;
    for path in ["/", "/search", "/asset/0198c0de"] {
        let reply = app.get(path).send().await.expect(StatusCode::OK);
        assert!(reply.header("content-type").starts_with("text/html"), "{path}");
        assert!(["no-cache", "no-store"].contains(&reply.header("cache-control")), "{path}");
    }
    app.get("/api/nothing").send().await.problem(404, "missing");
    app.get("/missing.js").send().await.problem(404, "missing");
}

#[tokio::test]
async fn long_json_is_compressed_when_the_client_takes_it() {
    let app = App::open().await;
    let plain = app.get("/api/openapi.json").send().await.expect(StatusCode::OK);
    let packed =
        app.get("/api/openapi.json").header("accept-encoding", "gzip").send().await.expect(StatusCode::OK);
    assert_eq!((plain.header("content-encoding"), packed.header("content-encoding")), ("", "gzip"));
    assert!(packed.bytes.len() * 3 < plain.bytes.len());
}

#[tokio::test]
async fn a_server_lets_go_of_open_streams_when_it_is_told_to_stop() {
    let library = Library::open().await;
    let token = library.setup_token().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("port");
    let address = listener.local_addr().expect("address");
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(serve(listener, library.damask.clone(), ServerOptions::default(), async {
        let _ = stopped.await;
    }));
    let body = json!({"token": token, "name": "Ada", "email": "ada@example.org", "password": "correct horse battery"});
    let body = body.to_string();
    let request = format!(
        "POST /api/v1/setup HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(address).await.expect("connection");
    stream.write_all(request.as_bytes()).await.expect("write");
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.expect("read");
    assert!(reply.starts_with("HTTP/1.1 201"), "{reply}");
    let cookie = reply.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("cookie");
    let cookie = cookie.split(';').next().expect("cookie");

    let mut events = TcpStream::connect(address).await.expect("connection");
    let request = format!("GET /api/v1/events HTTP/1.1\r\nhost: {address}\r\ncookie: {cookie}\r\n\r\n");
    events.write_all(request.as_bytes()).await.expect("write");
    let mut first = [0; 12];
    events.read_exact(&mut first).await.expect("read");
    assert_eq!(&first, b"HTTP/1.1 200");
    stop.send(()).expect("serving");
    let ended = tokio::time::timeout(Duration::from_secs(8), serving).await.expect("ends in time");
    ended.expect("no panic").expect("no error");
}

#[tokio::test]
async fn a_client_that_does_not_say_what_it_wants_is_let_go() {
    let library = Library::open().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("port");
    let address = listener.local_addr().expect("address");
    let options = ServerOptions { headers_time_max: Duration::from_millis(100), ..ServerOptions::default() };
    let serving = tokio::spawn(serve(listener, library.damask.clone(), options, std::future::pending()));
    for said in ["", "P", "PRI * HTTP", "GET /healthz HTTP/1.1\r\nhost: localhost\r\n"] {
        let mut stream = TcpStream::connect(address).await.expect("connection");
        stream.write_all(said.as_bytes()).await.expect("write");
        let mut answer = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut answer));
        // Closed with or without a word, or reset: it is not held.
        let _ = ended.await.unwrap_or_else(|_| panic!("{said:?} is waited for without end"));
    }
    serving.abort();
}
