//! `cargo xtask keep`: a small library, made with a binary and packed beside those of earlier versions. To be run when
//! a version is released, and when a schema was changed that libraries outside of here may have.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use damask_testkit::kept;

/// Where kept libraries lie.
const KEPT: &str = "crates/damask/tests/kept";
/// Longest one may be.
const BYTES_MAX: u64 = 32 << 10;

/// What is kept.
#[derive(clap::Args)]
pub struct Wish {
    /// The binary of the version.
    #[arg(long)]
    binary: PathBuf,
    /// What it is called: the version, and its schema: `0.1.0-schema-8`.
    #[arg(long)]
    name: String,
}

/// Makes and packs it.
pub fn run(root: &Path, wish: &Wish) -> Result<()> {
    let folder = tempfile::tempdir().context("no temporary folder")?;
    let to = root.join(KEPT).join(format!("{}.tar.xz", wish.name));
    std::fs::create_dir_all(root.join(KEPT))?;
    kept::make(&wish.binary.canonicalize()?, folder.path(), &to)?;
    let bytes = std::fs::metadata(&to)?.len();
    ensure!(bytes <= BYTES_MAX, "{} has {bytes} bytes, more than {BYTES_MAX}", to.display());
    println!("{}: {bytes} bytes", to.display());
    Ok(())
}
