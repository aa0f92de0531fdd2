//! A repository in a bucket: each file is sent as it is read, and is nothing until the server has all of it.

use std::{
    io::{self, Read},
    sync::Arc,
};

use super::{
    RepositoryError,
    medium::{Medium, Opened},
};
use crate::{Bucket, StoreError, s3::Remote};

/// Files sent at the same time: most of a small one is waiting for the answer.
const PUTS_AT_ONCE: usize = 16;
/// Bytes asked for at once.
const BLOCK_BYTES: u64 = 8 << 20;

#[derive(Debug)]
pub(super) struct InBucket {
    remote: Arc<Remote>,
}

impl InBucket {
    pub(super) fn open(bucket: &Bucket) -> Result<Self, StoreError> {
        Ok(Self { remote: Arc::new(Remote::open(bucket)?) })
    }
}

impl Medium for InBucket {
    fn place(&self) -> String {
        format!("bucket {}", self.remote.place())
    }

    fn puts_at_once(&self) -> usize {
        PUTS_AT_ONCE
    }

    fn put(&self, name: &str, bytes: &mut dyn Read) -> Result<(), RepositoryError> {
        self.remote.put_named(name, bytes)
    }

    /// The server's word is what there is.
    fn settle(&self) -> Result<(), RepositoryError> {
        Ok(())
    }

    fn read(&self, name: &str) -> Result<Option<Opened>, RepositoryError> {
        let Some(bytes) = self.remote.named_length(name)? else { return Ok(None) };
        let remote = Arc::clone(&self.remote);
        let far = FarFile { remote, name: name.to_owned(), at: 0, bytes, block: bytes::Bytes::new() };
        Ok(Some((Box::new(far), bytes)))
    }

    fn list(&self, folder: &str) -> Result<Vec<(String, u64)>, RepositoryError> {
        Ok(self.remote.named_below(folder)?)
    }

    fn remove(&self, name: &str) -> Result<bool, RepositoryError> {
        Ok(self.remote.remove_named(name)?)
    }

    fn is_empty(&self) -> Result<bool, RepositoryError> {
        Ok(self.remote.has_nothing()?)
    }

    /// What was not sent whole is not there.
    fn clear(&self) -> Result<(), RepositoryError> {
        Ok(())
    }
}

/// A file in the bucket, read by blocks.
struct FarFile {
    remote: Arc<Remote>,
    name: String,
    at: u64,
    bytes: u64,
    block: bytes::Bytes,
}

impl Read for FarFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.block.is_empty() && self.at < self.bytes {
            let end = (self.at + BLOCK_BYTES).min(self.bytes);
            self.block = self.remote.named_range(&self.name, self.at..end).map_err(io::Error::other)?;
            if self.block.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.at += self.block.len() as u64;
        }
        let count = buffer.len().min(self.block.len());
        buffer[..count].copy_from_slice(&self.block.split_to(count));
        Ok(count)
    }
}
