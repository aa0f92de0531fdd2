//! What is measured on when the corpus has none: 24-megapixel photographs of about 8 MB, many small files, one very
//! large file. Made once from a seed and kept between runs.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use damask_testkit::Words;

/// What makes 6000 × 4000 pixels with this noise about 8 MB.
const QUALITY: u32 = 88;
const NOISE_SIGMA: u32 = 10;

fn run(tool: &str, words: &[&str]) -> Result<()> {
    let output = Command::new(tool)
        .args(words)
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {tool}"))?;
    ensure!(
        output.status.success(),
        "{tool} {}: {}",
        words.join(" "),
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(())
}

/// A photograph of 24 megapixels and about 8 MB that is like no other: a soft field of colours under a film's grain,
/// with what a camera and a picture desk write into it. Made once.
pub fn photograph(shelf: &Path, number: u64) -> Result<PathBuf> {
    let file = shelf.join(format!("photograph-{number:05}.jpg"));
    if file.is_file() {
        return Ok(file);
    }
    let aside = tempfile::tempdir_in(shelf).context("cannot make a folder for fixtures")?;
    let path = |name: &str| aside.path().join(name).display().to_string();
    let mut words = Words::new(number);
    let mut field = b"P6\n12 8\n255\n".to_vec();
    field.extend(words.noise(12 * 8 * 3));
    fs::write(path("field.ppm"), field)?;
    run("vips", &["resize", &path("field.ppm"), &path("soft.v"), "500", "--kernel", "cubic"])?;
    let (sigma, seed) = (NOISE_SIGMA.to_string(), number.to_string());
    run(
        "vips",
        &["gaussnoise", &path("grain.v"), "6000", "4000", "--mean", "0", "--sigma", &sigma, "--seed", &seed],
    )?;
    let made = path("made.jpg");
    run("vips", &["add", &path("soft.v"), &path("grain.v"), &format!("{made}[Q={QUALITY}]")])?;
    let described = words.described();
    let mut tags = vec![
        format!("-XMP-dc:Title={}", described.title),
        format!("-IPTC:Caption-Abstract={}", described.caption),
        format!("-XMP-dc:Description={}", described.caption),
        format!("-IPTC:By-line={}", described.creator),
        format!("-XMP-dc:Creator={}", described.creator),
        format!("-IPTC:City={}", described.place),
        "-EXIF:Make=Damask".to_owned(),
        "-EXIF:Model=Test camera".to_owned(),
        "-EXIF:DateTimeOriginal=2024:05:06 07:08:09".to_owned(),
        "-EXIF:OffsetTimeOriginal=+02:00".to_owned(),
        "-EXIF:FNumber=5.6".to_owned(),
        "-EXIF:ISO=200".to_owned(),
    ];
    tags.extend(
        described
            .keywords
            .iter()
            .flat_map(|word| [format!("-IPTC:Keywords={word}"), format!("-XMP-dc:Subject={word}")]),
    );
    let mut all = vec!["-q", "-q", "-overwrite_original", "-codedcharacterset=utf8"];
    all.extend(tags.iter().map(String::as_str));
    all.push(&made);
    run("exiftool", &all)?;
    fs::rename(&made, &file)?;
    Ok(file)
}

/// A folder with these photographs, hard links where the disk allows.
pub fn photographs(shelf: &Path, folder: &Path, numbers: std::ops::Range<u64>) -> Result<()> {
    fs::create_dir_all(folder)?;
    for number in numbers {
        let from = photograph(shelf, number)?;
        let to = folder.join(from.file_name().context("a fixture has a name")?);
        if fs::hard_link(&from, &to).is_err() {
            fs::copy(&from, &to)?;
        }
    }
    Ok(())
}

/// Writes `count` small text files, each unlike any other, 1,000 a folder.
pub fn small_files(folder: &Path, seed: u64, count: usize) -> Result<()> {
    let mut words = Words::new(seed);
    for number in 0..count {
        let room = folder.join(format!("{:04}", number / 1000));
        if number % 1000 == 0 {
            fs::create_dir_all(&room)?;
        }
        let described = words.described();
        let text = format!(
            "{}\n{}\n{} {}\n",
            described.title,
            described.caption,
            described.stem,
            described.keywords.join(", ")
        );
        fs::write(room.join(format!("{}.txt", described.stem)), text)?;
    }
    Ok(())
}

/// A file of this length without a byte written: it reads as zeros and takes no room.
pub fn large_file(path: &Path, length_bytes: u64) -> Result<()> {
    File::create(path)
        .and_then(|file| file.set_len(length_bytes))
        .with_context(|| format!("cannot make {}", path.display()))
}
