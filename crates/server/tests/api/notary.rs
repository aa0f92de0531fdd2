//! Proofs that are checked here as anybody would check them, with nothing of Damask's own tree.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use crate::app::{SignedIn, signed_in};

/// A library with facts in it whose notary has signed them all; how many there are.
async fn signed(app: &SignedIn, files: usize) -> u64 {
    let stop = tokio_util::sync::CancellationToken::new();
    let notary = tokio::spawn(damask_flow::notary::follow(app.app.library.damask.clone(), stop.clone()));
    for number in 0..files {
        app.bring(&format!("{number}.txt"), format!("note {number}")).await;
    }
    let facts = u64::try_from(app.app.library.damask.seq().0).expect("some");
    for _ in 0..200 {
        let asked = app.get(&format!("/api/v1/notary/consistency?from={facts}")).send().await;
        if asked.status == StatusCode::OK {
            stop.cancel();
            notary.await.expect("it ends");
            return facts;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the notary did not sign {facts} facts");
}

fn hash(parts: &[&[u8]]) -> Vec<u8> {
    parts.iter().fold(Sha256::new(), |hasher, part| hasher.chain_update(part)).finalize().to_vec()
}

/// RFC 9162, 2.1.3.2, as it stands there.
fn leads_to_root(proof: &Json) -> bool {
    let number = |name: &str| proof[name].as_u64().expect("a number");
    let (mut first, mut last) = (number("index"), number("size") - 1);
    let mut climbed = hash(&[&[0], proof["entry"].as_str().expect("text").as_bytes()]);
    for beside in proof["path"].as_array().expect("hashes") {
        let beside = hex::decode(beside.as_str().expect("text")).expect("digits");
        if last == 0 {
            return false;
        }
        if first % 2 == 1 || first == last {
            climbed = hash(&[&[1], &beside, &climbed]);
            while first % 2 == 0 && first != 0 {
                (first, last) = (first >> 1, last >> 1);
            }
        } else {
            climbed = hash(&[&[1], &climbed, &beside]);
        }
        (first, last) = (first >> 1, last >> 1);
    }
    last == 0 && hex::encode(climbed) == proof["root"].as_str().expect("text")
}

#[tokio::test]
async fn every_fact_is_proven_by_the_algorithm_of_the_standard() {
    let app = signed_in().await;
    let facts = signed(&app, 12).await;
    for fact in 1..=facts {
        let proof =
            app.get(&format!("/api/v1/notary/inclusion/{fact}")).send().await.expect(StatusCode::OK).json();
        assert!(leads_to_root(&proof), "{fact} of {facts}: {proof}");
        let mut forged = proof.clone();
        forged["entry"] = json!(proof["entry"].as_str().expect("text").replace("\"seq\":", "\"seq\":1"));
        assert!(!leads_to_root(&forged));
    }
    app.get(&format!("/api/v1/notary/inclusion/{}", facts + 1)).send().await.problem(404, "missing");
    let note = app.get("/api/v1/notary/checkpoint").send().await.expect(StatusCode::OK);
    let text = String::from_utf8(note.bytes.clone()).expect("text");
    assert_eq!(text.lines().nth(1), Some(facts.to_string().as_str()), "{text}");
    assert!(note.header("damask-verifier").contains('+'));
    let tile = app.get(&format!("/api/v1/notary/tile/0/000.p/{facts}")).send().await.expect(StatusCode::OK);
    assert_eq!(tile.bytes.len() as u64, facts * 32);
    app.get("/api/v1/notary/tile/../notary.key").send().await.problem(404, "missing");
}

#[tokio::test]
async fn erasing_a_person_keeps_every_proof() {
    let app = signed_in().await;
    let asset = app.bring("note.txt", "first").await;
    let edit = json!({"fields": {"persons": ["Grace Hopper"]}});
    let path = format!("/api/v1/assets/{asset}");
    app.ask(axum::http::Method::PATCH, &path).json(&edit).send().await.expect(StatusCode::OK);
    let edit = json!({"fields": {"persons": []}});
    app.ask(axum::http::Method::PATCH, &path).json(&edit).send().await.expect(StatusCode::OK);
    let facts = signed(&app, 1).await;
    let history = format!("{path}/history");
    let told = app.get(&history).send().await.expect(StatusCode::OK);
    assert!(String::from_utf8_lossy(&told.bytes).contains("Grace Hopper"));
    let erased = app.post("/api/v1/erase/past").json(&json!({"asset": asset})).send().await;
    assert_eq!(erased.expect(StatusCode::OK).json()["facts"], json!(3));
    let told = app.get(&history).send().await.expect(StatusCode::OK);
    assert!(!String::from_utf8_lossy(&told.bytes).contains("Grace Hopper"));
    for fact in 1..=facts {
        let proof =
            app.get(&format!("/api/v1/notary/inclusion/{fact}")).send().await.expect(StatusCode::OK).json();
        assert!(leads_to_root(&proof), "{fact}");
    }
    let me = app.get("/api/v1/session").send().await.expect(StatusCode::OK).json();
    let me = me["user"]["id"].as_str().expect("an id").to_owned();
    app.post("/api/v1/erase/account").json(&json!({"account": me})).send().await.problem(409, "own-account");
    let owner = damask_flow::Caller::local();
    let account = me.parse().expect("an id");
    damask_flow::govern::erase::account(&app.app.library.damask, &owner, account).await.expect("erased");
    app.get("/api/v1/session").send().await.problem(401, "not-signed-in");
    let lines = damask_flow::check::all(&app.app.library.damask, &owner, damask_flow::check::How::default())
        .expect("a check");
    let faults: Vec<_> = futures::StreamExt::collect::<Vec<_>>(lines).await;
    let faults: Vec<_> = faults
        .into_iter()
        .filter(|line| line.fault && line.area != "glass")
        .map(|line| line.detail)
        .collect();
    assert_eq!(faults, Vec::<String>::new());
}
