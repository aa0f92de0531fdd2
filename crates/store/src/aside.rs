//! A thread for work that nobody waits for: it gives way to whatever people wait for, and so do the threads it
//! starts. A thread that has given way cannot take it back, which is why it is one of its own.

use std::{fmt, sync::mpsc, thread};

use tokio::sync::oneshot;

/// How far the thread stands back, of 19.
const NICENESS: i32 = 10;

type Work = Box<dyn FnOnce() + Send>;

/// Runs one piece of work after another; its thread ends when this is dropped.
pub struct Aside {
    sender: mpsc::Sender<Work>,
}

impl fmt::Debug for Aside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aside").finish_non_exhaustive()
    }
}

impl Aside {
    /// Starts the thread.
    ///
    /// # Panics
    /// When the system gives no thread.
    pub fn start(name: &str) -> Self {
        let (sender, receiver) = mpsc::channel::<Work>();
        let stand_back_and_work = move || {
            if let Err(error) = rustix::process::nice(NICENESS) {
                tracing::debug!(%error, "work that nobody waits for runs as urgently as all other");
            }
            receiver.into_iter().for_each(|work| work());
        };
        thread::Builder::new()
            .name(name.to_owned())
            .spawn(stand_back_and_work)
            .expect("a thread can be started");
        Self { sender }
    }

    /// Runs `work` after what was handed in before, and answers what it answers.
    ///
    /// # Panics
    /// Where the work panics.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        let (answer, answered) = oneshot::channel();
        // Whoever stopped waiting does not want the answer.
        let sent = self.sender.send(Box::new(move || drop(answer.send(work()))));
        assert!(sent.is_ok(), "the thread lives as long as this, unless its work panicked");
        answered.await.expect("work is answered unless it panics")
    }
}
