//! Row 5: every file of the corpus has exactly one outcome line, none is passed over, and the server is alive.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use walkdir::WalkDir;

use super::super::Bench;
use super::super::board::Figure;
use super::library;

pub fn measure(bench: &Bench) -> Result<Figure> {
    let corpus = library::of_corpus(bench)?;
    let mut lines: BTreeMap<&str, usize> = BTreeMap::new();
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for line in &corpus.lines {
        *lines.entry(&line.path).or_default() += 1;
        *kinds.entry(&line.outcome).or_default() += 1;
    }
    let (mut files, mut right, mut wrong) = (0_usize, 0_usize, Vec::new());
    for entry in WalkDir::new(&bench.corpus).sort_by_file_name() {
        let entry = entry.context("the corpus can be read")?;
        if !entry.file_type().is_file() {
            continue;
        }
        files += 1;
        let path = entry.path().to_string_lossy();
        match lines.get(path.as_ref()).copied().unwrap_or_default() {
            1 => right += 1,
            other => wrong.push(format!("{other} outcomes: {path}")),
        }
    }
    let failed = corpus.lines.iter().filter(|line| line.outcome == "failed");
    let failed = failed
        .map(|line| format!("failed: {}: {}", line.path, line.reason.as_deref().unwrap_or("no reason")))
        .collect();
    let kinds: Vec<String> = kinds.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    Ok(Figure::new(format!("{right} of {files}"), files > 0 && right == files && corpus.alive)
        .beside(format!("outcomes: {}", kinds.join(", ")))
        .beside(format!(
            "the server is {}; {} dead jobs",
            if corpus.alive { "alive" } else { "gone" },
            corpus.dead_jobs
        ))
        .beside_all(wrong)
        .beside_all(failed))
}
