//! What the header of a film or sound says where nothing of it could be decoded: a file that is cut short still
//! tells how long and how large it was. Measurements go first; see `measured`.

use damask_model::{AssetKind, FieldName, Value, probe::Probe};
use damask_time::Rate;

use super::{codecs, words};
use crate::{Tag, Tags};

/// Longest duration believed, in seconds: two days, as of a film that is decoded.
pub const DURATION_SECONDS_MAX: f64 = 48.0 * 3_600.0;
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
    if kind == AssetKind::Video && probe.video.is_none() && probe.width_px.is_none() {
        if let Some((width, height)) = size(tags) {
            say("width", whole(width));
            say("height", whole(height));
        }
        say("video_codec", codecs::of_pictures(tags).map(Value::text));
        let rate = number(tags, &["VideoFrameRate"]).or_else(|| {
            let is_picture = |tag: &&Tag| tag.family() == "MXF" && tag.name == "ImageWidth";
            let track = tags.list.iter().find(is_picture)?.place();
            tags.first(track, "EditRate").and_then(|tag| words::number(&tag.value))
        });
        say("frame_rate", rate.and_then(rate_near).map(Value::Rate));
    }
    if is_undecoded && probe.start_timecode.is_none() {
        say("start_timecode", start_timecode(tags).map(Value::text));
    }
    if is_undecoded {
        let channels = number(tags, &["AudioChannels", "NumChannels", "ChannelCount", "Channels"])
            .or_else(|| mpeg(tags, "ChannelMode").map(|mode| if mode > 2.5 { 1.0 } else { 2.0 }));
        let codec = codecs::of_sound(tags);
        let rate = number(tags, &["AudioSampleRate", "SampleRate"])
            .filter(|rate| *rate >= SAMPLE_RATE_HZ_MIN)
            .or_else(|| mpeg_sample_rate(tags));
        say("sample_rate", rate.and_then(whole));
        say("audio_channels", channels.and_then(whole));
        say("audio_codec", codec.map(Value::text));
        say("audio_layout", channels.and_then(|channels| layout(codec, channels)).map(Value::text));
    }
    said
}

/// Width and height of the pictures. MXF says the lines of a field where pictures are kept as fields, and which of them
/// are to be seen (SMPTE ST 377-1, G.2.3 and G.2.4).
fn size(tags: &Tags) -> Option<(f64, f64)> {
    let lines = if matches!(
        tags.first("MXF", "FrameLayout").map(|tag| words::number(&tag.value)),
        Some(Some(1.0 | 4.0))
    ) {
        2.0
    } else {
        1.0
    };
    let of = |names: [&str; 2]| Some((number(tags, &names[..1])?, number(tags, &names[1..])? * lines));
    of(["DisplayWidth", "DisplayHeight"])
        .filter(|_| tags.list.iter().any(|tag| tag.family() == "MXF"))
        .or_else(|| of(["ImageWidth", "ImageHeight"]))
}

/// Takes the lines off an MXF's size that are stored but not to be seen, as those of D-10 before the picture
/// (SMPTE ST 377-1, G.2.4; ST 356).
pub fn as_displayed(tags: &Tags, probe: &mut Probe) {
    let (Some(width), Some(height)) = (probe.width_px, probe.height_px) else { return };
    if tags.first("MXF", "DisplayHeight").is_none() {
        return;
    }
    let Some((wide, high)) = size(tags) else { return };
    // More than a tenth off is no blanking but a header that is wrong.
    let is_near = |stored: u32, shown: f64| shown <= f64::from(stored) && shown >= f64::from(stored) * 0.9;
    if is_near(width, wide) && is_near(height, high) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is no more than the u32"
        )]
        let (wide, high) = (wide as u32, high as u32);
        (probe.width_px, probe.height_px) = (Some(wide), Some(high));
    }
}

/// Where the time code of an MXF's first package starts (SMPTE ST 377-1, B.25: frames from midnight and frames a second
/// as counted). Dropped numbers are left to a decoder.
fn start_timecode(tags: &Tags) -> Option<String> {
    let of = |name: &str| tags.list.iter().find(|tag| tag.family() == "MXF" && tag.name == name);
    let whole = |name: &str| of(name).and_then(|tag| tag.value.as_u64());
    let is_dropping = of("DropFrame").and_then(|tag| tag.value.as_bool()).unwrap_or(false);
    let base = whole("RoundedTimecodeTimebase").filter(|base| (1..=240).contains(base) && !is_dropping)?;
    let start = whole("StartTimecode").filter(|start| start / base < 86_400)?;
    let seconds = start / base;
    Some(format!("{:02}:{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60, start % base))
}

/// The standard rate that a number stands for (SMPTE ST 12-1, table 1), or a whole one.
fn rate_near(number: f64) -> Option<Rate> {
    Rate::usual().find(|rate| (rate.a_second() - number).abs() < rate.a_second() * 1e-4)
}

/// A code of two bits in the header of MPEG audio.
fn mpeg(tags: &Tags, name: &str) -> Option<f64> {
    tags.first("MPEG", name).and_then(|tag| words::number(&tag.value))
}

/// ISO/IEC 11172-3, 2.4.2.3 and ISO/IEC 13818-3, 2.4.2.3: the rate by version and index.
fn mpeg_sample_rate(tags: &Tags) -> Option<f64> {
    let rates = [44_100.0, 48_000.0, 32_000.0];
    let index = mpeg(tags, "SampleRate").filter(|index| (0.0..2.5).contains(index))?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range was checked")]
    let rate = rates[index as usize];
    let version = mpeg(tags, "MPEGAudioVersion")?;
    Some(if version > 2.5 {
        rate
    } else if version > 1.5 {
        rate / 2.0
    } else {
        rate / 4.0
    })
}

/// One channel is the middle; two are left and right where the codec's standard says so (RFC 9639, 9.1.3; Vorbis I, 4.3.9;
/// RFC 7845, 5.1.1.1; ISO/IEC 11172-3, 2.4.2.3).
fn layout(codec: Option<&str>, channels: f64) -> Option<&'static str> {
    let is_stereo = matches!(codec?, "flac" | "vorbis" | "opus" | "mp3" | "mp2" | "mp1" | "aac");
    match channels.to_string().as_str() {
        "1" => Some("mono"),
        "2" if is_stereo => Some("stereo"),
        _ => None,
    }
}

/// The first positive number of these names; exiftool's sum of a file before what stands in its tracks.
fn number(tags: &Tags, names: &[&str]) -> Option<f64> {
    names.iter().find_map(|name| {
        let of = |is_sum: bool| {
            tags.list
                .iter()
                .filter(|tag| tag.name == *name && (tag.family() == "Composite") == is_sum)
                // Those are of a picture inside.
                .filter(|tag| !matches!(tag.family(), "EXIF" | "MakerNotes" | "XMP"))
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
    use damask_model::{
        AssetKind,
        probe::{AudioStream, Probe},
    };
    use serde_json::{Value as Json, json};

    use super::{as_displayed, said_by_header, start_timecode};
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
    fn codecs_rates_and_layouts_of_what_cannot_be_decoded_are_those_of_its_header() {
        let flac = json!({"FLAC:SampleRate": 44_100, "FLAC:Channels": 1});
        let expected = ["sample_rate=", "audio_channels=", "audio_codec=", "audio_layout="];
        check(AssetKind::Audio, &flac, &Probe::default(), &expected);
        let mp3 = json!({"MPEG:AudioLayer": 1, "MPEG:MPEGAudioVersion": 2, "MPEG:SampleRate": 0, "MPEG:ChannelMode": 3});
        check(AssetKind::Audio, &mp3, &Probe::default(), &expected);
        let film = json!({"QuickTime:Track1:ImageWidth": 160, "QuickTime:Track1:ImageHeight": 120,
            "QuickTime:Track1:CompressorID": "mp4v", "QuickTime:Track1:VideoFrameRate": 29.970_029_97});
        let heard = Probe { audio: vec![stream()], duration_us: Some(1), ..Probe::default() };
        check(AssetKind::Video, &film, &heard, &["width=", "height=", "video_codec=", "frame_rate="]);
    }

    #[test]
    fn of_an_mxf_the_lines_to_be_seen_are_its_height() {
        let tags = json!({"MXF:Track2:FrameLayout": 1, "MXF:Track2:ImageWidth": 720, "MXF:Track2:ImageHeight": 304,
            "MXF:Track2:DisplayWidth": 720, "MXF:Track2:DisplayHeight": 288});
        let tags = Tags::from_value(&tags).expect("tags");
        let sized = |height: u32| {
            let mut probe = Probe { width_px: Some(720), height_px: Some(height), ..Probe::default() };
            as_displayed(&tags, &mut probe);
            probe.height_px
        };
        assert_eq!((sized(608), sized(486)), (Some(576), Some(486)));
    }

    #[test]
    fn a_time_code_is_counted_from_the_frames_of_an_mxf() {
        let of = |dropping: bool| {
            let tags = json!({"MXF:Track1:StartTimecode": 35_970, "MXF:Track1:RoundedTimecodeTimebase": 25,
                "MXF:Track1:DropFrame": dropping});
            start_timecode(&Tags::from_value(&tags).expect("tags"))
        };
        assert_eq!((of(false).as_deref(), of(true)), (Some("00:23:58:20"), None));
    }

    fn stream() -> AudioStream {
        AudioStream { codec: "aac".into(), channels: 2, layout: None, sample_rate_hz: 44_100, language: None }
    }

    #[test]
    fn numbers_that_cannot_be_are_not_believed() {
        let tags = json!({"MXF:SampleRate": 25, "MXF:Duration": 1e12, "MXF:ImageWidth": 1920});
        check(AssetKind::Video, &tags, &Probe::default(), &[]);
        let flac = json!({"FLAC:Duration": 0, "FLAC:Channels": -2});
        check(AssetKind::Audio, &flac, &Probe::default(), &["audio_codec="]);
    }
}
