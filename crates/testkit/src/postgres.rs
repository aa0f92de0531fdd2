//! Where the test run's PostgreSQL answers, a schema there for one test, and one of a test's own that can be killed.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

use crate::script::script;

/// The address of a throw-away PostgreSQL (`postgres://user@host:port/database`), or nothing when the run has none.
///
/// `make test` always starts one and exports `DAMASK_TEST_POSTGRES`; a suite that runs on every engine takes this one
/// too when it is there. Tests share it: each makes its own schema, named by itself, and drops it.
#[must_use]
pub fn postgres() -> Option<String> {
    std::env::var("DAMASK_TEST_POSTGRES").ok().filter(|address| !address.is_empty())
}

/// A schema of the test run's PostgreSQL that is dropped with this value; whoever uses it makes it.
#[derive(Debug)]
pub struct TempSchema {
    address: String,
    name: String,
}

impl TempSchema {
    /// A name for a schema that no other test has, or nothing when the run has no PostgreSQL.
    #[must_use]
    pub fn new(test: &str) -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let address = postgres()?;
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let short: String = test.chars().take(24).collect();
        Some(Self { address, name: format!("t{}_{number}_{short}", std::process::id()) })
    }

    /// The schema that the binary makes for a library of this name.
    #[must_use]
    pub fn of_library(address: &str, library: &str) -> Self {
        Self { address: address.to_owned(), name: format!("damask_{library}") }
    }

    /// The server's address.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The schema's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for TempSchema {
    /// What is left when this fails goes with the server.
    fn drop(&mut self) {
        let drop = format!("DROP SCHEMA IF EXISTS {} CASCADE", self.name);
        let _ = Command::new("psql")
            .args(["-q", "-v", "ON_ERROR_STOP=1", "-c", "SET client_min_messages = error", "-c", &drop])
            .arg(&self.address)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
}

/// A PostgreSQL of one test, which may kill it and start it again. Gone with this value.
#[derive(Debug)]
pub struct OwnPostgres {
    folder: TempDir,
    address: String,
}

impl OwnPostgres {
    /// Starts one that keeps what it acknowledged; nothing where the run has none at all, so that a quick run stays
    /// quick.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn start() -> Option<Self> {
        postgres()?;
        let folder = TempDir::with_prefix("damask-test-postgres-").expect("the temporary folder is writable");
        script("postgres.sh", "start", folder.path());
        let address = std::fs::read_to_string(folder.path().join("address")).expect("it says its address");
        Some(Self { folder, address: address.trim().to_owned() })
    }

    /// Its address.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Ends it without a word.
    ///
    /// # Panics
    /// When that can't be done.
    pub fn kill(&self) {
        script("postgres.sh", "kill", self.folder.path());
    }

    /// Starts it again where it was, with what it had.
    ///
    /// # Panics
    /// When it does not start.
    pub fn again(&self) {
        script("postgres.sh", "again", self.folder.path());
    }
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        // Its files are another user's where it is started by root.
        script("postgres.sh", "stop", self.folder.path());
    }
}
