//! Where bytes lie: a content-addressed store that acknowledges only what a power cut can't take back.
//!
//! Everything is named by a typed [`StoreKey`]: blobs (originals, by BLAKE3), renditions (may be made again,
//! so never synced), uploads (half-sent files that can be resumed). [`Incoming`] hashes while it writes and
//! returns from `finish` only after file, name and folders are on the disk, or the bucket has said that it has them. All calls block: run them off the
//! async threads. The store decides nothing (who may read, what may be purged): `flow` does.
//!
//! Blobs lie in the local folder, in another or in an S3-compatible bucket, and in a second of these too if one is
//! named ([`places`], [`engine`] is the seam), encrypted if there is a key ([`encrypted`]); the rest is local always. Backups go to a place apart, a [`Repository`]. Decoders get a file by [`Store::lend`], everyone else reads by [`Store::open_bytes`].

mod aside;
mod blobs;
mod cache;
mod capabilities;
mod copying;
mod direct;
mod durable;
mod encrypted;
mod engine;
mod error;
mod group;
mod incoming;
mod key;
mod local;
mod log;
mod parallel;
mod places;
mod placing;
mod rendition;
mod repository;
mod s3;
mod scratch;
mod session;
mod store;
mod stored;
mod turns;
mod upload;
mod walk;

pub use aside::Aside;
pub use blobs::{Blobs, Found, Tick, Verified};
pub use capabilities::{Capabilities, Way};
pub use error::{Refusal, StoreError};
pub use group::{GROUP_FILES_MAX, GROUP_QUIET_MS, GROUP_WAIT_MS_MAX, Group};
pub use incoming::{Incoming, Received};
pub use key::StoreKey;
pub use places::{Place, Places, Rank};
pub use repository::{
    Lease, PAGE_BYTES_MAX, PageDigest, Piece, Repository, RepositoryError, RepositoryPlace, SealKey, Shelf,
    Shelved,
};
pub use s3::{Bucket, Secret};
pub use scratch::Scratch;
pub use store::Store;
pub use stored::{Lent, Stored};
pub use upload::{Appending, Keep, Part, UPLOAD_MARK_EVERY_BYTES, UPLOADS_HASHED_MAX};
