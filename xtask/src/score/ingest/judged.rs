//! Row 7: the core fields of every file of the corpus beside judges that are not the reader. The judging is done by
//! `xtask/score/judge_fields.py`, which is given one JSON line a file, `{"path", "fields"}`, and whose last line is a
//! JSON object with `compared` and `equal`; the lines before it are the differences with their standards' clauses.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::json;

use super::super::Bench;
use super::super::board::Figure;
use super::super::server::Server;
use super::library;

const PERCENT_MIN: f64 = 99.0;

#[derive(Deserialize)]
struct Verdict {
    compared: u32,
    equal: u32,
}

pub fn measure(bench: &Bench) -> Result<Figure> {
    let judge = bench.root.join("xtask/score/judge_fields.py");
    ensure!(judge.is_file(), "the judge is not there yet: {}", judge.display());
    let corpus = library::of_corpus(bench)?;
    let server = Server::start(&bench.binary, &corpus.data)?;
    let given = bench.folder("judged")?.join("fields.jsonl");
    let mut file = File::create(&given)?;
    let by_path: BTreeMap<&str, &str> =
        corpus.lines.iter().filter_map(|line| Some((line.path.as_str(), line.asset.as_deref()?))).collect();
    for (path, asset) in by_path {
        // Files that are quarantined are judged in row 5, not here.
        if let Some(asset) = bench.binary.show(&corpus.data, asset)? {
            writeln!(file, "{}", json!({"path": path, "fields": asset.fields}))?;
        }
    }
    server.stop()?;
    let python = std::env::var_os("DAMASK_PYTHON").unwrap_or_else(|| "python3".into());
    let output = Command::new(python)
        .arg(&judge)
        .stdin(File::open(&given)?)
        .output()
        .context("cannot start python3")?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let mut lines: Vec<String> = printed.lines().map(str::to_owned).collect();
    let last = lines.pop().unwrap_or_default();
    let verdict: Verdict = serde_json::from_str(&last).with_context(|| {
        format!("the judge ended with {last:?}: {}", String::from_utf8_lossy(&output.stderr).trim())
    })?;
    ensure!(verdict.compared > 0, "the judge compared nothing");
    let percent = 100.0 * f64::from(verdict.equal) / f64::from(verdict.compared);
    Ok(Figure::new(format!("{percent:.2}"), percent >= PERCENT_MIN)
        .beside(format!("{} of {} fields equal", verdict.equal, verdict.compared))
        .beside_all(lines))
}
