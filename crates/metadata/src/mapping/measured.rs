//! Measurements as values of the measured fields.

use damask_model::{
    FieldName, Value,
    probe::{AudioStream, Probe},
};
use damask_time::Rate;

/// The values of a probe. Durations are seconds; dimensions are those of the upright picture.
pub fn measured(probe: &Probe) -> Vec<(FieldName, Vec<Value>)> {
    let whole = |number: Option<u32>| number.map(|number| Value::Integer(i64::from(number)));
    let video = probe.video.as_ref();
    let audio = probe.audio.first();
    #[expect(clippy::cast_precision_loss, reason = "a duration of 285 years is exact to the microsecond")]
    let duration = probe.duration_us.map(|micros| Value::Number(micros as f64 / 1e6));
    let values = [
        ("width", whole(probe.width_px.or_else(|| video.map(|stream| stream.width_px)))),
        ("height", whole(probe.height_px.or_else(|| video.map(|stream| stream.height_px)))),
        ("colour_profile", probe.colour_profile.as_deref().map(Value::text)),
        ("page_count", whole(probe.page_count)),
        ("duration", duration),
        ("frame_rate", video.and_then(|stream| stream.rate).filter(|rate| is_rate(*rate)).map(Value::Rate)),
        ("start_timecode", probe.start_timecode.as_deref().map(|text| Value::text(in_two_digits(text)))),
        ("video_codec", video.map(|stream| Value::text(&*stream.codec))),
        ("audio_codec", audio.map(|stream| Value::text(&*stream.codec))),
        ("audio_channels", audio.map(|_| Value::Integer(channels(probe)))),
        ("audio_layout", audio.and_then(|stream| stream.layout.as_deref()).map(Value::text)),
        ("sample_rate", whole(audio.map(sample_rate_hz))),
    ];
    values
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| (FieldName::core(name), vec![value])))
        .collect()
}

/// A thousand a second and more are the ticks of a container that keeps milliseconds (Matroska, Flash), not frames.
fn is_rate(rate: Rate) -> bool {
    u64::from(rate.numerator()) < 1_000 * u64::from(rate.denominator())
}

/// SMPTE ST 12-1, 5: each group has two digits. Readers of MXF print frames as a plain number.
fn in_two_digits(timecode: &str) -> String {
    let is_separator = |c: char| matches!(c, ':' | ';' | '.');
    let groups = timecode.split_inclusive(is_separator);
    groups
        .map(|group| {
            if group.trim_end_matches(is_separator).len() == 1 {
                format!("0{group}")
            } else {
                group.to_owned()
            }
        })
        .collect()
}

/// Samples of one bit (DSD) are counted by the decoder as bytes of eight.
fn sample_rate_hz(stream: &AudioStream) -> u32 {
    if stream.codec.starts_with("dsd_") {
        stream.sample_rate_hz.saturating_mul(8)
    } else {
        stream.sample_rate_hz
    }
}

/// Channels of the first stream; of all streams together where each has one, as production files are laid out
/// (a stem a track).
fn channels(probe: &Probe) -> i64 {
    let first = probe.audio.first().map_or(0, |stream| stream.channels);
    let is_split = probe.audio.len() > 1 && probe.audio.iter().all(|stream| stream.channels == 1);
    if is_split { i64::try_from(probe.audio.len()).unwrap_or(i64::MAX) } else { i64::from(first) }
}

#[cfg(test)]
mod tests {
    use damask_model::{
        Value,
        probe::{AudioStream, Probe, VideoStream},
    };
    use damask_time::Rate;

    use super::measured;

    fn stream(channels: u32) -> AudioStream {
        AudioStream {
            codec: "pcm_s24le".into(),
            channels,
            layout: None,
            sample_rate_hz: 48_000,
            language: None,
        }
    }

    fn value_of(probe: &Probe, name: &str) -> Option<Value> {
        measured(probe)
            .into_iter()
            .find(|(field, _)| field.as_str() == name)
            .map(|(_, mut values)| values.remove(0))
    }

    #[test]
    fn a_film_is_measured_in_pixels_seconds_and_exact_rates() {
        let probe = Probe {
            width_px: Some(1_080),
            height_px: Some(1_920),
            duration_us: Some(1_500_000),
            video: Some(VideoStream {
                codec: "h264".into(),
                rate: Some(Rate::NTSC_30),
                width_px: 1_920,
                height_px: 1_080,
                pixel_format: None,
                frames: None,
            }),
            audio: vec![stream(2)],
            ..Probe::default()
        };
        assert_eq!(value_of(&probe, "width"), Some(Value::Integer(1_080)), "upright");
        assert_eq!(value_of(&probe, "duration"), Some(Value::Number(1.5)));
        assert_eq!(value_of(&probe, "frame_rate"), Some(Value::Rate(Rate::NTSC_30)));
        assert_eq!(value_of(&probe, "sample_rate"), Some(Value::Integer(48_000)));
        assert_eq!(value_of(&probe, "page_count"), None);
    }

    #[test]
    fn samples_of_one_bit_are_counted_as_such_and_ticks_are_no_rate() {
        let film = VideoStream {
            codec: "h264".into(),
            rate: Rate::new(1_000, 1).ok(),
            width_px: 2,
            height_px: 2,
            pixel_format: None,
            frames: None,
        };
        let sound = AudioStream { codec: "dsd_lsbf_planar".into(), sample_rate_hz: 352_800, ..stream(1) };
        let probe = Probe {
            video: Some(film),
            audio: vec![sound],
            start_timecode: Some("00:00:01;5".into()),
            ..Probe::default()
        };
        assert_eq!(value_of(&probe, "sample_rate"), Some(Value::Integer(2_822_400)));
        assert_eq!(value_of(&probe, "frame_rate"), None);
        assert_eq!(value_of(&probe, "start_timecode"), Some(Value::text("00:00:01;05")));
    }

    #[test]
    fn a_stem_a_track_is_counted_together() {
        let probe = Probe { audio: vec![stream(1), stream(1), stream(1)], ..Probe::default() };
        assert_eq!(value_of(&probe, "audio_channels"), Some(Value::Integer(3)));
    }
}
