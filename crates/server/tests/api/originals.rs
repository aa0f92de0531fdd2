//! Bytes out: originals bit for bit with their own names, ranges, renditions.

use axum::http::{Method, StatusCode};

use crate::app::{SignedIn, signed_in};

async fn original_of(app: &SignedIn, name: &str, bytes: &[u8]) -> String {
    let asset = app.bring(name, bytes).await;
    format!("/api/v1/assets/{asset}/original")
}

#[tokio::test]
async fn an_original_comes_back_bit_for_bit_with_its_own_name() {
    let app = signed_in().await;
    let bytes: Vec<u8> = (0..300_000_u32).map(|number| (number % 251) as u8).collect();
    let path = original_of(&app, "H%C3%A4fen/Hafen%20f%C3%BCr%20Anf%C3%A4nger.bin", &bytes).await;
    let reply = app.get(&path).send().await.expect(StatusCode::OK);
    assert!(reply.bytes == bytes, "the bytes differ");
    assert_eq!(reply.header("content-length"), bytes.len().to_string());
    assert_eq!(reply.header("accept-ranges"), "bytes");
    let disposition = reply.header("content-disposition");
    assert!(disposition.starts_with("attachment;"), "{disposition}");
    assert!(disposition.ends_with("filename*=UTF-8''Hafen%20f%C3%BCr%20Anf%C3%A4nger.bin"), "{disposition}");
}

#[tokio::test]
async fn a_range_of_an_original_is_served() {
    let app = signed_in().await;
    let path = original_of(&app, "digits.bin", b"0123456789").await;
    let etag = app.get(&path).send().await.header("etag").to_owned();
    for (range, condition, status, bytes, content_range) in [
        ("bytes=0-0", None, 206, &b"0"[..], "bytes 0-0/10"),
        ("bytes=3-5", None, 206, b"345", "bytes 3-5/10"),
        ("bytes=7-", None, 206, b"789", "bytes 7-9/10"),
        ("bytes=-2", None, 206, b"89", "bytes 8-9/10"),
        ("bytes=3-99", None, 206, b"3456789", "bytes 3-9/10"),
        ("bytes=3-5", Some(etag.as_str()), 206, b"345", "bytes 3-5/10"),
        ("bytes=3-5", Some("\"other\""), 200, b"0123456789", ""),
        ("bytes=0-1,3-4", None, 200, b"0123456789", ""),
        ("cats=0-1", None, 200, b"0123456789", ""),
    ] {
        let mut ask = app.get(&path).header("range", range);
        if let Some(condition) = condition {
            ask = ask.header("if-range", condition);
        }
        let reply = ask.send().await;
        let seen = (reply.status.as_u16(), &reply.bytes[..], reply.header("content-range"));
        assert_eq!(seen, (status, bytes, content_range), "{range} {condition:?}");
    }
    let outside = app.get(&path).header("range", "bytes=10-").send().await;
    assert_eq!(outside.header("content-range"), "bytes */10");
    outside.problem(416, "bad-range");
}

#[tokio::test]
async fn asking_about_an_original_does_not_take_it_out() {
    let app = signed_in().await;
    let asset = app.bring("digits.bin", "0123456789").await;
    let path = format!("/api/v1/assets/{asset}/original");
    let head = app.ask(Method::HEAD, &path).send().await.expect(StatusCode::OK);
    assert_eq!((head.header("content-length"), head.bytes.len()), ("10", 0));
    let etag = head.header("etag").to_owned();
    app.get(&path).header("if-none-match", &etag).send().await.expect(StatusCode::NOT_MODIFIED);
    assert_eq!(app.app.library.downloads(&app, &asset).await, 0);
    let whole = app.get(&path).send().await.expect(StatusCode::OK);
    assert_eq!(whole.header("etag"), etag);
    assert_eq!(app.app.library.downloads(&app, &asset).await, 1);
    for (range, downloads, why) in [
        ("bytes=5-", 1, "the rest of a download is the same download"),
        ("bytes=0-1", 2, "what begins with the first byte is a download"),
        ("bytes=1-", 3, "so is all but the first byte"),
        ("bytes=-6", 4, "so is more than half"),
    ] {
        app.get(&path).header("range", range).send().await.expect(StatusCode::PARTIAL_CONTENT);
        assert_eq!(app.app.library.downloads(&app, &asset).await, downloads, "{range}: {why}");
    }
    app.get(&path).header("range", "bytes=10-").send().await.problem(416, "bad-range");
    assert_eq!(app.app.library.downloads(&app, &asset).await, 4, "nothing left");
}

#[tokio::test]
async fn a_page_that_someone_brought_in_cannot_run_here() {
    let app = signed_in().await;
    let path = original_of(&app, "page.html", b"<!doctype html><script>alert(1)</script>").await;
    let reply = app.get(&path).header("accept-encoding", "br, gzip").send().await.expect(StatusCode::OK);
    assert!(reply.header("content-security-policy").starts_with("sandbox;"));
    assert!(reply.header("content-disposition").starts_with("attachment"));
    assert_eq!((reply.header("x-content-type-options"), reply.header("content-encoding")), ("nosniff", ""));
}

#[tokio::test]
async fn a_rendition_is_named_by_a_recipe() {
    let app = signed_in().await;
    let asset = app.bring("harbour.bin", [0, 1, 2, 3]).await;
    let whole = app.get(&format!("/api/v1/assets/{asset}")).send().await.json();
    let version = whole["version"].as_str().expect("version");
    for odd in ["box-0x0.jpg", "box-9000x1.jpg", "..%2F..%2Fetc%2Fpasswd", "picture.tiff"] {
        app.get(&format!("/i/{version}/{odd}")).send().await.problem(400, "bad-request");
    }
    app.get(&format!("/i/{version}/box-256x256.jpg?download=2")).send().await.problem(400, "bad-request");
    app.get(&format!("/i/{version}/proxy-540.mp4")).send().await.problem(404, "missing");
}
