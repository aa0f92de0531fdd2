//! Sound: the peaks from which its wave is drawn, taken from samples as they stream past, and the picture
//! that lies in the file as its cover.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use damask_model::{Finding, FindingCode, probe::Probe};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::{
    Glass, MediaError,
    film::{self, Progress},
    glass::{Chunk, Named, Run, is_made},
    picture::{self, Previews},
};

/// Most pairs of peaks kept.
pub const PAIRS_MAX: usize = 4_000;
/// Samples a second the peaks are taken from: enough for the outline, cheap to decode to.
pub(crate) const RATE_HZ: u32 = 8_000;

/// The outline of a sound, as it is drawn: the lowest and the highest sample of each stretch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Peaks {
    /// Samples in each stretch.
    pub samples_per_peak: u32,
    /// Samples a second.
    pub rate_hz: u32,
    /// Channels (mixed to one).
    pub channels: u8,
    /// Lowest, highest, lowest, highest … of full scale −128 to 127.
    pub peaks: Vec<i8>,
}

/// What was made of a sound.
#[derive(Clone, Debug, Default)]
pub struct SoundPreviews {
    /// Its outline, if it could be decoded.
    pub peaks: Option<Peaks>,
    /// The ladder of the embedded cover, if there is one.
    pub cover: Option<Previews>,
    /// What could not be read.
    pub findings: Vec<Finding>,
}

/// Makes the outline and the ladder of the cover (into the folder `into`) of a sound that was probed.
pub async fn previews(
    glass: &Glass,
    path: &Path,
    probe: &Probe,
    into: &Path,
    stop: CancellationToken,
    progress: impl FnMut(Progress) + Send + 'static,
) -> Result<SoundPreviews, MediaError> {
    let mut previews = SoundPreviews::default();
    if probe.audio.is_empty() {
        previews.findings.push(Finding::new(FindingCode::Undecodable, "it has no sound"));
        return Ok(previews);
    }
    let named = Named::new(glass, path)?;
    let collector = Arc::new(Mutex::new(Outline::new(probe.duration_us)));
    let run =
        film::ffmpeg(&named, probe).arguments(["-map", "0:a:0"]).arguments(peaks_output()).argument("pipe:1");
    let sink = Arc::clone(&collector);
    let mut reader = film::ProgressReader::new(probe.duration_us, progress);
    let ran = glass
        .run_with(run, stop, move |chunk| match chunk {
            Chunk::Stdout(bytes) => sink.lock().unwrap_or_else(PoisonError::into_inner).take(bytes),
            Chunk::Stderr(bytes) => reader.take(bytes),
        })
        .await?;
    previews.findings.extend(film::findings_of(&ran));
    let outline = std::mem::take(&mut *collector.lock().unwrap_or_else(PoisonError::into_inner));
    previews.peaks = outline.finish();
    if previews.peaks.is_none() && previews.findings.is_empty() {
        previews
            .findings
            .push(Finding::new(FindingCode::Undecodable, "no sample of its sound could be decoded"));
    }
    previews.cover = cover(glass, &named, into).await?;
    Ok(previews)
}

/// The embedded cover's ladder, if there is a cover.
async fn cover(glass: &Glass, named: &Named, into: &Path) -> Result<Option<Previews>, MediaError> {
    let picture_file = named.folder().join("cover.png");
    let run = Run::new("ffmpeg")
        .arguments(["-nostdin", "-hide_banner", "-v", "error", "-protocol_whitelist", "file,pipe", "-i"])
        .argument(film::file_url(named.link()))
        .arguments(["-map", "0:v:0", "-frames:v", "1", "-c:v", "png", "-f", "image2", "-update", "1"])
        .argument(film::file_url(&picture_file))
        .read(named.target())
        .write(named.folder());
    let ran = glass.run(run).await?;
    if !ran.succeeded() || !is_made(&picture_file) {
        return Ok(None);
    }
    let previews = picture::previews(glass, &picture_file, into).await?;
    Ok(Some(previews).filter(|previews| !previews.rungs.is_empty()))
}

/// The options of ffmpeg that send samples for [`Outline`].
pub(crate) fn peaks_output() -> [String; 6] {
    ["-ac".into(), "1".into(), "-ar".into(), RATE_HZ.to_string(), "-f".into(), "s16le".into()]
}

/// Takes samples (16-bit, little-endian, one channel) as they come and keeps only their outline. Its length
/// is bounded: when it is full, neighbours are joined and each stretch is twice as long.
#[derive(Default)]
pub(crate) struct Outline {
    samples_per_peak: u32,
    pairs: Vec<(i16, i16)>,
    current: Option<(i16, i16)>,
    in_current: u32,
    odd_byte: Option<u8>,
}

impl Outline {
    /// For a sound of about this duration in microseconds.
    pub(crate) fn new(duration_us: Option<u64>) -> Self {
        let samples = duration_us.unwrap_or(0) / 1_000 * u64::from(RATE_HZ) / 1_000;
        let wanted = samples.div_ceil(PAIRS_MAX as u64).clamp(1, u64::from(u32::MAX));
        Self { samples_per_peak: u32::try_from(wanted).unwrap_or(u32::MAX), ..Self::default() }
    }

    /// Takes the next bytes; a sample may be split between two calls.
    pub(crate) fn take(&mut self, mut bytes: &[u8]) {
        if let (Some(low), Some((&high, rest))) = (self.odd_byte, bytes.split_first()) {
            self.odd_byte = None;
            self.sample(i16::from_le_bytes([low, high]));
            bytes = rest;
        }
        let whole = bytes.chunks_exact(2);
        if let [low] = whole.remainder() {
            self.odd_byte = Some(*low);
        }
        for pair in whole {
            self.sample(i16::from_le_bytes([pair[0], pair[1]]));
        }
    }

    fn sample(&mut self, sample: i16) {
        let (low, high) = self.current.unwrap_or((sample, sample));
        self.current = Some((low.min(sample), high.max(sample)));
        self.in_current += 1;
        if self.in_current >= self.samples_per_peak {
            self.close();
        }
    }

    fn close(&mut self) {
        self.pairs.extend(self.current.take());
        self.in_current = 0;
        if self.pairs.len() > PAIRS_MAX {
            // An odd one out at the end goes on as the stretch under way.
            let odd = (self.pairs.len() % 2 == 1).then(|| self.pairs.pop()).flatten();
            let joined =
                self.pairs.chunks_exact(2).map(|two| (two[0].0.min(two[1].0), two[0].1.max(two[1].1)));
            self.pairs = joined.collect();
            self.in_current = odd.map_or(0, |_| self.samples_per_peak);
            self.current = odd;
            self.samples_per_peak = self.samples_per_peak.saturating_mul(2);
        }
    }

    /// The outline; `None` when no sample came.
    pub(crate) fn finish(mut self) -> Option<Peaks> {
        self.pairs.extend(self.current.take());
        self.pairs.truncate(PAIRS_MAX);
        if self.pairs.is_empty() {
            return None;
        }
        // The high byte: −32768 is −128, 32767 is 127.
        let coarse = |sample: i16| sample.to_be_bytes()[0].cast_signed();
        Some(Peaks {
            samples_per_peak: self.samples_per_peak,
            rate_hz: RATE_HZ,
            channels: 1,
            peaks: self.pairs.iter().flat_map(|(low, high)| [coarse(*low), coarse(*high)]).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Outline, PAIRS_MAX};

    fn bytes(samples: impl IntoIterator<Item = i16>) -> Vec<u8> {
        samples.into_iter().flat_map(i16::to_le_bytes).collect()
    }

    #[test]
    fn each_stretch_keeps_its_lowest_and_highest_sample() {
        let mut outline = Outline { samples_per_peak: 3, ..Outline::default() };
        outline.take(&bytes([0, 256, -256, 32_767, -32_768, 0, 512]));
        assert_eq!(outline.finish().expect("peaks").peaks, [-1, 1, -128, 127, 2, 2]);
    }

    #[test]
    fn a_sample_split_between_two_reads_is_whole() {
        let mut outline = Outline { samples_per_peak: 1, ..Outline::default() };
        let samples = bytes([1_000, -2_000, 3_000]);
        outline.take(&samples[..3]);
        outline.take(&samples[3..]);
        assert_eq!(outline.finish().expect("peaks").peaks, [3, 3, -8, -8, 11, 11]);
    }

    #[test]
    fn a_sound_longer_than_it_said_still_has_a_bounded_outline() {
        let mut outline = Outline::new(Some(1_000_000));
        for second in 0..60_i16 {
            outline.take(&bytes((0..8_000).map(|n| if n == 0 { 256 * second } else { 0 })));
        }
        let peaks = outline.finish().expect("peaks");
        let pairs = peaks.peaks.len() / 2;
        assert!((PAIRS_MAX / 2..=PAIRS_MAX).contains(&pairs), "{pairs} pairs");
        assert_eq!(pairs, 480_000_usize.div_ceil(peaks.samples_per_peak as usize));
        assert_eq!(peaks.peaks.iter().max(), Some(&59));
    }

    #[test]
    fn no_sample_is_no_outline() {
        assert_eq!(Outline::new(None).finish(), None);
    }
}
