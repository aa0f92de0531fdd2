//! Groups: files that are finished about the same time by callers who do not know of each other wait for the
//! disk together, on one thread of their own.

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

use crate::{Incoming, Received, Store, StoreError};

/// Files that share one wait for the disk.
pub const GROUP_FILES_MAX: usize = 64;

/// How long the first file of a group waits for others.
pub const GROUP_WAIT_MS_MAX: u64 = 50;

/// A group goes earlier when no other file came for so long.
pub const GROUP_QUIET_MS: u64 = 4;

/// A thread that finishes files in groups. Dropped, it first finishes what it was given.
#[derive(Debug)]
pub struct Group {
    sender: Option<Sender<Waiting>>,
    thread: Option<JoinHandle<()>>,
}

struct Waiting {
    file: Incoming,
    answer: oneshot::Sender<Result<Received, StoreError>>,
}

impl Store {
    /// Starts a group.
    pub fn group(&self) -> Result<Group, StoreError> {
        let store = self.clone();
        let (sender, receiver) = channel();
        let thread = std::thread::Builder::new()
            .name("store group".to_owned())
            .spawn(move || {
                while let Some(waiting) = gather(&receiver) {
                    answer_all(&store, waiting);
                }
            })
            .map_err(|error| StoreError::io("start the group for", &self.inner.root, error))?;
        Ok(Group { sender: Some(sender), thread: Some(thread) })
    }
}

impl Group {
    /// Hands over a file; the answer (`.await` it, or `blocking_recv`) comes when it is durable. An answer
    /// that is never sent means that the group's thread died, and nothing is promised.
    pub fn finish(&self, file: Incoming) -> oneshot::Receiver<Result<Received, StoreError>> {
        let (answer, receiver) = oneshot::channel();
        if let Some(sender) = &self.sender {
            // When the thread is gone the answer's sender is dropped, and the receiver says so.
            let _ = sender.send(Waiting { file, answer });
        }
        receiver
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        drop(self.sender.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the store's group ended in a panic");
        }
    }
}

/// Waits for a file, then for more; `None` when nobody will send any.
fn gather(receiver: &Receiver<Waiting>) -> Option<Vec<Waiting>> {
    let mut waiting = vec![receiver.recv().ok()?];
    let until = Instant::now() + Duration::from_millis(GROUP_WAIT_MS_MAX);
    while waiting.len() < GROUP_FILES_MAX {
        let left = until.saturating_duration_since(Instant::now());
        match receiver.recv_timeout(left.min(Duration::from_millis(GROUP_QUIET_MS))) {
            Ok(next) => waiting.push(next),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
        }
    }
    Some(waiting)
}

fn answer_all(store: &Store, waiting: Vec<Waiting>) {
    let (files, answers): (Vec<_>, Vec<_>) =
        waiting.into_iter().map(|waiting| (waiting.file, waiting.answer)).unzip();
    for (answer, result) in answers.into_iter().zip(store.finish_many(files)) {
        // A caller who stopped waiting loses nothing: the bytes are there.
        let _ = answer.send(result);
    }
}
