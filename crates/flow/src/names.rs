//! What people call whoever a fact or a check-out names only by an id.

use std::collections::{HashMap, hash_map::Entry};

use damask_catalog::{Conn, accounts};
use damask_model::{ActorId, UserId};

use crate::{caller::Caller, trouble::Outcome};

/// Names that were looked up, each once.
pub(crate) struct Names {
    known: HashMap<ActorId, Option<String>>,
}

impl Default for Names {
    fn default() -> Self {
        let known = [
            (Caller::damask().actor, Some(Caller::damask().name.to_string())),
            (Caller::local().actor, Some("this machine's owner".to_owned())),
        ];
        Self { known: known.into() }
    }
}

impl Names {
    /// What they are called; `None` where nobody knows them any more.
    pub(crate) async fn of(&mut self, conn: &mut Conn, actor: ActorId) -> Outcome<Option<String>> {
        if let Entry::Vacant(unknown) = self.known.entry(actor) {
            let account = accounts::by_id(conn, UserId(actor.0)).await?;
            unknown.insert(account.map(|account| account.name).filter(|name| !name.is_empty()));
        }
        Ok(self.known.get(&actor).cloned().flatten())
    }
}
