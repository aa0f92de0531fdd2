//! What the rules look at: every text file git knows or would take, and the workspace's packages.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::packages::{self, Package};
use super::source::Source;

/// Files above this length are not read by any rule: nobody wrote them by hand.
const TEXT_BYTES_MAX: u64 = 2 << 20;

/// One text file.
pub struct TextFile {
    /// Path from the root of the workspace, with forward slashes.
    pub path: String,
    pub text: String,
}

impl TextFile {
    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether the whole file is a test, a measurement or an example.
    pub fn is_test(&self) -> bool {
        let folder = |name: &str| self.path.split('/').any(|part| part == name);
        folder("tests")
            || folder("benches")
            || self.path.ends_with("/tests.rs")
            || self.path.ends_with("_tests.rs")
    }

    /// Whether the file is part of the house's tools, which open no library and serve nobody.
    pub fn is_tool(&self) -> bool {
        self.path.starts_with("xtask/")
            || self.path.starts_with("crates/testkit/")
            || self.path.starts_with("fuzz/")
    }

    /// The file as Rust: comments and strings apart, tests marked.
    pub fn source(&self) -> Source {
        Source::read(&self.text)
    }
}

/// The workspace as the rules see it.
pub struct Tree {
    pub files: Vec<TextFile>,
    pub packages: Vec<Package>,
}

impl Tree {
    /// Reads the workspace at `root`.
    pub fn read(root: &Path) -> Result<Self> {
        let output = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root)
            .output()
            .context("cannot start git")?;
        ensure!(output.status.success(), "git ls-files: {}", String::from_utf8_lossy(&output.stderr));
        let listing = String::from_utf8(output.stdout).context("a tracked path is not UTF-8")?;
        let mut paths: Vec<&str> = listing.split('\0').filter(|path| !path.is_empty()).collect();
        paths.sort_unstable();
        paths.dedup();
        let mut files = Vec::new();
        for path in paths {
            let on_disk = root.join(path);
            // A tracked file may be deleted and not yet staged; a symbolic link is not a text.
            let Ok(metadata) = fs::symlink_metadata(&on_disk) else { continue };
            if !metadata.is_file() || metadata.len() > TEXT_BYTES_MAX {
                continue;
            }
            let bytes = fs::read(&on_disk).with_context(|| format!("cannot read {path}"))?;
            if let Ok(text) = String::from_utf8(bytes)
                && !text.contains('\0')
            {
                files.push(TextFile { path: path.to_owned(), text });
            }
        }
        Ok(Self { files, packages: packages::of_workspace(root)? })
    }

    /// The Rust files that run in the product: neither tests nor the house's tools.
    pub fn product(&self) -> impl Iterator<Item = &TextFile> {
        self.files.iter().filter(|file| file.is_rust() && !file.is_test() && !file.is_tool())
    }

    /// A made-up workspace.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        let files =
            files.iter().map(|(path, text)| TextFile { path: (*path).to_owned(), text: (*text).to_owned() });
        Self { files: files.collect(), packages: Vec::new() }
    }
}
