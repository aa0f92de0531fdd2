//! The one thread that starts children.
//!
//! Children ask the kernel for a signal at their parent's death, and for the kernel the parent is the
//! *thread* that started them (prctl(2), PR_SET_PDEATHSIG). A runtime's blocking thread ends when it has been
//! idle for some seconds and would take its children with it, so a thread is kept that lives as long as the
//! glass.

use std::{
    io,
    process::{Child, Command},
    sync::mpsc,
    thread,
};

struct Order {
    command: Command,
    reply: mpsc::SyncSender<io::Result<Child>>,
}

/// Starts children from a thread that lives as long as this value.
pub(super) struct Spawner {
    orders: mpsc::Sender<Order>,
}

impl Spawner {
    pub(super) fn start() -> io::Result<Self> {
        let (orders, inbox) = mpsc::channel::<Order>();
        thread::Builder::new().name("glass-spawner".into()).spawn(move || {
            for mut order in inbox {
                // A caller that went away has no use for the child: it is ended at once.
                if let Err(mpsc::SendError(Ok(mut child))) = order.reply.send(order.command.spawn()) {
                    let _ = child.kill();
                    let _ = child.wait();
                }
            }
        })?;
        Ok(Self { orders })
    }

    /// Starts the command. Blocks for some milliseconds.
    pub(super) fn spawn(&self, command: Command) -> io::Result<Child> {
        let gone = || io::Error::other("the spawning thread has ended");
        let (reply, answer) = mpsc::sync_channel(1);
        self.orders.send(Order { command, reply }).map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())?
    }
}
