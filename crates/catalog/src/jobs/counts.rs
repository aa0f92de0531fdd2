//! How many jobs wait, run and are dead. Kept in the head row by each write that moves some, in the same
//! transaction, so that asking costs the same however many there are; an import asks several times a second.

use crate::{CatalogError, Conn, cell::params};

/// How many jobs stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Wait for their time and a worker.
    pub waiting: u64,
    /// Held by a worker.
    pub running: u64,
    /// Wait for a person.
    pub dead: u64,
}

/// What a write has done to the counts so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Moves {
    /// Jobs were added or set free: workers want to know.
    pub(crate) woke: bool,
    /// Jobs that wait now less those that do no more.
    pub(crate) waiting: i64,
    /// Jobs that run now less those that do no more.
    pub(crate) running: i64,
    /// Jobs that are dead now less those that are no more.
    pub(crate) dead: i64,
}

impl Moves {
    /// Whether all counts are as they were.
    pub(crate) const fn is_none(self) -> bool {
        self.waiting == 0 && self.running == 0 && self.dead == 0
    }
}

/// How many wait, run and are dead. Counts nothing: one row is read.
pub async fn counts(conn: &mut Conn) -> Result<Counts, CatalogError> {
    let row = conn
        .one("SELECT jobs_waiting, jobs_running, jobs_dead FROM head WHERE singleton = 1", params![], |row| {
            Ok(Counts { waiting: row.next()?, running: row.next()?, dead: row.next()? })
        })
        .await?;
    row.ok_or_else(|| CatalogError::broken("the head row is there from the first migration on"))
}
