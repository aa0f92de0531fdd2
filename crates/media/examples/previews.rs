//! Makes the previews of the files named, behind glass, and prints one JSON line each: what the decoders see
//! of a folder of real files. `cargo run -p damask-media --example previews -- [--keep FOLDER] FILE…`

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use damask_media::{
    CancellationToken, Glass, GlassConfig, MediaError, exiftool::Exiftool, film, glass, page, picture, sound,
};
use serde_json::{Value, json};

fn main() -> ExitCode {
    if let Some(code) = glass::enter(std::env::args_os()) {
        return code;
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    match runtime.block_on(all()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}: {:?}", std::error::Error::source(&error));
            ExitCode::FAILURE
        }
    }
}

async fn all() -> Result<(), MediaError> {
    let mut words = std::env::args_os().skip(1).map(PathBuf::from).peekable();
    let keep = words.next_if(|word| word == Path::new("--keep")).and_then(|_| words.next());
    let own = std::env::current_exe()
        .map_err(|source| MediaError::CannotStart { program: "previews".into(), source })?;
    let mut config = GlassConfig::new(own, std::env::temp_dir().join("damask-previews"));
    config.readable = vec![PathBuf::from("/")];
    let glass = Glass::start(config)?;
    for wall in glass.walls().await? {
        eprintln!("{} {}: {}", if wall.holds { "holds" } else { "LACKS" }, wall.name, wall.detail);
    }
    let exiftool = Exiftool::new(&glass, &["-j", "-G1", "-struct"], 1);
    for (number, path) in words.enumerate() {
        let into = keep.clone().unwrap_or_else(std::env::temp_dir).join(format!("{number:04}"));
        std::fs::create_dir_all(&into)
            .map_err(|source| MediaError::Scratch { path: into.clone(), source })?;
        let started = Instant::now();
        let mut line = match one(&glass, &path, &into).await {
            Ok(line) => line,
            Err(error) => json!({"error": error.to_string()}),
        };
        let tags = exiftool.read(&path).await.map(|reading| {
            json!({"tags": reading.object().map(|object| object.len()), "findings": reading.findings})
        });
        line["exiftool"] = tags.unwrap_or_else(|error| json!(error.to_string()));
        line["path"] = json!(path);
        line["into"] = json!(into);
        line["ms"] = json!(started.elapsed().as_millis());
        println!("{line}");
        if keep.is_none() {
            let _ = std::fs::remove_dir_all(&into);
        }
    }
    Ok(())
}

async fn one(glass: &Glass, path: &Path, into: &Path) -> Result<Value, MediaError> {
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    Ok(match extension.as_str() {
        "pdf" => {
            let made = page::previews(glass, path, into).await?;
            let text = page::text(glass, path).await?;
            let letters: usize = text.pages.iter().map(String::len).sum();
            json!({"kind": "document", "probe": made.probe, "rungs": made.rungs.len(), "text_pages": text.pages.len(),
                "text_bytes": letters, "text_findings": text.findings})
        }
        "mp4" | "mov" | "mxf" | "mkv" | "ts" | "avi" | "webm" | "flv" | "mpg" | "m2ts" | "mts" | "3gp"
        | "ogv" | "wmv" | "m4v" => {
            let probe = film::probe(glass, path).await?;
            let made = film::previews(glass, path, into, CancellationToken::new(), |_| {}).await?;
            json!({"kind": "film", "probe": probe, "proxy": made.proxy.is_some(), "rungs": made.poster.rungs.len(),
                "strip_frames": made.filmstrip.map(|strip| strip.frames), "pairs": made.peaks.map(|p| p.peaks.len() / 2),
                "poster_findings": made.poster.probe.findings, "findings": made.findings})
        }
        "mp3" | "wav" | "flac" | "m4a" | "aif" | "aiff" | "ogg" | "opus" | "wma" | "ape" | "wv" | "m4b"
        | "aac" | "mpc" | "dsf" | "oga" | "spx" | "tta" | "mka" => {
            let probe = film::probe(glass, path).await?;
            let made = sound::previews(glass, path, &probe, into, CancellationToken::new(), |_| {}).await?;
            json!({"kind": "sound", "probe": probe, "pairs": made.peaks.map(|p| p.peaks.len() / 2),
                "cover": made.cover.is_some(), "findings": made.findings})
        }
        _ => {
            let made = picture::previews(glass, path, into).await?;
            json!({"kind": "picture", "probe": made.probe, "rungs": made.rungs.len()})
        }
    })
}
