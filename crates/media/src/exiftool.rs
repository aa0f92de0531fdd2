//! A resident exiftool: starting it costs ten times what reading a file does, so a few stay open and are
//! handed one file after another (`-stay_open`), inside the walls of [`crate::glass`].
//!
//! Walls are built before the first file is known, and one that a file has taken over must not read the
//! others. So a resident may read one folder of its own, and a file is handed over by a second name in it; on
//! another file system, where there is none, by a process of its own that may read that file.

use std::{
    fs,
    io::{Read, Write},
    os::{fd::AsFd, unix::ffi::OsStrExt},
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use damask_model::{Finding, FindingCode};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::sync::Semaphore;

use crate::{
    Glass, Limits, MediaError,
    glass::{Confined, Named, Resident, Run, ScratchFolder, plain_extension},
};

/// Time for one file. An encrypted PDF of version 2.0 alone takes ten seconds of a quiet processor.
const FILE_WALL: Duration = Duration::from_secs(60);
/// Most bytes of one answer.
const ANSWER_BYTES_MAX: usize = 32 << 20;
/// Files after which a process is replaced (perl grows).
const FILES_PER_PROCESS: u32 = 1_000;
/// Memory of one process.
const MEMORY_BYTES_MAX: u64 = 1 << 30;
/// Bytes of complaints kept of one file.
const COMPLAINT_BYTES_MAX: usize = 4 << 10;

/// What exiftool read of a file.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// What it printed; JSON where the arguments ask for it. Empty when nothing could be read.
    pub text: String,
    /// What went wrong.
    pub findings: Vec<Finding>,
}

impl Reading {
    /// The first object of the JSON array it prints, if it is one.
    pub fn object(&self) -> Option<serde_json::Map<String, serde_json::Value>> {
        match serde_json::from_str(&self.text).ok()? {
            serde_json::Value::Array(many) => match many.into_iter().next()? {
                serde_json::Value::Object(object) => Some(object),
                _ => None,
            },
            _ => None,
        }
    }
}

/// A pool of resident exiftools. Cheap to clone.
#[derive(Clone)]
pub struct Exiftool {
    inner: Arc<Inner>,
}

struct Inner {
    glass: Glass,
    arguments: String,
    places: Arc<Semaphore>,
    idle: Mutex<Vec<Process>>,
}

struct Process {
    confined: Confined,
    /// The folder it may read.
    folder: ScratchFolder,
    pipes: Resident,
    read: u32,
}

impl Exiftool {
    /// At most `processes` at once, each reading with `arguments` (one word each, without line ends) in the
    /// folders the glass names readable. They start when first needed.
    pub fn new(glass: &Glass, arguments: &[&str], processes: usize) -> Self {
        let lines = arguments.iter().map(|argument| format!("{}\n", argument.replace(['\n', '\r'], " ")));
        Self {
            inner: Arc::new(Inner {
                glass: glass.clone(),
                arguments: lines.collect(),
                places: Arc::new(Semaphore::new(processes.max(1))),
                idle: Mutex::default(),
            }),
        }
    }

    /// Reads one file. `SourceFile`, `File:FileName` and `File:Directory` may be those of a link.
    pub async fn read(&self, path: &Path) -> Result<Reading, MediaError> {
        let path = path.to_owned();
        self.in_turn(move |pool| pool.read_now(&path)).await
    }

    /// Reads bytes that lie nowhere as a file: they do while they are read.
    pub async fn read_bytes(&self, bytes: Vec<u8>) -> Result<Reading, MediaError> {
        let read = move |pool: &Self| {
            let folder = pool.inner.glass.scratch_folder()?;
            let path = folder.path().join("metadata");
            fs::write(&path, bytes).map_err(MediaError::scratch(&path))?;
            pool.read_now(&path)
        };
        self.in_turn(read).await
    }

    /// Reads when a process is free, on a thread that may wait.
    async fn in_turn<R>(&self, read: R) -> Result<Reading, MediaError>
    where
        R: FnOnce(&Self) -> Result<Reading, MediaError> + Send + 'static,
    {
        let place =
            Arc::clone(&self.inner.places).acquire_owned().await.expect("the semaphore is never closed");
        let pool = self.clone();
        let reading = tokio::task::spawn_blocking(move || {
            let _place = place;
            read(&pool)
        });
        reading.await.map_err(|_| MediaError::Cancelled)?
    }

    fn read_now(&self, path: &Path) -> Result<Reading, MediaError> {
        let path = self.allowed(path)?;
        let missing = || Finding::new(FindingCode::DecoderMissing, "exiftool is not installed");
        let Some(mut process) = self.process()? else { return Ok(Reading::failed(missing())) };
        let Some(name) = process.hand_over(&path) else {
            // It has done nothing wrong, and waits for the next.
            self.idle().push(process);
            let named = Named::new(&self.inner.glass, &path)?;
            let Some(mut process) = self.start(Some(&named))? else { return Ok(Reading::failed(missing())) };
            let read = process.exchange(&self.inner.arguments, named.link());
            return Ok(read.unwrap_or_else(Reading::failed));
        };
        process.read += 1;
        let read = process.exchange(&self.inner.arguments, &name);
        fs::remove_file(&name).map_err(MediaError::scratch(&name))?;
        match read {
            Ok(reading) => {
                if process.read < FILES_PER_PROCESS {
                    self.idle().push(process);
                }
                Ok(reading)
            }
            Err(finding) => Ok(Reading::failed(finding)),
        }
    }

    /// The full path, if it is a file in a readable folder.
    fn allowed(&self, path: &Path) -> Result<std::path::PathBuf, MediaError> {
        let full = path.canonicalize().map_err(MediaError::source_file(path))?;
        let config = self.inner.glass.config();
        let inside = config.readable.iter().chain([&config.scratch]).any(|root| full.starts_with(root));
        // A folder would be read whole.
        let is_file = fs::metadata(&full).is_ok_and(|about| about.is_file());
        if inside && is_file {
            return Ok(full);
        }
        let why = if inside { "not a file" } else { "outside the readable folders" };
        let source = std::io::Error::new(std::io::ErrorKind::PermissionDenied, why);
        Err(MediaError::Source { path: full, source })
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Process>> {
        self.inner.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn process(&self) -> Result<Option<Process>, MediaError> {
        loop {
            let waiting = self.idle().pop();
            let Some(mut process) = waiting else { return self.start(None) };
            if process.confined.lives() {
                return Ok(Some(process));
            }
        }
    }

    /// A new process; where it is for one file only, that one.
    fn start(&self, only: Option<&Named>) -> Result<Option<Process>, MediaError> {
        let folder = self.inner.glass.scratch_folder()?;
        let limits = Limits {
            wall: FILE_WALL,
            // For the whole life of the process.
            cpu: Duration::from_secs(3_600),
            memory_bytes: MEMORY_BYTES_MAX,
            output_bytes: 1 << 20,
        };
        let mut run = Run::new("exiftool")
            // An empty name keeps it from looking for a settings file, which is perl code.
            .arguments(["-config", "", "-stay_open", "True", "-@", "-"])
            .limits(limits);
        run = match only {
            None => run.read(folder.path()),
            Some(named) => run.read(named.target()).read(named.folder()),
        };
        let Some(mut confined) = self.inner.glass.begin(&run, Stdio::piped())? else { return Ok(None) };
        let pipes = confined.pipes().expect("the pipes were asked for and are taken once");
        Ok(Some(Process { confined, folder, pipes, read: 0 }))
    }
}

impl Reading {
    fn failed(finding: Finding) -> Self {
        Self { text: String::new(), findings: vec![finding] }
    }
}

impl Process {
    /// A second name for the file where this process may read it, if file system and system allow one.
    ///
    /// The name is ours: exiftool takes one argument a line and has given meaning to characters of names
    /// before (CVE-2022-23935).
    fn hand_over(&self, file: &Path) -> Option<PathBuf> {
        let name = self.folder.path().join(format!("input{}", plain_extension(file)));
        fs::hard_link(file, &name).is_ok().then_some(name)
    }

    /// Hands over one file and collects the answer up to its mark. After an error the process is to be
    /// dropped: what it would say next is not known.
    fn exchange(&mut self, arguments: &str, name: &Path) -> Result<Reading, Finding> {
        // A number the file cannot have guessed, so that its own words cannot end the answer.
        let mark = rand_mark(self.read);
        let mut order = arguments.as_bytes().to_vec();
        order.extend_from_slice(format!("-echo4\n{{ready{mark}}}\n").as_bytes());
        order.extend_from_slice(name.as_os_str().as_bytes());
        order.extend_from_slice(format!("\n-execute{mark}\n").as_bytes());
        let died = |what: &str| Finding::new(FindingCode::DecoderDied, format!("exiftool {what}"));
        self.pipes.stdin.write_all(&order).map_err(|_| died("has ended"))?;
        self.pipes.stdin.flush().map_err(|_| died("has ended"))?;
        let end = format!("{{ready{mark}}}\n").into_bytes();
        let started = Instant::now();
        let (mut answer, mut complaint) = (Vec::new(), Vec::new());
        let mut buffer = vec![0; 64 << 10];
        while !answer.ends_with(&end) || !complaint.ends_with(&end) {
            let ready = self.wait();
            if ready[0] {
                match self.pipes.stdout.read(&mut buffer) {
                    Ok(count @ 1..) => answer.extend_from_slice(&buffer[..count]),
                    Ok(0) | Err(_) => return Err(died("ended while reading")),
                }
            }
            if ready[1]
                && let Ok(count) = self.pipes.stderr.read(&mut buffer)
            {
                complaint.extend_from_slice(&buffer[..count]);
                let surplus = complaint.len().saturating_sub(COMPLAINT_BYTES_MAX);
                complaint.drain(..surplus);
            }
            if answer.len() > ANSWER_BYTES_MAX {
                let detail = format!("more than {ANSWER_BYTES_MAX} bytes of metadata");
                return Err(Finding::new(FindingCode::OverLimit, detail));
            }
            self.within_limits(started)?;
        }
        answer.truncate(answer.len() - end.len());
        complaint.truncate(complaint.len() - end.len());
        let text = String::from_utf8_lossy(&answer).into_owned();
        Ok(Reading { text, findings: findings_of(&String::from_utf8_lossy(&complaint)) })
    }

    fn wait(&self) -> [bool; 2] {
        let tick = Timespec { tv_sec: 0, tv_nsec: 25_000_000 };
        let mut waited = [
            PollFd::from_borrowed_fd(self.pipes.stdout.as_fd(), PollFlags::IN),
            PollFd::from_borrowed_fd(self.pipes.stderr.as_fd(), PollFlags::IN),
        ];
        let _ = poll(&mut waited, Some(&tick));
        waited.map(|one| !one.revents().is_empty())
    }

    fn within_limits(&self, started: Instant) -> Result<(), Finding> {
        if started.elapsed() > FILE_WALL {
            let detail = format!("exiftool took more than {} s", FILE_WALL.as_secs());
            return Err(Finding::new(FindingCode::DecoderStopped, detail));
        }
        if self.confined.memory_bytes() > MEMORY_BYTES_MAX {
            let detail = format!("exiftool used more than {} MiB", MEMORY_BYTES_MAX >> 20);
            return Err(Finding::new(FindingCode::DecoderStopped, detail));
        }
        Ok(())
    }
}

/// What exiftool complained of. Warnings about single tags are in its answer already.
fn findings_of(complaint: &str) -> Vec<Finding> {
    complaint
        .lines()
        .filter_map(|line| {
            let words = line.strip_prefix("Error: ")?;
            // The name of the file ends the line after a dash; it is ours.
            let words = words.rsplit_once(" - ").map_or(words, |(words, _)| words);
            Some(Finding::new(FindingCode::MetadataDamaged, words))
        })
        .take(5)
        .collect()
}

/// A number that differs from request to request and cannot be foreseen.
fn rand_mark(count: u32) -> u64 {
    use std::hash::{BuildHasher, Hasher};
    // The standard library keys its hashers from the system's randomness.
    let mut hasher = std::collections::hash_map::RandomState::new().build_hasher();
    hasher.write_u32(count);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use std::{fs, pin::pin, sync::Arc};

    use damask_model::FindingCode;
    use futures::FutureExt;

    use super::{Exiftool, findings_of};
    use crate::{Glass, glass::GlassConfig};

    #[tokio::test]
    async fn bytes_are_written_when_it_is_their_turn_and_gone_when_they_were_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut config = GlassConfig::new("/bin/sh", folder.path());
        config.program_directories = Vec::new();
        let exiftool = Exiftool::new(&Glass::start(config).expect("a glass"), &[], 1);
        let written = || fs::read_dir(folder.path()).expect("the folder").count();
        let place = Arc::clone(&exiftool.inner.places).acquire_owned().await.expect("the one place");
        let mut read = pin!(exiftool.read_bytes(vec![0; 1 << 20]));
        assert!(read.as_mut().now_or_never().is_none());
        assert_eq!(written(), 0, "not while the caller's thread asks");
        drop(place);
        let reading = read.await.expect("the parent is well");
        assert_eq!(reading.findings[0].code, FindingCode::DecoderMissing);
        assert_eq!(written(), 0);
    }

    #[test]
    fn only_errors_are_findings() {
        let found = findings_of("Warning: [minor] odd - /x\nError: File format error - /scratch/input.jpg\n");
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].code, found[0].detail.as_str()),
            (FindingCode::MetadataDamaged, "File format error")
        );
    }
}
