//! Row 1: the server is killed (SIGKILL) at random moments under mixed load, on SQLite and on PostgreSQL at once, each
//! time one long-lived library (`testkit/src/siege.rs`). `DAMASK_SCORE_KILLS` says how often on each.

use std::process::Command;
use std::thread::scope;

use anyhow::{Context, Result, ensure};
use damask_testkit::siege::{Ground, Manner, Siege, Tally};

use super::super::Bench;
use super::super::board::Figure;

/// Kills on each database.
const KILLS: u64 = 1_000;
/// A kill comes so long after the load begins at most, milliseconds.
const MOMENT_MS_MAX: u64 = 700;
/// Each so many kills every byte is looked at.
const ALL_EACH: u64 = 25;

pub fn measure(bench: &Bench) -> Result<Figure> {
    let kills = super::times("DAMASK_SCORE_KILLS", KILLS)?;
    let cluster = bench.folder("pg")?;
    let address = postgres(bench, "start", &cluster)?;
    let seed = bench.wish.seed;
    let sqlite = Ground::new(bench.binary.path(), &bench.folder("siege-sqlite")?);
    let records = Some(address.trim().to_owned());
    let postgresql =
        Ground { database: records, ..Ground::new(bench.binary.path(), &bench.folder("siege-postgresql")?) };
    let tallies = scope(|scope| {
        let conduct = |ground, seed| scope.spawn(move || conduct(ground, seed, kills));
        let both = [("SQLite", conduct(sqlite, seed)), ("PostgreSQL", conduct(postgresql, !seed))];
        both.map(|(name, tally)| (name, tally.join()))
    });
    postgres(bench, "stop", &cluster)?;
    let (mut lost, mut half_made, mut unclean, mut checks) = (0, 0, 0, 0);
    let (mut beside, mut wrong) = (Vec::new(), Vec::new());
    for (name, tally) in tallies {
        let tally = tally.ok().context("a siege ended in a panic")?.with_context(|| name.to_owned())?;
        lost += tally.findings.lost.len();
        half_made += tally.findings.half_made.len();
        unclean += tally.unclean.len();
        checks += tally.checks;
        beside.push(format!(
            "{name}: {} kills, {} acknowledgements, {} acts cut, {} assets looked at, {} originals read",
            tally.kills, tally.acknowledged, tally.cut, tally.findings.assets, tally.findings.originals
        ));
        wrong.extend(tally.faults().into_iter().map(|fault| format!("{name}: {fault}")));
    }
    let met = wrong.is_empty() && kills >= KILLS;
    let figure = Figure::new(format!("{lost}; {half_made}; {unclean} of {checks}"), met);
    Ok(figure.beside_all(beside).beside_all(wrong))
}

/// Kills until it is enough, or until something is wrong.
fn conduct(ground: Ground, seed: u64, kills: u64) -> Result<Tally> {
    let mut siege = Siege::begin(ground, Manner { seed, moment_ms_max: MOMENT_MS_MAX, all_each: ALL_EACH })?;
    while siege.tally.kills < kills {
        siege.kill()?;
        if !siege.tally.faults().is_empty() {
            return Ok(siege.tally);
        }
    }
    siege.finish()
}

fn postgres(bench: &Bench, action: &str, folder: &std::path::Path) -> Result<String> {
    let output = Command::new(bench.root.join("scripts/postgres.sh")).arg(action).arg(folder).output()?;
    ensure!(output.status.success(), "no PostgreSQL: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
