//! HTTP/1.1 with the server of a data folder, over the socket in it as the commands speak, or over its port as people
//! do: one request a connection.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

/// Longest wait for an answer: a killed server's socket is closed long before.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// One answer.
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    /// Names in lower case.
    headers: Vec<(String, String)>,
}

/// The way to one library.
pub struct Socket {
    place: Place,
}

enum Place {
    Path(PathBuf),
    Port(u16),
}

/// Either sort of stream.
trait Stream: Read + Write {}

impl<T: Read + Write> Stream for T {}

impl Socket {
    pub fn of(data: &Path) -> Self {
        Self { place: Place::Path(data.join("libraries/main/damask.sock")) }
    }

    /// Where people are served, on a port of this machine.
    pub const fn at(port: u16) -> Self {
        Self { place: Place::Port(port) }
    }

    fn connect(&self) -> Result<Box<dyn Stream>> {
        match &self.place {
            Place::Path(path) => {
                let stream = UnixStream::connect(path)
                    .with_context(|| format!("nobody listens on {}", path.display()))?;
                stream.set_read_timeout(Some(ANSWER_WITHIN))?;
                stream.set_write_timeout(Some(ANSWER_WITHIN))?;
                Ok(Box::new(stream))
            }
            Place::Port(port) => Ok(Box::new(of_port(*port)?)),
        }
    }

    /// Asks and waits for the whole answer.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer> {
        let mut sending = self.begin(method, path, headers, body.len() as u64)?;
        sending.write(body)?;
        sending.answer()
    }

    /// Begins to ask with a body of so many bytes, which are then written.
    pub fn begin(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body_bytes: u64,
    ) -> Result<Sending> {
        let mut stream = self.connect()?;
        stream.write_all(head(method, path, headers, body_bytes).as_bytes())?;
        Ok(Sending { stream })
    }

    /// Asks with a file as the body, which the kernel sends; over a port only.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &mut File,
    ) -> Result<Answer> {
        let Place::Port(port) = self.place else { bail!("files are sent over a port") };
        let body_bytes = body.metadata()?.len();
        let mut stream = of_port(port)?;
        stream.write_all(head(method, path, headers, body_bytes).as_bytes())?;
        let sent = std::io::copy(body, &mut stream)?;
        ensure!(sent == body_bytes, "{sent} of {body_bytes} bytes were sent");
        Sending { stream: Box::new(stream) }.answer()
    }
}

/// A question of which the body is still to come.
pub struct Sending {
    stream: Box<dyn Stream>,
}

impl Sending {
    /// Writes more of the body.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(self.stream.write_all(bytes)?)
    }

    /// Waits for the whole answer.
    pub fn answer(mut self) -> Result<Answer> {
        let mut answer = Vec::new();
        self.stream.read_to_end(&mut answer)?;
        Answer::read(&answer)
    }
}

fn of_port(port: u16) -> Result<TcpStream> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))
        .with_context(|| format!("nobody listens on port {port}"))?;
    stream.set_read_timeout(Some(ANSWER_WITHIN))?;
    stream.set_write_timeout(Some(ANSWER_WITHIN))?;
    Ok(stream)
}

fn head(method: &str, path: &str, headers: &[(&str, &str)], body_bytes: u64) -> String {
    let mut head = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {body_bytes}\r\n"
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    head
}

impl Answer {
    fn read(answer: &[u8]) -> Result<Self> {
        // An answer without the end of its head is none: the server died over it.
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").context("the answer has no head")?;
        let head = String::from_utf8_lossy(&answer[..end]);
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        Ok(Self {
            status: status.context("the answer has no status")?,
            body: answer[end + 4..].to_vec(),
            headers,
        })
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Answer;

    #[test]
    fn an_answer_cut_in_its_head_is_none() {
        let whole = b"HTTP/1.1 206 Partial Content\r\nUpload-Offset: 12\r\n\r\nab\r\n\r\n";
        let answer = Answer::read(whole).expect("whole");
        assert_eq!((answer.status, answer.header("upload-offset")), (206, Some("12")));
        assert_eq!(answer.body, b"ab\r\n\r\n");
        assert!(Answer::read(&whole[..whole.len() - 12]).is_err());
    }
}
