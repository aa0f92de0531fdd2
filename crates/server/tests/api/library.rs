//! A real library for each test: the embedded engines in a folder of its own, and a clock that can be moved.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use axum::http::StatusCode;
use damask_flow::{Caller, Damask, Opening, Running, govern::setup};
use damask_testkit::TempLibrary;
use damask_time::Instant;

use crate::app::SignedIn;

/// A library that is gone when the test ends.
pub struct Library {
    pub damask: Damask,
    _running: Running,
    folders: TempLibrary,
    ahead_s: Arc<AtomicI64>,
}

impl Library {
    /// A new one, with its index followed but no workers.
    pub async fn open() -> Self {
        let folders = TempLibrary::new();
        let ahead_s = Arc::new(AtomicI64::new(0));
        let ahead = Arc::clone(&ahead_s);
        let clock = move || {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is set");
            let micros = i64::try_from(now.as_micros()).expect("this century");
            Instant::from_micros(micros).plus_seconds(ahead.load(Ordering::Relaxed))
        };
        let mut opening = Opening::embedded(folders.data(), PathBuf::from("/bin/true"), Arc::new(clock));
        opening.limits.file_bytes_max = 1 << 20;
        let damask = opening.open().await.expect("a new library opens");
        let running = Running::start(&damask, 0);
        Self { damask, _running: running, folders, ahead_s }
    }

    /// The token of a fresh set-up link.
    pub async fn setup_token(&self) -> String {
        let link = setup::link(&self.damask, &Caller::local()).await.expect("a link");
        link.expect("nobody has an account yet")
    }

    /// Moves the library's clock.
    pub fn pass(&self, seconds: i64) {
        self.ahead_s.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Where the bytes lie.
    pub fn store_folder(&self) -> PathBuf {
        self.folders.data().join("store")
    }

    /// A file of this machine, to be imported.
    pub fn file(&self, name: &str, bytes: &[u8]) -> String {
        self.folders.write(name, bytes).display().to_string()
    }

    /// Originals of an asset that left.
    pub async fn downloads(&self, app: &SignedIn, asset: &str) -> usize {
        let path = format!("/api/v1/assets/{asset}/history");
        let history = app.get(&path).send().await.expect(StatusCode::OK).json();
        let facts = history["items"].as_array().expect("items");
        facts.iter().filter(|fact| fact["verb"] == "original.downloaded").count()
    }
}
