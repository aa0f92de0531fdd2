//! The one pass over a film: proxy, poster, frames for the strip, samples for the outline.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use damask_model::{Finding, FindingCode, probe::Probe};
use tokio_util::sync::CancellationToken;

use super::{
    Progress, ProgressReader, ffmpeg, file_url, findings_of,
    probe::{Listing, listing},
};
use crate::{
    Glass, MediaError,
    glass::{
        Chunk, End, Named, Ran, Run, is_made,
        wire::{Answer, Request},
    },
    picture::{self, Previews},
    sound::{self, Outline, Peaks},
};

/// Lines of the proxy (the shorter side of an upright film).
const PROXY_PX: u32 = 540;
/// Longest side of the poster: the largest rung of the ladder.
const POSTER_PX: u32 = 2_048;
/// Height of the strip's frames.
const STRIP_HEIGHT_PX: u32 = 160;
/// Widest frame of the strip: a panorama must not make the row longer than a JPEG may be.
const STRIP_WIDTH_PX_MAX: u32 = 640;
/// Most frames of the strip.
const STRIP_FRAMES_MAX: u64 = 60;
/// Frames the poster is chosen from.
const POSTER_CANDIDATES: u64 = 12;
/// Seconds between whole frames of the proxy, so that it can be scrubbed.
const KEY_FRAME_S: u32 = 2;

/// Frames side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filmstrip {
    /// The file, a JPEG.
    pub path: PathBuf,
    /// Frames in the row.
    pub frames: u32,
    /// Width of each in pixels.
    pub frame_width_px: u32,
    /// Height of each in pixels.
    pub frame_height_px: u32,
    /// Microseconds from one to the next, the first being at the start.
    pub interval_us: u64,
    /// Length of the file.
    pub bytes: u64,
}

/// What was made of a film; what is absent could not be made, and the findings say why.
#[derive(Clone, Debug, Default)]
pub struct FilmPreviews {
    /// The proxy: H.264 and AAC in MP4, playable from its first bytes.
    pub proxy: Option<PathBuf>,
    /// The ladder of the poster, with its placeholder, colours and perceptual hash.
    pub poster: Previews,
    /// The filmstrip.
    pub filmstrip: Option<Filmstrip>,
    /// The outline of the sound.
    pub peaks: Option<Peaks>,
    /// What could not be read.
    pub findings: Vec<Finding>,
}

/// Sizes of what is made of a film.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sizes {
    proxy: (u32, u32),
    poster: (u32, u32),
    strip: (u32, u32),
}

/// Makes everything of the film in the folder `into`: `proxy-540.mp4`, `filmstrip.jpg` and the poster's
/// rungs. `progress` is called some times a second.
pub async fn previews(
    glass: &Glass,
    path: &Path,
    into: &Path,
    stop: CancellationToken,
    progress: impl FnMut(Progress) + Send + 'static,
) -> Result<FilmPreviews, MediaError> {
    let named = Named::new(glass, path)?;
    let listing = match listing(glass, &named).await? {
        Ok(listing) => listing,
        Err(finding) => return Ok(FilmPreviews { findings: vec![finding], ..FilmPreviews::default() }),
    };
    let probe = listing.probe();
    let Some(sizes) = listing.video().and_then(|video| video.shown()).map(|(w, h)| Sizes::of(w, h)) else {
        let finding = Finding::new(FindingCode::Undecodable, "it has no moving pictures");
        return Ok(FilmPreviews { findings: vec![finding], ..FilmPreviews::default() });
    };
    let interval_us = strip_interval_us(probe.duration_us);
    let film = Film { named: &named, listing: &listing, probe: &probe, sizes, interval_us };
    let progress = Arc::new(Mutex::new(progress));
    let (mut ran, mut peaks) = film.pass(glass, Sound::With, &stop, &progress).await?;
    let mut lost_sound = None;
    if matches!(ran.end, End::Exited(1..)) && listing.audio().next().is_some() {
        // A sound that cannot be decoded ends the whole pass; the pictures are worth another one.
        lost_sound = findings_of(&ran).pop();
        (ran, peaks) = film.pass(glass, Sound::Without, &stop, &progress).await?;
    }
    let mut made = FilmPreviews { findings: findings_of(&ran), ..FilmPreviews::default() };
    made.peaks = peaks;
    if ran.succeeded() {
        made.findings.extend(lost_sound);
        let (from, to) = (named.folder().join("proxy.mp4"), into.join("proxy-540.mp4"));
        if is_made(&from) {
            move_file(&from, &to).await?;
            made.proxy = Some(to);
        }
    }
    let poster = named.folder().join("poster.png");
    if is_filled(&poster) {
        made.poster = picture::previews(glass, &poster, into).await?;
    }
    let frames = named.folder().join("strip.rgb");
    if is_filled(&frames) {
        let target = into.join("filmstrip.jpg");
        match filmstrip(glass, &frames, &target, sizes.strip, interval_us).await? {
            Ok(strip) => made.filmstrip = Some(strip),
            Err(finding) => made.findings.push(finding),
        }
    }
    Ok(made)
}

async fn filmstrip(
    glass: &Glass,
    frames: &Path,
    target: &Path,
    (width_px, height_px): (u32, u32),
    interval_us: u64,
) -> Result<Result<Filmstrip, Finding>, MediaError> {
    let files = vec![picture::open(frames)?, picture::create(target)?];
    let finding = match glass.ask(&Request::Strip { width_px, height_px }, files).await? {
        Ok(Answer::Drawn(drawn)) => {
            return Ok(Ok(Filmstrip {
                path: target.into(),
                frames: drawn.width_px / width_px,
                frame_width_px: width_px,
                frame_height_px: height_px,
                interval_us,
                bytes: drawn.bytes,
            }));
        }
        Ok(Answer::Failed(finding)) | Err(finding) => finding,
        Ok(_) => picture::odd_answer(),
    };
    let _ = tokio::fs::remove_file(target).await;
    Ok(Err(finding))
}

/// Whether a pass takes the sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sound {
    With,
    Without,
}

/// What a pass is made of.
struct Film<'a> {
    named: &'a Named,
    listing: &'a Listing,
    probe: &'a Probe,
    sizes: Sizes,
    interval_us: u64,
}

impl Film<'_> {
    /// Runs the pass and collects the outline of the sound.
    async fn pass(
        &self,
        glass: &Glass,
        sound: Sound,
        stop: &CancellationToken,
        progress: &Arc<Mutex<impl FnMut(Progress) + Send + 'static>>,
    ) -> Result<(Ran, Option<Peaks>), MediaError> {
        let outline = Arc::new(Mutex::new(Outline::new(self.probe.duration_us)));
        let (sink, progress) = (Arc::clone(&outline), Arc::clone(progress));
        let mut reader = ProgressReader::new(self.probe.duration_us, move |now| {
            let mut report = progress.lock().unwrap_or_else(PoisonError::into_inner);
            (*report)(now);
        });
        let ran = glass
            .run_with(self.order(sound), stop.clone(), move |chunk| match chunk {
                Chunk::Stdout(bytes) => sink.lock().unwrap_or_else(PoisonError::into_inner).take(bytes),
                Chunk::Stderr(bytes) => reader.take(bytes),
            })
            .await?;
        let outline = std::mem::take(&mut *outline.lock().unwrap_or_else(PoisonError::into_inner));
        Ok((ran, outline.finish()))
    }

    /// The order: one input, one filter graph, four outputs.
    fn order(&self, sound: Sound) -> Run {
        let output = |name: &str| file_url(&self.named.folder().join(name));
        let rate = self.probe.video.as_ref().and_then(|video| video.rate);
        let key_frames = rate.map_or(50, |rate| rate.nominal().clamp(1, 240) * KEY_FRAME_S).to_string();
        let has_sound = sound == Sound::With && self.listing.audio().next().is_some();
        let mut graph = pictures_graph(self.listing, self.sizes, self.probe.duration_us, self.interval_us);
        if has_sound {
            graph.push_str(&sound_graph(self.listing));
        }
        let mut run = ffmpeg(self.named, self.probe).arguments(["-filter_complex", &graph]);
        if has_sound {
            run = run.arguments(["-map", "[outline]"]).arguments(sound::peaks_output()).argument("pipe:1");
        }
        run = run
            .arguments(["-map", "[strip]", "-fps_mode", "passthrough", "-c:v", "rawvideo"])
            .arguments(["-pix_fmt", "rgb24", "-f", "rawvideo"])
            .argument(output("strip.rgb"))
            .arguments(["-map", "[poster]", "-frames:v", "1", "-c:v", "png", "-f", "image2", "-update", "1"])
            .argument(output("poster.png"))
            .arguments(["-map", "[proxy]"]);
        if has_sound {
            run =
                run.arguments(["-map", "[sound]", "-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", "48000"]);
        }
        // No tags of the original: a proxy goes where the original may not, and so do places and names.
        run.arguments(["-c:v", "libx264", "-preset", "veryfast", "-crf", "24", "-pix_fmt", "yuv420p"])
            .arguments(["-g", &key_frames, "-max_muxing_queue_size", "4096"])
            .arguments(["-map_metadata", "-1", "-map_chapters", "-1", "-movflags", "+faststart", "-f", "mp4"])
            .argument(output("proxy.mp4"))
    }
}

/// The filter graph of the pictures. ffmpeg itself turns them upright at its entrance.
fn pictures_graph(listing: &Listing, sizes: Sizes, duration_us: Option<u64>, interval_us: u64) -> String {
    let index = listing.video().map_or(0, |stream| stream.index);
    let field_order = listing.video().and_then(|stream| stream.field_order.as_deref());
    let interlaced = matches!(field_order, Some("tt" | "bb" | "tb" | "bt"));
    let progressive = if interlaced { "yadif=deint=interlaced," } else { "" };
    let every = |interval_us: u64| {
        let (whole, part) = (interval_us / 1_000_000, interval_us % 1_000_000);
        format!("select='isnan(prev_selected_t)+gte(t-prev_selected_t,{whole}.{part:06}-0.0005)'")
    };
    let candidates_us = (duration_us.unwrap_or(0) / POSTER_CANDIDATES).max(1);
    let scale = |(width, height): (u32, u32)| format!("scale={width}:{height}:flags=bicubic,setsar=1");
    format!(
        "[0:{index}]{progressive}split=3[a][b][c];\
         [a]{},format=yuv420p[proxy];\
         [b]{},{},format=rgb24[strip];\
         [c]{},{},thumbnail={POSTER_CANDIDATES},format=rgb24[poster]",
        scale(sizes.proxy),
        every(interval_us),
        scale(sizes.strip),
        every(candidates_us),
        scale(sizes.poster),
    )
}

/// The filter graph of the sound, which there is.
fn sound_graph(listing: &Listing) -> String {
    let audio: Vec<_> = listing.audio().take(2).collect();
    match audio.as_slice() {
        // Production formats keep each channel as a stream of its own; the first two are left and right.
        [left, right] if left.channels == Some(1) && right.channels == Some(1) => {
            let (left, right) = (left.index, right.index);
            format!(";[0:{left}][0:{right}]amerge=inputs=2,asplit[sound][outline]")
        }
        [first, ..] => format!(";[0:{}]asplit[sound][outline]", first.index),
        [] => String::new(),
    }
}

/// Microseconds from one frame of the strip to the next: at most 60 frames, and not closer than a second
/// unless the film is short.
fn strip_interval_us(duration_us: Option<u64>) -> u64 {
    const SECOND: u64 = 1_000_000;
    // Without a duration a strip can only be of the beginning.
    let Some(duration_us) = duration_us else { return SECOND };
    let even = duration_us.div_ceil(STRIP_FRAMES_MAX);
    // A short film still has some frames to scrub over.
    let least = SECOND.min(duration_us.div_ceil(12));
    even.max(least).max(1)
}

impl Sizes {
    /// For a film of that size shown upright.
    fn of(width_px: u32, height_px: u32) -> Self {
        let (width, height) = (f64::from(width_px), f64::from(height_px));
        let scaled = |factor: f64| (even(width * factor), even(height * factor));
        let shorter = width.min(height);
        let proxy = scaled((f64::from(PROXY_PX) / shorter).min(1.0).min(4_096.0 / width.max(height)));
        let poster = scaled((f64::from(POSTER_PX) / width.max(height)).min(1.0));
        let strip_width = even(width * f64::from(STRIP_HEIGHT_PX) / height).min(STRIP_WIDTH_PX_MAX);
        Self { proxy, poster, strip: (strip_width, STRIP_HEIGHT_PX) }
    }
}

/// The even number of pixels not above the side, at least 2: half the lines carry colour in 4:2:0.
fn even(side: f64) -> u32 {
    // The hundredth keeps a side that is even but for the last bit of a float.
    let half = (side / 2.0 + 0.01).floor().clamp(1.0, 32_767.0);
    half as u32 * 2
}

fn is_filled(path: &Path) -> bool {
    is_made(path) && path.metadata().is_ok_and(|about| about.len() > 0)
}

/// Renames, or copies where scratch and target lie on two file systems.
async fn move_file(from: &Path, to: &Path) -> Result<(), MediaError> {
    if tokio::fs::rename(from, to).await.is_err() {
        tokio::fs::copy(from, to).await.map_err(MediaError::scratch(to))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Sizes, strip_interval_us};

    #[test]
    fn nothing_is_made_larger_than_the_film_and_sides_are_even() {
        for (film, proxy, strip) in [
            ((1_920, 1_080), (960, 540), (284, 160)),
            ((1_080, 1_920), (540, 960), (90, 160)),
            ((320, 240), (320, 240), (212, 160)),
            ((321, 241), (320, 240), (212, 160)),
            ((10_000, 100), (4_096, 40), (640, 160)),
        ] {
            let sizes = Sizes::of(film.0, film.1);
            assert_eq!((sizes.proxy, sizes.strip), (proxy, strip), "{film:?}");
        }
    }

    #[test]
    fn a_strip_has_at_most_sixty_frames() {
        for (duration_us, interval_us) in [
            (Some(3_600_000_000), 60_000_000),
            (Some(30_000_000), 1_000_000),
            (Some(1_200_000), 100_000),
            (None, 1_000_000),
        ] {
            assert_eq!(strip_interval_us(duration_us), interval_us);
        }
    }
}
