//! Jobs after a clock that was ahead: what was told in its time is told in the time of now.

use std::time::Duration;

use crate::{CatalogError, Tx, cell::params};

/// The clock was set back to now: jobs that were added later than that wait no longer for a time that was wrong, and no
/// lease is held for longer than `lease` from now. Answers how many were moved.
pub async fn set_back(tx: &mut Tx, lease: Duration) -> Result<u64, CatalogError> {
    let now = tx.now;
    let freed = tx
        .conn
        .execute(
            r#"UPDATE job SET not_before_us = $1
               WHERE state = 'waiting' AND not_before_us > $1 AND created_us > $1"#,
            params![now],
        )
        .await?;
    let until = now.plus_millis(i64::try_from(lease.as_millis()).unwrap_or(i64::MAX));
    let held = tx
        .conn
        .execute(r#"UPDATE job SET lease_us = $1 WHERE state = 'running' AND lease_us > $1"#, params![until])
        .await?;
    Ok(freed + held)
}
