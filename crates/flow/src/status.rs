//! How the library stands: what it holds, how far its readers are, what its engines say.

use std::{
    sync::Arc,
    time::{Duration, Instant as Stopwatch},
};

use damask_catalog::{jobs, journal};
use damask_model::Seq;

use crate::{
    backup::schedule,
    caller::Caller,
    damask::{Damask, off_thread},
    fixity::places,
    stages,
    trouble::{Outcome, Trouble},
};

/// How long what was found of the store is true.
const STORE_TRIED_EVERY: Duration = Duration::from_secs(1);

/// Longest wait for the disk before it counts as not answering.
const STORE_TIME_MAX: Duration = Duration::from_secs(5);

/// Programs without which something cannot be read.
const PROGRAMS: [(&str, &str); 5] = [
    ("exiftool", "embedded metadata"),
    ("ffmpeg", "films and sound"),
    ("ffprobe", "films and sound"),
    ("pdftoppm", "pages of PDF"),
    ("vips", "HEIC, AVIF, PSD and other pictures; WebP and AVIF renditions"),
];

/// When the store was last tried, and what was found; locked while it is.
pub type StoreTrial = tokio::sync::Mutex<Option<(Stopwatch, Result<(), String>)>>;

/// How the library stands.
#[derive(Clone, Debug)]
pub struct Status {
    /// Assets it holds.
    pub assets: u64,
    /// Bytes of all its files, each counted once.
    pub bytes: u64,
    /// How many they may be, where there is a quota.
    pub quota_bytes: Option<u64>,
    /// The last fact.
    pub seq: Seq,
    /// The fact up to which the index is.
    pub index_seq: Seq,
    /// The fact up to which stages were woken.
    pub pipeline_seq: Seq,
    /// Jobs by where they stand.
    pub jobs: jobs::Counts,
    /// Its engines.
    pub engines: Vec<EngineView>,
    /// SQL statements run by this process.
    pub statements: u64,
}

/// An engine and what it says of itself.
#[derive(Clone, Debug)]
pub struct EngineView {
    /// What it is.
    pub name: String,
    /// Whether it works.
    pub ok: bool,
    /// What was seen.
    pub detail: String,
}

/// How the library stands now. Callers who see only some of it are told no counts of the whole.
pub async fn now(damask: &Damask, caller: &Caller) -> Outcome<Status> {
    // Of one moment: whoever waits for the work to be done compares them.
    let mut snapshot = damask.catalog().snapshot().await?;
    let tally = journal::tally(snapshot.conn()).await?;
    let jobs = jobs::counts(snapshot.conn()).await?;
    let pipeline_seq = stages::seq(snapshot.conn()).await?;
    drop(snapshot);
    let sees_all = caller.sees_all();
    let count = |number: i64| if sees_all { u64::try_from(number).unwrap_or(0) } else { 0 };
    let index_seq = damask.follow().seq();
    let mut engines = engines(damask, tally.seq, index_seq);
    if sees_all {
        engines.extend(places::engines(damask).await);
    }
    engines.extend(schedule::view(damask));
    Ok(Status {
        assets: count(tally.assets),
        bytes: count(tally.bytes),
        quota_bytes: damask.limits().quota_bytes.filter(|_| sees_all),
        seq: tally.seq,
        index_seq,
        pipeline_seq,
        jobs: if sees_all { jobs } else { jobs::Counts::default() },
        engines,
        statements: damask.statements(),
    })
}

/// Whether the store takes bytes: a file of one byte is written there, synced and removed. One trial at a time,
/// and none so soon after another: anybody may ask.
pub async fn store(damask: &Damask) -> EngineView {
    let (store, trial) = (damask.store().clone(), Arc::clone(damask.store_trial()));
    let tried = async move {
        // Held until the disk answers, so that a disk that hangs holds one thread and not one a question.
        let mut last = trial.lock_owned().await;
        off_thread(move || match &*last {
            Some((at, found)) if at.elapsed() < STORE_TRIED_EVERY => found.clone(),
            _ => {
                let found = store.try_out().map_err(|error| Trouble::from(error).chain());
                *last = Some((Stopwatch::now(), found.clone()));
                found
            }
        })
        .await
    };
    let (ok, detail) = match tokio::time::timeout(STORE_TIME_MAX, tried).await {
        Ok(Ok(())) => (true, "it takes bytes".to_owned()),
        Ok(Err(why)) => (false, why),
        Err(_) => (false, format!("it did not answer within {} s", STORE_TIME_MAX.as_secs())),
    };
    EngineView { name: "store".into(), ok, detail }
}

fn engines(damask: &Damask, seq: Seq, index_seq: Seq) -> Vec<EngineView> {
    let lag = seq.0 - index_seq.0;
    let mut engines = vec![
        EngineView { name: "catalog".into(), ok: true, detail: format!("journal at {seq}") },
        EngineView { name: "index".into(), ok: lag < 10_000, detail: format!("{lag} facts behind") },
    ];
    engines.extend(PROGRAMS.map(|(program, use_of)| match damask.glass().find_program(program) {
        Some(path) => EngineView { name: program.into(), ok: true, detail: path.display().to_string() },
        None => EngineView {
            name: program.into(),
            ok: false,
            detail: format!("not installed: {use_of} cannot be read"),
        },
    }));
    engines
}
