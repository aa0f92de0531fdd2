//! A library for one test: a SQLite file in a folder of its own, or a PostgreSQL schema of its own, with a
//! clock that the test moves.

use std::{
    future::Future,
    io::Write as _,
    sync::{
        Arc, Once,
        atomic::{AtomicI64, AtomicU32, Ordering},
    },
};

use damask_catalog::{Address, Catalog, CatalogError, Options, Tx, Urgency};
use damask_model::{
    ActorId, Asset, AssetId, AssetKind, Change, ContentHash, Document, FactId, NewFact, StateName, Uuid,
    Verb, Version, VersionId,
};
use damask_time::Instant;
use sqlx::Connection as _;

pub type Answer = Result<(), CatalogError>;

pub struct Library {
    pub address: Address,
    clock: Arc<AtomicI64>,
    _folder: Option<tempfile::TempDir>,
}

pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}

/// How many connections of a library read at once.
pub const READERS_MAX: u32 = 4;

static SCHEMAS: AtomicU32 = AtomicU32::new(0);
static SKIPPED: Once = Once::new();

impl Library {
    pub fn on_sqlite<F: Future<Output = Answer>>(test: fn(Arc<Self>) -> F) {
        let folder = tempfile::tempdir().expect("a folder");
        let library = Self {
            address: Address::Sqlite(folder.path().join("library.sqlite")),
            clock: Arc::new(AtomicI64::new(1_700_000_000_000_000)),
            _folder: Some(folder),
        };
        block_on(test(Arc::new(library))).expect("the test goes well");
    }

    pub fn on_postgres<F: Future<Output = Answer>>(name: &str, test: fn(Arc<Self>) -> F) {
        let Ok(url) = std::env::var("DAMASK_TEST_POSTGRES") else {
            // Not through print: what tests print is captured, and this is to be seen.
            SKIPPED.call_once(|| {
                let _ = writeln!(
                    std::io::stderr(),
                    "SKIPPED: the catalog's PostgreSQL half (DAMASK_TEST_POSTGRES is not set)"
                );
            });
            return;
        };
        let number = SCHEMAS.fetch_add(1, Ordering::Relaxed);
        let short: String = name.chars().take(24).collect();
        let schema = format!("t{}_{number}_{short}", std::process::id());
        let library = Self {
            address: Address::Postgres { url: url.clone(), schema: schema.clone() },
            clock: Arc::new(AtomicI64::new(1_700_000_000_000_000)),
            _folder: None,
        };
        block_on(async move {
            test(Arc::new(library)).await.expect("the test goes well");
            let mut connection = sqlx::PgConnection::connect(&url).await.expect("the server");
            let drop = sqlx::AssertSqlSafe(format!("DROP SCHEMA IF EXISTS {schema} CASCADE"));
            sqlx::raw_sql(drop).execute(&mut connection).await.expect("the schema goes");
        });
    }

    /// The same library, reached by another URL.
    pub fn by_way_of(&self, url: String) -> Self {
        let Address::Postgres { schema, .. } = &self.address else { panic!("only servers have URLs") };
        Self {
            address: Address::Postgres { url, schema: schema.clone() },
            clock: self.clock.clone(),
            _folder: None,
        }
    }

    pub const fn postgres(&self) -> bool {
        matches!(self.address, Address::Postgres { .. })
    }

    /// Opens the library: on PostgreSQL one more node.
    pub async fn open(&self) -> Result<Catalog, CatalogError> {
        let clock = self.clock.clone();
        let mut options = Options::new(move || Instant::from_micros(clock.load(Ordering::Relaxed)));
        options.readers_max = READERS_MAX;
        Catalog::open(&self.address, options).await
    }

    /// Nodes as the database allows: SQLite has one.
    pub async fn nodes(&self, count: usize) -> Result<Vec<Catalog>, CatalogError> {
        let mut nodes = Vec::new();
        for _ in 0..if self.postgres() { count } else { 1 } {
            nodes.push(self.open().await?);
        }
        Ok(nodes)
    }

    pub fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }

    pub fn now(&self) -> Instant {
        Instant::from_micros(self.clock.load(Ordering::Relaxed))
    }

    /// Does by hand to the tables what the catalog never does; answers to how many rows.
    pub async fn tamper(&self, sql: impl Into<String>) -> u64 {
        let sql = sqlx::AssertSqlSafe(sql.into());
        match &self.address {
            Address::Sqlite(path) => {
                let url = format!("sqlite://{}", path.display());
                let mut connection = sqlx::SqliteConnection::connect(&url).await.expect("the file");
                sqlx::raw_sql(sql).execute(&mut connection).await.expect("a lawful statement").rows_affected()
            }
            Address::Postgres { url, schema } => {
                let mut connection = sqlx::PgConnection::connect(url).await.expect("the server");
                let path = sqlx::AssertSqlSafe(format!("SET search_path = {schema}"));
                sqlx::raw_sql(path).execute(&mut connection).await.expect("the schema");
                sqlx::raw_sql(sql).execute(&mut connection).await.expect("a lawful statement").rows_affected()
            }
        }
    }
}

/// A write whose error is the catalog's: what most tests make.
pub async fn write<T, W>(catalog: &Catalog, work: W) -> Result<T, CatalogError>
where
    T: Send + 'static,
    W: AsyncFn(&mut Tx) -> Result<T, CatalogError> + Send + 'static,
{
    let written: damask_catalog::Written<T> = catalog.write(Urgency::Interactive, work).await?;
    Ok(written.value)
}

/// A fact for rows to name.
pub fn state(tx: &mut Tx) -> FactId {
    tx.fact(ActorId::fresh(), Verb::AssetEdited, &[Uuid::now_v7()], Change::default())
}

/// States the fact of that id, which rows name already.
pub fn state_as(tx: &mut Tx, id: FactId) {
    let (actor, subjects, change) = (ActorId::fresh(), vec![Uuid::now_v7()], Change::default());
    tx.state(NewFact { id, actor, verb: Verb::AssetEdited, subjects, change });
}

pub fn hash(text: &str) -> ContentHash {
    blake3::hash(text.as_bytes()).into()
}

/// An asset of one version, whose file holds `content`, with all the rows an ingest writes.
pub async fn ingest(tx: &mut Tx, name: &str, content: &str) -> Result<AssetId, CatalogError> {
    let all = ingest_all(tx, &[(name.to_owned(), content.to_owned())]).await?;
    Ok(all[0])
}

pub async fn ingest_all(tx: &mut Tx, files: &[(String, String)]) -> Result<Vec<AssetId>, CatalogError> {
    use damask_catalog::{assets, files as bytes, jobs, locations, versions};
    let now = tx.now();
    let (mut all, mut assets, mut versions, mut kept, mut places, mut work) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (name, content) in files {
        let (id, version, file) = (AssetId::fresh(), VersionId::fresh(), hash(content));
        let after = serde_json::json!({"name": name, "file": file.to_string()});
        let fact = tx.fact(ActorId::fresh(), Verb::AssetIngested, &[id.0, version.0], Change::added(after));
        kept.push(bytes::File {
            hash: file,
            bytes: content.len() as u64,
            media_type: "text/plain".into(),
            essence_hash: None,
            created: now,
            last_fact: fact,
        });
        assets.push(asset(id, version, name, now, fact));
        versions.push((
            Version { id: version, asset: id, number: 1, primary: file, created: now, last_fact: fact },
            name.clone(),
        ));
        places.push(locations::NewLocation { asset: Some(id), ..location(file, "import", name, now, fact) });
        work.push(job("describe", Some(&version.to_string())));
        all.push(id);
    }
    bytes::insert(tx, &kept).await?;
    assets::insert(tx, &assets).await?;
    versions::insert(tx, &versions).await?;
    locations::put(tx, &places).await?;
    jobs::add(tx, &work).await?;
    Ok(all)
}

fn asset(id: AssetId, version: VersionId, name: &str, now: Instant, fact: FactId) -> Asset {
    Asset {
        id,
        kind: AssetKind::Document,
        name: name.to_owned(),
        state: StateName::incoming(),
        folder: None,
        current_version: version,
        document: Document::default(),
        created: now,
        changed: now,
        trashed: None,
        checkout: None,
        last_fact: fact,
    }
}

pub fn location(
    file: ContentHash,
    directory: &str,
    name: &str,
    now: Instant,
    fact: FactId,
) -> damask_catalog::locations::NewLocation {
    damask_catalog::locations::NewLocation {
        id: damask_model::LocationId::fresh(),
        file,
        asset: None,
        apart: false,
        place: "origin".into(),
        directory: directory.into(),
        name: name.into(),
        stamp: Some(damask_model::Stamp { bytes: 3, modified_ns: 5, changed_ns: 7, inode: u64::MAX }),
        verified: now,
        last_fact: fact,
    }
}

pub fn job(kind: &str, key: Option<&str>) -> damask_catalog::jobs::NewJob {
    damask_catalog::jobs::NewJob {
        kind: kind.into(),
        key: key.map(str::to_owned),
        lane: damask_model::job::Lane::Fresh,
        resource: damask_model::job::Resource::Cpu,
        subject: None,
        payload: serde_json::json!({}),
        not_before: Instant::from_micros(0),
    }
}
