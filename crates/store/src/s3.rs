//! An S3-compatible bucket as the place of the blobs.
//!
//! Names below the prefix are those of the local folder (`blobs/ab/cd/<hash>`), so that any tool that copies trees
//! moves a store. What is on its way in is staged in the local folder and sent when it is whole; it is acknowledged
//! when the server has said that it has all of it, so staging needs no sync. Decoders get files from a bounded
//! [`Cache`] of this process, which a file enters as it is sent.
//!
//! The protocol is done by `object_store`; its tasks run on a small runtime of their own, and callers wait.

mod far;
mod list;
mod named;
mod place;
mod probe;
mod remote;
mod trouble;

use std::{fmt, fs::File, path::Path, sync::Arc, time::Duration};

use damask_model::ContentHash;
pub(crate) use far::Far;
pub(crate) use remote::Remote;

use crate::{
    Capabilities, Lent, StoreError, Stored, Tick, Verified,
    cache::Cache,
    direct::Long,
    durable::SyncFailure,
    engine::{Adopted, Engine, Need, Note, Placed, Staged, Walk},
    session::Session,
    turns::Turns,
};

/// Files sent at the same time: most of a small one is waiting for the answer.
const PLACES_AT_ONCE: usize = 16;

/// A bucket, and how to reach it.
#[derive(Clone, Debug)]
pub struct Bucket {
    /// `http://` or `https://`, host and port; none for AWS in this region.
    pub endpoint: Option<String>,
    /// The bucket's name.
    pub name: String,
    /// What all names begin with, without slashes at the ends; may be empty.
    pub prefix: String,
    /// The region that requests are signed for; servers of one's own mostly take any.
    pub region: String,
    /// Names the key.
    pub access_key: String,
    /// The key's secret.
    pub secret_key: Secret,
    /// Bytes of fetched files that are kept for decoders. One file may be longer.
    pub cache_bytes_max: u64,
    /// For how long a request is tried again.
    pub patience: Duration,
}

impl Bucket {
    /// The region where none is named: what servers of one's own expect.
    pub const USUAL_REGION: &str = "us-east-1";
    /// Bytes of fetched files kept where nothing is said: 8 GiB.
    pub const USUAL_CACHE_BYTES_MAX: u64 = 8 << 30;
    /// Patience where nothing is said.
    pub const USUAL_PATIENCE: Duration = Duration::from_secs(20);

    /// Bucket and prefix.
    pub(crate) fn place(&self) -> String {
        if self.prefix.is_empty() { self.name.clone() } else { format!("{}/{}", self.name, self.prefix) }
    }
}

/// A secret; it is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps the text to itself.
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The secret, for whoever is to use it.
    pub fn tell(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// One bucket.
#[derive(Debug)]
pub(crate) struct S3 {
    remote: Arc<Remote>,
    cache: Arc<Cache>,
    turns: Turns,
    session: Arc<Session>,
}

impl S3 {
    /// Reaches the bucket and finds out what it does.
    pub(crate) fn open(bucket: &Bucket, session: Arc<Session>) -> Result<Self, StoreError> {
        let remote = Arc::new(Remote::open(bucket)?);
        let cache = Arc::new(Cache::open(Arc::clone(&session), bucket.cache_bytes_max)?);
        Ok(Self { remote, cache, turns: Turns::default(), session })
    }

    fn cached(&self, hash: ContentHash) -> Option<Lent> {
        self.cache.pin(hash).map(|(path, pin)| Lent::fetched(path, pin))
    }
}

impl Engine for S3 {
    /// A put that failed says so, each time.
    fn check_trust(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn try_out(&self) -> Result<(), StoreError> {
        self.remote.try_out()
    }

    fn capabilities(&self) -> Capabilities {
        self.remote.capabilities()
    }

    /// Asking the server first would cost a small file a second wait; [`Engine::place`] asks where it is worth it.
    fn needs(&self, _: ContentHash, _: u64) -> Need {
        Need::Written
    }

    fn places_at_once(&self) -> usize {
        PLACES_AT_ONCE
    }

    fn place(&self, staged: &Staged<'_>) -> Result<Placed, StoreError> {
        let _turn = self.turns.take(staged.name);
        let already_there = self.remote.put(staged)?;
        let taken = self.cache.keep(staged.path, staged.name, staged.bytes);
        Ok(Placed { already_there, taken })
    }

    fn adopt(&self, upload: &Staged<'_>, spare: &Path) -> Result<Adopted, StoreError> {
        let _turn = self.turns.take(upload.name);
        let already_there = self.remote.put(upload)?;
        // Nobody writes to a finished upload. Without the link the file is fetched when it is wanted.
        let is_linked = std::fs::hard_link(upload.path, spare).is_ok();
        if is_linked && !self.cache.keep(spare, upload.name, upload.bytes) {
            let _ = std::fs::remove_file(spare);
        }
        Ok(Adopted { already_there, is_linked: false })
    }

    fn keep_copy(&self, from: &Staged<'_>) -> Result<(), StoreError> {
        let _turn = self.turns.take(from.name);
        self.cache.forget(from.name);
        self.remote.put_over(from)
    }

    fn settle(&self, _: &[ContentHash]) -> Result<(), SyncFailure> {
        Ok(())
    }

    fn length(&self, hash: ContentHash) -> Result<u64, StoreError> {
        self.remote.length(hash)
    }

    fn open(&self, hash: ContentHash) -> Result<Stored, StoreError> {
        if let Some(lent) = self.cached(hash) {
            let open = || Stored::file(File::open(lent.path())?);
            return open().map_err(|error| StoreError::io("open", lent.path(), error));
        }
        self.open_there(hash)
    }

    fn open_long(&self, hash: ContentHash) -> Result<Stored, StoreError> {
        if let Some(lent) = self.cached(hash) {
            let long = Long::open(lent.path());
            return long.map(Stored::long).map_err(|error| StoreError::io("open", lent.path(), error));
        }
        self.open(hash)
    }

    fn lend(&self, hash: ContentHash) -> Result<Lent, StoreError> {
        if let Some(lent) = self.cached(hash) {
            return Ok(lent);
        }
        let _turn = self.turns.take(hash);
        // Whoever had the turn before may have fetched it.
        if let Some(lent) = self.cached(hash) {
            return Ok(lent);
        }
        let temp = self.session.incoming_path();
        let fetched = self.remote.fetch(hash, &temp).and_then(|bytes| {
            let kept = self.cache.keep_pinned(&temp, hash, bytes);
            kept.map_err(|error| StoreError::io("keep", &temp, error))
        });
        if fetched.is_err() {
            let _ = std::fs::remove_file(&temp);
        }
        fetched.map(|(path, pin)| Lent::fetched(path, pin))
    }

    fn open_there(&self, hash: ContentHash) -> Result<Stored, StoreError> {
        Ok(Stored::far(Far::open(Arc::clone(&self.remote), hash)?))
    }

    /// Several pieces are on their way at once.
    fn verify(&self, hash: ContentHash, bytes: Option<u64>, tick: Tick<'_>) -> Result<Verified, StoreError> {
        self.remote.verify(hash, bytes, tick)
    }

    /// A bucket that is not there says so of each of its blobs.
    fn check_there(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn remove(&self, hash: ContentHash) -> Result<bool, StoreError> {
        let _turn = self.turns.take(hash);
        self.cache.forget(hash);
        self.remote.remove(hash)
    }

    fn walk(&self) -> Walk {
        Box::new(list::Names::new(Arc::clone(&self.remote)))
    }

    fn note(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.remote.note(name)
    }

    fn leave_note(&self, name: &str, text: &str, note: Note) -> Result<(), StoreError> {
        self.remote.leave_note(name, text, note)
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn a_secret_is_never_printed() {
        assert!(!format!("{:?}", Some(Secret::new("hunter2".into()))).contains("hunter2"));
    }
}
