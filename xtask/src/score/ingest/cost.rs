//! Rows 1 and 2: the CPU time of the whole process tree for a 24-megapixel photograph of about 8 MB, without and with
//! previews, in interleaved rounds beside the tools that do a part of the same work.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, ensure};

use super::super::board::Figure;
use super::super::server::Server;
use super::super::{Bench, figure, fixtures, median, processes};

const A_MS_MAX: f64 = 40.0;
const B_MS_MAX: f64 = 250.0;
/// Directus 12, the same kind of file on a 2-core machine: stored, one thumbnail, little metadata. The lower end of
/// 389 to 541, so that the ratio is the least favourable one.
const DIRECTUS_MS: f64 = 389.0;
const DIRECTUS_RATIO: f64 = 10.0;

/// Medians over the rounds, CPU milliseconds a file.
pub struct Costs {
    without_previews: f64,
    with_previews: f64,
    /// One exiftool process for all files of a round.
    exiftool: f64,
    /// One libvips process a file: decode and one 2,048-pixel picture.
    vips: f64,
    mean_bytes: u64,
}

pub fn without_previews(bench: &Bench) -> Result<Figure> {
    let costs = costs(bench)?;
    let ratio = DIRECTUS_MS / costs.without_previews;
    let met = costs.without_previews <= A_MS_MAX && ratio >= DIRECTUS_RATIO;
    Ok(Figure::new(format!("{:.1}", costs.without_previews), met)
        .beside(format!("Directus {DIRECTUS_MS} (pinned, not of this run): {ratio:.1}× of this"))
        .beside(format!("exiftool, one process for all files: {:.1}", costs.exiftool))
        .beside(format!(
            "{} files a round, {} rounds, {} bytes a file",
            bench.wish.photographs, bench.wish.rounds, costs.mean_bytes
        )))
}

pub fn with_previews(bench: &Bench) -> Result<Figure> {
    let costs = costs(bench)?;
    Ok(Figure::new(format!("{:.1}", costs.with_previews), costs.with_previews <= B_MS_MAX)
        .beside(format!("libvips, one 2,048-pixel picture from the original: {:.1}", costs.vips)))
}

fn costs(bench: &Bench) -> Result<&Costs> {
    let made = bench.costs.get_or_init(|| measure(bench).map_err(|why| format!("{why:#}")));
    made.as_ref().map_err(|why| anyhow!("{why}"))
}

fn measure(bench: &Bench) -> Result<Costs> {
    let (data_a, data_b) = (bench.folder("cost-a")?, bench.folder("cost-b")?);
    let (server_a, server_b) =
        (Server::start(&bench.binary, &data_a)?, Server::start(&bench.binary, &data_b)?);
    // Decoders and readers that start on first use are not the price of a file.
    let warm = bench.folder("cost-warm")?;
    fixtures::photographs(&bench.fixtures, &warm, 0..2)?;
    import(bench, &server_a, &data_a, &warm, &["--no-previews"])?;
    import(bench, &server_b, &data_b, &warm, &[])?;

    let (mut a, mut b, mut exiftool, mut vips, mut bytes) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), 0);
    let count = bench.wish.photographs as u64;
    for round in 0..bench.wish.rounds as u64 {
        let folder = bench.folder("cost-round")?;
        let first = 2 + round * count;
        fixtures::photographs(&bench.fixtures, &folder, first..first + count)?;
        for entry in std::fs::read_dir(&folder)? {
            bytes += entry?.metadata()?.len();
        }
        a.push(import(bench, &server_a, &data_a, &folder, &["--no-previews"])?);
        b.push(import(bench, &server_b, &data_b, &folder, &[])?);
        exiftool.push(
            tool_ms(Command::new("exiftool").args(["-j", "-q", "-q"]).arg(&folder))?
                / figure(bench.wish.photographs),
        );
        vips.push(vips_ms(&folder)?);
    }
    server_a.stop()?;
    server_b.stop()?;
    let middle = |figures| median(figures).context("at least one round is needed");
    Ok(Costs {
        without_previews: middle(a)?,
        with_previews: middle(b)?,
        exiftool: middle(exiftool)?,
        vips: middle(vips)?,
        mean_bytes: bytes / (count * bench.wish.rounds as u64),
    })
}

/// Imports a folder and waits until all its work is done: CPU milliseconds a file, of the server's tree and the command.
pub fn import(bench: &Bench, server: &Server<'_>, data: &Path, folder: &Path, flags: &[&str]) -> Result<f64> {
    let files = std::fs::read_dir(folder)?.count();
    let (server_before, command_before) = (server.cpu_ms()?, processes::cpu_ms_of_ended()?);
    let lines = bench.binary.import(data, folder, flags)?;
    // Asking whether work is done costs commands of its own, which are not the price of a file.
    let command = processes::cpu_ms_of_ended()? - command_before;
    ensure!(lines.len() == files, "an import of {files} files printed {} outcomes", lines.len());
    let not_new = lines.iter().find(|line| line.outcome != "imported");
    ensure!(not_new.is_none(), "an import of new files said {not_new:?}");
    server.settle()?;
    Ok((server.cpu_ms()? - server_before + command) / figure(files))
}

fn tool_ms(command: &mut Command) -> Result<f64> {
    let before = processes::cpu_ms_of_ended()?;
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(processes::cpu_ms_of_ended()? - before)
}

fn vips_ms(folder: &Path) -> Result<f64> {
    let (mut sum, mut files) = (0.0, 0);
    let aside = tempfile::tempdir()?;
    for entry in std::fs::read_dir(folder)? {
        let target = aside.path().join("small.jpg[Q=82]");
        sum += tool_ms(Command::new("vips").arg("thumbnail").arg(entry?.path()).arg(target).arg("2048"))?;
        files += 1;
    }
    Ok(sum / figure(files))
}
