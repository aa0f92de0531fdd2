//! The tree a query is: what its text says, with fields found and values typed, and nothing decided about
//! how it is evaluated (see [`crate::plan`]).

use damask_model::{AssetId, FolderId};

use crate::{Literal, QueryError, Schema, Sort};

/// A selection of assets, with the order asked for, if any.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// What must hold.
    pub root: Node,
    /// The order asked for with `sort:`.
    pub sort: Option<Sort>,
}

/// What must hold of an asset.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Nothing: every asset.
    All,
    /// All of these; at least two, none of them an `And`.
    And(Vec<Self>),
    /// Any of these; at least two, none of them an `Or`.
    Or(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
    /// One of these values in a field; without a field, in any that bare words look in.
    Is {
        /// The field's name.
        field: Option<String>,
        /// At least one.
        values: Vec<Value>,
    },
    /// The field has a value, or has none.
    Has {
        /// The field's name.
        field: String,
        /// `has:` or `missing:`.
        present: bool,
    },
}

/// A value asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Words by their stems, following each other: of a text field.
    Words(String),
    /// Words in their exact forms, following each other: of a text field.
    Phrase(String),
    /// The whole value: of a keyword field.
    Whole(String),
    /// What begins so: the last word of a text field, the whole value of a keyword field.
    Prefix(String),
    /// What the literal covers: of an ordered field.
    Exactly(Literal),
    /// What lies between: of an ordered field.
    Range {
        /// From here.
        low: Option<RangeEnd>,
        /// To here.
        high: Option<RangeEnd>,
    },
    /// A folder and what lies below.
    Folder(FolderValue),
    /// An asset.
    Id(AssetId),
}

/// An end of a range.
#[derive(Clone, Debug, PartialEq)]
pub struct RangeEnd {
    /// The value there.
    pub literal: Literal,
    /// Whether what it covers belongs to the range.
    pub inclusive: bool,
}

/// A folder as it was asked for and, once resolved, what it stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct FolderValue {
    /// As it was written.
    pub asked: FolderAsk,
    /// The folder and all below; `None` until [`Query::resolve_folders`].
    pub ids: Option<Vec<FolderId>>,
}

/// How a folder was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FolderAsk {
    /// By its path from the root, without slashes at either end; the root itself is empty.
    Path(String),
    /// By its id.
    Id(FolderId),
}

impl Query {
    /// Every asset.
    pub const fn everything() -> Self {
        Self { root: Node::All, sort: None }
    }

    /// Reads a query (`docs/guide/query.md` has the grammar).
    ///
    /// # Errors
    /// Where the text is not a query or goes over a limit.
    pub fn parse(text: &str, schema: &Schema) -> Result<Self, QueryError> {
        crate::parse::parse(text, schema)
    }

    /// What both select, in this one's order.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { root: Node::all_of(vec![self.root, other.root]), sort: self.sort.or(other.sort) }
    }

    /// Every folder that is asked for and not yet resolved, so that a caller can look them up beforehand.
    pub fn folders(&self) -> Vec<FolderAsk> {
        let mut found = Vec::new();
        self.clone().root.each_folder(&mut |folder| {
            if folder.ids.is_none() && folder.asked != FolderAsk::ROOT {
                found.push(folder.asked.clone());
            }
        });
        found
    }

    /// The same query with each folder replaced by itself and all that lies below. `None` for a folder that
    /// does not exist: nothing lies in it.
    #[must_use]
    pub fn resolve_folders(mut self, resolve: &mut dyn FnMut(&FolderAsk) -> Option<Vec<FolderId>>) -> Self {
        self.root.each_folder(&mut |folder| {
            if folder.ids.is_none() && folder.asked != FolderAsk::ROOT {
                folder.ids = Some(resolve(&folder.asked).unwrap_or_default());
            }
        });
        self
    }
}

impl FolderAsk {
    /// The root: everything lies in it.
    pub const ROOT: Self = Self::Path(String::new());

    /// From a path or an id.
    pub fn parse(text: &str) -> Self {
        match text.parse() {
            Ok(id) => Self::Id(id),
            Err(_) => Self::Path(text.trim().trim_matches('/').to_owned()),
        }
    }
}

impl Node {
    /// All of these, flattened; [`Node::All`] is left out unless it stands alone.
    pub fn all_of(nodes: Vec<Self>) -> Self {
        let kept = nodes.into_iter().filter(|node| *node != Self::All);
        Self::flattened(kept.collect(), |node| match node {
            Self::And(parts) => Ok(parts),
            other => Err(other),
        })
        .map_or(Self::All, |parts| one_or(parts, Self::And))
    }

    /// Any of these, flattened. No nodes at all make [`Node::All`].
    pub fn any_of(nodes: Vec<Self>) -> Self {
        Self::flattened(nodes, |node| match node {
            Self::Or(parts) => Ok(parts),
            other => Err(other),
        })
        .map_or(Self::All, |parts| one_or(parts, Self::Or))
    }

    fn flattened(nodes: Vec<Self>, parts_of: fn(Self) -> Result<Vec<Self>, Self>) -> Option<Vec<Self>> {
        let mut flat = Vec::new();
        for node in nodes {
            match parts_of(node) {
                Ok(parts) => flat.extend(parts),
                Err(node) => flat.push(node),
            }
        }
        (!flat.is_empty()).then_some(flat)
    }

    fn each_folder(&mut self, visit: &mut dyn FnMut(&mut FolderValue)) {
        match self {
            Self::All | Self::Has { .. } => {}
            Self::And(parts) | Self::Or(parts) => parts.iter_mut().for_each(|part| part.each_folder(visit)),
            Self::Not(part) => part.each_folder(visit),
            Self::Is { values, .. } => {
                for value in values {
                    if let Value::Folder(folder) = value {
                        visit(folder);
                    }
                }
            }
        }
    }
}

fn one_or(mut parts: Vec<Node>, many: fn(Vec<Node>) -> Node) -> Node {
    if parts.len() == 1 { parts.swap_remove(0) } else { many(parts) }
}

/// What a caller may see: a query that every search of theirs is narrowed by.
#[derive(Clone, Debug, PartialEq)]
pub struct Scope(Query);

impl Scope {
    /// No limit: the administrator's.
    pub const fn everything() -> Self {
        Self(Query::everything())
    }

    /// What this query selects.
    pub const fn of(query: Query) -> Self {
        Self(query)
    }

    /// The query.
    pub const fn query(&self) -> &Query {
        &self.0
    }

    /// What both allow.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0.and(other.0))
    }
}
