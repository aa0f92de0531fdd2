//! Other programs' word on a file: tests do not ask the reader they test whether it read well.

use std::path::Path;
use std::process::{Command, Stdio};

/// What a tool prints of a file, trimmed; the file's path is its last argument.
///
/// # Panics
/// When the tool is missing, or says that the file is wrong.
#[must_use]
pub fn judged(tool: &str, arguments: &[&str], file: &Path) -> String {
    let output = Command::new(tool)
        .args(arguments)
        .arg(file)
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|why| panic!("cannot start {tool}: {why}; `make setup` installs it"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{tool} {} {}: {said}", arguments.join(" "), file.display());
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::judged;
    use crate::fixtures;

    #[test]
    fn a_judge_says_what_it_sees() {
        assert_eq!(judged("identify", &["-format", "%wx%h"], &fixtures::png(64, 48)), "64x48");
    }
}
