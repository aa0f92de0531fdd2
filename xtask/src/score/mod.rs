//! Score-boards: the figures an area promises, measured on the real release binary and any folder of real files.
//!
//! A row that can't be measured says why and counts as not met. Ratios are medians of interleaved rounds; CPU time is
//! that of the whole process tree, because wall time on a shared machine is noise. Expectations come from oracles.

mod binary;
mod board;
mod fixtures;
mod http;
mod ingest;
mod keeping;
mod processes;
mod server;
mod socket;
mod tus;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use self::binary::Binary;
use self::board::{Board, Row};

/// What to measure, and how much of it.
#[derive(Args)]
pub struct Wish {
    /// The area whose rows are measured.
    #[arg(long)]
    area: String,
    /// A folder of real files.
    #[arg(long)]
    corpus: PathBuf,
    /// Only these rows, by number; the others count as not met.
    #[arg(long, value_delimiter = ',')]
    rows: Vec<u8>,
    /// Fail when a row that was asked for is not met.
    #[arg(long)]
    strict: bool,
    /// A binary that is already built.
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Where fixtures and data folders are made; a quick disk with 40 GB free.
    #[arg(long)]
    scratch: Option<PathBuf>,
    /// Generated photographs a round.
    #[arg(long, default_value_t = 16)]
    photographs: usize,
    /// Interleaved rounds; the median is the figure.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Assets of the small library.
    #[arg(long, default_value_t = 1_000)]
    assets_small: usize,
    /// Assets of the large library.
    #[arg(long, default_value_t = 100_000)]
    assets_large: usize,
    /// Files of the unchanged folder that is imported again.
    #[arg(long, default_value_t = 20_000)]
    files_again: usize,
    /// Length of the one very large file, bytes.
    #[arg(long, default_value_t = 10_000_000_000)]
    large_file_bytes: u64,
    /// Length of the file that is uploaded beside `dd`, bytes.
    #[arg(long, default_value_t = 1 << 30)]
    upload_bytes: u64,
    /// Uploads that are cut by killing the server.
    #[arg(long, default_value_t = 50)]
    cuts: usize,
    /// How often the binary is killed.
    #[arg(long, default_value_t = 200)]
    kills: usize,
    /// Seed of everything that is random.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// What every row is given.
pub struct Bench {
    wish: Wish,
    root: PathBuf,
    corpus: PathBuf,
    binary: Binary,
    /// Kept between runs: generated fixtures.
    fixtures: PathBuf,
    /// Data folders of this run.
    scratch: PathBuf,
    /// What several rows look at and one makes.
    corpus_library: OnceLock<Result<ingest::CorpusLibrary, String>>,
    costs: OnceLock<Result<ingest::Costs, String>>,
}

impl Bench {
    /// An empty folder of this name for one row.
    fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.scratch.join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
        }
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(folder)
    }
}

/// A row of an area: its number, what it is, its goal, and how it is measured.
struct Measure {
    row: u8,
    name: &'static str,
    unit: &'static str,
    goal: &'static str,
    measure: fn(&Bench) -> Result<board::Figure>,
}

/// Measures an area; `false` only under `--strict`, when an asked-for row is not met.
pub fn run(root: &Path, wish: Wish) -> Result<bool> {
    let rows = match wish.area.as_str() {
        "ingest" => ingest::ROWS,
        "keeping" => keeping::ROWS,
        other => bail!("no such area: {other}; there are: ingest, keeping"),
    };
    let corpus = std::fs::canonicalize(&wish.corpus)
        .with_context(|| format!("no folder {}", wish.corpus.display()))?;
    ensure!(corpus.is_dir(), "{} is not a folder", corpus.display());
    let binary = Binary::find(root, wish.binary.as_deref())?;
    let base = wish.scratch.clone().unwrap_or_else(|| root.join("target/score"));
    let (fixtures, scratch) = (base.join("fixtures"), base.join("scratch"));
    std::fs::create_dir_all(&fixtures).with_context(|| format!("cannot make {}", fixtures.display()))?;
    // What an interrupted run has left.
    if scratch.exists() {
        std::fs::remove_dir_all(&scratch).with_context(|| format!("cannot empty {}", scratch.display()))?;
    }
    let (corpus_library, costs) = (OnceLock::new(), OnceLock::new());
    let bench =
        Bench { root: root.to_path_buf(), corpus, binary, fixtures, scratch, corpus_library, costs, wish };

    println!("binary: {}", bench.binary.version());
    println!("corpus: {}; seed {}\n", bench.corpus.display(), bench.wish.seed);
    let mut board = Board::new(&bench.wish.area);
    let mut strict_met = true;
    for row in rows {
        let asked = bench.wish.rows.is_empty() || bench.wish.rows.contains(&row.row);
        let outcome = if asked { (row.measure)(&bench) } else { Err(anyhow::anyhow!("not asked for")) };
        let row = Row { id: row.row, name: row.name, unit: row.unit, goal: row.goal, outcome };
        strict_met &= !asked || row.met();
        board.add(row);
    }
    board.finish();
    if bench.scratch.exists() {
        std::fs::remove_dir_all(&bench.scratch).context("cannot remove the scratch folder")?;
    }
    Ok(strict_met || !bench.wish.strict)
}

/// The middle one of these figures; none of none.
fn median(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    match figures.len() {
        0 => None,
        length if length % 2 == 1 => Some(figures[length / 2]),
        length => Some(f64::midpoint(figures[length / 2 - 1], figures[length / 2])),
    }
}

/// A count as a figure; exact below 2⁵³.
#[expect(clippy::cast_precision_loss, reason = "counts of files and milliseconds are far below 2^53")]
const fn figure(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_the_middle_one() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(Vec::new()), None);
    }
}
