//! Encryption at rest: an engine over another one, whose blobs are encrypted where they lie and are read by ranges all
//! the same.
//!
//! Envelope encryption: bytes are encrypted with a *data key* that is made when the place is begun; the data key lies
//! beside the blobs, wrapped by the key that the person keeps ([`envelope`]). Blobs keep their names, which are hashes
//! of what they hold, so that whoever reads the disk can still tell whether a file they know is among them.
//!
//! What is lent to decoders, and what is on its way in, is in the clear in the local folder for as long as it takes.

mod begin;
mod envelope;
mod format;
mod opened;

use std::{
    fs::{File, OpenOptions},
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    sync::Arc,
};

pub(crate) use begin::{Rewrap, begin, rewrap};
use damask_model::{ByteSource, ContentHash};
pub(crate) use envelope::DataKey;
pub(crate) use format::Subject;
pub(crate) use opened::{Broken, Opened};

use crate::{
    Capabilities, Found, Lent, StoreError, StoreKey, Stored,
    cache::Cache,
    durable::SyncFailure,
    engine::{Adopted, Engine, Need, Note, Placed, Staged, Walk},
    incoming::FILE_MODE,
    parallel::SYNC_THREADS_MAX,
    scratch::Temp,
    session::Session,
    turns::Turns,
};

/// Bytes written at a time.
const BUFFER_BYTES: usize = 1 << 20;

/// Blobs that are encrypted before another engine gets them.
#[derive(Debug)]
pub(crate) struct Encrypted {
    within: Arc<dyn Engine>,
    key: DataKey,
    session: Arc<Session>,
    /// Decrypted files while they are lent, and no longer.
    lent: Arc<Cache>,
    turns: Turns,
}

/// An encrypted copy of a staged file, with what the engine within is to know of it.
struct Copy {
    temp: Temp,
    content: ContentHash,
    bytes: u64,
}

impl Encrypted {
    fn new(within: Arc<dyn Engine>, key: DataKey, session: Arc<Session>) -> Result<Self, StoreError> {
        let lent = Arc::new(Cache::open(Arc::clone(&session), 0)?);
        Ok(Self { within, key, session, lent, turns: Turns::default() })
    }

    /// Encrypts a file whose bytes must be what they are called.
    fn copy(&self, staged: &Staged<'_>) -> Result<Copy, StoreError> {
        let temp = Temp(self.session.incoming_path());
        let source = File::open(staged.path)
            .map_err(|error| StoreError::reading("read", StoreKey::Blob(staged.name), staged.path, error))?;
        let made = self.key.encrypt_file(Subject::blob(staged.name), source, &temp.0);
        let made = made.map_err(|error| StoreError::io("encrypt", &temp.0, error))?;
        staged.check(&made.plain)?;
        if self.within.needs(staged.name, made.bytes) == Need::Synced {
            made.file.sync_all().map_err(|error| StoreError::io("make durable", &temp.0, error))?;
        }
        Ok(Copy { temp, content: ContentHash::from(made.encrypted.finalize()), bytes: made.bytes })
    }

    fn decrypted(&self, hash: ContentHash, stored: Stored) -> Result<Stored, StoreError> {
        let opened = Opened::new(stored, &[&self.key], Subject::blob(hash));
        opened.map(Stored::encrypted).map_err(|error| StoreError::of_read(StoreKey::Blob(hash), error))
    }

    fn pinned(&self, hash: ContentHash) -> Option<Lent> {
        self.lent.pin(hash).map(|(path, pin)| Lent::fetched(path, pin))
    }
}

impl Copy {
    fn staged(&self, name: ContentHash) -> Staged<'_> {
        Staged { path: &self.temp.0, name, content: self.content, bytes: self.bytes }
    }
}

impl Engine for Encrypted {
    fn check_trust(&self) -> Result<(), StoreError> {
        self.within.check_trust()
    }

    fn try_out(&self) -> Result<(), StoreError> {
        self.within.try_out()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { encrypted: true, ..self.within.capabilities() }
    }

    fn needs(&self, hash: ContentHash, bytes: u64) -> Need {
        match self.within.needs(hash, format::encrypted_bytes(bytes)) {
            Need::Nothing => Need::Nothing,
            Need::Written | Need::Synced => Need::Written,
        }
    }

    /// Each is encrypted and mostly waits for the disk.
    fn places_at_once(&self) -> usize {
        SYNC_THREADS_MAX
    }

    fn place(&self, staged: &Staged<'_>) -> Result<Placed, StoreError> {
        let copy = self.copy(staged)?;
        let placed = self.within.place(&copy.staged(staged.name))?;
        Ok(Placed { taken: false, ..placed })
    }

    fn adopt(&self, upload: &Staged<'_>, _: &Path) -> Result<Adopted, StoreError> {
        let Placed { already_there, .. } = self.place(upload)?;
        self.within.settle(&[upload.name]).map_err(|failure| failure.to_error())?;
        Ok(Adopted { already_there, is_linked: false })
    }

    fn keep_copy(&self, from: &Staged<'_>) -> Result<(), StoreError> {
        self.lent.forget(from.name);
        let copy = self.copy(from)?;
        self.within.keep_copy(&copy.staged(from.name))
    }

    fn settle(&self, hashes: &[ContentHash]) -> Result<(), SyncFailure> {
        self.within.settle(hashes)
    }

    fn length(&self, hash: ContentHash) -> Result<u64, StoreError> {
        Ok(format::plain_bytes(self.within.length(hash)?).unwrap_or(0))
    }

    fn open(&self, hash: ContentHash) -> Result<Stored, StoreError> {
        self.decrypted(hash, self.within.open(hash)?)
    }

    fn open_long(&self, hash: ContentHash) -> Result<Stored, StoreError> {
        self.decrypted(hash, self.within.open_long(hash)?)
    }

    fn lend(&self, hash: ContentHash) -> Result<Lent, StoreError> {
        if let Some(lent) = self.pinned(hash) {
            return Ok(lent);
        }
        let _turn = self.turns.take(hash);
        // Whoever had the turn before may have decrypted it.
        if let Some(lent) = self.pinned(hash) {
            return Ok(lent);
        }
        let temp = Temp(self.session.incoming_path());
        let bytes = write_out(&self.open_long(hash)?, StoreKey::Blob(hash), &temp.0)?;
        let kept = self.lent.keep_pinned(&temp.0, hash, bytes);
        let (path, pin) = kept.map_err(|error| StoreError::io("keep", &temp.0, error))?;
        Ok(Lent::fetched(path, pin))
    }

    fn open_there(&self, hash: ContentHash) -> Result<Stored, StoreError> {
        self.decrypted(hash, self.within.open_there(hash)?)
    }

    fn check_there(&self) -> Result<(), StoreError> {
        self.within.check_there()
    }

    fn remove(&self, hash: ContentHash) -> Result<bool, StoreError> {
        self.lent.forget(hash);
        self.within.remove(hash)
    }

    fn walk(&self) -> Walk {
        Box::new(self.within.walk().map(|found| match found {
            Ok(Found::Blob { hash, bytes }) => {
                Ok(Found::Blob { hash, bytes: format::plain_bytes(bytes).unwrap_or(0) })
            }
            other => other,
        }))
    }

    fn note(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.within.note(name)
    }

    fn leave_note(&self, name: &str, text: &str, note: Note) -> Result<(), StoreError> {
        self.within.leave_note(name, text, note)
    }

    fn data_key(&self) -> Option<&DataKey> {
        Some(&self.key)
    }
}

/// Writes all of it into the new file `to`, in the clear; answers how many bytes.
pub(crate) fn write_out(stored: &Stored, key: StoreKey, to: &Path) -> Result<u64, StoreError> {
    let failed = |error| StoreError::io("write", to, error);
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(to).map_err(failed)?;
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut at = 0;
    while at < stored.len() {
        let count = stored.read_at(at, &mut buffer).map_err(|error| StoreError::of_read(key, error))?;
        if count == 0 {
            break;
        }
        file.write_all(&buffer[..count]).map_err(failed)?;
        at += count as u64;
    }
    Ok(at)
}
