//! Govern: who may enter. The first administrator, sessions of browsers, keys of programs.

pub mod erase;
pub mod guesses;
pub mod keys;
pub mod people;
mod secrets;
pub mod sessions;
pub mod setup;

use damask_catalog::accounts;
use damask_model::{ActorId, UserId};
use damask_query::Scope;
use damask_time::Instant;

use crate::{
    caller::{Caller, Permissions},
    trouble::{Outcome, Trouble},
};

pub use secrets::{PASSWORD_BYTES_MAX, PASSWORD_CHARACTERS_MIN};

/// A person who may sign in.
#[derive(Clone, Debug)]
pub struct Account {
    /// Their id.
    pub id: UserId,
    /// What they are called.
    pub name: String,
    /// How they sign in.
    pub email: String,
    /// What they may do.
    pub permissions: Permissions,
}

/// The secret of a session, told once.
#[derive(Clone, Debug)]
pub struct SessionToken {
    /// What the browser keeps.
    pub secret: String,
    /// Until when it is good, unless it is used.
    pub expires: Instant,
}

impl Account {
    fn of(row: &accounts::Account) -> Outcome<Self> {
        let permissions = serde_json::from_value(row.can.clone())
            .map_err(Trouble::fault("read the permissions of an account"))?;
        Ok(Self { id: row.id, name: row.name.clone(), email: row.email.clone(), permissions })
    }

    fn caller(&self) -> Caller {
        Caller {
            actor: ActorId(self.id.0),
            name: self.name.as_str().into(),
            permissions: self.permissions,
            scope: Scope::everything(),
        }
    }
}

/// Addresses are compared in one form.
fn one_form(email: &str) -> String {
    email.trim().to_lowercase()
}

fn hash_of(secret: &str) -> [u8; 32] {
    *blake3::hash(secret.as_bytes()).as_bytes()
}
