//! The glass: every process that parses outside bytes, and the walls around it.
//!
//! Two sorts of process, both this same binary started again:
//! - *workers* (`glass-worker`, [`worker_main`]): reusable, run the decoders linked into the binary. They get
//!   open descriptors over a socket and may open no file, make no socket and start no process.
//! - *runs* (`glass-run`, [`run_main`]): build the walls around themselves, then become an external program
//!   (ffmpeg, exiftool, vips, poppler) that may read the named inputs and write one scratch folder.
//!
//! The parent watches time, memory and output of both. A hostile file costs one request with a finding.

mod calls;
mod confine;
mod confined;
mod exec;
mod named;
mod pool;
mod raw;
mod run;
mod spawn;
#[doc(hidden)]
pub mod tries;
mod walls;
mod watch;
pub(crate) mod wire;
mod worker;

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

pub(crate) use confined::{Confined, Resident};
pub use exec::run_main;
pub(crate) use named::{Named, plain_extension};
pub use run::{Chunk, End, Ran, Run};
pub use walls::Wall;
#[doc(hidden)]
pub use worker::worker_main_with;
pub use worker::{StandIn, worker_main};

use crate::MediaError;

/// The subcommand that makes the binary a worker.
pub const WORKER_COMMAND: &str = "glass-worker";
/// The subcommand that makes the binary an external program inside the walls.
pub const RUN_COMMAND: &str = "glass-run";

/// Where a program behind the glass finds others, as environ(7) has it.
const PROGRAM_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// What one request or run may use up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Time on the clock.
    pub wall: Duration,
    /// Processor time of the process.
    pub cpu: Duration,
    /// Resident memory of the process and its children, in bytes, as watched by the parent.
    pub memory_bytes: u64,
    /// Bytes written: to standard output, and to any one file; to all files together twice as many.
    pub output_bytes: u64,
}

impl Default for Limits {
    /// For still pictures: a minute, 2 GiB.
    fn default() -> Self {
        Self {
            wall: Duration::from_secs(60),
            cpu: Duration::from_secs(60),
            memory_bytes: 2 << 30,
            output_bytes: 512 << 20,
        }
    }
}

/// How the glass is set up.
#[derive(Clone, Debug)]
pub struct GlassConfig {
    /// The binary that is started again (its `main` calls [`enter`] first).
    pub program: PathBuf,
    /// Arguments before the subcommand.
    pub arguments: Vec<String>,
    /// Workers at once, and external programs at once (each at least 1).
    pub workers: usize,
    /// Limits of a worker's request; of a run where it names none.
    pub limits: Limits,
    /// A writable folder for what lives only during a call.
    pub scratch: PathBuf,
    /// Folders whose files may be handed to exiftool.
    pub readable: Vec<PathBuf>,
    /// Folders external programs are looked for in, the first first.
    pub program_directories: Vec<PathBuf>,
    /// Requests after which a worker is replaced.
    pub requests_per_worker: u32,
    /// When nobody asked anything for so long, the workers that wait are let go, and their memory with them.
    pub rest_after: Duration,
    /// Niceness of external programs, 0 to 19.
    pub niceness: i32,
}

impl GlassConfig {
    /// The usual set-up: as many workers as processors, usual limits, Debian's program folders.
    pub fn new(program: impl Into<PathBuf>, scratch: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            arguments: Vec::new(),
            workers: std::thread::available_parallelism().map_or(2, std::num::NonZero::get),
            limits: Limits::default(),
            scratch: scratch.into(),
            readable: Vec::new(),
            program_directories: ["/usr/local/bin", "/usr/bin", "/bin"].map(PathBuf::from).to_vec(),
            requests_per_worker: 500,
            rest_after: Duration::from_secs(10),
            niceness: 5,
        }
    }
}

/// The handle to everything behind the glass. Cheap to clone; the last one dropped ends all children.
#[derive(Clone)]
pub struct Glass {
    inner: Arc<Inner>,
}

struct Inner {
    config: GlassConfig,
    pool: pool::Pool,
    runs: Arc<tokio::sync::Semaphore>,
    spawner: spawn::Spawner,
}

impl Glass {
    /// Sets the glass up. Workers start when first needed.
    ///
    /// Fails when the scratch folder cannot be made or the program does not exist.
    pub fn start(mut config: GlassConfig) -> Result<Self, MediaError> {
        config.workers = config.workers.max(1);
        config.program = config
            .program
            .canonicalize()
            .map_err(|source| MediaError::CannotStart { program: config.program.clone(), source })?;
        std::fs::create_dir_all(&config.scratch).map_err(MediaError::scratch(&config.scratch))?;
        config.scratch =
            config.scratch.canonicalize().map_err(MediaError::scratch(config.scratch.clone()))?;
        // Children start in another folder, so a name from here would lead them nowhere.
        for folder in &mut config.readable {
            match folder.canonicalize() {
                Ok(found) => *folder = found,
                // A drive that is mounted later: children that start then may read there.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound && folder.is_absolute() => {}
                Err(error) => return Err(MediaError::source_file(folder.as_path())(error)),
            }
        }
        let spawner = spawn::Spawner::start()
            .map_err(|source| MediaError::CannotStart { program: config.program.clone(), source })?;
        Ok(Self {
            inner: Arc::new(Inner {
                pool: pool::Pool::new(config.workers),
                runs: Arc::new(tokio::sync::Semaphore::new(config.workers)),
                spawner,
                config,
            }),
        })
    }

    /// How it was set up (paths made absolute).
    pub fn config(&self) -> &GlassConfig {
        &self.inner.config
    }

    /// The full path of an external program, if it is installed.
    pub fn find_program(&self, name: &str) -> Option<PathBuf> {
        self.inner
            .config
            .program_directories
            .iter()
            .map(|directory| directory.join(name))
            .find(|path| path.is_file())
    }

    /// A fresh folder in the scratch folder, removed when dropped.
    pub(crate) fn scratch_folder(&self) -> Result<ScratchFolder, MediaError> {
        ScratchFolder::new(&self.inner.config.scratch)
    }
}

/// If this process was started as a process behind the glass, is it to its end and answers with its exit
/// code. To be called first in `main`, before any thread or runtime exists: walls bind one thread.
pub fn enter(arguments: impl IntoIterator<Item = OsString>) -> Option<ExitCode> {
    let command = arguments.into_iter().nth(1)?;
    match command.to_str()? {
        WORKER_COMMAND => Some(worker_main()),
        RUN_COMMAND => Some(run_main()),
        _ => None,
    }
}

/// Whether the program that was to write this file did: a file, and no link to somebody else's.
pub(crate) fn is_made(file: &Path) -> bool {
    std::fs::symlink_metadata(file).is_ok_and(|about| about.is_file())
}

/// A folder that lives as long as its value.
pub(crate) struct ScratchFolder {
    path: PathBuf,
}

impl ScratchFolder {
    fn new(parent: &Path) -> Result<Self, MediaError> {
        static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
        let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path = parent.join(format!("glass-{}-{number}", std::process::id()));
        // A folder of that name can only be left from a dead process with the same id.
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir(&path).map_err(MediaError::scratch(&path))?;
        Ok(Self { path })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for ScratchFolder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "scratch folder left behind");
        }
    }
}
