//! The history of an asset: the facts that bear it.

use damask_flow::view::FactView;
use damask_model::Uuid;
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::page::next_after;

/// A page of facts, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct History {
    /// The facts.
    pub items: Vec<FactLine>,
    /// Give it as `after` to see older facts; null on the last page.
    #[schema(required)]
    pub next: Option<i64>,
}

/// One fact.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Fact)]
pub struct FactLine {
    /// Its place in the journal.
    seq: i64,
    /// When it was stated.
    #[schema(format = DateTime)]
    at: String,
    /// What happened.
    #[schema(example = "asset.edited")]
    verb: String,
    /// Who did it.
    actor: ActorView,
    /// What stood there before; null where nothing did.
    before: Json,
    /// What stands there since; null where nothing does.
    after: Json,
}

/// Who did something.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Actor)]
pub struct ActorView {
    id: Uuid,
    /// What people call them, where that is known.
    #[schema(required)]
    name: Option<String>,
}

impl History {
    /// A page of at most `limit` facts.
    pub fn new(facts: Vec<FactView>, limit: usize) -> Self {
        let next = next_after(&facts, limit, |fact| fact.seq.0);
        Self { items: facts.into_iter().map(FactLine::from).collect(), next }
    }
}

impl From<FactView> for FactLine {
    fn from(fact: FactView) -> Self {
        let change = fact.change.unwrap_or_default();
        Self {
            seq: fact.seq.0,
            at: fact.at.to_string(),
            verb: fact.verb.name().to_owned(),
            actor: ActorView { id: fact.actor.0, name: fact.actor_name },
            before: change.before,
            after: change.after,
        }
    }
}
