//! Jobs whose subjects are gone for good: nobody has to do them any more.

use damask_model::Uuid;

use super::count;
use crate::{CatalogError, Tx, cell::params};

/// Removes the jobs of these keys that wait, and those of these subjects that are dead. One that runs goes on to its
/// end, and finds nothing to keep.
pub async fn remove(tx: &mut Tx, keys: &[String], subjects: &[Uuid]) -> Result<(), CatalogError> {
    for key in keys {
        let sql = "DELETE FROM job WHERE key = $1 AND state IN ('waiting', 'running') AND state = 'waiting'";
        tx.jobs.waiting -= count(tx.conn.execute(sql, params![key]).await?);
    }
    for subject in subjects {
        let sql = "DELETE FROM job WHERE subject = $1 AND state = 'dead'";
        tx.jobs.dead -= count(tx.conn.execute(sql, params![subject]).await?);
    }
    Ok(())
}
