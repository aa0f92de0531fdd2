//! A clock that jumps while files come in, are edited and described: an hour back, as a wrong clock that is set right,
//! and a year ahead.

use std::collections::BTreeMap;

use damask_flow::{
    Caller, check, edit,
    events::{self, Event},
    govern::{
        sessions,
        setup::{self, NewAccount},
    },
};
use damask_model::{AssetId, Seq};
use futures::{StreamExt as _, stream::FuturesUnordered};
use serde_json::json;

use crate::library::Library;

const HOUR_S: i64 = 3_600;
const YEAR_S: i64 = 365 * 24 * HOUR_S;
const PASSWORD: &str = "a harbour without a name";

/// Files that come at once; the clock jumps when the first is here. All are edited afterwards.
async fn bring(library: &Library, round: usize, jump_s: i64) -> Vec<(AssetId, String)> {
    let names: Vec<String> = (0..6).map(|number| format!("note {round} {number}.txt")).collect();
    let mut coming: FuturesUnordered<_> = names.iter().map(|name| library.put(name, name.clone())).collect();
    let mut assets = Vec::new();
    while let Some(arrival) = coming.next().await {
        let asset = arrival.expect("taken").asset.expect("an asset");
        if assets.is_empty() {
            library.pass(jump_s);
        }
        let title = format!("Title {round} {}", assets.len());
        let changes = BTreeMap::from([("title".to_owned(), Some(vec![json!(title)]))]);
        edit::fields(&library.damask, &Caller::local(), asset, None, changes).await.expect("an edit");
        assets.push((asset, title));
    }
    assets
}

pub async fn a_clock_that_jumps_keeps_sessions_jobs_ids_and_the_journal_sound(library: &mut Library) {
    library.start(2);
    let token =
        setup::link(&library.damask, &Caller::local()).await.expect("a link").expect("nobody is here");
    let new =
        || NewAccount { name: "Ada".into(), email: "ada@example.org".into(), password: PASSWORD.into() };
    let (_, session) = setup::finish(&library.damask, &token, new()).await.expect("an account");
    let mut assets = Vec::new();
    for (round, jump_s) in [0, -HOUR_S, HOUR_S, YEAR_S].into_iter().enumerate() {
        assets.extend(bring(library, round, jump_s).await);
        // Leases that were taken before the jump end, and no job waits for a time that does not come.
        library.settled().await;
        let stands = sessions::caller(&library.damask, &session.secret).await.is_ok();
        assert_eq!(stands, jump_s < YEAR_S, "a session ends when it is not used for two weeks");
    }
    let (_, session) =
        sessions::sign_in(&library.damask, "ada@example.org", PASSWORD).await.expect("signed in");
    sessions::caller(&library.damask, &session.secret).await.expect("the new session stands");

    assets.sort();
    assets.dedup_by_key(|(asset, _)| *asset);
    assert_eq!(assets.len(), 24, "no id is given twice");
    for (asset, title) in assets {
        assert_eq!(library.summary(asset).await.title, Some(title));
        let verbs = library.verbs(asset).await;
        assert!(verbs[0] == "asset.ingested" && verbs.contains(&"asset.edited"), "{verbs:?}");
    }
    let last = library.damask.seq();
    let told = events::follow(&library.damask, &Caller::local(), Some(Seq(0))).await.expect("events");
    let mut told = Box::pin(told);
    let mut before = Seq(0);
    while before < last {
        let Some(Event::Fact { seq, .. }) = told.next().await else { continue };
        assert!(seq > before, "{seq} comes after {before}");
        before = seq;
    }
    let lines: Vec<_> = check::all(&library.damask, &Caller::local(), check::How::default())
        .expect("a check")
        .collect()
        .await;
    let faults: Vec<_> = lines.iter().filter(|line| line.fault).collect();
    assert!(faults.is_empty() && lines.len() > 5, "{faults:?}");
}
