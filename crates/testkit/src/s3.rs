//! Where the test run's S3 server answers, and one of a test's own that can be killed.

use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

use crate::script::script;

/// The bucket that every server of a test run has.
pub const S3_BUCKET: &str = "damask";

/// A key that may do everything there, with its secret.
pub const S3_KEY: (&str, &str) = ("damask", "damasksecret");

/// A key that may only read there, with its secret.
pub const S3_READER: (&str, &str) = ("reader", "readersecret");

/// The address of a throw-away S3 server (`http://host:port`), or nothing when the run has none.
///
/// `make test` always starts one and exports `DAMASK_TEST_S3`. Tests share it: each has a prefix of its own.
#[must_use]
pub fn s3() -> Option<String> {
    std::env::var("DAMASK_TEST_S3").ok().filter(|address| !address.is_empty())
}

/// A prefix that no other test has.
#[must_use]
pub fn s3_prefix() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("t{}/{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// An S3 server of one test, which may kill it and start it again. Gone with this value.
#[derive(Debug)]
pub struct OwnS3 {
    folder: TempDir,
    address: String,
}

impl OwnS3 {
    /// Starts one; nothing where the run has none at all, so that a quick run stays quick.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn start() -> Option<Self> {
        s3()?;
        let folder = TempDir::with_prefix("damask-test-s3-").expect("the temporary folder is writable");
        script("s3.sh", "start", folder.path());
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
        script("s3.sh", "kill", self.folder.path());
    }

    /// Starts it again where it was, with what it had.
    ///
    /// # Panics
    /// When it does not start.
    pub fn again(&self) {
        script("s3.sh", "again", self.folder.path());
    }
}

impl Drop for OwnS3 {
    fn drop(&mut self) {
        script("s3.sh", "kill", self.folder.path());
    }
}
