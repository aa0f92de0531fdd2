//! As much HTTP/1.1 as one well-known client speaks: requests with a Content-Length, connections that stay open.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
};

pub struct Request {
    pub method: String,
    pub path: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    pub fn asked(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }
}

pub struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Answer {
    pub const fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    pub fn refusal(status: u16, code: &str) -> Self {
        let body = format!("<Error><Code>{code}</Code><Message>no</Message></Error>").into_bytes();
        Self { status, headers: Vec::new(), body }
    }

    pub fn xml(body: String) -> Self {
        Self { status: 200, headers: Vec::new(), body: body.into_bytes() }
    }

    pub fn stored() -> Self {
        Self { status: 200, headers: vec![("ETag", "\"e\"".into())], body: Vec::new() }
    }

    pub fn whole(body: Vec<u8>) -> Self {
        let modified = "Thu, 01 Jan 2026 00:00:00 GMT".into();
        Self { status: 200, headers: vec![("ETag", "\"e\"".into()), ("Last-Modified", modified)], body }
    }

    pub fn part(bytes: &[u8], start: usize, end: usize) -> Self {
        let mut answer = Self::whole(bytes[start..end].to_vec());
        answer.status = 206;
        answer.headers.push(("Content-Range", format!("bytes {start}-{}/{}", end - 1, bytes.len())));
        answer
    }
}

/// The next request; nothing when there is none.
pub fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => headers.push((name.to_ascii_lowercase(), value.trim().to_owned())),
            None => break,
        }
    }
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let query = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (name.to_owned(), value.replace("%2F", "/")))
        .collect();
    let mut request = Request { method, path: path.to_owned(), query, headers, body: Vec::new() };
    let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    request.body.resize(length, 0);
    reader.read_exact(&mut request.body).ok()?;
    Some(request)
}

pub fn write(stream: &mut TcpStream, request: &Request, answer: &Answer) -> Option<()> {
    let mut head = format!("HTTP/1.1 {} x\r\nContent-Length: {}\r\n", answer.status, answer.body.len());
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    if request.method != "HEAD" {
        bytes.extend_from_slice(&answer.body);
    }
    stream.write_all(&bytes).ok()
}
