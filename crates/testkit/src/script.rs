//! Throw-away engines are started, killed and started again by the scripts of the house.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

/// Runs `scripts/<name> <action> <folder>` to its end.
///
/// # Panics
/// When it fails.
pub fn script(name: &str, action: &str, folder: &Path) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../scripts").join(name);
    let mut command = Command::new(&path);
    // An engine of one test keeps what it acknowledged: it is there to be killed.
    command.arg(action).arg(folder).env("DURABLE", "1");
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status();
    let done = status.as_ref().is_ok_and(ExitStatus::success);
    assert!(done, "{} {action} failed: {status:?}", path.display());
}
