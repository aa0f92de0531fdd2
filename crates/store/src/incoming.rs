//! Bytes on their way in: hashed while they are written to a temporary file beside the blobs, and put in
//! place when they are whole.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use damask_model::{ContentHash, Stamp};
use rustix::fs::OFlags;

use crate::{GROUP_FILES_MAX, Store, StoreError, direct::Writer, parallel, store::Inner};

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
    synced: bool,
    placed: bool,
}

impl Store {
    /// Begins a file of at most `bytes_max` bytes.
    pub fn incoming(&self, bytes_max: u64) -> Result<Incoming, StoreError> {
        self.inner.shelves.check_trust()?;
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
            synced: false,
            placed: false,
        })
    }

    /// Whether bytes can be kept: one is written, synced and removed.
    pub fn try_out(&self) -> Result<(), StoreError> {
        let mut incoming = self.incoming(1)?;
        incoming.write(b".")?;
        // Dropped unfinished, it leaves nothing.
        incoming.sync_file()
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
    let synced = parallel::each(&mut files, Incoming::sync);
    let placed: Vec<Result<Received, StoreError>> =
        files.iter_mut().zip(synced).map(|(file, synced)| file.place(synced?)).collect();
    let hashes: Vec<ContentHash> = placed.iter().flatten().map(|received| received.hash).collect();
    match store.inner.shelves.sync(&hashes) {
        Ok(()) => answers.extend(placed),
        Err(failure) => answers.extend(placed.into_iter().map(|file| file.and(Err(failure.to_error())))),
    }
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

    /// Makes the bytes durable under their hash: file, name, folders. Only then returns.
    pub fn finish(mut self) -> Result<Received, StoreError> {
        let hash = self.sync()?;
        let received = self.place(hash)?;
        self.inner.shelves.sync(&[received.hash]).map_err(|failure| failure.to_error())?;
        Ok(received)
    }

    /// Step one: the bytes are on the disk, or the store has them already.
    fn sync(&mut self) -> Result<ContentHash, StoreError> {
        self.inner.shelves.check_trust()?;
        if self.spoilt {
            let error = io::Error::other("an earlier write to it failed");
            return Err(StoreError::io("finish", &self.temp, error));
        }
        let hash = ContentHash::from(self.hasher.finalize());
        if !self.inner.shelves.holds(hash, self.bytes) {
            self.sync_file()?;
        }
        Ok(hash)
    }

    fn sync_file(&mut self) -> Result<(), StoreError> {
        self.writer.sync().map_err(|error| StoreError::io("make durable", &self.temp, error))?;
        self.synced = true;
        Ok(())
    }

    /// Step two: the blob has its name. (Step three is to sync the folders.)
    fn place(&mut self, hash: ContentHash) -> Result<Received, StoreError> {
        if !self.synced {
            // The store had the bytes in step one. If they were purged since, only synced ones may follow.
            if self.inner.shelves.holds(hash, self.bytes) {
                return Ok(Received { hash, bytes: self.bytes, already_there: true });
            }
            self.sync_file()?;
        }
        let already_there = self.inner.shelves.place(&self.temp, hash, self.bytes)?;
        self.placed = !already_there;
        Ok(Received { hash, bytes: self.bytes, already_there })
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.placed
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
