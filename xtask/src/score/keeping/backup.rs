//! Row 5: a large library is backed up while an import runs, which is slowed by a part at most; what is restored proves
//! itself; and a backup of nothing new ends in seconds.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::super::board::Figure;
use super::super::ingest;
use super::super::server::Server;
use super::super::{Bench, fixtures, median};

const SLOWER_MAX: f64 = 0.30;
const UNCHANGED_MAX: Duration = Duration::from_secs(10);
/// Small files an import brings while the backup runs, and as many without one.
const FILES_BROUGHT: usize = 3_000;

pub fn measure(bench: &Bench) -> Result<Figure> {
    let assets = bench.wish.assets_large;
    let library = ingest::of_small_files(bench, assets)?;
    let data = bench.folder("backup-library")?;
    copy(&library, &data)?;
    let (mut alone, mut beside, mut backed_up) = (Vec::new(), Vec::new(), Vec::new());
    let server = Server::start(&bench.binary, &data)?;
    let repository = bench.folder("backup-place")?.join("repository");
    for round in 0..bench.wish.rounds {
        alone.push(import(bench, &data, &format!("alone-{round}"))?);
        server.settle()?;
        // Each round backs the whole library up, into a place that has nothing yet.
        let to = repository.with_extension(round.to_string());
        let to = to.to_str().context("a scratch path is UTF-8")?;
        let begun = Instant::now();
        let mut backup = bench.binary.command(&data, &["backup", to, "--json"]).spawn()?;
        let took = import(bench, &data, &format!("beside-{round}"))?;
        let was_beside = backup.try_wait()?.is_none();
        let ended = backup.wait_with_output()?;
        ensure!(ended.status.success(), "the backup: {}", String::from_utf8_lossy(&ended.stderr).trim());
        backed_up.push(begun.elapsed().as_secs_f64());
        ensure!(was_beside, "the backup ended before the import beside it; let it bring fewer files");
        beside.push(took);
        server.settle()?;
    }
    let last = repository.with_extension((bench.wish.rounds - 1).to_string());
    let last = last.to_str().context("a scratch path is UTF-8")?;
    bench.binary.well(&data, &["backup", last])?;
    let begun = Instant::now();
    bench.binary.well(&data, &["backup", last])?;
    let unchanged = begun.elapsed();
    server.stop()?;
    let begun = Instant::now();
    let restored = bench.folder("backup-restored")?;
    bench.binary.well(&restored, &["restore", last])?;
    let restore = begun.elapsed().as_secs_f64();
    let (held, expected) = (bench.binary.status(&restored)?.assets, bench.binary.status(&data)?.assets);
    let rounds = "at least one round is needed";
    let (alone, beside) = (median(alone).context(rounds)?, median(beside).context(rounds)?);
    let slower = beside / alone - 1.0;
    let verifies = held == expected;
    let met = slower <= SLOWER_MAX && verifies && unchanged <= UNCHANGED_MAX;
    let value = format!(
        "{:.0} %; {}; {:.1} s",
        slower * 100.0,
        if verifies { "verifies" } else { "differs" },
        unchanged.as_secs_f64()
    );
    Ok(Figure::new(value, met)
        .beside(format!("an import of {FILES_BROUGHT} files: {alone:.1} s alone, {beside:.1} s beside the backup"))
        .beside(format!(
            "{assets} assets backed up in {:.1} s, restored and checked in {restore:.1} s: {held} of {expected}",
            median(backed_up).context(rounds)?
        )))
}

/// Seconds an import of files that nobody has seen takes.
fn import(bench: &Bench, data: &Path, name: &str) -> Result<f64> {
    let folder = bench.folder(&format!("backup-{name}"))?;
    let seed = name.bytes().fold(bench.wish.seed, |seed, byte| seed.wrapping_mul(31) + u64::from(byte));
    fixtures::small_files(&folder, seed, FILES_BROUGHT)?;
    let begun = Instant::now();
    let lines = bench.binary.import(data, &folder, &["--no-previews", "--no-wait"])?;
    let took = begun.elapsed().as_secs_f64();
    let imported = lines.iter().filter(|line| line.outcome == "imported").count();
    ensure!(imported == FILES_BROUGHT, "{imported} of {FILES_BROUGHT} files were imported");
    Ok(took)
}

/// A library that others look at is left as it is.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let copied = std::process::Command::new("cp").arg("-a").arg(from.join(".")).arg(to).status()?;
    ensure!(copied.success(), "cannot copy {}", from.display());
    Ok(())
}
