//! Findings: what is wrong or odd about a file. Broken media is data, not an error.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal),+ $(,)?) => {
        /// What was found. The text form is stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum FindingCode { $($(#[$doc])* #[serde(rename = $text)] $name),+ }

        impl FindingCode {
            /// The text form.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }

            /// All that there are.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The code of that text form.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.name() == text)
            }
        }
    };
}

codes! {
    /// There are no bytes.
    Empty = "empty",
    /// The file ends before its own structure does.
    Truncated = "truncated",
    /// A decoder could not make sense of it.
    Undecodable = "undecodable",
    /// The name's extension says another type than the content.
    ExtensionDiffers = "extension-differs",
    /// More pixels, pages, bytes or seconds than the limit.
    OverLimit = "over-limit",
    /// The decoder ran out of the time or memory it was given.
    DecoderStopped = "decoder-stopped",
    /// The decoder died (a signal).
    DecoderDied = "decoder-died",
    /// The content is encrypted or needs a password.
    Encrypted = "encrypted",
    /// Embedded metadata could not be read in full.
    MetadataDamaged = "metadata-damaged",
    /// The program that reads this type is not installed.
    DecoderMissing = "decoder-missing",
}

impl fmt::Display for FindingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One thing found, in words a person can act on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What was found.
    pub code: FindingCode,
    /// What exactly, where; at most [`Finding::DETAIL_MAX`] bytes.
    pub detail: String,
}

impl Finding {
    /// Longest detail kept, in bytes: a hostile file does not fill the catalog with its own words.
    pub const DETAIL_MAX: usize = 500;

    /// A finding; the detail is cut to its limit at a character.
    pub fn new(code: FindingCode, detail: impl Into<String>) -> Self {
        let mut detail = detail.into();
        if detail.len() > Self::DETAIL_MAX {
            let mut end = Self::DETAIL_MAX;
            while !detail.is_char_boundary(end) {
                end -= 1;
            }
            detail.truncate(end);
        }
        Self { code, detail }
    }
}
