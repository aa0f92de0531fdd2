//! What is generated: the server describes itself (OpenAPI), and the web's types are made from that description.
//!
//! Both files are committed, so that a change of the contract is seen in review.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Where the description lies; the web's `gen` script reads it from there.
const DESCRIPTION: &str = "web/openapi.json";

/// Writes the description, then has the web make its types.
pub fn run(root: &Path) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["run", "--quiet", "--package", "damask", "--", "openapi"])
        .current_dir(root)
        .output()
        .context("cannot start cargo")?;
    ensure!(output.status.success(), "`damask openapi` failed: {}", String::from_utf8_lossy(&output.stderr));
    let description: serde_json::Value =
        serde_json::from_slice(&output.stdout).context("`damask openapi` did not print JSON")?;
    let text = serde_json::to_string_pretty(&description)? + "\n";
    fs::write(root.join(DESCRIPTION), text).with_context(|| format!("cannot write {DESCRIPTION}"))?;
    let status = Command::new(root.join("scripts/npm.sh"))
        .arg("web")
        .status()
        .context("cannot start scripts/npm.sh")?;
    ensure!(status.success(), "the web's packages can't be installed");
    let status = Command::new("npm")
        .args(["--prefix", "web", "run", "gen"])
        .current_dir(root)
        .status()
        .context("cannot start npm")?;
    ensure!(status.success(), "the web's types can't be generated");
    Ok(())
}
