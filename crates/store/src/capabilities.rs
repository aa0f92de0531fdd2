//! What the place of the blobs was found to do when the store was opened. Told, never assumed: `damask check`
//! prints it.

use std::fmt;

/// How one thing that the store needs is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The place does it itself, and was seen to.
    Native,
    /// It does not, or only says so; the store does it another way.
    Substitute(&'static str),
}

/// What the place of the blobs does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Where the blobs lie, in words and without secrets.
    pub place: String,
    /// Whether the blobs are encrypted there by Damask.
    pub encrypted: bool,
    /// A second put of a name is refused.
    pub create_only: Way,
    /// A part of a blob is read without the rest.
    pub ranges: Way,
    /// Names are listed in their order.
    pub ordered_list: Way,
    /// A long file is put in pieces, and is there when all of them are.
    pub multipart: Way,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Native => f.write_str("yes"),
            Self::Substitute(how) => write!(f, "no, instead {how}"),
        }
    }
}

impl fmt::Display for Capabilities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, encrypted, create_only, ranges, ordered_list, multipart } = self;
        let encrypted = if *encrypted { "encrypted" } else { "in the clear" };
        write!(f, "{place}: {encrypted}; create-only puts: {create_only}; ranges: {ranges}; ")?;
        write!(f, "ordered lists: {ordered_list}; multipart: {multipart}")
    }
}
