//! Bytes and tags to values: the type of a file by its content, its embedded metadata as core fields, and the
//! hash of its essence. Pure: it reads through [`damask_model::ByteSource`], knows no clock and runs nothing.
//!
//! * [`identify()`]: what a file is, whatever it is called.
//! * [`Tags`]: what exiftool printed of it, kept raw. Who runs exiftool passes it [`EXIFTOOL_ARGUMENTS`].
//! * [`describe`], [`measured`]: tags and measurements as values of core fields.
//! * [`essence_hash`]: the identity of pixels and samples without the metadata around them.

mod bytes;
pub mod essence;
pub mod identify;
pub mod mapping;
pub mod tags;

pub use essence::essence_hash;
pub use identify::{Identified, identify};
pub use mapping::{Described, describe, measured};
pub use tags::{EXIFTOOL_ARGUMENTS, Tag, Tags, TagsError};
