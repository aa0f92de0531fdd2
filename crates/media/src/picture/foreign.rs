//! Pictures for another program: vips turns them into an interim PNG in sRGB that a worker reads.
//!
//! HEIC, AVIF, JPEG XL, JPEG 2000, PSD, SVG, OpenEXR and what else the installed vips was built for, and
//! broken files of formats a worker reads itself: vips gives what there is of them.

use std::path::{Path, PathBuf};

use base64::{Engine, engine::general_purpose::STANDARD};
use damask_model::{Finding, FindingCode};

use super::{PIXELS_MAX, colour::Profile, decode::over_pixels};
use crate::{
    Glass, MediaError,
    glass::{Named, Ran, Run, is_made},
};

/// Pages counted in a file, at most.
const PAGES_MAX: u32 = 100_000;

/// A picture another program has decoded, and what it said of the original.
pub(super) struct Interim {
    named: Named,
    /// Upright width of the original in pixels.
    pub(super) width_px: u32,
    /// Upright height.
    pub(super) height_px: u32,
    /// EXIF orientation as stored, where not 1.
    pub(super) orientation: Option<u8>,
    /// Name of the profile.
    pub(super) colour_profile: Option<String>,
    /// Pictures in the file, where it says.
    pub(super) page_count: Option<u32>,
    /// What the program complained of, though it gave a picture.
    pub(super) finding: Option<Finding>,
}

impl Interim {
    /// The interim picture; lives as long as this value.
    pub(super) fn picture(&self) -> PathBuf {
        self.named.folder().join("interim.png")
    }
}

/// Decodes page `page` (from 1) of `source` to at most `side_px` on its longest side, upright and in sRGB.
pub(super) async fn interim(
    glass: &Glass,
    source: &Path,
    side_px: u32,
    page: u32,
) -> Result<Result<Interim, Finding>, MediaError> {
    let named = Named::new(glass, source)?;
    let input = if page > 1 {
        format!("{}[page={}]", named.link().display(), page - 1)
    } else {
        named.link().display().to_string()
    };
    let looked = glass.run(order(&named, "vipsheader").argument("-a").argument(&input)).await?;
    if !looked.succeeded() {
        return Ok(Err(finding_of(&looked)));
    }
    let text = String::from_utf8_lossy(&looked.stdout).into_owned();
    let number = |name: &str| header(&text, name).and_then(|value| value.parse::<u32>().ok());
    let (Some(width_px), Some(height_px)) = (number("width"), number("height")) else {
        return Ok(Err(Finding::new(FindingCode::Undecodable, "it has no size")));
    };
    if let Err(finding) = over_pixels(width_px, height_px, PIXELS_MAX) {
        return Ok(Err(finding));
    }
    let loader = header(&text, "vips-loader").unwrap_or_default();
    let vector = loader.starts_with("svgload");
    // `thumbnail` takes the levels of a JPEG 2000 for a pyramid and picks the smallest when nothing is to be
    // shrunk (seen with vips 8.14): such a file is loaded first and scaled then.
    let scaler = if loader.starts_with("jp2kload") { "thumbnail_image" } else { "thumbnail" };
    let orientation = number("orientation").and_then(|number| u8::try_from(number).ok());
    let orientation = orientation.filter(|orientation| (2..=8).contains(orientation));
    let turned = orientation.is_some_and(|orientation| orientation >= 5);
    let output = named.folder().join("interim.png");
    let mut run = order(&named, "vips")
        .arguments([scaler, &input])
        .argument(format!("{}[compression=1,strip]", output.display()))
        .argument(side_px.to_string())
        .arguments(["--height", &side_px.to_string()])
        // A drawing has no pixels of its own to enlarge: it is drawn as large as asked for.
        .arguments(["--size", if vector { "both" } else { "down" }])
        .arguments(["--fail-on", "none"]);
    // Without a profile of its own, a turn through the profile's space would only blur the colours.
    if has_profile(&text) {
        run = run.arguments(["--export-profile", "srgb"]);
    }
    let made = glass.run(run).await?;
    if !made.succeeded() || !is_made(&output) {
        return Ok(Err(finding_of(&made)));
    }
    let colour_profile = profile_name(glass, &named, &text, &input).await?;
    let complaint = String::from_utf8_lossy(&made.stderr);
    let finding = complaint
        .to_lowercase()
        .contains("truncat")
        .then(|| Finding::new(FindingCode::Truncated, made.complaint()));
    Ok(Ok(Interim {
        width_px: if turned { height_px } else { width_px },
        height_px: if turned { width_px } else { height_px },
        orientation,
        colour_profile,
        page_count: number("n-pages").filter(|pages| (2..=PAGES_MAX).contains(pages)),
        finding,
        named,
    }))
}

async fn profile_name(
    glass: &Glass,
    named: &Named,
    headers: &str,
    input: &str,
) -> Result<Option<String>, MediaError> {
    if !has_profile(headers) {
        return Ok(None);
    }
    let run = order(named, "vipsheader").arguments(["-f", "icc-profile-data", input]);
    let text = String::from_utf8_lossy(&glass.run(run).await?.stdout).into_owned();
    let bytes = STANDARD.decode(text.split_whitespace().collect::<String>()).unwrap_or_default();
    Ok(Profile::read(&bytes).and_then(|profile| profile.name))
}

fn has_profile(headers: &str) -> bool {
    headers.lines().any(|line| line.starts_with("icc-profile-data:"))
}

fn order(named: &Named, program: &str) -> Run {
    Run::new(program).read(named.target()).write(named.folder())
}

/// The value of `name: value` in the listing of vipsheader.
fn header<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

fn finding_of(ran: &Ran) -> Finding {
    ran.finding.clone().unwrap_or_else(|| Finding::new(FindingCode::Undecodable, ran.complaint()))
}
