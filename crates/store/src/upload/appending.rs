//! One piece of an upload on its way to the disk.

use std::{
    fs::{File, OpenOptions},
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
};

use damask_model::UploadId;

use super::{Marks, Progress};
use crate::{Store, StoreError, StoreKey};

/// After so many bytes of a long piece what is there is made durable, so that a killed server loses no more.
pub const UPLOAD_MARK_EVERY_BYTES: u64 = 16 << 20;

/// What becomes of a piece that is interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// What has come is kept; the sender goes on from there.
    AsItComes,
    /// Nothing is kept unless [`Appending::finish`] is reached: for a piece with a checksum, which is known
    /// to be good only when it is whole.
    WhenFinished,
}

/// Writes one piece of an upload. No other piece of it is taken until this is finished or dropped.
#[derive(Debug)]
pub struct Appending {
    store: Store,
    id: UploadId,
    path: PathBuf,
    file: File,
    marks: Marks,
    /// The last durable point.
    durable: Progress,
    /// What was written and hashed.
    written: Progress,
    bytes_max: u64,
    keep: Keep,
    ended: bool,
}

impl Appending {
    pub(super) fn open(
        store: &Store,
        id: UploadId,
        progress: Progress,
        bytes_max: u64,
        keep: Keep,
    ) -> Result<Self, StoreError> {
        let path = store.path(&StoreKey::Upload(id));
        let failed = |error| StoreError::io("open", &path, error);
        let file = OpenOptions::new().write(true).open(&path).map_err(failed)?;
        let marks = Marks::open(&store.marks_path(id)).map_err(failed)?;
        store.inner.uploads.note_durable(id, progress.bytes);
        let (store, durable) = (store.clone(), progress.clone());
        Ok(Self { store, id, path, file, marks, durable, written: progress, bytes_max, keep, ended: false })
    }

    /// Appends bytes. After [`StoreError::TooLarge`] or [`StoreError::Full`] what came before still stands.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        if self.written.bytes.saturating_add(bytes.len() as u64) > self.bytes_max {
            return Err(StoreError::TooLarge { bytes_max: self.bytes_max });
        }
        self.file
            .write_all_at(bytes, self.written.bytes)
            .map_err(|error| StoreError::io("write", &self.path, error))?;
        self.wrote(bytes)
    }

    /// These bytes stand in the file where it ended.
    pub(super) fn wrote(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        let length = self.written.bytes + bytes.len() as u64;
        self.written.hasher.update(bytes);
        self.written.bytes = length;
        if self.keep == Keep::AsItComes && length - self.durable.bytes >= UPLOAD_MARK_EVERY_BYTES {
            self.make_durable()?;
        }
        Ok(())
    }

    /// Bytes of the whole upload until now, durable or not.
    pub fn offset(&self) -> u64 {
        self.written.bytes
    }

    /// Those of them that are durable.
    pub(super) fn durable(&self) -> u64 {
        self.durable.bytes
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the piece durable and answers where the upload now ends.
    pub fn finish(mut self) -> Result<u64, StoreError> {
        self.ended = true;
        let ended = self.make_durable();
        self.release(ended.is_ok());
        ended.map(|()| self.durable.bytes)
    }

    fn make_durable(&mut self) -> Result<(), StoreError> {
        if self.written.bytes == self.durable.bytes {
            return Ok(());
        }
        let failed = |error| StoreError::io("make durable", &self.path, error);
        self.file.sync_data().map_err(failed)?;
        self.marks.add(self.written.bytes).map_err(failed)?;
        self.durable = self.written.clone();
        self.store.inner.uploads.note_durable(self.id, self.durable.bytes);
        Ok(())
    }

    /// Lets others at the upload; what memory knows is forgotten when the disk may know otherwise.
    fn release(&self, sure: bool) {
        self.store.inner.uploads.give_back(self.id, sure.then(|| self.durable.clone()));
    }
}

impl Drop for Appending {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        let kept = match self.keep {
            Keep::AsItComes => self.make_durable(),
            Keep::WhenFinished => Ok(()),
        };
        if let Err(error) = &kept {
            tracing::warn!(upload.id = %self.id, %error, "part of an interrupted upload is lost");
        }
        self.release(kept.is_ok());
    }
}
