//! Where the bytes of one upload are put down: its file, and the marks of how much of it is durable.

use std::{
    fs::{File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use damask_model::UploadId;

use super::{Mark, Marks, Progress};
use crate::{Store, StoreError, StoreKey, direct::Lane};

/// After so many bytes of a long piece what is there is made durable, so that a killed server loses no more.
pub const UPLOAD_MARK_EVERY_BYTES: u64 = 16 << 20;

/// Marks of one piece between two that are surely written, so that a power cut loses no more than these.
const MARKS_UNSETTLED_MAX: u32 = 4;

/// The file of an upload that one piece is written to.
#[derive(Debug)]
pub(super) struct Desk {
    store: Store,
    id: UploadId,
    path: PathBuf,
    file: File,
    lane: Lane,
    marks: Marks,
    /// The kernel tells of a lost write once: a sync that succeeds after one that failed proves nothing.
    is_lost: bool,
    unsettled: u32,
    /// Bytes that a mark tells of which no power cut can take away.
    settled_bytes: u64,
    /// The last durable point.
    durable: Progress,
    /// What lies in the file.
    laid: Progress,
}

impl Desk {
    pub(super) fn open(store: &Store, id: UploadId, progress: Progress) -> Result<Self, StoreError> {
        let path = store.path(&StoreKey::Upload(id));
        let failed = |error| StoreError::io("open", &path, error);
        let file = OpenOptions::new().write(true).open(&path).map_err(failed)?;
        let marks = Marks::open(&store.marks_path(id), true).map_err(failed)?;
        store.inner.uploads.note_durable(id, progress.bytes);
        let (store, settled_bytes, lane) = (store.clone(), progress.bytes, Lane::new());
        let durable = progress.clone();
        let (is_lost, unsettled, laid) = (false, 0, progress);
        Ok(Self { store, id, path, file, lane, marks, is_lost, unsettled, settled_bytes, durable, laid })
    }

    /// Puts bytes where those before end; with them the upload is at `after`.
    pub(super) fn lay(&mut self, bytes: &[u8], after: Progress) -> Result<(), StoreError> {
        self.lane
            .write_all_at(&self.file, bytes, self.laid.bytes)
            .map_err(|error| StoreError::io("write", &self.path, error))?;
        self.lies(after);
        Ok(())
    }

    /// Bytes up to `after` stand in the file, whoever put them there.
    pub(super) fn lies(&mut self, after: Progress) {
        self.laid = after;
    }

    /// What lies in the file, durable or not.
    pub(super) const fn laid(&self) -> &Progress {
        &self.laid
    }

    /// The last durable point.
    pub(super) const fn durable(&self) -> &Progress {
        &self.durable
    }

    /// Bytes that are durable and surely known to be.
    pub(super) const fn settled_bytes(&self) -> u64 {
        self.settled_bytes
    }

    pub(super) const fn file(&self) -> &File {
        &self.file
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes durable what lies there, once it has become much.
    pub(super) fn mark_when_due(&mut self) -> Result<(), StoreError> {
        if self.laid.bytes - self.durable.bytes < UPLOAD_MARK_EVERY_BYTES {
            return Ok(());
        }
        self.mark()?;
        self.unsettled += 1;
        if self.unsettled >= MARKS_UNSETTLED_MAX { self.settle() } else { Ok(()) }
    }

    /// Returns when all that lies there is durable, and surely known to be.
    pub(super) fn make_durable(&mut self) -> Result<(), StoreError> {
        if self.laid.bytes != self.durable.bytes {
            self.mark()?;
        }
        self.settle()
    }

    fn mark(&mut self) -> Result<(), StoreError> {
        let failed = |error| StoreError::io("make durable", &self.path, error);
        if self.is_lost {
            return Err(failed(io::Error::other("an earlier write to it was lost")));
        }
        self.is_lost = true;
        self.file.sync_data().map_err(failed)?;
        self.is_lost = false;
        let mark = Mark { bytes: self.laid.bytes, trunk: self.laid.tree.trunk().clone() };
        self.marks.write(mark).map_err(failed)?;
        self.durable = self.laid.clone();
        Ok(())
    }

    fn settle(&mut self) -> Result<(), StoreError> {
        self.unsettled = 0;
        self.marks.settle().map_err(|error| StoreError::io("make durable", &self.path, error))?;
        self.settled_bytes = self.durable.bytes;
        self.store.inner.uploads.note_durable(self.id, self.settled_bytes);
        Ok(())
    }
}
