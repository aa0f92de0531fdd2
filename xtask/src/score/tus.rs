//! The least of tus 1.0.0 that an upload under fire needs.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};

use super::socket::{Answer, Socket};

const VERSION: (&str, &str) = ("Tus-Resumable", "1.0.0");

/// Whoever uploads to one library.
pub struct Uploader {
    socket: Socket,
}

/// How far an upload is, as the server has acknowledged it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub bytes: u64,
    /// The asset, once the upload is whole.
    pub asset: Option<String>,
}

impl Uploader {
    pub fn of(data: &Path) -> Self {
        Self { socket: Socket::of(data) }
    }

    /// Begins an upload; answers where its bytes go.
    pub fn create(&self, name: &str, bytes: u64) -> Result<String> {
        let (bytes, metadata) = (bytes.to_string(), format!("filename {}", STANDARD.encode(name)));
        let headers = [VERSION, ("Upload-Length", &bytes), ("Upload-Metadata", &metadata)];
        let answer = self.socket.ask("POST", "/api/v1/uploads", &headers, &[])?;
        ensure!(answer.status == 201, "an upload began with {}", answer.status);
        answer.header("location").map(str::to_owned).context("an upload has no place")
    }

    /// Sends bytes from `offset` on.
    pub fn append(&self, place: &str, offset: u64, bytes: &[u8]) -> Result<Received> {
        let at = offset.to_string();
        let headers = [VERSION, ("Upload-Offset", &at), ("Content-Type", "application/offset+octet-stream")];
        let answer = self.socket.ask("PATCH", place, &headers, bytes)?;
        ensure!(answer.status == 204, "a piece at {offset} was answered with {}", answer.status);
        received(&answer)
    }

    /// How far it is.
    pub fn state(&self, place: &str) -> Result<Received> {
        let answer = self.socket.ask("HEAD", place, &[VERSION], &[])?;
        ensure!(answer.status == 200, "{place} was answered with {}", answer.status);
        received(&answer)
    }
}

fn received(answer: &Answer) -> Result<Received> {
    let bytes = answer.header("upload-offset").and_then(|value| value.parse().ok());
    let bytes = bytes.context("the answer does not say how much was received")?;
    Ok(Received { bytes, asset: answer.header("damask-asset").map(str::to_owned) })
}
