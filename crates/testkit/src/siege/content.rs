//! Bytes that only one file has, from a seed: whoever expects them makes them again instead of keeping them.

use crate::Words;

/// What is in a file: a text that begins with its seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Content {
    seed: u64,
    bytes: usize,
}

impl Content {
    /// The next content; `bytes_max` bytes at most, a line at least.
    pub fn next(words: &mut Words, bytes_max: u64) -> Self {
        let seed = words.number();
        let bytes = 64 + words.below(bytes_max.max(1));
        Self { seed, bytes: usize::try_from(bytes).expect("contents are small") }
    }

    /// Its length.
    #[must_use]
    pub const fn length(self) -> usize {
        self.bytes
    }

    /// The bytes themselves.
    #[must_use]
    pub fn bytes(self) -> Vec<u8> {
        let mut words = Words::new(self.seed);
        let mut text = format!("{:016x}\n", self.seed);
        while text.len() < self.bytes {
            text.push_str(words.subject());
            text.push(' ');
        }
        text.truncate(self.bytes);
        text.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_is_the_same_each_time_and_no_other() {
        let mut words = Words::new(1);
        let (one, other) = (Content::next(&mut words, 5_000), Content::next(&mut words, 5_000));
        assert_eq!(one.bytes(), one.bytes());
        assert_eq!(one.bytes().len(), one.length());
        assert_ne!(one.bytes(), other.bytes());
    }
}
