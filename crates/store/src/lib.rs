//! Where bytes lie: a content-addressed folder that acknowledges only what a power cut can't take back.
//!
//! Everything is named by a typed [`StoreKey`]: blobs (originals, by BLAKE3), renditions (may be made again,
//! so never synced), uploads (half-sent files that can be resumed). [`Incoming`] hashes while it writes and
//! returns from `finish` only after file, name and folders are on the disk. All calls block: run them off the
//! async threads. The store decides nothing (who may read, what may be purged): `flow` does.
//!
//! Another engine (an S3-compatible one) has to offer the same calls and pass `tests/conformance`; only
//! [`Store::path`] and [`Store::open_file`] speak of local files, for decoders and range reads.

mod blobs;
mod direct;
mod durable;
mod error;
mod group;
mod incoming;
mod key;
mod log;
mod parallel;
mod rendition;
mod scratch;
mod session;
mod store;
mod upload;

pub use blobs::{Blobs, Found, Verified};
pub use direct::Long;
pub use error::StoreError;
pub use group::{GROUP_FILES_MAX, GROUP_QUIET_MS, GROUP_WAIT_MS_MAX, Group};
pub use incoming::{Incoming, Received};
pub use key::StoreKey;
pub use scratch::Scratch;
pub use store::Store;
pub use upload::{Appending, Keep, UPLOAD_MARK_EVERY_BYTES, UPLOADS_HASHED_MAX};
