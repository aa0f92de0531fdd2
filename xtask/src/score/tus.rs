//! The least of tus 1.0.0 that an upload under fire needs.

use std::fs::File;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};

use super::socket::{Answer, Sending, Socket};

const VERSION: (&str, &str) = ("Tus-Resumable", "1.0.0");
const CHUNK: (&str, &str) = ("Content-Type", "application/offset+octet-stream");

/// Whoever uploads to one library.
pub struct Uploader {
    socket: Socket,
    /// What shows who they are; nothing is asked of the machine's owner.
    cookie: String,
}

/// How far an upload is, as the server has acknowledged it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub bytes: u64,
    /// The asset, once the upload is whole.
    pub asset: Option<String>,
}

/// A piece on its way.
pub struct Piece(Sending);

impl Uploader {
    pub fn of(data: &Path) -> Self {
        Self { socket: Socket::of(data), cookie: String::new() }
    }

    /// A person who is signed in, by the door that people have.
    pub const fn at(door: Socket, cookie: String) -> Self {
        Self { socket: door, cookie }
    }

    /// Begins an upload; answers where its bytes go.
    pub fn create(&self, name: &str, bytes: u64) -> Result<String> {
        let (bytes, metadata) = (bytes.to_string(), format!("filename {}", STANDARD.encode(name)));
        let own = [("Upload-Length", bytes.as_str()), ("Upload-Metadata", &metadata)];
        let answer = self.socket.ask("POST", "/api/v1/uploads", &self.headers(&own), &[])?;
        ensure!(answer.status == 201, "an upload began with {}", answer.status);
        answer.header("location").map(str::to_owned).context("an upload has no place")
    }

    /// Sends bytes from `offset` on.
    pub fn append(&self, place: &str, offset: u64, bytes: &[u8]) -> Result<Received> {
        let mut piece = self.begin(place, offset, bytes.len() as u64)?;
        piece.write(bytes)?;
        piece.end()
    }

    /// Begins to send so many bytes from `offset` on.
    pub fn begin(&self, place: &str, offset: u64, bytes: u64) -> Result<Piece> {
        let at = offset.to_string();
        let own = [("Upload-Offset", at.as_str()), CHUNK];
        Ok(Piece(self.socket.begin("PATCH", place, &self.headers(&own), bytes)?))
    }

    /// Sends a whole file in one piece.
    pub fn send(&self, place: &str, file: &mut File) -> Result<Received> {
        let own = [("Upload-Offset", "0"), CHUNK];
        taken(&self.socket.send("PATCH", place, &self.headers(&own), file)?)
    }

    /// How far it is.
    pub fn state(&self, place: &str) -> Result<Received> {
        let answer = self.socket.ask("HEAD", place, &self.headers(&[]), &[])?;
        ensure!(answer.status == 200, "{place} was answered with {}", answer.status);
        received(&answer)
    }

    fn headers<'a>(&'a self, own: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let mut all = vec![VERSION];
        if !self.cookie.is_empty() {
            all.extend([("Cookie", self.cookie.as_str()), ("Sec-Fetch-Site", "same-origin")]);
        }
        all.extend(own);
        all
    }
}

impl Piece {
    /// Writes more of it.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.0.write(bytes)
    }

    /// Waits until the server has acknowledged it.
    pub fn end(self) -> Result<Received> {
        taken(&self.0.answer()?)
    }
}

fn taken(answer: &Answer) -> Result<Received> {
    let said = String::from_utf8_lossy(&answer.body);
    ensure!(answer.status == 204, "a piece was answered with {}: {said}", answer.status);
    received(answer)
}

fn received(answer: &Answer) -> Result<Received> {
    let bytes = answer.header("upload-offset").and_then(|value| value.parse().ok());
    let bytes = bytes.context("the answer does not say how much was received")?;
    Ok(Received { bytes, asset: answer.header("damask-asset").map(str::to_owned) })
}
