//! Row 8: every byte of a library is verified, at full speed, as fast as `b3sum` reads and hashes the same files, or
//! nearly. Both read from the disk: what the page cache has is forgotten before each turn.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value as Json;
use walkdir::WalkDir;

use super::super::board::Figure;
use super::super::server::Server;
use super::super::socket::Socket;
use super::super::{Bench, fixtures, median};

const RATIO_MIN: f64 = 0.8;
/// A library has at least so many bytes: a short turn says nothing.
const BYTES_MIN: u64 = 1 << 30;
const FILLER_BYTES: u64 = 64 << 20;
const ROUNDS_MIN: usize = 5;
const PASS_MAX: Duration = Duration::from_secs(600);

pub fn measure(bench: &Bench) -> Result<Figure> {
    let (data, filler) = (bench.folder("scrubbed")?, bench.folder("scrubbed-files")?);
    bench.binary.import(&data, &bench.corpus, &["--no-previews"])?;
    let mut number = 0;
    while length(&blobs(&data)) + number * FILLER_BYTES < BYTES_MIN {
        let path = filler.join(format!("film-{number}.bin"));
        fixtures::large_file(&path, FILLER_BYTES + number)?;
        number += 1;
    }
    bench.binary.import(&data, &filler, &["--no-previews"])?;
    let files = blobs(&data);
    let server = Server::start_with(&bench.binary, &data, &[("DAMASK_STORE_SCRUB_BYTES_PER_SECOND", "0")])?;
    server.settle()?;
    let socket = Socket::of(&data);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let rounds = bench.wish.rounds.max(ROUNDS_MIN);
    // The round before the first warms up and does not count.
    for round in 0..=rounds {
        let mut took = [Duration::ZERO; 2];
        for which in [round % 2, (round + 1) % 2] {
            forget(&files)?;
            took[which] = if which == 0 { scrub(&socket)? } else { b3sum(&files)? };
        }
        if round > 0 {
            ours.push(took[0].as_secs_f64());
            theirs.push(took[1].as_secs_f64());
        }
    }
    let place = first_place(&socket)?;
    ensure!(place["faults"] == 0, "the place has faults: {place}");
    ensure!(place["verified"]["files"] == files.len(), "{} files lie there, seen: {place}", files.len());
    server.stop()?;
    let none = "at least one round is needed";
    let (ours, theirs) = (median(ours).context(none)?, median(theirs).context(none)?);
    #[expect(clippy::cast_precision_loss, reason = "lengths of files are far below 2^53")]
    let speed = |seconds: f64| length(&files) as f64 / 1e6 / seconds;
    Ok(Figure::new(format!("{:.2} x", theirs / ours), theirs / ours >= RATIO_MIN).beside(format!(
        "{} files of {} bytes: {:.0} MB/s; {}: {:.0} MB/s; medians of {rounds} interleaved rounds",
        files.len(),
        length(&files),
        speed(ours),
        version()?,
        speed(theirs)
    )))
}

fn blobs(data: &Path) -> Vec<PathBuf> {
    let blobs = data.join("libraries/main/store/blobs");
    let files = WalkDir::new(blobs).sort_by_file_name().into_iter().flatten();
    files.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path).collect()
}

fn length(files: &[PathBuf]) -> u64 {
    files.iter().filter_map(|file| file.metadata().ok()).map(|found| found.len()).sum()
}

/// Has the page cache forget the files: `dd` asks for that where it is told to copy nothing.
fn forget(files: &[PathBuf]) -> Result<()> {
    ensure!(Command::new("sync").status().context("no sync")?.success(), "sync failed");
    for file in files {
        let words = [format!("if={}", file.display()), "iflag=nocache".into(), "count=0".into()];
        let ended = Command::new("dd").args(words).stderr(Stdio::null()).status().context("no dd")?;
        ensure!(ended.success(), "dd ended with {ended}");
    }
    Ok(())
}

fn first_place(socket: &Socket) -> Result<Json> {
    let answer = socket.ask("GET", "/api/v1/places", &[], &[])?;
    ensure!(answer.status == 200, "the places answered {}", answer.status);
    let places: Json = serde_json::from_slice(&answer.body)?;
    Ok(places["items"][0].clone())
}

/// From asking for a pass to its end.
fn scrub(socket: &Socket) -> Result<Duration> {
    let before = first_place(socket)?["verified"]["at"].clone();
    let begun = Instant::now();
    let answer = socket.ask("POST", "/api/v1/places/first/scrub", &[], &[])?;
    ensure!(answer.status == 202, "the pass was not begun: {}", String::from_utf8_lossy(&answer.body));
    loop {
        let place = first_place(socket)?;
        if place["pass"].is_null() && place["verified"]["at"] != before {
            return Ok(begun.elapsed());
        }
        if begun.elapsed() > PASS_MAX {
            bail!("the pass did not end within {} s: {place}", PASS_MAX.as_secs());
        }
        sleep(Duration::from_millis(5));
    }
}

fn b3sum(files: &[PathBuf]) -> Result<Duration> {
    let begun = Instant::now();
    let ended = Command::new("b3sum").args(files).stdout(Stdio::null()).status();
    let took = begun.elapsed();
    ensure!(ended.context("no b3sum: install Debian's package of that name")?.success(), "b3sum failed");
    Ok(took)
}

fn version() -> Result<String> {
    let said = Command::new("b3sum").arg("--version").output().context("no b3sum")?;
    Ok(String::from_utf8_lossy(&said.stdout).trim().to_owned())
}
