//! One piece of an upload on its way to the disk: hashed as it comes, laid down behind (see behind.rs) where it is long.

use std::{io, path::PathBuf};

use damask_model::UploadId;

use super::{Progress, behind::Behind, desk::Desk};
use crate::{
    Store, StoreError, StoreKey,
    direct::{PIECE_BYTES, Piece},
};

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
    /// What was taken and hashed.
    taken: Progress,
    /// Bytes that are not handed over yet, and how many they are.
    room: Option<Piece>,
    filled: usize,
    line: Line,
    bytes_max: u64,
    keep: Keep,
    ended: bool,
}

/// Who lays the bytes down.
#[derive(Debug)]
enum Line {
    /// Whoever brings them: they are few until now.
    Here(Box<Desk>),
    /// A thread.
    Behind(Behind),
    /// Nobody any more; the desk where there still is one.
    Broken(Option<Box<Desk>>),
}

impl Appending {
    pub(super) fn open(
        store: &Store,
        id: UploadId,
        progress: Progress,
        bytes_max: u64,
        keep: Keep,
    ) -> Result<Self, StoreError> {
        let line = Line::Here(Box::new(Desk::open(store, id, progress.clone())?));
        let (store, taken) = (store.clone(), progress);
        Ok(Self { store, id, taken, room: None, filled: 0, line, bytes_max, keep, ended: false })
    }

    /// Appends bytes. After [`StoreError::TooLarge`] what came before still stands, and after [`StoreError::Full`] as
    /// much of it as found room. What the disk says of these bytes may be told with later ones.
    pub fn write(&mut self, mut bytes: &[u8]) -> Result<(), StoreError> {
        if self.taken.bytes.saturating_add(bytes.len() as u64) > self.bytes_max {
            return Err(StoreError::TooLarge { bytes_max: self.bytes_max });
        }
        while !bytes.is_empty() {
            // Pieces end where the disk likes them to, wherever the sender begins.
            let at = usize::try_from(self.taken.bytes % PIECE_BYTES as u64).unwrap_or(0);
            let room = self.room.get_or_insert_with(|| Piece::new(PIECE_BYTES));
            let (now, later) = bytes.split_at(bytes.len().min(PIECE_BYTES - at));
            room.bytes_mut()[self.filled..self.filled + now.len()].copy_from_slice(now);
            self.filled += now.len();
            self.taken.take(now);
            if self.taken.bytes.is_multiple_of(PIECE_BYTES as u64) {
                self.hand_over()?;
            }
            bytes = later;
        }
        Ok(())
    }

    /// Bytes of the whole upload until now, durable or not.
    pub const fn offset(&self) -> u64 {
        self.taken.bytes
    }

    /// Makes the piece durable and answers where the upload now ends.
    pub fn finish(mut self) -> Result<u64, StoreError> {
        self.end(true)
    }

    /// A whole piece goes to the disk, from the first one on by a thread.
    fn hand_over(&mut self) -> Result<(), StoreError> {
        let Some(piece) = self.room.take() else { return Ok(()) };
        let filled = std::mem::take(&mut self.filled);
        let mut behind = match std::mem::replace(&mut self.line, Line::Broken(None)) {
            Line::Here(desk) => Behind::start(*desk, self.keep == Keep::AsItComes)
                .map_err(|error| StoreError::io("start a thread for", &self.path(), error))?,
            Line::Behind(behind) => behind,
            Line::Broken(desk) => {
                self.line = Line::Broken(desk);
                return Err(self.broken());
            }
        };
        let empty = if behind.hand_over(piece, filled, self.taken.clone()) { behind.empty() } else { None };
        if empty.is_some() {
            (self.room, self.line) = (empty, Line::Behind(behind));
            return Ok(());
        }
        let (desk, worked) = behind.end();
        self.line = Line::Broken(Some(Box::new(desk)));
        worked.and(Err(self.broken()))
    }

    /// Lays down what is left and lets others at the upload. What is to be kept is durable then, as far as it came.
    fn end(&mut self, is_whole: bool) -> Result<u64, StoreError> {
        self.ended = true;
        let was_broken = matches!(self.line, Line::Broken(_));
        let (desk, laid) = self.lay_rest();
        let keeps = self.keep == Keep::AsItComes || (is_whole && !was_broken && laid.is_ok());
        let (durable, ended) = match desk {
            Some(mut desk) if keeps => match desk.make_durable() {
                Ok(()) => (Some(desk.durable().clone()), laid.map(|()| desk.durable().bytes)),
                // What memory knows is forgotten where the disk may know otherwise.
                Err(error) => (None, laid.and(Err(error))),
            },
            Some(desk) => (Some(desk.durable().clone()), laid.and(Err(self.broken()))),
            None => (None, Err(self.broken())),
        };
        self.store.inner.uploads.give_back(self.id, durable);
        ended
    }

    fn lay_rest(&mut self) -> (Option<Box<Desk>>, Result<(), StoreError>) {
        let rest = self.room.take().filter(|_| self.filled > 0);
        match std::mem::replace(&mut self.line, Line::Broken(None)) {
            Line::Here(mut desk) => {
                let laid =
                    rest.map_or(Ok(()), |rest| desk.lay(&rest.bytes()[..self.filled], self.taken.clone()));
                (Some(desk), laid)
            }
            Line::Behind(behind) => {
                if let Some(rest) = rest {
                    behind.hand_over(rest, self.filled, self.taken.clone());
                }
                let (desk, worked) = behind.end();
                (Some(Box::new(desk)), worked)
            }
            // Why was said when it broke.
            Line::Broken(desk) => (desk, Ok(())),
        }
    }

    fn broken(&self) -> StoreError {
        StoreError::io("finish", &self.path(), io::Error::other("an earlier write to it failed"))
    }

    fn path(&self) -> PathBuf {
        self.store.path(&StoreKey::Upload(self.id))
    }
}

impl Drop for Appending {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        let kept = self.end(false);
        if let Err(error) = kept
            && self.keep == Keep::AsItComes
        {
            tracing::warn!(upload.id = %self.id, %error, "part of an interrupted upload is lost");
        }
    }
}
