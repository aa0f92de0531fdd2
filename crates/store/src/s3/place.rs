//! Putting a staged file into the bucket: a short one in one request that refuses a second, a long one in pieces that
//! are nothing until the last word. What is sent is hashed once more on the way, so that a disk that returns other
//! bytes than it was given is found out before anything is promised.

use std::{
    fs::{self, File},
    io::Read as _,
    time::Instant,
};

use damask_model::ContentHash;
use object_store::{MultipartUpload, ObjectStore as _, ObjectStoreExt as _, PutMode, PutOptions, PutPayload};
use tokio::task::JoinSet;

use super::Remote;
use crate::{Refusal, StoreError, Way, engine::Staged};

/// A longer file is sent in pieces, and the server is first asked whether it has it.
pub(super) const WHOLE_BYTES_MAX: u64 = 8 << 20;

/// Pieces of one file on their way at once.
const PIECES_AT_ONCE: usize = 4;

/// Pieces of one file at most. S3 takes 10,000; fewer leave room for servers that count otherwise.
const PIECES_MAX: u64 = 9_000;

/// How often a put is begun again when the connection broke under it, as far as patience allows.
const TRIES_MAX: usize = 3;

/// How a name is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Write {
    /// Only where it is not there.
    New,
    /// Over what is there: it is damaged, or the server was asked before.
    Over,
}

/// What became of a put.
enum Put {
    Done,
    NameTaken,
}

impl Remote {
    /// Puts a staged file under its name and answers whether the bytes were there before. Returns when the server has
    /// said that it has all of them. The caller has the turn.
    pub(super) fn put(&self, staged: &Staged<'_>) -> Result<bool, StoreError> {
        let began = Instant::now();
        for _ in 1..TRIES_MAX {
            match self.put_once(staged) {
                // What came of it is not known; it is asked in the next round.
                Err(StoreError::Bucket { why: Refusal::Unreachable, .. })
                    if began.elapsed() < self.patience => {}
                answer => return answer,
            }
        }
        self.put_once(staged)
    }

    /// Puts a file in place of whatever is there. The caller has the turn.
    pub(super) fn put_over(&self, from: &Staged<'_>) -> Result<(), StoreError> {
        if from.bytes <= WHOLE_BYTES_MAX {
            self.put_short(from, Write::Over)?;
        } else {
            self.wait(self.put_long(from))?;
        }
        if self.holds(from)? { Ok(()) } else { Err(self.cut_short(from.name)) }
    }

    fn cut_short(&self, hash: ContentHash) -> StoreError {
        self.refused("put", Refusal::Spoilt, format!("{hash} is shorter there than it was sent"))
    }

    fn put_once(&self, staged: &Staged<'_>) -> Result<bool, StoreError> {
        let is_short = staged.bytes <= WHOLE_BYTES_MAX;
        if is_short && self.capabilities().create_only == Way::Native {
            return match self.put_short(staged, Write::New)? {
                Put::Done => Ok(false),
                Put::NameTaken if self.holds(staged)? => Ok(true),
                Put::NameTaken => self.put_short(staged, Write::Over).map(|_| false),
            };
        }
        if self.holds(staged)? {
            return Ok(true);
        }
        if is_short {
            self.put_short(staged, Write::Over)?;
        } else {
            self.wait(self.put_long(staged))?;
        }
        // Not every server that answers has kept what it was sent.
        if self.holds(staged)? { Ok(false) } else { Err(self.cut_short(staged.name)) }
    }

    /// Whether the bucket has the blob with this length. One of another length is damaged.
    fn holds(&self, staged: &Staged<'_>) -> Result<bool, StoreError> {
        let (hash, bytes) = (staged.name, staged.bytes);
        match self.length(hash) {
            Ok(found) if found == bytes => Ok(true),
            Ok(found) => {
                tracing::warn!(%hash, bytes, found, "replacing a stored file of the wrong length");
                Ok(false)
            }
            Err(StoreError::Missing { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn put_short(&self, staged: &Staged<'_>, write: Write) -> Result<Put, StoreError> {
        let bytes = fs::read(staged.path).map_err(|error| StoreError::io("read", staged.path, error))?;
        staged.check(blake3::Hasher::new().update(&bytes))?;
        let mode = if write == Write::New { PutMode::Create } else { PutMode::Overwrite };
        let name = self.name(staged.name);
        let sent = self.wait(async {
            let _room = self.in_flight.acquire_many(permits(bytes.len())).await;
            self.store().put_opts(&name, PutPayload::from(bytes), PutOptions::from(mode)).await
        });
        match sent {
            Ok(_) => Ok(Put::Done),
            Err(object_store::Error::AlreadyExists { .. }) if write == Write::New => Ok(Put::NameTaken),
            Err(error) => Err(self.failed("put", error)),
        }
    }

    async fn put_long(&self, staged: &Staged<'_>) -> Result<(), StoreError> {
        let begun = self.store().put_multipart(&self.name(staged.name)).await;
        let mut upload = begun.map_err(|error| self.failed("begin to put", error))?;
        let sent = self.send_pieces(upload.as_mut(), staged).await;
        let ended = match sent {
            Ok(()) => upload.complete().await.map(drop).map_err(|error| self.failed("put", error)),
            Err(error) => Err(error),
        };
        if ended.is_err()
            && let Err(error) = upload.abort().await
        {
            // Nobody sees the pieces, but they take room until the bucket's own rule removes them.
            tracing::warn!(hash = %staged.name, %error, "the pieces of a file that was not put cannot be removed");
        }
        ended
    }

    async fn send_pieces(
        &self,
        upload: &mut dyn MultipartUpload,
        staged: &Staged<'_>,
    ) -> Result<(), StoreError> {
        let unreadable = |error| StoreError::io("read", staged.path, error);
        let piece_bytes = piece_bytes(staged.bytes);
        let mut file = File::open(staged.path).map_err(unreadable)?;
        let mut hasher = blake3::Hasher::new();
        let mut on_their_way: JoinSet<object_store::Result<()>> = JoinSet::new();
        loop {
            let mut piece = Vec::new();
            file.by_ref().take(piece_bytes).read_to_end(&mut piece).map_err(unreadable)?;
            if piece.is_empty() {
                break;
            }
            hasher.update(&piece);
            while on_their_way.len() >= PIECES_AT_ONCE {
                self.one_arrives(&mut on_their_way).await?;
            }
            let room = std::sync::Arc::clone(&self.in_flight).acquire_many_owned(permits(piece.len())).await;
            let sent = upload.put_part(PutPayload::from(piece));
            on_their_way.spawn(async move {
                let _room = room;
                sent.await
            });
        }
        while !on_their_way.is_empty() {
            self.one_arrives(&mut on_their_way).await?;
        }
        staged.check(&hasher)
    }

    async fn one_arrives(
        &self,
        on_their_way: &mut JoinSet<object_store::Result<()>>,
    ) -> Result<(), StoreError> {
        let arrived = on_their_way.join_next().await;
        let arrived = arrived.map_or(Ok(()), |joined| joined.unwrap_or_else(|error| Err(error.into())));
        arrived.map_err(|error| self.failed("put", error))
    }

    /// Keeps one byte, always under the same name.
    pub(super) fn try_out(&self) -> Result<(), StoreError> {
        let put = self.wait(self.store().put(&self.below_prefix("trial"), PutPayload::from_static(b".")));
        put.map(drop).map_err(|error| self.failed("put", error))
    }
}

/// Room that bytes on their way take. One piece may take all of it.
fn permits(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX).min(super::remote::IN_FLIGHT_BYTES_MAX)
}

/// All pieces but the last are of the same length, in whole mebibytes.
fn piece_bytes(bytes: u64) -> u64 {
    bytes.div_ceil(PIECES_MAX).next_multiple_of(1 << 20).max(WHOLE_BYTES_MAX)
}

#[cfg(test)]
mod tests {
    use super::{PIECES_MAX, piece_bytes};

    #[test]
    fn no_file_has_more_pieces_than_a_server_takes() {
        for bytes in [8 << 20, 1 << 30, 72 << 30, (72 << 30) + 1, 2 << 40, 5 << 40] {
            let piece = piece_bytes(bytes);
            assert!(bytes.div_ceil(piece) <= PIECES_MAX, "{bytes}");
            assert!(piece >= 5 << 20, "S3 takes no shorter piece but the last");
        }
        assert_eq!(piece_bytes(100 << 20), 8 << 20);
    }
}
