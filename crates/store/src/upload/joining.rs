//! One upload of several: parts that were sent beside one another become one file, in their order.
//!
//! The first part's file becomes the whole's by its name; the bytes of the others are shared with it where the file
//! system can (`copy_file_range`), else copied. What of it is durable is marked on the way, and a part all of whose
//! bytes are is given up then: the room that a join takes is that of its longest part. Killed at any step, a join that
//! is asked for again goes on.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::{FileExt as _, OpenOptionsExt as _},
};

use damask_model::UploadId;

use super::{
    BUFFER_BYTES, Mark, Marks, Progress,
    desk::{Desk, UPLOAD_MARK_EVERY_BYTES},
};
use crate::{Store, StoreError, StoreKey, durable::sync_folder, incoming::FILE_MODE, key::UPLOADS};

/// A whole part of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The upload it came by.
    pub id: UploadId,
    /// Its length.
    pub bytes: u64,
}

impl Store {
    /// Makes upload `id` of these parts and answers its length when all of it is durable. It is finished as any other.
    ///
    /// [`StoreError::UploadBusy`] while somebody writes to it or to a part, [`StoreError::Missing`] where a part is not
    /// there, [`StoreError::WrongOffset`] where one has other bytes than is said.
    pub fn upload_join(&self, id: UploadId, parts: &[Part]) -> Result<u64, StoreError> {
        self.inner.ranks.first().check_trust()?;
        let whole = parts.iter().map(|part| part.bytes).sum();
        let mut kept = self.inner.uploads.take(id)?;
        let opened = (|| {
            self.name_joined(id, parts, &mut kept)?;
            let (mark, sealed) = self.durable(id, kept.is_some())?;
            if sealed || mark.bytes == whole {
                return Ok(None);
            }
            let progress = self.progress(id, kept.clone(), mark)?;
            Desk::open(self, id, progress).map(Some)
        })();
        match opened {
            Ok(Some(desk)) => self.join_parts(id, desk, parts)?,
            // Whole already.
            Ok(None) => self.inner.uploads.give_back(id, kept),
            Err(error) => {
                self.inner.uploads.give_back(id, kept);
                return Err(error);
            }
        }
        for part in parts {
            self.give_up(part);
        }
        Ok(whole)
    }

    /// The first part's file becomes the whole's. The mark comes before the name: a name without it would have no
    /// durable bytes, and the part would be lost.
    fn name_joined(
        &self,
        id: UploadId,
        parts: &[Part],
        known: &mut Option<Progress>,
    ) -> Result<(), StoreError> {
        let path = self.path(&StoreKey::Upload(id));
        let failed = |error| StoreError::io("join", &path, error);
        if path.try_exists().map_err(failed)? {
            return Ok(());
        }
        let marks_path = self.marks_path(id);
        Marks::create(&marks_path, true).map_err(failed)?;
        let folder = self.inner.root.join(UPLOADS);
        let sync = || {
            sync_folder(&folder).map_err(|error| StoreError::io("make durable the folder", &folder, error))
        };
        let Some(first) = parts.first() else {
            OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(&path).map_err(failed)?;
            return sync();
        };
        let hashed = self.inner.uploads.take(first.id)?;
        let moved = (|| {
            let mark = self.check_part(first)?;
            let mut marks = Marks::open(&marks_path, false).map_err(failed)?;
            marks.write(mark).and_then(|()| marks.settle()).map_err(failed)?;
            sync()?;
            fs::rename(self.path(&StoreKey::Upload(first.id)), &path).map_err(failed)?;
            sync()
        })();
        *known = hashed.clone().filter(|_| moved.is_ok());
        self.inner.uploads.give_back(first.id, hashed.filter(|_| moved.is_err()));
        moved
    }

    /// Only a part that has all its bytes is joined.
    fn check_part(&self, part: &Part) -> Result<Mark, StoreError> {
        match self.durable(part.id, false)? {
            (mark, _) if mark.bytes == part.bytes => Ok(mark),
            (mark, _) => Err(StoreError::WrongOffset { id: part.id, at: mark.bytes, given: part.bytes }),
        }
    }

    fn join_parts(&self, id: UploadId, mut desk: Desk, parts: &[Part]) -> Result<(), StoreError> {
        let joined = self.lay_parts(&mut desk, parts);
        // What was joined until an error stays so.
        let durable = desk.make_durable();
        self.inner.uploads.give_back(id, durable.is_ok().then(|| desk.durable().clone()));
        joined.and(durable)
    }

    fn lay_parts(&self, desk: &mut Desk, parts: &[Part]) -> Result<(), StoreError> {
        let mut end = 0;
        let mut given_up = 0;
        let mut ends = Vec::new();
        for part in parts {
            end += part.bytes;
            ends.push(end);
            if end <= desk.laid().bytes {
                continue;
            }
            self.check_part(part)?;
            let path = self.path(&StoreKey::Upload(part.id));
            let file = File::open(&path)
                .map_err(|error| StoreError::reading("open", StoreKey::Upload(part.id), &path, error))?;
            let from = part.bytes - (end - desk.laid().bytes);
            lay_file(desk, &file, from, part.bytes)?;
            while ends.get(given_up).is_some_and(|end| *end <= desk.settled_bytes()) {
                self.give_up(&parts[given_up]);
                given_up += 1;
            }
        }
        Ok(())
    }

    /// Its bytes are the whole's. What cannot be removed now takes room until the whole is removed.
    fn give_up(&self, part: &Part) {
        if let Err(error) = self.upload_remove(part.id) {
            tracing::warn!(upload.id = %part.id, %error, "a part that was joined cannot be removed");
        }
    }
}

/// Appends the bytes of another file from `from` to `to`. The file system is asked to share them; they are read for the
/// hash either way.
fn lay_file(desk: &mut Desk, source: &File, from: u64, to: u64) -> Result<(), StoreError> {
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut at = from;
    while at < to {
        let stride = (to - at).min(UPLOAD_MARK_EVERY_BYTES);
        let shared = share(desk, source, at, stride)?;
        let end = at + stride;
        while at < end {
            let count = usize::try_from(end - at).unwrap_or(BUFFER_BYTES).min(BUFFER_BYTES);
            let piece = &mut buffer[..count];
            source
                .read_exact_at(piece, at)
                .map_err(|error| StoreError::io("read for", desk.path(), error))?;
            let mut after = desk.laid().clone();
            after.take(piece);
            if shared {
                desk.lies(after);
            } else {
                desk.lay(piece, after)?;
            }
            desk.mark_when_due()?;
            at += count as u64;
        }
    }
    Ok(())
}

/// Whether the file system put these bytes there. A full disk is told, anything else is left to a plain copy.
fn share(desk: &Desk, source: &File, from: u64, bytes: u64) -> Result<bool, StoreError> {
    let (mut from, mut to, mut left) = (from, desk.laid().bytes, bytes);
    while left > 0 {
        let length = usize::try_from(left).unwrap_or(usize::MAX);
        match rustix::fs::copy_file_range(source, Some(&mut from), desk.file(), Some(&mut to), length) {
            Ok(0) => return Ok(false),
            Ok(count) => left -= count as u64,
            Err(rustix::io::Errno::INTR) => {}
            Err(error @ (rustix::io::Errno::NOSPC | rustix::io::Errno::DQUOT)) => {
                return Err(StoreError::io("write", desk.path(), io::Error::from(error)));
            }
            Err(_) => return Ok(false),
        }
    }
    Ok(true)
}
