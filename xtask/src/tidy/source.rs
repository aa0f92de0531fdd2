//! A Rust file taken apart just far enough for the rules: code without comments and without what strings say, the
//! strings by themselves, and which lines are tests. A lexer, not a parser: macros are read as they are written.

/// A Rust file taken apart. Lines are counted from 1 in every answer.
pub struct Source {
    /// The file's lines with comments removed and strings emptied.
    code: Vec<String>,
    /// Whether a line lies in something marked `#[cfg(test)]`.
    tests: Vec<bool>,
    /// Each string literal with the line it begins on.
    strings: Vec<(usize, String)>,
}

impl Source {
    /// Takes a file apart. Never fails: what is not Rust gives lines that no rule cares about.
    pub fn read(text: &str) -> Self {
        let mut lexer =
            Lexer { rest: text, line: 1, code: String::with_capacity(text.len()), strings: Vec::new() };
        lexer.read();
        let code: Vec<String> = lexer.code.split('\n').map(str::to_owned).collect();
        let tests = test_lines(&code);
        Self { code, tests, strings: lexer.strings }
    }

    /// The lines of code outside of tests.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code
            .iter()
            .zip(&self.tests)
            .enumerate()
            .filter(|(_, (_, test))| !**test)
            .map(|(at, (line, _))| (at + 1, line.as_str()))
    }

    /// All code, tests too, with line breaks.
    pub fn whole(&self) -> String {
        self.code.join("\n")
    }

    /// The string literals outside of tests.
    pub fn strings(&self) -> impl Iterator<Item = (usize, &str)> {
        self.strings
            .iter()
            .filter(|(line, _)| !self.tests.get(line - 1).copied().unwrap_or(false))
            .map(|(line, text)| (*line, text.as_str()))
    }
}

struct Lexer<'text> {
    rest: &'text str,
    line: usize,
    code: String,
    strings: Vec<(usize, String)>,
}

impl Lexer<'_> {
    fn read(&mut self) {
        while let Some(next) = self.rest.chars().next() {
            if self.rest.starts_with("//") {
                let end = self.rest.find('\n').unwrap_or(self.rest.len());
                self.drop(end);
            } else if self.rest.starts_with("/*") {
                self.drop(comment_length(self.rest));
            } else if next == '"' {
                self.string(1, string_end(&self.rest[1..]), 1);
            } else if let Some(hashes) = self.raw_string() {
                let open = 2 + hashes;
                let close = format!("\"{}", "#".repeat(hashes));
                let body = self.rest[open..].find(&close).unwrap_or(self.rest.len() - open);
                self.string(open, body, close.len());
            } else if next == '\'' {
                self.keep(quote_length(self.rest));
            } else {
                self.keep(next.len_utf8());
            }
        }
    }

    /// The number of hashes when a raw string begins here. `r` at the end of a name (`for"…"`) can't be Rust 2021 or later.
    fn raw_string(&self) -> Option<usize> {
        let after = self.rest.strip_prefix('r')?;
        let before = self.code.chars().next_back();
        let part_of_a_name = before.is_some_and(|before| {
            (before.is_alphanumeric() && !matches!(before, 'b' | 'c')) || before == '_'
        });
        let hashes = after.chars().take_while(|next| *next == '#').count();
        (!part_of_a_name && after[hashes..].starts_with('"')).then_some(hashes)
    }

    fn keep(&mut self, length: usize) {
        let (kept, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.line += kept.matches('\n').count();
        self.code.push_str(kept);
        self.rest = rest;
    }

    /// Leaves a part out, but keeps its line breaks.
    fn drop(&mut self, length: usize) {
        let (dropped, rest) = self.rest.split_at(length.min(self.rest.len()));
        let breaks = dropped.matches('\n').count();
        self.line += breaks;
        self.code.push_str(&"\n".repeat(breaks));
        self.rest = rest;
    }

    fn string(&mut self, open: usize, body: usize, close: usize) {
        self.strings.push((self.line, self.rest[open..open + body].to_owned()));
        self.code.push('"');
        self.drop(open + body + close);
        self.code.push('"');
    }
}

/// The length of a block comment; they nest.
fn comment_length(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The length of a string's body: up to the first quote that no back-slash guards.
fn string_end(body: &str) -> usize {
    let mut guarded = false;
    for (at, next) in body.char_indices() {
        match next {
            '"' if !guarded => return at,
            '\\' => guarded = !guarded,
            _ => guarded = false,
        }
    }
    body.len()
}

/// The length of what an apostrophe begins: a character (`'x'`, `'\''`) or a lifetime's mark.
fn quote_length(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match chars.next() {
        // The guarded character may itself be an apostrophe.
        Some((_, '\\')) => text.get(3..).and_then(|rest| rest.find('\'')).map_or(1, |end| end + 4),
        Some(_) => match chars.next() {
            Some((end, '\'')) => end + 1,
            _ => 1,
        },
        None => 1,
    }
}

/// Marks what follows each `#[cfg(test)]`, up to its closing brace, or its semicolon when no brace comes first.
fn test_lines(code: &[String]) -> Vec<bool> {
    let mut tests = vec![false; code.len()];
    let mut at = 0;
    while at < code.len() {
        if !code[at].contains("#[cfg(test)]") && !code[at].contains("#![cfg(test)]") {
            at += 1;
            continue;
        }
        if code[at].contains("#![cfg(test)]") {
            tests[at..].fill(true);
            return tests;
        }
        let end = item_end(code, at);
        tests[at..=end].fill(true);
        at = end + 1;
    }
    tests
}

/// The last line of the item whose attribute stands on line `start`.
fn item_end(code: &[String], start: usize) -> usize {
    let mut depth = 0_usize;
    for (at, line) in code.iter().enumerate().skip(start) {
        let line =
            if at == start { line.split_once("#[cfg(test)]").map_or("", |(_, rest)| rest) } else { line };
        for next in line.chars() {
            match next {
                '{' => depth += 1,
                '}' if depth <= 1 => return at,
                '}' => depth -= 1,
                ';' if depth == 0 => return at,
                _ => {}
            }
        }
    }
    code.len() - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_are_not_code_and_lines_keep_their_numbers() {
        let source = Source::read(
            "a(); // b()\n/* c()\n /* d() */ */ e(\"f() \\\" g()\");\nlet r = r#\"h(\"i\")\"#; 'x'; '\\''; j::<'k>();\n",
        );
        let code: Vec<(usize, String)> =
            source.lines().map(|(line, code)| (line, code.trim().to_owned())).collect();
        assert_eq!(code[0], (1, "a();".to_owned()));
        assert_eq!(code[2], (3, "e(\"\");".to_owned()));
        assert_eq!(code[3], (4, "let r = \"\"; 'x'; '\\''; j::<'k>();".to_owned()));
        let strings: Vec<(usize, &str)> = source.strings().collect();
        assert_eq!(strings, [(3, "f() \\\" g()"), (4, "h(\"i\")")]);
    }

    #[test]
    fn what_is_marked_as_test_is_left_out() {
        let source = Source::read(
            "one();\n#[cfg(test)]\nmod tests {\n fn a() { two(\"s\"); }\n}\nthree();\n#[cfg(test)]\nuse four;\nfive();\n",
        );
        let code: String = source.lines().map(|(_, code)| code).collect();
        assert_eq!(code, "one();three();five();");
        assert_eq!(source.strings().count(), 0);
    }
}
