//! A library's records, open: readers from a pool, one writer, and word of what was committed.

use std::{
    fmt,
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use damask_model::Seq;
use damask_time::Instant;
use sqlx::{
    ConnectOptions as _, Connection as _, Database, PgConnection, PgPool, SqlSafeStr as _, SqliteConnection,
    SqlitePool, Transaction,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use tokio::sync::watch;

use crate::{
    Address, CatalogError, Conn, Tx, Urgency, Written, address,
    cell::params,
    conn::{Link, only},
    dialect::Dialect,
    journal, migrate,
    writer::{self, Writer},
};

/// Where the time comes from.
pub type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

/// How a catalog is opened.
#[derive(Clone)]
pub struct Options {
    /// The clock whose time facts and rows bear.
    pub clock: Clock,
    /// Most connections that read at once.
    pub readers_max: u32,
    /// How long a read waits for a connection before the catalog counts as unreachable.
    pub wait_max: Duration,
}

impl Options {
    /// The usual limits, with this clock.
    pub fn new(clock: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        Self { clock: Arc::new(clock), readers_max: 8, wait_max: Duration::from_secs(30) }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("readers_max", &self.readers_max)
            .field("wait_max", &self.wait_max)
            .finish_non_exhaustive()
    }
}

/// A library's records, open. Cheap to clone.
#[derive(Clone)]
pub struct Catalog {
    inner: Arc<Inner>,
}

struct Inner {
    pool: Pool,
    clock: Clock,
    statements: Arc<AtomicU64>,
    head: watch::Sender<Seq>,
    jobs: watch::Sender<u64>,
    writer: std::sync::Mutex<Option<(Writer, std::thread::JoinHandle<()>)>>,
    follower: Option<tokio::task::AbortHandle>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(follower) = &self.follower {
            follower.abort();
        }
    }
}

enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dialect = match self.inner.pool {
            Pool::Sqlite(_) => Dialect::Sqlite,
            Pool::Postgres(_) => Dialect::Postgres,
        };
        f.debug_struct("Catalog").field("dialect", &dialect).finish_non_exhaustive()
    }
}

/// A read that sees one instant: all its queries see the library as it was at [`Snapshot::seq`].
#[derive(Debug)]
pub struct Snapshot {
    conn: Conn,
    tally: journal::Tally,
}

impl Snapshot {
    /// The connection of the read.
    pub const fn conn(&mut self) -> &mut Conn {
        &mut self.conn
    }

    /// The head of the journal it sees: a reader goes on from here.
    pub const fn seq(&self) -> Seq {
        self.tally.seq
    }

    /// What the library holds at that instant.
    pub const fn tally(&self) -> journal::Tally {
        self.tally
    }
}

impl Catalog {
    /// Opens the library at `address`, making it or bringing its schema up to date first.
    ///
    /// # Errors
    /// [`CatalogError::Unreachable`] when the database does not answer or the folder cannot be written,
    /// [`CatalogError::Newer`] when a newer Damask has written it.
    pub async fn open(address: &Address, options: Options) -> Result<Self, CatalogError> {
        let statements = Arc::new(AtomicU64::new(0));
        let (pool, door) = match address {
            Address::Sqlite(path) => open_sqlite(path, &options, &statements).await?,
            Address::Postgres { url, schema } => open_postgres(url, schema, &options, &statements).await?,
        };
        let (head, _) = watch::channel(Seq(0));
        let (jobs, _) = watch::channel(0);
        let writer = writer::start(door, options.clock.clone(), head.clone(), jobs.clone());
        let follower = match (&pool, address) {
            (Pool::Postgres(pool), Address::Postgres { schema, .. }) => {
                Some(tokio::spawn(follow(pool.clone(), channel(schema), head.clone())).abort_handle())
            }
            _ => None,
        };
        let catalog = Self {
            inner: Arc::new(Inner {
                pool,
                clock: options.clock,
                statements,
                head,
                jobs,
                writer: std::sync::Mutex::new(Some(writer)),
                follower,
            }),
        };
        let seq = journal::head(&mut catalog.read().await?).await?;
        catalog.inner.head.send_if_modified(|known| raised(known, seq));
        Ok(catalog)
    }

    /// The time by the catalog's clock.
    pub fn now(&self) -> Instant {
        (self.inner.clock)()
    }

    /// A connection to read with; each of its statements sees what is committed when it starts.
    ///
    /// # Errors
    /// [`CatalogError::Unreachable`] when none comes free in time.
    pub async fn read(&self) -> Result<Conn, CatalogError> {
        let link = match &self.inner.pool {
            Pool::Sqlite(pool) => Link::Sqlite(Box::new(pool.acquire().await?)),
            Pool::Postgres(pool) => Link::Postgres(Box::new(pool.acquire().await?)),
        };
        Ok(Conn::new(link, self.inner.statements.clone()))
    }

    /// A read that sees one instant. Not for long: it keeps the database from tidying up behind it.
    ///
    /// # Errors
    /// As [`Catalog::read`].
    pub async fn snapshot(&self) -> Result<Snapshot, CatalogError> {
        let link = match &self.inner.pool {
            Pool::Sqlite(pool) => {
                Link::Sqlite(Box::new(begun(pool.clone(), Dialect::Sqlite.begin_snapshot()).await?))
            }
            Pool::Postgres(pool) => {
                Link::Postgres(Box::new(begun(pool.clone(), Dialect::Postgres.begin_snapshot()).await?))
            }
        };
        self.inner.statements.fetch_add(1, Ordering::Relaxed);
        let mut conn = Conn::new(link, self.inner.statements.clone());
        // The first read fixes the instant, on both databases.
        let tally = journal::tally(&mut conn).await?;
        Ok(Snapshot { conn, tally })
    }

    /// Makes a write, durable when this answers. `work` may run more than once (see [`writer`]), so it does
    /// nothing but use the [`Tx`]; what it needs it owns and borrows from itself:
    ///
    /// ```no_run
    /// # use damask_catalog::{Catalog, CatalogError, Urgency, cursors};
    /// # use damask_model::Seq;
    /// # async fn example(catalog: Catalog) -> Result<(), CatalogError> {
    /// let reader = "index".to_owned();
    /// let work = async move |tx: &mut damask_catalog::Tx| -> Result<(), CatalogError> {
    ///     cursors::set(tx, &reader, Seq(7)).await
    /// };
    /// let written = catalog.write(Urgency::Interactive, work).await?;
    /// println!("durable as of {}", written.seq);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// What the work failed with; or the catalog's own failure.
    pub fn write<T, E, W>(
        &self,
        urgency: Urgency,
        work: W,
    ) -> impl Future<Output = Result<Written<T>, E>> + Send + use<T, E, W>
    where
        T: Send + 'static,
        E: From<CatalogError> + Send + 'static,
        W: AsyncFn(&mut Tx) -> Result<T, E> + Send + 'static,
    {
        let writer = self.inner.writer.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let answer = writer.as_ref().map(|(writer, _)| writer.write(urgency, work));
        async move {
            match answer {
                Some(answer) => answer.await,
                None => Err(CatalogError::unreachable("it was closed").into()),
            }
        }
    }

    /// Ticks with the head of the journal whenever a commit moved it, on this node or another.
    pub fn changed(&self) -> watch::Receiver<Seq> {
        self.inner.head.subscribe()
    }

    /// Ticks whenever jobs were added or set free by this node. Other nodes' are found by asking again.
    pub fn jobs_added(&self) -> watch::Receiver<u64> {
        self.inner.jobs.subscribe()
    }

    /// Statements executed since the catalog was opened.
    pub fn statements(&self) -> u64 {
        self.inner.statements.load(Ordering::Relaxed)
    }

    /// Ends the writer after what waits, and closes all connections. Later reads and writes fail.
    pub async fn close(&self) {
        let writer = self.inner.writer.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        if let Some((writer, thread)) = writer {
            drop(writer);
            // The thread ends by itself once its queue is closed and empty.
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
        if let Some(follower) = &self.inner.follower {
            follower.abort();
        }
        match &self.inner.pool {
            Pool::Sqlite(pool) => pool.close().await,
            Pool::Postgres(pool) => pool.close().await,
        }
    }
}

/// How the writer gets its one connection, again after it was lost.
pub(crate) struct Door {
    way: Way,
    statements: Arc<AtomicU64>,
    channel: String,
}

enum Way {
    Sqlite(Box<SqliteConnectOptions>),
    Postgres { hosts: Vec<PgConnectOptions>, pool: PgPool },
}

impl Door {
    /// Where commits are told to other nodes; empty where there are none.
    pub(crate) fn channel(&self) -> &str {
        &self.channel
    }

    pub(crate) async fn connect(&self) -> Result<Conn, CatalogError> {
        let link = match &self.way {
            Way::Sqlite(options) => Link::Sqlite(Box::new(Box::new(options.connect().await?))),
            Way::Postgres { hosts, pool } => {
                let (connection, host) = writable(hosts).await?;
                // After a fail-over the readers follow the writer.
                pool.set_connect_options(host);
                Link::Postgres(Box::new(Box::new(connection)))
            }
        };
        Ok(Conn::new(link, self.statements.clone()))
    }

    /// Ends the connection; SQLite's last one folds the log into the file.
    pub(crate) async fn close(&self, conn: Option<Conn>) {
        drop(conn);
    }
}

async fn open_sqlite(
    path: &std::path::Path,
    options: &Options,
    statements: &Arc<AtomicU64>,
) -> Result<(Pool, Door), CatalogError> {
    let way = address::sqlite_options(path);
    let mut connection: SqliteConnection =
        way.connect().await.map_err(|source| CatalogError::Unreachable {
            what: format!("the SQLite file {} cannot be opened for writing", path.display()),
            source: Some(Arc::new(source)),
        })?;
    migrate::sqlite(&mut connection, (options.clock)(), migrate::KNOWN).await?;
    connection.close().await?;
    let pool = SqlitePoolOptions::new()
        .max_connections(options.readers_max)
        .acquire_timeout(options.wait_max)
        // A file does not go away as a server does.
        .test_before_acquire(false)
        .connect_lazy_with(way.clone().pragma("query_only", "on"));
    let door =
        Door { way: Way::Sqlite(Box::new(way)), statements: statements.clone(), channel: String::new() };
    Ok((Pool::Sqlite(pool), door))
}

async fn open_postgres(
    url: &str,
    schema: &str,
    options: &Options,
    statements: &Arc<AtomicU64>,
) -> Result<(Pool, Door), CatalogError> {
    let hosts = address::postgres_options(url, schema)?;
    let (mut connection, host) = writable(&hosts).await?;
    make_schema(&mut connection, schema).await?;
    migrate::postgres(&mut connection, (options.clock)(), migrate::KNOWN).await?;
    connection.close().await?;
    let pool = PgPoolOptions::new()
        .max_connections(options.readers_max)
        .acquire_timeout(options.wait_max)
        .connect_lazy_with(host);
    let way = Way::Postgres { hosts, pool: pool.clone() };
    Ok((Pool::Postgres(pool), Door { way, statements: statements.clone(), channel: channel(schema) }))
}

/// A transaction on a connection of the pool, begun by a task of its own: whoever asked may go away while it
/// begins, and a connection that went back to its pool half way would be inside of it from then on, and show
/// everybody after the same old instant.
async fn begun<DB: Database>(
    pool: sqlx::Pool<DB>,
    statement: &'static str,
) -> Result<Transaction<'static, DB>, CatalogError> {
    let beginning = tokio::spawn(async move { pool.begin_with(statement).await });
    Ok(beginning.await.map_err(|why| CatalogError::broken(format!("a read did not begin: {why}")))??)
}

/// Makes the schema where it is not there. Its name was checked with the address.
pub(crate) async fn make_schema(connection: &mut PgConnection, schema: &str) -> Result<(), CatalogError> {
    let there: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1)")
        .bind(schema)
        .fetch_one(&mut *connection)
        .await?;
    if !there {
        // The name was checked to need no quoting. Of two nodes that start at once one is told that the
        // schema exists by now, which is as well.
        let made = sqlx::AssertSqlSafe(format!("CREATE SCHEMA IF NOT EXISTS {schema}"));
        match sqlx::raw_sql(made.into_sql_str()).execute(&mut *connection).await {
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("23505") => {}
            other => {
                other?;
            }
        }
    }
    Ok(())
}

fn channel(schema: &str) -> String {
    format!("damask_{schema}")
}

/// A connection to the first host that takes writes.
pub(crate) async fn writable(
    hosts: &[PgConnectOptions],
) -> Result<(PgConnection, PgConnectOptions), CatalogError> {
    let mut last = None;
    for host in hosts {
        match host.connect().await {
            Ok(mut connection) => {
                let standby: bool =
                    sqlx::query_scalar("SELECT pg_is_in_recovery()").fetch_one(&mut connection).await?;
                if !standby {
                    return Ok((connection, host.clone()));
                }
            }
            Err(error) => last = Some(error),
        }
    }
    let names: Vec<String> =
        hosts.iter().map(|host| format!("{}:{}", host.get_host(), host.get_port())).collect();
    Err(CatalogError::Unreachable {
        what: format!("no PostgreSQL server at {} takes writes", names.join(", ")),
        source: last.map(Arc::new),
    })
}

/// How often the head is asked for when nothing is heard (a listener that lost its connection).
const POLL: Duration = Duration::from_secs(2);

/// Hears of other nodes' commits.
async fn follow(pool: PgPool, channel: String, head: watch::Sender<Seq>) {
    let mut listener: Option<PgListener> = None;
    loop {
        if listener.is_none()
            && let Ok(mut fresh) = PgListener::connect_with(&pool).await
            && fresh.listen(&channel).await.is_ok()
        {
            listener = Some(fresh);
        }
        let heard = match &mut listener {
            Some(ear) => tokio::time::timeout(POLL, ear.try_recv()).await.ok(),
            None => {
                tokio::time::sleep(POLL).await;
                None
            }
        };
        let seq = match heard {
            Some(Ok(Some(told))) => told.payload().parse().ok().map(Seq),
            Some(Ok(None) | Err(_)) => {
                listener = None;
                None
            }
            None => ask(&pool).await,
        };
        if let Some(seq) = seq {
            head.send_if_modified(|known| raised(known, seq));
        }
    }
}

async fn ask(pool: &PgPool) -> Option<Seq> {
    let link = Link::Postgres(Box::new(pool.acquire().await.ok()?));
    let mut conn = Conn::new(link, Arc::default());
    conn.one("SELECT seq FROM head WHERE singleton = 1", params![], only::<Seq>).await.ok().flatten()
}

fn raised(known: &mut Seq, seq: Seq) -> bool {
    let moved = seq > *known;
    *known = seq.max(*known);
    moved
}
