//! One write on its way: its connection, and the facts it states. See [`crate::writer`] for how it commits.

use damask_model::{ActorId, Change, FactId, NewFact, Uuid, Verb, fact::SUBJECTS_MAX};
use damask_time::Instant;

use crate::{Conn, jobs::Moves, record::Told};

/// A write transaction. What is done with it becomes durable together, or not at all.
#[derive(Debug)]
pub struct Tx {
    pub(crate) conn: Conn,
    pub(crate) now: Instant,
    pub(crate) facts: Vec<NewFact>,
    /// What the facts say of tables of record.
    pub(crate) told: Vec<Told>,
    /// Assets made less assets purged.
    pub(crate) assets: i64,
    /// Bytes of files made less those purged.
    pub(crate) bytes: i64,
    /// Jobs that were added or moved.
    pub(crate) jobs: Moves,
}

impl Tx {
    pub(crate) fn new(conn: Conn, now: Instant) -> Self {
        Self { conn, now, facts: Vec::new(), told: Vec::new(), assets: 0, bytes: 0, jobs: Moves::default() }
    }

    /// The connection, for reads that see what this write has done so far.
    pub const fn conn(&mut self) -> &mut Conn {
        &mut self.conn
    }

    /// When the transaction began, by the catalog's clock. Its facts bear this time.
    pub const fn now(&self) -> Instant {
        self.now
    }

    /// States a fact. It gets its sequence when the transaction commits.
    ///
    /// # Panics
    /// When it has no subject, or more than [`SUBJECTS_MAX`]: a change of more is several facts.
    pub fn state(&mut self, fact: NewFact) {
        let subjects = fact.subjects.len();
        assert!(
            (1..=SUBJECTS_MAX).contains(&subjects),
            "a fact bears 1 to {SUBJECTS_MAX} subjects, not {subjects}"
        );
        self.facts.push(fact);
    }

    /// States a fact with an id of its own, and answers the id for the rows that name it.
    ///
    /// # Panics
    /// As [`Tx::state`].
    pub fn fact(&mut self, actor: ActorId, verb: Verb, subjects: &[Uuid], change: Change) -> FactId {
        let id = FactId::fresh();
        self.state(NewFact { id, actor, verb, subjects: subjects.to_vec(), change });
        id
    }
}
