//! The HTTP API over the local socket, as far as commands need it.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use bytes::{Buf, Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, Response, StatusCode, body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, de::DeserializeOwned};
use tokio::{io::AsyncWrite, io::AsyncWriteExt, net::UnixStream};

/// Speaks to the process that holds a library folder.
#[derive(Clone, Debug)]
pub struct Client {
    socket: PathBuf,
}

/// An answer that says no, as the API words it.
#[derive(Debug, Deserialize)]
struct Problem {
    detail: Option<String>,
    title: Option<String>,
    hint: Option<String>,
}

/// Lines of an answer that arrives bit by bit (NDJSON).
#[derive(Debug)]
pub struct Lines {
    body: Incoming,
    buffer: BytesMut,
}

impl Client {
    /// A client of whoever listens on `socket`.
    pub fn new(socket: PathBuf) -> Self {
        Self { socket }
    }

    /// Asks for `path` and reads the answer as JSON.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        let answer = self.send(Method::GET, path, None).await?;
        let body = answer.into_body().collect().await?.to_bytes();
        serde_json::from_slice(&body).with_context(|| format!("cannot read the answer to {path}"))
    }

    /// Posts `body` and reads the answer as JSON.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &serde_json::Value) -> anyhow::Result<T> {
        let answer = self.send(Method::POST, path, Some(body)).await?;
        let body = answer.into_body().collect().await?.to_bytes();
        serde_json::from_slice(&body).with_context(|| format!("cannot read the answer to {path}"))
    }

    /// Sends a request whose answer is lines.
    pub async fn lines(
        &self,
        method: Method,
        path: &str,
        body: Option<&serde_json::Value>,
    ) -> anyhow::Result<Lines> {
        let answer = self.send(method, path, body).await?;
        Ok(Lines { body: answer.into_body(), buffer: BytesMut::new() })
    }

    /// Writes the answer's bytes to `out`; waits where what is asked for is still being made.
    pub async fn download(&self, path: &str, out: &mut (impl AsyncWrite + Unpin)) -> anyhow::Result<u64> {
        let mut body = self.send(Method::GET, path, None).await?.into_body();
        let mut written = 0;
        while let Some(frame) = body.frame().await {
            if let Some(data) = frame?.data_ref() {
                out.write_all(data).await.context("cannot write the output")?;
                written += data.len() as u64;
            }
        }
        out.flush().await.context("cannot write the output")?;
        Ok(written)
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&serde_json::Value>,
    ) -> anyhow::Result<Response<Incoming>> {
        loop {
            let answer = self.send_once(method.clone(), path, body).await?;
            let wait =
                answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
            match (answer.status(), wait) {
                (status, _) if status.is_success() => return Ok(answer),
                // Being made: the answer says when to ask again.
                (StatusCode::CONFLICT, Some(seconds)) => {
                    tokio::time::sleep(std::time::Duration::from_secs(seconds)).await;
                }
                (status, _) => return Err(problem(status, answer).await),
            }
        }
    }

    async fn send_once(
        &self,
        method: Method,
        path: &str,
        body: Option<&serde_json::Value>,
    ) -> anyhow::Result<Response<Incoming>> {
        let stream = connect(&self.socket).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(async move {
            // The request's own error says what went wrong; the connection's would only repeat it.
            let _ = connection.await;
        });
        let mut request = Request::builder().method(method).uri(path).header("host", "localhost");
        let bytes = match body {
            Some(json) => {
                request = request.header("content-type", "application/json");
                Bytes::from(serde_json::to_vec(json)?)
            }
            None => Bytes::new(),
        };
        sender
            .send_request(request.body(Full::new(bytes))?)
            .await
            .with_context(|| format!("the server ended the connection during {path}"))
    }
}

async fn connect(socket: &Path) -> anyhow::Result<UnixStream> {
    UnixStream::connect(socket).await.with_context(|| {
        format!("another process holds the data folder but does not answer on {}", socket.display())
    })
}

async fn problem(status: StatusCode, answer: Response<Incoming>) -> anyhow::Error {
    let body =
        answer.into_body().collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    match serde_json::from_slice::<Problem>(&body) {
        Ok(problem) => {
            let words = problem.detail.or(problem.title).unwrap_or_else(|| status.to_string());
            match problem.hint {
                Some(hint) => anyhow::anyhow!("{words} ({hint})"),
                None => anyhow::anyhow!(words),
            }
        }
        Err(_) => anyhow::anyhow!("the server answered {status}"),
    }
}

impl Lines {
    /// The next line, without its end; `None` after the last.
    pub async fn next(&mut self) -> anyhow::Result<Option<Bytes>> {
        loop {
            if let Some(end) = memchr::memchr(b'\n', &self.buffer) {
                let line = self.buffer.split_to(end).freeze();
                self.buffer.advance(1);
                return Ok(Some(line));
            }
            match self.body.frame().await {
                None if self.buffer.is_empty() => return Ok(None),
                None => bail!("the server ended in the middle of a line"),
                Some(frame) => {
                    if let Some(data) = frame.context("the server ended the connection")?.data_ref() {
                        self.buffer.extend_from_slice(data);
                    }
                }
            }
        }
    }

    /// Whether something of the next line has come, and so the rest of it will soon.
    pub fn goes_on(&self) -> bool {
        !self.buffer.is_empty()
    }
}
