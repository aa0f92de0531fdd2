//! Reads the values of a field by its kind: words, whole names, numbers, dates, ranges, folders, ids.

use std::ops::Range;

use crate::{
    Literal, Meaning, QueryError, Schema, analysis,
    lex::Lexeme,
    literal,
    schema::{Field, Kind, Unit},
    tree::{FolderAsk, FolderValue, RangeEnd, Value},
};

/// Reads a value of `field`; without a field, words.
pub fn read(schema: &Schema, field: Option<&Field>, lexeme: &Lexeme) -> Result<Value, QueryError> {
    let at = lexeme.start..lexeme.end;
    let Some(field) = field else { return words(lexeme, at) };
    match field.kind {
        Kind::Text => {
            no_comparison(field, lexeme)?;
            words(lexeme, at)
        }
        Kind::Keyword => {
            no_comparison(field, lexeme)?;
            whole(schema, field, lexeme, at)
        }
        Kind::Folder => no_star(field, lexeme)
            .map(|()| Value::Folder(FolderValue { asked: FolderAsk::parse(&lexeme.text), ids: None })),
        Kind::Id => no_star(field, lexeme).and_then(|()| {
            let wrong = || {
                QueryError::new(at, "this is not an id", "an id like 01890a5d-ac96-774b-bcce-b302099a8057")
            };
            lexeme.text.parse().map(Value::Id).map_err(|_| wrong())
        }),
        Kind::Position => Err(QueryError::new(
            at,
            format!("{} cannot be compared", field.name),
            format!("has:{0} or missing:{0}", field.name),
        )),
        Kind::Boolean => no_star(field, lexeme).and_then(|()| {
            let wrong = || QueryError::new(at, format!("{} is yes or no", field.name), "yes or no");
            let yes = literal::boolean(&lexeme.text).ok_or_else(wrong)?;
            let text = if yes { "yes" } else { "no" }.to_owned();
            Ok(Value::Exactly(Literal { text, meaning: Meaning::Boolean(yes) }))
        }),
        Kind::Integer | Kind::Number | Kind::Moment => {
            no_star(field, lexeme).and_then(|()| ordered(field, lexeme))
        }
    }
}

fn words(lexeme: &Lexeme, at: Range<usize>) -> Result<Value, QueryError> {
    if analysis::words(&lexeme.text).is_empty() {
        return Err(QueryError::new(
            at,
            "there are no letters or digits to search for",
            "a word, a \"phrase\", or field:value",
        ));
    }
    let text = lexeme.text.clone();
    Ok(match (lexeme.starred, lexeme.quoted) {
        (true, _) => Value::Prefix(text),
        (false, true) => Value::Phrase(text),
        (false, false) => Value::Words(text),
    })
}

fn whole(schema: &Schema, field: &Field, lexeme: &Lexeme, at: Range<usize>) -> Result<Value, QueryError> {
    let folded = analysis::whole(&lexeme.text);
    if folded.is_empty() {
        return Err(QueryError::new(at, format!("{} is compared with nothing", field.name), "a value"));
    }
    if lexeme.starred {
        return Ok(Value::Prefix(lexeme.text.clone()));
    }
    if field.closed.is_empty() {
        return Ok(Value::Whole(lexeme.text.clone()));
    }
    schema.value_meant(field, &folded).map(|value| Value::Whole(value.to_owned())).ok_or_else(|| {
        QueryError::new(
            at,
            format!("{} is never {:?}", field.name, lexeme.text),
            format!("one of {}", field.closed.join(", ")),
        )
    })
}

fn no_star(field: &Field, lexeme: &Lexeme) -> Result<(), QueryError> {
    if !lexeme.starred {
        return Ok(());
    }
    let at = lexeme.end - 1..lexeme.end;
    Err(QueryError::new(at, format!("a * says nothing about {}", field.name), expected(field)))
}

fn no_comparison(field: &Field, lexeme: &Lexeme) -> Result<(), QueryError> {
    if lexeme.quoted || !lexeme.text.starts_with(['<', '>']) {
        return Ok(());
    }
    Err(QueryError::new(
        lexeme.start..lexeme.start + 1,
        format!("{} cannot be compared with < and >", field.name),
        "a value; < and > compare numbers and dates",
    ))
}

fn ordered(field: &Field, lexeme: &Lexeme) -> Result<Value, QueryError> {
    let text = lexeme.text.as_str();
    if lexeme.quoted {
        return literal_of(field, text.trim(), lexeme.start..lexeme.end).map(Value::Exactly);
    }
    for (sign, above, inclusive) in
        [(">=", true, true), ("<=", false, true), (">", true, false), ("<", false, false)]
    {
        if let Some(rest) = text.strip_prefix(sign) {
            let literal = range_literal(field, rest, lexeme.start + sign.len()..lexeme.end)?;
            let end = Some(RangeEnd { literal, inclusive });
            return Ok(if above {
                Value::Range { low: end, high: None }
            } else {
                Value::Range { low: None, high: end }
            });
        }
    }
    let Some((low, high)) = text.split_once("..") else {
        return literal_of(field, text, lexeme.start..lexeme.end).map(Value::Exactly);
    };
    let middle = lexeme.start + low.chars().count();
    let end_of = |text: &str, at: Range<usize>| -> Result<Option<RangeEnd>, QueryError> {
        if text.is_empty() {
            return Ok(None);
        }
        range_literal(field, text, at).map(|literal| Some(RangeEnd { literal, inclusive: true }))
    };
    let (low, high) = (end_of(low, lexeme.start..middle)?, end_of(high, middle + 2..lexeme.end)?);
    if low.is_none() && high.is_none() {
        return Err(QueryError::new(lexeme.start..lexeme.end, "this range has no ends", expected(field)));
    }
    if let (Some(low), Some(high)) = (&low, &high)
        && reversed(&low.literal.meaning, &high.literal.meaning)
    {
        return Err(QueryError::new(
            lexeme.start..lexeme.end,
            "this range ends before it begins",
            format!("the smaller first: {}..{}", high.literal.text, low.literal.text),
        ));
    }
    Ok(Value::Range { low, high })
}

fn range_literal(field: &Field, text: &str, at: Range<usize>) -> Result<Literal, QueryError> {
    let literal = literal_of(field, text, at.clone())?;
    if let Meaning::Within { .. } = literal.meaning {
        return Err(QueryError::new(
            at,
            format!("{text} already means from {text} ago until now"),
            format!("{}:{text} alone, or a date, today or yesterday here", field.name),
        ));
    }
    Ok(literal)
}

fn literal_of(field: &Field, text: &str, at: Range<usize>) -> Result<Literal, QueryError> {
    let meaning = match (field.kind, field.unit) {
        (Kind::Moment, _) => literal::moment(text),
        (Kind::Integer, Unit::Bytes) => literal::bytes(text),
        (Kind::Integer, _) => literal::integer(text),
        (_, Unit::Seconds) => literal::seconds(text),
        _ => literal::number(text),
    };
    meaning.map(|meaning| Literal { text: text.to_owned(), meaning }).ok_or_else(|| {
        let shown: String = text.chars().take(40).collect();
        let message = if shown.is_empty() {
            format!("{} is compared with nothing", field.name)
        } else {
            format!("{} cannot be {shown:?}", field.name)
        };
        QueryError::new(at, message, expected(field))
    })
}

fn reversed(low: &Meaning, high: &Meaning) -> bool {
    match (low, high) {
        (Meaning::Integer { exact: low, .. }, Meaning::Integer { exact: high, .. }) => low > high,
        (Meaning::Number { exact: low, .. }, Meaning::Number { exact: high, .. }) => low > high,
        (Meaning::Moment { start, .. }, Meaning::Moment { end, .. }) => start >= end,
        _ => false,
    }
}

/// What a value of the field looks like, for people.
pub fn expected(field: &Field) -> &'static str {
    match (field.kind, field.unit) {
        (Kind::Text, _) => "a word, a \"phrase\", or the beginning of a word and *",
        (Kind::Keyword, _) => "a value, \"in quotes\" if it has spaces, or its beginning and *",
        (Kind::Integer, Unit::Bytes) => "a size like 10MB, >=1GB or 1MB..5MB",
        (Kind::Integer, _) => "a whole number like 3000, >=3000 or 1000..2000",
        (_, Unit::Seconds) => "a length like 90s, >1m30s or 1m..2h",
        (Kind::Number, _) => "a number like 2.8, 1/250, <=4 or 1.4..2.8",
        (Kind::Boolean, _) => "yes or no",
        (Kind::Moment, _) => "a date like 2026, 2026-06, 2026-06-14, today, 7d, >=2026-06 or 2025..2026-06",
        (Kind::Position, _) => "has:position or missing:position",
        (Kind::Folder, _) => "a path like \"News/2026\" or the id of a folder",
        (Kind::Id, _) => "the id of an asset",
    }
}
