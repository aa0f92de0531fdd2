//! Files of any name in a bucket, for backup repositories: sent as they are read, without a file on this machine.

use std::{io::Read, ops::Range};

use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _};
use object_store::{
    MultipartUpload, ObjectStore as _, ObjectStoreExt as _, PutMode, PutOptions, PutPayload, path::Path,
};

use super::{Remote, place::WHOLE_BYTES_MAX};
use crate::{Refusal, RepositoryError, StoreError, Way, engine::Note};

/// Pieces grow each time so many were sent, so that ten thousand of them hold terabytes.
const PIECES_OF_ONE_LENGTH: u64 = 1_000;

/// Longest text that is read.
const NOTE_BYTES_MAX: u64 = 64 << 10;

impl Remote {
    /// Puts a file over what was there. Where `bytes` ends in an error nothing is put.
    pub(crate) fn put_named(&self, name: &str, bytes: &mut dyn Read) -> Result<(), RepositoryError> {
        let path = self.below_prefix(name);
        let first = piece(bytes, WHOLE_BYTES_MAX)?;
        if (first.len() as u64) < WHOLE_BYTES_MAX {
            let put = self.wait(self.store().put(&path, PutPayload::from(first)));
            return put.map(drop).map_err(|error| self.failed("put", error).into());
        }
        let mut upload = self
            .wait(self.store().put_multipart(&path))
            .map_err(|error| self.failed("begin to put", error))?;
        let sent = self.put_in_pieces(upload.as_mut(), first, bytes).and_then(|()| {
            let ended = self.wait(upload.complete());
            ended.map(drop).map_err(|error| self.failed("put", error).into())
        });
        if sent.is_err()
            && let Err(error) = self.wait(upload.abort())
        {
            tracing::warn!(name, %error, "the pieces of a file that was not put cannot be removed");
        }
        sent
    }

    fn put_in_pieces(
        &self,
        upload: &mut dyn MultipartUpload,
        first: Vec<u8>,
        bytes: &mut dyn Read,
    ) -> Result<(), RepositoryError> {
        let mut next = first;
        for number in 1.. {
            let sent = self.wait(upload.put_part(PutPayload::from(next)));
            sent.map_err(|error| RepositoryError::from(self.failed("put", error)))?;
            next = piece(bytes, WHOLE_BYTES_MAX * (1 + number / PIECES_OF_ONE_LENGTH))?;
            if next.is_empty() {
                break;
            }
        }
        Ok(())
    }

    /// How long a file is; `None` where there is none.
    pub(crate) fn named_length(&self, name: &str) -> Result<Option<u64>, StoreError> {
        match self.wait(self.store().head(&self.below_prefix(name))) {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.failed("look for a file", error)),
        }
    }

    /// Part of a file.
    pub(crate) fn named_range(&self, name: &str, range: Range<u64>) -> Result<Bytes, StoreError> {
        let read = self.wait(self.store().get_range(&self.below_prefix(name), range));
        read.map_err(|error| self.failed("read", error))
    }

    /// The files below a folder by the last part of their names, with their lengths.
    pub(crate) fn named_below(&self, folder: &str) -> Result<Vec<(String, u64)>, StoreError> {
        let listed: Result<Vec<_>, _> =
            self.wait(self.store().list(Some(&self.below_prefix(folder))).try_collect());
        let listed = listed.map_err(|error| self.failed("list", error))?;
        let name = |path: &Path| path.filename().unwrap_or_default().to_owned();
        Ok(listed.into_iter().map(|meta| (name(&meta.location), meta.size)).collect())
    }

    /// A short text; `None` where there is none.
    pub(super) fn note(&self, name: &str) -> Result<Option<String>, StoreError> {
        let spoilt = || self.refused("read", Refusal::Spoilt, format!("{name} is not what was left there"));
        let read = self.wait(async {
            let found = self.store().get(&self.below_prefix(name)).await?;
            if found.meta.size > NOTE_BYTES_MAX { Ok(None) } else { found.bytes().await.map(Some) }
        });
        match read {
            Ok(Some(bytes)) => Ok(Some(String::from_utf8(bytes.into()).map_err(|_| spoilt())?)),
            Ok(None) => Err(spoilt()),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.failed("read", error)),
        }
    }

    /// Leaves a text.
    pub(super) fn leave_note(&self, name: &str, text: &str, note: Note) -> Result<(), StoreError> {
        let put = PutPayload::from(text.to_owned());
        let mode = match (note, self.capabilities().create_only) {
            (Note::New, Way::Native) => PutMode::Create,
            _ => PutMode::Overwrite,
        };
        match self.wait(self.store().put_opts(&self.below_prefix(name), put, PutOptions::from(mode))) {
            Ok(_) | Err(object_store::Error::AlreadyExists { .. }) => Ok(()),
            Err(error) => Err(self.failed("put", error)),
        }
    }

    /// Removes a file and answers whether there was one.
    pub(crate) fn remove_named(&self, name: &str) -> Result<bool, StoreError> {
        if self.named_length(name)?.is_none() {
            return Ok(false);
        }
        let removed = self.wait(self.store().delete(&self.below_prefix(name)));
        removed.map(|()| true).map_err(|error| self.failed("remove", error))
    }

    /// Whether nothing lies below the prefix.
    pub(crate) fn has_nothing(&self) -> Result<bool, StoreError> {
        let prefix = Path::from(self.prefix());
        match self.wait(self.store().list(Some(&prefix)).next()) {
            None => Ok(true),
            Some(Ok(_)) => Ok(false),
            Some(Err(error)) => Err(self.failed("list", error)),
        }
    }
}

/// Up to so many bytes; fewer only at the end.
fn piece(bytes: &mut dyn Read, bytes_max: u64) -> Result<Vec<u8>, RepositoryError> {
    let mut piece = Vec::new();
    bytes.take(bytes_max).read_to_end(&mut piece).map_err(RepositoryError::Source)?;
    Ok(piece)
}
