//! Scaling with Lanczos3, for the two sorts of pixels there are here.
//!
//! One place, since each sort of pixel makes the compiler write the whole scaler once more.

use damask_model::{Finding, FindingCode};
use fast_image_resize::{
    FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer,
    images::{TypedImage, TypedImageRef},
    pixels::{U8x3, U8x4},
};
use image::{DynamicImage, GenericImageView, RgbImage, RgbaImage};

/// What the fourth sample of a pixel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fourth {
    /// Opacity: the others are weighed by it.
    Alpha,
    /// A sample like the others (an ink).
    Ink,
}

/// Scales a picture of [`DynamicImage::ImageRgb8`] or [`DynamicImage::ImageRgba8`].
pub(super) fn resize(picture: &DynamicImage, width: u32, height: u32) -> Result<DynamicImage, Finding> {
    if picture.dimensions() == (width, height) {
        return Ok(picture.clone());
    }
    let (from, to) = (picture.dimensions(), (width, height));
    match picture {
        DynamicImage::ImageRgb8(pixels) => {
            let scaled = typed::<U8x3>(pixels.as_raw(), from, to, Fourth::Ink)?;
            RgbImage::from_raw(width, height, scaled).map(DynamicImage::ImageRgb8)
        }
        DynamicImage::ImageRgba8(pixels) => {
            let scaled = four(pixels.as_raw(), from, to, Fourth::Alpha)?;
            RgbaImage::from_raw(width, height, scaled).map(DynamicImage::ImageRgba8)
        }
        _ => None,
    }
    .ok_or_else(|| not_scaled("neither RGB nor RGBA"))
}

/// Scales pixels of four samples.
pub(super) fn four(
    samples: &[u8],
    from: (u32, u32),
    to: (u32, u32),
    fourth: Fourth,
) -> Result<Vec<u8>, Finding> {
    typed::<U8x4>(samples, from, to, fourth)
}

fn typed<P: PixelTrait + Default>(
    samples: &[u8],
    from: (u32, u32),
    to: (u32, u32),
    fourth: Fourth,
) -> Result<Vec<u8>, Finding> {
    let source = TypedImageRef::<P>::from_buffer(from.0, from.1, samples).map_err(not_scaled)?;
    let mut scaled = vec![0; to.0 as usize * to.1 as usize * P::size()];
    let mut target = TypedImage::<P>::from_buffer(to.0, to.1, &mut scaled).map_err(not_scaled)?;
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .use_alpha(fourth == Fourth::Alpha);
    Resizer::new().resize_typed(&source, &mut target, &options).map_err(not_scaled)?;
    drop(target);
    Ok(scaled)
}

fn not_scaled(error: impl std::fmt::Display) -> Finding {
    Finding::new(FindingCode::Undecodable, format!("not scaled: {error}"))
}
