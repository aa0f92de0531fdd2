//! The preview ladder inside a worker: one decode, then each rung from the one above it.

use std::{fs::File, io::Write};

use base64::{Engine, engine::general_purpose::STANDARD};
use damask_model::{Finding, FindingCode};
use image::{DynamicImage, RgbImage};
use image_hasher::{HashAlg, HasherConfig};

use super::{
    colour,
    decode::{self, within},
    jpeg,
    scale::resize,
    wire::{Ladder, LadderRequest, RungMade},
};

/// Longest side of the picture the placeholder and the colours are taken from (ThumbHash takes 100 at most).
const SMALL_PX: u32 = 100;

/// Decodes the first of `files` and writes the rungs to the others, in order.
pub(crate) fn make(request: &LadderRequest, files: Vec<File>) -> Result<Ladder, Finding> {
    let mut files = files.into_iter();
    let (Some(source), Some(&largest_px)) = (files.next(), request.rungs_px.first()) else {
        return Err(Finding::new(FindingCode::Undecodable, "no file came with the request"));
    };
    let decoded = decode::decode(source, largest_px, request.pixels_max)?;
    let turned = decoded.orientation.to_exif() >= 5;
    let (width_px, height_px) =
        if turned { (decoded.height_px, decoded.width_px) } else { (decoded.width_px, decoded.height_px) };
    let longest_px = width_px.max(height_px);
    let mut ladder = Ladder {
        width_px,
        height_px,
        orientation: decoded.orientation.to_exif(),
        colour_profile: decoded.profile.as_ref().and_then(|profile| profile.name.clone()),
        page_count: decoded.page_count,
        findings: decoded.findings,
        ..Ladder::default()
    };
    // The colours are brought to sRGB and the picture turned when it is as small as its largest rung.
    let picture = on_white(decoded.picture);
    let (width, height) = within(decoded.width_px, decoded.height_px, largest_px, largest_px);
    let mut picture = DynamicImage::ImageRgb8(resize(&picture, width, height)?.into_rgb8());
    if let Some(profile) = decoded.profile {
        profile.apply(&mut picture);
    }
    picture.apply_orientation(decoded.orientation);

    for (index, (&side_px, mut file)) in request.rungs_px.iter().zip(files).enumerate() {
        let holds_all_below = request.rungs_px.get(index + 1).is_some_and(|&below| below >= longest_px);
        if holds_all_below {
            continue;
        }
        // From the whole picture's size: halves rounded at each rung would add up.
        let (width, height) = within(width_px, height_px, side_px, side_px);
        picture = resize(&picture, width, height)?;
        let DynamicImage::ImageRgb8(rgb) = &picture else {
            return Err(Finding::new(FindingCode::Undecodable, "the picture changed its kind"));
        };
        let bytes = jpeg::encode(rgb, request.quality)?;
        file.write_all(&bytes)
            .map_err(|error| Finding::new(FindingCode::Undecodable, format!("rung not written: {error}")))?;
        ladder.rungs.push(RungMade { index, width_px: width, height_px: height, bytes: bytes.len() as u64 });
    }
    describe(&picture, &mut ladder)?;
    Ok(ladder)
}

/// The picture without transparency, as on white paper.
pub(super) fn on_white(picture: DynamicImage) -> DynamicImage {
    let DynamicImage::ImageRgba8(pixels) = picture else { return picture };
    let (width, height) = pixels.dimensions();
    let mut rgb = Vec::with_capacity(pixels.len() / 4 * 3);
    for pixel in pixels.as_raw().chunks_exact(4) {
        let alpha = u32::from(pixel[3]);
        for &sample in &pixel[..3] {
            let mixed = (u32::from(sample) * alpha + 255 * (255 - alpha) + 127) / 255;
            rgb.push(u8::try_from(mixed).unwrap_or(u8::MAX));
        }
    }
    DynamicImage::ImageRgb8(RgbImage::from_raw(width, height, rgb).expect("three samples for each pixel"))
}

/// Placeholder, colours and perceptual hash, from the smallest rung.
fn describe(picture: &DynamicImage, ladder: &mut Ladder) -> Result<(), Finding> {
    let (width, height) = within(picture.width(), picture.height(), SMALL_PX, SMALL_PX);
    let small = resize(picture, width, height)?;
    let rgba = small.to_rgba8();
    let hash = thumbhash::rgba_to_thumb_hash(width as usize, height as usize, rgba.as_raw());
    ladder.placeholder = STANDARD.encode(hash);
    ladder.colours = colour::dominant(&small.to_rgb8());
    let hasher = HasherConfig::new().hash_alg(HashAlg::Median).hash_size(8, 8).preproc_dct().to_hasher();
    let hash = hasher.hash_image(&small);
    ladder.perceptual_hash = hash.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(())
}
