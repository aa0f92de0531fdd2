//! Pages of documents (PDF): how many, how they look, what they say. By poppler's programs.

use std::path::Path;

use damask_model::{Finding, FindingCode};

use crate::{
    Glass, Limits, MediaError,
    glass::{Named, Ran, Run, is_made},
    picture::{self, Previews},
};

/// Most pages whose text is read.
pub const TEXT_PAGES_MAX: u32 = 2_000;
/// Most bytes of text read of a document.
pub const TEXT_BYTES_MAX: u64 = 16 << 20;
/// Longest side a page is drawn with, in pixels.
pub const SIDE_PX_MAX: u32 = 8_192;

/// What a document says of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// Pages.
    pub page_count: Option<u32>,
    /// What could not be read.
    pub findings: Vec<Finding>,
}

/// The text of a document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Text {
    /// One string a page, from the first.
    pub pages: Vec<String>,
    /// What could not be read, or was left out over a limit.
    pub findings: Vec<Finding>,
}

/// Counts the pages.
pub async fn probe(glass: &Glass, path: &Path) -> Result<Document, MediaError> {
    let named = Named::new(glass, path)?;
    let ran = glass.run(order(&named, "pdfinfo").argument(named.link())).await?;
    let text = String::from_utf8_lossy(&ran.stdout);
    let page_count = text
        .lines()
        .find_map(|line| line.strip_prefix("Pages:"))
        .and_then(|number| number.trim().parse::<u32>().ok());
    let mut findings = Vec::new();
    match page_count {
        Some(0) => findings.push(Finding::new(FindingCode::Undecodable, "it has no pages")),
        Some(_) if ran.succeeded() => findings.extend(damage(&ran)),
        _ => findings.push(finding_of(&ran)),
    }
    Ok(Document { page_count: page_count.filter(|count| *count > 0), findings })
}

/// Draws page `page` (from 1) as an uncompressed TIFF in the file `target`, its longest side exactly
/// `side_px`: to be read once, by [`crate::picture`]. `None` is success.
pub async fn render_page(
    glass: &Glass,
    path: &Path,
    page: u32,
    side_px: u32,
    target: &Path,
) -> Result<Option<Finding>, MediaError> {
    let named = Named::new(glass, path)?;
    let page = page.max(1).to_string();
    let side_px = side_px.clamp(1, SIDE_PX_MAX).to_string();
    let run = order(&named, "pdftoppm")
        .arguments(["-f", &page, "-l", &page, "-singlefile", "-cropbox", "-scale-to", &side_px])
        .arguments(["-tiff", "-tiffcompression", "none"])
        .argument(named.link())
        .argument(named.folder().join("page"));
    let ran = glass.run(run).await?;
    let drawn = named.folder().join("page.tif");
    if !ran.succeeded() || !is_made(&drawn) {
        return Ok(Some(finding_of(&ran)));
    }
    tokio::fs::copy(&drawn, target).await.map_err(MediaError::scratch(target))?;
    Ok(None)
}

/// The preview ladder of the first page, with the page count; the sizes are those of the drawn page.
pub async fn previews(glass: &Glass, path: &Path, into: &Path) -> Result<Previews, MediaError> {
    let document = probe(glass, path).await?;
    let mut previews = Previews::default();
    let mut findings = document.findings;
    if document.page_count.is_some() {
        let drawn = into.join("page.tif");
        let side_px = damask_model::Recipe::LADDER_PX[0];
        match render_page(glass, path, 1, side_px, &drawn).await? {
            None => previews = picture::previews(glass, &drawn, into).await?,
            Some(finding) => findings.push(finding),
        }
        // Made above, or never made: either way it is not to stay.
        let _ = tokio::fs::remove_file(&drawn).await;
    }
    previews.probe.page_count = document.page_count;
    // A page has no pixels of its own.
    (previews.probe.width_px, previews.probe.height_px) = (None, None);
    previews.probe.findings.splice(0..0, findings);
    Ok(previews)
}

/// The words of each page, in reading order.
pub async fn text(glass: &Glass, path: &Path) -> Result<Text, MediaError> {
    let named = Named::new(glass, path)?;
    let last = (TEXT_PAGES_MAX + 1).to_string();
    let limits = Limits { output_bytes: TEXT_BYTES_MAX, ..glass.config().limits };
    let run = order(&named, "pdftotext")
        .arguments(["-enc", "UTF-8", "-l", &last])
        .argument(named.link())
        .argument("-")
        .limits(limits);
    let ran = glass.run(run).await?;
    let mut findings = Vec::new();
    if !ran.succeeded() {
        findings.push(finding_of(&ran));
    }
    let mut bytes = ran.stdout;
    bytes.truncate(usize::try_from(TEXT_BYTES_MAX).unwrap_or(usize::MAX));
    let mut pages = split(&String::from_utf8_lossy(&bytes));
    if pages.len() > TEXT_PAGES_MAX as usize {
        pages.truncate(TEXT_PAGES_MAX as usize);
        let detail = format!("only the text of the first {TEXT_PAGES_MAX} pages was read");
        findings.push(Finding::new(FindingCode::OverLimit, detail));
    }
    Ok(Text { pages, findings })
}

/// pdftotext ends each page with a form feed.
fn split(text: &str) -> Vec<String> {
    let mut pages: Vec<String> = text.split('\u{c}').map(|page| page.trim_end().to_owned()).collect();
    if pages.last().is_some_and(String::is_empty) {
        pages.pop();
    }
    pages
}

fn order(named: &Named, program: &str) -> Run {
    Run::new(program).read(named.target()).write(named.folder())
}

fn finding_of(ran: &Ran) -> Finding {
    let complaint = ran.complaint();
    if let Some(finding) = &ran.finding {
        return finding.clone();
    }
    if complaint.contains("Incorrect password") || complaint.contains("encrypted") {
        return Finding::new(FindingCode::Encrypted, "it opens with a password only");
    }
    Finding::new(FindingCode::Undecodable, complaint)
}

/// A document that was read though it is damaged: poppler rebuilds what it can.
fn damage(ran: &Ran) -> Option<Finding> {
    let complaint = String::from_utf8_lossy(&ran.stderr).to_lowercase();
    let signs = ["couldn't find trailer", "couldn't read xref", "may not be a pdf", "end of file"];
    let damaged = signs.iter().any(|sign| complaint.contains(sign));
    damaged.then(|| Finding::new(FindingCode::Truncated, ran.complaint()))
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn each_page_ends_with_a_form_feed() {
        assert_eq!(split("one\n\u{c}\u{c}three\n\n\u{c}"), ["one", "", "three"]);
        assert!(split("").is_empty());
        assert_eq!(split("cut off"), ["cut off"]);
    }
}
