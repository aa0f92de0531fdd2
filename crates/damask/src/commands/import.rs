//! `damask import`: brings in files and folders, shows how far it is, and sums up.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    io::{IsTerminal, Write},
    time::Duration,
};

use anyhow::Context;
use hyper::Method;
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value as Json, json};
use tokio::signal::unix::{SignalKind, signal};

use crate::{Ending, flags::ImportFlags, wiring::Session};

/// How often the import looks whether descriptions and previews are done.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Most reasons told in the summary; the rest are counted.
const REASONS_TOLD: usize = 20;

/// One line of the answer: how far it is, the end, or what became of a file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Line<'a> {
    progress: Option<Progress>,
    end: Option<IgnoredAny>,
    #[serde(borrow)]
    path: Cow<'a, str>,
    #[serde(borrow)]
    outcome: Cow<'a, str>,
    #[serde(borrow)]
    reason: Option<Cow<'a, str>>,
}

#[derive(Debug, Deserialize)]
struct Progress {
    files: u64,
    done: u64,
    bytes_done: u64,
    files_per_s: u64,
    bytes_per_s: u64,
    seconds_left: Option<u64>,
}

/// Counts by outcome, and the reasons of what was not taken.
#[derive(Debug, Default)]
struct Summary {
    outcomes: BTreeMap<String, u64>,
    reasons: Vec<String>,
    untold: u64,
}

/// Imports the paths; prints a line a file with `--json`, a summary otherwise. An interruption (SIGINT) ends it in
/// order and soon; a second one does not wait until the library is let go.
pub async fn run(session: &Session, flags: ImportFlags) -> anyhow::Result<Ending> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let (json, bar, mut summary) = (flags.json, progress_bar(flags.json), Summary::default());
    let ending = tokio::select! {
        ending = bring(session, flags, &bar, &mut summary) => ending?,
        _ = interrupted.recv() => Ending::Interrupted,
    };
    bar.finish_and_clear();
    if !json {
        summary.print();
    }
    if ending == Ending::Interrupted {
        eprintln!(
            "Stopped. What was taken in stays. The same command goes on from there: it passes over what is here."
        );
    }
    // Letting the library go takes a moment, for which not everybody waits.
    tokio::spawn(async move {
        interrupted.recv().await;
        std::process::exit(Ending::Interrupted.code().into());
    });
    Ok(ending)
}

async fn bring(
    session: &Session,
    flags: ImportFlags,
    bar: &ProgressBar,
    summary: &mut Summary,
) -> anyhow::Result<Ending> {
    let paths = flags
        .paths
        .iter()
        .map(|path| {
            std::path::absolute(path)
                .with_context(|| format!("cannot find {}", path.display()))?
                .into_os_string()
                .into_string()
                .map_err(|path| anyhow::anyhow!("{path:?} is not UTF-8; import the folder it lies in"))
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let body = json!({ "paths": paths, "previews": !flags.no_previews });
    let mut lines = session.client.lines(Method::POST, "/api/v1/imports", Some(&body)).await?;
    let mut out = std::io::BufWriter::new(std::io::stdout());
    while let Some(bytes) = lines.next().await? {
        let line: Line = serde_json::from_slice(&bytes).context("cannot read a line of the answer")?;
        if let Some(progress) = &line.progress {
            show(bar, progress);
            continue;
        }
        if line.end.is_some() {
            break;
        }
        summary.take(&line);
        if flags.json {
            out.write_all(&bytes)?;
            out.write_all(b"\n")?;
            // Whoever reads the lines may act on each, so none is kept back while nothing more comes.
            if !lines.goes_on() {
                out.flush()?;
            }
        }
    }
    out.flush()?;
    if !flags.no_wait && session.hosts() {
        wait_for_work(session, bar).await?;
    }
    Ok(if summary.failed() { Ending::SomeFailed } else { Ending::Done })
}

fn progress_bar(json: bool) -> ProgressBar {
    if json || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:32} {pos} of {len} {msg}")
        .expect("the template names only known parts");
    ProgressBar::new(0).with_style(style)
}

fn show(bar: &ProgressBar, progress: &Progress) {
    bar.set_length(progress.files);
    bar.set_position(progress.done);
    let left = progress.seconds_left.map(|seconds| format!(", {seconds} s left")).unwrap_or_default();
    bar.set_message(format!(
        "files taken in, {}, {} files/s, {}/s{left}",
        HumanBytes(progress.bytes_done),
        progress.files_per_s,
        HumanBytes(progress.bytes_per_s),
    ));
}

/// Waits until no job waits or runs and the index has all that happened: then everything just imported
/// can be found and looked at.
async fn wait_for_work(session: &Session, bar: &ProgressBar) -> anyhow::Result<()> {
    let mut most = 0;
    loop {
        let status: Json = session.client.get("/api/v1/status").await?;
        let count = |name: &str| status["jobs"][name].as_u64().unwrap_or(0);
        let left = count("waiting") + count("running");
        let pipeline_seq = status["pipeline_seq"].as_u64().unwrap_or(0);
        let behind = status["index_seq"].as_u64() < status["seq"].as_u64()
            || Some(pipeline_seq) < status["seq"].as_u64();
        if left == 0 && !behind {
            return Ok(());
        }
        most = most.max(left);
        bar.set_length(most);
        bar.set_position(most - left);
        bar.set_message("steps of describing and previewing");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

impl Summary {
    fn take(&mut self, line: &Line<'_>) {
        let outcome = line.outcome.as_ref();
        if outcome == "failed" || outcome == "quarantined" {
            if self.reasons.len() < REASONS_TOLD {
                let reason = line.reason.as_deref().unwrap_or_default();
                self.reasons.push(format!("{outcome}: {}: {reason}", line.path));
            } else {
                self.untold += 1;
            }
        }
        match self.outcomes.get_mut(outcome) {
            Some(count) => *count += 1,
            None => drop(self.outcomes.insert(outcome.to_owned(), 1)),
        }
    }

    fn failed(&self) -> bool {
        self.outcomes.contains_key("failed")
    }

    fn print(&self) {
        let counts: Vec<String> = self
            .outcomes
            .iter()
            .map(|(outcome, count)| format!("{count} {}", outcome.replace('-', " ")))
            .collect();
        println!("{}", if counts.is_empty() { "no files".to_owned() } else { counts.join(", ") });
        for reason in &self.reasons {
            println!("  {reason}");
        }
        if self.untold > 0 {
            println!("  and {} more", self.untold);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::{Line, Summary};

    #[test]
    fn an_import_has_failed_when_one_file_has() {
        let mut summary = Summary::default();
        let line = |path, outcome, reason: Option<&'static str>| Line {
            path: Cow::Borrowed(path),
            outcome: Cow::Borrowed(outcome),
            reason: reason.map(Cow::Borrowed),
            ..Line::default()
        };
        summary.take(&line("a", "imported", None));
        assert!(!summary.failed());
        summary.take(&line("b", "failed", Some("permission denied")));
        assert!(summary.failed());
        assert_eq!(summary.reasons, ["failed: b: permission denied"]);
    }
}
