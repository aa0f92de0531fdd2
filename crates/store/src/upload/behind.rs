//! A desk that works in a thread of its own: while the disk writes one piece, the next is received and hashed. So many
//! pieces are on their way at most; whoever brings more waits for the disk.

use std::{
    io,
    sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel},
    thread::{self, JoinHandle},
};

use super::{Progress, desk::Desk};
use crate::{
    StoreError,
    direct::{PIECE_BYTES, Piece},
};

/// Pieces of one upload in memory: one that is filled, one that waits, one that is written.
const PIECES_MAX: usize = 3;

/// Bytes of a piece, and where the upload is with them.
struct Load {
    piece: Piece,
    filled: usize,
    after: Progress,
}

/// The thread, and the ways to it and back.
#[derive(Debug)]
pub(super) struct Behind {
    loads: SyncSender<Load>,
    emptied: Receiver<Piece>,
    made: usize,
    thread: JoinHandle<(Desk, Result<(), StoreError>)>,
}

impl Behind {
    /// Sets the desk to work. It makes marks on the way where that is wanted.
    pub(super) fn start(desk: Desk, marks: bool) -> io::Result<Self> {
        let (loads, incoming) = sync_channel(1);
        let (back, emptied) = channel();
        let thread = thread::Builder::new()
            .name("upload".to_owned())
            .spawn(move || work(desk, &incoming, &back, marks))?;
        Ok(Self { loads, emptied, made: 1, thread })
    }

    /// Hands a piece over; answers whether the desk still works ([`Behind::end`] says why not).
    pub(super) fn hand_over(&self, piece: Piece, filled: usize, after: Progress) -> bool {
        self.loads.send(Load { piece, filled, after }).is_ok()
    }

    /// A piece for the next bytes. Waits for the disk while too many are on their way; `None` when the desk works no more.
    pub(super) fn empty(&mut self) -> Option<Piece> {
        if let Ok(piece) = self.emptied.try_recv() {
            return Some(piece);
        }
        if self.made < PIECES_MAX {
            self.made += 1;
            return Some(Piece::new(PIECE_BYTES));
        }
        self.emptied.recv().ok()
    }

    /// Waits until all that was handed over lies there, or as much as could; the desk is the caller's again.
    pub(super) fn end(self) -> (Desk, Result<(), StoreError>) {
        drop(self.loads);
        self.thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

fn work(
    mut desk: Desk,
    loads: &Receiver<Load>,
    back: &Sender<Piece>,
    marks: bool,
) -> (Desk, Result<(), StoreError>) {
    while let Ok(Load { piece, filled, after }) = loads.recv() {
        let laid = desk.lay(&piece.bytes()[..filled], after);
        let marked = laid.and_then(|()| if marks { desk.mark_when_due() } else { Ok(()) });
        if marked.is_err() {
            return (desk, marked);
        }
        // Nobody waits for it any more when the last was handed over.
        let _ = back.send(piece);
    }
    (desk, Ok(()))
}
