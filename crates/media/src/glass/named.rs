//! A name every program understands for a file of any name.
//!
//! File names are outside words too: a leading dash is an option, `concat:` a protocol for ffmpeg, brackets
//! are options for vips, a newline ends an argument of exiftool. Programs are given a link in a scratch
//! folder whose name is ours, with the original's extension where it is plain (some readers go by it).

use std::{
    os::unix::{ffi::OsStrExt, fs::symlink},
    path::{Path, PathBuf},
};

use super::{Glass, ScratchFolder};
use crate::MediaError;

/// Longest extension kept.
const EXTENSION_BYTES_MAX: usize = 8;

/// A link to a file under a safe name, in a scratch folder of its own that lives as long as this value.
pub(crate) struct Named {
    folder: ScratchFolder,
    link: PathBuf,
    target: PathBuf,
}

impl Named {
    /// Links `file`, which must exist.
    pub(crate) fn new(glass: &Glass, file: &Path) -> Result<Self, MediaError> {
        let target = file.canonicalize().map_err(MediaError::source_file(file))?;
        let folder = glass.scratch_folder()?;
        let link = folder.path().join(format!("input{}", plain_extension(file)));
        symlink(&target, &link).map_err(MediaError::scratch(&link))?;
        Ok(Self { folder, link, target })
    }

    /// The safe name.
    pub(crate) fn link(&self) -> &Path {
        &self.link
    }

    /// The file itself, for the walls.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// The folder of the link, where output may go.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// The extension with its dot, if it is a plain one.
pub(crate) fn plain_extension(file: &Path) -> String {
    let extension = file.extension().map_or(&[][..], |extension| extension.as_bytes());
    let plain = (1..=EXTENSION_BYTES_MAX).contains(&extension.len())
        && extension.iter().all(u8::is_ascii_alphanumeric);
    if plain { format!(".{}", String::from_utf8_lossy(extension)) } else { String::new() }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::plain_extension;

    #[test]
    fn only_a_plain_extension_is_kept() {
        for (name, kept) in [
            ("a.jpg", ".jpg"),
            ("A.MOV", ".MOV"),
            ("a", ""),
            ("a.b c", ""),
            ("a.jpg[page=2]", ""),
            ("a.muchtoolong", ""),
            (".hidden", ""),
            ("a.j\npg", ""),
        ] {
            assert_eq!(plain_extension(Path::new(name)), kept, "{name:?}");
        }
    }
}
