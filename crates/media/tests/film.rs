//! What is learnt and made of films and sounds, good and bad.

mod fixture;

use std::{
    path::Path,
    sync::{Arc, Mutex},
};

use damask_media::{
    CancellationToken, Glass, MediaError,
    film::{self, FilmPreviews},
    sound,
};
use damask_model::{FindingCode, probe::Probe};
use damask_time::Rate;
use fixture::{Studio, check_pixel};

const FILM: &[&str] = &["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=30000/1001:duration=3"];
const TONE: &[&str] = &["-f", "lavfi", "-i", "sine=frequency=440:duration=3"];
const H264: &[&str] = &["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];

async fn probe(glass: &Glass, path: &Path) -> Probe {
    film::probe(glass, path).await.expect("the parent is well")
}

async fn previews(studio: &Studio, path: &Path) -> FilmPreviews {
    let glass = studio.glass();
    let made = film::previews(&glass, path, studio.path(), CancellationToken::new(), |_| {}).await;
    made.expect("the parent is well")
}

#[tokio::test]
async fn one_pass_gives_proxy_poster_filmstrip_and_peaks() {
    let studio = Studio::new();
    let glass = studio.glass();
    let source = studio.ffmpeg(&[FILM, TONE, H264, &["-c:a", "aac", "-shortest"]].concat(), "a.mov");
    let seen = Arc::new(Mutex::new(Vec::new()));
    let report = Arc::clone(&seen);
    let made = film::previews(&glass, &source, studio.path(), CancellationToken::new(), move |progress| {
        report.lock().expect("whole").push(progress);
    });
    let made = made.await.expect("the parent is well");
    assert!(made.findings.is_empty(), "{:?}", made.findings);
    let proxy = probe(&glass, &made.proxy.expect("a proxy")).await;
    assert_eq!((proxy.width_px, proxy.height_px), (Some(320), Some(180)));
    let video = proxy.video.expect("video");
    assert_eq!(
        (video.codec.as_str(), video.rate, video.pixel_format.as_deref()),
        ("h264", Some(Rate::NTSC_30), Some("yuv420p"))
    );
    assert_eq!(proxy.audio[0].codec, "aac");
    assert_eq!(made.poster.rungs.len(), 2, "512 holds it, and 256");
    let strip = made.filmstrip.expect("a strip");
    assert_eq!((strip.frames, strip.frame_width_px, strip.frame_height_px), (12, 284, 160));
    let picture = image::open(&strip.path).expect("a JPEG");
    assert_eq!((picture.width(), picture.height()), (12 * 284, 160));
    let peaks = made.peaks.expect("peaks");
    let pairs = peaks.peaks.len() / 2;
    assert!((2_000..=4_000).contains(&pairs), "{pairs}");
    let seconds = pairs as u32 * peaks.samples_per_peak / peaks.rate_hz;
    assert!((2..=3).contains(&seconds), "{seconds}");
    let last = seen.lock().expect("whole").last().copied().expect("progress");
    assert!(last.done_us > 2_000_000 && last.of_us.is_some(), "{last:?}");
}

#[tokio::test]
async fn the_proxy_plays_from_its_first_bytes_and_carries_no_tags() {
    let studio = Studio::new();
    let place = &["-metadata", "location=+48.1+011.5/", "-metadata", "title=secret"];
    let source = studio.ffmpeg(&[FILM, H264, place].concat(), "a.mp4");
    let bytes = std::fs::read(previews(&studio, &source).await.proxy.expect("proxy")).expect("read");
    let at = |name: &[u8]| bytes.windows(4).position(|four| four == name).expect("an atom");
    assert!(at(b"moov") < at(b"mdat"));
    assert!(!bytes.windows(6).any(|six| six == b"secret"));
}

#[tokio::test]
async fn a_turned_film_is_upright_in_all_that_is_made_of_it() {
    let studio = Studio::new();
    let plain = studio.ffmpeg(&[FILM, H264].concat(), "plain.mp4");
    let from = plain.to_str().expect("a plain name");
    let source = studio.ffmpeg(&["-i", from, "-c", "copy", "-metadata:s:v:0", "rotate=90"], "turned.mp4");
    let found = probe(&studio.glass(), &source).await;
    assert_eq!((found.width_px, found.height_px), (Some(180), Some(320)));
    let made = previews(&studio, &source).await;
    let rung = &made.poster.rungs[0];
    assert_eq!((rung.width_px, rung.height_px), (180, 320));
    let proxy = probe(&studio.glass(), &made.proxy.expect("proxy")).await;
    assert_eq!((proxy.width_px, proxy.height_px), (Some(180), Some(320)));
}

#[tokio::test]
async fn odd_sides_and_strange_pixels_are_handled() {
    let studio = Studio::new();
    let odd = studio.ffmpeg(
        &[
            "-f",
            "lavfi",
            "-i",
            "testsrc=size=161x91:rate=25:duration=1",
            "-c:v",
            "ffv1",
            "-pix_fmt",
            "yuv444p10le",
        ],
        "odd.mkv",
    );
    let proxy = probe(&studio.glass(), &previews(&studio, &odd).await.proxy.expect("proxy")).await;
    assert_eq!((proxy.width_px, proxy.height_px), (Some(160), Some(90)));
}

#[tokio::test]
async fn the_poster_is_not_the_black_before_the_film() {
    let studio = Studio::new();
    let source = studio.ffmpeg(
        &[
            "-f",
            "lavfi",
            "-i",
            "color=black:size=160x90:rate=25:duration=1",
            "-f",
            "lavfi",
            "-i",
            "color=red:size=160x90:rate=25:duration=3",
            "-filter_complex",
            "concat=n=2",
            "-c:v",
            "libx264",
        ],
        "late.mp4",
    );
    let made = previews(&studio, &source).await;
    let poster = image::open(&made.poster.rungs[0].path).expect("a JPEG").into_rgb8();
    check_pixel(&poster, 80, 45, [254, 0, 0]);
}

#[tokio::test]
async fn the_start_timecode_is_exact_also_when_it_drops_frames() {
    let studio = Studio::new();
    let glass = studio.glass();
    for (name, codec, timecode) in [
        ("drop.mov", "libx264", "00:59:59;28"),
        ("whole.mov", "libx264", "10:00:00:00"),
        ("a.mxf", "mpeg2video", "01:02:03;04"),
    ] {
        let source = studio
            .ffmpeg(&[FILM, &["-c:v", codec, "-pix_fmt", "yuv420p", "-timecode", timecode]].concat(), name);
        let found = probe(&glass, &source).await;
        assert_eq!(found.start_timecode.as_deref(), Some(timecode), "{name}");
        assert_eq!(found.video.and_then(|video| video.rate), Some(Rate::NTSC_30), "{name}");
    }
}

#[tokio::test]
async fn two_tracks_of_one_channel_are_left_and_right() {
    let studio = Studio::new();
    let source = studio.ffmpeg(
        &[FILM, TONE, TONE, H264, &["-map", "0", "-map", "1", "-map", "2", "-c:a", "pcm_s16le", "-shortest"]]
            .concat(),
        "tracks.mov",
    );
    let made = previews(&studio, &source).await;
    assert_eq!(probe(&studio.glass(), &source).await.audio.len(), 2);
    assert_eq!(probe(&studio.glass(), &made.proxy.expect("proxy")).await.audio[0].channels, 2);
}

#[tokio::test]
async fn a_sound_has_an_outline_and_its_cover_is_no_film() {
    let studio = Studio::new();
    let glass = studio.glass();
    let cover = studio.made("convert", &["-size", "300x300", "xc:red"], "cover.png");
    let cover = cover.to_str().expect("a plain name");
    let source = studio.ffmpeg(
        &[
            TONE,
            &[
                "-i",
                cover,
                "-map",
                "0",
                "-map",
                "1",
                "-c:v",
                "mjpeg",
                "-disposition:v",
                "attached_pic",
                "-id3v2_version",
                "3",
            ],
        ]
        .concat(),
        "song.mp3",
    );
    let found = probe(&glass, &source).await;
    assert!(found.video.is_none() && found.audio.len() == 1, "{found:?}");
    assert!(found.duration_us.is_some_and(|us| us.abs_diff(3_000_000) < 100_000));
    let made =
        sound::previews(&glass, &source, &found, studio.path(), CancellationToken::new(), |_| {}).await;
    let made = made.expect("the parent is well");
    let peaks = made.peaks.expect("peaks");
    let loudest = peaks.peaks.iter().copied().max().expect("a sample");
    assert!((8..=24).contains(&loudest), "ffmpeg's sine has an eighth of full scale: {loudest}");
    assert_eq!(made.cover.expect("a cover").rungs[0].width_px, 300);
    let json = serde_json::to_value(&peaks).expect("json");
    assert_eq!((json["rate_hz"].as_u64(), json["channels"].as_u64()), (Some(8_000), Some(1)));
}

#[tokio::test]
async fn a_truncated_film_gives_what_there_is_or_says_why_not() {
    let studio = Studio::new();
    let whole = studio.ffmpeg(&[FILM, H264].concat(), "whole.mp4");
    let bytes = std::fs::read(whole).expect("read");
    let source = studio.file("cut.mp4", &bytes[..bytes.len() / 2]);
    assert_eq!(probe(&studio.glass(), &source).await.findings[0].code, FindingCode::Truncated);
    assert_eq!(previews(&studio, &source).await.findings[0].code, FindingCode::Truncated);
    let whole = studio.ffmpeg(&[FILM, H264].concat(), "whole.mkv");
    let bytes = std::fs::read(whole).expect("read");
    let source = studio.file("cut.mkv", &bytes[..bytes.len() / 2]);
    let made = previews(&studio, &source).await;
    assert!(made.proxy.is_some() && !made.poster.rungs.is_empty(), "{:?}", made.findings);
}

#[tokio::test]
async fn what_is_no_film_is_a_finding() {
    let studio = Studio::new();
    let noise: Vec<u8> = (0..50_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for (name, bytes) in [("noise.mp4", &noise[..]), ("empty.mov", b""), ("text.mxf", b"some words")] {
        let source = studio.file(name, bytes);
        let made = previews(&studio, &source).await;
        assert!(made.proxy.is_none() && !made.findings.is_empty(), "{name}");
    }
}

#[tokio::test]
async fn a_playlist_cannot_make_us_read_another_file() {
    let studio = Studio::new();
    let secret = studio.ffmpeg(&[FILM, H264].concat(), "secret.mp4");
    let list = format!("ffconcat version 1.0\nfile '{}'\n", secret.display());
    let source = studio.file("list.mp4", list.as_bytes());
    let made = previews(&studio, &source).await;
    assert!(made.proxy.is_none(), "{:?}", made.findings);
}

#[tokio::test]
async fn a_pass_can_be_cancelled() {
    let studio = Studio::new();
    let glass = studio.glass();
    let long = ["-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=25:duration=20"];
    let source = studio.ffmpeg(&[&long[..], H264].concat(), "long.mp4");
    let stop = CancellationToken::new();
    let cancel = stop.clone();
    let made = film::previews(&glass, &source, studio.path(), stop, move |_| cancel.cancel()).await;
    assert!(matches!(made, Err(MediaError::Cancelled)), "{made:?}");
    assert!(!studio.path().join("proxy-540.mp4").exists());
}

#[tokio::test]
async fn a_film_whose_sound_cannot_be_decoded_still_has_its_pictures() {
    let studio = Studio::new();
    let source = studio.ffmpeg(&[FILM, TONE, H264, &["-c:a", "pcm_s16le", "-shortest"]].concat(), "a.mov");
    let mut bytes = std::fs::read(&source).expect("read");
    // The sound's sample entry (ISO 14496-12, 8.5.2) gets the name of a codec nobody has.
    let entry = bytes.windows(4).position(|four| four == b"sowt").expect("a sample entry");
    bytes[entry..entry + 4].copy_from_slice(b"zzzz");
    let source = studio.file("mute.mov", &bytes);
    let made = previews(&studio, &source).await;
    assert!(made.proxy.is_some() && !made.poster.rungs.is_empty(), "{:?}", made.findings);
    assert!(made.peaks.is_none());
}
