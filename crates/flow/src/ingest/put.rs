//! One file in one request: a stream of bytes with a path.

use std::io;

use bytes::Bytes;
use damask_model::job::Lane;
use futures::{Stream, StreamExt};
use tokio::sync::mpsc;

use super::{
    arrival::Arrival,
    path::HomePath,
    receive::{self, Source},
};
use crate::{
    caller::{Caller, Permission},
    damask::{Damask, off_thread},
    trouble::{Outcome, Trouble},
};

/// Pieces on their way from the network to the disk: back-pressure, not memory.
const PIECES_WAITING: usize = 8;

/// Takes a file that arrives as a stream. A stream that breaks leaves nothing behind.
pub async fn stream(
    damask: &Damask,
    caller: &Caller,
    path: &str,
    chunks: impl Stream<Item = io::Result<Bytes>> + Send,
) -> Outcome<Arrival> {
    caller.needs(Permission::Upload, "uploading a file")?;
    let home = HomePath::parse(path, damask.limits())?;
    let (pieces, mut arriving) = mpsc::channel::<Bytes>(PIECES_WAITING);
    let (store, bytes_max) = (damask.store().clone(), damask.limits().file_bytes_max);
    let writing = tokio::task::spawn_blocking(move || {
        let mut incoming = store.incoming(bytes_max)?;
        while let Some(piece) = arriving.blocking_recv() {
            incoming.write(&piece)?;
        }
        Ok::<_, damask_store::StoreError>(incoming)
    });
    let mut broken = None;
    let mut chunks = std::pin::pin!(chunks);
    while let Some(chunk) = chunks.next().await {
        match chunk {
            // The writer ended early: its own error says why.
            Ok(piece) => {
                if pieces.send(piece).await.is_err() {
                    break;
                }
            }
            Err(error) => {
                broken = Some(error);
                break;
            }
        }
    }
    drop(pieces);
    let incoming = writing.await.map_err(Trouble::fault("write a file"))??;
    if let Some(error) = broken {
        off_thread(move || drop(incoming)).await;
        return Err(Trouble::mistake("upload-broken", format!("the upload ended early: {error}")));
    }
    let received = receive::durable(damask, incoming).await?;
    let source = Source { path: path.to_owned(), home, origin: None, lane: Lane::Fresh, previews: true };
    receive::take(damask, caller, received, source).await
}
