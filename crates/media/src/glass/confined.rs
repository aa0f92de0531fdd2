//! A program inside the walls, seen from outside: the watch over its time, memory, threads and output, and the
//! end of its whole process group.

use std::{
    io::Read,
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::process::ExitStatusExt,
    },
    path::PathBuf,
    process::{Child, ChildStderr, ChildStdin, ChildStdout, ExitStatus},
    time::{Duration, Instant},
};

use damask_model::{Finding, FindingCode};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open},
};
use tokio_util::sync::CancellationToken;

use super::{Chunk, End, Limits, Ran, watch};
use crate::MediaError;

/// How much of standard error is kept, in bytes: the last words say what went wrong.
const STDERR_KEPT_BYTES: usize = 8 << 10;
/// How long pipes may stay open after the program's end (a grandchild may hold them).
const DRAIN: Duration = Duration::from_millis(500);
/// Threads at once. What decoders start grows with the processors, and no machine has so many.
pub(super) const THREADS_MAX: u64 = 2_048;
/// How often the folders it may write are looked at.
const LOOK: Duration = Duration::from_millis(400);
/// Files in them at once.
const FILES_MAX: u64 = 10_000;
/// What all files together may hold, as a multiple of what one may: an output, and one it was made from.
const FILES_TIMES: u64 = 2;

/// A program inside the walls. Dropping it ends its whole process group.
pub(crate) struct Confined {
    pub(super) child: Child,
    /// The folders it may write.
    pub(super) write: Vec<PathBuf>,
}

impl Drop for Confined {
    fn drop(&mut self) {
        self.end();
        let _ = self.child.wait();
    }
}

/// The pipes of a resident program.
pub(crate) struct Resident {
    pub(crate) stdin: ChildStdin,
    pub(crate) stdout: ChildStdout,
    pub(crate) stderr: ChildStderr,
}

impl Confined {
    /// Its process id.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Resident memory of it and its children.
    pub(crate) fn memory_bytes(&self) -> u64 {
        watch::tree_memory_bytes(self.child.id())
    }

    /// Whether it has not ended.
    pub(crate) fn lives(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Its pipes, once.
    pub(crate) fn pipes(&mut self) -> Option<Resident> {
        Some(Resident {
            stdin: self.child.stdin.take()?,
            stdout: self.child.stdout.take()?,
            stderr: self.child.stderr.take()?,
        })
    }

    /// Whether what lies in the folders it may write is too much.
    fn over_files(&self, limits: Limits) -> Option<Finding> {
        let (files, bytes) = watch::written(&self.write, FILES_MAX);
        let bytes_max = limits.output_bytes.saturating_mul(FILES_TIMES);
        let detail = if files > FILES_MAX {
            format!("wrote more than {FILES_MAX} files")
        } else if bytes > bytes_max {
            format!("wrote more than {bytes_max} bytes in all")
        } else {
            return None;
        };
        Some(Finding::new(FindingCode::OverLimit, detail))
    }

    fn end(&mut self) {
        // Only while the leader is unreaped is its number surely still its group's.
        if let (Ok(None), Some(group)) = (self.child.try_wait(), group(&self.child)) {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }

    /// Watches the program until it has ended and its output is read.
    pub(super) fn watch(
        mut self,
        limits: Limits,
        stdout_max: u64,
        stop: &CancellationToken,
        mut sink: impl FnMut(Chunk<'_>),
    ) -> Result<Ran, MediaError> {
        let mut stdout = self.child.stdout.take();
        let mut stderr = self.child.stderr.take();
        let died = group(&self.child).and_then(|process| pidfd_open(process, PidfdFlags::empty()).ok());
        let started = Instant::now();
        let mut looked = started;
        let (mut kept, mut written) = (Vec::new(), 0_u64);
        let mut finding = None;
        let mut buffer = vec![0_u8; 64 << 10];
        let mut ended_at = None::<Instant>;
        while stdout.is_some() || stderr.is_some() || ended_at.is_none() {
            let ready = wait(
                [stdout.as_ref().map(AsFd::as_fd), stderr.as_ref().map(AsFd::as_fd)],
                died.as_ref().filter(|_| ended_at.is_none()),
            );
            if ready[0]
                && let Some(bytes) = read(&mut stdout, &mut buffer)
            {
                written += bytes.len() as u64;
                sink(Chunk::Stdout(bytes));
            }
            if ready[1]
                && let Some(bytes) = read(&mut stderr, &mut buffer)
            {
                keep_last(&mut kept, bytes);
                sink(Chunk::Stderr(bytes));
            }
            if ended_at.is_none() && exited(&self.child) {
                ended_at = Some(Instant::now());
            }
            if ended_at.is_some_and(|at| at.elapsed() > DRAIN) {
                break;
            }
            if stop.is_cancelled() {
                return Err(MediaError::Cancelled);
            }
            if finding.is_none() && ended_at.is_none() {
                finding =
                    over(limits, started, written > stdout_max.min(limits.output_bytes), self.process());
                if finding.is_none() && looked.elapsed() > LOOK {
                    finding = self.over_files(limits);
                    looked = Instant::now();
                }
                if finding.is_some() {
                    self.end();
                }
            }
        }
        // What the program left running goes with it.
        if let Some(group) = group(&self.child) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let status = self
            .child
            .wait()
            .map_err(|source| MediaError::CannotStart { program: PathBuf::from("glass-run"), source })?;
        let (end, death) = end_of(status, limits);
        Ok(Ran { end, stdout: Vec::new(), stderr: kept, finding: finding.or(death) })
    }
}

/// Whether the program has ended, without reaping it: its number stays its own until the group is ended.
fn exited(child: &Child) -> bool {
    let options = rustix::process::WaitIdOptions::EXITED
        | rustix::process::WaitIdOptions::NOHANG
        | rustix::process::WaitIdOptions::NOWAIT;
    let Some(process) = group(child) else { return true };
    !matches!(rustix::process::waitid(rustix::process::WaitId::Pid(process), options), Ok(None))
}

fn group(child: &Child) -> Option<Pid> {
    i32::try_from(child.id()).ok().and_then(Pid::from_raw)
}

/// Waits a tick for output or the program's end; says which of the two pipes has something.
fn wait(pipes: [Option<BorrowedFd<'_>>; 2], died: Option<&OwnedFd>) -> [bool; 2] {
    let tick = Timespec { tv_sec: 0, tv_nsec: watch::TICK.subsec_nanos().into() };
    let mut waited: Vec<PollFd<'_>> =
        pipes.iter().flatten().map(|pipe| PollFd::from_borrowed_fd(*pipe, PollFlags::IN)).collect();
    waited.extend(died.map(|died| PollFd::new(died, PollFlags::IN)));
    let _ = poll(&mut waited, Some(&tick));
    let mut states = waited.iter().map(|one| !one.revents().is_empty());
    pipes.map(|pipe| pipe.is_some() && states.next().unwrap_or(false))
}

/// Reads what is there; closes the pipe at its end.
fn read<'a>(pipe: &mut Option<impl Read>, buffer: &'a mut [u8]) -> Option<&'a [u8]> {
    match pipe.as_mut()?.read(buffer) {
        Ok(count @ 1..) => Some(&buffer[..count]),
        Ok(0) | Err(_) => {
            *pipe = None;
            None
        }
    }
}

fn keep_last(kept: &mut Vec<u8>, bytes: &[u8]) {
    kept.extend_from_slice(bytes);
    if kept.len() > STDERR_KEPT_BYTES {
        kept.drain(..kept.len() - STDERR_KEPT_BYTES);
    }
}

/// Which limit is passed, if one is.
fn over(limits: Limits, started: Instant, said_too_much: bool, process: u32) -> Option<Finding> {
    let stopped = |detail| Some(Finding::new(FindingCode::DecoderStopped, detail));
    if said_too_much {
        return Some(Finding::new(FindingCode::OverLimit, "said more than it may"));
    }
    if started.elapsed() > limits.wall {
        return stopped(format!("did not end within {} s", limits.wall.as_secs()));
    }
    if watch::tree_memory_bytes(process) > limits.memory_bytes {
        return stopped(format!("used more than {} MiB of memory", limits.memory_bytes >> 20));
    }
    if watch::threads(process) > THREADS_MAX {
        return stopped(format!("started more than {THREADS_MAX} threads"));
    }
    None
}

fn end_of(status: ExitStatus, limits: Limits) -> (End, Option<Finding>) {
    match (status.code(), status.signal()) {
        (Some(code), _) => (End::Exited(code), None),
        (None, Some(signal)) => {
            let (code, detail) = match signal {
                libc::SIGXCPU => {
                    let detail = format!("used more than {} s of processor time", limits.cpu.as_secs());
                    (FindingCode::DecoderStopped, detail)
                }
                libc::SIGXFSZ => {
                    (FindingCode::OverLimit, format!("wrote more than {} bytes", limits.output_bytes))
                }
                _ => (FindingCode::DecoderDied, format!("the decoder was ended by signal {signal}")),
            };
            (End::Signalled(signal), Some(Finding::new(code, detail)))
        }
        (None, None) => (End::Exited(-1), None),
    }
}
