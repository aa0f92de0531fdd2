//! The binary as people use it: its commands, their `--json` lines and exit codes. Whatever changes in that contract
//! changes here and in no row.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::Value;

/// A built binary.
pub struct Binary {
    path: PathBuf,
}

/// One line of `damask import --json`.
#[derive(Debug, Clone, Deserialize)]
pub struct ImportLine {
    pub path: String,
    pub outcome: String,
    pub asset: Option<String>,
    pub reason: Option<String>,
}

/// One line of `damask search --json` or `damask show --json`.
#[derive(Debug, Clone, Deserialize)]
pub struct AssetLine {
    pub id: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub fields: Value,
}

/// `damask status --json`, as far as rows need it.
#[derive(Debug, Clone, Deserialize)]
pub struct Status {
    pub assets: u64,
    pub seq: u64,
    pub index_seq: u64,
    /// What the reader that adds jobs has read; a binary may not tell.
    pub pipeline_seq: Option<u64>,
    pub jobs: Jobs,
}

impl Status {
    /// Whether everything that was brought in has been worked on and can be found.
    pub fn is_settled(&self) -> bool {
        let read = self.index_seq.min(self.pipeline_seq.unwrap_or(self.seq));
        self.jobs.waiting == 0 && self.jobs.running == 0 && read >= self.seq
    }
}

/// Counts of jobs by state.
#[derive(Debug, Clone, Deserialize)]
pub struct Jobs {
    pub waiting: u64,
    pub running: u64,
    #[serde(default)]
    pub dead: u64,
}

impl Binary {
    /// The given binary, or the release build of the workspace.
    pub fn find(root: &Path, given: Option<&Path>) -> Result<Self> {
        if let Some(path) = given {
            let path =
                std::fs::canonicalize(path).with_context(|| format!("no binary {}", path.display()))?;
            return Ok(Self { path });
        }
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args(["build", "--release", "--package", "damask", "--bin", "damask"])
            .arg("--message-format=json-render-diagnostics")
            .current_dir(root)
            .stderr(Stdio::inherit())
            .output()
            .context("cannot start cargo")?;
        ensure!(output.status.success(), "the release build failed");
        let executable = String::from_utf8_lossy(&output.stdout)
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter_map(|message| message.get("executable").and_then(Value::as_str).map(PathBuf::from))
            .next_back();
        Ok(Self { path: executable.context("cargo named no executable")? })
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the binary says of itself.
    pub fn version(&self) -> String {
        let output = Command::new(&self.path).arg("--version").output();
        let said = output
            .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
            .unwrap_or_default();
        format!("{} ({said})", self.path.display())
    }

    /// A command on a data folder, its input closed and its errors kept.
    pub fn command(&self, data: &Path, words: &[&str]) -> Command {
        let mut command = Command::new(&self.path);
        command
            .args(words)
            .arg("--data")
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end. `Ok` for the exit codes 0 (all done) and 1 (some items failed).
    fn run(&self, data: &Path, words: &[&str]) -> Result<(String, bool)> {
        let output = self
            .command(data, words)
            .output()
            .with_context(|| format!("cannot start {}", self.path.display()))?;
        let all = output.status.success();
        if !all && output.status.code() != Some(1) {
            let errors = String::from_utf8_lossy(&output.stderr);
            bail!("`damask {}` ended with {}: {}", words.join(" "), output.status, errors.trim());
        }
        Ok((String::from_utf8_lossy(&output.stdout).into_owned(), all))
    }

    /// Runs a command that must end well; answers what it printed.
    pub fn well(&self, data: &Path, words: &[&str]) -> Result<String> {
        let (printed, all) = self.run(data, words)?;
        ensure!(all, "`damask {}` did not do all: {}", words.join(" "), printed.trim());
        Ok(printed)
    }

    /// `damask import`: the outcome lines.
    pub fn import(&self, data: &Path, from: &Path, flags: &[&str]) -> Result<Vec<ImportLine>> {
        let from = from.to_str().context("a scratch path is UTF-8")?;
        let words = [&["import", "--json"], flags, &[from]].concat();
        let (printed, _) = self.run(data, &words)?;
        Ok(import_lines(&printed))
    }

    /// `damask search`: every hit.
    pub fn search(&self, data: &Path, query: &str) -> Result<Vec<AssetLine>> {
        asset_lines(&self.run(data, &["search", "--json", query])?.0)
    }

    /// `damask show`: one asset, or nothing when there is none of this id.
    pub fn show(&self, data: &Path, asset: &str) -> Result<Option<AssetLine>> {
        Ok(asset_lines(&self.run(data, &["show", "--json", asset])?.0)?.into_iter().next())
    }

    /// `damask get`: the bytes of the original; nothing when the command failed.
    pub fn original(&self, data: &Path, asset: &str, aside: &Path) -> Result<Option<Vec<u8>>> {
        let file = aside.join("original");
        let target = file.to_str().context("a scratch path is UTF-8")?;
        let (_, all) = self.run(data, &["get", asset, "-o", target])?;
        if !all {
            return Ok(None);
        }
        let bytes = std::fs::read(&file).context("`damask get` wrote no file")?;
        std::fs::remove_file(&file).context("the scratch folder is ours")?;
        Ok(Some(bytes))
    }

    /// `damask check`: whether everything holds, and what it printed.
    pub fn check(&self, data: &Path) -> Result<(bool, String)> {
        let (printed, all) = self.run(data, &["check", "--json"])?;
        Ok((all, printed))
    }

    /// `damask check --quick`: the same without reading the bytes of files.
    pub fn quick_check(&self, data: &Path) -> Result<(bool, String)> {
        let (printed, all) = self.run(data, &["check", "--quick", "--json"])?;
        Ok((all, printed))
    }

    /// `damask status`.
    pub fn status(&self, data: &Path) -> Result<Status> {
        let (printed, _) = self.run(data, &["status", "--json"])?;
        serde_json::from_str(printed.trim()).context("`damask status --json` printed something else")
    }
}

/// The outcome lines among everything an import printed; a last line without its line break is not a line yet.
pub fn import_lines(printed: &str) -> Vec<ImportLine> {
    let whole = printed.rfind('\n').map_or("", |end| &printed[..end]);
    whole.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

fn asset_lines(printed: &str) -> Result<Vec<AssetLine>> {
    let parse = |line: &str| serde_json::from_str(line).with_context(|| format!("not an asset: {line}"));
    printed.lines().filter(|line| !line.trim().is_empty()).map(parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_and_a_torn_last_line_are_no_outcomes() {
        let printed = "{\"progress\":{\"files\":2}}\n{\"path\":\"/a\",\"outcome\":\"imported\",\"asset\":\"1\",\"reason\":null}\n{\"path\":\"/b\",\"outcome\":\"imported\",\"asset\":\"2\"}";
        let lines = import_lines(printed);
        assert_eq!(lines.len(), 1);
        assert_eq!((lines[0].path.as_str(), lines[0].asset.as_deref()), ("/a", Some("1")));
        assert!(import_lines("").is_empty());
    }
}
