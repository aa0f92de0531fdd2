//! Messages between the parent and a worker: one JSON text and some open descriptors a message, over a pair
//! of sequenced-packet sockets, so that a message is whole or absent.

use std::{
    io::{self, IoSlice, IoSliceMut},
    mem::MaybeUninit,
    os::fd::{BorrowedFd, OwnedFd},
};

use damask_model::{Finding, recipe::PictureRecipe};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags,
};
use serde::{Deserialize, Serialize};

use super::Wall;
use crate::picture::wire::{Drawn, Ladder, LadderRequest};

/// Longest message, in bytes; below the smallest usual socket buffer.
pub(crate) const MESSAGE_BYTES_MAX: usize = 128 << 10;
/// Most descriptors with one message.
pub(crate) const FILES_MAX: usize = 8;

/// What a worker is asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Request {
    /// Make the preview ladder. Files: the source, then one for each rung asked for.
    Ladder(LadderRequest),
    /// Draw one picture. Files: the source, the target.
    Draw {
        /// Fit and sizes; the recipe's text.
        #[serde(with = "recipe_text")]
        recipe: PictureRecipe,
        /// Whether the target is a PNG for another encoder, with its transparency.
        interim: bool,
    },
    /// Put raw RGB frames side by side. Files: the frames, the target.
    Strip {
        /// Width of a frame in pixels.
        width_px: u32,
        /// Height of a frame in pixels.
        height_px: u32,
    },
    /// Try every wall from inside.
    Walls,
    /// Misbehave, for tests; refused by a worker that was not made for it.
    StandIn(String),
}

/// What a worker answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Answer {
    /// To [`Request::Ladder`].
    Ladder(Box<Ladder>),
    /// To [`Request::Draw`] and [`Request::Strip`].
    Drawn(Drawn),
    /// To [`Request::Walls`].
    Walls(Vec<Wall>),
    /// To [`Request::StandIn`], by one that could say something.
    Said(String),
    /// Nothing could be made.
    Failed(Finding),
}

mod recipe_text {
    //! A picture recipe travels as its text.

    use damask_model::{Recipe, recipe::PictureRecipe};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(recipe: &PictureRecipe, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&Recipe::Picture(*recipe))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<PictureRecipe, D::Error> {
        match Recipe::deserialize(from)? {
            Recipe::Picture(recipe) => Ok(recipe),
            other => Err(D::Error::custom(format!("{other} is not a picture"))),
        }
    }
}

/// Sends one message.
pub(crate) fn send(socket: BorrowedFd<'_>, text: &[u8], files: &[BorrowedFd<'_>]) -> io::Result<()> {
    if text.len() > MESSAGE_BYTES_MAX || files.len() > FILES_MAX {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "message over the limit of the glass"));
    }
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FILES_MAX))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !files.is_empty() {
        let fits = control.push(SendAncillaryMessage::ScmRights(files));
        assert!(fits, "the space is made for FILES_MAX descriptors");
    }
    rustix::net::sendmsg(socket, &[IoSlice::new(text)], &mut control, SendFlags::NOSIGNAL)?;
    Ok(())
}

/// Receives one message into `buffer` and answers with its descriptors; `None` when the other side is gone.
pub(crate) fn receive(socket: BorrowedFd<'_>, buffer: &mut Vec<u8>) -> io::Result<Option<Vec<OwnedFd>>> {
    buffer.resize(MESSAGE_BYTES_MAX, 0);
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FILES_MAX))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let received = loop {
        let into = &mut [IoSliceMut::new(buffer)];
        match rustix::net::recvmsg(socket, into, &mut control, RecvFlags::CMSG_CLOEXEC) {
            Err(rustix::io::Errno::INTR) => {}
            // A worker that died with a request unread leaves a reset, not an end.
            Err(rustix::io::Errno::CONNRESET) => return Ok(None),
            other => break other?,
        }
    };
    if received.bytes == 0 {
        return Ok(None);
    }
    buffer.truncate(received.bytes);
    let mut files = Vec::new();
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(rights) = message {
            files.extend(rights);
        }
    }
    Ok(Some(files))
}
