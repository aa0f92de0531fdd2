//! Bytes on their way from the network to the disk. No thread waits for them: what has come is written together
//! while the next is received, and a blocking thread is held only for as long as there is something to write. A few
//! pieces wait at most; a client that is faster than the disk waits for it.

use std::io;

use bytes::Bytes;
use damask_store::StoreError;
use futures::{Stream, StreamExt};
use tokio::sync::mpsc::{Receiver, channel};

use crate::trouble::{Outcome, Trouble};

/// Pieces of one body that wait to be written, each as long as the network gave it (below half a megabyte).
const PIECES_WAITING_MAX: usize = 4;

/// Where the bytes of a body go. Its calls block.
pub(super) trait Sink: Send + 'static {
    /// Takes the next bytes.
    fn take(&mut self, piece: &[u8]) -> Result<(), StoreError>;
}

/// A body that came to its end, one way or another.
pub(super) struct Poured<S> {
    /// What took its bytes.
    pub sink: S,
    /// Why the sink took no more of them.
    pub failed: Option<StoreError>,
    /// Why the body ended early.
    pub broken: Option<io::Error>,
}

/// Pours a body into a sink.
pub(super) async fn pour<S: Sink>(
    body: impl Stream<Item = io::Result<Bytes>> + Send,
    sink: S,
) -> Outcome<Poured<S>> {
    let (to_disk, mut waiting) = channel(PIECES_WAITING_MAX);
    let receiving = async move {
        let mut body = std::pin::pin!(body);
        while let Some(piece) = body.next().await {
            if to_disk.send(piece).await.is_err() {
                // It takes no more of them.
                break;
            }
        }
    };
    let writing = async move {
        let mut poured = Poured { sink, failed: None, broken: None };
        while let Some(piece) = waiting.recv().await {
            let written = tokio::task::spawn_blocking(move || write(poured, piece, waiting)).await;
            (poured, waiting) = written.map_err(Trouble::fault("write the bytes of a body"))?;
            if poured.failed.is_some() || poured.broken.is_some() {
                break;
            }
        }
        Ok(poured)
    };
    let (receiving, mut writing) = (std::pin::pin!(receiving), std::pin::pin!(writing));
    // Whoever sends to a disk that takes no more hears of it without sending more.
    tokio::select! {
        poured = &mut writing => poured,
        () = receiving => writing.await,
    }
}

type Pieces = Receiver<io::Result<Bytes>>;

/// Writes a piece and those that come meanwhile.
fn write<S: Sink>(
    mut poured: Poured<S>,
    first: io::Result<Bytes>,
    mut waiting: Pieces,
) -> (Poured<S>, Pieces) {
    let mut next = Some(first);
    while let Some(piece) = next {
        match piece {
            Ok(piece) => poured.failed = poured.sink.take(&piece).err(),
            Err(error) => poured.broken = Some(error),
        }
        if poured.failed.is_some() || poured.broken.is_some() {
            break;
        }
        next = waiting.try_recv().ok();
    }
    (poured, waiting)
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
            mpsc,
        },
        time::Duration,
    };

    use bytes::Bytes;
    use damask_store::StoreError;
    use futures::{StreamExt as _, stream};

    use super::{PIECES_WAITING_MAX, Sink, pour};

    struct Glass {
        bytes: Vec<u8>,
        room: usize,
    }

    impl Sink for Glass {
        fn take(&mut self, piece: &[u8]) -> Result<(), StoreError> {
            if self.bytes.len() + piece.len() > self.room {
                return Err(StoreError::TooLarge { bytes_max: self.room as u64 });
            }
            self.bytes.extend_from_slice(piece);
            Ok(())
        }
    }

    fn pieces(all: &[&'static str]) -> Vec<io::Result<Bytes>> {
        all.iter().map(|piece| Ok(Bytes::from_static(piece.as_bytes()))).collect()
    }

    async fn check(body: Vec<io::Result<Bytes>>, expected: &str, failed: bool, broken: bool) {
        let poured = pour(stream::iter(body), Glass { bytes: Vec::new(), room: 8 }).await.expect("poured");
        assert_eq!(String::from_utf8_lossy(&poured.sink.bytes), expected);
        assert_eq!((poured.failed.is_some(), poured.broken.is_some()), (failed, broken), "{expected}");
    }

    #[tokio::test]
    async fn a_body_counts_as_far_as_it_came_and_as_the_sink_took_it() {
        check(pieces(&["sea", "side"]), "seaside", false, false).await;
        check(Vec::new(), "", false, false).await;
        check(pieces(&["sea", "sides", "x"]), "seasides", true, false).await;
        let mut broken = pieces(&["sea"]);
        broken.push(Err(io::ErrorKind::ConnectionReset.into()));
        broken.extend(pieces(&["side"]));
        check(broken, "sea", false, true).await;
    }

    #[test]
    fn a_body_that_waits_for_bytes_holds_no_thread() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(1)
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            for _ in 0..3 {
                let silent = stream::iter(pieces(&["sea"])).chain(stream::pending());
                tokio::spawn(pour(silent, Glass { bytes: Vec::new(), room: 8 }));
            }
            tokio::task::yield_now().await;
            let whole = pour(stream::iter(pieces(&["side"])), Glass { bytes: Vec::new(), room: 8 });
            let poured = tokio::time::timeout(Duration::from_secs(5), whole).await.expect("in time");
            assert_eq!(poured.expect("poured").sink.bytes, b"side");
        });
    }

    /// A disk that writes a piece each time it is told to.
    struct Slow {
        told: mpsc::Receiver<()>,
        written: usize,
    }

    impl Sink for Slow {
        fn take(&mut self, _: &[u8]) -> Result<(), StoreError> {
            self.told.recv().expect("the test tells it");
            self.written += 1;
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_client_that_is_faster_than_the_disk_waits_for_it() {
        const PIECES: usize = 500;
        // Written, waiting, and one in the hand of whoever receives.
        const HELD_MAX: usize = PIECES_WAITING_MAX + 2;
        let taken = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&taken);
        let body = stream::iter(0..PIECES).map(move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok::<_, io::Error>(Bytes::from_static(b"sea"))
        });
        let (tell, told) = mpsc::channel();
        let pouring = tokio::spawn(pour(body, Slow { told, written: 0 }));
        for written in 0..20 {
            let full = async {
                while taken.load(Ordering::SeqCst) < written + HELD_MAX {
                    tokio::task::yield_now().await;
                }
                // Were there room for more, it would be taken now.
                for _ in 0..100 {
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(Duration::from_secs(60), full).await.expect("as many are taken as may be");
            assert_eq!(taken.load(Ordering::SeqCst), written + HELD_MAX, "{written} pieces are written");
            tell.send(()).expect("the disk listens");
        }
        // The last are told to nobody: twenty pieces are written by now.
        for _ in 0..PIECES {
            let _ = tell.send(());
        }
        let poured = tokio::time::timeout(Duration::from_secs(60), pouring).await.expect("in time");
        assert_eq!(poured.expect("it ends").expect("poured").sink.written, PIECES);
    }
}
