//! Libraries that several rows look at: made once a run, by the binary's own import.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, ensure};

use super::super::binary::ImportLine;
use super::super::server::Server;
use super::super::{Bench, fixtures};

/// The corpus after its import.
pub struct CorpusLibrary {
    /// Its data folder.
    pub data: PathBuf,
    /// What the import printed.
    pub lines: Vec<ImportLine>,
    /// Whether the server that took it was alive afterwards.
    pub alive: bool,
    /// Jobs that were given up.
    pub dead_jobs: u64,
}

/// A library of so many small assets, with an index that is up to date.
pub fn of_small_files(bench: &Bench, assets: usize) -> Result<PathBuf> {
    let data = bench.scratch.join(format!("library-{assets}"));
    if data.is_dir() {
        return Ok(data);
    }
    let from = bench.folder(&format!("small-{assets}"))?;
    fixtures::small_files(&from, bench.wish.seed, assets)?;
    // Made under another name until it is whole.
    let unfinished = bench.folder(&format!("unfinished-{assets}"))?;
    let server = Server::start(&bench.binary, &unfinished)?;
    let lines = bench.binary.import(&unfinished, &from, &["--no-previews"])?;
    ensure!(lines.len() == assets, "the import of {assets} small files printed {} outcomes", lines.len());
    server.settle()?;
    let held = bench.binary.status(&unfinished)?.assets;
    ensure!(held == assets as u64, "the library holds {held} assets after an import of {assets}");
    server.stop()?;
    std::fs::rename(&unfinished, &data).context("a rename inside of one folder")?;
    Ok(data)
}

/// The corpus, imported into a fresh library through a running server.
pub fn of_corpus(bench: &Bench) -> Result<&CorpusLibrary> {
    let make = || -> Result<CorpusLibrary> {
        let data = bench.folder("corpus")?;
        let mut server = Server::start(&bench.binary, &data)?;
        let lines = bench.binary.import(&data, &bench.corpus, &[])?;
        let settled = server.settle();
        let alive = server.is_alive();
        settled?;
        let dead_jobs = bench.binary.status(&data)?.jobs.dead;
        server.stop()?;
        Ok(CorpusLibrary { data, lines, alive, dead_jobs })
    };
    let made = bench.corpus_library.get_or_init(|| make().map_err(|why| format!("{why:#}")));
    made.as_ref().map_err(|why| anyhow!("the corpus could not be imported: {why}"))
}
