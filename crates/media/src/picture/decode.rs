//! From an open file to pixels: which decoder, its limits, and what the file says of itself on the way.

use std::{
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
};

use damask_model::{Finding, FindingCode};
use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits,
    metadata::Orientation,
};

use super::{colour::Profile, jpeg, tiff};

/// Largest JPEG taken into memory, in bytes.
const JPEG_BYTES_MAX: u64 = 512 << 20;
/// Most bytes a decoded picture may take, where it cannot be decoded smaller.
const DECODED_BYTES_MAX: u64 = 1 << 30;

/// A decoded picture and what its file says of it.
pub(super) struct Decoded {
    /// 8-bit RGB or RGBA, as stored (not upright), in its own colours; may be smaller than the original.
    pub(super) picture: DynamicImage,
    /// Width as stored, in pixels.
    pub(super) width_px: u32,
    /// Height as stored, in pixels.
    pub(super) height_px: u32,
    /// How it is to be turned.
    pub(super) orientation: Orientation,
    /// Its profile.
    pub(super) profile: Option<Profile>,
    /// Pictures in the file, where counted.
    pub(super) page_count: Option<u32>,
    /// What is wrong with it.
    pub(super) findings: Vec<Finding>,
}

/// The formats a worker decodes itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Native {
    /// By libjpeg-turbo.
    Jpeg,
    /// By the image crate.
    Other(ImageFormat),
}

/// How many bytes [`Native::recognise`] wants to see.
pub(crate) const HEAD_BYTES: usize = 16;

impl Native {
    /// The format by the file's first bytes; `None` when it is for another program.
    pub(crate) fn recognise(head: &[u8]) -> Option<Self> {
        match head {
            [0xFF, 0xD8, 0xFF, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', 13, 10, 26, 10, ..] => Some(Self::Other(ImageFormat::Png)),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Other(ImageFormat::Gif)),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => {
                Some(Self::Other(ImageFormat::WebP))
            }
            [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => {
                Some(Self::Other(ImageFormat::Tiff))
            }
            [b'B', b'M', ..] => Some(Self::Other(ImageFormat::Bmp)),
            _ => None,
        }
    }
}

/// Decodes the file to a picture whose longest side is at least `side_px`, if it has so many.
pub(super) fn decode(mut file: File, side_px: u32, pixels_max: u64) -> Result<Decoded, Finding> {
    let unreadable =
        |error: std::io::Error| Finding::new(FindingCode::Undecodable, format!("not read: {error}"));
    let mut head = Vec::new();
    (&mut file).take(HEAD_BYTES as u64).read_to_end(&mut head).map_err(unreadable)?;
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    match Native::recognise(&head) {
        _ if head.is_empty() => Err(Finding::new(FindingCode::Empty, "there are no bytes")),
        None => Err(Finding::new(FindingCode::Undecodable, "not a picture this decoder knows")),
        Some(Native::Jpeg) => {
            let length = file.metadata().map_err(unreadable)?.len().min(JPEG_BYTES_MAX);
            // A vector that grows while it is read is copied as it grows.
            let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default() + 1);
            (&mut file).take(JPEG_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(unreadable)?;
            if bytes.len() as u64 > JPEG_BYTES_MAX {
                return Err(Finding::new(
                    FindingCode::OverLimit,
                    format!("a JPEG over {JPEG_BYTES_MAX} bytes"),
                ));
            }
            jpeg::decode(&bytes, side_px, pixels_max)
        }
        Some(Native::Other(format)) => {
            let page_count = if format == ImageFormat::Tiff {
                let directories = tiff::Directories::read(&mut file);
                file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
                Some(directories.pages).filter(|pages| *pages > 0)
            } else {
                None
            };
            let mut decoded = by_image_crate(file, format, pixels_max)?;
            decoded.page_count = page_count;
            Ok(decoded)
        }
    }
}

fn by_image_crate(file: File, format: ImageFormat, pixels_max: u64) -> Result<Decoded, Finding> {
    let mut reader = ImageReader::with_format(BufReader::new(file), format);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(DECODED_BYTES_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| finding_of(&error))?;
    let (width_px, height_px) = decoder.dimensions();
    over_pixels(width_px, height_px, pixels_max)?;
    if decoder.total_bytes() > DECODED_BYTES_MAX {
        let detail =
            format!("{width_px} × {height_px} pixels take more than {DECODED_BYTES_MAX} bytes decoded");
        return Err(Finding::new(FindingCode::OverLimit, detail));
    }
    if matches!(decoder.original_color_type(), ExtendedColorType::Cmyk8 | ExtendedColorType::Cmyk16) {
        // This decoder mixes the inks by rule; the other one by their profile.
        return Err(Finding::new(FindingCode::Undecodable, "four inks are read by another decoder"));
    }
    let mut findings = Vec::new();
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let icc = decoder.icc_profile().ok().flatten();
    let profile = icc.as_deref().and_then(Profile::read);
    if icc.is_some() && profile.is_none() {
        findings.push(Finding::new(FindingCode::MetadataDamaged, "the colour profile could not be read"));
    }
    let picture = DynamicImage::from_decoder(decoder).map_err(|error| finding_of(&error))?;
    let picture = if picture.color().has_alpha() {
        DynamicImage::ImageRgba8(picture.into_rgba8())
    } else {
        DynamicImage::ImageRgb8(picture.into_rgb8())
    };
    Ok(Decoded { picture, width_px, height_px, orientation, profile, page_count: None, findings })
}

/// Refuses a picture with more pixels than `pixels_max`, or with none.
pub(super) fn over_pixels(width_px: u32, height_px: u32, pixels_max: u64) -> Result<(), Finding> {
    let pixels = u64::from(width_px) * u64::from(height_px);
    if pixels == 0 {
        return Err(Finding::new(FindingCode::Undecodable, "it has no pixels"));
    }
    if pixels > pixels_max {
        let detail = format!("{width_px} × {height_px} pixels; the limit is {pixels_max} in all");
        return Err(Finding::new(FindingCode::OverLimit, detail));
    }
    Ok(())
}

/// The largest size of the same shape within the box; never larger than it is, never empty.
pub(super) fn within(width: u32, height: u32, box_width: u32, box_height: u32) -> (u32, u32) {
    let (w, h) = (u64::from(width.max(1)), u64::from(height.max(1)));
    let (bw, bh) = (u64::from(box_width.max(1)), u64::from(box_height.max(1)));
    if w <= bw && h <= bh {
        return (width.max(1), height.max(1));
    }
    let side = |numerator: u64, denominator: u64, most: u64| {
        let rounded = (numerator + denominator / 2) / denominator;
        u32::try_from(rounded.clamp(1, most)).expect("clamped to a side of the box")
    };
    // The side that is the tighter fit decides.
    if w * bh >= h * bw {
        (side(bw, 1, bw), side(h * bw, w, bh))
    } else {
        (side(w * bh, h, bw), side(bh, 1, bh))
    }
}

fn finding_of(error: &ImageError) -> Finding {
    let text = error.to_string();
    let early_end = match error {
        ImageError::IoError(error) => error.kind() == std::io::ErrorKind::UnexpectedEof,
        ImageError::Limits(_) => return Finding::new(FindingCode::OverLimit, text),
        _ => false,
    };
    let lower = text.to_ascii_lowercase();
    // The decoders wrap their own errors, and only the words are left of an early end.
    let says_so =
        ["unexpected end", "unexpected eof", "failed to fill whole buffer", "truncated", "end of file"];
    if early_end || says_so.iter().any(|words| lower.contains(words)) {
        return Finding::new(FindingCode::Truncated, text);
    }
    Finding::new(FindingCode::Undecodable, text)
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn a_picture_keeps_its_shape_within_the_box_and_is_never_enlarged() {
        for (size, within_box, expected) in [
            ((6_000, 4_000), (2_048, 2_048), (2_048, 1_365)),
            ((4_000, 6_000), (2_048, 2_048), (1_365, 2_048)),
            ((300, 200), (2_048, 2_048), (300, 200)),
            ((20_000, 10), (256, 256), (256, 1)),
            ((1_000, 1_000), (400, 300), (300, 300)),
            ((1, 65_535), (256, 256), (1, 256)),
        ] {
            assert_eq!(within(size.0, size.1, within_box.0, within_box.1), expected, "{size:?}");
        }
    }
}
