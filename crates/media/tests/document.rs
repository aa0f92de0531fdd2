//! Pages of documents, and embedded metadata by the resident exiftool.

mod fixture;

use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

use damask_media::{MediaError, exiftool::Exiftool, page};
use damask_model::FindingCode;
use fixture::{Studio, checkerboard};

/// A PDF with a page for each text, 200 × 100 points.
fn pdf(texts: &[&str]) -> Vec<u8> {
    let mut objects = vec!["<< /Type /Catalog /Pages 2 0 R >>".to_owned(), String::new()];
    objects.push("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned());
    let mut pages = Vec::new();
    for text in texts {
        let drawing = format!("BT /F1 20 Tf 20 40 Td ({text}) Tj ET");
        objects.push(format!("<< /Length {} >>\nstream\n{drawing}\nendstream", drawing.len()));
        let content = objects.len();
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents {content} 0 R \
             /Resources << /Font << /F1 3 0 R >> >> >>"
        ));
        pages.push(format!("{} 0 R", objects.len()));
    }
    objects[1] = format!("<< /Type /Pages /Kids [{}] /Count {} >>", pages.join(" "), pages.len());
    let (mut bytes, mut offsets) = ("%PDF-1.4\n".to_owned(), Vec::new());
    for (number, object) in (1..).zip(&objects) {
        offsets.push(bytes.len());
        bytes.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let start = bytes.len();
    bytes.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    for offset in offsets {
        bytes.push_str(&format!("{offset:010} 00000 n \n"));
    }
    bytes.push_str(&format!(
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n",
        objects.len() + 1
    ));
    bytes.into_bytes()
}

#[tokio::test]
async fn a_document_has_pages_that_show_and_say_something() {
    let studio = Studio::new();
    let glass = studio.glass();
    let source = studio.file("a.pdf", &pdf(&["Harbour", "Lighthouse", "Pier"]));
    let document = page::probe(&glass, &source).await.expect("probe");
    assert_eq!((document.page_count, document.findings.len()), (Some(3), 0), "{document:?}");
    let text = page::text(&glass, &source).await.expect("text");
    let words: Vec<&str> = text.pages.iter().map(|page| page.trim()).collect();
    assert_eq!(words, ["Harbour", "Lighthouse", "Pier"]);
    let made = page::previews(&glass, &source, studio.path()).await.expect("previews");
    let sizes: Vec<_> = made.rungs.iter().map(|rung| (rung.width_px, rung.height_px)).collect();
    assert_eq!(sizes, [(2_048, 1_024), (1_024, 512), (512, 256), (256, 128)]);
    assert_eq!(made.probe.page_count, Some(3));
    let target = studio.path().join("page-2.tif");
    assert_eq!(page::render_page(&glass, &source, 2, 300, &target).await.expect("drawn"), None);
    let drawn = image::open(&target).expect("a TIFF").into_rgb8();
    assert_eq!(drawn.dimensions(), (300, 150));
    assert!(drawn.pixels().any(|pixel| pixel.0[0] < 60), "there is ink on it");
}

#[tokio::test]
async fn a_page_that_is_not_there_is_a_finding() {
    let studio = Studio::new();
    let source = studio.file("a.pdf", &pdf(&["one"]));
    let target = studio.path().join("none.tif");
    let finding = page::render_page(&studio.glass(), &source, 9, 300, &target).await.expect("answer");
    assert!(finding.is_some() && !target.exists());
}

#[tokio::test]
async fn an_encrypted_document_and_a_broken_one_are_findings() {
    let studio = Studio::new();
    let glass = studio.glass();
    let whole = pdf(&["one", "two"]);
    for (name, bytes, code) in [
        ("noise.pdf", &b"%PDF-1.7 and then nothing of the sort"[..], FindingCode::Undecodable),
        ("empty.pdf", b"", FindingCode::Undecodable),
    ] {
        let document = page::probe(&glass, &studio.file(name, bytes)).await.expect("probe");
        assert_eq!((document.page_count, document.findings[0].code), (None, code), "{name}");
    }
    let cut =
        page::previews(&glass, &studio.file("cut.pdf", &whole[..whole.len() - 20]), studio.path()).await;
    let cut = cut.expect("previews");
    assert_eq!((cut.probe.page_count, cut.rungs.len()), (Some(2), 4), "{:?}", cut.probe.findings);
    // The standard security handler (ISO 32000-1, 7.6.3) with keys that fit no password.
    let mut text = String::from_utf8(whole).expect("plain");
    let keys = "/ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 \
                /O <0000000000000000000000000000000000000000000000000000000000000000> \
                /U <0000000000000000000000000000000000000000000000000000000000000000> >> /Root";
    text = text.replace("/Root", keys);
    let locked = page::probe(&glass, &studio.file("locked.pdf", text.as_bytes())).await.expect("probe");
    assert_eq!(locked.findings[0].code, FindingCode::Encrypted, "{locked:?}");
}

#[tokio::test]
async fn exiftool_reads_many_files_in_one_process() {
    let studio = Studio::new();
    let exiftool = Exiftool::new(&studio.glass(), &["-j", "-G1"], 1);
    for (number, title) in ["first", "second", "third"].into_iter().enumerate() {
        let source = studio.file(&format!("{number}.png"), &checkerboard(20 + number as u32, 10));
        studio.made(
            "exiftool",
            &["-q", "-overwrite_original", &format!("-XMP-dc:Title={title}")],
            &format!("{number}.png"),
        );
        let reading = exiftool.read(&source).await.expect("reading");
        let tags = reading.object().expect("an object");
        assert_eq!(tags["XMP-dc:Title"], title);
        assert_eq!(tags["PNG:ImageWidth"], 20 + number);
        assert!(reading.findings.is_empty(), "{:?}", reading.findings);
    }
}

#[tokio::test]
async fn exiftool_reads_a_file_of_any_name_and_obeys_none() {
    let studio = Studio::new();
    let exiftool = Exiftool::new(&studio.glass(), &["-j", "-G1"], 1);
    let names: [&[u8]; 7] = [
        b"-ver",
        b"a\n-execute\nb.png",
        b"# comment.png",
        b"\xff\xfe\xfd.png",
        b"touch made |",
        b" leading and trailing ",
        "gr\u{fc}n.png".as_bytes(),
    ];
    for name in names {
        let source = studio.path().join(OsStr::from_bytes(name));
        std::fs::write(&source, checkerboard(33, 10)).expect("written");
        let reading = exiftool.read(&source).await.expect("reading");
        assert_eq!(reading.object().expect("an object")["PNG:ImageWidth"], 33, "{source:?}");
    }
    assert!(!studio.path().join("made").exists());
}

#[tokio::test]
async fn exiftool_reads_the_file_it_is_handed_and_none_beside_it() {
    let studio = Studio::new();
    // A format is read from a file, if there is one of that name: so would one that was taken over read it.
    let secret = studio.file("secret.txt", b"the secret\n");
    let exiftool = Exiftool::new(&studio.glass(), &["-p", &secret.display().to_string()], 1);
    let source = studio.file("a.png", &checkerboard(20, 10));
    let landlock = studio
        .glass()
        .walls()
        .await
        .expect("walls")
        .iter()
        .any(|wall| wall.name == "kernel: landlock" && wall.holds);
    let reading = exiftool.read(&source).await.expect("reading");
    assert_eq!(reading.text.contains("the secret"), !landlock, "{reading:?}");
}

#[tokio::test]
async fn exiftool_reads_a_file_of_another_file_system() {
    let studio = Studio::new();
    let Ok(elsewhere) = tempfile::TempDir::new_in("/dev/shm") else { return };
    let glass = studio.glass_with(|config| config.readable.push(elsewhere.path().into()));
    let exiftool = Exiftool::new(&glass, &["-j", "-G1"], 1);
    let near = studio.file("a.png", &checkerboard(20, 10));
    let far = elsewhere.path().join("far.png");
    std::fs::write(&far, checkerboard(33, 10)).expect("written");
    for (source, width) in [(&far, 33), (&near, 20), (&far, 33)] {
        let reading = exiftool.read(source).await.expect("reading");
        assert_eq!(reading.object().expect("an object")["PNG:ImageWidth"], width, "{reading:?}");
    }
}

#[tokio::test]
async fn exiftool_reads_only_in_the_readable_folders() {
    let studio = Studio::new();
    let elsewhere = Studio::new();
    let exiftool = Exiftool::new(&studio.glass(), &["-j"], 1);
    let source = elsewhere.file("a.png", &checkerboard(20, 10));
    assert!(matches!(exiftool.read(&source).await, Err(MediaError::Source { .. })));
    assert!(
        matches!(exiftool.read(studio.path()).await, Err(MediaError::Source { .. })),
        "a folder is not read"
    );
}

#[tokio::test]
async fn a_file_exiftool_cannot_read_is_a_finding_and_the_next_is_read() {
    let studio = Studio::new();
    let exiftool = Exiftool::new(&studio.glass(), &["-j", "-G1"], 1);
    let empty = exiftool.read(&studio.file("empty.jpg", b"")).await.expect("reading");
    let said = empty.object().is_some_and(|tags| tags.keys().any(|key| key.ends_with("Error")));
    assert!(said || !empty.findings.is_empty(), "{empty:?}");
    let next = exiftool.read(&studio.file("a.png", &checkerboard(20, 10))).await.expect("reading");
    assert_eq!(next.object().expect("an object")["PNG:ImageWidth"], 20);
}
