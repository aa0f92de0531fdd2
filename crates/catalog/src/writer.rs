//! Group commit: one writer for each open catalog, the same for SQLite and PostgreSQL.
//!
//! A commit costs a sync of the disk (and, on PostgreSQL, the lock of the head row), so many small writes
//! share one. Callers hand in *works*; the writer runs as many as wait (interactive ones first) one after
//! another in one transaction, takes the sequences of all their facts as the last step, commits, and then
//! answers each. There are no savepoints: when a work fails after it changed something, the transaction is
//! rolled back and the others are run again without it. So a work is a function that may run more than once.
//!
//! A failure is believed only when nothing uncommitted stood before it: a work that fails behind others is
//! run again, alone. The writer has its own thread, so works need not be `Send` once they run, and a caller
//! that goes away or is not polled holds nobody up.

use std::{
    collections::VecDeque,
    future::Future,
    panic::AssertUnwindSafe,
    time::{Duration, Instant as Stopwatch},
};

use damask_model::{FactId, Seq};
use futures::{FutureExt as _, future::LocalBoxFuture};
use tokio::sync::{mpsc, oneshot, watch};

use crate::{CatalogError, Clock, Conn, Tx, catalog::Door, cell::params, conn::only, journal};

/// Who waits for a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// A person: goes before all bulk writes that wait.
    Interactive,
    /// A large import, a background stage.
    Bulk,
}

/// What a durable write answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written<T> {
    /// What the work answered.
    pub value: T,
    /// The sequence of its last fact; where it stated none, a head that is not before what it read.
    pub seq: Seq,
}

/// Most works in one commit.
pub const GROUP_MAX: usize = 256;

/// No work is added to a group that is older than this.
pub const GROUP_TIME_MAX: Duration = Duration::from_millis(50);

/// A work that runs longer fails: it holds everybody up.
pub const WORK_TIME_MAX: Duration = Duration::from_secs(30);

/// How often a group is run again after an error that may pass, before its callers hear of it.
const TRIES_MAX: u32 = 6;

/// A work with its caller, of whatever types.
trait Task: Send {
    /// Runs the work and keeps its result; says whether it went well.
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> LocalBoxFuture<'t, bool>;

    /// Gives the caller the result that was kept, as of `seq`.
    fn answer(self: Box<Self>, seq: Seq);

    /// Tells the caller that the catalog failed.
    fn fail(self: Box<Self>, error: CatalogError);
}

struct Waiting<T, E, W> {
    work: W,
    result: Option<Result<T, E>>,
    caller: oneshot::Sender<Result<Written<T>, E>>,
}

impl<T, E, W> Task for Waiting<T, E, W>
where
    T: Send + 'static,
    E: From<CatalogError> + Send + 'static,
    W: AsyncFn(&mut Tx) -> Result<T, E> + Send + 'static,
{
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> LocalBoxFuture<'t, bool> {
        Box::pin(async move {
            let limited = tokio::time::timeout(WORK_TIME_MAX, (self.work)(tx));
            let result = match AssertUnwindSafe(limited).catch_unwind().await {
                Ok(Ok(result)) => result,
                Ok(Err(_)) => {
                    tx.conn.touched = true;
                    Err(CatalogError::broken("a write took longer than it may").into())
                }
                Err(_) => {
                    tx.conn.touched = true;
                    Err(CatalogError::broken("a write panicked").into())
                }
            };
            let well = result.is_ok();
            self.result = Some(result);
            well
        })
    }

    fn answer(self: Box<Self>, seq: Seq) {
        let result = self.result.expect("a work is answered after it ran");
        // A caller that went away does not hear it; the write stands.
        let _ = self.caller.send(result.map(|value| Written { value, seq }));
    }

    fn fail(self: Box<Self>, error: CatalogError) {
        let _ = self.caller.send(Err(error.into()));
    }
}

/// The callers' end.
#[derive(Clone)]
pub(crate) struct Writer {
    interactive: mpsc::UnboundedSender<Box<dyn Task>>,
    bulk: mpsc::UnboundedSender<Box<dyn Task>>,
}

/// Starts the writer's thread. It ends when all its callers are gone.
pub(crate) fn start(
    door: Door,
    clock: Clock,
    head: watch::Sender<Seq>,
    jobs: watch::Sender<u64>,
) -> (Writer, std::thread::JoinHandle<()>) {
    let (interactive, interactive_end) = mpsc::unbounded_channel();
    let (bulk, bulk_end) = mpsc::unbounded_channel();
    let queue = Queue { interactive: interactive_end, bulk: bulk_end };
    let thread = std::thread::Builder::new()
        .name("catalog-writer".into())
        .spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime of one thread needs only an event queue of the kernel");
            let desk = Desk { door, clock, head, jobs, conn: None };
            runtime.block_on(desk.serve(queue));
        })
        .expect("a thread can be started");
    (Writer { interactive, bulk }, thread)
}

impl Writer {
    pub(crate) fn write<T, E, W>(
        &self,
        urgency: Urgency,
        work: W,
    ) -> impl Future<Output = Result<Written<T>, E>> + Send + use<T, E, W>
    where
        T: Send + 'static,
        E: From<CatalogError> + Send + 'static,
        W: AsyncFn(&mut Tx) -> Result<T, E> + Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let task: Box<dyn Task> = Box::new(Waiting { work, result: None, caller });
        let lane = match urgency {
            Urgency::Interactive => &self.interactive,
            Urgency::Bulk => &self.bulk,
        };
        let sent = lane.send(task).is_ok();
        async move {
            let gone = || E::from(CatalogError::unreachable("its writer has ended"));
            if !sent {
                return Err(gone());
            }
            answer.await.unwrap_or_else(|_| Err(gone()))
        }
    }
}

struct Queue {
    interactive: mpsc::UnboundedReceiver<Box<dyn Task>>,
    bulk: mpsc::UnboundedReceiver<Box<dyn Task>>,
}

impl Queue {
    async fn next(&mut self) -> Option<Box<dyn Task>> {
        tokio::select! {
            biased;
            Some(task) = self.interactive.recv() => Some(task),
            Some(task) = self.bulk.recv() => Some(task),
            else => None,
        }
    }

    fn at_hand(&mut self) -> Option<Box<dyn Task>> {
        self.interactive.try_recv().or_else(|_| self.bulk.try_recv()).ok()
    }
}

/// The works of one attempt to commit.
#[derive(Default)]
struct Group {
    /// To be run, in order.
    todo: VecDeque<Box<dyn Task>>,
    /// To be run each in its own transaction, after `todo`.
    alone: VecDeque<Box<dyn Task>>,
    /// Run in the open transaction, with the facts stated up to and including it.
    ran: Vec<(Box<dyn Task>, usize)>,
}

impl Group {
    /// The transaction is gone: what ran in it is to be run again, before the rest.
    fn undo(&mut self) {
        for (task, _) in self.ran.drain(..).rev() {
            self.todo.push_front(task);
        }
    }

    fn fail_all(&mut self, error: &CatalogError) {
        self.undo();
        for task in self.todo.drain(..).chain(self.alone.drain(..)) {
            task.fail(error.clone());
        }
    }
}

/// How a run of works in a transaction ended.
enum Run {
    /// All that ran may be committed.
    Whole,
    /// A work failed behind others, after a change: all is to be undone, this one runs alone.
    Suspect(Box<dyn Task>),
    /// The first work failed after a change: it is believed.
    Refused(Box<dyn Task>),
    /// An error that may pass.
    Passing(CatalogError),
}

/// The writer's end.
struct Desk {
    door: Door,
    clock: Clock,
    head: watch::Sender<Seq>,
    jobs: watch::Sender<u64>,
    conn: Option<Conn>,
}

impl Desk {
    async fn serve(mut self, mut queue: Queue) {
        while let Some(first) = queue.next().await {
            let mut group = Group { todo: VecDeque::from([first]), ..Group::default() };
            let mut tries = 0;
            let mut open = true;
            while !group.todo.is_empty() || !group.alone.is_empty() {
                if group.todo.is_empty() {
                    group.todo.extend(group.alone.pop_front());
                    open = false;
                }
                match self.attempt(&mut group, open.then_some(&mut queue)).await {
                    Ok(()) => tries = 0,
                    Err(error) if tries < TRIES_MAX => {
                        tries += 1;
                        tracing::debug!(tries, %error, "a group of writes is run again");
                        tokio::time::sleep(Duration::from_millis(10 << tries)).await;
                    }
                    Err(error) => group.fail_all(&error),
                }
                open &= group.alone.is_empty();
            }
        }
        self.door.close(self.conn.take()).await;
    }

    /// Runs works in one transaction and commits it. An error is one that may pass; all else is answered.
    async fn attempt(&mut self, group: &mut Group, queue: Option<&mut Queue>) -> Result<(), CatalogError> {
        let mut conn = match self.conn.take() {
            Some(conn) => conn,
            None => self.door.connect().await?,
        };
        conn.passing = None;
        conn.bracket(conn.dialect().begin_write()).await?;
        let mut tx = Tx::new(conn, (self.clock)());
        match run(&mut tx, group, queue).await {
            Run::Whole => self.commit(tx, group).await,
            Run::Suspect(task) => {
                group.undo();
                group.alone.push_back(task);
                self.roll_back(tx).await;
                Ok(())
            }
            Run::Refused(task) => {
                self.roll_back(tx).await;
                task.answer(*self.head.borrow());
                Ok(())
            }
            Run::Passing(error) => {
                group.undo();
                self.roll_back(tx).await;
                Err(error)
            }
        }
    }

    async fn roll_back(&mut self, mut tx: Tx) {
        // A connection that cannot even roll back is dropped, which ends its transaction.
        if tx.conn.bracket("ROLLBACK").await.is_ok() {
            self.conn = Some(tx.conn);
        }
    }

    async fn commit(&mut self, mut tx: Tx, group: &mut Group) -> Result<(), CatalogError> {
        let facts = std::mem::take(&mut tx.facts);
        let first = facts.first().map(|fact| fact.id);
        let count = facts.len();
        let closed = journal::close(&mut tx, facts, self.door.channel()).await;
        let head = match closed {
            Ok(head) => match tx.conn.bracket("COMMIT").await {
                Ok(()) => {
                    self.conn = Some(tx.conn);
                    head
                }
                Err(error) => self.settle(error, first, head, group).await?,
            },
            Err(error) => {
                let passing = tx.conn.passing.take();
                self.roll_back(tx).await;
                group.undo();
                if let Some(error) = passing {
                    return Err(error);
                }
                // One of them states what cannot stand (a fact twice): find out which.
                if group.todo.len() == 1 {
                    group.fail_all(&error);
                } else {
                    group.alone.extend(group.todo.drain(..));
                }
                return Ok(());
            }
        };
        let base = head.0 - i64::try_from(count).expect("a group holds few facts");
        let mut before = 0;
        // Told before answered: who has an answer also finds the head moved.
        self.head.send_if_modified(|known| {
            let moved = head > *known;
            *known = head.max(*known);
            moved
        });
        if tx.jobs.woke {
            self.jobs.send_modify(|ticks| *ticks += 1);
        }
        for (task, stated) in group.ran.drain(..) {
            let own = base + i64::try_from(stated).expect("a group holds few facts");
            task.answer(if stated > before { Seq(own) } else { head });
            before = stated;
        }
        Ok(())
    }

    /// A commit that failed. SQLite says so for sure. PostgreSQL may have committed and the answer been
    /// lost: a new connection waits for the head row and looks for the first fact of the group.
    async fn settle(
        &mut self,
        error: CatalogError,
        first: Option<FactId>,
        head: Seq,
        group: &mut Group,
    ) -> Result<Seq, CatalogError> {
        if self.door.channel().is_empty() {
            group.undo();
            return Err(error);
        }
        let Some(first) = first else {
            group.fail_all(&CatalogError::unreachable(
                "the connection was lost during a commit; it is not known whether the write was made",
            ));
            return Err(error);
        };
        for tries in 0..TRIES_MAX {
            tokio::time::sleep(Duration::from_millis(50 << tries)).await;
            let Ok(mut conn) = self.door.connect().await else { continue };
            if conn.one(conn.dialect().settled_head(), params![], only::<Seq>).await.is_err() {
                continue;
            }
            match conn.one("SELECT seq FROM fact WHERE id = $1", params![first], only::<Seq>).await {
                Ok(Some(_)) => return Ok(head),
                Ok(None) => {
                    group.undo();
                    return Err(error);
                }
                Err(_) => {}
            }
        }
        group.fail_all(&CatalogError::unreachable(
            "the connection was lost during a commit; it is not known whether the write was made",
        ));
        Err(error)
    }
}

/// Runs works one after another in an open transaction: those to do, then (given a queue) those at hand.
async fn run(tx: &mut Tx, group: &mut Group, mut queue: Option<&mut Queue>) -> Run {
    let began = Stopwatch::now();
    loop {
        let room = group.ran.len() < GROUP_MAX && began.elapsed() < GROUP_TIME_MAX;
        let next = match group.todo.pop_front() {
            Some(task) => Some(task),
            None if room => queue.as_mut().and_then(|queue| queue.at_hand()),
            None => None,
        };
        let Some(mut task) = next else { return Run::Whole };
        tx.conn.touched = false;
        let (facts, told) = (tx.facts.len(), tx.told.len());
        let (assets, bytes, jobs) = (tx.assets, tx.bytes, tx.jobs);
        let well = task.run(tx).await;
        if let Some(error) = tx.conn.passing.take() {
            group.todo.push_front(task);
            return Run::Passing(error);
        }
        if !well {
            if tx.conn.touched {
                return if group.ran.is_empty() { Run::Refused(task) } else { Run::Suspect(task) };
            }
            // It only read: the transaction is as it was, but for what it meant to state.
            tx.facts.truncate(facts);
            tx.told.truncate(told);
            (tx.assets, tx.bytes, tx.jobs) = (assets, bytes, jobs);
        }
        group.ran.push((task, tx.facts.len()));
    }
}
