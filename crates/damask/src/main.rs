//! The binary: commands, configuration, wiring. What Damask does is in `damask-flow`.
//!
//! Every command but `serve`, `reindex` and `openapi` speaks the HTTP API over the socket in the data folder: to
//! the server that holds it, or, when none does, to one this process opens for the time it takes.

mod client;
mod commands;
mod config;
mod flags;
mod host;
mod logging;
mod manual;
mod refresh;
mod telemetry;
mod wiring;

use std::{process::ExitCode, time::Duration};

use clap::Parser;

use crate::flags::{Command, Flags};

/// The system's allocator gives each of many threads an arena of its own and keeps what they once held; this one gives
/// it back within seconds. The C libraries of this process are served by it as well.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Longest wait, once a command has ended, for what still reads or writes; the rest is left as by a crash.
const END_TIME_MAX: Duration = Duration::from_secs(3);

/// How a command ended, as its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All done.
    Done,
    /// Some items failed.
    SomeFailed,
    /// The command line makes no sense (clap itself ends with the same code).
    Usage,
    /// It could not start.
    CannotStart,
    /// A person stopped it (128 and the number of SIGINT, as shells have it).
    Interrupted,
}

impl Ending {
    /// The process's exit code.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::SomeFailed => 1,
            Self::Usage => 2,
            Self::CannotStart => 3,
            Self::Interrupted => 130,
        }
    }
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        Self::from(ending.code())
    }
}

fn main() -> ExitCode {
    // The children behind glass are this same binary and want nothing of what follows.
    if let Some(code) = damask_media::glass::enter(std::env::args_os()) {
        return code;
    }
    let flags = Flags::parse();
    match run(flags) {
        Ok(ending) => ending.into(),
        Err(error) => {
            eprintln!("damask: {error:#}");
            Ending::CannotStart.into()
        }
    }
}

fn run(flags: Flags) -> anyhow::Result<Ending> {
    if let Command::Manual(manual) = &flags.command {
        manual::write(&manual.folder)?;
        return Ok(Ending::Done);
    }
    let config = flags.config()?;
    if matches!(flags.command, Command::Openapi) {
        println!("{}", damask_server::openapi());
        return Ok(Ending::Done);
    }
    let quiet = !matches!(flags.command, Command::Serve(_));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(config.workers.clamp(2, 16))
        .enable_all()
        .build()?;
    let outlets = logging::start(&config, quiet, runtime.handle())?;
    let ending = runtime.block_on(commands::run(flags.command, config, outlets.clone()));
    if let Some(telemetry) = outlets.telemetry {
        telemetry.end();
    }
    runtime.shutdown_timeout(END_TIME_MAX);
    ending
}
