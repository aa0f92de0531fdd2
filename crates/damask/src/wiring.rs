//! Puts a library together from its configuration: engines, limits, clock, and the session a command
//! speaks through.

use std::{
    path::Path,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, bail};
use damask_catalog::Address;
use damask_flow::{Damask, Limits, Opening, Running};
use damask_time::Instant;
use tokio::{net::UnixListener, sync::oneshot, task::JoinHandle};

use crate::{
    client::Client,
    config::Config,
    host::{self, Held, Hold},
};

/// The one clock of the house. Everything below is handed the time.
pub fn now() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Instant::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// Where the library's records are.
fn address(config: &Config) -> Address {
    match &config.database {
        Some(url) => Address::Postgres { url: url.clone(), schema: format!("damask_{}", config.library) },
        None => Address::Sqlite(config.library_folder().join("catalog.sqlite")),
    }
}

/// Opens the library. `fresh_index` throws the index away first.
pub async fn open(config: &Config, fresh_index: bool) -> anyhow::Result<Damask> {
    let plan = config.backup.plan()?;
    let damask = Opening { fresh_index, ..opening(config)? }.open().await?;
    if let Some(plan) = plan {
        damask.plan_backups(plan);
    }
    Ok(damask)
}

/// Where and how the library is opened.
pub fn opening(config: &Config) -> anyhow::Result<Opening> {
    let usual = Limits::default();
    let limits = Limits {
        file_bytes_max: config.file_bytes_max.unwrap_or(usual.file_bytes_max),
        quota_bytes: config.quota_bytes,
        trash_kept_s: match config.trash_days {
            None => usual.trash_kept_s,
            Some(0) => None,
            Some(days) => Some(i64::from(days) * 24 * 3_600),
        },
        pace: config.pace,
        rules: config.quarantine.rules(),
        clamd: config.quarantine.clamd(),
        scanned_bytes_max: config.quarantine.scanned_bytes_max().unwrap_or(usual.scanned_bytes_max),
        ..usual
    };
    let opening = Opening {
        folder: config.library_folder(),
        places: config.places.clone(),
        records: address(config),
        program: std::env::current_exe().context("cannot find this program's own file")?,
        clock: Arc::new(now),
        limits,
        workers: config.workers,
        fresh_index: false,
    };
    Ok(opening)
}

/// How a command reaches the library: through whoever holds it, or by holding it for the time it takes.
pub struct Session {
    /// Speaks the API to the holder.
    pub client: Client,
    here: Option<Here>,
}

/// What a process that holds the library does besides answering commands.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// Jobs done at once.
    pub slots: usize,
    /// Whether the index is thrown away and made again.
    pub fresh_index: bool,
    /// Where people are served, if they are: what links begin with.
    pub address: Option<Arc<str>>,
}

/// The library opened by this process.
pub struct Here {
    /// The library.
    pub damask: Damask,
    _hold: Hold,
    running: Running,
    stop: oneshot::Sender<()>,
    face: JoinHandle<()>,
}

impl Session {
    /// Reaches the library. With `work`, a library opened here also does its jobs.
    pub async fn open(config: &Config, work: bool) -> anyhow::Result<Self> {
        let folder = config.library_folder();
        match host::hold(&folder)? {
            Held::Elsewhere => Ok(Self { client: Client::new(host::socket_path(&folder)?), here: None }),
            Held::Here(hold) => {
                let part = Part { slots: if work { config.workers } else { 0 }, ..Part::default() };
                let here = Here::open(config, hold, part).await?;
                Ok(Self { client: Client::new(host::socket_path(&folder)?), here: Some(here) })
            }
        }
    }

    /// Whether this process opened the library.
    pub const fn hosts(&self) -> bool {
        self.here.is_some()
    }

    /// Lets the library go.
    pub async fn close(self) {
        if let Some(here) = self.here {
            here.close().await;
        }
    }
}

impl Here {
    /// Opens the library, listens on its socket, and runs what runs beside requests.
    pub async fn open(config: &Config, hold: Hold, part: Part) -> anyhow::Result<Self> {
        let listener = hold.listen()?;
        let damask = open(config, part.fresh_index).await?;
        let running = Running::start(&damask, part.slots);
        let (stop, stopped) = oneshot::channel();
        let face = tokio::spawn(serve_local(listener, damask.clone(), part.address, stopped));
        Ok(Self { damask, _hold: hold, running, stop, face })
    }

    /// Holds the data folder or says who does.
    pub fn hold(folder: &Path) -> anyhow::Result<Hold> {
        match host::hold(folder)? {
            Held::Here(hold) => Ok(hold),
            Held::Elsewhere => bail!("another process holds the data folder {}", folder.display()),
        }
    }

    /// Lets open requests finish and running jobs give themselves back.
    pub async fn close(self) {
        // The face may have ended by itself; then nobody hears that it should.
        let _ = self.stop.send(());
        let _ = self.face.await;
        self.running.stop().await;
        self.damask.close().await;
    }
}

async fn serve_local(
    listener: UnixListener,
    damask: Damask,
    address: Option<Arc<str>>,
    stopped: oneshot::Receiver<()>,
) {
    let shutdown = async {
        // The other end dropped means the same as told.
        let _ = stopped.await;
    };
    if let Err(error) = damask_server::serve_local(listener, damask, address, shutdown).await {
        tracing::error!(%error, "the local socket is no longer served");
    }
}
