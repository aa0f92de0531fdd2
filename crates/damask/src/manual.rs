//! The manual's pages (`damask.1`, one more for each command) and completions for shells, made from the flags
//! themselves: for packages, when they are made.

use std::{fs, path::Path};

use anyhow::Context;
use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::flags::Flags;

/// Writes all of them into that folder, making it where it is not there yet.
pub fn write(folder: &Path) -> anyhow::Result<()> {
    let tried = || format!("cannot write the manual to {}", folder.display());
    fs::create_dir_all(folder).with_context(tried)?;
    clap_mangen::generate_to(Flags::command(), folder).with_context(tried)?;
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        clap_complete::generate_to(shell, &mut Flags::command(), "damask", folder).with_context(tried)?;
    }
    Ok(())
}
