//! External programs: the order, what came of it, and how they are started inside the walls. Who watches them
//! is in confined.rs.

use std::{
    ffi::{OsStr, OsString},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
};

use damask_model::{Finding, FindingCode};
use tokio_util::sync::CancellationToken;

use super::{Glass, Limits, RUN_COMMAND, confined::Confined};
use crate::MediaError;

/// How the names of scratch folders begin.
const SCRATCH_MARK: &str = "/glass-";
/// Most bytes of standard output that are collected: they lie in the server's memory.
const COLLECTED_BYTES_MAX: u64 = 64 << 20;

/// An order to run an external program inside the walls.
#[derive(Clone, Debug)]
pub struct Run {
    program: OsString,
    arguments: Vec<OsString>,
    read: Vec<PathBuf>,
    write: Vec<PathBuf>,
    directory: Option<PathBuf>,
    limits: Option<Limits>,
    /// Most bytes of standard output, where that is less than the limit of all output.
    stdout_max: u64,
    probe: bool,
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By itself, with this code.
    Exited(i32),
    /// By this signal.
    Signalled(i32),
    /// It was never started: it is not installed.
    Missing,
}

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Ran {
    /// How it ended.
    pub end: End,
    /// Standard output (empty where a sink took it).
    pub stdout: Vec<u8>,
    /// The last words on standard error.
    pub stderr: Vec<u8>,
    /// Why it was stopped, where it was; or that it died or is missing.
    pub finding: Option<Finding>,
}

/// A piece of output as it comes.
#[derive(Clone, Copy, Debug)]
pub enum Chunk<'a> {
    /// Of standard output.
    Stdout(&'a [u8]),
    /// Of standard error.
    Stderr(&'a [u8]),
}

impl Run {
    /// An order to run the program of that name.
    pub fn new(program: impl Into<OsString>) -> Self {
        Self {
            program: program.into(),
            arguments: Vec::new(),
            read: Vec::new(),
            write: Vec::new(),
            directory: None,
            limits: None,
            stdout_max: u64::MAX,
            probe: false,
        }
    }

    /// An order to try the walls.
    pub(super) fn probe() -> Self {
        Self { probe: true, ..Self::new("") }
    }

    /// One more argument.
    #[must_use]
    pub fn argument(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().into());
        self
    }

    /// More arguments.
    #[must_use]
    pub fn arguments<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(|argument| argument.as_ref().into()));
        self
    }

    /// It may read this file, or all in this folder.
    #[must_use]
    pub fn read(mut self, path: impl AsRef<Path>) -> Self {
        self.read.push(path.as_ref().into());
        self
    }

    /// It may read and write in this folder, which is also its current one.
    #[must_use]
    pub fn write(mut self, folder: impl AsRef<Path>) -> Self {
        self.directory.get_or_insert_with(|| folder.as_ref().into());
        self.write.push(folder.as_ref().into());
        self
    }

    /// Its limits, where not the usual ones.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = Some(limits);
        self
    }
}

impl Ran {
    /// Whether it did what it was asked, as far as it says.
    pub fn succeeded(&self) -> bool {
        self.end == End::Exited(0) && self.finding.is_none()
    }

    /// Its last words, on one line, fit to be shown: without our scratch paths and its addresses.
    pub fn complaint(&self) -> String {
        self.complaint_but(|_| false)
    }

    /// As [`Self::complaint`], without the lines that are none.
    pub(crate) fn complaint_but(&self, is_none: impl Fn(&str) -> bool) -> String {
        let text = String::from_utf8_lossy(&self.stderr);
        let lines: Vec<&str> =
            text.lines().map(str::trim).filter(|line| !line.is_empty() && !is_none(line)).collect();
        let last = lines.len().saturating_sub(3);
        if lines.is_empty() {
            return match self.end {
                End::Exited(code) => format!("the decoder ended with code {code} and no word"),
                End::Signalled(signal) => format!("the decoder was ended by signal {signal}"),
                End::Missing => "the decoder is not installed".to_owned(),
            };
        }
        plain(&lines[last..].join("; "))
    }

    fn missing(program: &OsStr) -> Self {
        let detail = format!("{} is not installed", program.to_string_lossy());
        Self {
            end: End::Missing,
            stdout: Vec::new(),
            stderr: Vec::new(),
            finding: Some(Finding::new(FindingCode::DecoderMissing, detail)),
        }
    }
}

impl Glass {
    /// Runs a program to its end and collects its output, of which at most 64 MiB may come.
    pub async fn run(&self, mut run: Run) -> Result<Ran, MediaError> {
        run.stdout_max = COLLECTED_BYTES_MAX;
        let collected = Arc::new(std::sync::Mutex::new(Vec::new()));
        let sink = Arc::clone(&collected);
        let mut ran = self
            .run_with(run, CancellationToken::new(), move |chunk| {
                if let (Chunk::Stdout(bytes), Ok(mut sink)) = (chunk, sink.lock()) {
                    sink.extend_from_slice(bytes);
                }
            })
            .await?;
        if let Ok(mut collected) = collected.lock() {
            ran.stdout = std::mem::take(&mut collected);
        }
        Ok(ran)
    }

    /// Runs a program to its end, handing its output to `sink` as it comes. It is ended when `stop` is
    /// cancelled (the answer is then [`MediaError::Cancelled`]) and when this future is dropped.
    pub async fn run_with(
        &self,
        run: Run,
        stop: CancellationToken,
        sink: impl FnMut(Chunk<'_>) + Send + 'static,
    ) -> Result<Ran, MediaError> {
        let place = tokio::select! {
            place = Arc::clone(&self.inner.runs).acquire_owned() => place.expect("the semaphore is never closed"),
            () = stop.cancelled() => return Err(MediaError::Cancelled),
        };
        let stop = stop.child_token();
        let _dropped = stop.clone().drop_guard();
        let glass = self.clone();
        let ran = tokio::task::spawn_blocking(move || {
            let _place = place;
            let limits = run.limits.unwrap_or(glass.config().limits);
            match glass.begin(&run, Stdio::null())? {
                Some(confined) => confined.watch(limits, run.stdout_max, &stop, sink),
                None => Ok(Ran::missing(&run.program)),
            }
        });
        ran.await.map_err(|_| MediaError::Cancelled)?
    }

    /// Starts a program inside the walls; `None` when it is not installed. Blocks for some milliseconds.
    pub(crate) fn begin(&self, run: &Run, stdin: Stdio) -> Result<Option<Confined>, MediaError> {
        let config = self.config();
        let limits = run.limits.unwrap_or(config.limits);
        let mut command = Command::new(&config.program);
        command.args(&config.arguments).arg(RUN_COMMAND);
        let mut pair = |name: &str, value: &OsStr| {
            command.arg(name).arg(value);
        };
        pair("--parent", std::process::id().to_string().as_ref());
        pair("--nice", config.niceness.clamp(0, 19).to_string().as_ref());
        pair("--cpu", limits.cpu.as_secs().to_string().as_ref());
        pair("--file-bytes", limits.output_bytes.to_string().as_ref());
        for path in &run.read {
            pair("--read", path.as_os_str());
        }
        for path in &run.write {
            pair("--write", path.as_os_str());
        }
        if let Some(directory) = &run.directory {
            pair("--directory", directory.as_os_str());
        }
        if run.probe {
            command.arg("--probe");
        } else {
            let Some(program) = self.find_program(&run.program.to_string_lossy()) else { return Ok(None) };
            command.arg("--").arg(program).args(&run.arguments);
        }
        let home = run.write.first().map_or(Path::new("/nonexistent"), PathBuf::as_path);
        command
            .env_clear()
            .env("PATH", super::PROGRAM_PATH)
            .env("LANG", "C.UTF-8")
            .env("LC_ALL", "C.UTF-8")
            .env("HOME", home)
            .env("TMPDIR", home)
            .env("MAGICK_TEMPORARY_PATH", home)
            .env("VIPS_CONCURRENCY", "1")
            .current_dir("/")
            .process_group(0)
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let child = self
            .inner
            .spawner
            .spawn(command)
            .map_err(|source| MediaError::CannotStart { program: config.program.clone(), source })?;
        Ok(Some(Confined { child, write: run.write.clone() }))
    }
}

/// The words without the folders of our scratch names and without addresses in memory (` @ 0x55…`): neither
/// says anything of the file, and both differ from run to run.
fn plain(words: &str) -> String {
    let mut said = String::with_capacity(words.len());
    let mut rest = words;
    while let Some(at) = rest.find(" @ 0x") {
        said.push_str(&rest[..at]);
        rest = rest[at + 5..].trim_start_matches(|c: char| c.is_ascii_hexdigit());
    }
    said.push_str(rest);
    while let Some(at) = said.find(SCRATCH_MARK) {
        let is_edge = |c: char| c.is_whitespace() || "\"'`:([".contains(c);
        let from = said[..at].rfind(is_edge).map_or(0, |edge| edge + 1);
        let to = said[at + 1..].find('/').map_or(said.len(), |slash| at + 1 + slash + 1);
        said.replace_range(from..to, "");
    }
    said
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_complaint_names_neither_our_folders_nor_addresses() {
        for (said, shown) in [
            ("[mp3 @ 0x56297b36ed80] Invalid frame", "[mp3] Invalid frame"),
            (
                "vipsheader: \"/var/tmp/scratch/glass-17378-0/input.icm\" is not known",
                "vipsheader: \"input.icm\" is not known",
            ),
            ("file:/s/glass-1-2/input.mov: moov atom not found", "file:input.mov: moov atom not found"),
            ("cut off /s/glass-1", "cut off "),
            ("nothing of the sort", "nothing of the sort"),
        ] {
            assert_eq!(plain(said), shown);
        }
    }
}
