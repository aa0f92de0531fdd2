//! Load that goes on while something around the server fails, and after it: what fails is told in words, the work goes
//! on without a new start, and nothing acknowledged is lost.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::door::{Door, Request};
use super::hand::Hand;
use super::ledger::Ledger;
use super::look::{Care, Findings, look};
use super::serving::Ground;
use crate::Words;

/// So many acknowledgements show that the work goes on.
const GOES_ON: usize = 30;
/// How long it may take until it does, and until all jobs are done.
const GOES_ON_MAX: Duration = Duration::from_secs(120);

/// What came of it.
#[derive(Debug, Default)]
pub struct Endured {
    /// Acknowledgements while something failed.
    pub meanwhile: usize,
    /// Acknowledgements afterwards.
    pub afterwards: usize,
    /// Answers that told of failure.
    pub refusals: Vec<String>,
    /// What is lost or half-made.
    pub findings: Findings,
    /// What the check found.
    pub unclean: Vec<String>,
}

impl Endured {
    /// Everything that is wrong: what was lost, what is not sound, and failures that were not told as problems.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let untold = self.refusals.iter().filter(|refusal| !is_told(refusal));
        let untold = untold.map(|refusal| format!("not told in words: {refusal}"));
        let Findings { lost, half_made, .. } = &self.findings;
        [&lost[..], half_made, &self.unclean].concat().into_iter().chain(untold).collect()
    }

    /// Adds another.
    pub fn add(&mut self, other: Self) {
        self.meanwhile += other.meanwhile;
        self.afterwards += other.afterwards;
        self.refusals.extend(other.refusals);
        self.findings.add(other.findings);
        self.unclean.extend(other.unclean);
    }
}

/// A failure is told as a problem with a code, or with its reason in a line of an import or a backup.
fn is_told(refusal: &str) -> bool {
    let has = |part: &str| refusal.contains(part);
    (has("\"code\":\"") && has("\"detail\":\""))
        || has("\"reason\":\"")
        || has("no backup: ")
        || has("\"refused\":[{")
}

/// Lets the hands work at once, whatever fails, until `until` ends; answers how many acknowledgements came.
pub fn work_on(hands: &mut [Hand], door: &Door, until: impl FnOnce() -> Result<()>) -> Result<usize> {
    let count = |hands: &[Hand]| hands.iter().map(|hand| hand.deeds.len()).sum::<usize>();
    let before = count(hands);
    let goes_on = AtomicBool::new(true);
    scope(|scope| {
        for hand in hands.iter_mut() {
            let goes_on = &goes_on;
            scope.spawn(move || hand.work_on(door, &|| goes_on.load(Ordering::Relaxed)));
        }
        let ended = until();
        goes_on.store(false, Ordering::Relaxed);
        ended
    })?;
    Ok(count(hands) - before)
}

/// Works on one server while `harm` is done, and afterwards; then looks at everything.
pub fn endure(ground: &Ground, seed: u64, harm: impl FnOnce() -> Result<()>) -> Result<Endured> {
    let mut hands = super::hands(seed, &ground.folder);
    let mut serving = ground.serve()?;
    let door = serving.door();
    let meanwhile = work_on(&mut hands, &door, harm)?;
    let mut endured = Endured { meanwhile, ..Endured::default() };
    let started = Instant::now();
    while endured.afterwards < GOES_ON {
        ensure!(serving.runs(), "the server ended: {}", serving.last_words());
        ensure!(started.elapsed() < GOES_ON_MAX, "the work does not go on: {}", serving.last_words());
        endured.afterwards += work_on(&mut hands, &door, || {
            sleep(Duration::from_millis(500));
            Ok(())
        })?;
    }
    settle(&door)?;
    endured.add(look_at_all(ground, &door, &mut hands, seed)?);
    serving.end()?;
    Ok(endured)
}

/// Works on a server that is started by `ground.before`, which harms it, for so long; then on one that is not.
pub fn endure_from_within(
    ground: &Ground,
    hands: &mut [Hand],
    seed: u64,
    lasts: Duration,
) -> Result<Endured> {
    let mut serving = ground.start()?;
    let door = serving.door();
    let mut endured = Endured::default();
    if serving.wait_until_ready().is_ok() {
        endured.meanwhile = work_on(hands, &door, || {
            sleep(lasts);
            Ok(())
        })?;
    } else {
        ensure!(!serving.last_words().is_empty(), "it did not start, and said nothing");
    }
    // What is harmed at its end may end otherwise.
    drop(serving.end());
    let plain = Ground { before: Vec::new(), ..ground.clone() };
    let serving = plain.serve()?;
    for hand in hands.iter_mut() {
        endured.refusals.append(&mut hand.refusals);
    }
    endured.add(look_at_all(&plain, &door, hands, seed)?);
    endured.afterwards += super::work(hands, &door, || {
        sleep(lasts / 2);
        Ok(())
    })?;
    let refused: Vec<&String> = hands.iter().flat_map(|hand| &hand.refusals).collect();
    ensure!(refused.is_empty(), "it does not work again: {refused:?}");
    endured.add(look_at_all(&plain, &door, hands, !seed)?);
    serving.end()?;
    Ok(endured)
}

fn look_at_all(ground: &Ground, door: &Door, hands: &mut [Hand], seed: u64) -> Result<Endured> {
    let mut endured = Endured::default();
    for hand in hands.iter_mut() {
        endured.refusals.append(&mut hand.refusals);
    }
    let mut ledgers: Vec<&mut Ledger> = hands.iter_mut().map(|hand| &mut hand.ledger).collect();
    endured.findings = look(door, &mut ledgers, Care::All, &mut Words::new(seed))?;
    endured.unclean = ground.faults(Care::All)?;
    for hand in hands.iter() {
        if let Some(repository) = hand.repository() {
            endured.findings.lost.extend(ground.lost_backups(repository, &hand.ledger.backups)?);
        }
    }
    Ok(endured)
}

/// Waits until no job waits or runs, and the readers have read all of the journal.
fn settle(door: &Door) -> Result<()> {
    let started = Instant::now();
    loop {
        let answer = door.ask(&Request::new("GET", "/api/v1/status"))?;
        let status = answer.document()?;
        let read = status["index_seq"].as_i64().min(status["pipeline_seq"].as_i64());
        let left = |state: &str| status["jobs"][state].as_i64().context("the status counts jobs");
        if left("waiting")? + left("running")? == 0 && read >= status["seq"].as_i64() {
            return Ok(());
        }
        ensure!(started.elapsed() < GOES_ON_MAX, "the jobs are not done: {status}");
        sleep(Duration::from_millis(100));
    }
}
