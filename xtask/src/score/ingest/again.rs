//! Row 4: a folder that was imported before and has not changed is passed through without reading it.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use super::super::board::Figure;
use super::super::server::Server;
use super::super::{Bench, figure, fixtures, median};

const FILES_PER_SECOND_MIN: f64 = 20_000.0;

pub fn measure(bench: &Bench) -> Result<Figure> {
    let count = bench.wish.files_again;
    let (from, data) = (bench.folder("again-files")?, bench.folder("again")?);
    fixtures::small_files(&from, bench.wish.seed.wrapping_add(4), count)?;
    let server = Server::start(&bench.binary, &data)?;
    let first = Instant::now();
    let lines = bench.binary.import(&data, &from, &["--no-previews"])?;
    let first = first.elapsed().as_secs_f64();
    ensure!(lines.len() == count, "the first import of {count} files printed {} outcomes", lines.len());
    server.settle()?;
    let (mut figures, mut walks) = (Vec::new(), Vec::new());
    for _ in 0..bench.wish.rounds {
        let start = Instant::now();
        let lines = bench.binary.import(&data, &from, &["--no-previews"])?;
        figures.push(figure(count) / start.elapsed().as_secs_f64());
        ensure!(
            lines.len() == count,
            "an import of {count} unchanged files printed {} outcomes",
            lines.len()
        );
        let other = lines.iter().find(|line| !matches!(line.outcome.as_str(), "unchanged" | "already-here"));
        ensure!(other.is_none(), "an unchanged file came to {other:?}");
        // The floor: a tool that only reads the stamps.
        let start = Instant::now();
        let status = Command::new("find")
            .arg(&from)
            .args(["-type", "f", "-size", "+1G"])
            .status()
            .context("no find")?;
        ensure!(status.success(), "find ended with {status}");
        walks.push(figure(count) / start.elapsed().as_secs_f64());
    }
    server.stop()?;
    let value = median(figures).context("at least one round is needed")?;
    Ok(Figure::new(format!("{value:.0}"), value >= FILES_PER_SECOND_MIN)
        .beside(format!("the first import: {:.0}", figure(count) / first))
        .beside(format!("find, which only reads the stamps: {:.0}", median(walks).unwrap_or_default())))
}
