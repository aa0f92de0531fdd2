//! Lets jobs that wait go sooner, because someone waits for them now.

use damask_model::job::Lane;

use crate::{CatalogError, Tx, cell::params};

/// Puts the job of this key into a more urgent lane, where it waits in a less urgent one. Answers whether it
/// did. It keeps its time: a job that has failed still waits before it is tried again.
pub async fn hasten(tx: &mut Tx, key: &str, lane: Lane) -> Result<bool, CatalogError> {
    let set = tx
        .conn
        .execute(
            // The first condition on the state is the one of the index over keys.
            r#"UPDATE job SET lane = $1
               WHERE key = $2 AND state IN ('waiting', 'running') AND state = 'waiting' AND lane > $1"#,
            params![lane.rank(), key],
        )
        .await?;
    Ok(set > 0)
}
