//! Text → tree, by recursive descent over the grammar in `docs/guide/query.md`.

use std::ops::Range;

use crate::{
    DEPTH_MAX, LENGTH_MAX, Query, QueryError, Schema, Sort, TERMS_MAX, lex::Cursor, schema::Field,
    tree::Node, value,
};

const CONDITION: &str = "a word, a \"phrase\", field:value, or (…)";

pub fn parse(text: &str, schema: &Schema) -> Result<Query, QueryError> {
    let cursor = Cursor::new(text);
    if cursor.length() > LENGTH_MAX {
        return Err(QueryError::new(
            LENGTH_MAX..cursor.length(),
            format!("this query has {} characters", cursor.length()),
            format!("at most {LENGTH_MAX}"),
        ));
    }
    let mut parser = Parser { cursor, schema, depth: 0, terms: 0, sort: None };
    let root = match parser.cursor.next_solid() {
        None => Node::All,
        Some(_) => parser.any_of()?,
    };
    if let Some(left) = parser.cursor.next_solid() {
        let at = parser.cursor.at();
        return Err(QueryError::new(
            at..at + 1,
            format!("this {left} closes nothing"),
            "a ( before it, or no )",
        ));
    }
    Ok(Query { root, sort: parser.sort })
}

struct Parser<'a> {
    cursor: Cursor,
    schema: &'a Schema,
    depth: usize,
    terms: usize,
    sort: Option<Sort>,
}

impl Parser<'_> {
    fn any_of(&mut self) -> Result<Node, QueryError> {
        let mut parts = vec![self.all_of(self.depth == 0)?];
        while self.cursor.next_solid().is_some() && self.cursor.take_word("OR") {
            parts.push(self.all_of(false)?);
        }
        Ok(Node::any_of(parts))
    }

    /// Conditions side by side; none at all only where a `sort:` may stand alone.
    fn all_of(&mut self, may_only_sort: bool) -> Result<Node, QueryError> {
        let (mut parts, mut sorted) = (Vec::new(), false);
        loop {
            match self.cursor.next_solid() {
                None | Some(')') => break,
                Some(_) => {}
            }
            let at = self.cursor.at();
            if self.cursor.take_word("OR") {
                if parts.is_empty() {
                    return Err(self.missing(at..at + 2, "OR stands between two conditions"));
                }
                // Left to the caller.
                self.cursor.rewind(at);
                break;
            }
            if self.cursor.take_word("AND") {
                let follows = !matches!(self.cursor.next_solid(), None | Some(')'));
                if parts.is_empty() || !follows {
                    return Err(self.missing(at..at + 3, "AND stands between two conditions"));
                }
                parts.push(self.negated()?);
            } else if self.take_sort()? {
                sorted = true;
            } else {
                parts.push(self.negated()?);
            }
        }
        let only_sorted = sorted && may_only_sort && self.cursor.peek().is_none();
        if parts.is_empty() && !only_sorted {
            let at = self.cursor.at();
            return Err(self.missing(at..at, "a condition is missing here"));
        }
        Ok(Node::all_of(parts))
    }

    fn negated(&mut self) -> Result<Node, QueryError> {
        self.cursor.next_solid();
        let at = self.cursor.at();
        let negates = self.cursor.take_word("NOT") || self.cursor.take('-');
        if !negates {
            return self.condition();
        }
        let spaced = self.cursor.at() - at == 1 && self.cursor.at_gap() && self.cursor.peek() != Some('(');
        if spaced || self.cursor.next_solid().is_none_or(|next| next == ')') {
            return Err(self.missing(at..self.cursor.at().min(at + 3), "nothing is excluded here"));
        }
        self.descend(at)?;
        let part = self.negated()?;
        self.depth -= 1;
        Ok(Node::Not(Box::new(part)))
    }

    fn condition(&mut self) -> Result<Node, QueryError> {
        let at = self.cursor.at();
        for word in ["AND", "OR"] {
            if self.cursor.take_word(word) {
                let range = at..at + word.len();
                return Err(self.missing(range, format!("{word} stands between two conditions")));
            }
        }
        if self.cursor.take('(') {
            self.descend(at)?;
            let node = self.any_of()?;
            if !self.cursor.take(')') {
                return Err(QueryError::new(
                    at..at + 1,
                    "this ( is never closed",
                    "a ) after the last condition",
                ));
            }
            self.depth -= 1;
            return Ok(node);
        }
        if let Some(word) = self.cursor.take_field() {
            return self.field_condition(&word, at);
        }
        let lexeme = self.cursor.lexeme(&[])?;
        self.count(lexeme.start..lexeme.end)?;
        if lexeme.starred && !lexeme.quoted && lexeme.text.is_empty() {
            return Ok(Node::All);
        }
        let value = value::read(self.schema, None, &lexeme)?;
        Ok(Node::Is { field: None, values: vec![value] })
    }

    fn field_condition(&mut self, word: &str, at: usize) -> Result<Node, QueryError> {
        let named = at..at + word.chars().count();
        if matches!(word.to_ascii_lowercase().as_str(), "has" | "missing" | "no") {
            return self.has(!word.eq_ignore_ascii_case("has"));
        }
        if is_sort(word) {
            let message = "sort: orders the whole result";
            return Err(QueryError::new(named, message, "sort: outside of ( ), OR and NOT"));
        }
        let field = self.field(word, named)?;
        let mut values = Vec::new();
        loop {
            if self.cursor.at_gap() {
                let at = self.cursor.at();
                let message = match self.cursor.peek() {
                    Some('(') => "a list of values is written without ( )".to_owned(),
                    _ => format!("a value of {} is missing here", field.name),
                };
                return Err(QueryError::new(at..at, message, value::expected(&field)));
            }
            let lexeme = self.cursor.lexeme(&[','])?;
            self.count(lexeme.start..lexeme.end)?;
            if lexeme.starred && !lexeme.quoted && lexeme.text.is_empty() {
                // `caption:*` is what many programs write for `has:caption`.
                return Ok(Node::Has { field: field.name, present: true });
            }
            values.push(value::read(self.schema, Some(&field), &lexeme)?);
            if !self.cursor.take(',') {
                break;
            }
        }
        self.must_end()?;
        Ok(Node::Is { field: Some(field.name), values })
    }

    fn has(&mut self, missing: bool) -> Result<Node, QueryError> {
        let lexeme = self.cursor.lexeme(&[','])?;
        let at = lexeme.start..lexeme.end;
        self.count(at.clone())?;
        let field = self.field(&lexeme.text, at)?;
        self.must_end()?;
        Ok(Node::Has { field: field.name, present: !missing })
    }

    /// After a value comes a gap or the end: `a:"b"c` is a slip, not two conditions.
    fn must_end(&self) -> Result<(), QueryError> {
        if self.cursor.at_gap() {
            return Ok(());
        }
        let at = self.cursor.at();
        Err(QueryError::new(at..at + 1, "this joins two conditions", "a space before it"))
    }

    fn take_sort(&mut self) -> Result<bool, QueryError> {
        let at = self.cursor.at();
        match self.cursor.take_field() {
            Some(word) if is_sort(&word) && self.depth == 0 => {}
            Some(_) => {
                self.cursor.rewind(at);
                return Ok(false);
            }
            None => return Ok(false),
        }
        let lexeme = self.cursor.lexeme(&[])?;
        let at = lexeme.start..lexeme.end;
        let names = || {
            let fields = self.schema.fields().filter(|field| field.sortable);
            let names: Vec<&str> = fields.map(|field| field.name.as_str()).collect();
            format!("relevance or one of {}, with a - before it for the largest first", names.join(", "))
        };
        let Some(sort) = Sort::parse(&lexeme.text, self.schema) else {
            return Err(QueryError::new(
                at,
                format!("results cannot be ordered by {:?}", lexeme.text),
                names(),
            ));
        };
        if self.sort.is_some() {
            return Err(QueryError::new(at, "the results are ordered already", "one sort:"));
        }
        self.sort = Some(sort);
        Ok(true)
    }

    fn field(&self, word: &str, at: Range<usize>) -> Result<Field, QueryError> {
        self.schema.meant(word).cloned().ok_or_else(|| {
            let shown: String = word.chars().take(40).collect();
            let expected = match self.schema.nearest(word) {
                Some(near) => format!("{near}:… perhaps; or put the words in \"quotes\""),
                None => "a field like title, keywords or captured; or put the words in \"quotes\"".to_owned(),
            };
            QueryError::new(at, format!("there is no field {shown:?}"), expected)
        })
    }

    fn descend(&mut self, at: usize) -> Result<(), QueryError> {
        self.depth += 1;
        if self.depth <= DEPTH_MAX {
            return Ok(());
        }
        Err(QueryError::new(
            at..at + 1,
            "this query has too many levels of ( ) and NOT",
            format!("at most {DEPTH_MAX}"),
        ))
    }

    fn count(&mut self, at: Range<usize>) -> Result<(), QueryError> {
        self.terms += 1;
        if self.terms <= TERMS_MAX {
            return Ok(());
        }
        Err(QueryError::new(at, "this query has too many words and values", format!("at most {TERMS_MAX}")))
    }

    fn missing(&self, at: Range<usize>, message: impl Into<String>) -> QueryError {
        QueryError::new(at, message, CONDITION)
    }
}

fn is_sort(word: &str) -> bool {
    word.eq_ignore_ascii_case("sort")
}
