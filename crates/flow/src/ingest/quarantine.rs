//! Quarantine: files that failed a check, waiting for a person.

use damask_catalog::quarantine;
use damask_model::QuarantineId;
use damask_time::Instant;

use crate::{
    caller::{Caller, Permission},
    damask::Damask,
    trouble::Outcome,
};

/// A file in quarantine.
#[derive(Clone, Debug)]
pub struct QuarantineView {
    /// Its id.
    pub id: QuarantineId,
    /// The name it came with.
    pub name: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// Why it waits.
    pub reason: String,
    /// Since when.
    pub at: Instant,
}

/// Up to `limit` files in quarantine, the newest first, before the id `before`.
pub async fn page(
    damask: &Damask,
    caller: &Caller,
    before: Option<QuarantineId>,
    limit: u32,
) -> Outcome<Vec<QuarantineView>> {
    caller.needs(Permission::Upload, "looking into the quarantine")?;
    let mut conn = damask.catalog().read().await?;
    let rows = quarantine::page(&mut conn, before, limit).await?;
    Ok(rows
        .into_iter()
        .map(|row| QuarantineView {
            id: row.id,
            name: row.name,
            bytes: row.bytes,
            reason: row.detail,
            at: row.at,
        })
        .collect())
}
