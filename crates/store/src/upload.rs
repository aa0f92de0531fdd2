//! Uploads: files sent in pieces, over connections that break, to a server that may be killed.
//!
//! The bytes lie in `uploads/<id>`. How many of them are surely on the disk is kept beside them in
//! `uploads/<id>.marks` (see marks.rs), because after a power cut a file's length alone may count pages that
//! were never written. The hash is computed while the pieces arrive and kept in memory, and with each mark as far as
//! whole blocks go (see tree.rs): after a restart a block is read again, not the upload.
//!
//! [`Store::upload_finish`] makes the bytes a blob (in the local folder by a second name for the same file) and
//! leaves the upload, sealed, until [`Store::upload_remove`]: so that it can be asked again when the program died
//! before its catalog commit.

mod appending;
mod behind;
mod desk;
mod joining;
mod marks;
mod tree;

use std::{
    collections::{BTreeMap, HashMap},
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Seek as _, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

pub use appending::{Appending, Keep};
use damask_model::{ContentHash, UploadId};
use damask_time::Instant;
pub use desk::UPLOAD_MARK_EVERY_BYTES;
pub use joining::Part;
use marks::{Mark, Marks};
use tree::Tree;

use crate::{
    Received, Store, StoreError, StoreKey, durable::sync_folder, engine::Staged, incoming::FILE_MODE,
    key::UPLOADS,
};

/// Uploads whose hash so far is kept in memory (about 3 KB each). One more, and another's is forgotten; it is
/// computed again when that upload goes on.
pub const UPLOADS_HASHED_MAX: usize = 4_096;

const MARKS_SUFFIX: &str = ".marks";
const SEAL_SUFFIX: &str = ".seal";
const SEAL_KNOWN: &[u8] = b"known\n";
const SEAL_NEW: &[u8] = b"new\n";

/// Bytes read at a time when a hash is computed again.
const BUFFER_BYTES: usize = 1 << 20;

/// What is known in memory of uploads.
#[derive(Debug, Default)]
pub(crate) struct Uploads {
    known: Mutex<HashMap<UploadId, Known>>,
}

#[derive(Debug)]
enum Known {
    /// Somebody is writing; so many bytes are durable.
    Busy(u64),
    /// Nobody is.
    Idle(Box<Progress>),
}

/// Where an upload stands: so many bytes, and the hash over them.
#[derive(Clone, Debug)]
struct Progress {
    bytes: u64,
    tree: Tree,
}

impl Progress {
    fn none() -> Self {
        Self { bytes: 0, tree: Tree::new() }
    }

    /// The same with these bytes after it.
    fn take(&mut self, bytes: &[u8]) {
        self.tree.update(bytes);
        self.bytes += bytes.len() as u64;
    }
}

impl Uploads {
    fn known(&self) -> MutexGuard<'_, HashMap<UploadId, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the upload for one writer. `None` inside: nothing is known in memory.
    fn take(&self, id: UploadId) -> Result<Option<Progress>, StoreError> {
        let mut known = self.known();
        match known.remove(&id) {
            Some(Known::Busy(bytes)) => {
                known.insert(id, Known::Busy(bytes));
                Err(StoreError::UploadBusy { id })
            }
            Some(Known::Idle(progress)) => {
                known.insert(id, Known::Busy(progress.bytes));
                Ok(Some(*progress))
            }
            None => {
                known.insert(id, Known::Busy(0));
                Ok(None)
            }
        }
    }

    fn note_durable(&self, id: UploadId, bytes: u64) {
        self.known().insert(id, Known::Busy(bytes));
    }

    fn give_back(&self, id: UploadId, progress: Option<Progress>) {
        let mut known = self.known();
        known.remove(&id);
        let Some(progress) = progress else { return };
        if known.len() >= UPLOADS_HASHED_MAX
            && let Some(other) =
                known.iter().find(|(_, known)| matches!(known, Known::Idle(_))).map(|(id, _)| *id)
        {
            known.remove(&other);
        }
        known.insert(id, Known::Idle(Box::new(progress)));
    }
}

impl Store {
    /// Begins an upload of which nothing was sent yet. Durable.
    pub fn upload_create(&self, id: UploadId) -> Result<(), StoreError> {
        self.inner.ranks.first().check_trust()?;
        let (marks_path, path) = (self.marks_path(id), self.path(&StoreKey::Upload(id)));
        let made = Marks::create(&marks_path, false);
        made.map_err(|error| StoreError::io("make the file", &marks_path, error))?;
        let made = OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(&path);
        made.map_err(|error| StoreError::io("make the file", &path, error))?;
        let folder = self.inner.root.join(UPLOADS);
        sync_folder(&folder).map_err(|error| StoreError::io("make durable the folder", &folder, error))?;
        self.inner.uploads.give_back(id, Some(Progress::none()));
        Ok(())
    }

    /// How many bytes are durable: where the sender goes on.
    pub fn upload_offset(&self, id: UploadId) -> Result<u64, StoreError> {
        match self.inner.uploads.known().get(&id) {
            // Until a writer has looked, memory knows nothing and the disk is asked.
            Some(Known::Busy(bytes)) if *bytes > 0 => return Ok(*bytes),
            Some(Known::Idle(progress)) => return Ok(progress.bytes),
            _ => {}
        }
        self.durable(id, false).map(|(mark, _)| mark.bytes)
    }

    /// Appends one piece at `offset`; answers the new offset when the piece is durable.
    pub fn upload_append(&self, id: UploadId, offset: u64, bytes: &[u8]) -> Result<u64, StoreError> {
        let mut appending = self.upload_writer(id, offset, u64::MAX, Keep::AsItComes)?;
        appending.write(bytes)?;
        appending.finish()
    }

    /// Opens an upload for one streamed piece that begins at `offset`, up to `bytes_max` in all.
    ///
    /// [`StoreError::WrongOffset`] unless it begins where the upload ends, [`StoreError::UploadBusy`] while
    /// another piece is written, [`StoreError::UploadSealed`] after [`Store::upload_finish`].
    pub fn upload_writer(
        &self,
        id: UploadId,
        offset: u64,
        bytes_max: u64,
        keep: Keep,
    ) -> Result<Appending, StoreError> {
        self.inner.ranks.first().check_trust()?;
        let taken = self.inner.uploads.take(id)?;
        let opened = (|| {
            let (mark, sealed) = self.durable(id, taken.is_some())?;
            if sealed {
                return Err(StoreError::UploadSealed { id });
            }
            if mark.bytes != offset {
                return Err(StoreError::WrongOffset { id, at: mark.bytes, given: offset });
            }
            let progress = self.progress(id, taken.clone(), mark)?;
            Appending::open(self, id, progress, bytes_max, keep)
        })();
        if opened.is_err() {
            self.inner.uploads.give_back(id, taken);
        }
        opened
    }

    /// Makes the upload a blob: durable under its hash. The upload stays, sealed, until
    /// [`Store::upload_remove`], which the caller does after its commit; asked again, this answers the same.
    /// (File systems without hard links move the bytes instead: there the upload is gone afterwards.)
    pub fn upload_finish(&self, id: UploadId) -> Result<Received, StoreError> {
        self.inner.ranks.first().check_trust()?;
        let taken = self.inner.uploads.take(id)?;
        let mut kept = taken.clone();
        let finished = (|| {
            let (mark, _) = self.durable(id, taken.is_some())?;
            let bytes = mark.bytes;
            let progress = self.progress(id, taken, mark)?;
            let hash = progress.tree.hash();
            kept = Some(progress);
            let already_there = self.name_blob(id, hash, bytes)?;
            self.inner.ranks.first().settle(&[hash]).map_err(|failure| failure.to_error())?;
            Ok(Received { hash, bytes, already_there })
        })();
        self.inner.uploads.give_back(id, kept);
        finished
    }

    /// Ends an upload, finished or not, and answers whether there was one.
    pub fn upload_remove(&self, id: UploadId) -> Result<bool, StoreError> {
        self.inner.uploads.take(id)?;
        let mut was_there = false;
        // The bytes first: marks alone are no upload, and `uploads_untouched_since` finds them too.
        for path in [self.path(&StoreKey::Upload(id)), self.marks_path(id), self.seal_path(id)] {
            match fs::remove_file(&path) {
                Ok(()) => was_there = true,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    self.inner.uploads.give_back(id, None);
                    return Err(StoreError::io("remove", &path, error));
                }
            }
        }
        self.inner.uploads.give_back(id, None);
        Ok(was_there)
    }

    /// Uploads to which nothing was added since `before`, for expiry.
    pub fn uploads_untouched_since(&self, before: Instant) -> Result<Vec<UploadId>, StoreError> {
        let folder = self.inner.root.join(UPLOADS);
        let listing = |error| StoreError::io("list", &folder, error);
        let mut touched: BTreeMap<UploadId, Instant> = BTreeMap::new();
        for entry in fs::read_dir(&folder).map_err(listing)? {
            let entry = entry.map_err(listing)?;
            let name = entry.file_name();
            let name = name.to_str().unwrap_or_default();
            let Ok(id) = name.strip_suffix(MARKS_SUFFIX).unwrap_or(name).parse::<UploadId>() else {
                continue;
            };
            // Removed since it was listed.
            let Ok(there) = entry.metadata() else { continue };
            let micros = there.mtime().saturating_mul(1_000_000).saturating_add(there.mtime_nsec() / 1_000);
            let latest = touched.entry(id).or_insert(Instant::from_micros(micros));
            *latest = Instant::from_micros(micros).max(*latest);
        }
        Ok(touched.into_iter().filter(|(_, latest)| *latest < before).map(|(id, _)| id).collect())
    }

    fn marks_path(&self, id: UploadId) -> PathBuf {
        self.inner.root.join(UPLOADS).join(format!("{id}{MARKS_SUFFIX}"))
    }

    fn seal_path(&self, id: UploadId) -> PathBuf {
        self.inner.root.join(UPLOADS).join(format!("{id}{SEAL_SUFFIX}"))
    }

    /// The last mark, and whether the file has become a blob. `is_known`: memory says where the upload stands, so that
    /// the mark is surely written.
    fn durable(&self, id: UploadId, is_known: bool) -> Result<(Mark, bool), StoreError> {
        let key = StoreKey::Upload(id);
        let path = self.path(&key);
        let there = fs::metadata(&path).map_err(|error| StoreError::reading("measure", key, &path, error))?;
        let marks_path = self.marks_path(id);
        let marks =
            Marks::open(&marks_path, is_known).map_err(|error| StoreError::io("read", &marks_path, error))?;
        let mark = marks.last().clone();
        if there.nlink() > 1 || self.seal_path(id).exists() {
            return Ok((Mark { bytes: there.len(), ..mark }, true));
        }
        if mark.bytes > there.len() {
            // Cut short behind our back: the hash is computed again from what is left.
            return Ok((Mark { bytes: there.len(), ..Mark::default() }, false));
        }
        Ok((mark, false))
    }

    /// The progress at a mark: what memory knew, if it was that, else by the mark and the bytes after its blocks.
    fn progress(&self, id: UploadId, taken: Option<Progress>, mark: Mark) -> Result<Progress, StoreError> {
        if let Some(progress) = taken.filter(|progress| progress.bytes == mark.bytes) {
            return Ok(progress);
        }
        let path = self.path(&StoreKey::Upload(id));
        hash_on(&path, mark).map_err(|error| StoreError::io("read", &path, error))
    }

    /// Gives the bytes of an upload their name among the blobs; answers whether another file had it.
    fn name_blob(&self, id: UploadId, hash: ContentHash, bytes: u64) -> Result<bool, StoreError> {
        let upload = self.path(&StoreKey::Upload(id));
        let seal = self.seal_path(id);
        if let Some(already_there) = read_seal(&seal)
            && self.inner.ranks.first().length(hash).is_ok_and(|there| there == bytes)
        {
            return Ok(already_there);
        }
        trim(&upload, bytes).map_err(|error| StoreError::io("shorten", &upload, error))?;
        let spare = self.inner.session.incoming_path();
        let adopted = self.inner.ranks.first().adopt(&Staged::plain(&upload, hash, bytes), &spare)?;
        if !adopted.is_linked {
            let failed = |error| StoreError::io("seal", &upload, error);
            write_seal(&seal, &spare, adopted.already_there).map_err(failed)?;
        }
        Ok(adopted.already_there)
    }
}

/// A seal stands where the blob lies elsewhere: the upload is finished, and whether its bytes were there before.
fn read_seal(path: &Path) -> Option<bool> {
    fs::read(path).ok().map(|words| words == SEAL_KNOWN)
}

fn write_seal(path: &Path, spare: &Path, already_there: bool) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(spare)?;
    file.write_all(if already_there { SEAL_KNOWN } else { SEAL_NEW })?;
    file.sync_all()?;
    fs::rename(spare, path)?;
    sync_folder(path.parent().expect("a seal lies in uploads/"))
}

/// Cuts off what an interrupted piece left past the durable bytes.
fn trim(path: &Path, bytes: u64) -> io::Result<()> {
    let file = OpenOptions::new().write(true).open(path)?;
    if file.metadata()?.len() > bytes {
        file.set_len(bytes)?;
        file.sync_all()?;
    }
    Ok(())
}

/// The progress at a mark, from the whole blocks that it tells the hash of and the bytes after them.
fn hash_on(path: &Path, mark: Mark) -> io::Result<Progress> {
    let mut progress = Progress { bytes: mark.trunk.bytes(), tree: Tree::after(mark.trunk) };
    let mut file = File::open(path)?;
    file.seek(io::SeekFrom::Start(progress.bytes))?;
    let mut file = file.take(mark.bytes.saturating_sub(progress.bytes));
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => progress.take(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    if progress.bytes == mark.bytes { Ok(progress) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}
