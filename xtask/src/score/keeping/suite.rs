//! Row 7: the one suite of the store on the folder, on a real S3 server and on one with bad manners.

use std::path::Path;
use std::process::{Command, Output};

use anyhow::{Context, Result, ensure};

use super::super::Bench;
use super::super::board::Figure;

pub fn measure(bench: &Bench) -> Result<Figure> {
    let folder = bench.folder("s3")?;
    let server = S3::start(&bench.root, &folder)?;
    let ran = Command::new("cargo")
        .args([
            "test",
            "--locked",
            "--package",
            "damask-store",
            "--test",
            "local",
            "--test",
            "s3",
            "--no-fail-fast",
        ])
        .args(["--", "--nocapture"])
        .env("DAMASK_TEST_S3", &server.address)
        .current_dir(&bench.root)
        .output()
        .context("cargo starts")?;
    let said = said(&ran);
    let (passed, failed) = counts(&said);
    let left_out = said.lines().filter(|line| line.contains("NOT TESTED")).count();
    let all = passed + failed;
    ensure!(all > 0, "the suite was not built: {}", said.lines().last().unwrap_or_default());
    let wrong = said.lines().filter(|line| line.starts_with("test ") && line.ends_with("FAILED"));
    Ok(Figure::new(format!("{passed} of {all}"), failed == 0 && left_out == 0)
        .beside(format!("on the folder, on SeaweedFS and on a server with bad manners; {left_out} left out"))
        .beside_all(wrong.map(str::to_owned).collect()))
}

/// A real server, stopped when it goes out of sight.
struct S3<'bench> {
    root: &'bench Path,
    folder: &'bench Path,
    address: String,
}

impl<'bench> S3<'bench> {
    fn start(root: &'bench Path, folder: &'bench Path) -> Result<Self> {
        let output = Command::new(root.join("scripts/s3.sh")).arg("start").arg(folder).output()?;
        ensure!(output.status.success(), "no S3 server: {}", said(&output));
        let address = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Ok(Self { root, folder, address })
    }
}

impl Drop for S3<'_> {
    fn drop(&mut self) {
        // What is left then is ended with the machine.
        let _ = Command::new(self.root.join("scripts/s3.sh")).arg("stop").arg(self.folder).status();
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Tests passed and failed, of all binaries together.
fn counts(said: &str) -> (u64, u64) {
    let count = |what: &str| {
        said.lines()
            .filter_map(|line| line.split_once("test result: "))
            .flat_map(|(_, line)| line.split([';', '.']))
            .filter_map(|part| part.trim().strip_suffix(what)?.trim().parse::<u64>().ok())
            .sum()
    };
    (count("passed"), count("failed"))
}

#[cfg(test)]
mod tests {
    use super::counts;

    #[test]
    fn all_binaries_are_counted_together() {
        let said = "test result: ok. 30 passed; 0 failed; 0 ignored\n.\ntest result: FAILED. 9 passed; 2 failed; 1 ignored\n";
        assert_eq!(counts(said), (39, 2));
    }
}
