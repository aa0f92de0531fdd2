//! One picture by a recipe, inside a worker.

use std::{
    fs::File,
    io::{self, Cursor, Write},
};

use damask_model::{Finding, FindingCode, Fit, PictureFormat, recipe::PictureRecipe};
use image::{
    DynamicImage, ExtendedColorType, ImageEncoder, Rgb, RgbImage, Rgba, RgbaImage,
    codecs::png::{CompressionType, FilterType, PngEncoder},
    imageops,
};

use super::{
    PIXELS_MAX,
    decode::{self, within},
    jpeg,
    ladder::on_white,
    scale::resize,
    wire::Drawn,
};

/// Draws the first of `files` into the second.
pub(crate) fn make(recipe: &PictureRecipe, interim: bool, files: Vec<File>) -> Result<Drawn, Finding> {
    let mut files = files.into_iter();
    let (Some(source), Some(mut target)) = (files.next(), files.next()) else {
        return Err(Finding::new(FindingCode::Undecodable, "no file came with the request"));
    };
    let decoded = decode::decode(source, side_needed(recipe), PIXELS_MAX)?;
    let mut picture = decoded.picture;
    if recipe.format == PictureFormat::Jpeg {
        picture = on_white(picture);
    }
    // Turning first: the box is meant for the upright picture.
    picture.apply_orientation(decoded.orientation);
    let mut picture = fitted(picture, recipe)?;
    if let Some(profile) = decoded.profile {
        profile.apply(&mut picture);
    }
    let picture = padded(picture, recipe);
    let bytes = match (recipe.format, interim) {
        (PictureFormat::Jpeg, false) => jpeg::encode(&on_white(picture.clone()).into_rgb8(), recipe.quality)?,
        (_, interim) => png(&picture, interim)?,
    };
    target.write_all(&bytes).map_err(|error| not_written(&error))?;
    Ok(Drawn {
        width_px: picture.width(),
        height_px: picture.height(),
        bytes: bytes.len() as u64,
        findings: decoded.findings,
    })
}

/// The longest side the source should still have, so that no detail asked for is lost.
fn side_needed(recipe: &PictureRecipe) -> u32 {
    match recipe.fit {
        Fit::Box | Fit::Fit => recipe.width_px.max(recipe.height_px),
        // What sticks out of a cut box is not known before the shape is; twice covers shapes up to 2:1
        // against the box, and a longer one loses a little sharpness.
        Fit::Crop => recipe.width_px.max(recipe.height_px).saturating_mul(2),
    }
}

/// The picture in the size of the recipe, before any padding.
fn fitted(picture: DynamicImage, recipe: &PictureRecipe) -> Result<DynamicImage, Finding> {
    let (box_width, box_height) = (recipe.width_px, recipe.height_px);
    if recipe.fit != Fit::Crop {
        let (width, height) = within(picture.width(), picture.height(), box_width, box_height);
        return resize(&picture, width, height);
    }
    // The largest part of the picture, in its middle, that has the shape of the box.
    let (w, h) = (u64::from(picture.width()), u64::from(picture.height()));
    let (bw, bh) = (u64::from(box_width), u64::from(box_height));
    let (width, height) = if w * bh > h * bw { ((h * bw / bh).max(1), h) } else { (w, (w * bh / bw).max(1)) };
    let small = |side: u64| u32::try_from(side).expect("no larger than the picture");
    let (left, top) = (small((w - width) / 2), small((h - height) / 2));
    let part = picture.crop_imm(left, top, small(width), small(height));
    resize(&part, box_width, box_height)
}

/// Padded to the box where the recipe says so: transparent where the picture has transparency and the
/// format keeps it, else white.
fn padded(picture: DynamicImage, recipe: &PictureRecipe) -> DynamicImage {
    let (width, height) = (recipe.width_px, recipe.height_px);
    if recipe.fit != Fit::Fit || (picture.width(), picture.height()) == (width, height) {
        return picture;
    }
    let left = i64::from((width - picture.width()) / 2);
    let top = i64::from((height - picture.height()) / 2);
    match picture {
        DynamicImage::ImageRgba8(pixels) => {
            let mut sheet = RgbaImage::from_pixel(width, height, Rgba([255, 255, 255, 0]));
            imageops::replace(&mut sheet, &pixels, left, top);
            DynamicImage::ImageRgba8(sheet)
        }
        other => {
            let mut sheet = RgbImage::from_pixel(width, height, Rgb([255; 3]));
            imageops::replace(&mut sheet, &other.into_rgb8(), left, top);
            DynamicImage::ImageRgb8(sheet)
        }
    }
}

fn png(picture: &DynamicImage, interim: bool) -> Result<Vec<u8>, Finding> {
    let mut bytes = Cursor::new(Vec::new());
    // An interim file is read once by another encoder: no time is spent on making it small.
    let (compression, filter) = if interim {
        (CompressionType::Uncompressed, FilterType::NoFilter)
    } else {
        (CompressionType::Default, FilterType::Adaptive)
    };
    let colour = if picture.color().has_alpha() { ExtendedColorType::Rgba8 } else { ExtendedColorType::Rgb8 };
    PngEncoder::new_with_quality(&mut bytes, compression, filter)
        .write_image(picture.as_bytes(), picture.width(), picture.height(), colour)
        .map_err(|error| not_written(&io::Error::other(error)))?;
    Ok(bytes.into_inner())
}

fn not_written(error: &io::Error) -> Finding {
    Finding::new(FindingCode::Undecodable, format!("not written: {error}"))
}
