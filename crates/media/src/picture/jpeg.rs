//! JPEG: the hot path. Decodes at 1/2, 1/4 or 1/8 inside the inverse transform, which costs a fraction of
//! a full decode, and reads the marker segments that say how to look at it (orientation, profile, Adobe).

use damask_model::{Finding, FindingCode};
use image::{DynamicImage, RgbImage, metadata::Orientation};
use turbojpeg::{Colorspace, Compressor, Decompressor, Image, PixelFormat, ScalingFactor, Subsamp};

use super::{
    colour::{self, Profile},
    decode::{Decoded, over_pixels, within},
    scale::{self, Fourth},
};

/// Marker segments looked at before the picture data; a camera writes some tens.
const SEGMENTS_MAX: usize = 2_000;
/// Scans of a progressive file: each costs a pass over all coefficients, and a small file can have
/// thousands ("Two Issues with the JPEG Standard", libjpeg-turbo project).
const SCANS_MAX: u32 = 500;

/// What the marker segments say.
#[derive(Default)]
struct Segments {
    exif_orientation: Option<Orientation>,
    profile: Vec<u8>,
    adobe: bool,
}

/// Decodes to a picture whose longest side is at least `side_px`, if it has so many.
pub(super) fn decode(bytes: &[u8], side_px: u32, pixels_max: u64) -> Result<Decoded, Finding> {
    let segments = Segments::read(bytes);
    let undecodable =
        |error: turbojpeg::Error| finding_of(&error.to_string()).unwrap_or_else(|finding| finding);
    let mut decompressor = Decompressor::new().map_err(undecodable)?;
    decompressor.set_scan_limit(SCANS_MAX).map_err(undecodable)?;
    let header = decompressor.read_header(bytes).map_err(undecodable)?;
    let size = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
    let (width_px, height_px) = (size(header.width), size(header.height));
    over_pixels(width_px, height_px, pixels_max)?;
    let scale =
        if header.is_lossless { ScalingFactor::ONE } else { factor(width_px.max(height_px), side_px) };
    decompressor.set_scaling_factor(scale).map_err(undecodable)?;
    let scaled = header.scaled(scale);
    let four_inks = matches!(header.colorspace, Colorspace::CMYK | Colorspace::YCCK);
    let format = if four_inks { PixelFormat::CMYK } else { PixelFormat::RGB };
    let pitch = scaled.width * format.size();
    let mut pixels = vec![0; pitch * scaled.height];
    let output =
        Image { pixels: pixels.as_mut_slice(), width: scaled.width, pitch, height: scaled.height, format };
    let findings = match decompressor.decompress(bytes, output) {
        Ok(()) => Vec::new(),
        Err(error) => vec![finding_of(&error.to_string())?],
    };
    let mut profile =
        Some(segments.profile).filter(|bytes| !bytes.is_empty()).and_then(|icc| Profile::read(&icc));
    let (width, height) = (size(scaled.width), size(scaled.height));
    let picture = if four_inks {
        let (rgb, width, height) =
            four_inks_to_rgb(pixels, width, height, side_px, segments.adobe, &profile)?;
        if let Some(profile) = &mut profile {
            profile.spent = true;
        }
        RgbImage::from_raw(width, height, rgb)
    } else {
        RgbImage::from_raw(width, height, pixels)
    };
    let picture = picture.expect("the buffer was made for this size");
    Ok(Decoded {
        picture: DynamicImage::ImageRgb8(picture),
        width_px,
        height_px,
        orientation: segments.exif_orientation.unwrap_or(Orientation::NoTransforms),
        profile,
        page_count: None,
        findings,
    })
}

/// Encodes as baseline JPEG 4:2:0. Progressive ones are an eighth smaller, but would make a whole preview ladder cost
/// an eighth more.
pub(super) fn encode(picture: &RgbImage, quality: u8) -> Result<Vec<u8>, Finding> {
    let failed =
        |error: turbojpeg::Error| Finding::new(FindingCode::Undecodable, format!("not encoded: {error}"));
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut compressor = Compressor::new().map_err(failed)?;
    compressor.set_quality(i32::from(quality.clamp(1, 100))).map_err(failed)?;
    compressor.set_subsamp(Subsamp::Sub2x2).map_err(failed)?;
    let image = Image {
        pixels: picture.as_raw().as_slice(),
        width,
        pitch: width * 3,
        height,
        format: PixelFormat::RGB,
    };
    compressor.compress_to_vec(image).map_err(failed)
}

/// The smallest scale whose result still has the side asked for.
fn factor(longest_px: u32, side_px: u32) -> ScalingFactor {
    [ScalingFactor::ONE_EIGHTH, ScalingFactor::ONE_QUARTER, ScalingFactor::ONE_HALF]
        .into_iter()
        .find(|factor| factor.scale(longest_px as usize) >= side_px as usize)
        .unwrap_or(ScalingFactor::ONE)
}

/// CMYK to sRGB, after shrinking to the side asked for: a transform through a table of four inks is dear.
fn four_inks_to_rgb(
    mut inks: Vec<u8>,
    width: u32,
    height: u32,
    side_px: u32,
    adobe: bool,
    profile: &Option<Profile>,
) -> Result<(Vec<u8>, u32, u32), Finding> {
    let (to_width, to_height) = within(width, height, side_px, side_px);
    let to = (to_width, to_height);
    if (width, height) != to {
        inks = scale::four(&inks, (width, height), to, Fourth::Ink)?;
    }
    // Files with Adobe's marker (APP14) store inks inverted: 255 is no ink. The standard has no CMYK.
    if adobe {
        inks.iter_mut().for_each(|ink| *ink = 255 - *ink);
    }
    let by_profile = profile.as_ref().and_then(|profile| profile.cmyk_to_rgb(&inks));
    Ok((by_profile.unwrap_or_else(|| colour::cmyk_to_rgb_by_rule(&inks)), to_width, to_height))
}

/// A decoder's complaint as a finding: `Ok` where it still gave a picture, `Err` where it did not.
fn finding_of(message: &str) -> Result<Finding, Finding> {
    // The texts of libjpeg's warnings (jerror.h); with those the picture was decoded to its end.
    const WARNINGS: [&str; 5] =
        ["Corrupt JPEG data", "Inconsistent progression", "Unknown Adobe", "Invalid SOS", "unknown JFIF"];
    if message.contains("Premature end") || message.contains("premature end") {
        return Ok(Finding::new(FindingCode::Truncated, "the JPEG data ends before the picture does"));
    }
    let finding = Finding::new(FindingCode::Undecodable, message);
    if WARNINGS.iter().any(|warning| message.contains(warning)) { Ok(finding) } else { Err(finding) }
}

impl Segments {
    /// Walks the segments up to the first scan (ITU-T T.81, B.1.1). Stops at what makes no sense.
    fn read(bytes: &[u8]) -> Self {
        let mut segments = Self::default();
        let mut parts: Vec<(u8, &[u8])> = Vec::new();
        let mut rest = bytes.get(2..).unwrap_or_default();
        for _ in 0..SEGMENTS_MAX {
            // Fill bytes FF may stand before a marker.
            while let [0xFF, 0xFF, ..] = rest {
                rest = &rest[1..];
            }
            let [0xFF, marker, high, low, ..] = *rest else { break };
            if marker == 0xDA || marker == 0xD9 {
                break;
            }
            let length = usize::from(u16::from_be_bytes([high, low]));
            let Some(body) = rest.get(4..2 + length) else { break };
            rest = &rest[2 + length.max(2)..];
            match marker {
                0xE1 if segments.exif_orientation.is_none() => {
                    let exif = body.strip_prefix(b"Exif\0\0");
                    segments.exif_orientation = exif.and_then(Orientation::from_exif_chunk);
                }
                // ICC.1 annex B.4: a sequence number from 1 and the count come before each part.
                0xE2 => {
                    if let Some([number, _count, part @ ..]) = body.strip_prefix(b"ICC_PROFILE\0") {
                        parts.push((*number, part));
                    }
                }
                0xEE if body.starts_with(b"Adobe") => segments.adobe = true,
                _ => {}
            }
        }
        parts.sort_by_key(|(number, _)| *number);
        segments.profile = parts.into_iter().flat_map(|(_, part)| part.iter().copied()).collect();
        segments
    }
}

#[cfg(test)]
mod tests {
    use damask_model::FindingCode;
    use image::{GenericImageView, Rgb, RgbImage};

    use super::{decode, encode, factor};

    fn gradient(width: u32, height: u32) -> Vec<u8> {
        let level = |at: u32, of: u32| u8::try_from(at * 255 / of).expect("at < of");
        encode(&RgbImage::from_fn(width, height, |x, y| Rgb([level(x, width), level(y, height), 90])), 90)
            .expect("encoded")
    }

    #[test]
    fn a_large_jpeg_is_decoded_no_larger_than_needed() {
        let decoded = decode(&gradient(1_000, 600), 120, 1_000_000).expect("decoded");
        assert_eq!((decoded.width_px, decoded.height_px), (1_000, 600));
        assert_eq!(decoded.picture.dimensions(), (125, 75));
    }

    #[test]
    fn the_scale_keeps_at_least_the_side_asked_for() {
        for (longest, side, numerator, denominator) in
            [(6_000, 2_048, 1, 2), (6_000, 512, 1, 8), (4_000, 2_048, 1, 1), (300, 2_048, 1, 1)]
        {
            let scale = factor(longest, side);
            assert_eq!((scale.num(), scale.denom()), (numerator, denominator), "{longest} to {side}");
        }
    }

    #[test]
    fn a_truncated_jpeg_gives_its_upper_part_and_a_finding() {
        let whole = gradient(500, 400);
        let decoded = decode(&whole[..whole.len() / 2], 2_048, 1_000_000).expect("decoded");
        assert_eq!(decoded.findings[0].code, FindingCode::Truncated);
        assert_eq!(decoded.picture.dimensions(), (500, 400));
    }

    #[test]
    fn a_jpeg_over_the_pixel_limit_is_refused_from_its_header() {
        let mut bomb = gradient(64, 64);
        let frame =
            bomb.windows(2).position(|pair| pair == [0xFF, 0xC0] || pair == [0xFF, 0xC2]).expect("SOF");
        bomb[frame + 5..frame + 9].copy_from_slice(&[0xEA, 0x60, 0xEA, 0x60]);
        let refused = decode(&bomb, 256, 400_000_000).err().expect("refused");
        assert_eq!(refused.code, FindingCode::OverLimit);
    }

    #[test]
    fn random_bytes_after_a_jpeg_start_are_a_finding() {
        let bytes: Vec<u8> =
            [0xFF, 0xD8, 0xFF].into_iter().chain((0..2_000_u32).map(|n| ((n * 7_919) >> 3) as u8)).collect();
        assert!(decode(&bytes, 256, 1_000_000).is_err());
    }
}
