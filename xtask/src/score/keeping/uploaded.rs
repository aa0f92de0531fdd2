//! Row 6: a file is uploaded on loopback as fast as `dd conv=fsync` writes the same bytes to the same disk, or nearly;
//! hashed, durable and an asset by then. And what a killed server costs: see resumed.rs.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use damask_testkit::Words;

use super::super::board::Figure;
use super::super::server::Server;
use super::super::socket::Socket;
use super::super::tus::Uploader;
use super::super::{Bench, median};
use super::people::administrator;
use super::resumed;

const RATIO_MIN: f64 = 0.8;
/// A disk that others write to as well is not still for long: more rounds than for CPU time.
const ROUNDS_MIN: usize = 7;

pub fn measure(bench: &Bench) -> Result<Figure> {
    let (ours, theirs, rounds) = beside_dd(bench)?;
    let ratio = theirs / ours;
    let cut = resumed::measure(bench)?;
    let chunks = cut.chunks_sent_again_max();
    let met = ratio >= RATIO_MIN && chunks <= 1.0 && cut.wrong.is_empty();
    #[expect(clippy::cast_precision_loss, reason = "lengths of files are far below 2^53")]
    let speed = |seconds: f64| bench.wish.upload_bytes as f64 / 1e6 / seconds;
    Ok(Figure::new(format!("{ratio:.2} x; {chunks:.2}"), met)
        .beside(format!(
            "{} bytes by tus in one piece, hashed, durable and an asset: {:.0} MB/s; dd bs=1M conv=fsync: {:.0} MB/s; \
             medians of {rounds} interleaved rounds",
            bench.wish.upload_bytes,
            speed(ours),
            speed(theirs)
        ))
        .beside(cut.words())
        .beside_all(cut.wrong))
}

/// Median seconds of an upload and of `dd`, and how many rounds there were.
fn beside_dd(bench: &Bench) -> Result<(f64, f64, usize)> {
    let (data, files) = (bench.folder("uploaded")?, bench.folder("uploaded-files")?);
    let (source, copy) = (files.join("camera-card.bin"), files.join("copy.bin"));
    noise(&source, bench.wish.upload_bytes, bench.wish.seed)?;
    let server = Server::start(&bench.binary, &data)?;
    let cookie = administrator(&Socket::of(&data), &server.door())?;
    let uploader = Uploader::at(server.door(), cookie);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let rounds = bench.wish.rounds.max(ROUNDS_MIN);
    // The round before the first warms up and does not count.
    for round in 0..=rounds {
        // Bytes that the library has would not be kept again.
        File::options().write(true).open(&source)?.write_all_at(&round.to_le_bytes(), 0)?;
        let mut took = [Duration::ZERO; 2];
        for which in [round % 2, (round + 1) % 2] {
            still()?;
            took[which] = match which {
                0 => upload(&uploader, &source, &format!("card-{round}.bin"))?,
                _ => dd(&source, &copy)?,
            };
            server.settle()?;
        }
        if round > 0 {
            ours.push(took[0].as_secs_f64());
            theirs.push(took[1].as_secs_f64());
        }
    }
    server.stop()?;
    let none = "at least one round is needed";
    Ok((median(ours).context(none)?, median(theirs).context(none)?, rounds))
}

/// Bytes that no disk can make shorter.
fn noise(path: &Path, length_bytes: u64, seed: u64) -> Result<()> {
    const BLOCK_BYTES: usize = 8 << 20;
    let block = Words::new(seed).noise(BLOCK_BYTES);
    let file = File::create(path)?;
    let mut at = 0;
    while at < length_bytes {
        let count = usize::try_from(length_bytes - at).unwrap_or(BLOCK_BYTES).min(BLOCK_BYTES);
        file.write_all_at(&block[..count], at)?;
        file.write_all_at(&at.to_le_bytes()[..count.min(8)], at)?;
        at += count as u64;
    }
    Ok(())
}

/// Waits until nothing of an earlier turn is on its way to the disk.
fn still() -> Result<()> {
    ensure!(Command::new("sync").status().context("no sync")?.success(), "sync failed");
    Ok(())
}

fn upload(uploader: &Uploader, source: &Path, name: &str) -> Result<Duration> {
    let mut file = File::open(source)?;
    let bytes = file.metadata()?.len();
    let begun = Instant::now();
    let place = uploader.create(name, bytes)?;
    let received = uploader.send(&place, &mut file)?;
    let took = begun.elapsed();
    ensure!(received.bytes == bytes && received.asset.is_some(), "{name} came to {received:?}");
    Ok(took)
}

fn dd(source: &Path, copy: &Path) -> Result<Duration> {
    if copy.exists() {
        fs::remove_file(copy)?;
        still()?;
    }
    let words = [format!("if={}", source.display()), format!("of={}", copy.display())];
    let begun = Instant::now();
    let ended =
        Command::new("dd").args(words).args(["bs=1M", "conv=fsync"]).stderr(Stdio::null()).status()?;
    let took = begun.elapsed();
    ensure!(ended.success(), "dd ended with {ended}");
    Ok(took)
}
