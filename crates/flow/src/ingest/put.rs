//! One file in one request: a stream of bytes with a path.

use std::io;

use bytes::Bytes;
use damask_model::job::Lane;
use damask_store::{Incoming, StoreError};
use futures::Stream;

use super::{
    arrival::Arrival,
    intent::Intent,
    path::HomePath,
    pour::{Poured, Sink, pour},
    quota,
    receive::{self, Source},
};
use crate::{
    caller::{Caller, Permission},
    damask::{Damask, off_thread},
    trouble::{Outcome, Trouble},
};

impl Sink for Incoming {
    fn take(&mut self, piece: &[u8]) -> Result<(), StoreError> {
        self.write(piece)
    }
}

/// Takes a file that arrives as a stream of `length` bytes, where that is known. A stream that breaks leaves nothing
/// behind.
pub async fn stream(
    damask: &Damask,
    caller: &Caller,
    path: &str,
    intent: Intent,
    length: Option<u64>,
    chunks: impl Stream<Item = io::Result<Bytes>> + Send,
) -> Outcome<Arrival> {
    caller.needs(Permission::Upload, "uploading a file")?;
    let home = HomePath::parse(path, damask.limits())?;
    intent.check(damask, caller, &home).await?;
    quota::check(damask, caller, length.unwrap_or(0)).await?;
    let (store, bytes_max) = (damask.store().clone(), damask.limits().file_bytes_max);
    let incoming = off_thread(move || store.incoming(bytes_max)).await?;
    let Poured { sink: incoming, failed, broken } = pour(chunks, incoming).await?;
    let trouble = match (failed, broken) {
        (Some(error), _) => Some(Trouble::from(error)),
        (None, Some(error)) => {
            Some(Trouble::mistake("upload-broken", format!("the upload ended early: {error}")))
        }
        (None, None) => None,
    };
    if let Some(trouble) = trouble {
        // It removes what it wrote, which may block.
        off_thread(move || drop(incoming)).await;
        return Err(trouble);
    }
    let received = receive::durable(damask, incoming).await?;
    let path = path.to_owned();
    let source =
        Source { path, home, origin: None, lane: Lane::Fresh, previews: true, intent, admitted: false };
    receive::take(damask, caller, received, source).await
}
