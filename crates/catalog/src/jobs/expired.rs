//! Frees jobs whose worker was not heard of again: it died, or was cut off.

use damask_model::job::JobState;

use super::{Job, columns, count, job};
use crate::{CatalogError, Tx, cell::params};

/// Frees jobs whose lease ran out; answers those that are dead now.
pub(super) async fn free_expired(tx: &mut Tx) -> Result<Vec<Job>, CatalogError> {
    let now = tx.now;
    let freed: Vec<Job> = tx
        .conn
        .returning(
            concat!(
                r#"UPDATE job SET
                       state = CASE WHEN cancelled THEN 'cancelled'
                                    WHEN attempts >= attempts_max THEN 'dead' ELSE 'waiting' END,
                       ended_us = CASE WHEN cancelled OR attempts >= attempts_max THEN $1 ELSE NULL END,
                       worker = NULL, lease_us = NULL, error = 'its worker was not heard of again'
                   WHERE state = 'running' AND lease_us <= $1 RETURNING "#,
                columns!()
            ),
            params![now],
            job,
        )
        .await?;
    let now_are = |state: JobState| count(freed.iter().filter(|job| job.state == state).count());
    tx.jobs.running -= count(freed.len());
    tx.jobs.waiting += now_are(JobState::Waiting);
    tx.jobs.dead += now_are(JobState::Dead);
    Ok(freed.into_iter().filter(|job| job.state == JobState::Dead).collect())
}
