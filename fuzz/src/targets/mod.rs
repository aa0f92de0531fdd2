//! The list of targets, a file for each crate that parses.

mod embedded;
#[cfg(feature = "engines")]
mod engines;
mod words;

use crate::Target;

/// All of them.
pub fn all() -> Vec<Target> {
    #[cfg_attr(not(feature = "engines"), expect(unused_mut, reason = "nothing follows then"))]
    let mut all = [words::TARGETS, embedded::TARGETS].concat();
    #[cfg(feature = "engines")]
    all.extend(engines::TARGETS);
    all
}

/// Seeds that are text.
fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// What of the bytes is text, as a reader of text is given it.
fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}
