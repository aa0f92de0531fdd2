//! Bytes and tags to values: the type of a file by its content, its embedded metadata as core fields, and the
//! hash of its essence. Pure: it reads through [`damask_model::ByteSource`], knows no clock and runs nothing.
//!
//! * [`identify()`]: what a file is, whatever it is called.
//! * [`Tags`]: what exiftool printed of it, kept raw. Who runs exiftool passes it [`EXIFTOOL_ARGUMENTS`].
//! * [`describe`], [`measured`]: tags and measurements as values of core fields.
//! * [`ape_tags`], [`id3_tags`], [`iim_tags`], [`packed_metadata`], [`mpeg_audio_length_us`], [`dsf_length_us`]: what
//!   the other readers leave out or only estimate.
//! * [`essence_hash`]: the identity of pixels and samples without the metadata around them.

pub mod ape;
mod bytes;
pub mod essence;
pub mod id3;
pub mod identify;
pub mod iim;
pub mod length;
pub mod mapping;
pub mod packed;
pub mod tags;

pub use ape::ape_tags;
pub use essence::essence_hash;
pub use id3::id3_tags;
pub use identify::{Identified, identify};
pub use iim::iim_tags;
pub use length::{dsf_length_us, mpeg_audio_length_us};
pub use mapping::{Described, as_displayed, describe, measured, said_by_header};
pub use packed::packed_metadata;
pub use tags::{EXIFTOOL_ARGUMENTS, Tag, Tags, TagsError};
