//! Technical facts measured from the bytes. Absent where they do not apply.

use damask_model::probe::{AudioStream, Probe, VideoStream};
use damask_time::Rate;
use serde::Serialize;
use utoipa::ToSchema;

/// What was measured of a file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Probe)]
pub struct ProbeView {
    /// Upright width in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    width_px: Option<u32>,
    /// Upright height in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    height_px: Option<u32>,
    /// EXIF orientation as stored, where it is not 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    orientation: Option<u8>,
    /// Name of the embedded colour profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    colour_profile: Option<String>,
    /// Pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    page_count: Option<u32>,
    /// Duration in microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_us: Option<u64>,
    /// Start timecode; `;` before the frames for drop-frame.
    #[serde(skip_serializing_if = "Option::is_none")]
    start_timecode: Option<String>,
    /// Name of the container.
    #[serde(skip_serializing_if = "Option::is_none")]
    container: Option<String>,
    /// The first stream of pictures.
    #[serde(skip_serializing_if = "Option::is_none")]
    video: Option<VideoView>,
    /// All streams of sound.
    audio: Vec<AudioView>,
    /// Dominant colours, `#rrggbb`.
    colours: Vec<String>,
    /// Perceptual hash, 16 hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    perceptual_hash: Option<String>,
}

/// A stream of moving pictures.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VideoStream)]
pub struct VideoView {
    codec: String,
    /// Frames a second, as an exact ratio.
    #[serde(skip_serializing_if = "Option::is_none")]
    rate: Option<RateView>,
    width_px: u32,
    height_px: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pixel_format: Option<String>,
    /// Frames in the stream, where the file says.
    #[serde(skip_serializing_if = "Option::is_none")]
    frames: Option<u64>,
}

/// Units a second as an exact ratio.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = Rate)]
pub struct RateView {
    numerator: u32,
    denominator: u32,
}

/// A stream of sound.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AudioStream)]
pub struct AudioView {
    codec: String,
    channels: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    layout: Option<String>,
    sample_rate_hz: u32,
    /// ISO 639-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
}

impl From<Probe> for ProbeView {
    fn from(probe: Probe) -> Self {
        Self {
            width_px: probe.width_px,
            height_px: probe.height_px,
            orientation: probe.orientation,
            colour_profile: probe.colour_profile,
            page_count: probe.page_count,
            duration_us: probe.duration_us,
            start_timecode: probe.start_timecode,
            container: probe.container,
            video: probe.video.map(VideoView::from),
            audio: probe.audio.into_iter().map(AudioView::from).collect(),
            colours: probe.colours,
            perceptual_hash: probe.perceptual_hash,
        }
    }
}

impl From<VideoStream> for VideoView {
    fn from(stream: VideoStream) -> Self {
        Self {
            codec: stream.codec,
            rate: stream.rate.map(RateView::from),
            width_px: stream.width_px,
            height_px: stream.height_px,
            pixel_format: stream.pixel_format,
            frames: stream.frames,
        }
    }
}

impl From<AudioStream> for AudioView {
    fn from(stream: AudioStream) -> Self {
        Self {
            codec: stream.codec,
            channels: stream.channels,
            layout: stream.layout,
            sample_rate_hz: stream.sample_rate_hz,
            language: stream.language,
        }
    }
}

impl From<Rate> for RateView {
    fn from(rate: Rate) -> Self {
        Self { numerator: rate.numerator(), denominator: rate.denominator() }
    }
}
