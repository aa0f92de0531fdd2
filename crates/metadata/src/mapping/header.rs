//! What the header of a film or sound says where nothing of it could be decoded: a file that is cut short still
//! tells how long and how large it was. Measurements go first; see `measured`.

use damask_model::{AssetKind, FieldName, Value, probe::Probe};

use super::words;
use crate::Tags;

/// Longest duration believed, in seconds: 30 days.
pub const DURATION_SECONDS_MAX: f64 = 30.0 * 86_400.0;
/// Lowest sample rate believed: below it the number is a rate of frames (SMPTE ST 377-1, annex F).
const SAMPLE_RATE_HZ_MIN: f64 = 1_000.0;
/// Largest number of channels, sample rate or side believed.
const WHOLE_MAX: f64 = 100_000_000.0;

/// The measured fields that the tags have and the probe has not.
pub fn said_by_header(tags: &Tags, kind: AssetKind, probe: &Probe) -> Vec<(FieldName, Vec<Value>)> {
    let is_undecoded = probe.video.is_none() && probe.audio.is_empty() && probe.width_px.is_none();
    let mut said = Vec::new();
    let mut say = |name: &'static str, value: Option<Value>| {
        said.extend(value.map(|value| (FieldName::core(name), vec![value])));
    };
    if !matches!(kind, AssetKind::Audio | AssetKind::Video) {
        return said;
    }
    if probe.duration_us.is_none() {
        let seconds =
            number(tags, &["Duration", "SendDuration"]).filter(|length| *length <= DURATION_SECONDS_MAX);
        say("duration", seconds.map(Value::Number));
    }
    if is_undecoded {
        // MXF says the lines of a field where pictures are interlaced (SMPTE ST 377-1, G.2.4).
        let is_of_fields = tags.list.iter().any(|tag| tag.family() == "MXF");
        if kind == AssetKind::Video && !is_of_fields {
            let (width, height) = (number(tags, &["ImageWidth"]), number(tags, &["ImageHeight"]));
            if width.is_some() && height.is_some() {
                say("width", width.and_then(whole));
                say("height", height.and_then(whole));
            }
        }
        let rate =
            number(tags, &["AudioSampleRate", "SampleRate"]).filter(|rate| *rate >= SAMPLE_RATE_HZ_MIN);
        say("sample_rate", rate.and_then(whole));
        say("audio_channels", number(tags, &["AudioChannels", "NumChannels", "Channels"]).and_then(whole));
    }
    said
}

/// The first positive number of these names; exiftool's sum of a file before what stands in its tracks.
fn number(tags: &Tags, names: &[&str]) -> Option<f64> {
    names.iter().find_map(|name| {
        let of = |is_sum: bool| {
            tags.list
                .iter()
                .filter(|tag| tag.name == *name && (tag.family() == "Composite") == is_sum)
                .find_map(|tag| words::number(&tag.value).filter(|number| *number > 0.0))
        };
        of(true).or_else(|| of(false))
    })
}

fn whole(number: f64) -> Option<Value> {
    #[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
    (number <= WHOLE_MAX).then(|| Value::Integer(number.round() as i64))
}

#[cfg(test)]
mod tests {
    use damask_model::{AssetKind, probe::Probe};
    use serde_json::{Value as Json, json};

    use super::said_by_header;
    use crate::Tags;

    fn check(kind: AssetKind, tags: &Json, probe: &Probe, expected: &[&str]) {
        let tags = Tags::from_value(tags).expect("tags");
        let said = said_by_header(&tags, kind, probe);
        let found: Vec<String> =
            said.iter().map(|(name, values)| format!("{name}={}", json!(values[0]))).collect();
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.starts_with(expected), "{found}, not {expected}");
        }
    }

    #[test]
    fn a_film_that_is_cut_short_still_says_how_long_and_how_large_it_was() {
        let tags = json!({"Matroska:Duration": 148.6, "Matroska:ImageWidth": 704, "Matroska:ImageHeight": 576,
            "Matroska:AudioSampleRate": 48_000, "Matroska:AudioChannels": 2});
        let expected = ["duration=", "width=", "height=", "sample_rate=", "audio_channels="];
        check(AssetKind::Video, &tags, &Probe::default(), &expected);
        let measured = Probe { duration_us: Some(1), width_px: Some(704), ..Probe::default() };
        check(AssetKind::Video, &tags, &measured, &[]);
        check(AssetKind::Image, &tags, &Probe::default(), &[]);
    }

    #[test]
    fn numbers_that_cannot_be_are_not_believed() {
        let tags = json!({"MXF:SampleRate": 25, "MXF:Duration": 1e12, "MXF:ImageWidth": 1920});
        check(AssetKind::Video, &tags, &Probe::default(), &[]);
        check(AssetKind::Audio, &json!({"FLAC:Duration": 0, "FLAC:Channels": -2}), &Probe::default(), &[]);
    }
}
