//! Local files of blobs that lie elsewhere or are encrypted, for decoders, which want a path. Bounded: the one that was used longest
//! ago goes first, but never one that is lent.
//!
//! It belongs to one process and goes with it: what is not synced may be anything after a power cut.

use std::{
    collections::{BTreeMap, HashMap},
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use damask_model::ContentHash;

use crate::{StoreError, session::Session};

/// The files of one process.
#[derive(Debug)]
pub(crate) struct Cache {
    folder: PathBuf,
    bytes_max: u64,
    shelf: Mutex<Shelf>,
    /// Its folder, in which this one lies, has to live as long.
    _session: Arc<Session>,
}

#[derive(Debug, Default)]
struct Shelf {
    files: HashMap<ContentHash, Cached>,
    /// By when each was used last.
    order: BTreeMap<u64, ContentHash>,
    bytes: u64,
    uses: u64,
}

#[derive(Debug)]
struct Cached {
    bytes: u64,
    used: u64,
    pins: usize,
    /// Tells it from another file of the same blob that came after it was forgotten.
    since: u64,
}

/// Keeps one file where it is.
#[derive(Debug)]
pub(crate) struct Pin {
    cache: Arc<Cache>,
    hash: ContentHash,
    since: u64,
}

impl Drop for Pin {
    fn drop(&mut self) {
        let mut shelf = self.cache.shelf();
        if let Some(cached) = shelf.files.get_mut(&self.hash).filter(|cached| cached.since == self.since) {
            cached.pins -= 1;
        }
        self.cache.make_room(&mut shelf);
    }
}

impl Cache {
    pub(crate) fn open(session: Arc<Session>, bytes_max: u64) -> Result<Self, StoreError> {
        let folder = session.scratch_path();
        fs::create_dir(&folder).map_err(|error| StoreError::io("make the folder", &folder, error))?;
        Ok(Self { folder, bytes_max, shelf: Mutex::default(), _session: session })
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn path(&self, hash: ContentHash) -> PathBuf {
        self.folder.join(hash.to_string())
    }

    /// The file of this blob, if there is one.
    pub(crate) fn pin(self: &Arc<Self>, hash: ContentHash) -> Option<(PathBuf, Pin)> {
        let mut shelf = self.shelf();
        let used = shelf.next_use();
        let cached = shelf.files.get_mut(&hash)?;
        cached.pins += 1;
        let (before, since) = (std::mem::replace(&mut cached.used, used), cached.since);
        shelf.order.remove(&before);
        shelf.order.insert(used, hash);
        Some((self.path(hash), Pin { cache: Arc::clone(self), hash, since }))
    }

    /// Takes a file with the bytes of this blob; answers whether it did. It is the last to go.
    pub(crate) fn keep(&self, file: &Path, hash: ContentHash, bytes: u64) -> bool {
        let mut shelf = self.shelf();
        if let Err(error) = fs::rename(file, self.path(hash)) {
            tracing::warn!(%hash, %error, "a file cannot be kept for decoders; it will be fetched");
            return false;
        }
        shelf.put(hash, bytes);
        self.make_room(&mut shelf);
        true
    }

    /// Takes a file and lends it at once.
    pub(crate) fn keep_pinned(
        self: &Arc<Self>,
        file: &Path,
        hash: ContentHash,
        bytes: u64,
    ) -> io::Result<(PathBuf, Pin)> {
        let mut shelf = self.shelf();
        fs::rename(file, self.path(hash))?;
        let cached = shelf.put(hash, bytes);
        cached.pins += 1;
        let since = cached.since;
        self.make_room(&mut shelf);
        Ok((self.path(hash), Pin { cache: Arc::clone(self), hash, since }))
    }

    /// The blob is no more, and neither is its file, lent or not, as in a local folder.
    pub(crate) fn forget(&self, hash: ContentHash) {
        let mut shelf = self.shelf();
        if shelf.files.contains_key(&hash) {
            self.drop_file(&mut shelf, hash);
        }
    }

    /// Removes files until the rest fits. The one used last stays however long it is: it is about to be used. Where
    /// there is no room at all nothing stays that is not lent.
    fn make_room(&self, shelf: &mut Shelf) {
        while shelf.bytes > self.bytes_max {
            let last = shelf.order.last_key_value().filter(|_| self.bytes_max > 0).map(|(used, _)| *used);
            let free = |(used, hash): (&u64, &ContentHash)| {
                let is_lent = shelf.files.get(hash).is_some_and(|cached| cached.pins > 0);
                (Some(*used) != last && !is_lent).then_some(*hash)
            };
            let Some(hash) = shelf.order.iter().find_map(free) else { return };
            self.drop_file(shelf, hash);
        }
    }

    fn drop_file(&self, shelf: &mut Shelf, hash: ContentHash) {
        let path = self.path(hash);
        if let Err(error) = fs::remove_file(&path) {
            tracing::warn!(path = %path.display(), %error, "cannot remove a fetched file");
        }
        shelf.take(hash);
    }
}

impl Shelf {
    fn next_use(&mut self) -> u64 {
        self.uses += 1;
        self.uses
    }

    /// Puts a file there, or there again.
    fn put(&mut self, hash: ContentHash, bytes: u64) -> &mut Cached {
        let before = self.take(hash);
        let used = self.next_use();
        let (pins, since) = before.map_or((0, used), |before| (before.pins, before.since));
        self.order.insert(used, hash);
        self.bytes += bytes;
        self.files.entry(hash).or_insert(Cached { bytes, used, pins, since })
    }

    fn take(&mut self, hash: ContentHash) -> Option<Cached> {
        let cached = self.files.remove(&hash)?;
        self.order.remove(&cached.used);
        self.bytes -= cached.bytes;
        Some(cached)
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, sync::Arc};

    use damask_model::ContentHash;

    use super::Cache;
    use crate::session::Session;

    struct Room {
        folder: tempfile::TempDir,
        cache: Arc<Cache>,
    }

    fn room(bytes_max: u64) -> Room {
        let folder = tempfile::tempdir().unwrap();
        for name in ["incoming", "scratch"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let session = Arc::new(Session::begin(folder.path()).unwrap());
        Room { cache: Arc::new(Cache::open(session, bytes_max).unwrap()), folder }
    }

    impl Room {
        fn keep(&self, name: u8, bytes: usize) {
            let file = self.folder.path().join("file");
            fs::write(&file, vec![name; bytes]).unwrap();
            assert!(self.cache.keep(&file, ContentHash([name; 32]), bytes as u64));
        }

        fn check(&self, expected: &[u8]) {
            let there: Vec<u8> =
                (0..=9).filter(|name| self.cache.path(ContentHash([*name; 32])).exists()).collect();
            assert_eq!(there, expected);
        }
    }

    #[test]
    fn what_was_used_longest_ago_goes_first() {
        let room = room(10);
        for name in 1..=3 {
            room.keep(name, 3);
        }
        drop(room.cache.pin(ContentHash([1; 32])));
        room.keep(4, 3);
        room.check(&[1, 3, 4]);
    }

    #[test]
    fn what_is_lent_stays_until_it_is_given_back() {
        let room = room(10);
        room.keep(1, 6);
        let (path, pin) = room.cache.pin(ContentHash([1; 32])).unwrap();
        room.keep(2, 6);
        room.check(&[1, 2]);
        assert_eq!(fs::read(path).unwrap(), [1; 6]);
        drop(pin);
        room.check(&[2]);
    }

    #[test]
    fn a_file_longer_than_all_the_room_stays_until_the_next_comes() {
        let room = room(10);
        room.keep(1, 3);
        room.keep(2, 30);
        room.check(&[2]);
        room.keep(3, 3);
        room.check(&[3]);
    }

    #[test]
    fn a_file_that_comes_twice_counts_once() {
        let room = room(10);
        room.keep(1, 6);
        room.keep(1, 6);
        room.keep(2, 4);
        room.check(&[1, 2]);
        room.cache.forget(ContentHash([1; 32]));
        room.check(&[2]);
    }

    #[test]
    fn what_was_forgotten_while_it_was_lent_does_not_give_back_its_successor() {
        let room = room(10);
        room.keep(1, 6);
        let (_, before) = room.cache.pin(ContentHash([1; 32])).unwrap();
        room.cache.forget(ContentHash([1; 32]));
        room.check(&[]);
        room.keep(1, 6);
        let (_, after) = room.cache.pin(ContentHash([1; 32])).unwrap();
        drop(before);
        room.keep(2, 6);
        room.check(&[1, 2]);
        drop(after);
        room.check(&[2]);
    }
}
