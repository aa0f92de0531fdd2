//! Paths from outside: what an upload may call its file, and how a path of the file system is written down.
//!
//! A path that tries to climb out, or that no file system could hold, is refused here and nowhere else.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt, path::Path};

use crate::{
    limits::Limits,
    trouble::{Outcome, Trouble},
};

/// A relative path in the home tree: folders, then a file name.
///
/// Law: no part is empty, `.` or `..`, holds `/` or a control character, or is longer than 255 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomePath {
    folders: Vec<String>,
    name: String,
}

/// Longest name of a file or folder, in bytes (NAME_MAX of Linux file systems).
const NAME_BYTES_MAX: usize = 255;

/// Stands before a name that was not UTF-8, whose odd bytes are then percent-escaped.
const NOT_UTF8: char = '\u{fffd}';

impl HomePath {
    /// Checks a path given by a client: `News/2026/harbour.jpg`.
    pub fn parse(text: &str, limits: &Limits) -> Outcome<Self> {
        if text.len() > limits.path_bytes_max {
            return Err(Trouble::mistake("bad-path", format!("the path has {} bytes", text.len()))
                .hint(format!("at most {} bytes", limits.path_bytes_max)));
        }
        let mut folders = text
            .split('/')
            .map(|part| lawful(part).map(|()| part.to_owned()).map_err(|why| bad(text, why)))
            .collect::<Outcome<Vec<_>>>()?;
        if folders.len() > limits.folder_depth_max {
            return Err(bad(text, "it lies too deep"));
        }
        let name = folders.pop().ok_or_else(|| bad(text, "it is empty"))?;
        Ok(Self { folders, name })
    }

    /// From names that a file system gave: odd characters are kept, only the depth is cut to its limit.
    pub fn from_disk(folders: Vec<String>, name: String, limits: &Limits) -> Self {
        let depth = folders.len().min(limits.folder_depth_max);
        Self { folders: folders.into_iter().take(depth).collect(), name }
    }

    /// The folders, outermost first.
    pub fn folders(&self) -> &[String] {
        &self.folders
    }

    /// The file name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

fn bad(text: &str, why: &str) -> Trouble {
    let shown: String = text.chars().take(120).collect();
    Trouble::mistake("bad-path", format!("{shown:?} cannot name a file: {why}"))
        .hint("a path is folder/folder/name without . or .. and without control characters")
}

fn lawful(part: &str) -> Result<(), &'static str> {
    match part {
        "" => Err("a part of it is empty"),
        "." | ".." => Err("it climbs with . or .."),
        _ if part.len() > NAME_BYTES_MAX => Err("a part of it has over 255 bytes"),
        _ if part.chars().any(char::is_control) => Err("it holds a control character"),
        _ => Ok(()),
    }
}

/// A name as the file system gave it, written as text: itself where it is UTF-8, otherwise marked and with
/// every `%` and every byte outside ASCII escaped, so that two names never become one.
pub fn text_of(name: &OsStr) -> String {
    if let Some(text) = name.to_str() {
        return text.to_owned();
    }
    let mut text = String::from(NOT_UTF8);
    for &byte in name.as_bytes() {
        if byte.is_ascii() && byte != b'%' {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

/// A whole path as text, part by part as [`text_of`].
pub fn text_of_path(path: &Path) -> String {
    text_of(path.as_os_str())
}

#[cfg(test)]
mod tests {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

    use super::{HomePath, text_of};
    use crate::limits::Limits;

    fn check(text: &str, expected: Option<(&[&str], &str)>) {
        let parsed = HomePath::parse(text, &Limits::default()).ok();
        let seen = parsed
            .as_ref()
            .map(|path| (path.folders().iter().map(String::as_str).collect::<Vec<_>>(), path.name()));
        assert_eq!(seen, expected.map(|(folders, name)| (folders.to_vec(), name)), "{text:?}");
    }

    #[test]
    fn a_path_is_folders_and_a_name() {
        check("harbour.jpg", Some((&[], "harbour.jpg")));
        check("News/2026/harbour 1.jpg", Some((&["News", "2026"], "harbour 1.jpg")));
        check("Ünïcode/名前.png", Some((&["Ünïcode"], "名前.png")));
        check("..hidden/...", Some((&["..hidden"], "...")));
    }

    #[test]
    fn a_path_that_climbs_or_cannot_be_is_refused() {
        for text in ["", "/", "/etc/passwd", "../x", "a/../b", "a//b", "a/.", "a\0b", "a\nb", "x/"] {
            check(text, None);
        }
        check(&"a/".repeat(80), None);
        check(&"x".repeat(256), None);
    }

    #[test]
    fn names_that_are_not_utf_8_stay_apart() {
        assert_eq!(text_of(OsStr::new("a%FF")), "a%FF");
        assert_eq!(text_of(OsStr::from_bytes(b"a\xff")), "\u{fffd}a%FF");
        assert_ne!(text_of(OsStr::from_bytes(b"a%\xff")), text_of(OsStr::from_bytes(b"a\xff")));
    }
}
