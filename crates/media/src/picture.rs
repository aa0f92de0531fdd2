//! Still pictures: the preview ladder with what is measured on the way, and renditions by recipe.
//!
//! JPEG, PNG, GIF, WebP, TIFF and BMP are decoded by a worker. Everything else, and what a worker gives up
//! on, goes through vips as an external program (foreign.rs) to an interim picture a worker can read.

mod colour;
mod decode;
pub(crate) mod draw;
mod foreign;
mod jpeg;
pub(crate) mod ladder;
mod scale;
pub(crate) mod strip;
mod tiff;
pub(crate) mod wire;

use std::{
    fs::{self, File},
    io::Read,
    os::fd::OwnedFd,
    path::{Path, PathBuf},
};

use damask_model::{Finding, FindingCode, PictureFormat, Recipe, probe::Probe, recipe::PictureRecipe};

use crate::{
    Glass, MediaError,
    glass::{
        Run, is_made,
        wire::{Answer, Request},
    },
    picture::{
        decode::{HEAD_BYTES, Native},
        wire::{Drawn, Ladder, LadderRequest},
    },
};

/// Most pixels a picture may have: 400 million, above any camera's and below what would fill the memory.
pub const PIXELS_MAX: u64 = 400_000_000;

/// One rung of the preview ladder, a JPEG in sRGB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    /// The longest side asked for ([`Recipe::LADDER_PX`]).
    pub side_px: u32,
    /// The file.
    pub path: PathBuf,
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
    /// Length of the file.
    pub bytes: u64,
}

/// What was made of a picture and learnt of it. Without rungs nothing could be decoded; the findings say why.
#[derive(Clone, Debug, Default)]
pub struct Previews {
    /// Sizes, orientation, profile, pages, placeholder, colours, perceptual hash and findings.
    pub probe: Probe,
    /// The rungs, the largest first. Nothing is enlarged: of the rungs that would hold the whole picture only
    /// the smallest is made (an 800-pixel picture has 1024, 512 and 256).
    pub rungs: Vec<Rung>,
}

/// What came of a rendition.
#[derive(Clone, Debug, Default)]
pub struct Rendered {
    /// Width and height in pixels and length in bytes, if it was made.
    pub made: Option<Made>,
    /// What is wrong with the source.
    pub findings: Vec<Finding>,
}

/// A picture that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Made {
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
    /// Length of the file.
    pub bytes: u64,
}

/// Makes the preview ladder of `source` as `rung-<side>.jpg` in the folder `into`, from one decode.
pub async fn previews(glass: &Glass, source: &Path, into: &Path) -> Result<Previews, MediaError> {
    let native = recognise(source)?;
    let mut findings = Vec::new();
    if native.is_some() {
        match ladder(glass, source, into).await? {
            Ok(previews) => return Ok(previews),
            Err(finding) if !may_try_another(&finding) => return Ok(Previews::failed(vec![finding])),
            Err(finding) => findings.push(finding),
        }
    }
    let interim = match foreign::interim(glass, source, Recipe::LADDER_PX[0], 1).await? {
        Ok(interim) => interim,
        Err(finding) => {
            // The words of the decoder made for the format say more than those of the last resort.
            if findings.is_empty() || finding.code == FindingCode::OverLimit {
                findings.push(finding);
            }
            return Ok(Previews::failed(findings));
        }
    };
    let mut previews = match ladder(glass, &interim.picture(), into).await? {
        Ok(previews) => previews,
        Err(finding) => return Ok(Previews::failed(vec![finding])),
    };
    let probe = &mut previews.probe;
    (probe.width_px, probe.height_px) = (Some(interim.width_px), Some(interim.height_px));
    probe.orientation = interim.orientation;
    probe.colour_profile = interim.colour_profile.clone();
    probe.page_count = interim.page_count;
    // The other decoder read it after all; only that something is missing remains true.
    findings.retain(|finding| finding.code == FindingCode::Truncated);
    findings.extend(interim.finding.clone());
    probe.findings.splice(0..0, findings);
    Ok(previews)
}

/// Makes the rendition `recipe` of `source` (the original or a large enough rung) as the file `target`.
///
/// A page other than the first is for formats with several pictures (TIFF, HEIC, GIF frames); the pages of
/// documents are drawn by [`crate::page`].
pub async fn render(
    glass: &Glass,
    source: &Path,
    recipe: &PictureRecipe,
    target: &Path,
) -> Result<Rendered, MediaError> {
    if recognise(source)?.is_some() && recipe.page == 1 {
        match draw(glass, source, recipe, target).await? {
            Ok(rendered) => return Ok(rendered),
            Err(finding) if !may_try_another(&finding) => return Ok(Rendered::failed(finding)),
            Err(_) => {}
        }
    }
    let side_px = recipe.width_px.max(recipe.height_px).saturating_mul(2).min(2 * Recipe::SIDE_PX_MAX);
    match foreign::interim(glass, source, side_px, recipe.page).await? {
        Ok(interim) => {
            let mut rendered = match draw(glass, &interim.picture(), recipe, target).await? {
                Ok(rendered) => rendered,
                Err(finding) => Rendered::failed(finding),
            };
            rendered.findings.extend(interim.finding.clone());
            Ok(rendered)
        }
        Err(finding) => Ok(Rendered::failed(finding)),
    }
}

/// Draws through a worker, and through vips where the format wants its encoder.
async fn draw(
    glass: &Glass,
    source: &Path,
    recipe: &PictureRecipe,
    target: &Path,
) -> Result<Result<Rendered, Finding>, MediaError> {
    let by_vips = matches!(recipe.format, PictureFormat::Webp | PictureFormat::Avif);
    let folder = glass.scratch_folder()?;
    let interim = folder.path().join("interim.png");
    let drawn_into = if by_vips { &interim } else { target };
    let files = vec![open(source)?, create(drawn_into)?];
    let request = Request::Draw { recipe: *recipe, interim: by_vips };
    let drawn = match glass.ask(&request, files).await? {
        Ok(Answer::Drawn(drawn)) => drawn,
        Ok(Answer::Failed(finding)) | Err(finding) => {
            let _ = fs::remove_file(drawn_into);
            return Ok(Err(finding));
        }
        Ok(_) => return Ok(Err(odd_answer())),
    };
    let Drawn { width_px, height_px, mut bytes, findings } = drawn;
    if by_vips {
        let extension = recipe.format.extension();
        let output = folder.path().join(format!("out.{extension}"));
        let run = Run::new("vips")
            .argument("copy")
            .argument(&interim)
            .argument(format!("{}[Q={},strip]", output.display(), recipe.quality))
            .write(folder.path());
        let ran = glass.run(run).await?;
        if !ran.succeeded() || !is_made(&output) {
            let finding = ran.finding.clone();
            return Ok(Err(
                finding.unwrap_or_else(|| Finding::new(FindingCode::Undecodable, ran.complaint()))
            ));
        }
        bytes = fs::copy(&output, target).map_err(MediaError::scratch(target))?;
    }
    Ok(Ok(Rendered { made: Some(Made { width_px, height_px, bytes }), findings }))
}

/// Asks a worker for the ladder.
async fn ladder(glass: &Glass, source: &Path, into: &Path) -> Result<Result<Previews, Finding>, MediaError> {
    let mut files = vec![open(source)?];
    let paths: Vec<PathBuf> =
        Recipe::LADDER_PX.iter().map(|side_px| into.join(format!("rung-{side_px}.jpg"))).collect();
    for path in &paths {
        files.push(create(path)?);
    }
    let request = Request::Ladder(LadderRequest {
        rungs_px: Recipe::LADDER_PX.to_vec(),
        quality: PictureFormat::Jpeg.usual_quality(),
        pixels_max: PIXELS_MAX,
    });
    let answer = glass.ask(&request, files).await?;
    let made = match &answer {
        Ok(Answer::Ladder(ladder)) => ladder.rungs.iter().map(|rung| rung.index).collect(),
        _ => Vec::new(),
    };
    for (index, path) in paths.iter().enumerate() {
        if !made.contains(&index) {
            fs::remove_file(path).map_err(MediaError::scratch(path))?;
        }
    }
    Ok(match answer {
        Ok(Answer::Ladder(ladder)) => Ok(Previews::new(*ladder, &paths)),
        Ok(Answer::Failed(finding)) | Err(finding) => Err(finding),
        Ok(_) => Err(odd_answer()),
    })
}

impl Previews {
    fn failed(findings: Vec<Finding>) -> Self {
        Self { probe: Probe { findings, ..Probe::default() }, rungs: Vec::new() }
    }

    fn new(ladder: Ladder, paths: &[PathBuf]) -> Self {
        let rungs = ladder
            .rungs
            .iter()
            .filter_map(|made| {
                Some(Rung {
                    side_px: *Recipe::LADDER_PX.get(made.index)?,
                    path: paths.get(made.index)?.clone(),
                    width_px: made.width_px,
                    height_px: made.height_px,
                    bytes: made.bytes,
                })
            })
            .collect();
        let probe = Probe {
            width_px: Some(ladder.width_px),
            height_px: Some(ladder.height_px),
            orientation: Some(ladder.orientation).filter(|orientation| *orientation != 1),
            colour_profile: ladder.colour_profile,
            page_count: ladder.page_count,
            placeholder: Some(ladder.placeholder),
            colours: ladder.colours,
            perceptual_hash: Some(ladder.perceptual_hash),
            findings: ladder.findings,
            ..Probe::default()
        };
        Self { probe, rungs }
    }
}

impl Rendered {
    fn failed(finding: Finding) -> Self {
        Self { made: None, findings: vec![finding] }
    }
}

/// Whether another decoder may do better. One that used up its time or memory, or met a limit, is not
/// followed by another that would do the same.
fn may_try_another(finding: &Finding) -> bool {
    matches!(finding.code, FindingCode::Undecodable | FindingCode::Truncated | FindingCode::DecoderDied)
}

fn recognise(source: &Path) -> Result<Option<Native>, MediaError> {
    let mut head = Vec::new();
    File::open(source)
        .and_then(|file| file.take(HEAD_BYTES as u64).read_to_end(&mut head))
        .map_err(MediaError::source_file(source))?;
    // An empty file goes to a worker too, which says so.
    Ok(if head.is_empty() { Some(Native::Jpeg) } else { Native::recognise(&head) })
}

pub(crate) fn open(source: &Path) -> Result<OwnedFd, MediaError> {
    File::open(source).map(OwnedFd::from).map_err(MediaError::source_file(source))
}

pub(crate) fn create(target: &Path) -> Result<OwnedFd, MediaError> {
    File::create(target).map(OwnedFd::from).map_err(MediaError::scratch(target))
}

pub(crate) fn odd_answer() -> Finding {
    Finding::new(FindingCode::DecoderDied, "the worker answered something else")
}
