//! One library, open: its engines, limits and news, handed to every function of `flow`.
//!
//! It holds engines and nothing that decides. Cheap to clone.

use std::{fmt, sync::Arc};

use damask_catalog::Catalog;
use damask_media::{Glass, exiftool::Exiftool};
use damask_model::Seq;
use damask_query::Schema;
use damask_search::Index;
use damask_store::{Group, Store};
use damask_time::Instant;
use tokio::sync::RwLock;

use crate::{
    backup::Backups, deliver::renditions::Makers, events::JobNews, fixity::Fixity, frees::Frees,
    govern::guesses::Guesses, index::reader::Follow, ingest::homes::Homes, limits::Limits,
    status::StoreTrial,
};

/// What a library is opened with.
pub(crate) struct Engines {
    /// Records, journal and jobs.
    pub catalog: Catalog,
    /// Bytes.
    pub store: Store,
    /// The search index.
    pub index: Index,
    /// What can be asked for; the index was opened with the same.
    pub schema: std::sync::Arc<Schema>,
    /// Decoders.
    pub glass: Glass,
    /// The resident reader of embedded metadata.
    pub exiftool: Exiftool,
    /// How much of everything is taken.
    pub limits: Limits,
}

/// One library, open.
#[derive(Clone)]
pub struct Damask {
    inner: Arc<Inner>,
}

struct Inner {
    engines: Engines,
    group: Group,
    news: JobNews,
    homes: Homes,
    makers: Makers,
    guesses: Guesses,
    follow: Follow,
    landing: Arc<RwLock<()>>,
    store_trial: Arc<StoreTrial>,
    backups: Backups,
    frees: Frees,
    fixity: Fixity,
}

impl fmt::Debug for Damask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Damask").field("catalog", &self.inner.engines.catalog).finish_non_exhaustive()
    }
}

impl Damask {
    /// Puts the engines of a library together. Nothing runs yet; see [`crate::running::Running`].
    pub(crate) fn new(engines: Engines) -> Result<Self, damask_store::StoreError> {
        let group = engines.store.group()?;
        Ok(Self {
            inner: Arc::new(Inner {
                group,
                news: JobNews::default(),
                homes: Homes::default(),
                makers: Makers::default(),
                guesses: Guesses::default(),
                follow: Follow::new(engines.index.seq()),
                landing: Arc::default(),
                store_trial: Arc::default(),
                backups: Backups::default(),
                frees: Frees::default(),
                fixity: Fixity::default(),
                engines,
            }),
        })
    }

    /// How far the journal is, as far as this process knows.
    pub fn seq(&self) -> Seq {
        *self.catalog().changed().borrow()
    }

    /// The time by the library's clock.
    pub fn now(&self) -> Instant {
        self.catalog().now()
    }

    /// How much of everything is taken.
    pub fn limits(&self) -> &Limits {
        &self.inner.engines.limits
    }

    /// SQL statements run so far, for measuring.
    pub fn statements(&self) -> u64 {
        self.catalog().statements()
    }

    /// Waits until the index has all up to `seq`.
    pub async fn indexed_to(&self, seq: Seq, longest: std::time::Duration) -> crate::Outcome<()> {
        self.follow().at_least(seq, longest).await
    }

    /// Ends the writer after what was handed to it; nothing can be written any more.
    pub async fn close(&self) {
        self.catalog().close().await;
    }

    pub(crate) fn catalog(&self) -> &Catalog {
        &self.inner.engines.catalog
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.engines.store
    }

    pub(crate) fn group(&self) -> &Group {
        &self.inner.group
    }

    pub(crate) fn index(&self) -> &Index {
        &self.inner.engines.index
    }

    pub(crate) fn schema(&self) -> &Schema {
        &self.inner.engines.schema
    }

    pub(crate) fn glass(&self) -> &Glass {
        &self.inner.engines.glass
    }

    pub(crate) fn exiftool(&self) -> &Exiftool {
        &self.inner.engines.exiftool
    }

    pub(crate) fn news(&self) -> &JobNews {
        &self.inner.news
    }

    pub(crate) fn homes(&self) -> &Homes {
        &self.inner.homes
    }

    pub(crate) fn makers(&self) -> &Makers {
        &self.inner.makers
    }

    pub(crate) fn guesses(&self) -> &Guesses {
        &self.inner.guesses
    }

    /// Shared by whoever brings bytes, until the catalog names them; held alone by whoever frees bytes that
    /// nothing names.
    pub(crate) fn landing(&self) -> &Arc<RwLock<()>> {
        &self.inner.landing
    }

    /// What is known of backups.
    pub fn backups(&self) -> &Backups {
        &self.inner.backups
    }

    pub(crate) fn frees(&self) -> &Frees {
        &self.inner.frees
    }

    pub(crate) fn fixity(&self) -> &Fixity {
        &self.inner.fixity
    }

    pub(crate) fn store_trial(&self) -> &Arc<StoreTrial> {
        &self.inner.store_trial
    }

    pub(crate) fn follow(&self) -> &Follow {
        &self.inner.follow
    }
}

/// Runs work that blocks (disk, hashing, the index) off the async threads.
///
/// # Panics
/// Where the work panics: its panic goes on here.
pub(crate) async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(value) => value,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => panic!("blocking work is only cancelled when the runtime ends"),
        },
    }
}
