//! Recipes: how a rendition is made from a version. The text form is a file name, so that it can stand in
//! a URL and a store path, and two recipes are the same exactly when their texts are:
//!
//! - pictures: `box-1024x1024.jpg`, `crop-400x300-q70.webp`, `fit-800x600-p3.png`
//!   (fit, width × height in pixels, then quality 1 to 100 and page from 1 where they are not the usual)
//! - films: `proxy-540.mp4`, `filmstrip.jpg`; sound: `peaks.json`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// How a picture takes the size asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fit {
    /// As large as lies within the box; never larger than the original.
    Box,
    /// Within the box and padded to exactly it.
    Fit,
    /// Fills the box exactly; what sticks out is cut, centred.
    Crop,
}

/// The format of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PictureFormat {
    /// JPEG, 4:2:0, baseline.
    Jpeg,
    /// PNG, lossless.
    Png,
    /// WebP, lossy.
    Webp,
    /// AVIF.
    Avif,
}

/// A picture rendition: size, fit, format, quality, page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PictureRecipe {
    /// How the size is taken.
    pub fit: Fit,
    /// Width of the box in pixels, 1 to [`Recipe::SIDE_PX_MAX`].
    pub width_px: u32,
    /// Height of the box in pixels.
    pub height_px: u32,
    /// Format.
    pub format: PictureFormat,
    /// 1 to 100; meaningless for PNG.
    pub quality: u8,
    /// Page or frame of a multi-page file, from 1.
    pub page: u32,
}

/// How a rendition is made.
///
/// Law: a picture's sizes lie within the limits, its quality within 1 to 100, its page from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Recipe {
    /// A still picture.
    Picture(PictureRecipe),
    /// A browser-playable film of 540 lines (H.264 and AAC in MP4).
    Proxy540,
    /// One picture of equally spaced frames side by side, for scrubbing.
    Filmstrip,
    /// Peaks of the sound, for drawing its wave.
    Peaks,
}

/// A text that is not a recipe, with what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a recipe: {expected}")]
pub struct RecipeError {
    /// The text that was given.
    pub text: String,
    /// What was expected.
    pub expected: &'static str,
}

impl PictureFormat {
    /// All formats.
    pub const ALL: [Self; 4] = [Self::Jpeg, Self::Png, Self::Webp, Self::Avif];

    /// The file name extension.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Avif => "avif",
        }
    }

    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Avif => "image/avif",
        }
    }

    /// The quality taken when a recipe names none.
    pub const fn usual_quality(self) -> u8 {
        match self {
            Self::Jpeg => 82,
            Self::Png => 100,
            Self::Webp => 80,
            Self::Avif => 60,
        }
    }
}

impl Recipe {
    /// Longest side of a picture rendition, in pixels.
    pub const SIDE_PX_MAX: u32 = 8_192;
    /// Last page that can be asked for.
    pub const PAGE_MAX: u32 = 100_000;
    /// The preview ladder's rungs: longest side in pixels, the largest first.
    pub const LADDER_PX: [u32; 4] = [2_048, 1_024, 512, 256];

    /// The rung of the preview ladder with that longest side.
    pub const fn rung(side_px: u32) -> Self {
        Self::Picture(PictureRecipe {
            fit: Fit::Box,
            width_px: side_px,
            height_px: side_px,
            format: PictureFormat::Jpeg,
            quality: PictureFormat::Jpeg.usual_quality(),
            page: 1,
        })
    }

    /// The media type of what it makes.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Picture(picture) => picture.format.media_type(),
            Self::Proxy540 => "video/mp4",
            Self::Filmstrip => "image/jpeg",
            Self::Peaks => "application/json",
        }
    }

    /// The file name extension of what it makes.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Picture(picture) => picture.format.extension(),
            Self::Proxy540 => "mp4",
            Self::Filmstrip => "jpg",
            Self::Peaks => "json",
        }
    }
}

impl fmt::Display for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let picture = match self {
            Self::Picture(picture) => picture,
            Self::Proxy540 => return f.write_str("proxy-540.mp4"),
            Self::Filmstrip => return f.write_str("filmstrip.jpg"),
            Self::Peaks => return f.write_str("peaks.json"),
        };
        let fit = match picture.fit {
            Fit::Box => "box",
            Fit::Fit => "fit",
            Fit::Crop => "crop",
        };
        write!(f, "{fit}-{}x{}", picture.width_px, picture.height_px)?;
        if picture.quality != picture.format.usual_quality() {
            write!(f, "-q{}", picture.quality)?;
        }
        if picture.page != 1 {
            write!(f, "-p{}", picture.page)?;
        }
        write!(f, ".{}", picture.format.extension())
    }
}

impl FromStr for Recipe {
    type Err = RecipeError;

    fn from_str(text: &str) -> Result<Self, RecipeError> {
        let wrong = |expected| RecipeError { text: text.chars().take(80).collect(), expected };
        match text {
            "proxy-540.mp4" => return Ok(Self::Proxy540),
            "filmstrip.jpg" => return Ok(Self::Filmstrip),
            "peaks.json" => return Ok(Self::Peaks),
            _ => {}
        }
        let (stem, extension) = text.rsplit_once('.').ok_or_else(|| wrong("an extension ends it"))?;
        let format = PictureFormat::ALL
            .into_iter()
            .find(|format| format.extension() == extension)
            .ok_or_else(|| wrong("the extension is jpg, png, webp or avif"))?;
        let mut parts = stem.split('-');
        let fit = match parts.next() {
            Some("box") => Fit::Box,
            Some("fit") => Fit::Fit,
            Some("crop") => Fit::Crop,
            _ => return Err(wrong("box, fit or crop comes first")),
        };
        let side = |text: &str| number(text, Self::SIDE_PX_MAX);
        let (width_px, height_px) = parts
            .next()
            .and_then(|size| size.split_once('x'))
            .and_then(|(width, height)| Some((side(width)?, side(height)?)))
            .ok_or_else(|| wrong("the size is WIDTHxHEIGHT in pixels, each 1 to 8192"))?;
        let (mut quality, mut page) = (format.usual_quality(), 1);
        for part in parts {
            if let Some(text) = part.strip_prefix('q') {
                quality = number(text, 100)
                    .and_then(|quality| u8::try_from(quality).ok())
                    .ok_or_else(|| wrong("quality is q1 to q100"))?;
            } else if let Some(text) = part.strip_prefix('p') {
                page = number(text, Self::PAGE_MAX).ok_or_else(|| wrong("a page is p1 to p100000"))?;
            } else {
                return Err(wrong("after the size come only -q for quality and -p for page"));
            }
        }
        Ok(Self::Picture(PictureRecipe { fit, width_px, height_px, format, quality, page }))
    }
}

impl TryFrom<String> for Recipe {
    type Error = RecipeError;

    fn try_from(text: String) -> Result<Self, RecipeError> {
        text.parse()
    }
}

impl From<Recipe> for String {
    fn from(recipe: Recipe) -> Self {
        recipe.to_string()
    }
}

/// A whole number from 1 to `max`, written without sign or leading zero.
fn number(text: &str, max: u32) -> Option<u32> {
    let lawful = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| lawful && (1..=max).contains(number))
}

#[cfg(test)]
mod tests {
    use super::Recipe;

    #[test]
    fn a_recipe_reads_what_it_prints() {
        for text in [
            "box-1024x1024.jpg",
            "crop-400x300-q70.webp",
            "fit-800x600-p3.png",
            "box-1x8192-q1-p100000.avif",
            "proxy-540.mp4",
            "filmstrip.jpg",
            "peaks.json",
        ] {
            assert_eq!(text.parse::<Recipe>().expect(text).to_string(), text);
        }
    }

    #[test]
    fn the_usual_quality_and_the_first_page_are_not_written() {
        let recipe: Recipe = "box-512x512-q82-p1.jpg".parse().expect("recipe");
        assert_eq!(recipe, Recipe::rung(512));
        assert_eq!(recipe.to_string(), "box-512x512.jpg");
    }

    #[test]
    fn a_recipe_over_a_limit_is_refused() {
        for text in [
            "",
            "box",
            "box-0x10.jpg",
            "box-9000x10.jpg",
            "box-10x10-q0.jpg",
            "box-10x10-q101.jpg",
            "box-10x10.tiff",
            "box-010x10.jpg",
            "box-10x10-z3.jpg",
            "../etc/passwd.jpg",
        ] {
            assert!(text.parse::<Recipe>().is_err(), "{text}");
        }
    }
}
