//! Reads the characters of a query one after another: spaces, bare words, quoted texts.

use crate::QueryError;

/// A word or quoted text with the place it stands at.
#[derive(Clone, Debug, PartialEq)]
pub struct Lexeme {
    /// The text, without quotes, escapes and the closing `*`.
    pub text: String,
    /// Whether it stood in quotes.
    pub quoted: bool,
    /// Whether a `*` closed it.
    pub starred: bool,
    /// Where it begins, in characters.
    pub start: usize,
    /// Where it ends, in characters.
    pub end: usize,
}

/// A place in the characters of a query.
pub struct Cursor {
    chars: Vec<char>,
    at: usize,
}

impl Cursor {
    pub fn new(text: &str) -> Self {
        Self { chars: text.chars().collect(), at: 0 }
    }

    pub fn at(&self) -> usize {
        self.at
    }

    /// Goes back to a place it was at.
    pub fn rewind(&mut self, at: usize) {
        self.at = at;
    }

    pub fn length(&self) -> usize {
        self.chars.len()
    }

    pub fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    /// Passes over white space; answers what stands after it.
    pub fn next_solid(&mut self) -> Option<char> {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
        self.peek()
    }

    /// Takes `wanted` if it stands here.
    pub fn take(&mut self, wanted: char) -> bool {
        let here = self.peek() == Some(wanted);
        self.at += usize::from(here);
        here
    }

    /// Takes `wanted` if it stands here as a word of its own.
    pub fn take_word(&mut self, wanted: &str) -> bool {
        let end = self.at + wanted.len();
        let here = self.chars.get(self.at..end).is_some_and(|found| found.iter().copied().eq(wanted.chars()));
        let ends =
            self.chars.get(end).is_none_or(|after| after.is_whitespace() || matches!(after, '(' | ')' | '"'));
        if here && ends {
            self.at = end;
        }
        here && ends
    }

    /// The field name that stands here before a colon; takes both.
    pub fn take_field(&mut self) -> Option<String> {
        let rest = &self.chars[self.at..];
        let length = rest.iter().take_while(|c| c.is_ascii_alphanumeric() || **c == '_').count();
        let named = rest.first().is_some_and(char::is_ascii_alphabetic) && rest.get(length) == Some(&':');
        named.then(|| {
            self.at += length + 1;
            rest_text(&self.chars[self.at - length - 1..self.at - 1])
        })
    }

    /// Whether nothing of a value stands here.
    pub fn at_gap(&self) -> bool {
        self.peek().is_none_or(|next| next.is_whitespace() || matches!(next, '(' | ')'))
    }

    /// A quoted text or a bare one; a bare one ends before white space, parentheses, quotes and what else
    /// `ends` it.
    pub fn lexeme(&mut self, ends: &[char]) -> Result<Lexeme, QueryError> {
        if self.peek() == Some('"') { self.quoted() } else { self.bare(ends) }
    }

    fn bare(&mut self, ends: &[char]) -> Result<Lexeme, QueryError> {
        let start = self.at;
        while self
            .peek()
            .is_some_and(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | '"') && !ends.contains(&c))
        {
            self.at += 1;
        }
        let taken = &self.chars[start..self.at];
        let starred = taken.last() == Some(&'*');
        let text = &taken[..taken.len() - usize::from(starred)];
        if let Some(star) = text.iter().position(|c| *c == '*') {
            let at = start + star;
            return Err(QueryError::new(
                at..at + 1,
                "a * can only stand at the end of a word",
                "the beginning of a word and then *, like harb*",
            ));
        }
        Ok(Lexeme { text: rest_text(text), quoted: false, starred, start, end: self.at })
    }

    fn quoted(&mut self) -> Result<Lexeme, QueryError> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            match self.peek() {
                None => {
                    return Err(QueryError::new(
                        start..self.at,
                        "this quote is never closed",
                        "a closing \" at the end of the phrase",
                    ));
                }
                Some('"') => break,
                Some('\\') if matches!(self.chars.get(self.at + 1), Some('"' | '\\')) => {
                    text.push(self.chars[self.at + 1]);
                    self.at += 2;
                }
                Some(other) => {
                    text.push(other);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        let starred = self.take('*');
        Ok(Lexeme { text, quoted: true, starred, start, end: self.at })
    }
}

fn rest_text(chars: &[char]) -> String {
    chars.iter().collect()
}
