//! The one analyser: text → words, for the evaluator and the index alike.
//!
//! Words are those of Unicode Standard Annex 29 (word boundaries), cut further at `_` and at `.` and `:`
//! between letters, so that file names fall apart; Han, Kana and Hangul fall into single characters, so
//! that a phrase of them finds any substring. Each word has its folded form (NFKC, lower case, without
//! Latin, Greek and Cyrillic diacritics) and its English stem (Porter 2).

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// Raised whenever the words made of a text change, so that every index is made again.
pub const ANALYSER_VERSION: u32 = 1;
/// Most characters of a word that count; what follows is dropped.
pub const WORD_CHARS_MAX: usize = 80;
/// Most characters of a keyword or name that count when it is matched whole.
pub const WHOLE_CHARS_MAX: usize = 250;

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Its folded form.
    pub folded: String,
    /// Its stem.
    pub stem: String,
}

/// The words of a text in their order.
pub fn words(text: &str) -> Vec<Word> {
    let stemmer = Stemmer::create(Algorithm::English);
    let mut found = Vec::new();
    for segment in fold(text).unicode_words() {
        split(segment, &mut |piece| {
            let folded: String = piece.chars().take(WORD_CHARS_MAX).collect();
            let stem = stemmer.stem(&folded).into_owned();
            found.push(Word { folded, stem });
        });
    }
    found
}

/// Whether a letter is one that nobody sees: a control character that is no white space.
pub fn is_unseen(letter: char) -> bool {
    letter.is_control() && !letter.is_whitespace()
}

/// A keyword, name or code as it is compared: folded, white space made single, without what nobody sees.
pub fn whole(text: &str) -> String {
    let folded: String = fold(text).chars().filter(|letter| !is_unseen(*letter)).collect();
    let mut result = String::with_capacity(folded.len());
    for part in folded.split_whitespace() {
        if !result.is_empty() {
            result.push(' ');
        }
        result.push_str(part);
    }
    cut(result, WHOLE_CHARS_MAX)
}

/// Lower case without compatibility differences and diacritics.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    // Lower-casing after NFKC may leave decomposable letters (İ → i̇), so the marks go last.
    let lower = text.nfkc().collect::<String>().to_lowercase();
    let mut plain = String::with_capacity(lower.len());
    for letter in lower.nfkd().filter(|letter| !is_diacritic(*letter)) {
        match letter {
            'ß' => plain.push_str("ss"),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            'þ' => plain.push_str("th"),
            'ø' => plain.push('o'),
            'đ' | 'ð' => plain.push('d'),
            'ł' => plain.push('l'),
            'ħ' => plain.push('h'),
            'ı' => plain.push('i'),
            'ς' => plain.push('σ'),
            '’' | '‘' | 'ʼ' => plain.push('\''),
            other => plain.push(other),
        }
    }
    // Composed again, so that Hangul syllables and voiced kana are single characters.
    plain.nfc().collect()
}

/// The combining marks of Latin, Greek and Cyrillic. Marks of other scripts (vowel signs, the kana voicing
/// mark) change the word and stay.
fn is_diacritic(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Scripts written without spaces between words, or (Hangul) with endings joined on.
fn stands_alone(letter: char) -> bool {
    matches!(letter, '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Cuts a segment at underscores, at dots and colons that do not stand between digits, and around
/// characters that stand alone.
fn split(segment: &str, give: &mut impl FnMut(&str)) {
    let mut start = 0;
    let mut before: Option<char> = None;
    let mut rest = segment.char_indices().peekable();
    let piece = |from: usize, to: usize, give: &mut dyn FnMut(&str)| {
        let text = segment[from..to].trim_matches('\'');
        if text.chars().any(char::is_alphanumeric) {
            give(text);
        }
    };
    while let Some((at, letter)) = rest.next() {
        let end = at + letter.len_utf8();
        let after = rest.peek().map(|(_, letter)| *letter);
        let between_digits = before.is_some_and(char::is_numeric) && after.is_some_and(char::is_numeric);
        if letter == '_' || (matches!(letter, '.' | ':') && !between_digits) {
            piece(start, at, give);
            start = end;
        } else if stands_alone(letter) {
            piece(start, at, give);
            piece(at, end, give);
            start = end;
        }
        before = Some(letter);
    }
    piece(start, segment.len(), give);
}

/// The first `chars_max` characters.
pub(crate) fn cut(mut text: String, chars_max: usize) -> String {
    if let Some((at, _)) = text.char_indices().nth(chars_max) {
        text.truncate(at);
        text.truncate(text.trim_end().len());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{WORD_CHARS_MAX, fold, whole, words};

    fn check(text: &str, folded: &str, stems: &str) {
        let found = words(text);
        let forms: Vec<_> = found.iter().map(|word| word.folded.as_str()).collect();
        let roots: Vec<_> = found.iter().map(|word| word.stem.as_str()).collect();
        assert_eq!(forms.join(" "), folded, "forms of {text}");
        assert_eq!(roots.join(" "), stems, "stems of {text}");
    }

    #[test]
    fn words_are_folded_and_stemmed() {
        check("Harbours at Dawn", "harbours at dawn", "harbour at dawn");
        check("Éclair, naïve; ŁÓDŹ Ångström", "eclair naive lodz angstrom", "eclair naiv lodz angstrom");
        check("Straße ΣΊΣΥΦΟΣ Ёлка", "strasse σισυφοσ елка", "strass σισυφοσ елка");
        check("the harbour’s lights", "the harbour's lights", "the harbour light");
    }

    #[test]
    fn a_file_name_falls_into_its_parts_and_numbers_stay_whole() {
        check("DSC_0001.JPG", "dsc 0001 jpg", "dsc 0001 jpg");
        check("f/2.8 at 01:02", "f 2.8 at 01 02", "f 2.8 at 01 02");
        check("my-photo.final.v2.tiff", "my photo final v2 tiff", "my photo final v2 tiff");
        check("___ ... !!!", "", "");
    }

    #[test]
    fn scripts_without_spaces_fall_into_characters() {
        check("東京タワー", "東 京 タ ワ ー", "東 京 タ ワ ー");
        check("ﾄｳｷｮｳ が", "ト ウ キ ョ ウ が", "ト ウ キ ョ ウ が");
        check("서울에서 photo東", "서 울 에 서 photo 東", "서 울 에 서 photo 東");
    }

    #[test]
    fn a_whole_value_is_compared_without_case_accents_and_spare_space() {
        assert_eq!(whole("  São \t PAULO "), "sao paulo");
        assert_eq!(whole(&"x".repeat(1_000)).len(), super::WHOLE_CHARS_MAX);
    }

    #[test]
    fn folding_twice_changes_nothing_more() {
        for text in ["İstanbul", "ﬁnal ① ½ Å", "Đà Nẵng", "がギ", "ΐ", "ǅ"] {
            assert_eq!(fold(&fold(text)), fold(text), "{text}");
        }
    }

    #[test]
    fn an_endless_word_is_cut() {
        assert_eq!(words(&"a".repeat(5_000))[0].folded.len(), WORD_CHARS_MAX);
    }
}
