//! Texts of tags as words: trimmed, composed, without empty ones, without repetition.

use serde_json::Value as Json;
use unicode_normalization::UnicodeNormalization;

/// Most values of one field.
pub const VALUES_MAX: usize = 2_000;

/// The texts of a tag's value; a list gives several, a structure none.
pub fn texts(value: &Json) -> Vec<String> {
    match value {
        Json::Array(items) => items.iter().take(VALUES_MAX).filter_map(text).collect(),
        other => text(other).into_iter().collect(),
    }
}

/// One text: composed (Unicode NFC), without the spaces and zero bytes around it. Empty texts are no values, nor
/// is the length that stands for a binary value.
pub fn text(value: &Json) -> Option<String> {
    let raw = match value {
        Json::String(text) => text.clone(),
        Json::Number(number) => number.to_string(),
        Json::Bool(truth) => truth.to_string(),
        Json::Null | Json::Array(_) | Json::Object(_) => return None,
    };
    let shown: String = raw.chars().filter_map(shown).collect();
    let trimmed = shown.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let is_binary = trimmed.starts_with('(') && trimmed.ends_with(" bytes)");
    (!trimmed.is_empty() && !is_binary).then(|| trimmed.nfc().collect())
}

/// A character as people see it: lines and tabs stay, a zero byte parts words, and what else controls a device
/// (ISO/IEC 6429, C0 and C1) is left out, since nobody can type it to find the text again.
fn shown(c: char) -> Option<char> {
    match c {
        '\n' | '\r' | '\t' => Some(c),
        '\0' => Some(' '),
        c if c.is_control() => None,
        c => Some(c),
    }
}

/// A number, also where it stands as text.
pub fn number(value: &Json) -> Option<f64> {
    match value {
        Json::Number(number) => number.as_f64(),
        Json::String(text) => text.split_whitespace().next()?.parse().ok(),
        Json::Array(items) => items.first().and_then(number),
        _ => None,
    }
    .filter(|number| number.is_finite())
}

/// Names in one text, split at semicolons outside quotes (MWG 2.0, Exif Artist: values are separated by `; `,
/// a value with a semicolon stands in quotes).
pub fn split_names(text: &str) -> Vec<String> {
    let (mut names, mut name, mut quoted) = (Vec::new(), String::new(), false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            ';' if !quoted => names.push(std::mem::take(&mut name)),
            _ => name.push(c),
        }
    }
    names.push(name);
    tidy(names)
}

/// Keywords in one text: at semicolons if there are any, else at commas, outside quotes (XMP specification part 3,
/// PDF: `Keywords` of the information dictionary is one text).
pub fn split_keywords(text: &str) -> Vec<String> {
    let separator = if text.contains(';') { ';' } else { ',' };
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            _ if c == separator && !quoted => words.push(std::mem::take(&mut word)),
            _ => word.push(c),
        }
    }
    words.push(word);
    tidy(words)
}

fn tidy(words: Vec<String>) -> Vec<String> {
    words
        .into_iter()
        .map(|word| word.trim().to_owned())
        .filter(|word| !word.is_empty())
        .take(VALUES_MAX)
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{split_keywords, split_names, text};

    #[test]
    fn a_text_is_trimmed_and_composed_and_an_empty_one_is_none() {
        assert_eq!(text(&json!("  e\u{301}te\u{301} \0")).as_deref(), Some("été"));
        assert_eq!(text(&json!(" \0 ")), None);
        assert_eq!(text(&json!("(5448 bytes)")), None);
        assert_eq!(text(&json!(1984)).as_deref(), Some("1984"));
    }

    #[test]
    fn a_text_holds_nothing_that_cannot_be_typed() {
        assert_eq!(text(&json!("a\u{1}b\u{9b}c\u{7f}")).as_deref(), Some("abc"));
        assert_eq!(text(&json!("two\nlines\tof\0words")).as_deref(), Some("two\nlines\tof words"));
        assert_eq!(text(&json!("\u{1}\u{2}")), None);
    }

    #[test]
    fn names_are_split_at_semicolons_outside_quotes() {
        assert_eq!(split_names(r#"Ann Lee; "Smith; Sons"; Bo"#), ["Ann Lee", "Smith; Sons", "Bo"]);
        assert_eq!(split_names("Lee, Ann"), ["Lee, Ann"]);
    }

    #[test]
    fn keywords_of_one_text_are_split_at_semicolons_or_else_commas() {
        assert_eq!(split_keywords("a, b,, c"), ["a", "b", "c"]);
        assert_eq!(split_keywords("a, b; c"), ["a, b", "c"]);
        assert_eq!(split_keywords(r#"harbour, "north, east""#), ["harbour", "north, east"]);
    }
}
