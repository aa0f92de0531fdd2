//! Requests that are carried out once, however often they are sent: whoever asks gives a key, and the answer is kept
//! for the next time (IETF draft "The Idempotency-Key HTTP Header Field").

use damask_catalog::{Tx, Urgency, idempotency};

pub use damask_catalog::idempotency::Known;

use crate::{
    caller::Caller,
    damask::Damask,
    trouble::{Outcome, Trouble},
};

/// Seconds for which an answer is kept.
const KEPT_S: i64 = 24 * 3_600;
/// Seconds for which a request without an answer counts as being carried out; whoever did it may have died.
const CARRIED_OUT_S: i64 = 120;

/// A caller's key.
#[derive(Clone, Debug)]
pub struct Once {
    damask: Damask,
    caller: Caller,
    key: String,
}

impl Once {
    /// The key as the caller gave it.
    pub const fn new(damask: Damask, caller: Caller, key: String) -> Self {
        Self { damask, caller, key }
    }

    /// What is known of the key; where it is new, the request is to be carried out now. `request` is all that makes
    /// the request this one.
    pub async fn begin(&self, request: &[u8]) -> Outcome<Known> {
        let digest = *blake3::hash(request).as_bytes();
        let (key, actor) = (self.key.clone(), self.caller.actor);
        let expires = self.damask.now().plus_seconds(CARRIED_OUT_S);
        let write = async move |tx: &mut Tx| {
            Ok::<_, Trouble>(idempotency::begin(tx, &key, actor, digest, expires).await?)
        };
        Ok(self.damask.catalog().write(Urgency::Interactive, write).await?.value)
    }

    /// Keeps the answer.
    pub async fn answered(&self, status: u16, response: String) -> Outcome<()> {
        let (key, actor) = (self.key.clone(), self.caller.actor);
        let expires = self.damask.now().plus_seconds(KEPT_S);
        let write = async move |tx: &mut Tx| {
            Ok::<_, Trouble>(idempotency::answer(tx, &key, actor, (status, &response), expires).await?)
        };
        self.damask.catalog().write(Urgency::Interactive, write).await?;
        Ok(())
    }

    /// The request came to nothing and may be sent again.
    pub async fn came_to_nothing(&self) -> Outcome<()> {
        let (key, actor) = (self.key.clone(), self.caller.actor);
        let write = async move |tx: &mut Tx| Ok::<_, Trouble>(idempotency::forget(tx, &key, actor).await?);
        self.damask.catalog().write(Urgency::Interactive, write).await?;
        Ok(())
    }
}
