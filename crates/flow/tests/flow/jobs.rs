//! Work behind the requests: who goes first, what happens when it fails, what people can do about it.

use std::{fs, time::Duration};

use damask_catalog::{
    Urgency,
    jobs::{self, ATTEMPTS_MAX, Claim, back_off},
};
use damask_flow::{
    Caller,
    events::{self, Event},
    stages, work,
};
use damask_model::{
    AssetId, Seq, Verb,
    job::{JobState, Resource},
};
use damask_testkit::fixtures;
use futures::StreamExt as _;

use crate::library::{Library, mistaken};

/// Facts of these verbs about assets, in their order.
async fn facts(library: &Library, verbs: &[Verb]) -> Vec<(Verb, AssetId)> {
    let last = library.damask.seq();
    let told = events::follow(&library.damask, &Caller::local(), Some(Seq(0))).await.expect("events");
    let mut told = Box::pin(told);
    let mut facts = Vec::new();
    loop {
        let event = tokio::time::timeout(Duration::from_secs(10), told.next()).await.expect("in time");
        let Some(Event::Fact { seq, verb, subjects, .. }) = event else { continue };
        if verbs.contains(&verb) {
            facts.push((verb, AssetId(subjects[0])));
        }
        if seq >= last {
            return facts;
        }
    }
}

/// Turns all facts into jobs, with no worker to do them.
async fn wake(library: &Library) {
    while stages::step(&library.damask).await.expect("the pipeline reads the journal") {}
}

async fn jobs_of(library: &Library, state: Option<JobState>) -> Vec<work::Job> {
    work::page(&library.damask, &Caller::local(), state, None, 100).await.expect("jobs")
}

pub async fn what_a_person_brings_goes_before_what_is_left_of_an_import(library: &mut Library) {
    for number in 0..12 {
        library.write(&format!("Card/{number:02}.txt"), format!("take {number}").as_bytes());
    }
    library.import(&[library.incoming().join("Card")]).await;
    wake(library).await;
    let dropped = library.put("mine.txt", "mine").await.expect("taken").asset.expect("an asset");
    wake(library).await;
    library.start(1);
    library.settled().await;
    let facts = facts(library, &[Verb::VersionDescribed, Verb::VersionPreviewed]).await;
    assert_eq!(facts.len(), 26, "{facts:?}");
    assert_eq!(facts[0], (Verb::VersionDescribed, dropped), "{facts:?}");
    let previewed = facts.iter().position(|fact| *fact == (Verb::VersionPreviewed, dropped));
    // Its second job is added while the one worker may already hold another.
    assert!(previewed.is_some_and(|place| place <= 4), "{facts:?}");
}

pub async fn a_job_that_fails_waits_longer_each_time_is_dead_and_can_be_retried_by_hand(
    library: &mut Library,
) {
    let asset = library.put("note.txt", "the ferry leaves").await.expect("taken").asset.expect("an asset");
    let bytes = library.stored(b"the ferry leaves");
    let away = bytes.with_extension("away");
    fs::rename(&bytes, &away).expect("the bytes are away");
    let mut waits = Vec::new();
    for attempt in 1..=ATTEMPTS_MAX {
        library.start(1);
        let stands = loop {
            let all = jobs_of(library, None).await;
            match all.into_iter().next() {
                Some(job) if job.attempts == attempt && job.state != JobState::Running => break job,
                _ => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        };
        library.stop().await;
        assert!(stands.error.as_deref().is_some_and(|error| !error.is_empty()), "it says why");
        if attempt < ATTEMPTS_MAX {
            assert_eq!(stands.state, JobState::Waiting, "attempt {attempt}");
            let wait = stands.not_before.micros_since(library.damask.now());
            waits.push(wait);
            library.pass(i64::try_from(back_off(attempt).as_secs()).expect("short"));
        } else {
            assert_eq!(stands.state, JobState::Dead);
        }
    }
    assert!(waits.windows(2).all(|pair| pair[0] < pair[1]), "{waits:?}");
    assert_eq!(library.verbs(asset).await, ["asset.ingested", "version.failed"]);
    assert!(library.summary(asset).await.failed, "people see that it failed");

    fs::rename(&away, &bytes).expect("the bytes are back");
    let dead = jobs_of(library, Some(JobState::Dead)).await;
    let about = work::about(&library.damask, &Caller::local(), &dead).await.expect("what it is about");
    assert_eq!(about[&dead[0].subject.expect("a version")], (asset, "note.txt".to_owned()));
    let again = work::retry(&library.damask, &Caller::local(), dead[0].id).await.expect("it may");
    assert_eq!((again.state, again.attempts), (JobState::Waiting, 0));
    mistaken(work::retry(&library.damask, &Caller::local(), dead[0].id).await, "job-not-moved");
    library.start(1);
    library.settled().await;
    assert_eq!(library.find("ferry").await, ["note.txt"]);
    let summary = library.summary(asset).await;
    assert!(!summary.failed && summary.previewed, "it is well again: {summary:?}");
    assert_eq!(library.status().await.jobs, Default::default());
}

pub async fn a_job_whose_workers_die_with_it_ends_with_a_finding(library: &mut Library) {
    let asset = library.put("poison.txt", "poison").await.expect("taken").asset.expect("an asset");
    wake(library).await;
    let lease = Duration::from_secs(60);
    let node = library.other_node().await;
    for _ in 0..ATTEMPTS_MAX {
        let claimed = node
            .write(Urgency::Interactive, async move |tx| {
                let claim = Claim {
                    worker: "gone",
                    resources: &[Resource::Cpu, Resource::Io],
                    kinds: &[],
                    limit: 9,
                    lease,
                };
                jobs::claim(tx, &claim).await
            })
            .await
            .expect("a claim");
        assert_eq!(claimed.value.jobs.len(), 1, "{claimed:?}");
        library.pass(61);
    }
    node.close().await;
    library.start(1);
    library.settled().await;
    assert_eq!(jobs_of(library, Some(JobState::Dead)).await.len(), 1);
    assert_eq!(library.verbs(asset).await, ["asset.ingested", "version.failed"]);
    assert!(library.summary(asset).await.failed, "people see that it failed");
}

pub async fn a_cancelled_job_is_not_done_until_it_is_retried(library: &mut Library) {
    let asset = library.put("note.txt", "note").await.expect("taken").asset.expect("an asset");
    wake(library).await;
    let job = jobs_of(library, Some(JobState::Waiting)).await.remove(0).id;
    let caller = Caller::local();
    let stopped = work::cancel(&library.damask, &caller, job).await.expect("it may");
    assert_eq!(stopped.state, JobState::Cancelled);
    mistaken(work::cancel(&library.damask, &caller, job).await, "job-not-moved");
    library.start(1);
    library.settled().await;
    assert_eq!(library.verbs(asset).await, ["asset.ingested"]);
    work::retry(&library.damask, &caller, job).await.expect("it may");
    library.settled().await;
    assert_eq!(library.verbs(asset).await, ["asset.ingested", "version.described", "version.previewed"]);
    assert_eq!(work::one(&library.damask, &caller, job).await.expect("kept").state, JobState::Done);
}

pub async fn unfinished_jobs_are_shown_in_one_list(library: &mut Library) {
    for number in 0..3 {
        library.put(&format!("{number}.txt"), format!("{number}")).await.expect("taken");
    }
    wake(library).await;
    let (damask, caller) = (&library.damask, Caller::local());
    let all = jobs_of(library, None).await;
    assert_eq!(all.iter().map(|job| job.state).collect::<Vec<_>>(), [JobState::Waiting; 3]);
    let first = work::page(damask, &caller, None, None, 2).await.expect("jobs");
    assert_eq!(first.len(), 2);
    mistaken(work::page(damask, &caller, None, Some(first[1].id), 2).await, "bad-request");
    let waiting = Some(JobState::Waiting);
    let rest = work::page(damask, &caller, waiting, Some(first[1].id), 2).await.expect("jobs");
    assert_eq!(rest.iter().map(|job| job.id).collect::<Vec<_>>(), [all[2].id]);
    work::cancel(damask, &caller, all[0].id).await.expect("it may");
    assert_eq!(jobs_of(library, None).await.len(), 2, "what is over is not unfinished");
    assert_eq!(jobs_of(library, Some(JobState::Cancelled)).await.len(), 1);
    let counts = work::counts(damask, &caller).await.expect("counts");
    assert_eq!((counts.waiting, counts.running, counts.dead), (2, 0, 0));
}

pub async fn a_worker_that_stops_gives_its_jobs_back(library: &mut Library) {
    library.file(&fixtures::mp4(1280, 720, 2), "reel.mp4");
    let arrivals = library.import(&[library.incoming().join("reel.mp4")]).await;
    let asset = arrivals[0].asset.expect("an asset");
    library.start(1);
    let preview = |all: &[work::Job]| all.iter().any(|job| job.kind == "preview");
    while !preview(&jobs_of(library, Some(JobState::Running)).await) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    library.stop().await;
    let all = jobs_of(library, None).await;
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!((all[0].state, all[0].attempts), (JobState::Waiting, 0), "the attempt does not count");
    library.start(1);
    library.settled().await;
    assert!(library.summary(asset).await.previewed);
}
