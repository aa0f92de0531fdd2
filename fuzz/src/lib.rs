//! Every own parser of outside bytes with the laws it keeps whatever it is given: it does not panic, ends soon,
//! takes little memory, and what can be printed reads again as the same.
//!
//! Two ways to look for what breaks them: [`drive`] turns the seeds over for a moment on the stable compiler, in
//! `make test`; `src/bin/parsers.rs` hands them to libFuzzer, which follows coverage (`make fuzz-parsers`). What is
//! found becomes a test beside the parser, on its floor.

pub mod drive;
mod targets;

pub use targets::all;

/// A parser with its laws.
#[derive(Clone, Copy)]
pub struct Target {
    /// What it is called on the command line.
    pub name: &'static str,
    /// Parses the bytes, and panics when a law is broken.
    pub check: fn(&[u8]),
    /// Where the search begins: small, lawful, made here.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// The target of that name.
pub fn find(name: &str) -> Option<Target> {
    all().into_iter().find(|target| target.name == name)
}
