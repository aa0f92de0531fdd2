//! Tree → text. Law: the text of a tree that was read from text reads as the same tree again.

use std::fmt;

use crate::tree::{FolderAsk, Node, Query, RangeEnd, Value};

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.root, &self.sort) {
            (Node::All, Some(sort)) => write!(f, "sort:{sort}"),
            (root, Some(sort)) => write!(f, "{root} sort:{sort}"),
            (root, None) => root.fmt(f),
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("*"),
            Self::And(parts) => joined(f, parts, " ", |part| matches!(part, Self::Or(_) | Self::And(_))),
            Self::Or(parts) => joined(f, parts, " OR ", |part| matches!(part, Self::Or(_))),
            Self::Not(part) => {
                let grouped = matches!(**part, Self::And(_) | Self::Or(_));
                if grouped { write!(f, "-({part})") } else { write!(f, "-{part}") }
            }
            Self::Is { field, values } => {
                if let Some(field) = field {
                    write!(f, "{field}:")?;
                }
                for (place, value) in values.iter().enumerate() {
                    if place > 0 {
                        f.write_str(",")?;
                    }
                    value.fmt(f)?;
                }
                Ok(())
            }
            Self::Has { field, present } => {
                write!(f, "{}:{field}", if *present { "has" } else { "missing" })
            }
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Words(text) => f.write_str(text),
            Self::Phrase(text) => quoted(f, text),
            Self::Whole(text) => plain_or_quoted(f, text),
            Self::Prefix(text) => {
                plain_or_quoted(f, text)?;
                f.write_str("*")
            }
            Self::Exactly(literal) => plain_or_quoted(f, &literal.text),
            Self::Range { low: Some(low), high: Some(high) } => {
                write!(f, "{}..{}", low.literal.text, high.literal.text)
            }
            Self::Range { low: Some(end), high: None } => one_sided(f, '>', end),
            Self::Range { low: None, high: Some(end) } => one_sided(f, '<', end),
            Self::Range { low: None, high: None } => f.write_str(".."),
            Self::Folder(folder) => match &folder.asked {
                FolderAsk::Id(id) => id.fmt(f),
                FolderAsk::Path(path) if path.is_empty() => f.write_str("/"),
                FolderAsk::Path(path) => plain_or_quoted(f, path),
            },
            Self::Id(id) => id.fmt(f),
        }
    }
}

fn joined(
    f: &mut fmt::Formatter<'_>,
    parts: &[Node],
    between: &str,
    grouped: fn(&Node) -> bool,
) -> fmt::Result {
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            f.write_str(between)?;
        }
        if grouped(part) {
            write!(f, "({part})")?;
        } else {
            write!(f, "{part}")?;
        }
    }
    Ok(())
}

fn one_sided(f: &mut fmt::Formatter<'_>, sign: char, end: &RangeEnd) -> fmt::Result {
    write!(f, "{sign}{}{}", if end.inclusive { "=" } else { "" }, end.literal.text)
}

/// Without quotes only where no reader could take it for anything else.
fn plain_or_quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let plain = text.starts_with(char::is_alphanumeric)
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':' | '+'));
    // A colon would make a field of what stands before it, were there no field already.
    if plain && !text.contains(':') { f.write_str(text) } else { quoted(f, text) }
}

fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for letter in text.chars() {
        if matches!(letter, '"' | '\\') {
            f.write_str("\\")?;
        }
        fmt::Write::write_char(f, letter)?;
    }
    f.write_str("\"")
}
