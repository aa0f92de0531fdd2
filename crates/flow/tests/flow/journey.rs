//! The datum's journey of every kind of file: in, described, previewed, found, given back.

use std::path::Path;

use damask_flow::{Caller, look};
use damask_model::{AssetKind, Recipe};
use damask_testkit::{
    fixtures::{self, Photograph},
    judged,
};
use serde_json::Value as Json;

use crate::library::{Library, missing};

fn size_of(picture: &Path) -> String {
    judged("identify", &["-format", "%m %wx%h"], picture)
}

/// Red and green of a pixel as they are stored, whatever the profile.
fn red_and_green(picture: &Path) -> Vec<i32> {
    let asked = "%[fx:int(255*p{9,9}.r+.5)] %[fx:int(255*p{9,9}.g+.5)]";
    let seen = judged("identify", &["-format", asked], picture);
    seen.split(' ').map(|text| text.parse().expect("a number")).collect()
}

/// What ffprobe says of a film or sound.
fn probed(film: &Path) -> Json {
    let asked = ["-v", "error", "-count_frames", "-show_streams", "-show_format", "-of", "json"];
    serde_json::from_str(&judged("ffprobe", &asked, film)).expect("JSON")
}

fn stream<'a>(probed: &'a Json, kind: &str) -> &'a Json {
    let streams = probed["streams"].as_array().expect("streams");
    streams.iter().find(|stream| stream["codec_type"] == kind).expect(kind)
}

pub async fn a_photograph_is_found_by_its_keyword_looked_at_and_given_back_bit_for_bit(
    library: &mut Library,
) {
    library.start(2);
    let card = Photograph::jpeg(2400, 1600)
        .tag("IPTC:Keywords", "lock gate")
        .tag("XMP-dc:Subject", "lock gate")
        .tag("XMP-dc:Subject", "Zürich")
        .tag("XMP-dc:Title", "The gate at dawn")
        .make();
    let asset = library.imported(&card, "Canal/gate.jpg").await;
    for query in ["gate", "keywords:\"lock gate\"", "zurich", "title:dawn", "kind:image width:>2000"] {
        assert_eq!(library.find(query).await, ["gate.jpg"], "{query}");
    }
    assert!(library.find("keywords:bridge").await.is_empty());
    let whole = library.whole(asset).await;
    assert_eq!((whole.summary.width_px, whole.summary.height_px), (Some(2400), Some(1600)));
    assert!(whole.summary.placeholder.is_some() && whole.summary.colour.is_some(), "{:?}", whole.summary);
    assert!(whole.essence_hash.is_some() && whole.findings.is_empty(), "{:?}", whole.findings);
    let version = whole.summary.version;
    for (side_px, expected) in
        [(2048, "JPEG 2048x1365"), (1024, "JPEG 1024x683"), (512, "JPEG 512x341"), (256, "JPEG 256x171")]
    {
        let rung = library.rendered(version, &format!("box-{side_px}x{side_px}.jpg")).await;
        assert_eq!(size_of(&rung), expected);
    }
    assert_eq!(library.original(asset).await, std::fs::read(&card).expect("the fixture"));
    assert_eq!(
        library.verbs(asset).await,
        ["asset.ingested", "version.described", "version.previewed", "original.downloaded"]
    );
}

pub async fn the_ladder_of_a_wide_gamut_picture_is_srgb(library: &mut Library) {
    library.start(1);
    let card = Photograph::jpeg(320, 240).wide_gamut([200, 60, 60]).make();
    assert!(red_and_green(&card)[0] < 190, "Display P3 stores this red duller than it is");
    let asset = library.imported(&card, "red.jpg").await;
    let whole = library.whole(asset).await;
    assert!(whole.probe.colour_profile.is_some(), "the profile is told");
    let rung = library.rendered(whole.summary.version, "box-256x256.jpg").await;
    let seen = red_and_green(&rung);
    assert!((seen[0] - 200).abs() <= 4 && (seen[1] - 60).abs() <= 4, "red and green are {seen:?}");
}

pub async fn a_document_is_found_by_the_words_of_its_pages_and_each_page_can_be_looked_at(
    library: &mut Library,
) {
    library.start(1);
    let pdf = fixtures::pdf(&["The lock gate (east)", "Weavers on strike", "An empty quay"]);
    let asset = library.imported(&pdf, "report.pdf").await;
    for query in ["weavers", "strike", "\"lock gate\"", "kind:document quay"] {
        assert_eq!(library.find(query).await, ["report.pdf"], "{query}");
    }
    let whole = library.whole(asset).await;
    assert_eq!((whole.summary.page_count, whole.has_text), (Some(3), true));
    let (damask, caller) = (&library.damask, Caller::local());
    let text = look::text_of_page(damask, &caller, asset, 2).await.expect("text").expect("it has text");
    assert_eq!(text.trim(), "Weavers on strike");
    assert_eq!(look::text_of_page(damask, &caller, asset, 4).await.expect("text"), None);
    let (mut read, mut after) = (Vec::new(), 0);
    while let Some((page, _)) = look::text(damask, &caller, asset, after, 2).await.expect("text").last() {
        read.push((after, *page));
        after = *page;
    }
    assert_eq!(read, [(0, 2), (2, 3)], "two pages at a time, and none twice");
    let version = whole.summary.version;
    // A4 is 210 × 297 mm.
    for (recipe, expected) in [("box-512x512.jpg", "JPEG 362x512"), ("box-512x512-p3.jpg", "JPEG 362x512")] {
        assert_eq!(size_of(&library.rendered(version, recipe).await), expected, "{recipe}");
    }
    missing(library.rendition(version, "box-512x512-p4.jpg").await);
}

pub async fn a_film_has_a_poster_a_strip_and_a_proxy_that_plays(library: &mut Library) {
    library.start(1);
    let film = fixtures::mp4(1280, 720, 2);
    let asset = library.imported(&film, "reel.mp4").await;
    let whole = library.whole(asset).await;
    assert!(whole.findings.is_empty(), "{:?}", whole.findings);
    assert_eq!((whole.summary.width_px, whole.summary.duration_us), (Some(1280), Some(2_000_000)));
    for recipe in [Recipe::Proxy540, Recipe::Filmstrip, Recipe::Peaks] {
        assert!(whole.renditions.contains(&recipe), "{recipe} of {:?}", whole.renditions);
    }
    let version = whole.summary.version;
    let proxy = probed(&library.rendered(version, "proxy-540.mp4").await);
    let (video, audio) = (stream(&proxy, "video"), stream(&proxy, "audio"));
    assert_eq!((&video["codec_name"], &audio["codec_name"]), (&"h264".into(), &"aac".into()));
    assert_eq!((&video["width"], &video["height"]), (&960.into(), &540.into()));
    assert_eq!((&video["pix_fmt"], &video["r_frame_rate"]), (&"yuv420p".into(), &"25/1".into()));
    assert_eq!(video["nb_read_frames"], "50", "every frame decodes");
    assert_eq!(size_of(&library.rendered(version, "box-512x512.jpg").await), "JPEG 512x288");
    let strip = size_of(&library.rendered(version, "filmstrip.jpg").await);
    let (width_px, height_px) = strip.trim_start_matches("JPEG ").split_once('x').expect("a size");
    let side = |text: &str| text.parse::<u32>().expect("a number");
    assert!(side(width_px) > 2 * side(height_px), "frames stand side by side: {strip}");
    assert_eq!(library.find("video_codec:h264 duration:>1").await, ["reel.mp4"]);
}

pub async fn a_film_keeps_its_start_timecode_to_the_frame(library: &mut Library) {
    library.start(1);
    let (rate, timecode) = ("30000/1001", "00:59:59;28");
    let asset = library.imported(&fixtures::mov_with_timecode(rate, timecode, 1), "tape.mov").await;
    let whole = library.whole(asset).await;
    assert_eq!(whole.probe.start_timecode.as_deref(), Some(timecode));
    let video = whole.probe.video.expect("pictures");
    assert_eq!(video.rate.map(|rate| rate.to_string()).as_deref(), Some(rate));
    assert_eq!(library.find(&format!("start_timecode:\"{timecode}\"")).await, ["tape.mov"]);
    assert!(library.find("start_timecode:\"00:59:59;27\"").await.is_empty());
    let proxy = probed(&library.rendered(whole.summary.version, "proxy-540.mp4").await);
    assert_eq!(stream(&proxy, "video")["r_frame_rate"], rate);
}

pub async fn a_sound_has_peaks_and_no_picture(library: &mut Library) {
    library.start(1);
    let asset = library.imported(&fixtures::wav(2), "tone.wav").await;
    let whole = library.whole(asset).await;
    assert_eq!((whole.summary.kind, whole.summary.duration_us), (AssetKind::Audio, Some(2_000_000)));
    assert!(whole.findings.is_empty() && whole.summary.previewed, "{:?}", whole.findings);
    assert_eq!(library.find("tone audio_channels:2").await, ["tone.wav"]);
    let version = whole.summary.version;
    let peaks = std::fs::read_to_string(library.rendered(version, "peaks.json").await).expect("peaks");
    let peaks: Json = serde_json::from_str(&peaks).expect("JSON");
    let highest = numbers(&peaks).fold(0.0_f64, |highest, number| highest.max(number.abs()));
    assert!(numbers(&peaks).count() > 100 && highest > 0.0, "{peaks}");
    let none = missing(library.rendition(version, "box-256x256.jpg").await);
    assert!(none.contains("could not be made"), "{none}");
}

/// All numbers of a JSON value, however deep.
fn numbers(json: &Json) -> Box<dyn Iterator<Item = f64> + '_> {
    match json {
        Json::Array(values) => Box::new(values.iter().flat_map(numbers)),
        Json::Object(fields) => Box::new(fields.values().flat_map(numbers)),
        Json::Number(number) => Box::new(number.as_f64().into_iter()),
        Json::Null | Json::Bool(_) | Json::String(_) => Box::new(std::iter::empty()),
    }
}

pub async fn a_text_is_found_by_its_words(library: &mut Library) {
    library.start(1);
    let asset = library.imported(&fixtures::text("Slate 4, take 2: the ferry leaves."), "note.txt").await;
    for query in ["ferry", "slate take", "leaving", "kind:document"] {
        assert_eq!(library.find(query).await, ["note.txt"], "{query}");
    }
    let none = missing(library.rendition(library.summary(asset).await.version, "proxy-540.mp4").await);
    assert!(none.contains("there is none for this kind, document (text/plain)"), "{none}");
}
