//! Technical facts measured from the bytes of a file: what a probe found, and what it could not read.

use damask_time::Rate;
use serde::{Deserialize, Serialize};

use crate::Finding;

/// What was measured of one file. Fields that do not apply are absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Probe {
    /// Upright width in pixels (orientation applied).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width_px: Option<u32>,
    /// Upright height in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height_px: Option<u32>,
    /// EXIF orientation 1 to 8 as stored, where it is not 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orientation: Option<u8>,
    /// Name of the embedded ICC profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub colour_profile: Option<String>,
    /// Pages of a document, or pictures of a multi-page file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_count: Option<u32>,
    /// Duration in microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_us: Option<u64>,
    /// Start timecode as the file carries it (`;` before the frames for drop-frame).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_timecode: Option<String>,
    /// The container's name (`mov,mp4,m4a,3gp,3g2,mj2`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// The first video stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video: Option<VideoStream>,
    /// All audio streams.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub audio: Vec<AudioStream>,
    /// A picture of under 40 bytes for the time before pictures load (ThumbHash), base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placeholder: Option<String>,
    /// Dominant colours of the picture, `#rrggbb`, most of the area first; at most 6.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub colours: Vec<String>,
    /// Perceptual hash (64-bit DCT), 16 hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub perceptual_hash: Option<String>,
    /// What could not be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
}

/// A stream of moving pictures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoStream {
    /// ffmpeg's short name of the codec (`h264`).
    pub codec: String,
    /// Frames a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<Rate>,
    /// Coded width in pixels.
    pub width_px: u32,
    /// Coded height in pixels.
    pub height_px: u32,
    /// Pixel format (`yuv420p`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pixel_format: Option<String>,
    /// Frames in the stream, where the file says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frames: Option<u64>,
}

/// A stream of sound.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AudioStream {
    /// ffmpeg's short name of the codec (`aac`).
    pub codec: String,
    /// Channels.
    pub channels: u32,
    /// Channel layout (`stereo`, `5.1`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layout: Option<String>,
    /// Samples a second.
    pub sample_rate_hz: u32,
    /// Language of the stream (ISO 639-2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}
