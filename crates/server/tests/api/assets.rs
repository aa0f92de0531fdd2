//! Finding, looking, editing.

use axum::http::{Method, StatusCode};
use damask_flow::stages;
use serde_json::json;

use crate::app::signed_in;

#[tokio::test]
async fn a_query_that_cannot_be_read_says_where_and_what_would_be_right() {
    let app = signed_in().await;
    let problem = app.get("/api/v1/assets?q=harbour%20(dawn").send().await.problem(422, "bad-query");
    assert!(problem["at"]["start"].as_u64() < problem["at"]["end"].as_u64(), "{problem}");
    assert!(problem["expected"].as_str().is_some_and(|expected| !expected.is_empty()), "{problem}");
}

#[tokio::test]
async fn parameters_outside_their_limits_are_refused() {
    let app = signed_in().await;
    for query in
        ["limit=0", "limit=201", "limit=x", "limit=", "at_least=-1", "facets=", "facets=a,,b", "page=1"]
    {
        app.get(&format!("/api/v1/assets?{query}")).send().await.problem(400, "bad-request");
    }
    for path in
        ["assets/1", "assets/0198c0de", "jobs/x", "folders?parent=x", "jobs?state=sleeping", "suggest?at=-1"]
    {
        app.get(&format!("/api/v1/{path}")).send().await.problem(400, "bad-request");
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition() {
    let app = signed_in().await;
    for number in 0..5 {
        app.bring(&format!("file-{number}.txt"), format!("file {number}")).await;
    }
    let seq = app.app.library.damask.seq();
    let (mut names, mut after) = (Vec::new(), String::new());
    for _ in 0..10 {
        let path = format!("/api/v1/assets?limit=2&at_least={seq}{after}");
        let page = app.get(&path).send().await.expect(StatusCode::OK).json();
        assert_eq!(page["total"], 5);
        let items = page["items"].as_array().expect("items");
        names.extend(items.iter().map(|item| item["name"].as_str().expect("name").to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    names.sort();
    assert_eq!(names, ["file-0.txt", "file-1.txt", "file-2.txt", "file-3.txt", "file-4.txt"]);
}

#[tokio::test]
async fn an_asset_is_edited_only_in_the_state_that_was_seen() {
    let app = signed_in().await;
    let path = format!("/api/v1/assets/{}", app.bring("harbour.txt", "harbour").await);
    let seen = app.get(&path).send().await.expect(StatusCode::OK);
    let etag = seen.header("etag").to_owned();
    let edit = |tag: &str, title: &str| {
        let body = json!({"fields": {"title": [title]}});
        app.ask(Method::PATCH, &path).header("if-match", tag).json(&body).send()
    };
    let edited = edit(&etag, "Harbour at dawn").await.expect(StatusCode::OK);
    assert_ne!(edited.header("etag"), etag);
    let title = edited.json()["fields"].as_array().expect("fields")[0].clone();
    assert_eq!((&title["name"], &title["values"][0]["value"]), (&json!("title"), &json!("Harbour at dawn")));
    assert_eq!(title["values"][0]["origin"]["kind"], "person");
    edit(&etag, "Too late").await.problem(412, "stale");
    edit("\"nonsense\"", "Odd").await.problem(412, "stale");
    let now = edit("*", "Any state").await.expect(StatusCode::OK).header("etag").to_owned();
    edit(&format!("W/{now}"), "A weak tag names no state").await.problem(412, "stale");
    edit(&format!("\"nonsense\", {etag}"), "None of these").await.problem(412, "stale");
    let edited = edit(&format!("{etag} ,{now}"), "One of these").await.expect(StatusCode::OK);
    let undo = |tag: &str| {
        let body = json!({"edit": edited.header("damask-seq").parse::<i64>().expect("a number")});
        app.ask(Method::POST, &format!("{path}/undo")).header("if-match", tag).json(&body).send()
    };
    undo(&etag).await.problem(412, "stale");
    undo(edited.header("etag")).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn an_edit_that_takes_the_asset_out_of_sight_is_done_and_said_to_be() {
    let app = signed_in().await;
    let path = format!("/api/v1/assets/{}", app.bring("harbour.txt", "harbour").await);
    let edit = |title: &str| json!({"fields": {"title": [title]}});
    app.ask(Method::PATCH, &path).json(&edit("public")).send().await.expect(StatusCode::OK);
    let key = json!({"name": "press", "scopes": ["read", "write"], "query": "title:public"});
    let key = app.key(key).await;
    let by_key = |body| app.app.ask(Method::PATCH, &path).key(&key).json(body).send();
    let done = by_key(&edit("secret")).await.expect(StatusCode::NO_CONTENT);
    let seq: i64 = done.header("damask-seq").parse().expect("a number");
    assert_eq!(seq, app.app.library.damask.seq().0);
    app.app.get(&path).key(&key).send().await.problem(404, "missing");
    assert_eq!(app.get(&path).send().await.json()["title"], "secret");
}

#[tokio::test]
async fn lists_say_where_they_go_on() {
    let app = signed_in().await;
    let asset = app.bring("a/note.txt", "note").await;
    app.bring("b/note.txt", "another").await;
    let folders = app.get("/api/v1/folders").send().await.json();
    assert_eq!((folders["items"].as_array().map(Vec::len), &folders["next"]), (Some(2), &json!(null)));
    let first = folders["items"][0]["id"].as_str().expect("an id").to_owned();
    let rest = app.get(&format!("/api/v1/folders?after={first}")).send().await.json();
    assert_eq!(rest["items"], json!([folders["items"][1]]));
    app.get(&format!("/api/v1/folders?after={asset}")).send().await.problem(400, "bad-cursor");
    let text = app.get(&format!("/api/v1/assets/{asset}/text?after=3")).send().await.json();
    assert_eq!(text, json!({"pages": [], "next": null}));
    app.get(&format!("/api/v1/assets/{asset}/text?after=3&page=1")).send().await.problem(400, "bad-request");
    let jobs = app.get("/api/v1/jobs").send().await.json();
    assert_eq!(jobs["more"], false);
    assert_eq!(app.get(&format!("/api/v1/assets/{asset}")).send().await.json()["more"], false);
}

#[tokio::test]
async fn an_edit_is_undone_by_its_number_and_only_while_nobody_changed_its_fields_again() {
    let app = signed_in().await;
    let path = format!("/api/v1/assets/{}", app.bring("harbour.txt", "harbour").await);
    let edit = async |title: &str| {
        let body = json!({"fields": {"title": [title]}});
        let reply = app.ask(Method::PATCH, &path).json(&body).send().await.expect(StatusCode::OK);
        reply.header("damask-seq").parse::<i64>().expect("a number")
    };
    let undo = |edit: i64| app.ask(Method::POST, &format!("{path}/undo")).json(&json!({"edit": edit})).send();
    let first = edit("Dawn").await;
    let second = edit("Dusk").await;
    undo(first).await.problem(412, "stale");
    let undone = undo(second).await.expect(StatusCode::OK);
    assert_eq!(undone.json()["title"], "Dawn");
    let again = undone.header("damask-seq").parse().expect("a number");
    assert_eq!(undo(again).await.expect(StatusCode::OK).json()["title"], "Dusk");
    undo(again + 1_000).await.problem(404, "missing");
    app.ask(Method::POST, &format!("{path}/undo")).json(&json!({})).send().await.problem(422, "bad-value");
}

#[tokio::test]
async fn values_that_do_not_suit_their_field_are_refused() {
    let app = signed_in().await;
    let path = format!("/api/v1/assets/{}", app.bring("harbour.txt", "harbour").await);
    let body = json!({"fields": {"no_such_field": ["x"]}});
    let reply = app.ask(Method::PATCH, &path).json(&body).send().await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    app.ask(Method::PATCH, &path).json(&json!({"title": "x"})).send().await.problem(422, "bad-value");
}

#[tokio::test]
async fn an_asset_that_is_had_is_not_sent_again() {
    let app = signed_in().await;
    let path = format!("/api/v1/assets/{}", app.bring("harbour.txt", "harbour").await);
    let etag = app.get(&path).send().await.header("etag").to_owned();
    let again = app.get(&path).header("if-none-match", &etag).send().await.expect(StatusCode::NOT_MODIFIED);
    assert!(again.bytes.is_empty());
}

#[tokio::test]
async fn an_assets_parts_are_there() {
    let app = signed_in().await;
    let asset = app.bring("news/harbour.txt", "harbour").await;
    for (rest, list) in [("tags", "items"), ("text", "pages"), ("history", "items")] {
        let part = app.get(&format!("/api/v1/assets/{asset}/{rest}")).send().await.expect(StatusCode::OK);
        assert!(part.json()[list].is_array(), "{rest}");
    }
    let history = app.get(&format!("/api/v1/assets/{asset}/history")).send().await.json();
    let verbs: Vec<_> =
        history["items"].as_array().expect("items").iter().map(|fact| fact["verb"].clone()).collect();
    assert_eq!(verbs.last(), Some(&json!("asset.ingested")), "{history}");
    for list in ["fields", "folders", "suggest?q=cam", "jobs", "quarantine"] {
        let page = app.get(&format!("/api/v1/{list}")).send().await.expect(StatusCode::OK);
        assert!(page.json()["items"].is_array(), "{list}");
    }
    let status = app.get("/api/v1/status").send().await.expect(StatusCode::OK).json();
    assert_eq!(status["assets"], 1);
}

#[tokio::test]
async fn what_does_not_exist_is_missing() {
    let app = signed_in().await;
    let nobody = "0198c0de-0000-7000-8000-000000000000";
    for path in ["assets/{}", "assets/{}/tags", "assets/{}/original", "jobs/{}", "folders?parent={}"] {
        app.get(&format!("/api/v1/{}", path.replace("{}", nobody))).send().await.problem(404, "missing");
    }
    for act in ["cancel", "retry"] {
        app.post(&format!("/api/v1/jobs/{nobody}/{act}")).send().await.problem(404, "missing");
    }
    app.get(&format!("/i/{nobody}/box-256x256.jpg")).send().await.problem(404, "missing");
    app.get("/api/v1/nothing").send().await.problem(404, "missing");
}

#[tokio::test]
async fn a_page_says_what_it_is_ordered_by() {
    let app = signed_in().await;
    app.bring("note.txt", "note").await;
    for (asked, sort) in [
        ("", "-added"),
        ("?q=note", "relevance"),
        ("?q=type:document", "-added"),
        ("?q=-note", "-added"),
        ("?q=note%20sort:name", "name"),
        ("?q=note%20sort:name&sort=-bytes", "-bytes"),
    ] {
        let page = app.get(&format!("/api/v1/assets{asked}")).send().await.json();
        assert_eq!(page["sort"], sort, "{asked}");
    }
}

#[tokio::test]
async fn a_job_names_the_asset_it_works_on() {
    let app = signed_in().await;
    let asset = app.bring("a/note.txt", "note").await;
    while stages::step(&app.app.library.damask).await.expect("the pipeline reads the journal") {}
    let jobs = app.get("/api/v1/jobs").send().await.json()["items"].clone();
    assert_eq!(jobs[0]["kind"], "describe");
    assert_eq!(jobs[0]["asset"], json!({"id": asset, "name": "note.txt"}));
    let id = jobs[0]["id"].as_str().expect("an id");
    let one = app.get(&format!("/api/v1/jobs/{id}")).send().await.json();
    assert_eq!(one["asset"], jobs[0]["asset"]);
}
