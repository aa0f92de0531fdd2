//! What the parent and a worker say to each other about pictures.

use damask_model::Finding;
use serde::{Deserialize, Serialize};

/// An order for a preview ladder.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LadderRequest {
    /// Longest sides, the largest first; one open file follows for each.
    pub(crate) rungs_px: Vec<u32>,
    /// JPEG quality.
    pub(crate) quality: u8,
    /// Most pixels the source may have.
    pub(crate) pixels_max: u64,
}

/// What was made of a picture, or learnt of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Ladder {
    /// Upright width of the source in pixels.
    pub(crate) width_px: u32,
    /// Upright height of the source in pixels.
    pub(crate) height_px: u32,
    /// EXIF orientation as stored, 1 to 8.
    pub(crate) orientation: u8,
    /// Name of the embedded profile.
    pub(crate) colour_profile: Option<String>,
    /// Pictures in the file, where it is more than one by its nature (TIFF).
    pub(crate) page_count: Option<u32>,
    /// ThumbHash, base64.
    pub(crate) placeholder: String,
    /// `#rrggbb`, most of the area first.
    pub(crate) colours: Vec<String>,
    /// 16 hexadecimal digits.
    pub(crate) perceptual_hash: String,
    /// What was written to which file.
    pub(crate) rungs: Vec<RungMade>,
    /// What is wrong with it.
    pub(crate) findings: Vec<Finding>,
}

/// A rung that was written.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct RungMade {
    /// Which of the files asked for.
    pub(crate) index: usize,
    /// Width in pixels.
    pub(crate) width_px: u32,
    /// Height in pixels.
    pub(crate) height_px: u32,
    /// Length of the file.
    pub(crate) bytes: u64,
}

/// One picture that was drawn.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Drawn {
    /// Width in pixels.
    pub(crate) width_px: u32,
    /// Height in pixels.
    pub(crate) height_px: u32,
    /// Length of the file.
    pub(crate) bytes: u64,
    /// What is wrong with the source.
    pub(crate) findings: Vec<Finding>,
}
