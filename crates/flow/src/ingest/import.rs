//! Brings in files and folders of this machine: walk, read, store, acknowledge.
//!
//! Three stages run at once: the walk (its own thread), the readers (a few blocking threads that copy and
//! hash), and the commits (shared by group). Every file has exactly one line. An import may be stopped at
//! any moment, by dropping its stream, and run again: unchanged files are known by their stamps.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use super::{
    arrival::{Arrival, ArrivalOutcome},
    intent::Intent,
    path::HomePath,
    progress::{Meter, Progress},
    receive::{self, ORIGIN, Source},
    walk::{FoundFile, Known, Memory, Met, walk},
};
use crate::{
    caller::{Caller, Permission},
    damask::{Damask, off_thread},
    lines::lines_of,
    trouble::{Outcome, Trouble},
};
use damask_catalog::locations;
use damask_model::job::Lane;
use futures::{Stream, StreamExt};
use tokio::{
    runtime::Handle,
    sync::{Semaphore, mpsc},
};

/// Files that wait for a commit together: as many as one group of the store takes.
const COMMITS_AT_ONCE: usize = 64;

/// How often progress is told.
const TELL_EVERY: Duration = Duration::from_millis(250);

/// Names of a directory looked up at once.
const KNOWN_AT_ONCE: u32 = 1_000;

/// Paths of one import.
const PATHS_MAX: usize = 10_000;

/// What is to be imported.
#[derive(Clone, Debug)]
pub struct ImportAsk {
    /// Files and folders, by absolute paths.
    pub paths: Vec<PathBuf>,
    /// Whether previews are made now; else when they are first asked for.
    pub previews: bool,
}

/// A line of an import.
#[derive(Clone, Debug)]
pub enum ImportLine {
    /// A file has its outcome.
    Arrival(Arrival),
    /// How far it is.
    Progress(Progress),
    /// All files have their outcome.
    End(Progress),
}

/// Imports. The stream ends after [`ImportLine::End`]; dropping it stops the import.
pub fn paths(
    damask: &Damask,
    caller: &Caller,
    ask: ImportAsk,
) -> Outcome<impl Stream<Item = ImportLine> + Send + 'static> {
    caller.needs(Permission::Upload, "importing files")?;
    if ask.paths.is_empty() || ask.paths.len() > PATHS_MAX {
        return Err(Trouble::mistake("bad-import", format!("an import takes 1 to {PATHS_MAX} paths")));
    }
    if let Some(path) = ask.paths.iter().find(|path| !path.is_absolute()) {
        return Err(Trouble::mistake("bad-import", format!("{} is not an absolute path", path.display())));
    }
    let (lines, answer) = mpsc::channel(256);
    let import = Import {
        damask: damask.clone(),
        caller: caller.clone(),
        previews: ask.previews,
        meter: Arc::new(Mutex::new(Meter::start())),
        readers: Arc::new(Semaphore::new(damask.limits().import_readers)),
        lines,
    };
    tokio::spawn(import.run(ask.paths));
    Ok(lines_of(answer))
}

#[derive(Clone)]
struct Import {
    damask: Damask,
    caller: Caller,
    previews: bool,
    meter: Arc<Mutex<Meter>>,
    readers: Arc<Semaphore>,
    lines: mpsc::Sender<ImportLine>,
}

impl Import {
    async fn run(self, paths: Vec<PathBuf>) {
        let found = self.start_walk(paths);
        let teller = tokio::spawn(self.clone().tell());
        let mut arrivals =
            std::pin::pin!(lines_of(found).map(|met| self.arrive(met)).buffer_unordered(COMMITS_AT_ONCE));
        while let Some((arrival, bytes)) = arrivals.next().await {
            self.meter().done(bytes);
            if self.lines.send(ImportLine::Arrival(arrival)).await.is_err() {
                // Nobody listens any more: the import was stopped.
                break;
            }
        }
        // Waited for: it may be about to tell once more, and nothing is told after the end.
        teller.abort();
        let _ = teller.await;
        let end = self.meter().read();
        // Whoever stopped listening does not want to hear of the end either.
        let _ = self.lines.send(ImportLine::End(end)).await;
    }

    fn meter(&self) -> std::sync::MutexGuard<'_, Meter> {
        self.meter.lock().expect("no one panics while holding it")
    }

    async fn tell(self) {
        let mut ticks = tokio::time::interval(TELL_EVERY);
        loop {
            ticks.tick().await;
            let progress = self.meter().read();
            if self.lines.send(ImportLine::Progress(progress)).await.is_err() {
                return;
            }
        }
    }

    fn start_walk(&self, paths: Vec<PathBuf>) -> mpsc::Receiver<Met> {
        let (sender, found) = mpsc::channel(1_024);
        let mut notebook = Notebook {
            damask: self.damask.clone(),
            meter: Arc::clone(&self.meter),
            sender,
            handle: Handle::current(),
        };
        tokio::task::spawn_blocking(move || {
            // Ended early means that nobody listens; there is nobody to tell.
            let _ = walk(&paths, &mut notebook);
            notebook.meter.lock().expect("no one panics while holding it").walk_ended();
        });
        found
    }

    /// The outcome of one thing met, and its bytes.
    async fn arrive(&self, met: Met) -> (Arrival, u64) {
        match met {
            Met::Refused { path, reason } => (Arrival::failed(path, reason), 0),
            Met::Unchanged { path, asset, bytes } => {
                let arrival = Arrival {
                    path,
                    outcome: ArrivalOutcome::AlreadyHere,
                    asset: Some(asset),
                    reason: Some("unchanged".to_owned()),
                    seq: self.damask.seq(),
                };
                (arrival, bytes)
            }
            Met::File(file) => {
                let bytes = file.stamp.bytes;
                let path = super::path::text_of_path(&file.path);
                // It goes on by itself: waiting until a line is read, it would hold up others that have nothing to
                // do with this import.
                let taken = tokio::spawn(self.clone().take(file)).await;
                let taken = taken.map_err(Trouble::fault("take a file in")).flatten();
                (taken.unwrap_or_else(|trouble| Arrival::failed(path, trouble.chain())), bytes)
            }
        }
    }

    async fn take(self, file: FoundFile) -> Outcome<Arrival> {
        let incoming = {
            let _permit = self.readers.acquire().await.expect("the semaphore is never closed");
            let (store, source) = (self.damask.store().clone(), file.path.clone());
            let bytes_max = self.damask.limits().file_bytes_max;
            off_thread(move || {
                let mut incoming = store.incoming(bytes_max)?;
                let stamp = incoming.copy_from(&source)?;
                Ok::<_, damask_store::StoreError>((incoming, stamp))
            })
            .await?
        };
        let (incoming, stamp) = incoming;
        let received = receive::durable(&self.damask, incoming).await?;
        let home = HomePath::from_disk(file.home, file.name.clone(), self.damask.limits());
        let source = Source {
            path: super::path::text_of_path(&file.path),
            home,
            origin: Some((file.directory, file.name, stamp)),
            lane: Lane::Bulk,
            previews: self.previews,
            intent: Intent::default(),
            admitted: false,
        };
        receive::take(&self.damask, &self.caller, received, source).await
    }
}

/// What the walk asks and tells, from its own thread.
struct Notebook {
    damask: Damask,
    meter: Arc<Mutex<Meter>>,
    sender: mpsc::Sender<Met>,
    handle: Handle,
}

impl Memory for Notebook {
    fn known(&mut self, directory: &str) -> HashMap<String, Known> {
        match self.handle.block_on(known_in(&self.damask, directory)) {
            Ok(known) => known,
            Err(trouble) => {
                // Not knowing costs a reading of the files, no more: they are then found to be here.
                tracing::warn!(error = %trouble.chain(), "cannot look up what is known of a folder");
                HashMap::new()
            }
        }
    }

    fn met(&mut self, met: Met) -> bool {
        let bytes = match &met {
            Met::File(file) => file.stamp.bytes,
            Met::Unchanged { bytes, .. } => *bytes,
            Met::Refused { .. } => 0,
        };
        self.meter.lock().expect("no one panics while holding it").found(bytes);
        self.sender.blocking_send(met).is_ok()
    }
}

/// What is known of the files of a directory: one statement for each thousand of them.
async fn known_in(damask: &Damask, directory: &str) -> Outcome<HashMap<String, Known>> {
    let mut conn = damask.catalog().read().await?;
    let mut known = HashMap::new();
    let mut after: Option<String> = None;
    loop {
        let rows =
            locations::in_directory(&mut conn, ORIGIN, directory, after.as_deref(), KNOWN_AT_ONCE).await?;
        let is_last = rows.len() < KNOWN_AT_ONCE as usize;
        after = rows.last().map(|row| row.name.clone());
        for row in rows {
            if let (Some(stamp), Some(asset)) = (row.stamp, row.asset) {
                known.insert(row.name, Known { stamp, asset });
            }
        }
        if is_last {
            return Ok(known);
        }
    }
}
