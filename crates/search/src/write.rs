//! A search document in the form the engine takes.
//!
//! Each word goes in twice at one place: its stem, and its exact form behind [`EXACT`].

use damask_query::{Document, Schema, SortValue, Term, analysis, sort_value};
use tantivy::{
    TantivyDocument,
    schema::Field,
    tokenizer::{PreTokenizedString, Token},
};

use crate::columns::{Columns, ID_HIGH, ID_LOW};

/// Stands before exact forms; no word has it.
pub const EXACT: char = '=';
/// Stands between the folded value and the value as written; no keyword has it.
pub const AS_WRITTEN: char = '\0';

/// The engine's document for ours.
pub fn engine_document(columns: &Columns, schema: &Schema, document: &Document) -> TantivyDocument {
    let mut out = TantivyDocument::new();
    let (high, low) = document.id().0.as_u64_pair();
    out.add_bytes(columns.id, document.id().0.as_bytes());
    for (name, half) in [(ID_HIGH, high), (ID_LOW, low)] {
        if let Ok(field) = columns.engine.get_field(name) {
            out.add_u64(field, half);
        }
    }
    for (name, terms) in document.fields() {
        out.add_text(columns.present, name);
        let bare = schema.field(name).is_some_and(|field| field.bare);
        for term in terms {
            put(&mut out, columns, name, bare, term);
        }
        if let (Some(slot), Some(SortValue::Text(text))) =
            (columns.of(name).sort, terms.first().and_then(sort_value))
        {
            out.add_text(slot, text);
        }
    }
    out
}

fn put(out: &mut TantivyDocument, columns: &Columns, name: &str, bare: bool, term: &Term) {
    let slots = columns.of(name);
    let mut whole = |folded: &str, written: &str| {
        if let Some(slot) = slots.whole {
            out.add_text(slot, folded);
        }
        if let Some(slot) = slots.value {
            out.add_text(slot, format!("{folded}{AS_WRITTEN}{written}"));
        }
    };
    match term {
        Term::Keyword(text) => whole(&analysis::whole(text), text),
        Term::Folder(folder) => {
            let id = folder.to_string();
            whole(&id, &id);
        }
        _ => {}
    }
    match term {
        Term::Text(text) | Term::Keyword(text) => {
            let targets: Vec<Field> =
                slots.words.into_iter().chain(bare.then_some(columns.any_words)).collect();
            put_words(out, &targets, text);
        }
        Term::Integer(number) => put_integer(out, slots.number, *number),
        Term::Boolean(yes) => put_integer(out, slots.number, i64::from(*yes)),
        Term::Moment { start, end } => {
            put_integer(out, slots.number, start.micros);
            put_integer(out, slots.until, end.micros);
        }
        Term::Number(number) => {
            if let Some(slot) = slots.number {
                out.add_f64(slot, *number);
            }
        }
        Term::Position | Term::Folder(_) => {}
    }
}

fn put_integer(out: &mut TantivyDocument, slot: Option<Field>, number: i64) {
    if let Some(slot) = slot {
        out.add_i64(slot, number);
    }
}

fn put_words(out: &mut TantivyDocument, targets: &[Field], text: &str) {
    if targets.is_empty() {
        return;
    }
    let mut tokens = Vec::new();
    for (position, word) in analysis::words(text).into_iter().enumerate() {
        let token = |text: String| Token { text, position, ..Token::default() };
        tokens.push(token(format!("{EXACT}{}", word.folded)));
        tokens.push(token(word.stem));
    }
    for target in targets {
        let ready = PreTokenizedString { text: String::new(), tokens: tokens.clone() };
        out.add_pre_tokenized_text(*target, ready);
    }
}
