//! Length and rate of a stream by its packets, for files that say neither: films written in fragments, recordings of a
//! browser, containers that count milliseconds. Reads the file through, but decodes nothing.

use damask_time::Rate;

use super::{file_url, probe::RATE_MAX};
use crate::{
    Glass, Limits, MediaError,
    glass::{Named, Run},
};

/// Most bytes of the listing: a line a packet, about twenty bytes.
const LISTING_BYTES_MAX: u64 = 32 << 20;
/// A stream that starts later than this after zero is a piece of a longer one.
const START_SECONDS_MAX: f64 = 1.0;
/// How exactly Matroska and Flash say the time of a packet, in seconds.
const TICK_SECONDS: f64 = 0.001;

/// What the packets of a stream say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span {
    /// From zero, or from a start that is far from it, to the end of the last packet.
    pub(super) duration_us: Option<u64>,
    /// Packets a second.
    pub(super) rate: Option<Rate>,
}

/// The span of the first stream of a kind (`v`, `a`); none where it has no times or too many packets.
pub(super) async fn span(glass: &Glass, named: &Named, kind: &str) -> Result<Option<Span>, MediaError> {
    let limits = Limits { output_bytes: LISTING_BYTES_MAX, ..glass.config().limits };
    let run = Run::new("ffprobe")
        .arguments(["-v", "quiet", "-hide_banner", "-protocol_whitelist", "file,pipe"])
        .arguments(["-select_streams", &format!("{kind}:0")])
        .arguments(["-show_entries", "packet=pts_time,duration_time", "-print_format", "csv=print_section=0"])
        .argument(file_url(named.link()))
        .read(named.target())
        .write(named.folder())
        .limits(limits);
    let ran = glass.run(run).await?;
    Ok(if ran.finding.is_some() { None } else { span_of(&String::from_utf8_lossy(&ran.stdout)) })
}

/// Length in microseconds and rate that a listing of packets gives: for fuzzing.
#[doc(hidden)]
pub fn read_span(listing: &str) -> Option<(Option<u64>, Option<Rate>)> {
    span_of(listing).map(|span| (span.duration_us, span.rate))
}

/// The span of packets, one a line: its time and its length in seconds, each a number or `N/A`.
fn span_of(listing: &str) -> Option<Span> {
    let (mut packets, mut first, mut last, mut end) = (0_u32, f64::MAX, f64::MIN, f64::MIN);
    for line in listing.lines() {
        let mut numbers = line.split(',').map(|text| text.trim().parse::<f64>().ok());
        let Some(time) = numbers.next().flatten().filter(|time| time.is_finite()) else { continue };
        let length = numbers.next().flatten().filter(|length| *length >= 0.0).unwrap_or(0.0);
        packets = packets.saturating_add(1);
        (first, last, end) = (first.min(time), last.max(time), end.max(time + length));
    }
    if packets == 0 {
        return None;
    }
    let start = if first.abs() > START_SECONDS_MAX { first } else { 0.0 };
    Some(Span { duration_us: micros(end - start), rate: rate_of(packets - 1, last - first) })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range was checked")]
fn micros(seconds: f64) -> Option<u64> {
    (seconds > 0.0 && seconds < 1e9).then(|| (seconds * 1e6).round() as u64)
}

/// So many steps in so many seconds: a standard rate (SMPTE ST 12-1, table 1) where it fits as well as times can be
/// told, else the mean.
fn rate_of(steps: u32, seconds: f64) -> Option<Rate> {
    const STANDARD: [Rate; 7] = [
        Rate::PAL_25,
        Rate::FILM_24,
        Rate::NTSC_24,
        Rate::NTSC_30,
        Rate::PAL_50,
        Rate::NTSC_60,
        Rate::MILLISECONDS,
    ];
    if steps < 2 || seconds <= 0.0 {
        return None;
    }
    let whole = [30, 60, 15].into_iter().filter_map(|whole| Rate::new(whole, 1).ok());
    let off = |rate: &Rate| (f64::from(steps) / rate.a_second() - seconds).abs();
    let nearest = STANDARD.into_iter().chain(whole).min_by(|a, b| off(a).total_cmp(&off(b)))?;
    if off(&nearest) <= TICK_SECONDS {
        return (nearest != Rate::MILLISECONDS).then_some(nearest);
    }
    let milliseconds = micros(seconds)? / 1_000;
    let mean = Rate::new(steps.checked_mul(1_000)?, u32::try_from(milliseconds).ok()?).ok()?;
    (mean.a_second() < RATE_MAX).then_some(mean)
}

#[cfg(test)]
mod tests {
    use damask_time::Rate;

    use super::{Span, span_of};

    fn check(listing: &str, duration_us: Option<u64>, rate: Option<Rate>) {
        assert_eq!(span_of(listing), Some(Span { duration_us, rate }), "{listing}");
    }

    #[test]
    fn packets_say_how_long_and_how_fast_a_stream_is() {
        check("0.000,0.033\n0.067,0.033\n0.033,0.033\n0.100,0.034\n", Some(134_000), Rate::new(30, 1).ok());
        check("0.000,0.040\n0.040,0.040\n0.080,0.040,\n", Some(120_000), Some(Rate::PAL_25));
        check("0.0,N/A\n0.3,N/A\n1.0,0.5\n", Some(1_500_000), Rate::new(2, 1).ok());
    }

    #[test]
    fn a_piece_of_a_longer_stream_is_as_long_as_itself() {
        check("100.000,0.040\n100.040,0.040\n100.080,0.040\n", Some(120_000), Some(Rate::PAL_25));
        check("0.067,0.033\n0.100,0.033\n", Some(133_000), None);
    }

    #[test]
    fn packets_without_times_say_nothing() {
        for listing in ["", "N/A,N/A\n", "inf,1\n", "oops"] {
            assert_eq!(span_of(listing), None, "{listing}");
        }
    }
}
