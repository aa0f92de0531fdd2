//! The work of the house, started as `cargo xtask …`: `tidy` keeps the rules that no compiler keeps, `score` measures
//! the real binary against the goals of an area, `gen` writes what is generated from the server's own description,
//! `licences` prints what is passed on of others.

mod generate;
mod keep;
mod licences;
mod score;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "xtask", about = "Checks, generation and score-boards of the house")]
struct Arguments {
    #[command(subcommand)]
    work: Work,
}

#[derive(Subcommand)]
enum Work {
    /// Check the rules of the house: floors, walls, sizes, names, documents.
    Tidy,
    /// Write the OpenAPI description and the web's types from the server.
    Gen,
    /// Print what the binary and its pages are made with, and under which licences.
    Licences,
    /// Keep a small library of this version, for later ones to open.
    Keep(keep::Wish),
    /// Measure the binary on a folder of real files.
    Score(Box<score::Wish>),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().work {
        Work::Tidy => tidy::run(&root()),
        Work::Gen => generate::run(&root()).map(|()| true),
        Work::Licences => licences::run(&root()).map(|()| true),
        Work::Keep(wish) => keep::run(&root(), &wish).map(|()| true),
        Work::Score(wish) => score::run(&root(), *wish),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("xtask: {why:#}");
            ExitCode::from(2)
        }
    }
}

/// The folder of the workspace: this crate lies directly in it.
fn root() -> PathBuf {
    // `cargo xtask` says where the checkout is that it runs in; a binary started alone knows where it was built.
    let crate_folder =
        std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&crate_folder).parent().expect("a crate lies in a folder").to_path_buf()
}
