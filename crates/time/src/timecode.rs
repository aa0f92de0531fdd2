//! Timecode: the label `HH:MM:SS:FF` of a frame by SMPTE ST 12-1. Counts frames, never seconds.
//!
//! For display and for reading what others wrote: every stored time is a frame count ([`crate::MediaTime`]).
//! A day has 24 hours of labels and then begins again, so counts are taken modulo one day.

use std::fmt;

use crate::Rate;

/// Longest text that can be a timecode, in bytes: `23:59:59:119`.
const TEXT_BYTES_MAX: usize = 12;

/// Hours of labels, after which they begin again.
const HOURS_A_DAY: u32 = 24;

/// From this many frames a second on, frames take three digits.
const THREE_DIGITS_FROM: u32 = 101;

/// The label of a frame.
///
/// Law: the count is less than a day of frames; `drop` only where ST 12-1 drops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Timecode {
    frames: u32,
    rate: Rate,
    drop: bool,
}

/// Why a text or a rate gives no timecode.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimecodeError {
    /// Not of the form.
    #[error("a timecode at {rate} is written {expected}, not {text:?}")]
    NotATimecode {
        /// What was read (its beginning, when it is long).
        text: String,
        /// The rate.
        rate: Rate,
        /// The form at that rate.
        expected: &'static str,
    },
    /// A number past its end.
    #[error("{unit} of a timecode end at {last}, not at {found}")]
    OutOfRange {
        /// `hours`, `minutes`, `seconds` or `frames`.
        unit: &'static str,
        /// The last there is.
        last: u32,
        /// What was read.
        found: u32,
    },
    /// A label that drop-frame counting passes over.
    #[error("{text} does not exist in drop-frame timecode: the label of that frame is {next}")]
    Dropped {
        /// What was read.
        text: String,
        /// The first label after the gap.
        next: String,
    },
    /// Drop-frame at a rate that has none.
    #[error("drop-frame timecode exists at 30000/1001 and 60000/1001 frames a second, not at {0}")]
    CannotDrop(Rate),
    /// More frames a second than can be labelled.
    #[error("timecode counts at most {max} frames a second, not {0}", max = Timecode::FRAMES_A_SECOND_MAX)]
    TooFast(Rate),
}

impl Timecode {
    /// The most frames a second that are labelled.
    pub const FRAMES_A_SECOND_MAX: u32 = 120;

    /// The label of frame `frames`, counted from 00:00:00:00. Past a day, or before zero, the labels wrap:
    /// the frame before the first is the last of the day.
    pub fn from_frames(frames: i64, rate: Rate, drop: bool) -> Result<Self, TimecodeError> {
        check_rate(rate, drop)?;
        let frames = frames.rem_euclid(i64::from(frames_a_day(rate, drop)));
        let frames = u32::try_from(frames).expect("a day has at most 120 x 86,400 frames");
        Ok(Self { frames, rate, drop })
    }

    /// Reads `HH:MM:SS:FF`; `;` or `.` before the frames says drop-frame, as ffmpeg and editing programs write
    /// it, and `;` may then stand between all numbers. Above 100 frames a second frames may have 3 digits.
    pub fn parse(text: &str, rate: Rate) -> Result<Self, TimecodeError> {
        let ([hours, minutes, seconds, frames], drop) =
            split(text, rate).ok_or_else(|| TimecodeError::NotATimecode {
                text: text.chars().take(2 * TEXT_BYTES_MAX).collect(),
                rate,
                expected: if wide(rate) { "HH:MM:SS:FFF" } else { "HH:MM:SS:FF" },
            })?;
        check_rate(rate, drop)?;
        check_unit("hours", hours, HOURS_A_DAY)?;
        check_unit("minutes", minutes, 60)?;
        check_unit("seconds", seconds, 60)?;
        check_unit("frames", frames, rate.nominal())?;
        let all_minutes = hours * 60 + minutes;
        let label = (all_minutes * 60 + seconds) * rate.nominal() + frames;
        if !drop {
            return Ok(Self { frames: label, rate, drop });
        }
        let dropped = dropped_a_minute(rate);
        if minutes % 10 != 0 && seconds == 0 && frames < dropped {
            let next = format!("{hours:02}:{minutes:02}:{seconds:02};{dropped:02}");
            return Err(TimecodeError::Dropped { text: text.to_owned(), next });
        }
        Ok(Self { frames: label - dropped * (all_minutes - all_minutes / 10), rate, drop })
    }

    /// Frames since 00:00:00:00.
    pub const fn frames(self) -> u32 {
        self.frames
    }

    /// Frames a second.
    pub const fn rate(self) -> Rate {
        self.rate
    }

    /// Whether labels are dropped to keep step with the clock.
    pub const fn is_drop(self) -> bool {
        self.drop
    }

    /// The label as a number: what the frame's count would be if no label were dropped.
    fn label(self) -> u32 {
        if !self.drop {
            return self.frames;
        }
        // ST 12-1: labels 00 and 01 (00 to 03 at 60) are skipped each minute except every tenth, so that
        // 00:01:00;02 follows 00:00:59;29, but 00:10:00;00 follows 00:09:59;29.
        let dropped = dropped_a_minute(self.rate);
        let short_minute = self.rate.nominal() * 60 - dropped;
        let ten_minutes = short_minute * 10 + dropped;
        let (tens, rest) = (self.frames / ten_minutes, self.frames % ten_minutes);
        // The first minute of ten is longer by the labels it keeps.
        let short_minutes = rest.saturating_sub(dropped) / short_minute;
        self.frames + dropped * (9 * tens + short_minutes)
    }
}

impl fmt::Display for Timecode {
    /// `01:00:00:00`, or `01:00:00;00` for drop-frame.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (label, nominal) = (self.label(), self.rate.nominal());
        let (all_seconds, frames) = (label / nominal, label % nominal);
        let (hours, minutes, seconds) = (all_seconds / 3_600, all_seconds / 60 % 60, all_seconds % 60);
        let before_frames = if self.drop { ';' } else { ':' };
        let width = if wide(self.rate) { 3 } else { 2 };
        write!(f, "{hours:02}:{minutes:02}:{seconds:02}{before_frames}{frames:0width$}")
    }
}

/// The four numbers and whether the text says drop-frame; `None` when it has another form.
fn split(text: &str, rate: Rate) -> Option<([u32; 4], bool)> {
    let bytes = text.as_bytes();
    let digits = match bytes.len() {
        11 => 2,
        TEXT_BYTES_MAX if wide(rate) => 3,
        _ => return None,
    };
    let drop = match (bytes[2], bytes[5], bytes[8]) {
        (b':', b':', b':') => false,
        (b':', b':', b';' | b'.') | (b';', b';', b';') => true,
        _ => return None,
    };
    let number = |from: usize, digits: usize| {
        bytes[from..from + digits]
            .iter()
            .try_fold(0, |sum: u32, byte| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0')))
    };
    Some(([number(0, 2)?, number(3, 2)?, number(6, 2)?, number(9, digits)?], drop))
}

fn check_rate(rate: Rate, drop: bool) -> Result<(), TimecodeError> {
    if rate.nominal() > Timecode::FRAMES_A_SECOND_MAX {
        return Err(TimecodeError::TooFast(rate));
    }
    if drop && rate != Rate::NTSC_30 && rate != Rate::NTSC_60 {
        return Err(TimecodeError::CannotDrop(rate));
    }
    Ok(())
}

fn check_unit(unit: &'static str, found: u32, end: u32) -> Result<(), TimecodeError> {
    if found < end { Ok(()) } else { Err(TimecodeError::OutOfRange { unit, last: end - 1, found }) }
}

fn wide(rate: Rate) -> bool {
    rate.nominal() >= THREE_DIGITS_FROM
}

/// Labels skipped at the start of a minute: 2 at 30, 4 at 60.
fn dropped_a_minute(rate: Rate) -> u32 {
    rate.nominal() / 15
}

fn frames_a_day(rate: Rate, drop: bool) -> u32 {
    let minutes = HOURS_A_DAY * 60;
    let dropped = if drop { dropped_a_minute(rate) * (minutes - minutes / 10) } else { 0 };
    minutes * 60 * rate.nominal() - dropped
}
