//! A blob in the bucket, read by ranges. The last block is kept, and blocks grow while reading goes straight on: a
//! parser that jumps about fetches little, a download few times.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use damask_model::{ByteSource, ContentHash};

use super::Remote;
use crate::StoreError;

/// Bytes fetched where reading begins.
const BLOCK_BYTES_MIN: u64 = 128 << 10;

/// Bytes fetched at once at most; what one reader costs in memory.
const BLOCK_BYTES_MAX: u64 = 4 << 20;

/// One blob, open for reading.
#[derive(Debug)]
pub(crate) struct Far {
    remote: Arc<Remote>,
    hash: ContentHash,
    bytes: u64,
    last: Mutex<Block>,
}

#[derive(Debug, Default)]
struct Block {
    at: u64,
    bytes: Bytes,
    fetched_bytes: u64,
}

impl Far {
    pub(super) fn open(remote: Arc<Remote>, hash: ContentHash) -> Result<Self, StoreError> {
        let bytes = remote.length(hash)?;
        Ok(Self { remote, hash, bytes, last: Mutex::default() })
    }

    fn fetch(&self, last: &mut Block, at: u64) -> io::Result<()> {
        let goes_on = last.fetched_bytes > 0 && at == last.at + last.bytes.len() as u64;
        let wanted = if goes_on { last.fetched_bytes * 2 } else { BLOCK_BYTES_MIN };
        let wanted = wanted.clamp(BLOCK_BYTES_MIN, BLOCK_BYTES_MAX);
        let end = (at + wanted).min(self.bytes);
        let bytes = self.remote.range(self.hash, at..end).map_err(io::Error::other)?;
        *last = Block { at, bytes, fetched_bytes: wanted };
        Ok(())
    }
}

impl ByteSource for Far {
    fn len(&self) -> u64 {
        self.bytes
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let mut done = 0;
        while done < buffer.len() {
            let at = offset.saturating_add(done as u64);
            if at >= self.bytes {
                break;
            }
            if !(last.at..last.at + last.bytes.len() as u64).contains(&at) {
                self.fetch(&mut last, at)?;
            }
            let skipped = usize::try_from(at - last.at).unwrap_or(usize::MAX);
            let shown = last.bytes.get(skipped..).unwrap_or_default();
            let count = shown.len().min(buffer.len() - done);
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            buffer[done..done + count].copy_from_slice(&shown[..count]);
            done += count;
        }
        Ok(done)
    }
}
