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
