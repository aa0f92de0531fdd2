//! The receiving end of a channel as a stream, for answers that arrive bit by bit.

use futures::{Stream, stream};
use tokio::sync::mpsc::Receiver;

/// What is sent, in order, until all senders are gone. Dropping the stream tells them.
pub fn lines_of<T: Send + 'static>(receiver: Receiver<T>) -> impl Stream<Item = T> + Send + 'static {
    stream::unfold(receiver, |mut receiver| async move {
        let line = receiver.recv().await?;
        Some((line, receiver))
    })
}
