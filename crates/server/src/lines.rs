//! Answers that come line by line, for as long as the work goes on.

use std::convert::Infallible;

use axum::{
    body::Body,
    http::header,
    response::{IntoResponse, Response},
};
use futures::{Stream, StreamExt};
use serde::Serialize;

/// The media type of such answers.
pub const MEDIA_TYPE: &str = "application/x-ndjson";

/// Lines written at once at most, where they come faster than they are read.
const LINES_AT_ONCE: usize = 256;

/// One JSON object a line.
pub fn line_by_line(lines: impl Stream<Item: Serialize> + Send + 'static) -> Response {
    let bytes = lines.ready_chunks(LINES_AT_ONCE).map(|lines| {
        let mut bytes = Vec::new();
        for line in lines {
            serde_json::to_writer(&mut bytes, &line).expect("a line has only text and numbers");
            bytes.push(b'\n');
        }
        Ok::<_, Infallible>(bytes)
    });
    ([(header::CONTENT_TYPE, MEDIA_TYPE)], Body::from_stream(bytes)).into_response()
}
