//! The essence hash: BLAKE3 over pixels and samples as they are encoded, without the metadata around them. Two
//! files with one essence are one picture or sound whose metadata was rewritten.
//!
//! Nothing is decoded: a picture that was compressed again is another essence. Formats whose metadata lies in
//! the same stream as their samples (Ogg) or that are programs rather than samples (PDF) have none, nor have
//! HEIF files, whose metadata is an item in the same box as the picture.
//! Input is hostile: every walk is bounded by a named count, and what is hashed by [`digest::SPENT_LENGTHS_MAX`].

mod digest;
mod gif;
pub(crate) mod isobmff;
mod jpeg;
mod png;
mod riff;
pub(crate) mod sound;
mod tiff;

use std::io;

use damask_model::{ByteSource, EssenceHash};

use digest::Digest;
pub use digest::{READ_BYTES_MAX, SPENT_LENGTHS_MAX};
pub use gif::GIF_BLOCKS_MAX;
pub use isobmff::ISO_BOXES_MAX;
pub use jpeg::JPEG_SEGMENTS_MAX;
pub use png::PNG_CHUNKS_MAX;
pub use riff::RIFF_CHUNKS_MAX;
pub use sound::{FLAC_BLOCKS_MAX, TAGS_AROUND_MAX};
pub use tiff::{TIFF_DIRECTORIES_MAX, TIFF_VALUES_MAX};

/// Hashes the essence of a source whose type was identified as `media_type`.
///
/// `None` where the type has no essence of its own, or the file is too broken to find it. A truncated file has
/// the essence of what is left.
///
/// # Errors
/// Only what the source answers when it is read.
pub fn essence_hash(source: &dyn ByteSource, media_type: &str) -> io::Result<Option<EssenceHash>> {
    let (form, walk): (&str, Walk) = match media_type {
        "image/jpeg" => ("jpeg", jpeg::hash),
        "image/png" | "image/apng" => ("png", png::hash),
        "image/gif" => ("gif", gif::hash),
        "image/webp" => ("webp", riff::hash_webp),
        "image/tiff" | "image/x-adobe-dng" | "image/x-canon-cr2" | "image/x-nikon-nef"
        | "image/x-sony-arw" => ("tiff", tiff::hash),
        "audio/wav" | "audio/x-wav" | "audio/vnd.wave" => ("wave", riff::hash_wave),
        "audio/aiff" | "audio/x-aiff" => ("aiff", riff::hash_aiff),
        "audio/flac" | "audio/x-flac" => ("flac", sound::hash_flac),
        "audio/mpeg" | "audio/aac" => ("mpeg audio", sound::hash_stream),
        "video/mp4" | "video/quicktime" | "audio/mp4" | "audio/x-m4a" | "video/x-m4v" | "video/3gpp"
        | "video/3gpp2" => ("iso base media", isobmff::hash),
        _ => return Ok(None),
    };
    let mut digest = Digest::new(source, form);
    Ok(if walk(&mut digest)? { digest.finish() } else { None })
}

/// Feeds a digest with the essence of its source; false where there is none.
type Walk = fn(&mut Digest<'_>) -> io::Result<bool>;
