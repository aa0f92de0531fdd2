//! The parent's side of the workers: starts them when needed, asks one thing at a time of each, watches time
//! and memory, and replaces one after any finding.

use std::{
    os::{
        fd::{AsFd, OwnedFd},
        unix::process::{CommandExt, ExitStatusExt},
    },
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use damask_model::{Finding, FindingCode};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    net::{AddressFamily, SocketFlags, SocketType, socketpair},
};
use tokio::{runtime::Handle, sync::Semaphore};

use super::{
    Glass, WORKER_COMMAND,
    confined::THREADS_MAX,
    watch,
    wire::{self, Answer, Request},
};
use crate::MediaError;

/// A worker keeps the memory of one picture for the next: to fetch it again page by page costs a tenth of a decode.
/// These are the names the GNU C library has for it, mallopt(3); others do as they do.
const KEPT_MEMORY: [(&str, &str); 2] =
    [("MALLOC_MMAP_THRESHOLD_", "33554432"), ("MALLOC_TRIM_THRESHOLD_", "134217728")];

/// The workers that wait, and how many may work.
pub(super) struct Pool {
    places: Arc<Semaphore>,
    idle: Mutex<Vec<Worker>>,
    /// Requests begun so far.
    asked: AtomicU64,
}

struct Worker {
    child: Child,
    socket: OwnedFd,
    served: u32,
}

impl Pool {
    pub(super) fn new(workers: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(workers)), idle: Mutex::default(), asked: AtomicU64::new(0) }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Worker>> {
        // The list is whole at every instant, so one left by a thread that failed is as good as any.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Glass {
    /// Asks a worker; an inner error says how the worker failed. Waits for a free one.
    pub(crate) async fn ask(
        &self,
        request: &Request,
        files: Vec<OwnedFd>,
    ) -> Result<Result<Answer, Finding>, MediaError> {
        let place =
            Arc::clone(&self.inner.pool.places).acquire_owned().await.expect("the semaphore is never closed");
        let text = serde_json::to_vec(request).expect("requests are plain values that serialise");
        let (glass, runtime) = (self.clone(), Handle::current());
        // No wait from here on: each request that is counted ends with a timer, though its caller went away.
        self.inner.pool.asked.fetch_add(1, Ordering::Relaxed);
        let asked = tokio::task::spawn_blocking(move || {
            let _place = place;
            let answer = glass.ask_now(&text, &files);
            glass.rest_later(&runtime);
            answer
        });
        asked.await.map_err(|_| MediaError::Cancelled)?
    }

    /// Lets the workers that wait go, unless somebody asks one meanwhile.
    fn rest_later(&self, runtime: &Handle) {
        let asked = self.inner.pool.asked.load(Ordering::Relaxed);
        let (inner, rest_after) = (Arc::downgrade(&self.inner), self.config().rest_after);
        runtime.spawn(async move {
            tokio::time::sleep(rest_after).await;
            let Some(inner) = inner.upgrade() else { return };
            if inner.pool.asked.load(Ordering::Relaxed) == asked {
                // Waiting for their ends is no work for this thread.
                let resting = std::mem::take(&mut *inner.pool.idle());
                drop(tokio::task::spawn_blocking(move || drop(resting)));
            }
        });
    }

    /// Asks a worker to misbehave: for tests of the glass.
    #[doc(hidden)]
    pub async fn stand_in(&self, words: &str) -> Result<Result<String, Finding>, MediaError> {
        Ok(match self.ask(&Request::StandIn(words.to_owned()), Vec::new()).await? {
            Ok(Answer::Said(said)) => Ok(said),
            Ok(Answer::Failed(finding)) | Err(finding) => Err(finding),
            Ok(_) => Err(Finding::new(FindingCode::DecoderDied, "it answered something else")),
        })
    }

    /// Process ids of the idle workers: for tests of the glass.
    #[doc(hidden)]
    pub fn idle_workers(&self) -> Vec<u32> {
        self.inner.pool.idle().iter().map(|worker| worker.child.id()).collect()
    }

    fn ask_now(&self, text: &[u8], files: &[OwnedFd]) -> Result<Result<Answer, Finding>, MediaError> {
        let mut worker = self.ready_worker()?;
        let files: Vec<_> = files.iter().map(AsFd::as_fd).collect();
        if wire::send(worker.socket.as_fd(), text, &files).is_err() {
            // It died between requests: that costs nobody a request.
            worker = self.new_worker()?;
            wire::send(worker.socket.as_fd(), text, &files).map_err(|source| MediaError::CannotStart {
                program: self.config().program.clone(),
                source,
            })?;
        }
        worker.served += 1;
        let answer = match self.await_answer(&mut worker) {
            Ok(answer) => answer,
            Err(finding) => return Ok(Err(finding)),
        };
        if !has_findings(&answer) && worker.served < self.config().requests_per_worker {
            self.inner.pool.idle().push(worker);
        }
        Ok(Ok(answer))
    }

    /// An idle worker that still lives, or a new one.
    fn ready_worker(&self) -> Result<Worker, MediaError> {
        loop {
            let Some(mut worker) = self.inner.pool.idle().pop() else { return self.new_worker() };
            if matches!(worker.child.try_wait(), Ok(None)) {
                return Ok(worker);
            }
        }
    }

    fn new_worker(&self) -> Result<Worker, MediaError> {
        let config = self.config();
        let fault = |source| MediaError::CannotStart { program: config.program.clone(), source };
        let (socket, theirs) =
            socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)
                .map_err(|errno| fault(errno.into()))?;
        let mut command = Command::new(&config.program);
        command
            .args(&config.arguments)
            .arg(WORKER_COMMAND)
            .arg(std::process::id().to_string())
            .arg(config.limits.memory_bytes.to_string())
            .arg(config.limits.output_bytes.to_string())
            .env_clear()
            .envs(KEPT_MEMORY)
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::from(theirs))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let child = self.inner.spawner.spawn(command).map_err(fault)?;
        Ok(Worker { child, socket, served: 0 })
    }

    /// Waits for the answer within the limits; a worker that does not keep them is to be dropped.
    fn await_answer(&self, worker: &mut Worker) -> Result<Answer, Finding> {
        let limits = self.config().limits;
        let started = Instant::now();
        let process = worker.child.id();
        let cpu_before = watch::processor_time(process);
        let tick = Timespec { tv_sec: 0, tv_nsec: watch::TICK.subsec_nanos().into() };
        let stopped = |detail: String| Finding::new(FindingCode::DecoderStopped, detail);
        loop {
            let mut waited = [PollFd::new(&worker.socket, PollFlags::IN)];
            let ready = poll(&mut waited, Some(&tick)).unwrap_or(0) > 0;
            if ready {
                let mut buffer = Vec::new();
                return match wire::receive(worker.socket.as_fd(), &mut buffer) {
                    Ok(Some(_)) => serde_json::from_slice(&buffer).map_err(|error| {
                        Finding::new(FindingCode::DecoderDied, format!("answer not understood: {error}"))
                    }),
                    Ok(None) | Err(_) => Err(death(&mut worker.child)),
                };
            }
            if started.elapsed() > limits.wall {
                return Err(stopped(format!("no answer within {} s", limits.wall.as_secs())));
            }
            if watch::processor_time(process).saturating_sub(cpu_before) > limits.cpu {
                return Err(stopped(format!("used more than {} s of processor time", limits.cpu.as_secs())));
            }
            if watch::tree_memory_bytes(process) > limits.memory_bytes {
                return Err(stopped(format!("used more than {} MiB of memory", limits.memory_bytes >> 20)));
            }
            if watch::threads(process) > THREADS_MAX {
                return Err(stopped(format!("started more than {THREADS_MAX} threads")));
            }
        }
    }
}

fn has_findings(answer: &Answer) -> bool {
    match answer {
        Answer::Ladder(ladder) => !ladder.findings.is_empty(),
        Answer::Drawn(drawn) => !drawn.findings.is_empty(),
        // Trying the walls leaves nothing behind, but a fresh worker is cheap and surely clean.
        Answer::Walls(_) | Answer::Said(_) | Answer::Failed(_) => true,
    }
}

/// How a worker ended whose socket closed.
fn death(child: &mut Child) -> Finding {
    let how = match child.wait() {
        Ok(status) => match (status.signal(), status.code()) {
            (Some(signal), _) => format!("ended by signal {signal}"),
            (None, Some(code)) => format!("ended with code {code}"),
            (None, None) => "ended".to_owned(),
        },
        Err(error) => error.to_string(),
    };
    Finding::new(FindingCode::DecoderDied, format!("the decoder {how}"))
}
