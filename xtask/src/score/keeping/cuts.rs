//! Row 2: the power is cut at instants of a server's life under mixed load (`testkit/src/power.rs`), on a disk that
//! forgets whatever was not synced. `DAMASK_SCORE_CUTS` says how often.

use std::time::Duration;

use anyhow::{Result, bail, ensure};
use damask_testkit::Words;
use damask_testkit::power::{hindrance, record};

use super::super::Bench;
use super::super::board::Figure;

const CUTS: u64 = 500;
/// Each server's life is cut so often.
const CUTS_PER_LIFE: u64 = 100;
/// How long the server works.
const LASTS: Duration = Duration::from_secs(6);

pub fn measure(bench: &Bench) -> Result<Figure> {
    if let Some(why) = hindrance() {
        bail!("system calls cannot be looked at: {why}");
    }
    let cuts = super::times("DAMASK_SCORE_CUTS", CUTS)?;
    let mut words = Words::new(bench.wish.seed);
    let (mut done, mut calls, mut acknowledged, mut looked_at) = (0, 0, 0, 0);
    let (mut lost, mut wrong) = (0, Vec::new());
    while done < cuts {
        let folder = bench.folder("cuts")?;
        let recording = record(bench.binary.path(), &folder, words.number(), LASTS)?;
        let differences = recording.differences()?;
        ensure!(differences.is_empty(), "the reckoning of the disk is wrong: {differences:?}");
        let count = CUTS_PER_LIFE.min(cuts - done);
        let places = recording.cuts(usize::try_from(count)?, &mut words);
        let (findings, unclean) = recording.cut(&places, &folder, &mut words)?;
        done += count;
        calls += recording.calls.len();
        acknowledged += recording.deeds.iter().map(Vec::len).sum::<usize>();
        looked_at += findings.assets;
        lost += findings.lost.len();
        wrong.extend([findings.lost, findings.half_made, unclean].concat());
    }
    let met = wrong.is_empty() && done >= CUTS && looked_at > 0;
    Ok(Figure::new(format!("{lost} over {done}"), met)
        .beside(format!(
            "{acknowledged} acknowledgements and {calls} system calls of real servers; {looked_at} assets read after cuts"
        ))
        .beside("every second cut with a disk that kept a random part of what was not synced")
        .beside_all(wrong))
}
