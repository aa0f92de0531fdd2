//! Text: whether bytes are text at all, in which encoding, and what sort of text it is.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::Subject;

/// What sort of text a file is; `None` where it is no text.
pub fn of(subject: &Subject<'_>) -> Option<&'static str> {
    let text = decode(subject.head)?;
    let start = text.trim_start_matches('\u{feff}').trim_start();
    Some(
        markup(start, subject.extension)
            .or_else(|| notation(start, subject.extension))
            .unwrap_or_else(|| by_name(subject.extension)),
    )
}

/// The text of a file's beginning: UTF-8, UTF-16 with a mark or without, Windows-1252.
pub fn decode(head: &[u8]) -> Option<Cow<'_, str>> {
    if let Some(rest) = head.strip_prefix(b"\xff\xfe") {
        return Some(UTF_16LE.decode_without_bom_handling(&rest[..rest.len() & !1]).0)
            .filter(|text| is_words(text));
    }
    if let Some(rest) = head.strip_prefix(b"\xfe\xff") {
        return Some(UTF_16BE.decode_without_bom_handling(&rest[..rest.len() & !1]).0)
            .filter(|text| is_words(text));
    }
    // The head may end within a character.
    let utf_8 = match std::str::from_utf8(head) {
        Ok(text) => Some(text),
        Err(error) if head.len() - error.valid_up_to() < 4 && error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    };
    if let Some(text) = utf_8.filter(|text| is_words(text)) {
        return Some(Cow::Borrowed(text));
    }
    let even = &head[..head.len() & !1];
    for (encoding, zero_at) in [(UTF_16LE, 1), (UTF_16BE, 0)] {
        let zeros = even.chunks_exact(2).filter(|pair| pair[zero_at] == 0 && pair[1 - zero_at] != 0).count();
        if head.len() >= 8 && zeros * 10 > even.len() / 2 * 9 {
            return Some(encoding.decode_without_bom_handling(even).0).filter(|text| is_words(text));
        }
    }
    // Latin letters are few among plain ones; anything else of this sort is binary.
    let high = head.iter().filter(|byte| **byte >= 0x80).count();
    let text = WINDOWS_1252.decode_without_bom_handling(head).0;
    (utf_8.is_none() && high * 10 < head.len() * 3 && is_words(&text)).then_some(text)
}

/// Whether there are no control characters but those of text; a form feed and an escape are such.
fn is_words(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| {
            !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{1b}' | '\u{85}' | '\u{1a}')
        })
}

/// XML and its dialects, HTML.
fn markup(start: &str, extension: &str) -> Option<&'static str> {
    if !start.starts_with('<') {
        return None;
    }
    let root = root_element(start)?.to_ascii_lowercase();
    let local = root.rsplit(':').next().unwrap_or(&root);
    let is_xml = start.starts_with("<?xml") || start.contains("xmlns");
    Some(match local {
        "svg" => "image/svg+xml",
        "html" => "text/html",
        "fcpxml" => "application/x-fcpxml+xml",
        "xmeml" => "application/x-xmeml+xml",
        "tt" if is_xml => "application/ttml+xml",
        "rdf" | "xmpmeta" | "xpacket" => "application/rdf+xml",
        "collada" => "model/vnd.collada+xml",
        "head" | "body" | "script" | "!doctype" => "text/html",
        _ if is_xml || matches!(extension, "xml" | "xsd" | "plist" | "mhl") => "application/xml",
        _ => return None,
    })
}

/// The name of the first element behind declarations, comments and the document type.
fn root_element(text: &str) -> Option<&str> {
    let mut rest = text;
    // Each turn consumes at least one character.
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = &comment[comment.find("-->")? + 3..];
        } else if rest.starts_with("?xpacket") {
            return Some("xpacket");
        } else if rest.starts_with('?') {
            rest = &rest[rest.find('>')? + 1..];
        } else if rest.get(..8).is_some_and(|word| word.eq_ignore_ascii_case("!doctype")) {
            if rest.get(8..).is_some_and(|name| name.trim_start().to_ascii_lowercase().starts_with("html")) {
                return Some("html");
            }
            // An internal subset ends with `]>`.
            let close = rest.find('>')?;
            let subset = rest[..close].contains('[').then(|| rest.find("]>")).flatten();
            rest = &rest[subset.map_or(close + 1, |at| at + 2)..];
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'));
            return Some(&rest[..end.unwrap_or(rest.len())]).filter(|name| !name.is_empty());
        }
    }
    None
}

/// Text with a form of its own.
fn notation(start: &str, extension: &str) -> Option<&'static str> {
    let lines = || start.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines().next().unwrap_or("");
    if first == "WEBVTT" || first.starts_with("WEBVTT ") || first.starts_with("WEBVTT\t") {
        return Some("text/vtt");
    }
    if first.starts_with("Scenarist_SCC") {
        return Some("text/x-scc");
    }
    if first.starts_with("BEGIN:VCARD") {
        return Some("text/vcard");
    }
    if start.starts_with(['{', '[']) {
        return json(start, extension);
    }
    if first == "Heading" && start.contains("FIELD_DELIM") {
        return Some("application/x-ale");
    }
    if is_subrip(lines()) {
        return Some("application/x-subrip");
    }
    if is_edl(lines()) {
        return Some("application/x-edl");
    }
    if start.starts_with("solid") && start.contains("facet normal") {
        return Some("model/stl");
    }
    let is_vertex = |line: &str| {
        line.strip_prefix("v ").is_some_and(|rest| {
            rest.split_whitespace().take(3).filter(|n| n.parse::<f64>().is_ok()).count() == 3
        })
    };
    (extension == "obj" || lines().take(200).filter(|line| is_vertex(line)).count() > 3)
        .then_some("model/obj")
        .filter(|_| lines().take(2_000).any(is_vertex))
}

fn json(start: &str, extension: &str) -> Option<&'static str> {
    if start.contains("\"OTIO_SCHEMA\"") {
        return Some("application/x-otio+json");
    }
    if extension == "gltf"
        || (start.contains("\"asset\"") && start.contains("\"meshes\"") && start.contains("\"accessors\""))
    {
        return Some("model/gltf+json");
    }
    let next = start[1..].trim_start().chars().next()?;
    let may_follow = match start.as_bytes()[0] {
        b'{' => matches!(next, '"' | '}'),
        _ => matches!(next, '"' | '{' | '[' | ']' | '-' | '0'..='9') || next.is_ascii_lowercase(),
    };
    (may_follow && (start.starts_with('{') || extension == "json" || start.contains(',')))
        .then_some("application/json")
}

/// A number, then two times with commas and an arrow between.
fn is_subrip<'a>(mut lines: impl Iterator<Item = &'a str>) -> bool {
    let is_number =
        lines.next().is_some_and(|line| !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit()));
    is_number
        && lines.next().is_some_and(|line| {
            line.split_once("-->").is_some_and(|(from, to)| {
                [from, to].iter().all(|time| time.trim().len() >= 8 && time.matches(':').count() == 2)
            })
        })
}

/// CMX 3600: a title or frame code mode, or an event with four timecodes.
fn is_edl<'a>(lines: impl Iterator<Item = &'a str>) -> bool {
    let is_timecode = |word: &str| {
        word.len() == 11 && word.bytes().filter(|byte| matches!(byte, b':' | b';' | b'.')).count() == 3
    };
    lines.take(100).any(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words.len() >= 7
            && words[0].bytes().all(|byte| byte.is_ascii_digit())
            && words.iter().rev().take(12).filter(|word| is_timecode(word)).count() >= 4
    })
}

/// Text without a form of its own is what its name says, if that is text.
fn by_name(extension: &str) -> &'static str {
    match super::types::by_extension(extension) {
        Some(named)
            if matches!(
                named.media_type,
                "text/csv"
                    | "text/tab-separated-values"
                    | "text/markdown"
                    | "application/yaml"
                    | "application/x-edl"
            ) =>
        {
            named.media_type
        }
        _ => "text/plain",
    }
}
