//! Row 8: what the server holds when nothing happens, how soon it is ready, and what it holds while one very large file
//! comes in. Memory is that of the process tree, shared pages counted once.

use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::super::binary::import_lines;
use super::super::board::Figure;
use super::super::server::Server;
use super::super::{Bench, fixtures, median, processes};
use super::library;

const IDLE_MB_MAX: f64 = 150.0;
const READY_SECONDS_MAX: f64 = 1.0;
const LARGE_MB_MAX: f64 = 300.0;
/// Long enough for what a start does in the background to be over.
const IDLE_FOR: Duration = Duration::from_secs(10);

pub fn measure(bench: &Bench) -> Result<Figure> {
    let data = library::of_small_files(bench, bench.wish.assets_large)?;
    let (mut idle, mut ready) = (Vec::new(), Vec::new());
    for _ in 0..bench.wish.rounds {
        let server = Server::start(&bench.binary, &data)?;
        ready.push(server.ready_after.as_secs_f64());
        sleep(IDLE_FOR);
        idle.push(processes::memory_mb(server.pid()));
        server.stop()?;
    }
    let idle = median(idle).context("at least one round is needed")?;
    let ready = median(ready).context("at least one round is needed")?;
    let during = during_a_large_file(bench)?;
    let met = idle <= IDLE_MB_MAX && ready <= READY_SECONDS_MAX && during <= LARGE_MB_MAX;
    Ok(Figure::new(format!("{idle:.0}; {ready:.2}; {during:.0}"), met).beside(format!(
        "idle and ready with {} assets; a file of {} bytes",
        bench.wish.assets_large, bench.wish.large_file_bytes
    )))
}

/// The highest memory of server and command together, from the first byte until all work on the file is done.
fn during_a_large_file(bench: &Bench) -> Result<f64> {
    let (from, data) = (bench.folder("large-file")?, bench.folder("large")?);
    fixtures::large_file(&from.join("camera-roll.bin"), bench.wish.large_file_bytes)?;
    let server = Server::start(&bench.binary, &data)?;
    let from = from.to_str().context("a scratch path is UTF-8")?;
    let command = bench.binary.command(&data, &["import", "--json", from]).stderr(Stdio::null()).spawn()?;
    let watch = processes::Watch::start(vec![server.pid(), command.id()]);
    let output = command.wait_with_output()?;
    let settled = server.settle();
    let highest = watch.highest_mb();
    settled?;
    let lines = import_lines(&String::from_utf8_lossy(&output.stdout));
    ensure!(lines.len() == 1 && lines[0].outcome == "imported", "the large file came to {lines:?}");
    server.stop()?;
    Ok(highest)
}
