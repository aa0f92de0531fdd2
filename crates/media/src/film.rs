//! Films: what they are (ffprobe) and what is made of them in one pass (ffmpeg).
//!
//! One pass over the film gives the browser's proxy, a poster, the frames of the filmstrip and the samples
//! for the outline of the sound: decoding is what costs, and it is done once.

mod packets;
mod pass;
mod probe;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use damask_model::{Finding, FindingCode, probe::Probe};

#[doc(hidden)]
pub use packets::read_span;
pub use pass::{FilmPreviews, Filmstrip, previews};
pub use probe::probe;
#[doc(hidden)]
pub use probe::read_listing;

use crate::{
    Limits,
    glass::{Named, Ran, Run},
};

/// How far a pass is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Microseconds of the film that are done.
    pub done_us: u64,
    /// Microseconds of the film in all, where it says.
    pub of_us: Option<u64>,
}

/// Longest time a pass may take whatever the film's length.
const WALL_MIN: Duration = Duration::from_secs(600);
/// Times its own length a film may take.
const WALL_TIMES: u32 = 20;
/// Longest a film may be. One that says it is longer is not believed, and cut off there.
pub(crate) const DURATION_MAX: Duration = Duration::from_secs(48 * 3_600);
/// Most bytes of one output, and of the samples.
const OUTPUT_BYTES_MAX: u64 = 64 << 30;

/// The order for a pass over a film or sound, up to its input.
pub(crate) fn ffmpeg(named: &Named, probe: &Probe) -> Run {
    let duration = Duration::from_micros(probe.duration_us.unwrap_or(0)).min(DURATION_MAX);
    let wall = (duration * WALL_TIMES).max(WALL_MIN);
    let limits = Limits { wall, cpu: wall * 4, memory_bytes: 3 << 30, output_bytes: OUTPUT_BYTES_MAX };
    Run::new("ffmpeg")
        .arguments(["-nostdin", "-hide_banner", "-y", "-v", "error", "-progress", "pipe:2", "-nostats"])
        .arguments(["-protocol_whitelist", "file,pipe", "-t", &DURATION_MAX.as_secs().to_string(), "-i"])
        .argument(file_url(named.link()))
        .read(named.target())
        .write(named.folder())
        .limits(limits)
}

/// A path for ffmpeg, which would take a colon for a protocol.
pub(crate) fn file_url(path: &Path) -> PathBuf {
    let mut text = std::ffi::OsString::from("file:");
    text.push(path);
    text.into()
}

/// What a pass complained of, if it is worth a finding.
pub(crate) fn findings_of(ran: &Ran) -> Vec<Finding> {
    let words = ran.complaint_but(is_progress);
    if let Some(finding) = &ran.finding {
        return vec![finding.clone()];
    }
    let lower = words.to_lowercase();
    let cut = ["partial file", "truncated", "end of file", "moov atom not found", "error reading"];
    if cut.iter().any(|sign| lower.contains(sign)) {
        return vec![Finding::new(FindingCode::Truncated, words)];
    }
    if ran.succeeded() { Vec::new() } else { vec![Finding::new(FindingCode::Undecodable, words)] }
}

/// Whether the line is `key=value` as `-progress` writes it.
fn is_progress(line: &str) -> bool {
    line.split_once('=').is_some_and(|(key, _)| {
        !key.is_empty()
            && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    })
}

/// Reads the progress report out of standard error as it comes.
pub(crate) struct ProgressReader<F> {
    of_us: Option<u64>,
    line: Vec<u8>,
    report: F,
}

impl<F: FnMut(Progress)> ProgressReader<F> {
    pub(crate) fn new(of_us: Option<u64>, report: F) -> Self {
        Self { of_us, line: Vec::new(), report }
    }

    pub(crate) fn take(&mut self, bytes: &[u8]) {
        /// A line of the report is far shorter; what is longer is no report.
        const LINE_BYTES_MAX: usize = 1_024;
        for &byte in bytes {
            if byte != b'\n' {
                if self.line.len() < LINE_BYTES_MAX {
                    self.line.push(byte);
                }
                continue;
            }
            let text = String::from_utf8_lossy(&self.line);
            if let Some(done_us) =
                text.trim().strip_prefix("out_time_us=").and_then(|n| n.parse::<u64>().ok())
            {
                (self.report)(Progress { done_us, of_us: self.of_us });
            }
            self.line.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Progress, ProgressReader, is_progress};

    #[test]
    fn progress_is_read_from_pieces_of_lines() {
        let mut seen = Vec::new();
        let mut reader = ProgressReader::new(Some(9), |progress| seen.push(progress));
        for piece in ["frame=1\nout_ti", "me_us=4\nout_time_us=N/A\n", "oops\nout_time_us=7\n"] {
            reader.take(piece.as_bytes());
        }
        assert_eq!(seen, [4, 7].map(|done_us| Progress { done_us, of_us: Some(9) }));
    }

    #[test]
    fn the_report_is_no_complaint() {
        for (line, expected) in [
            ("fps=25", true),
            ("out_time_us=1", true),
            ("progress=end", true),
            ("bad frame", false),
            ("=x", false),
        ] {
            assert_eq!(is_progress(line), expected, "{line}");
        }
    }
}
