//! The description of the API: kept in `web/openapi.json`, and true of what is served.

use std::{collections::HashSet, fs, path::Path};

use axum::http::StatusCode;
use damask_server::openapi;
use serde_json::Value as Json;

use crate::app::App;

/// Set to write the description instead of comparing it.
const REGENERATE: &str = "DAMASK_REGENERATE";

#[test]
fn the_kept_description_is_the_one_the_server_gives() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/openapi.json");
    let made = openapi();
    if std::env::var_os(REGENERATE).is_some() {
        fs::write(&path, &made).expect("web/openapi.json can be written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == made,
        "web/openapi.json is not what the server says; run: {REGENERATE}=1 cargo test -p damask-server --test api \
         the_kept_description"
    );
}

#[tokio::test]
async fn the_description_is_served_with_a_page_for_people() {
    let app = App::open().await;
    let served = app.get("/api/openapi.json").send().await.expect(StatusCode::OK);
    let made: Json = serde_json::from_str(&openapi()).expect("JSON");
    assert_eq!(served.json(), made);
    let page = app.get("/api/docs").send().await.expect(StatusCode::OK);
    assert!(String::from_utf8(page.bytes).expect("UTF-8").contains("findAssets"));
}

#[test]
fn every_operation_has_an_id_of_its_own_and_says_how_it_fails() {
    let api: Json = serde_json::from_str(&openapi()).expect("JSON");
    assert!(api["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
    let mut ids = HashSet::new();
    for (path, item) in api["paths"].as_object().expect("paths") {
        assert!(!path.contains('*'), "{path}");
        for (method, operation) in item.as_object().expect("operations") {
            let id = operation["operationId"].as_str().expect("an id");
            assert!(ids.insert(id.to_owned()), "{id} comes twice");
            for status in ["400", "default"] {
                let content = &operation["responses"][status]["content"]["application/problem+json"];
                assert_eq!(
                    content["schema"]["$ref"], "#/components/schemas/Problem",
                    "{method} {path} {status}"
                );
            }
            assert!(operation["summary"].is_string() && operation["tags"][0].is_string(), "{id}");
        }
    }
    assert!(ids.len() > 25, "{ids:?}");
}

/// Whether a path of an example is one of that pattern.
fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
    // The last parameter of a path of files takes the slashes too.
    let whole =
        pattern.len() == path.len() || (pattern.last() == Some(&"{path}") && path.len() > pattern.len());
    whole && pattern.iter().zip(&path).all(|(wanted, given)| wanted.starts_with('{') || wanted == given)
}

#[test]
fn every_example_is_a_request_that_the_description_knows() {
    let api: Json = serde_json::from_str(&openapi()).expect("JSON");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/requests");
    let mut examples = 0;
    for entry in fs::read_dir(folder).expect("the folder of examples") {
        let path = entry.expect("an entry").path();
        let name = path.display().to_string();
        let text = fs::read_to_string(&path).expect("text");
        let request = text.lines().find(|line| !line.starts_with('#')).expect("a request");
        let (method, target) = request.split_once(' ').expect("a method and a path");
        let address = target.split('?').next().expect("a path");
        let known = api["paths"]
            .as_object()
            .expect("paths")
            .iter()
            .any(|(pattern, item)| fits(pattern, address) && item.get(method.to_lowercase()).is_some());
        assert!(known, "{name}: {request}");
        if text.contains("application/json") {
            let body = text.split_once("\n\n").expect("a body").1;
            assert!(serde_json::from_str::<Json>(body).is_ok(), "{name}: {body}");
        }
        examples += 1;
    }
    assert!(examples >= 10, "{examples}");
}
