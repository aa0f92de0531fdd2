//! What lies in the trash is found only by whoever asks for it.

use crate::{
    Query,
    schema::{IS, TRASHED},
    tree::{Node, Value},
};

impl Query {
    /// The same query without what lies in the trash; a query that speaks of the trash (`is:trashed`, `-is:trashed`,
    /// `trashed:2026`) stays as it is.
    #[must_use]
    pub fn leaving_trash(self) -> Self {
        if self.root.speaks_of_trash() {
            return self;
        }
        let trashed = Node::Is { field: Some(IS.to_owned()), values: vec![Value::Whole(TRASHED.to_owned())] };
        self.and(Self { root: Node::Not(Box::new(trashed)), sort: None })
    }
}

impl Node {
    fn speaks_of_trash(&self) -> bool {
        match self {
            Self::All => false,
            Self::And(parts) | Self::Or(parts) => parts.iter().any(Self::speaks_of_trash),
            Self::Not(part) => part.speaks_of_trash(),
            Self::Has { field, .. } => field == TRASHED,
            Self::Is { field, values } => match field.as_deref() {
                Some(TRASHED) => true,
                Some(IS) => values.iter().any(|value| matches!(value, Value::Whole(word) if word == TRASHED)),
                _ => false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Query, Schema};

    fn check(text: &str, leaves_it: bool) {
        let query = Query::parse(text, &Schema::core()).expect(text);
        assert_eq!(query.clone().leaving_trash() != query, leaves_it, "{text}");
    }

    #[test]
    fn a_query_that_does_not_speak_of_the_trash_leaves_it() {
        check("", true);
        check("harbour type:image", true);
        check("is:previewed", true);
        check("is:trashed", false);
        check("-is:trashed", false);
        check("harbour (is:failed OR is:trashed)", false);
        check("trashed:2026", false);
        check("has:trashed", false);
    }
}
