//! What a film or sound is, by ffprobe: streams, exact rates, duration, start timecode.

use std::{collections::BTreeMap, path::Path};

use damask_model::{
    Finding, FindingCode,
    probe::{AudioStream, Probe, VideoStream},
};
use damask_time::Rate;
use serde::Deserialize;

use super::{DURATION_MAX, file_url, packets};
use crate::{
    Glass, Limits, MediaError,
    glass::{Named, Run},
};

/// Most bytes of ffprobe's answer.
const ANSWER_BYTES_MAX: u64 = 8 << 20;
/// Audio streams kept.
const AUDIO_STREAMS_MAX: usize = 64;
/// A frame rate of this or more is a time base, not a rate (r_frame_rate of variable-rate films).
pub(super) const RATE_MAX: f64 = 1_000.0;
/// ISO/IEC 14496-12, 8.4.2.3: a length of all ones is one that is not known.
const UNKNOWN_TICKS: i64 = 0xffff_ffff;
/// How far the base rate may lie from the mean for the stream to be of constant rate.
const RATE_TOLERANCE: f64 = 0.02;

/// ffprobe's answer, as far as it is used. What is missing or odd is simply absent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Listing {
    pub(super) streams: Vec<Stream>,
    format: Format,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Format {
    format_name: Option<String>,
    duration: Option<String>,
    start_time: Option<String>,
    tags: BTreeMap<String, String>,
}

/// One stream of the listing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Stream {
    pub(super) index: u32,
    codec_name: Option<String>,
    codec_type: Option<String>,
    codec_tag_string: Option<String>,
    width: Option<u32>,
    height: Option<u32>,
    sample_aspect_ratio: Option<String>,
    pub(super) field_order: Option<String>,
    pix_fmt: Option<String>,
    r_frame_rate: Option<String>,
    avg_frame_rate: Option<String>,
    duration: Option<String>,
    duration_ts: Option<i64>,
    nb_frames: Option<String>,
    sample_rate: Option<String>,
    pub(super) channels: Option<u32>,
    channel_layout: Option<String>,
    disposition: BTreeMap<String, i32>,
    tags: BTreeMap<String, String>,
    side_data_list: Vec<SideData>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SideData {
    rotation: Option<f64>,
}

/// Probes a film or a sound.
pub async fn probe(glass: &Glass, path: &Path) -> Result<Probe, MediaError> {
    let named = Named::new(glass, path)?;
    let listing = match listing(glass, &named).await? {
        Ok(listing) => listing,
        Err(finding) => return Ok(Probe { findings: vec![finding], ..Probe::default() }),
    };
    let mut probe = listing.probe();
    let rateless = probe.video.as_ref().is_some_and(|video| video.rate.is_none());
    if probe.duration_us.is_none() || rateless {
        let kind = if probe.video.is_some() { "v" } else { "a" };
        if let Some(span) = packets::span(glass, &named, kind).await? {
            let duration_us = span.duration_us.filter(|duration| is_believed(*duration));
            probe.duration_us = probe.duration_us.or(duration_us);
            if let Some(video) = &mut probe.video {
                video.rate = video.rate.or(span.rate);
            }
        }
    }
    Ok(probe)
}

/// Whether a film may be so long.
fn is_believed(duration_us: u64) -> bool {
    u128::from(duration_us) <= DURATION_MAX.as_micros()
}

/// ffprobe's listing.
pub(super) async fn listing(glass: &Glass, named: &Named) -> Result<Result<Listing, Finding>, MediaError> {
    let limits = Limits { output_bytes: ANSWER_BYTES_MAX, ..glass.config().limits };
    let run = Run::new("ffprobe")
        .arguments(["-v", "error", "-hide_banner", "-protocol_whitelist", "file,pipe"])
        .arguments(["-print_format", "json", "-show_format", "-show_streams"])
        .argument(file_url(named.link()))
        .read(named.target())
        .write(named.folder())
        .limits(limits);
    let ran = glass.run(run).await?;
    if let Some(finding) = ran.finding.clone() {
        return Ok(Err(finding));
    }
    Ok(understood(&ran.stdout, ran.complaint()))
}

/// What a listing says, however it was come by: for fuzzing.
#[doc(hidden)]
pub fn read_listing(printed: &[u8]) -> Result<Probe, Finding> {
    understood(printed, String::new()).map(|listing| listing.probe())
}

/// The listing that was printed; a finding where it lists nothing, which the complaint tells about, or where it
/// is none, which is not the file's fault alone.
fn understood(printed: &[u8], complaint: String) -> Result<Listing, Finding> {
    let is_blank = printed.trim_ascii().is_empty();
    let listing = if is_blank { Ok(Listing::default()) } else { serde_json::from_slice(printed) };
    let listing = listing.map_err(|error| {
        Finding::new(FindingCode::Undecodable, format!("the listing of ffprobe is not understood: {error}"))
    })?;
    if listing.streams.is_empty() {
        // The index of an MP4 may lie at its end (ISO 14496-12, 6.2.3): a cut file has lost it.
        let cut = complaint.contains("moov atom not found");
        let code = if cut { FindingCode::Truncated } else { FindingCode::Undecodable };
        return Err(Finding::new(code, complaint));
    }
    Ok(listing)
}

impl Listing {
    /// The first stream of moving pictures; a cover is none.
    pub(super) fn video(&self) -> Option<&Stream> {
        self.streams.iter().find(|stream| {
            stream.is("video")
                && !stream.is_cover()
                && stream.width.unwrap_or(0) > 0
                && stream.height.unwrap_or(0) > 0
        })
    }

    /// The streams of sound.
    pub(super) fn audio(&self) -> impl Iterator<Item = &Stream> {
        self.streams.iter().filter(|stream| stream.is("audio") && stream.channels.unwrap_or(0) > 0)
    }

    /// The facts of the listing.
    pub(super) fn probe(&self) -> Probe {
        let video = self.video();
        let upright = video.and_then(Stream::upright);
        let duration_us = self.duration_us();
        let mut findings = Vec::new();
        if let Some(duration_us) = duration_us.filter(|duration| !is_believed(*duration)) {
            let detail = format!("it says it lasts {} s, which is not believed", duration_us / 1_000_000);
            findings.push(Finding::new(FindingCode::MetadataDamaged, detail));
        }
        let encrypted = |stream: &Stream| matches!(stream.codec_tag_string.as_deref(), Some("encv" | "enca"));
        if self.streams.iter().any(encrypted) {
            findings.push(Finding::new(FindingCode::Encrypted, "its streams are encrypted"));
        }
        Probe {
            width_px: upright.map(|size| size.0),
            height_px: upright.map(|size| size.1),
            duration_us: duration_us.filter(|duration| *duration > 0 && is_believed(*duration)),
            start_timecode: self.start_timecode(),
            container: self.format.format_name.clone(),
            video: video.and_then(Stream::to_video).map(|video| self.with_exact_rate(video)),
            audio: self.audio().take(AUDIO_STREAMS_MAX).filter_map(Stream::to_audio).collect(),
            findings,
            ..Probe::default()
        }
    }

    /// The length it says; none where a stream says that nobody knew.
    fn duration_us(&self) -> Option<u64> {
        // A negative one is no length but a damaged header.
        let is_unknown =
            |stream: &Stream| stream.duration_ts.is_some_and(|ticks| ticks < 0 || ticks == UNKNOWN_TICKS);
        if self.streams.iter().any(is_unknown) {
            return None;
        }
        let longest_us = || self.streams.iter().filter_map(|s| micros(s.duration.as_deref()?)).max();
        let duration_us = self.format.duration.as_deref().and_then(micros).or_else(longest_us)?;
        // RFC 5574 and RFC 7845, 4.2: samples before time zero are there for the decoder and are not played.
        let unplayed =
            self.format.start_time.as_deref().and_then(|text| text.strip_prefix('-')).and_then(micros);
        let is_ogg = self.format.format_name.as_deref() == Some("ogg");
        Some(duration_us - unplayed.filter(|start| is_ogg && *start < duration_us).unwrap_or(0))
    }

    /// AVI says the length of a frame in whole microseconds (AVIMAINHEADER, dwMicroSecPerFrame), and cameras make the
    /// rate of the stream from that: the rate it was made from.
    fn with_exact_rate(&self, mut video: VideoStream) -> VideoStream {
        if self.format.format_name.as_deref() == Some("avi") {
            video.rate = video.rate.map(from_microseconds);
        }
        video
    }

    /// MXF has it on the format, QuickTime on the timecode track and the video stream.
    fn start_timecode(&self) -> Option<String> {
        let of = |tags: &BTreeMap<String, String>| {
            tags.iter().find(|(key, _)| key.eq_ignore_ascii_case("timecode")).map(|(_, text)| text.clone())
        };
        let streams = || self.streams.iter().find_map(|stream| of(&stream.tags));
        let video = self.video().and_then(|stream| of(&stream.tags));
        let found = video.or_else(|| of(&self.format.tags)).or_else(streams)?;
        is_timecode(&found).then_some(found)
    }
}

impl Stream {
    fn is(&self, kind: &str) -> bool {
        self.codec_type.as_deref() == Some(kind)
    }

    fn is_cover(&self) -> bool {
        self.disposition.get("attached_pic").is_some_and(|flag| *flag == 1)
    }

    /// Quarter turns the picture is to be turned by, whichever way.
    fn is_turned(&self) -> bool {
        let by_matrix = self.side_data_list.iter().find_map(|data| data.rotation);
        let by_tag = || self.tags.get("rotate").and_then(|text| text.parse::<f64>().ok());
        let degrees = by_matrix.or_else(by_tag).unwrap_or(0.0).abs();
        (degrees / 90.0).round() % 2.0 == 1.0
    }

    /// Width and height as shown upright, in coded pixels.
    fn upright(&self) -> Option<(u32, u32)> {
        let (width, height) = (self.width?, self.height?);
        Some(if self.is_turned() { (height, width) } else { (width, height) })
    }

    /// Width and height as shown upright, in square pixels.
    pub(super) fn shown(&self) -> Option<(u32, u32)> {
        let (width, height) = (self.width?, self.height?);
        let ratio = self.sample_aspect_ratio.as_deref().and_then(|text| text.split_once(':'));
        let (wide, high) = ratio
            .and_then(|(wide, high)| Some((wide.parse::<u64>().ok()?, high.parse::<u64>().ok()?)))
            // Pixels eight times as wide as high are no pixels but a damaged header.
            .filter(|(wide, high)| *wide > 0 && *high > 0 && wide / high < 8 && high / wide < 8)
            .unwrap_or((1, 1));
        let square = u32::try_from(u64::from(width) * wide / high).ok()?.max(1);
        Some(if self.is_turned() { (height, square) } else { (square, height) })
    }

    fn rate(&self) -> Option<Rate> {
        let read = |text: &Option<String>| text.as_deref().and_then(|text| Rate::parse(text).ok());
        let base = read(&self.r_frame_rate).filter(|rate| rate.a_second() < RATE_MAX);
        let mean = read(&self.avg_frame_rate);
        // Where even the mean is that of the ticks (Matroska, Flash), the base was guessed from a few of them.
        if mean.is_some_and(|mean| mean.a_second() >= RATE_MAX) {
            return None;
        }
        match (base, mean) {
            // The base rate is exact; the mean is frames by duration. Where they differ, frames come at
            // varying times, or the base counts fields.
            (Some(base), Some(mean)) => {
                let off = (base.a_second() - mean.a_second()).abs() / mean.a_second();
                Some(if off < RATE_TOLERANCE { base } else { mean })
            }
            (base, mean) => base.or(mean),
        }
    }

    fn to_video(&self) -> Option<VideoStream> {
        Some(VideoStream {
            codec: self.codec_name.clone().unwrap_or_else(|| "unknown".into()),
            rate: self.rate(),
            width_px: self.width?,
            height_px: self.height?,
            pixel_format: self.pix_fmt.clone(),
            frames: self.nb_frames.as_deref().and_then(|text| text.parse().ok()),
        })
    }

    fn to_audio(&self) -> Option<AudioStream> {
        let language = self.tags.iter().find(|(key, _)| key.eq_ignore_ascii_case("language"));
        Some(AudioStream {
            codec: self.codec_name.clone().unwrap_or_else(|| "unknown".into()),
            channels: self.channels?,
            // One channel is the middle, whether or not the format can say so.
            layout: self.channel_layout.clone().or_else(|| (self.channels == Some(1)).then(|| "mono".into())),
            sample_rate_hz: self.sample_rate.as_deref()?.parse().ok()?,
            language: language.map(|(_, code)| code.clone()).filter(|code| code != "und" && code.len() <= 8),
        })
    }
}

/// The rate whose frames last so many whole microseconds; the rate itself where they do not.
fn from_microseconds(rate: Rate) -> Rate {
    let (numerator, ticks) = (u64::from(rate.numerator()), 1_000_000 * u64::from(rate.denominator()));
    if ticks % numerator != 0 || ticks / numerator < 1_000 {
        return rate;
    }
    let frame_us = ticks / numerator;
    let lasts = |candidate: &Rate| {
        let (over, under) =
            (1_000_000 * u64::from(candidate.denominator()), u64::from(candidate.numerator()));
        // Cut or rounded.
        frame_us == over / under || frame_us == (over + under / 2) / under
    };
    Rate::usual().find(lasts).unwrap_or(rate)
}

/// `12.345678` seconds as microseconds, without a float in between.
fn micros(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits: String = part.chars().chain("000000".chars()).take(6).collect();
    whole.parse::<u64>().ok()?.checked_mul(1_000_000)?.checked_add(digits.parse().ok()?)
}

/// `HH:MM:SS:FF`, or with `;` or `.` before the frames.
fn is_timecode(text: &str) -> bool {
    let groups: Vec<&str> = text.split([':', ';', '.']).collect();
    groups.len() == 4
        && groups.iter().all(|g| (1..=3).contains(&g.len()) && g.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use damask_model::FindingCode;
    use damask_time::Rate;

    use super::{Listing, is_timecode, micros, understood};

    fn listing(json: &str) -> Listing {
        serde_json::from_str(json).expect("a listing")
    }

    #[test]
    fn seconds_become_microseconds_exactly() {
        for (text, expected) in [
            ("12.345678", Some(12_345_678)),
            ("0.04", Some(40_000)),
            ("7", Some(7_000_000)),
            ("N/A", None),
            ("-1.0", None),
        ] {
            assert_eq!(micros(text), expected, "{text}");
        }
    }

    #[test]
    fn a_timecode_has_four_groups() {
        for (text, expected) in [
            ("01:00:00:00", true),
            ("00:59:59;28", true),
            ("", false),
            ("01:00:00", false),
            ("aa:00:00:00", false),
        ] {
            assert_eq!(is_timecode(text), expected, "{text}");
        }
    }

    #[test]
    fn the_exact_rate_is_the_base_rate_unless_it_counts_fields_or_ticks() {
        for (base, mean, expected) in [
            ("30000/1001", "2997/100", Rate::NTSC_30),
            ("50/1", "25/1", Rate::PAL_25),
            ("90000/1", "24/1", Rate::FILM_24),
            ("25/1", "0/0", Rate::PAL_25),
        ] {
            let json = format!(
                r#"{{"streams":[{{"codec_type":"video","width":2,"height":2,"r_frame_rate":"{base}","avg_frame_rate":"{mean}"}}]}}"#
            );
            let video = listing(&json).probe().video.expect("video");
            assert_eq!(video.rate, Some(expected), "{base} {mean}");
        }
    }

    #[test]
    fn ticks_of_a_container_are_no_rate() {
        let json = r#"{"streams":[{"codec_type":"video","width":2,"height":2,"r_frame_rate":"60/1","avg_frame_rate":"1000/1"}]}"#;
        assert_eq!(listing(json).probe().video.expect("video").rate, None);
    }

    #[test]
    fn a_rate_made_from_whole_microseconds_is_the_rate_it_was_made_from() {
        for (written, expected) in [
            ("500000/20833", Rate::FILM_24),
            ("500000/16683", Rate::NTSC_30),
            ("25/1", Rate::PAL_25),
            ("30000/1001", Rate::NTSC_30),
            ("1000000/37037", Rate::new(27, 1).expect("a rate")),
        ] {
            let json = format!(
                r#"{{"format":{{"format_name":"avi"}},"streams":[{{"codec_type":"video","width":2,"height":2,"r_frame_rate":"{written}"}}]}}"#
            );
            assert_eq!(listing(&json).probe().video.expect("video").rate, Some(expected), "{written}");
        }
    }

    #[test]
    fn a_length_that_nobody_knew_is_none() {
        let json = r#"{"format":{"duration":"143165.643"},"streams":[
            {"codec_type":"video","width":2,"height":2,"duration":"143165.57","duration_ts":4294967295}]}"#;
        assert_eq!(listing(json).probe().duration_us, None);
    }

    #[test]
    fn a_negative_length_is_none_and_costs_no_other_fact() {
        let json = r#"{"format":{"duration":"-5.0"},"streams":[
            {"codec_type":"video","width":2,"height":3,"duration":"-5.0","duration_ts":-125}]}"#;
        let probe = understood(json.as_bytes(), "".into()).expect("a listing").probe();
        assert_eq!((probe.width_px, probe.height_px, probe.duration_us), (Some(2), Some(3), None));
    }

    #[test]
    fn a_listing_that_is_none_is_told_from_one_that_is_empty() {
        for (printed, complaint, code, words) in [
            ("{\n\n}\n", "moov atom not found", FindingCode::Truncated, "moov atom not found"),
            ("{}", "Invalid data found", FindingCode::Undecodable, "Invalid data found"),
            ("", "Invalid data found", FindingCode::Undecodable, "Invalid data found"),
            (
                r#"{"streams":[{"width":"#,
                "",
                FindingCode::Undecodable,
                "the listing of ffprobe is not understood",
            ),
            (r#"{"streams":7}"#, "", FindingCode::Undecodable, "the listing of ffprobe is not understood"),
        ] {
            let finding = understood(printed.as_bytes(), complaint.into()).expect_err("a finding");
            assert_eq!(finding.code, code, "{printed}");
            assert!(finding.detail.starts_with(words), "{printed}: {}", finding.detail);
        }
    }

    #[test]
    fn what_is_there_for_the_decoder_is_not_played() {
        for (format, expected) in [("ogg", 3_684_717), ("mp3", 3_696_259)] {
            let json = format!(
                r#"{{"format":{{"format_name":"{format}","duration":"3.696259","start_time":"-0.011542"}}}}"#
            );
            assert_eq!(listing(&json).probe().duration_us, Some(expected), "{format}");
        }
    }

    #[test]
    fn one_channel_is_the_middle() {
        let json = r#"{"streams":[{"codec_type":"audio","channels":1,"sample_rate":"8000"}]}"#;
        assert_eq!(listing(json).probe().audio[0].layout.as_deref(), Some("mono"));
    }

    #[test]
    fn a_film_of_years_is_not_believed() {
        let probe = listing(r#"{"format":{"duration":"143165643.2"}}"#).probe();
        assert_eq!((probe.duration_us, probe.findings.len()), (None, 1));
    }

    #[test]
    fn a_cover_is_not_video() {
        let json = r#"{"streams":[
            {"codec_type":"audio","channels":2,"sample_rate":"44100","codec_name":"mp3"},
            {"codec_type":"video","width":600,"height":600,"disposition":{"attached_pic":1}}]}"#;
        let probe = listing(json).probe();
        assert_eq!((probe.video, probe.width_px, probe.audio.len()), (None, None, 1));
    }

    #[test]
    fn a_turned_film_is_as_wide_as_it_was_high() {
        for side_data in [r#""side_data_list":[{"rotation":-90}]"#, r#""tags":{"rotate":"270"}"#] {
            let json =
                format!(r#"{{"streams":[{{"codec_type":"video","width":1920,"height":1080,{side_data}}}]}}"#);
            let probe = listing(&json).probe();
            assert_eq!((probe.width_px, probe.height_px), (Some(1_080), Some(1_920)));
        }
    }

    #[test]
    fn pixels_that_are_not_square_are_shown_square() {
        let json =
            r#"{"streams":[{"codec_type":"video","width":720,"height":576,"sample_aspect_ratio":"64:45"}]}"#;
        assert_eq!(listing(json).video().and_then(super::Stream::shown), Some((1_024, 576)));
    }

    #[test]
    fn the_start_timecode_is_found_on_format_or_track() {
        for json in [
            r#"{"format":{"tags":{"timecode":"10:00:00;00"}}}"#,
            r#"{"streams":[{"codec_type":"data","tags":{"TIMECODE":"10:00:00;00"}}]}"#,
        ] {
            assert_eq!(listing(json).probe().start_timecode.as_deref(), Some("10:00:00;00"));
        }
    }
}
