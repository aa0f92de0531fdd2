//! What tests need and must not make for themselves: real files made by real tools, words from a seed, throw-away
//! folders and the addresses of the PostgreSQL and the S3 server the test run has started.
//!
//! A dev-dependency of any crate, so it imports none of them. Everything here panics with a sentence when it can't do
//! its work: a test without its fixture has failed.

pub mod fixtures;
mod judge;
pub mod kept;
mod library;
mod postgres;
pub mod power;
mod s3;
mod script;
pub mod siege;
mod small_disk;
mod words;

pub use judge::judged;
pub use library::TempLibrary;
pub use postgres::{OwnPostgres, TempSchema, postgres};
pub use s3::{OwnS3, S3_BUCKET, S3_KEY, S3_READER, s3, s3_prefix};
pub use small_disk::SmallDisk;
pub use words::{Described, Words};
