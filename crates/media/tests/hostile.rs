//! Hostile files through every decoder: cut off, with bits turned over, with headers that claim what no memory
//! holds, nested without end, endless when unpacked. Each costs a finding or nothing, within its limit, and the
//! next file is served as if nothing had been.

mod fixture;

use std::{
    fmt::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use damask_media::{CancellationToken, Glass, Limits, exiftool::Exiftool, film, page, picture, sound};
use damask_model::{Finding, FindingCode, Recipe, probe::Probe};
use fixture::{Studio, checkerboard, encoded, quarters};
use image::ImageFormat;

/// Limits that a small file, however hostile, keeps or meets within a test.
fn limits() -> Limits {
    Limits {
        wall: Duration::from_secs(10),
        cpu: Duration::from_secs(5),
        memory_bytes: 700 << 20,
        output_bytes: 64 << 20,
    }
}

/// Longest a decoder may take over one file: up to a dozen programs follow each other, each within its limits, on a busy machine.
const ONE_MAX: Duration = Duration::from_secs(120);

struct Decoders {
    studio: Studio,
    glass: Glass,
    exiftool: Exiftool,
}

impl Decoders {
    fn new() -> Self {
        let studio = Studio::new();
        let glass = studio.glass_with(|config| config.limits = limits());
        let exiftool = Exiftool::new(&glass, &["-j", "-G1", "-struct"], 1);
        Self { studio, glass, exiftool }
    }

    /// Gives the file to every decoder and collects what they find.
    async fn all(&self, name: &str, bytes: &[u8]) -> Vec<Finding> {
        let path = self.studio.file(name, bytes);
        let mut findings = Vec::new();
        findings.extend(self.timed(name, "pictures", self.pictures(&path)).await);
        findings.extend(self.timed(name, "films and sound", self.films(&path)).await);
        findings.extend(self.timed(name, "pages", self.pages(&path)).await);
        findings.extend(self.timed(name, "exiftool", self.metadata(&path)).await);
        std::fs::remove_file(&path).expect("nobody else removes it");
        findings
    }

    async fn timed<T>(&self, name: &str, what: &str, work: impl Future<Output = T>) -> T {
        let started = Instant::now();
        let done = work.await;
        assert!(started.elapsed() < ONE_MAX, "{name}: {what} took {:?}", started.elapsed());
        done
    }

    async fn pictures(&self, path: &Path) -> Vec<Finding> {
        let into = tempfile::tempdir().expect("a folder");
        let previews = picture::previews(&self.glass, path, into.path()).await.expect("the parent is well");
        let Ok(Recipe::Picture(recipe)) = "box-64x64.jpg".parse() else { panic!("a recipe") };
        let target = into.path().join("drawn.jpg");
        let drawn = picture::render(&self.glass, path, &recipe, &target).await.expect("the parent is well");
        assert!(drawn.made.is_some() || !drawn.findings.is_empty(), "{}: no word of it", path.display());
        assert!(!previews.rungs.is_empty() || !previews.probe.findings.is_empty(), "{}", path.display());
        [previews.probe.findings, drawn.findings].concat()
    }

    async fn films(&self, path: &Path) -> Vec<Finding> {
        let into = tempfile::tempdir().expect("a folder");
        let probe = film::probe(&self.glass, path).await.expect("the parent is well");
        let mut findings = probe.findings.clone();
        if probe.video.is_some() {
            let made = film::previews(&self.glass, path, into.path(), CancellationToken::new(), |_| {}).await;
            findings.extend(made.expect("the parent is well").findings);
        }
        let probe = Probe { audio: probe.audio, duration_us: probe.duration_us, ..Probe::default() };
        let stop = CancellationToken::new();
        let made = sound::previews(&self.glass, path, &probe, into.path(), stop, |_| {}).await;
        findings.extend(made.expect("the parent is well").findings);
        findings
    }

    async fn pages(&self, path: &Path) -> Vec<Finding> {
        let into = tempfile::tempdir().expect("a folder");
        let previews = page::previews(&self.glass, path, into.path()).await.expect("the parent is well");
        let text = page::text(&self.glass, path).await.expect("the parent is well");
        [previews.probe.findings, text.findings].concat()
    }

    async fn metadata(&self, path: &Path) -> Vec<Finding> {
        self.exiftool.read(path).await.expect("the parent is well").findings
    }

    /// After all of it a good file is read by each.
    async fn serve_on(&self) {
        let path = self.studio.file("good.png", &checkerboard(40, 30));
        let into = tempfile::tempdir().expect("a folder");
        let previews = picture::previews(&self.glass, &path, into.path()).await.expect("well");
        assert_eq!(previews.rungs.len(), 1, "{:?}", previews.probe.findings);
        assert!(self.exiftool.read(&path).await.expect("well").text.contains("PNG"));
        let sound = self.studio.ffmpeg(&["-f", "lavfi", "-i", "sine=d=0.2"], "good.wav");
        assert_eq!(film::probe(&self.glass, &sound).await.expect("well").audio.len(), 1);
        let left: Vec<_> =
            std::fs::read_dir(&self.glass.config().scratch).expect("there").flatten().collect();
        // Only the folder of the exiftool that waits.
        assert!(left.len() <= 1, "{left:?}");
    }
}

/// Good files of each decoder.
fn good(studio: &Studio) -> Vec<(&'static str, Vec<u8>)> {
    let picture = quarters(64, 48);
    let film = studio.ffmpeg(
        &["-f", "lavfi", "-i", "testsrc2=s=64x48:d=0.3", "-f", "lavfi", "-i", "sine=d=0.3", "-shortest"],
        "good.mp4",
    );
    let sound = studio.ffmpeg(&["-f", "lavfi", "-i", "sine=d=0.3"], "good.flac");
    let read = |path: &Path| std::fs::read(path).expect("it was made");
    vec![
        ("a.jpg", encoded(&picture, ImageFormat::Jpeg)),
        ("a.png", encoded(&picture, ImageFormat::Png)),
        ("a.tif", encoded(&picture, ImageFormat::Tiff)),
        ("a.gif", encoded(&picture, ImageFormat::Gif)),
        ("a.mp4", read(&film)),
        ("a.flac", read(&sound)),
        ("a.pdf", pdf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 90 60]>>")),
    ]
}

/// A document of one page; its table of objects is left to be rebuilt, as of a damaged one.
fn pdf(page: &str) -> Vec<u8> {
    format!(
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
         2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj{page}endobj\n\
         trailer<</Root 1 0 R/Size 4>>\nstartxref\n0\n%%EOF\n"
    )
    .into_bytes()
}

#[tokio::test]
async fn files_that_are_cut_off_cost_a_finding_and_no_more() {
    let decoders = Decoders::new();
    for (name, bytes) in good(&decoders.studio) {
        let findings = decoders.all(name, &bytes[..bytes.len() / 3]).await;
        assert!(!findings.is_empty(), "{name}: nothing was found");
    }
    decoders.serve_on().await;
}

#[tokio::test]
async fn files_with_bits_turned_over_cost_no_more_than_a_finding() {
    let decoders = Decoders::new();
    for (name, mut bytes) in good(&decoders.studio) {
        // Every 37th byte behind what says the type.
        for at in (24..bytes.len()).step_by(37) {
            bytes[at] ^= 0x55;
        }
        decoders.all(name, &bytes).await;
    }
    decoders.serve_on().await;
}

/// Claims of sizes that no memory holds, in as few bytes as they take.
#[tokio::test]
async fn a_small_file_that_claims_to_be_huge_is_found_out() {
    let decoders = Decoders::new();
    let mut png = checkerboard(8, 8);
    png[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
    let jpeg_header = b"\xff\xd8\xff\xc0\0\x11\x08\xff\xff\xff\xff\x03\x01\x22\0\x02\x11\x01\x03\x11\x01\xff\xda\0\x0c\x03\x01\0\x02\x11\x03\x11\0\x3f\0";
    let gif =
        b"GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\xff\xff\xff\xff\0\x02\x02\x44\x01\0;";
    let mut tiff = b"II*\0\x08\0\0\0\x05\0".to_vec();
    for (tag, value) in [(256_u16, u32::MAX), (257, u32::MAX), (258, 8), (273, 8), (279, u32::MAX)] {
        tiff.extend(tag.to_le_bytes());
        tiff.extend([4, 0, 1, 0, 0, 0]);
        tiff.extend(value.to_le_bytes());
    }
    tiff.extend([0; 4]);
    let webp = b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x10\0\0\0\xff\xff\xff\xff\xff\xff";
    let bmp = b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\xff\xff\xff\x7f\xff\xff\xff\x7f\x01\0\x18\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    let pnm = b"P6\n2000000000 2000000000\n255\n";
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" width="9e9" height="9e9"><rect width="9e9" height="9e9"/></svg>"#;
    let wave = b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x20\0data\xff\xff\xff\xff";
    let mov = b"\0\0\0\x14ftypqt  \0\0\0\0qt  \xff\xff\xff\xffmoov\0\0\0\x6cmvhd\0\0\0\0";
    let huge_page = pdf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 99999999 99999999]>>");
    let many_pages =
        String::from_utf8(huge_page.clone()).expect("text").replace("/Count 1", "/Count 2147483647");
    let files: [(&str, &[u8]); 12] = [
        ("huge.png", &png),
        ("huge.jpg", jpeg_header),
        ("huge.gif", gif),
        ("huge.tif", &tiff),
        ("huge.webp", webp),
        ("huge.bmp", bmp),
        ("huge.ppm", pnm),
        ("huge.svg", svg),
        ("huge.wav", wave),
        ("huge.mov", mov),
        ("huge.pdf", &huge_page),
        ("many.pdf", many_pages.as_bytes()),
    ];
    for (name, bytes) in files {
        let findings = decoders.all(name, bytes).await;
        assert!(!findings.is_empty(), "{name}: nothing was found");
    }
    decoders.serve_on().await;
}

#[tokio::test]
async fn a_file_nested_without_end_ends() {
    let decoders = Decoders::new();
    let deep = 20_000;
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\">{}{}</svg>",
        "<g>".repeat(deep),
        "</g>".repeat(deep)
    );
    // Entities, each ten of the one before (as of 2003, "billion laughs").
    let mut laughs = "<!DOCTYPE svg [<!ENTITY a0 \"ha\">".to_owned();
    for level in 1..12 {
        let before = format!("&a{};", level - 1).repeat(10);
        write!(laughs, "<!ENTITY a{level} \"{before}\">").expect("a string takes all");
    }
    laughs.push_str(
        "]><svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><text>&a11;</text></svg>",
    );
    let boxes: Vec<u8> = (0..4_000_u32)
        .flat_map(|depth| [&(32_008 - 8 * depth).to_be_bytes()[..], b"moov"].concat())
        .collect();
    let mov = [b"\0\0\0\x14ftypqt  \0\0\0\0qt  ".as_slice(), &boxes].concat();
    let page = format!("<</Type/Page/Parent 2 0 R/MediaBox {}1{}>>", "[".repeat(deep), "]".repeat(deep));
    let loop_of_pages = pdf("<</Type/Pages/Kids[2 0 R 3 0 R]/Count 9/Parent 3 0 R>>");
    let list = "{\"a\":".repeat(deep);
    for (name, bytes) in [
        ("deep.svg", svg.as_bytes()),
        ("laughs.svg", laughs.as_bytes()),
        ("deep.mov", &mov),
        ("deep.pdf", &pdf(&page)),
        ("loop.pdf", &loop_of_pages),
        ("deep.json", list.as_bytes()),
    ] {
        decoders.all(name, bytes).await;
    }
    decoders.serve_on().await;
}

#[tokio::test]
async fn a_file_that_is_endless_when_unpacked_is_stopped() {
    let decoders = Decoders::new();
    // A playlist of itself, and one of what it has no business with.
    let itself = b"ffconcat version 1.0\nfile 'itself.ffconcat'\nfile 'itself.ffconcat'\n";
    let foreign = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n";
    decoders.all("itself.ffconcat", itself).await;
    decoders.all("foreign.m3u8", foreign).await;
    // One colour, 900 million pixels, in some hundred kilobytes.
    let path = decoders.studio.path().join("flat.png");
    let made = std::process::Command::new("vips")
        .arg("black")
        .arg(format!("{}[bitdepth=1,compression=1]", path.display()))
        .args(["30000", "30000"])
        .status();
    assert!(made.expect("vips starts").success());
    let flat = std::fs::read(&path).expect("it was made");
    assert!(flat.len() < 2 << 20, "{} bytes", flat.len());
    let findings = decoders.all("flat.png", &flat).await;
    assert!(findings.iter().any(|finding| finding.code == FindingCode::OverLimit), "{findings:?}");
    decoders.serve_on().await;
}
