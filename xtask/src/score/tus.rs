//! The least of tus 1.0.0 that an upload under fire needs, spoken to the socket in the data folder.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};

/// Longest wait for an answer: a killed server's socket is closed long before.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// One answer: its status and its header lines, names in lower case.
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
}

/// Whoever uploads to one library.
pub struct Uploader {
    socket: PathBuf,
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
        Self { socket: data.join("libraries/main/damask.sock") }
    }

    /// Begins an upload; answers where its bytes go.
    pub fn create(&self, name: &str, bytes: u64) -> Result<String> {
        let headers = [
            ("Upload-Length", bytes.to_string()),
            ("Upload-Metadata", format!("filename {}", STANDARD.encode(name))),
        ];
        let answer = self.ask("POST", "/api/v1/uploads", &headers, &[])?;
        ensure!(answer.status == 201, "an upload began with {}", answer.status);
        answer.header("location").map(str::to_owned).context("an upload has no place")
    }

    /// Sends bytes from `offset` on.
    pub fn append(&self, place: &str, offset: u64, bytes: &[u8]) -> Result<Received> {
        let headers = [
            ("Upload-Offset", offset.to_string()),
            ("Content-Type", "application/offset+octet-stream".to_owned()),
        ];
        let answer = self.ask("PATCH", place, &headers, bytes)?;
        ensure!(answer.status == 204, "a piece at {offset} was answered with {}", answer.status);
        answer.received()
    }

    /// How far it is.
    pub fn state(&self, place: &str) -> Result<Received> {
        let answer = self.ask("HEAD", place, &[], &[])?;
        ensure!(answer.status == 200, "{place} was answered with {}", answer.status);
        answer.received()
    }

    fn ask(&self, method: &str, path: &str, headers: &[(&str, String)], body: &[u8]) -> Result<Answer> {
        let mut stream = UnixStream::connect(&self.socket)
            .with_context(|| format!("nobody listens on {}", self.socket.display()))?;
        stream.set_read_timeout(Some(ANSWER_WITHIN))?;
        stream.set_write_timeout(Some(ANSWER_WITHIN))?;
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTus-Resumable: 1.0.0\r\nContent-Length: {}\r\n",
            body.len()
        );
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes())?;
        stream.write_all(body)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Answer::read(&String::from_utf8_lossy(&answer))
    }
}

impl Answer {
    fn read(text: &str) -> Result<Self> {
        // An answer without the end of its head is none: the server died over it.
        let (head, _) = text.split_once("\r\n\r\n").context("the answer has no head")?;
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        Ok(Self { status: status.context("the answer has no status")?, headers })
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn received(&self) -> Result<Received> {
        let bytes = self.header("upload-offset").and_then(|value| value.parse().ok());
        let bytes = bytes.context("the answer does not say how much was received")?;
        Ok(Received { bytes, asset: self.header("damask-asset").map(str::to_owned) })
    }
}

#[cfg(test)]
mod tests {
    use super::Answer;

    #[test]
    fn an_answer_cut_in_its_head_is_none() {
        let whole = "HTTP/1.1 204 No Content\r\nUpload-Offset: 12\r\ndamask-asset: a\r\n\r\n";
        let received = Answer::read(whole).and_then(|answer| answer.received()).expect("whole");
        assert_eq!((received.bytes, received.asset.as_deref()), (12, Some("a")));
        assert!(Answer::read(&whole[..whole.len() - 2]).is_err());
    }
}
