//! Jobs: at least once, by lane, under leases, with back-off and dead letters.

use std::{collections::HashSet, sync::Arc, time::Duration};

use damask_catalog::{
    Catalog, CatalogError,
    jobs::{self, ATTEMPTS_MAX, Beat, Claim, Claimed, Job, NewJob},
};
use damask_model::job::{JobState, Lane, Resource};
use tokio::task::JoinSet;

use crate::library::{Answer, Library, job, write};

const LEASE: Duration = Duration::from_secs(60);

async fn add(catalog: &Catalog, added: Vec<NewJob>) -> Result<u64, CatalogError> {
    write(catalog, async move |tx| jobs::add(tx, &added).await).await
}

async fn claimed(catalog: &Catalog, worker: &'static str, limit: u32) -> Result<Claimed, CatalogError> {
    let all = [Resource::Cpu, Resource::Io, Resource::Net];
    write(catalog, async move |tx| {
        jobs::claim(tx, &Claim { worker, resources: &all, kinds: &[], limit, lease: LEASE }).await
    })
    .await
}

async fn claim(catalog: &Catalog, worker: &'static str, limit: u32) -> Result<Vec<Job>, CatalogError> {
    Ok(claimed(catalog, worker, limit).await?.jobs)
}

fn kinds(claimed: &[Job]) -> Vec<&str> {
    claimed.iter().map(|job| job.kind.as_str()).collect()
}

pub async fn jobs_are_claimed_by_lane_and_then_by_age(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    let now = library.now();
    let at =
        |kind: &str, lane, seconds| NewJob { lane, not_before: now.plus_seconds(seconds), ..job(kind, None) };
    let mut added = catalog.jobs_added();
    add(
        &catalog,
        vec![
            at("bulk old", Lane::Bulk, -9),
            at("bulk", Lane::Bulk, 0),
            at("fresh", Lane::Fresh, 0),
            at("fresh old", Lane::Fresh, -5),
            at("later", Lane::Interactive, 100),
            at("interactive", Lane::Interactive, 0),
        ],
    )
    .await?;
    assert!(added.has_changed().expect("open"), "workers are told");
    added.mark_unchanged();
    let first = claim(&catalog, "w", 3).await?;
    assert_eq!(kinds(&first), ["interactive", "fresh old", "fresh"]);
    assert_eq!(kinds(&claim(&catalog, "w", 9).await?), ["bulk old", "bulk"]);
    let counts = jobs::counts(&mut catalog.read().await?).await?;
    assert_eq!((counts.waiting, counts.running, counts.dead), (1, 5, 0));
    let next = jobs::next_at(&mut catalog.read().await?, Resource::Cpu).await?;
    assert_eq!(next, Some(now.plus_seconds(100)));
    library.pass(100);
    // The first five's leases have run out by then: they wait again.
    assert_eq!(kinds(&claim(&catalog, "w", 1).await?), ["interactive"]);
    assert_eq!(kinds(&claim(&catalog, "w", 1).await?), ["later"]);
    Ok(())
}

pub async fn a_job_of_a_key_that_waits_or_runs_is_not_added_again(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    assert_eq!(add(&catalog, vec![job("a", Some("k")), job("b", Some("k")), job("c", None)]).await?, 2);
    let claimed = claim(&catalog, "w", 9).await?;
    assert_eq!(kinds(&claimed), ["a", "c"]);
    assert_eq!(add(&catalog, vec![job("b", Some("k"))]).await?, 0, "it runs");
    let id = claimed[0].id;
    assert!(write(&catalog, async move |tx| jobs::complete(tx, id, "w").await).await?);
    assert_eq!(add(&catalog, vec![job("b", Some("k"))]).await?, 1, "it ended");
    let done = jobs::by_id(&mut catalog.read().await?, id).await?.expect("kept for a while");
    assert_eq!((done.state, done.ended), (JobState::Done, Some(library.now())));
    library.pass(10);
    let now = library.now();
    assert_eq!(write(&catalog, async move |tx| jobs::sweep(tx, now, 100).await).await?, 1);
    Ok(())
}

pub async fn a_lease_that_ran_out_makes_the_job_claimable_again(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    add(&catalog, vec![job("a", None)]).await?;
    let id = claim(&catalog, "first", 1).await?[0].id;
    let beat = |worker: &'static str| {
        write(&catalog, async move |tx| jobs::heartbeat(tx, id, worker, LEASE, Some((3, 10))).await)
    };
    library.pass(50);
    assert_eq!(beat("first").await?, Beat::Held);
    library.pass(50);
    assert!(claim(&catalog, "second", 1).await?.is_empty(), "the beat made the lease longer");
    library.pass(60);
    let again = claim(&catalog, "second", 1).await?;
    assert_eq!((again[0].id, again[0].attempts), (id, 2));
    assert_eq!(beat("first").await?, Beat::Lost);
    assert!(!write(&catalog, async move |tx| jobs::complete(tx, id, "first").await).await?);
    assert_eq!(beat("second").await?, Beat::Held);
    let running = jobs::by_id(&mut catalog.read().await?, id).await?.expect("it runs");
    assert_eq!(running.progress, Some((3, 10)));
    let mut told = Vec::new();
    for _ in 0..ATTEMPTS_MAX {
        library.pass(3_600);
        told.extend(claimed(&catalog, "second", 1).await?.dead);
    }
    let dead = jobs::by_id(&mut catalog.read().await?, id).await?.expect("kept");
    assert_eq!(dead.state, JobState::Dead, "a job that kills its workers does not run for ever");
    assert_eq!(told, [dead], "and whoever claims is told, once");
    Ok(())
}

pub async fn a_failing_job_waits_longer_each_time_and_then_is_dead_until_retried(
    library: Arc<Library>,
) -> Answer {
    let catalog = library.open().await?;
    add(&catalog, vec![job("a", Some("k"))]).await?;
    let mut waits = Vec::new();
    for attempt in 1..=ATTEMPTS_MAX {
        let running = claim(&catalog, "w", 1).await?.remove(0);
        let (id, now) = (running.id, library.now());
        let state =
            write(&catalog, async move |tx| jobs::fail(tx, &running, "w", "no luck", false).await).await?;
        let stands = jobs::by_id(&mut catalog.read().await?, id).await?.expect("kept");
        assert_eq!(Some(stands.state), state);
        assert_eq!(stands.error.as_deref(), Some("no luck"));
        if attempt < ATTEMPTS_MAX {
            assert_eq!(state, Some(JobState::Waiting));
            assert!(claim(&catalog, "w", 1).await?.is_empty(), "not before its time");
            waits.push(stands.not_before.micros_since(now));
            library.pass(waits[waits.len() - 1] / 1_000_000);
        } else {
            assert_eq!(state, Some(JobState::Dead));
        }
    }
    assert!(waits.is_sorted() && waits[0] < waits[1]);
    let dead = jobs::page(&mut catalog.read().await?, JobState::Dead, None, 10).await?;
    assert_eq!(dead.len(), 1);
    let id = dead[0].id;
    add(&catalog, vec![job("a", Some("k"))]).await?;
    assert!(!write(&catalog, async move |tx| jobs::retry(tx, id).await).await?, "one of its key waits");
    let other = claim(&catalog, "w", 1).await?.remove(0).id;
    write(&catalog, async move |tx| jobs::complete(tx, other, "w").await).await?;
    assert!(write(&catalog, async move |tx| jobs::retry(tx, id).await).await?);
    assert_eq!(claim(&catalog, "w", 1).await?[0].attempts, 1);
    Ok(())
}

pub async fn a_job_is_claimed_by_one_worker_only(library: Arc<Library>) -> Answer {
    let nodes = library.nodes(3).await?;
    add(&nodes[0], (0..60).map(|_| job("a", None)).collect()).await?;
    let mut workers = JoinSet::new();
    for number in 0..6 {
        let node = nodes[number % nodes.len()].clone();
        workers.spawn(async move {
            let mut own = Vec::new();
            loop {
                let claimed = claim(&node, "w", 4).await.expect("claims do not fail");
                if claimed.is_empty() {
                    return own;
                }
                own.extend(claimed.into_iter().map(|job| job.id));
            }
        });
    }
    let all: Vec<_> = workers.join_all().await.into_iter().flatten().collect();
    assert_eq!(all.len(), 60);
    assert_eq!(all.into_iter().collect::<HashSet<_>>().len(), 60);
    Ok(())
}

pub async fn a_cancelled_job_does_not_run(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    add(&catalog, vec![job("a", None), job("b", None)]).await?;
    let running = claim(&catalog, "w", 1).await?.remove(0).id;
    let waiting = jobs::page(&mut catalog.read().await?, JobState::Waiting, None, 10).await?[0].id;
    for id in [running, waiting] {
        assert!(write(&catalog, async move |tx| jobs::cancel(tx, id).await).await?);
    }
    assert!(claim(&catalog, "w", 1).await?.is_empty());
    let beat = write(&catalog, async move |tx| jobs::heartbeat(tx, running, "w", LEASE, None).await).await?;
    assert_eq!(beat, Beat::Cancelled);
    assert!(write(&catalog, async move |tx| jobs::stopped(tx, running, "w").await).await?);
    let stopped = jobs::page(&mut catalog.read().await?, JobState::Cancelled, None, 10).await?;
    assert_eq!(stopped.len(), 2);
    assert!(!write(&catalog, async move |tx| jobs::cancel(tx, running).await).await?, "it has ended");
    assert!(write(&catalog, async move |tx| jobs::retry(tx, waiting).await).await?);
    let again = claim(&catalog, "w", 9).await?;
    assert_eq!(again[0].id, waiting);
    assert!(write(&catalog, async move |tx| jobs::release(tx, waiting, "w").await).await?);
    assert_eq!(claim(&catalog, "w", 9).await?[0].attempts, 1, "an attempt given back does not count");
    Ok(())
}

pub async fn a_claim_takes_only_what_the_worker_has_free(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    let of = |kind: &str, resource| NewJob { resource, ..job(kind, None) };
    add(&catalog, vec![of("describe", Resource::Cpu), of("mail", Resource::Net), of("copy", Resource::Net)])
        .await?;
    let only = |resources: &'static [Resource], kinds: &'static [&'static str]| {
        write(&catalog, async move |tx| {
            let claim = Claim { worker: "w", resources, kinds, limit: 9, lease: LEASE };
            Ok(jobs::claim(tx, &claim).await?.jobs)
        })
    };
    assert!(only(&[Resource::Gpu], &[]).await?.is_empty());
    assert_eq!(kinds(&only(&[Resource::Net], &["copy", "other"]).await?), ["copy"]);
    assert_eq!(kinds(&only(&[Resource::Net], &[]).await?), ["mail"]);
    assert_eq!(kinds(&only(&[Resource::Net, Resource::Cpu], &[]).await?), ["describe"]);
    Ok(())
}

pub async fn the_counts_are_those_of_a_walk_whatever_happened(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    let check = async |waiting: u64, running: u64, dead: u64| -> Answer {
        let mut conn = catalog.read().await?;
        let counts = jobs::counts(&mut conn).await?;
        assert_eq!((counts.waiting, counts.running, counts.dead), (waiting, running, dead));
        for (state, count) in
            [(JobState::Waiting, waiting), (JobState::Running, running), (JobState::Dead, dead)]
        {
            assert_eq!(jobs::page(&mut conn, state, None, 100).await?.len() as u64, count, "{state:?}");
        }
        Ok(())
    };
    check(0, 0, 0).await?;
    add(&catalog, (0..6).map(|number| job("a", Some(&number.to_string()))).collect()).await?;
    add(&catalog, vec![job("a", Some("0")), job("a", Some("1"))]).await?;
    check(6, 0, 0).await?;
    let claimed = claim(&catalog, "w", 5).await?;
    check(1, 5, 0).await?;
    let ids: Vec<_> = claimed.iter().map(|job| job.id).collect();
    let (done, freed, failed, stopped) = (ids[0], ids[1], claimed[2].clone(), ids[3]);
    assert!(write(&catalog, async move |tx| jobs::complete(tx, done, "w").await).await?);
    assert!(!write(&catalog, async move |tx| jobs::complete(tx, done, "w").await).await?, "only once");
    assert!(write(&catalog, async move |tx| jobs::release(tx, freed, "w").await).await?);
    let failing = failed.clone();
    write(&catalog, async move |tx| jobs::fail(tx, &failing, "w", "no luck", false).await).await?;
    check(3, 2, 0).await?;
    assert!(write(&catalog, async move |tx| jobs::cancel(tx, stopped).await).await?);
    assert!(write(&catalog, async move |tx| jobs::cancel(tx, freed).await).await?);
    check(2, 2, 0).await?;
    assert!(write(&catalog, async move |tx| jobs::stopped(tx, stopped, "w").await).await?);
    let hopeless = claimed[4].clone();
    write(&catalog, async move |tx| jobs::fail(tx, &hopeless, "w", "never", true).await).await?;
    check(2, 0, 1).await?;
    // A write that fails has moved nothing.
    let refused = write(&catalog, async move |tx| {
        jobs::retry(tx, stopped).await?;
        jobs::complete(tx, stopped, "nobody").await?;
        Err::<(), _>(CatalogError::Conflict { what: stopped.to_string() })
    });
    refused.await.expect_err("refused");
    check(2, 0, 1).await?;
    assert!(write(&catalog, async move |tx| jobs::retry(tx, stopped).await).await?, "cancelled before");
    let dead = ids[4];
    assert!(write(&catalog, async move |tx| jobs::retry(tx, dead).await).await?, "dead before");
    check(4, 0, 0).await?;
    library.pass(60);
    assert_eq!(claim(&catalog, "gone", 9).await?.len(), 4);
    check(0, 4, 0).await?;
    library.pass(61);
    assert_eq!(claim(&catalog, "next", 1).await?.len(), 1, "the others wait again");
    check(3, 1, 0).await
}

pub async fn a_job_that_someone_waits_for_goes_sooner(library: Arc<Library>) -> Answer {
    let catalog = library.open().await?;
    let bulk = |kind: &str| NewJob { lane: Lane::Bulk, ..job(kind, Some(kind)) };
    add(&catalog, vec![bulk("a"), bulk("b"), bulk("c")]).await?;
    let hasten = |key: &'static str, lane| write(&catalog, async move |tx| jobs::hasten(tx, key, lane).await);
    assert!(hasten("c", Lane::Interactive).await?);
    assert!(!hasten("c", Lane::Fresh).await?, "it is in a more urgent lane");
    assert!(!hasten("d", Lane::Fresh).await?, "there is none");
    assert_eq!(kinds(&claim(&catalog, "w", 1).await?), ["c"]);
    assert!(!hasten("c", Lane::Interactive).await?, "it runs");
    assert_eq!(kinds(&claim(&catalog, "w", 9).await?), ["a", "b"]);
    Ok(())
}
