//! A filmstrip inside a worker: raw frames side by side in one JPEG.

use std::{
    fs::File,
    io::{Read, Write},
};

use damask_model::{Finding, FindingCode};
use image::RgbImage;

use super::{jpeg, wire::Drawn};

/// Quality of the strip: it is looked at while it moves.
const QUALITY: u8 = 75;
/// A JPEG's longest side (ITU-T T.81: 16 bits).
const JPEG_SIDE_PX_MAX: u64 = 65_500;

/// Reads whole RGB frames of `width_px` × `height_px` from the first of `files` and writes them in one row
/// to the second. What is left of a broken last frame is dropped.
pub(crate) fn make(width_px: u32, height_px: u32, files: Vec<File>) -> Result<Drawn, Finding> {
    let wrong = |detail: String| Finding::new(FindingCode::Undecodable, detail);
    let mut files = files.into_iter();
    let (Some(source), Some(mut target)) = (files.next(), files.next()) else {
        return Err(wrong("no file came with the request".into()));
    };
    let (width, height) = (width_px as usize, height_px as usize);
    let frame_bytes = width * height * 3;
    let frames_max = (JPEG_SIDE_PX_MAX / u64::from(width_px.max(1))) as usize;
    let mut raw = Vec::new();
    source
        .take((frame_bytes * frames_max) as u64)
        .read_to_end(&mut raw)
        .map_err(|error| wrong(format!("frames not read: {error}")))?;
    let frames: Vec<&[u8]> = raw.chunks_exact(frame_bytes.max(1)).collect();
    if frames.is_empty() {
        return Err(wrong("no frame could be decoded".into()));
    }
    let mut row = Vec::with_capacity(frames.len() * frame_bytes);
    for line in 0..height {
        for frame in &frames {
            row.extend_from_slice(&frame[line * width * 3..(line + 1) * width * 3]);
        }
    }
    let total = u32::try_from(frames.len()).expect("bounded by a JPEG's side") * width_px;
    let picture = RgbImage::from_raw(total, height_px, row).expect("whole frames of this size");
    let bytes = jpeg::encode(&picture, QUALITY)?;
    target.write_all(&bytes).map_err(|error| wrong(format!("strip not written: {error}")))?;
    Ok(Drawn { width_px: total, height_px, bytes: bytes.len() as u64, findings: Vec::new() })
}
