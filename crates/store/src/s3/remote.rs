//! The bucket itself: names, lengths, ranges, removal. Calls wait for a runtime of its own, so that they can be made
//! from any thread that may block.

use std::{
    fs::OpenOptions,
    io::Write as _,
    ops::{ControlFlow, Range},
    os::unix::fs::OpenOptionsExt as _,
    path::Path as FilePath,
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use damask_model::ContentHash;
use futures::{StreamExt as _, TryStreamExt as _};
use object_store::{
    BackoffConfig, ClientOptions, ObjectStoreExt as _, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
    path::Path,
};
use tokio::{runtime::Runtime, sync::Semaphore};

use super::{Bucket, trouble::refusal};
use crate::{Capabilities, Refusal, StoreError, StoreKey, Tick, Verified, incoming::FILE_MODE};

/// Longest wait for a connection.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);

/// Longest silence of a server that is to send something. (Completing a long file may take it a while.)
const SILENCE_MAX: Duration = Duration::from_secs(60);

/// Longest time for one request, whatever it moves.
const REQUEST_TIME_MAX: Duration = Duration::from_mins(10);

/// Tries of one request at most. Patience ends before: waits are [`BACKOFF_MIN`] at the least.
const RETRIES_MAX: usize = 10_000;

/// Waits between tries grow from the one to the other.
const BACKOFF_MIN: Duration = Duration::from_millis(100);
const BACKOFF_MAX: Duration = Duration::from_secs(3);

/// Bytes asked for at once when a whole blob is read.
const READ_BYTES: u64 = 8 << 20;

/// Pieces of one blob that are read ahead.
const READ_AHEAD: usize = 4;

/// Bytes on their way to the server at most, over all files, as far as one piece is not longer.
pub(super) const IN_FLIGHT_BYTES_MAX: u32 = 64 << 20;

/// One bucket and prefix.
#[derive(Debug)]
pub(crate) struct Remote {
    store: Arc<AmazonS3>,
    /// Taken when this is dropped.
    runtime: Option<Runtime>,
    place: String,
    prefix: String,
    capabilities: Capabilities,
    pub(super) patience: Duration,
    pub(super) in_flight: Arc<Semaphore>,
}

impl Drop for Remote {
    fn drop(&mut self) {
        // Dropped on an async thread, a runtime may not wait for its own.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Remote {
    /// Reaches the bucket and finds out what it does.
    pub(crate) fn open(bucket: &Bucket) -> Result<Self, StoreError> {
        let server = bucket.endpoint.as_deref().unwrap_or("AWS");
        let place = format!("{} at {server}", bucket.place());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("store s3")
            .enable_all()
            .build()
            .map_err(|error| StoreError::io("start threads for", FilePath::new(&place), error))?;
        let store = client(bucket).map_err(|error| StoreError::Bucket {
            doing: "set up the connection",
            bucket: place.clone(),
            why: refusal(&error),
            source: Box::new(error),
        })?;
        let capabilities = Capabilities::unknown(&place);
        let mut remote = Self {
            store: Arc::new(store),
            runtime: Some(runtime),
            place,
            prefix: bucket.prefix.clone(),
            capabilities,
            patience: bucket.patience,
            in_flight: Arc::new(Semaphore::new(IN_FLIGHT_BYTES_MAX as usize)),
        };
        remote.capabilities = remote.probe()?;
        Ok(remote)
    }

    pub(super) fn store(&self) -> &AmazonS3 {
        &self.store
    }

    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    pub(super) fn capabilities(&self) -> Capabilities {
        self.capabilities.clone()
    }

    /// Runs a request to its end. Not on an async thread.
    pub(super) fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.as_ref().expect("there until this is dropped").block_on(work)
    }

    pub(super) fn failed(&self, doing: &'static str, error: object_store::Error) -> StoreError {
        self.refused(doing, refusal(&error), error)
    }

    pub(super) fn refused(
        &self,
        doing: &'static str,
        why: Refusal,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> StoreError {
        StoreError::Bucket { doing, bucket: self.place.clone(), why, source: source.into() }
    }

    /// An error about one blob: what is not there is [`StoreError::Missing`].
    fn failed_on(&self, doing: &'static str, hash: ContentHash, error: object_store::Error) -> StoreError {
        let why = refusal(&error);
        match error {
            // Where the bucket itself is gone, its blobs are not just missing.
            object_store::Error::NotFound { .. } if why != Refusal::NoBucket => {
                StoreError::Missing { key: StoreKey::Blob(hash) }
            }
            error => self.refused(doing, why, error),
        }
    }

    pub(super) fn name(&self, hash: ContentHash) -> Path {
        self.below_prefix(&StoreKey::Blob(hash).to_string())
    }

    pub(super) fn length(&self, hash: ContentHash) -> Result<u64, StoreError> {
        let found = self.wait(self.store.head(&self.name(hash)));
        found.map(|meta| meta.size).map_err(|error| self.failed_on("look for a file", hash, error))
    }

    /// Part of a blob, all of it or an error.
    pub(super) fn range(&self, hash: ContentHash, range: Range<u64>) -> Result<Bytes, StoreError> {
        let read = self.wait(self.store.get_range(&self.name(hash), range));
        read.map_err(|error| self.failed_on("read", hash, error))
    }

    /// Removes a blob and answers whether there was one. (S3 itself says nothing of that.)
    pub(super) fn remove(&self, hash: ContentHash) -> Result<bool, StoreError> {
        match self.length(hash) {
            Ok(_) => {}
            Err(StoreError::Missing { .. }) => return Ok(false),
            Err(error) => return Err(error),
        }
        let removed = self.wait(self.store.delete(&self.name(hash)));
        removed.map_err(|error| self.failed_on("remove", hash, error))?;
        Ok(true)
    }

    /// Reads a blob from its beginning to its end, a few pieces ahead; answers its length and hash.
    fn read_through(
        &self,
        hash: ContentHash,
        bytes: u64,
        mut take: impl FnMut(&[u8]) -> Result<(), StoreError>,
    ) -> Result<blake3::Hasher, StoreError> {
        let mut hasher = blake3::Hasher::new();
        let starts = (0..bytes).step_by(usize::try_from(READ_BYTES).expect("eight mebibytes"));
        let mut pieces = futures::stream::iter(starts)
            .map(|start| {
                let (store, name) = (Arc::clone(&self.store), self.name(hash));
                let range = start..(start + READ_BYTES).min(bytes);
                let read = async move { store.get_range(&name, range).await };
                let read = self.runtime.as_ref().expect("there until this is dropped").spawn(read);
                async { read.await.unwrap_or_else(|error| Err(error.into())) }
            })
            .buffered(READ_AHEAD);
        while let Some(piece) =
            self.wait(pieces.try_next()).map_err(|error| self.failed_on("read", hash, error))?
        {
            hasher.update(&piece);
            take(&piece)?;
        }
        Ok(hasher)
    }

    /// Fetches a blob into a new file. Bytes that do not have the hash are an error, and never seen by anyone.
    pub(super) fn fetch(&self, hash: ContentHash, into: &FilePath) -> Result<u64, StoreError> {
        let bytes = self.length(hash)?;
        let failed = |error| StoreError::io("write", into, error);
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(into).map_err(failed)?;
        let hasher = self.read_through(hash, bytes, |piece| file.write_all(piece).map_err(failed))?;
        match Verified::of(hash, &hasher) {
            Verified::Good => Ok(bytes),
            _ => Err(self.refused("fetch", Refusal::Spoilt, format!("{hash} has other bytes there"))),
        }
    }

    pub(super) fn verify(
        &self,
        hash: ContentHash,
        expected: Option<u64>,
        tick: Tick<'_>,
    ) -> Result<Verified, StoreError> {
        let bytes = match self.length(hash) {
            Ok(bytes) => bytes,
            Err(StoreError::Missing { .. }) => return Ok(Verified::Missing),
            Err(error) => return Err(error),
        };
        if expected.is_some_and(|expected| bytes < expected) {
            return Ok(Verified::Short { bytes });
        }
        let hasher = self.read_through(hash, bytes, |piece| match tick(piece.len() as u64) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(StoreError::Stopped),
        })?;
        Ok(Verified::of(hash, &hasher))
    }
}

fn client(bucket: &Bucket) -> object_store::Result<AmazonS3> {
    // One crypto library for the whole program. Whoever chose before chose the same: there is no other in it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let is_plain = bucket.endpoint.as_deref().is_some_and(|endpoint| endpoint.starts_with("http://"));
    let options = ClientOptions::new()
        .with_allow_http(is_plain)
        .with_connect_timeout(CONNECT_TIME_MAX)
        .with_read_timeout(SILENCE_MAX)
        .with_timeout(REQUEST_TIME_MAX);
    let backoff = BackoffConfig { init_backoff: BACKOFF_MIN, max_backoff: BACKOFF_MAX, base: 2.0 };
    let retry = RetryConfig { backoff, max_retries: RETRIES_MAX, retry_timeout: bucket.patience };
    let builder = AmazonS3Builder::new()
        .with_bucket_name(&bucket.name)
        .with_region(&bucket.region)
        .with_access_key_id(&bucket.access_key)
        .with_secret_access_key(bucket.secret_key.tell())
        // Many servers know no other way of deleting than one by one.
        .with_disable_bulk_delete(true)
        .with_client_options(options)
        .with_retry(retry);
    match &bucket.endpoint {
        Some(endpoint) => builder.with_endpoint(endpoint).build(),
        None => builder.build(),
    }
}
