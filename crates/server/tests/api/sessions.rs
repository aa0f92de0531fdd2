//! Signing in, being known, signing out; and pages of other sites.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::app::{App, EMAIL, PASSWORD, signed_in};

#[tokio::test]
async fn the_first_administrator_is_made_once_by_the_link() {
    let app = App::open().await;
    let needed = app.get("/api/v1/setup").send().await.expect(StatusCode::OK);
    assert_eq!(needed.json(), json!({"needed": true}));
    let body = json!({"token": "guessed", "name": "Eve", "email": "eve@example.org", "password": PASSWORD});
    app.post("/api/v1/setup").json(&body).send().await.problem(403, "link-void");

    let signed_in = app.signed_in().await;
    let needed = signed_in.app.get("/api/v1/setup").send().await.expect(StatusCode::OK);
    assert_eq!(needed.json(), json!({"needed": false}));
    signed_in.app.post("/api/v1/setup").json(&body).send().await.problem(403, "link-void");
}

#[tokio::test]
async fn a_short_password_or_a_wrong_address_makes_no_account() {
    let app = App::open().await;
    let token = app.library.setup_token().await;
    for (email, password) in [("ada@example.org", "short"), ("ada", PASSWORD), ("a@b@c", PASSWORD)] {
        let body = json!({"token": token, "name": "Ada", "email": email, "password": password});
        app.post("/api/v1/setup").json(&body).send().await.problem(422, "bad-value");
    }
}

#[tokio::test]
async fn a_session_lives_in_a_cookie_that_scripts_and_other_sites_do_not_get() {
    let app = signed_in().await;
    let body = json!({"email": EMAIL, "password": PASSWORD});
    let reply = app.app.post("/api/v1/session").json(&body).send().await.expect(StatusCode::OK);
    let cookie = reply.header("set-cookie");
    for part in ["damask_session=", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age="] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert_eq!(reply.json()["user"]["email"], EMAIL);

    let me = app.get("/api/v1/session").send().await.expect(StatusCode::OK).json();
    assert_eq!(me["user"]["name"], "Ada");
    assert_eq!(me["can"], json!({"edit": true, "upload": true, "download": true, "administer": true}));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_told_alike() {
    let app = signed_in().await;
    let ask = |email: &str, password: &str| {
        app.app.post("/api/v1/session").json(&json!({"email": email, "password": password})).send()
    };
    let wrong = ask(EMAIL, "not the password").await.problem(401, "bad-credentials");
    let unknown = ask("eve@example.org", PASSWORD).await.problem(401, "bad-credentials");
    assert_eq!(wrong["detail"], unknown["detail"]);
}

#[tokio::test]
async fn who_signs_out_is_known_no_longer() {
    let app = signed_in().await;
    let reply = app.ask(Method::DELETE, "/api/v1/session").send().await.expect(StatusCode::NO_CONTENT);
    assert!(reply.header("set-cookie").contains("Max-Age=0"));
    let reply = app.get("/api/v1/session").send().await;
    assert!(reply.header("www-authenticate").starts_with("Bearer "));
    reply.problem(401, "not-signed-in");
}

#[tokio::test]
async fn nothing_is_told_to_whoever_is_not_known() {
    let app = App::open().await;
    for path in [
        "assets",
        "folders",
        "fields",
        "suggest",
        "jobs",
        "keys",
        "quarantine",
        "status",
        "events",
        "session",
        "accounts",
        "backups",
        "check",
        "notary/checkpoint",
    ] {
        let reply = app.get(&format!("/api/v1/{path}")).send().await;
        assert!(reply.header("www-authenticate").starts_with("Bearer "), "{path}");
        reply.problem(401, "not-signed-in");
    }
}

#[tokio::test]
async fn a_page_of_another_site_changes_nothing_with_a_persons_cookie() {
    let app = signed_in().await;
    let body = json!({"name": "stolen", "scopes": ["admin"]});
    let ask = || app.app.post("/api/v1/keys").header("cookie", &app.cookie).json(&body);
    ask().header("sec-fetch-site", "cross-site").send().await.problem(403, "cross-site");
    ask().header("sec-fetch-site", "same-site").send().await.problem(403, "cross-site");
    ask().header("origin", "http://evil.example").send().await.problem(403, "cross-site");
    ask().send().await.problem(403, "cross-site");
    ask().header("origin", "http://localhost:8400").send().await.expect(StatusCode::CREATED);
    let sign_in = app.app.post("/api/v1/session").header("origin", "http://evil.example");
    let body = json!({"email": EMAIL, "password": PASSWORD});
    sign_in.json(&body).send().await.problem(403, "cross-site");
}

#[tokio::test]
async fn many_guesses_at_once_are_no_more_than_one_after_another() {
    let app = App::open().await.signed_in().await;
    let wrong = json!({"email": EMAIL, "password": "correct horse batterz"});
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let guesses = (0..16 + 4 * cores).map(|_| app.app.post("/api/v1/session").json(&wrong).send());
    let statuses: Vec<u16> =
        futures::future::join_all(guesses).await.iter().map(|reply| reply.status.as_u16()).collect();
    let tried = statuses.iter().filter(|status| **status == 401).count();
    assert!((5..=5 + cores).contains(&tried), "{statuses:?}");
    assert!(statuses.iter().all(|status| [401, 429].contains(status)), "{statuses:?}");
}
