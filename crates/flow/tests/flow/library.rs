//! A whole library for one test: all engines in a folder of its own, records in SQLite or in a PostgreSQL
//! schema of its own, a clock that can be moved, real decoders behind the glass.

use std::{
    fs,
    future::Future,
    io::Write as _,
    path::{Path, PathBuf},
    sync::{
        Arc, Once,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use damask_catalog::{Address, Catalog, Options};
use damask_flow::{
    Caller, Damask, Limits, Opening, Outcome, Places, Running, Trouble,
    deliver::{originals, renditions},
    find,
    ingest::{
        Arrival, ArrivalOutcome,
        import::{self, ImportAsk, ImportLine},
        intent::Intent,
        put,
    },
    look, status,
    view::{AssetSummary, AssetWhole},
};
use damask_model::{ActorId, AssetId, ByteSource as _, FindingCode, VersionId};
use damask_query::{Query, Schema, Scope};
use damask_store::Store;
use damask_testkit::{SmallDisk, TempLibrary, TempSchema};
use damask_time::Instant;
use futures::{StreamExt as _, stream};

/// No test and no wait within one may take longer: a hang is a failure with a name.
const LONGEST: Duration = Duration::from_secs(50);

pub struct Library {
    pub damask: Damask,
    running: Option<Running>,
    records: Address,
    ahead_s: Arc<AtomicI64>,
    limits: Limits,
    places: Places,
    folders: TempLibrary,
    _schema: Option<TempSchema>,
}

static SKIPPED: Once = Once::new();

impl Library {
    pub fn on_sqlite(test: impl AsyncFn(&mut Self)) {
        let folders = TempLibrary::new();
        let records = Address::Sqlite(folders.data().join("catalog.sqlite"));
        block_on(Self::serve(folders, records, None, test));
    }

    pub fn on_postgres(name: &str, test: impl AsyncFn(&mut Self)) {
        let Some(schema) = TempSchema::new(name) else {
            // Not through print: what tests print is captured, and this is to be seen.
            SKIPPED.call_once(|| {
                let words = "SKIPPED: the flow's PostgreSQL half (DAMASK_TEST_POSTGRES is not set)";
                let _ = writeln!(std::io::stderr(), "{words}");
            });
            return;
        };
        let (url, name) = (schema.address().to_owned(), schema.name().to_owned());
        let records = Address::Postgres { url, schema: name };
        block_on(Self::serve(TempLibrary::new(), records, Some(schema), test));
    }

    async fn serve(
        folders: TempLibrary,
        records: Address,
        schema: Option<TempSchema>,
        test: impl AsyncFn(&mut Self),
    ) {
        let ahead_s = Arc::new(AtomicI64::new(0));
        let limits = Limits::default();
        let damask = opened(&folders, &records, &ahead_s, (&limits, &Places::HERE), false).await;
        let mut library = Self {
            damask,
            running: None,
            records,
            ahead_s,
            limits,
            places: Places::HERE,
            folders,
            _schema: schema,
        };
        tokio::time::timeout(LONGEST, test(&mut library)).await.expect("the test ends in time");
        library.stop().await;
        library.damask.close().await;
    }

    /// Starts the readers and that many workers; 0 leaves jobs undone and the index followed.
    pub fn start(&mut self, slots: usize) {
        assert!(self.running.is_none(), "it runs already");
        self.running = Some(Running::start(&self.damask, slots));
    }

    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }

    /// Closes the library and opens it again, as after a restart; with `fresh_index` as `damask reindex` does.
    pub async fn reopen(&mut self, fresh_index: bool) {
        self.stop().await;
        self.damask.close().await;
        let how = (&self.limits, &self.places);
        self.damask = opened(&self.folders, &self.records, &self.ahead_s, how, fresh_index).await;
    }

    /// Opens it anew on a small disk of its own, bytes and index or, with `records`, the records alone. `None` where
    /// this user may not mount. SQLite's library is an empty one then.
    pub async fn on_small_disk(&mut self, options: &str, records: bool) -> Option<SmallDisk> {
        let disk = SmallDisk::mount(options)?;
        self.stop().await;
        self.damask.close().await;
        if records {
            self.records = Address::Sqlite(disk.path().join("catalog.sqlite"));
        } else {
            let store = self.folders.data().join("store");
            fs::rename(&store, self.folders.data().join("store before")).expect("the store is moved away");
            std::os::unix::fs::symlink(disk.path(), &store).expect("a link to the disk");
        }
        let how = (&self.limits, &self.places);
        self.damask = opened(&self.folders, &self.records, &self.ahead_s, how, false).await;
        Some(disk)
    }

    /// Opens the library again with other limits.
    pub async fn limit(&mut self, change: impl FnOnce(&mut Limits)) {
        change(&mut self.limits);
        self.reopen(false).await;
    }

    /// Opens the library again with its originals in other places.
    pub async fn place(&mut self, places: Places) {
        self.places = places;
        self.reopen(false).await;
    }

    /// The data folder.
    pub fn folder(&self) -> PathBuf {
        self.folders.data()
    }

    /// The records as another process has them open.
    pub async fn other_node(&self) -> Catalog {
        let options = Options::new(clock(&self.ahead_s));
        Catalog::open(&self.records, options).await.expect("the records open twice")
    }

    /// Moves the library's clock.
    pub fn pass(&self, seconds: i64) {
        self.ahead_s.fetch_add(seconds, Ordering::Relaxed);
    }

    /// A file of this machine under a name of the test's choosing.
    pub fn file(&self, fixture: &Path, name: &str) -> PathBuf {
        self.folders.bring(fixture, name)
    }

    /// The same with these bytes.
    pub fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        self.folders.write(name, bytes)
    }

    /// The folder of files that can be imported.
    pub fn incoming(&self) -> PathBuf {
        self.folders.incoming()
    }

    /// Imports, with previews; all lines but progress, in the order of their paths.
    pub async fn import(&self, paths: &[PathBuf]) -> Vec<Arrival> {
        let ask = ImportAsk { paths: paths.to_vec(), previews: true };
        let lines = import::paths(&self.damask, &Caller::local(), ask).expect("an import");
        let lines: Vec<ImportLine> = lines.collect().await;
        assert!(matches!(lines.last(), Some(ImportLine::End(_))), "an import ends by saying so");
        let mut arrivals: Vec<Arrival> = lines
            .into_iter()
            .filter_map(|line| match line {
                ImportLine::Arrival(arrival) => Some(arrival),
                ImportLine::Progress(_) | ImportLine::End(_) => None,
            })
            .collect();
        arrivals.sort_by(|one, other| one.path.cmp(&other.path));
        arrivals
    }

    /// Imports one fixture and waits until all is made of it.
    pub async fn imported(&self, fixture: &Path, name: &str) -> AssetId {
        let path = self.file(fixture, name);
        let arrivals = self.import(&[path]).await;
        assert_eq!(arrivals.len(), 1, "{arrivals:?}");
        assert_eq!(arrivals[0].outcome, ArrivalOutcome::Imported, "{arrivals:?}");
        self.settled().await;
        arrivals[0].asset.expect("an imported file has an asset")
    }

    /// Takes a file as a person drops it.
    pub async fn put(&self, path: &str, bytes: impl Into<Bytes>) -> Outcome<Arrival> {
        let bytes = stream::iter([Ok(bytes.into())]);
        put::stream(&self.damask, &Caller::local(), path, Intent::default(), None, bytes).await
    }

    /// Another hand on the same store, as of a process that was killed.
    pub fn store(&self) -> Store {
        Store::open(self.folders.data().join("store")).expect("the store opens twice")
    }

    /// Waits until no fact has a stage to wake and no job waits or runs.
    pub async fn settled(&self) {
        let waited = tokio::time::timeout(LONGEST, async {
            loop {
                let now = self.status().await;
                if now.jobs.waiting + now.jobs.running == 0 && now.pipeline_seq >= now.seq {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        waited.await.expect("jobs end in time");
    }

    pub async fn status(&self) -> status::Status {
        status::now(&self.damask, &Caller::local()).await.expect("the status")
    }

    /// Names of what a query finds, in order of the alphabet, as of now.
    pub async fn find(&self, query: &str) -> Vec<String> {
        let mut names: Vec<String> =
            self.search(&Caller::local(), query).await.items.into_iter().map(|item| item.name).collect();
        names.sort();
        names
    }

    pub async fn search(&self, caller: &Caller, query: &str) -> find::Found {
        let ask = find::Ask {
            query: query.to_owned(),
            limit: 100,
            facets: vec!["keywords".to_owned(), "kind".to_owned()],
            at_least: Some(self.damask.seq()),
            ..find::Ask::default()
        };
        find::assets(&self.damask, caller, ask).await.expect("a search")
    }

    pub async fn whole(&self, asset: AssetId) -> AssetWhole {
        look::asset(&self.damask, &Caller::local(), asset).await.expect("the asset")
    }

    pub async fn summary(&self, asset: AssetId) -> AssetSummary {
        self.whole(asset).await.summary
    }

    /// Codes of what was found wrong with it.
    pub async fn findings(&self, asset: AssetId) -> Vec<FindingCode> {
        self.whole(asset).await.findings.into_iter().map(|finding| finding.code).collect()
    }

    /// What happened to an asset, the oldest first.
    pub async fn verbs(&self, asset: AssetId) -> Vec<&'static str> {
        let facts = look::history(&self.damask, &Caller::local(), asset, None, 100).await.expect("history");
        facts.iter().rev().map(|fact| fact.verb.name()).collect()
    }

    /// The original's bytes, taken out as a person does.
    pub async fn original(&self, asset: AssetId) -> Vec<u8> {
        let caller = Caller::local();
        let original = originals::open(&self.damask, &caller, asset, None).await.expect("the original");
        originals::leaves(&self.damask, &caller, asset, original.hash).await.expect("it may leave");
        let bytes = original.file.read_vec(0, usize::MAX).expect("it can be read");
        assert_eq!(bytes.len() as u64, original.bytes);
        bytes
    }

    pub async fn rendition(&self, version: VersionId, recipe: &str) -> Outcome<renditions::Rendition> {
        let recipe = recipe.parse().expect("a recipe");
        renditions::get(&self.damask, &Caller::local(), version, recipe).await
    }

    /// A rendition as a file that another program can look at.
    pub async fn rendered(&self, version: VersionId, recipe: &str) -> PathBuf {
        let rendition = self.rendition(version, recipe).await.expect(recipe);
        let bytes = rendition.file.read_vec(0, usize::MAX).expect("it can be read");
        assert_eq!(bytes.len() as u64, rendition.bytes);
        self.write(&format!("rendered/{recipe}"), &bytes)
    }

    /// Renditions that lie in the store.
    pub fn renditions_on_disk(&self) -> Vec<PathBuf> {
        let files = walkdir::WalkDir::new(self.folders.data().join("store/renditions"));
        let files = files.into_iter().flatten();
        files.filter(|entry| entry.file_type().is_file()).map(|entry| entry.into_path()).collect()
    }

    /// The one file of the store with these bytes; the store's own names are its own matter.
    pub fn stored(&self, bytes: &[u8]) -> PathBuf {
        let mut waiting = vec![self.folders.data().join("store")];
        while let Some(folder) = waiting.pop() {
            for entry in fs::read_dir(folder).expect("a folder of the store") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    waiting.push(path);
                } else if fs::read(&path).is_ok_and(|held| held == bytes) {
                    return path;
                }
            }
        }
        panic!("no file of the store has these {} bytes", bytes.len());
    }
}

/// A caller who may do all and sees what the query selects.
pub fn within(query: &str) -> Caller {
    let query = Query::parse(query, &Schema::core()).expect("a query");
    Caller { actor: ActorId::fresh(), scope: Scope::of(query), ..Caller::local() }
}

/// Asserts that an outcome is a refusal of the kind that hides whether there is anything.
#[track_caller]
pub fn missing<T>(outcome: Outcome<T>) -> String {
    match outcome {
        Err(trouble @ Trouble::Missing { .. }) => trouble.to_string(),
        Err(other) => panic!("not missing: {}", other.chain()),
        Ok(_) => panic!("it is there"),
    }
}

/// Asserts that an outcome is a refusal by right.
#[track_caller]
pub fn refused<T>(outcome: Outcome<T>) {
    match outcome {
        Err(Trouble::Refused { .. }) => {}
        Err(other) => panic!("not refused: {}", other.chain()),
        Ok(_) => panic!("it was allowed"),
    }
}

/// Asserts that an outcome is the caller's mistake of this code.
#[track_caller]
pub fn mistaken<T>(outcome: Outcome<T>, code: &str) {
    match outcome {
        Err(Trouble::Mistake(mistake)) => assert_eq!(mistake.code, code, "{mistake}"),
        Err(other) => panic!("no mistake: {}", other.chain()),
        Ok(_) => panic!("it was taken"),
    }
}

/// The machine's clock, moved.
fn clock(ahead_s: &Arc<AtomicI64>) -> impl Fn() -> Instant + Send + Sync + 'static {
    let ahead = Arc::clone(ahead_s);
    move || {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is set");
        let micros = i64::try_from(now.as_micros()).expect("this century");
        Instant::from_micros(micros).plus_seconds(ahead.load(Ordering::Relaxed))
    }
}

async fn opened(
    folders: &TempLibrary,
    records: &Address,
    ahead_s: &Arc<AtomicI64>,
    (limits, places): (&Limits, &Places),
    fresh_index: bool,
) -> Damask {
    let glass = PathBuf::from(env!("CARGO_BIN_EXE_damask-flow-glass"));
    let mut opening = Opening::embedded(folders.data(), glass, Arc::new(clock(ahead_s)));
    opening.records = records.clone();
    opening.limits = limits.clone();
    opening.places = places.clone();
    opening.fresh_index = fresh_index;
    opening.open().await.expect("the library opens")
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}
