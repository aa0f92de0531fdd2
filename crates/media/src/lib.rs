//! Decoders behind glass: pictures, films, sound, pages and embedded metadata, read by code that may be
//! attacked by what it reads.
//!
//! Nothing here decides anything about the product: callers say which file, which scratch folder and which
//! limits. Whatever parses outside bytes runs in another process (see [`glass`]). Broken media is data:
//! every call answers with what could be read and a list of findings; a [`MediaError`] is our own fault.

pub mod clamd;
pub mod exiftool;
pub mod film;
pub mod glass;
pub mod page;
pub mod picture;
pub mod sound;

use std::{io, path::PathBuf};

pub use glass::{Glass, GlassConfig, Limits};
pub use tokio_util::sync::CancellationToken;

/// What is not the file's fault: each variant is a decision for the caller.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// The process behind the glass cannot be started or spoken to: the installation is at fault.
    #[error("cannot start {program} behind the glass")]
    CannotStart {
        /// The program that was to be started.
        program: PathBuf,
        /// Why it could not be.
        #[source]
        source: io::Error,
    },
    /// The scratch folder cannot be written or read.
    #[error("cannot use the scratch path {path}")]
    Scratch {
        /// The path tried.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// The file to be read cannot be opened.
    #[error("cannot open {path}")]
    Source {
        /// The file.
        path: PathBuf,
        /// Why it could not be opened.
        #[source]
        source: io::Error,
    },
    /// The caller cancelled.
    #[error("stopped by the caller")]
    Cancelled,
}

impl MediaError {
    /// A scratch fault on `path`, for `map_err`.
    pub(crate) fn scratch(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Scratch { path, source }
    }

    /// A fault of the file to be read, for `map_err`.
    pub(crate) fn source_file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Source { path, source }
    }
}
