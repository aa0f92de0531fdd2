//! Content-Disposition with a file's own name (RFC 6266), whatever letters it has (RFC 8187).
//!
//! A plain `filename` comes first for old clients, with everything replaced that could end the quoted
//! string or the header; `filename*` carries the true name where the plain one does not.

use axum::http::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// RFC 8187, 3.2.1: attr-char stands for itself, all else is percent-encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// The header that makes a browser save the body under `name`.
pub fn attachment(name: &str) -> HeaderValue {
    let plain: String = name.chars().map(|letter| if is_plain(letter) { letter } else { '_' }).collect();
    let header = if plain == name {
        format!("attachment; filename=\"{plain}\"")
    } else {
        format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(name, ENCODED))
    };
    HeaderValue::try_from(header).expect("only printable ASCII is left")
}

/// What needs no care in a quoted string; `%` is left out because some clients decode it (RFC 6266, D).
const fn is_plain(letter: char) -> bool {
    matches!(letter, ' '..='~') && !matches!(letter, '"' | '\\' | '%' | '/')
}

#[cfg(test)]
mod tests {
    use super::attachment;

    fn check(name: &str, expected: &str) {
        assert_eq!(attachment(name), expected, "{name}");
    }

    #[test]
    fn a_plain_name_is_sent_as_it_is() {
        check("harbour at dawn.jpg", r#"attachment; filename="harbour at dawn.jpg""#);
    }

    #[test]
    fn a_name_in_any_script_arrives_whole() {
        check(
            "Hafen für €5.jpg",
            "attachment; filename=\"Hafen f_r _5.jpg\"; filename*=UTF-8''Hafen%20f%C3%BCr%20%E2%82%AC5.jpg",
        );
        check("港.png", "attachment; filename=\"_.png\"; filename*=UTF-8''%E6%B8%AF.png");
    }

    #[test]
    fn a_name_cannot_end_the_header_or_name_a_folder() {
        check(
            "a\"b\\c\r\nd%20/e",
            "attachment; filename=\"a_b_c__d_20_e\"; filename*=UTF-8''a%22b%5Cc%0D%0Ad%2520%2Fe",
        );
    }
}
