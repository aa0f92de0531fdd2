//! Bodies that are bytes of files: so many are received at once, and none may fall silent for long. A client
//! whose network went away says nothing more and never ends; its upload must come free for whoever resumes it.

use std::{io, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{HeaderValue, header},
};
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::problem::{Answer, Problem};

/// Seconds after which a client that found no room may try again.
const RETRY_AFTER_S: &str = "5";

/// How many bodies are received at once.
#[derive(Clone, Debug)]
pub struct Bodies(Arc<Semaphore>);

impl Bodies {
    /// Room for so many.
    pub fn new(max: usize) -> Self {
        Self(Arc::new(Semaphore::new(max)))
    }

    /// Room for one more, for as long as it is kept.
    pub fn room(&self) -> Answer<OwnedSemaphorePermit> {
        Arc::clone(&self.0).try_acquire_owned().map_err(|_| {
            Problem::new("too-many-bodies", "as many uploads are being received as may be")
                .hint("send it again in a few seconds")
                .header(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_S))
        })
    }
}

/// The body as flow takes it: it breaks where nothing came for `silence_max`.
pub fn chunks(
    body: Body,
    silence_max: Duration,
) -> impl Stream<Item = io::Result<Bytes>> + Send + Unpin + 'static {
    let chunks = body.into_data_stream().map(|chunk| chunk.map_err(io::Error::other));
    stream::unfold(Some(chunks), move |chunks| async move {
        let mut chunks = chunks?;
        match tokio::time::timeout(silence_max, chunks.next()).await {
            Ok(Some(Ok(chunk))) => Some((Ok(chunk), Some(chunks))),
            Ok(Some(Err(error))) => Some((Err(error), None)),
            Ok(None) => None,
            Err(_) => Some((Err(silent(silence_max)), None)),
        }
    })
    .boxed()
}

fn silent(silence_max: Duration) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, format!("nothing came for {} s", silence_max.as_secs_f32()))
}
