//! Bytes on their way in: hashed while they are written to a temporary file beside the blobs, and put in
//! place when they are whole.

use std::{
    collections::HashSet,
    fs::{self, File, OpenOptions},
    io::{self, Read as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use damask_model::{ContentHash, Stamp};
use rustix::fs::OFlags;

use crate::{
    GROUP_FILES_MAX, Store, StoreError,
    direct::Writer,
    engine::{Need, Placed, Staged},
    parallel::{self, SYNC_THREADS_MAX},
    store::Inner,
};

/// Rights of stored files: the owner writes (until the file is whole), the group reads.
pub(crate) const FILE_MODE: u32 = 0o640;

/// What has been taken in for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// The content's name.
    pub hash: ContentHash,
    /// Its length.
    pub bytes: u64,
    /// Whether the store held these bytes before.
    pub already_there: bool,
}

/// A file being written. Dropped without [`Incoming::finish`], it leaves nothing behind.
#[derive(Debug)]
pub struct Incoming {
    inner: Arc<Inner>,
    temp: PathBuf,
    writer: Writer,
    hasher: blake3::Hasher,
    bytes: u64,
    bytes_max: u64,
    /// A write failed, so that the file may hold other bytes than were hashed.
    spoilt: bool,
    /// What was done for it before it is placed.
    ready: Need,
    /// The temporary file was moved away.
    taken: bool,
}

impl Store {
    /// Begins a file of at most `bytes_max` bytes.
    pub fn incoming(&self, bytes_max: u64) -> Result<Incoming, StoreError> {
        self.inner.ranks.first().check_trust()?;
        let temp = self.inner.session.incoming_path();
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(FILE_MODE)
            .open(&temp)
            .map_err(|error| StoreError::io("make the file", &temp, error))?;
        Ok(Incoming {
            inner: Arc::clone(&self.inner),
            temp,
            writer: Writer::new(file),
            hasher: blake3::Hasher::new(),
            bytes: 0,
            bytes_max,
            spoilt: false,
            ready: Need::Nothing,
            taken: false,
        })
    }

    /// Whether bytes can be kept: one is written here, synced and removed, and one where the blobs lie if that is
    /// elsewhere.
    pub fn try_out(&self) -> Result<(), StoreError> {
        let mut incoming = self.incoming(1)?;
        incoming.write(b".")?;
        // Dropped unfinished, it leaves nothing.
        incoming.make_ready(Need::Synced)?;
        self.inner.ranks.first().try_out()
    }

    /// Finishes many files; answers in their order. Up to [`GROUP_FILES_MAX`] at a time wait for the disk
    /// together and share the syncs of folders, which is several times faster than one after another.
    pub fn finish_many(&self, files: Vec<Incoming>) -> Vec<Result<Received, StoreError>> {
        let mut answers = Vec::with_capacity(files.len());
        let mut files = files.into_iter().peekable();
        while files.peek().is_some() {
            finish_group(self, files.by_ref().take(GROUP_FILES_MAX).collect(), &mut answers);
        }
        answers
    }
}

fn finish_group(store: &Store, mut files: Vec<Incoming>, answers: &mut Vec<Result<Received, StoreError>>) {
    let prepared = parallel::each(&mut files, SYNC_THREADS_MAX, Incoming::prepare);
    let placed = place_all(store, &mut files, prepared);
    let hashes: Vec<ContentHash> = placed.iter().flatten().map(|received| received.hash).collect();
    match store.inner.ranks.first().settle(&hashes) {
        Ok(()) => answers.extend(placed),
        Err(failure) => answers.extend(placed.into_iter().map(|file| file.and(Err(failure.to_error())))),
    }
}

/// Of files with the same bytes the first is placed first, so that it is the one that was not there already.
fn place_all(
    store: &Store,
    files: &mut [Incoming],
    prepared: Vec<Result<ContentHash, StoreError>>,
) -> Vec<Result<Received, StoreError>> {
    let mut seen = HashSet::new();
    let (mut first, mut again) = (Vec::new(), Vec::new());
    let mut placed: Vec<Option<Result<Received, StoreError>>> = Vec::new();
    for (number, (file, prepared)) in files.iter_mut().zip(prepared).enumerate() {
        placed.push(None);
        match prepared {
            Ok(hash) if seen.insert(hash) => first.push((number, file, hash)),
            Ok(hash) => again.push((number, file, hash)),
            Err(error) => placed[number] = Some(Err(error)),
        }
    }
    for mut round in [first, again] {
        let threads = store.inner.ranks.first().places_at_once();
        let answers = parallel::each(&mut round, threads, |(_, file, hash)| file.place(*hash));
        for ((number, ..), answer) in round.into_iter().zip(answers) {
            placed[number] = Some(answer);
        }
    }
    placed.into_iter().map(|answer| answer.expect("each file is in one of the rounds, or failed")).collect()
}

impl Incoming {
    /// Appends bytes. [`StoreError::TooLarge`] past the limit, [`StoreError::Full`] when the disk is full;
    /// after an error the file can't be finished.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        if self.bytes.saturating_add(bytes.len() as u64) > self.bytes_max {
            return Err(self.too_large());
        }
        let mut left = bytes;
        while !left.is_empty() {
            let room = self.room()?;
            let count = room.len().min(left.len());
            room[..count].copy_from_slice(&left[..count]);
            self.filled(count);
            left = &left[count..];
        }
        Ok(())
    }

    fn room(&mut self) -> Result<&mut [u8], StoreError> {
        let Self { writer, spoilt, temp, .. } = self;
        writer.room().map_err(|error| {
            *spoilt = true;
            StoreError::io("write", temp, error)
        })
    }

    fn filled(&mut self, count: usize) {
        self.hasher.update(self.writer.filled(count));
        self.bytes += count as u64;
    }

    const fn too_large(&mut self) -> StoreError {
        self.spoilt = true;
        StoreError::TooLarge { bytes_max: self.bytes_max }
    }

    /// Bytes written until now.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Appends a whole file, reading it once in large pieces. [`StoreError::SourceChanged`] when its length
    /// or times changed meanwhile; the stamp is what the file system said of it. Anything but a regular file
    /// is a [`StoreError::Source`].
    pub fn copy_from(&mut self, source: &Path) -> Result<Stamp, StoreError> {
        let unreadable = |error| StoreError::Source { path: source.to_owned(), source: error };
        // NONBLOCK: opening a named pipe must not wait for its writer.
        let mut file = OpenOptions::new()
            .read(true)
            .custom_flags(OFlags::NONBLOCK.bits().cast_signed())
            .open(source)
            .map_err(unreadable)?;
        let before = regular_stamp(&file).map_err(unreadable)?;
        if self.bytes.saturating_add(before.bytes) > self.bytes_max {
            return Err(self.too_large());
        }
        self.writer.expects(before.bytes);
        let mut copied: u64 = 0;
        while copied <= before.bytes {
            match file.read(self.room()?) {
                Ok(0) => break,
                Ok(count) => {
                    self.filled(count);
                    copied += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.spoilt = true;
                    return Err(unreadable(error));
                }
            }
        }
        // Many files wait for the disk together; none keeps its memory meanwhile.
        if let Err(error) = self.writer.flush() {
            self.spoilt = true;
            return Err(StoreError::io("write", &self.temp, error));
        }
        if copied != before.bytes || regular_stamp(&file).map_err(unreadable)? != before {
            self.spoilt = true;
            return Err(StoreError::SourceChanged { path: source.to_owned() });
        }
        Ok(before)
    }

    /// Makes the bytes durable under their hash: file, name, folders, or the bucket's word for it. Only then
    /// returns.
    pub fn finish(mut self) -> Result<Received, StoreError> {
        let hash = self.prepare()?;
        let received = self.place(hash)?;
        self.inner.ranks.first().settle(&[received.hash]).map_err(|failure| failure.to_error())?;
        Ok(received)
    }

    /// Step one: the bytes are ready to be placed, or the store has them already.
    fn prepare(&mut self) -> Result<ContentHash, StoreError> {
        self.inner.ranks.first().check_trust()?;
        if self.spoilt {
            let error = io::Error::other("an earlier write to it failed");
            return Err(StoreError::io("finish", &self.temp, error));
        }
        let hash = ContentHash::from(self.hasher.finalize());
        let need = self.inner.ranks.first().needs(hash, self.bytes);
        self.make_ready(need)?;
        Ok(hash)
    }

    fn make_ready(&mut self, need: Need) -> Result<(), StoreError> {
        match need {
            Need::Nothing => {}
            Need::Written => {
                self.writer.flush().map_err(|error| StoreError::io("write", &self.temp, error))?;
            }
            Need::Synced => {
                self.writer.sync().map_err(|error| StoreError::io("make durable", &self.temp, error))?;
            }
        }
        self.ready = need;
        Ok(())
    }

    /// Step two: the blob has its name. (Step three is to settle the names.)
    fn place(&mut self, hash: ContentHash) -> Result<Received, StoreError> {
        let bytes = self.bytes;
        if self.ready == Need::Nothing {
            // The store had the bytes in step one. If they were purged since, only ready ones may follow.
            match self.inner.ranks.first().needs(hash, bytes) {
                Need::Nothing => return Ok(Received { hash, bytes, already_there: true }),
                need => self.make_ready(need)?,
            }
        }
        let Placed { already_there, taken } =
            self.inner.ranks.first().place(&Staged::plain(&self.temp, hash, bytes))?;
        self.taken = taken;
        Ok(Received { hash, bytes, already_there })
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.taken
            && let Err(error) = fs::remove_file(&self.temp)
        {
            tracing::warn!(path = %self.temp.display(), %error, "cannot remove a temporary file");
        }
    }
}

fn regular_stamp(file: &File) -> io::Result<Stamp> {
    let found = file.metadata()?;
    if !found.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    let nanoseconds = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
    Ok(Stamp {
        bytes: found.len(),
        modified_ns: nanoseconds(found.mtime(), found.mtime_nsec()),
        changed_ns: nanoseconds(found.ctime(), found.ctime_nsec()),
        inode: found.ino(),
    })
}
