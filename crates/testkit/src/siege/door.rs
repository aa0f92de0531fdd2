//! HTTP/1.1 over the socket of a data folder, one request a connection. An answer counts only when all of it has been
//! read: one that a kill cut short has acknowledged nothing.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value as Json;

/// Longest wait for the next bytes of an answer: a killed server's socket is closed long before.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// The way to one library.
#[derive(Debug, Clone)]
pub struct Door {
    socket: PathBuf,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Request {
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

/// One whole answer.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
    /// Names in lower case.
    headers: Vec<(String, String)>,
}

impl Request {
    /// A request without a body.
    #[must_use]
    pub fn new(method: &'static str, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), headers: Vec::new(), body: Vec::new() }
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With these bytes.
    #[must_use]
    pub fn bytes(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self
    }

    /// With a document as its body.
    #[must_use]
    pub fn json(self, body: &Json) -> Self {
        self.header("Content-Type", "application/json").bytes(body.to_string().into_bytes())
    }
}

impl Door {
    /// The door of the library whose socket that is.
    #[must_use]
    pub const fn at(socket: PathBuf) -> Self {
        Self { socket }
    }

    /// Asks, and waits for the whole answer.
    pub fn ask(&self, request: &Request) -> Result<Answer> {
        let mut arriving = self.send(request)?;
        let mut body = Vec::new();
        while arriving.more(&mut body)? {}
        Ok(Answer { status: arriving.status, body, headers: arriving.headers })
    }

    /// Asks for lines, each one a document, and hands on each as it comes. An answer that is none is an error.
    pub fn lines(&self, request: &Request, mut each: impl FnMut(Json) -> Result<()>) -> Result<()> {
        let mut arriving = self.send(request)?;
        let mut read = Vec::new();
        let mut goes_on = true;
        while goes_on {
            goes_on = arriving.more(&mut read)?;
            if arriving.status >= 300 {
                continue;
            }
            while let Some(end) = read.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = read.drain(..=end).collect();
                each(serde_json::from_slice(&line).context("a line is a document")?)?;
            }
        }
        let said = String::from_utf8_lossy(&read);
        ensure!(arriving.status < 300, "{} {}: {} {said}", request.method, request.path, arriving.status);
        Ok(())
    }

    fn send(&self, request: &Request) -> Result<Arriving> {
        let stream = UnixStream::connect(&self.socket)
            .with_context(|| format!("nobody listens on {}", self.socket.display()))?;
        stream.set_read_timeout(Some(ANSWER_WITHIN))?;
        stream.set_write_timeout(Some(ANSWER_WITHIN))?;
        let Request { method, path, headers, body } = request;
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        (&stream).write_all(head.as_bytes())?;
        (&stream).write_all(body)?;
        Arriving::read(BufReader::new(stream), *method == "HEAD")
    }
}

/// How long the rest of an answer is.
#[derive(Debug, Clone, Copy)]
enum Rest {
    Bytes(usize),
    Chunks,
    Nothing,
}

/// An answer whose head has been read.
struct Arriving {
    stream: BufReader<UnixStream>,
    status: u16,
    headers: Vec<(String, String)>,
    rest: Rest,
}

impl Arriving {
    fn read(mut stream: BufReader<UnixStream>, is_head: bool) -> Result<Self> {
        let first = line(&mut stream)?;
        let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.with_context(|| format!("{first:?} has no status"))?;
        let mut headers = Vec::new();
        loop {
            let line = line(&mut stream)?;
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').context("a header has a name")?;
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let value = |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value);
        let rest = if is_head || status == 204 || status == 304 {
            Rest::Nothing
        } else if value("transfer-encoding").is_some_and(|value| value.contains("chunked")) {
            Rest::Chunks
        } else {
            Rest::Bytes(value("content-length").context("the answer has a length")?.parse()?)
        };
        Ok(Self { stream, status, headers, rest })
    }

    /// Reads what comes next; answers whether more does.
    fn more(&mut self, into: &mut Vec<u8>) -> Result<bool> {
        let length = match self.rest {
            Rest::Nothing => return Ok(false),
            Rest::Bytes(length) => length,
            Rest::Chunks => {
                let length = line(&mut self.stream)?;
                usize::from_str_radix(&length, 16).with_context(|| format!("{length:?} is a length"))?
            }
        };
        let before = into.len();
        into.resize(before + length, 0);
        self.stream.read_exact(&mut into[before..]).inspect_err(|_| into.truncate(before))?;
        if let Rest::Bytes(_) = self.rest {
            return Ok(false);
        }
        ensure!(line(&mut self.stream)?.is_empty(), "a chunk ends with its line");
        Ok(length > 0)
    }
}

/// A line without its end; an error where there is no end.
fn line(stream: &mut impl BufRead) -> Result<String> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    match line.strip_suffix("\r\n") {
        Some(line) => Ok(line.to_owned()),
        None => bail!("the answer ends in its middle"),
    }
}

impl Answer {
    /// A header, by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as a document.
    pub fn document(&self) -> Result<Json> {
        serde_json::from_slice(&self.body).with_context(|| format!("{} is no document", self.words()))
    }

    /// The body as words, for an error.
    #[must_use]
    pub fn words(&self) -> String {
        format!("{} {}", self.status, String::from_utf8_lossy(&self.body))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    /// What is read of an answer of which these bytes came.
    fn check(came: &'static [u8], body: Option<&str>) {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("s");
        let listener = UnixListener::bind(&socket).unwrap();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = [0; 512];
            assert!(stream.read(&mut asked).unwrap() > 0);
            stream.write_all(came).unwrap();
        });
        let answer = Door::at(socket).ask(&Request::new("GET", "/"));
        server.join().unwrap();
        let seen = answer.ok().map(|answer| String::from_utf8(answer.body).unwrap());
        assert_eq!(seen.as_deref(), body, "{}", String::from_utf8_lossy(came));
    }

    #[test]
    fn only_a_whole_answer_counts() {
        check(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", Some("abc"));
        check(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", None);
        check(b"HTTP/1.1 200 OK\r\nContent-Le", None);
        check(b"HTTP/1.1 204 No Content\r\n\r\n", Some(""));
        let whole = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n";
        check(whole, Some("abc"));
        check(&whole[..whole.len() - 5], None);
        check(&whole[..whole.len() - 9], None);
        check(b"", None);
    }
}
