//! What is made of still pictures, good and bad.

mod fixture;

use std::path::Path;

use damask_media::picture::{self, Previews};
use damask_model::{FindingCode, Recipe, recipe::PictureRecipe};
use fixture::{Studio, check_pixel, checkerboard, encoded, quarters};
use image::{ImageFormat, RgbImage};

async fn previews(studio: &Studio, source: &Path) -> Previews {
    picture::previews(&studio.glass(), source, studio.path()).await.expect("the parent is well")
}

fn rung(previews: &Previews, side_px: u32) -> RgbImage {
    let rung = previews.rungs.iter().find(|rung| rung.side_px == side_px);
    let rung = rung.unwrap_or_else(|| panic!("no rung of {side_px}: {:?}", previews.probe.findings));
    let picture = image::open(&rung.path).expect("a rung is a JPEG").into_rgb8();
    assert_eq!(picture.dimensions(), (rung.width_px, rung.height_px));
    assert_eq!(rung.path.metadata().expect("file").len(), rung.bytes);
    picture
}

fn codes(previews: &Previews) -> Vec<FindingCode> {
    previews.probe.findings.iter().map(|finding| finding.code).collect()
}

#[tokio::test]
async fn one_decode_gives_the_ladder_and_what_is_measured() {
    let studio = Studio::new();
    let source = studio.file("a.jpg", &encoded(&quarters(3_000, 2_000), ImageFormat::Jpeg));
    let made = previews(&studio, &source).await;
    let sizes: Vec<_> = made.rungs.iter().map(|rung| (rung.side_px, rung.width_px, rung.height_px)).collect();
    assert_eq!(sizes, [(2_048, 2_048, 1_365), (1_024, 1_024, 683), (512, 512, 341), (256, 256, 171)]);
    assert_eq!((made.probe.width_px, made.probe.height_px), (Some(3_000), Some(2_000)));
    assert_eq!(made.probe.colours.len(), 4, "{:?}", made.probe.colours);
    assert_eq!(made.probe.perceptual_hash.as_ref().map(String::len), Some(16));
    assert!(made.probe.placeholder.is_some_and(|text| text.len() <= 40));
    assert!(made.probe.findings.is_empty(), "{:?}", made.probe.findings);
}

#[tokio::test]
async fn nothing_is_enlarged_and_no_rung_is_made_twice() {
    let studio = Studio::new();
    let source = studio.file("a.png", &checkerboard(600, 400));
    let made = previews(&studio, &source).await;
    let sizes: Vec<_> = made.rungs.iter().map(|rung| (rung.side_px, rung.width_px)).collect();
    assert_eq!(sizes, [(1_024, 600), (512, 512), (256, 256)]);
    assert!(!studio.path().join("rung-2048.jpg").exists());
}

#[tokio::test]
async fn all_eight_orientations_are_shown_upright() {
    let studio = Studio::new();
    let glass = studio.glass();
    let upright = studio.file("1.png", &encoded(&quarters(90, 60), ImageFormat::Png));
    // How the upright picture is stored, so that its orientation turns it back.
    let stored =
        ["", "-flop", "-rotate 180", "-flip", "-transpose", "-rotate 270", "-transverse", "-rotate 90"];
    for (orientation, change) in (1_u8..).zip(stored) {
        let mut arguments = vec![upright.to_str().expect("a plain name")];
        arguments.extend(change.split_whitespace());
        arguments.extend(["-quality", "95", "-sampling-factor", "1x1"]);
        let source = studio.made("convert", &arguments, &format!("o{orientation}.jpg"));
        let tag = format!("-IFD0:Orientation={orientation}");
        studio.made("exiftool", &["-q", "-overwrite_original", "-n", &tag], &format!("o{orientation}.jpg"));
        let made = picture::previews(&glass, &source, studio.path()).await.expect("previews");
        assert_eq!((made.probe.width_px, made.probe.height_px), (Some(90), Some(60)), "{orientation}");
        assert_eq!(made.probe.orientation, Some(orientation).filter(|o| *o != 1));
        let picture = rung(&made, 256);
        check_pixel(&picture, 20, 15, [220, 20, 20]);
        check_pixel(&picture, 70, 15, [20, 200, 20]);
        check_pixel(&picture, 20, 45, [20, 20, 220]);
    }
}

#[tokio::test]
async fn every_usual_form_of_picture_shows_its_colours() {
    let studio = Studio::new();
    let glass = studio.glass();
    let upright = studio.file("1.png", &encoded(&quarters(120, 80), ImageFormat::Png));
    let from = upright.to_str().expect("a plain name");
    for (name, change) in [
        ("progressive.jpg", "-interlace Plane"),
        ("cmyk.jpg", "-colorspace CMYK -quality 98"),
        ("cmyk.tif", "-colorspace CMYK"),
        ("deep.png", "-depth 16 -define png:bit-depth=16"),
        ("deep.tif", "-depth 16 -compress LZW"),
        ("palette.gif", "-colors 16"),
        ("palette.png", "-type Palette"),
        ("a.webp", "-quality 95"),
        ("a.bmp", ""),
        ("a.jp2", "-quality 95"),
        ("a.psd", "-type TrueColor"),
    ] {
        let mut arguments = vec![from];
        arguments.extend(change.split_whitespace());
        let source = studio.made("convert", &arguments, name);
        let made = picture::previews(&glass, &source, studio.path()).await.expect("previews");
        assert_eq!((made.probe.width_px, made.probe.height_px), (Some(120), Some(80)), "{name}");
        let picture = rung(&made, 256);
        eprintln!("{name}");
        let loose = name.starts_with("cmyk");
        if loose {
            // Inks do not reach the screen's colours; which is the strongest must still be true.
            let [r, g, b] = picture.get_pixel(30, 20).0;
            assert!(r > 150 && g < 110 && b < 110, "{name}: {r} {g} {b}");
            let white = picture.get_pixel(100, 60).0;
            assert!(white.iter().all(|sample| *sample > 230), "{name}: {white:?}");
        } else {
            check_pixel(&picture, 30, 20, [220, 20, 20]);
            check_pixel(&picture, 90, 20, [20, 200, 20]);
            check_pixel(&picture, 100, 60, [250, 250, 250]);
        }
    }
}

#[tokio::test]
async fn grey_pictures_stay_grey_and_transparency_lies_on_white() {
    let studio = Studio::new();
    let grey = studio.made("convert", &["-size", "64x48", "xc:gray50", "-colorspace", "Gray"], "grey.jpg");
    let [r, g, b] = rung(&previews(&studio, &grey).await, 256).get_pixel(30, 20).0;
    assert!(r == g && g == b && r.abs_diff(127) < 3, "{r} {g} {b}");
    let clear = studio.made("convert", &["-size", "64x48", "xc:rgba(255,0,0,0.5)"], "clear.png");
    check_pixel(&rung(&previews(&studio, &clear).await, 256), 30, 20, [255, 128, 128]);
}

#[tokio::test]
async fn the_first_frame_of_a_moving_picture_and_the_pages_of_a_tiff() {
    let studio = Studio::new();
    let arguments = ["-size", "32x32", "xc:red", "xc:blue", "xc:lime"];
    for name in ["moving.gif", "moving.webp"] {
        let source = studio.made("convert", &arguments, name);
        check_pixel(&rung(&previews(&studio, &source).await, 256), 16, 16, [255, 0, 0]);
    }
    let source = studio.made("convert", &arguments, "pages.tif");
    assert_eq!(previews(&studio, &source).await.probe.page_count, Some(3));
    let target = studio.path().join("p3.png");
    let recipe = recipe("box-32x32-p3.png");
    let rendered = picture::render(&studio.glass(), &source, &recipe, &target).await.expect("rendered");
    assert!(rendered.made.is_some(), "{rendered:?}");
    check_pixel(&image::open(&target).expect("png").into_rgb8(), 16, 16, [0, 255, 0]);
}

#[tokio::test]
async fn a_truncated_picture_gives_what_there_is_and_a_finding() {
    let studio = Studio::new();
    // Noise over the quarters, so that the data is not all in the file's first bytes.
    let noisy = RgbImage::from_fn(400, 300, |x, y| {
        let mut pixel = *quarters(2, 2).get_pixel(x / 200, y / 150);
        pixel.0[0] ^= (x.wrapping_mul(y).wrapping_mul(2_654_435_761) >> 29) as u8;
        pixel
    });
    for (name, format) in [("cut.jpg", ImageFormat::Jpeg), ("cut.png", ImageFormat::Png)] {
        let whole = encoded(&noisy, format);
        let source = studio.file(name, &whole[..whole.len() * 2 / 3]);
        let made = previews(&studio, &source).await;
        assert!(codes(&made).contains(&FindingCode::Truncated), "{name}: {:?}", made.probe.findings);
        check_pixel(&rung(&made, 256), 40, 20, [220, 20, 20]);
    }
}

#[tokio::test]
async fn what_is_no_picture_is_a_finding() {
    let studio = Studio::new();
    let noise: Vec<u8> = (0..5_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let jpeg = encoded(&quarters(40, 30), ImageFormat::Jpeg);
    for (name, bytes, expected) in [
        ("empty.jpg", &[][..], FindingCode::Empty),
        ("noise.jpg", &noise, FindingCode::Undecodable),
        ("noise.heic", &noise, FindingCode::Undecodable),
        ("text.png", b"a few words and no picture", FindingCode::Undecodable),
        ("head-only.jpg", &jpeg[..20], FindingCode::Truncated),
    ] {
        let source = studio.file(name, bytes);
        let made = previews(&studio, &source).await;
        assert!(made.rungs.is_empty(), "{name}");
        let found = codes(&made);
        let either = expected == FindingCode::Truncated && found == [FindingCode::Undecodable];
        assert!(found == [expected] || either, "{name}: {:?}", made.probe.findings);
    }
}

#[tokio::test]
async fn a_picture_with_the_wrong_extension_is_read_by_its_content() {
    let studio = Studio::new();
    let source = studio.file("really-a-png.jpg", &checkerboard(64, 64));
    assert_eq!(previews(&studio, &source).await.rungs.len(), 1);
}

#[tokio::test]
async fn a_decompression_bomb_is_refused_from_its_header() {
    let studio = Studio::new();
    // A PNG that says 60,000 × 60,000 and holds next to nothing.
    let mut bomb = checkerboard(16, 16);
    bomb[16..24].copy_from_slice(&[0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60]);
    let checksum = crc32(&bomb[12..29]).to_be_bytes();
    bomb[29..33].copy_from_slice(&checksum);
    let made = previews(&studio, &studio.file("bomb.png", &bomb)).await;
    assert_eq!(codes(&made), [FindingCode::OverLimit], "{:?}", made.probe.findings);
    assert!(made.rungs.is_empty());
}

#[tokio::test]
async fn a_file_of_any_name_is_read() {
    use std::os::unix::ffi::OsStrExt;
    let studio = Studio::new();
    for name in [&b"-rf.jp2"[..], b"a\nb.jp2", b"c[page=2].jp2", b"\xff\xfe.jp2", b"http:d.jp2", b"%d %s.jp2"]
    {
        let plain = studio.made("convert", &["-size", "32x32", "xc:red"], "plain.jp2");
        let source = studio.path().join(std::ffi::OsStr::from_bytes(name));
        std::fs::rename(plain, &source).expect("renamed");
        assert_eq!(previews(&studio, &source).await.rungs.len(), 1, "{source:?}");
    }
}

fn recipe(text: &str) -> PictureRecipe {
    match text.parse() {
        Ok(Recipe::Picture(recipe)) => recipe,
        other => panic!("{text}: {other:?}"),
    }
}

#[tokio::test]
async fn a_recipe_gives_its_size_and_format() {
    let studio = Studio::new();
    let glass = studio.glass();
    let source = studio.file("a.jpg", &encoded(&quarters(600, 400), ImageFormat::Jpeg));
    for (text, size) in [
        ("box-300x300.jpg", (300, 200)),
        ("box-2000x2000-q60.jpg", (600, 400)),
        ("fit-300x300.png", (300, 300)),
        ("crop-200x200.png", (200, 200)),
        ("crop-900x100.jpg", (900, 100)),
        ("crop-120x240-q70.webp", (120, 240)),
        ("box-100x100.avif", (100, 67)),
    ] {
        let target = studio.path().join(text);
        let rendered = picture::render(&glass, &source, &recipe(text), &target).await.expect("rendered");
        let made = rendered.made.unwrap_or_else(|| panic!("{text}: {:?}", rendered.findings));
        assert_eq!((made.width_px, made.height_px), size, "{text}");
        let bytes = std::fs::read(&target).expect("made");
        assert_eq!(bytes.len() as u64, made.bytes, "{text}");
        let is_avif = bytes.get(4..12) == Some(b"ftypavif");
        match image::guess_format(&bytes) {
            Ok(ImageFormat::Avif) => assert!(is_avif && text.ends_with("avif"), "{text}"),
            Ok(format) => {
                assert!(
                    format.extensions_str().contains(&text.rsplit('.').next().expect("extension")),
                    "{text}"
                );
                let picture = image::load_from_memory(&bytes).expect("decodes");
                assert_eq!((picture.width(), picture.height()), size, "{text}");
            }
            Err(error) => panic!("{text}: {error}"),
        }
    }
    let padded = image::open(studio.path().join("fit-300x300.png")).expect("png").into_rgb8();
    check_pixel(&padded, 150, 10, [255, 255, 255]);
    check_pixel(&padded, 30, 80, [220, 20, 20]);
}

#[tokio::test]
async fn a_rendition_keeps_transparency_where_its_format_can() {
    let studio = Studio::new();
    let glass = studio.glass();
    let source = studio.made("convert", &["-size", "64x48", "xc:rgba(255,0,0,0.5)"], "clear.png");
    let target = studio.path().join("out.png");
    picture::render(&glass, &source, &recipe("fit-64x64.png"), &target).await.expect("rendered");
    let picture = image::open(&target).expect("png").into_rgba8();
    assert_eq!(picture.get_pixel(32, 2).0[3], 0, "the padding is clear");
    assert!(picture.get_pixel(32, 32).0[3].abs_diff(128) <= 2, "half clear stays so");
}

/// The checksum of a PNG chunk (ISO 15948, annex D).
fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| {
        (0..8).fold(
            sum ^ u32::from(*byte),
            |sum, _| if sum & 1 == 1 { 0xEDB8_8320 ^ (sum >> 1) } else { sum >> 1 },
        )
    };
    !bytes.iter().fold(u32::MAX, step)
}
