//! What a caller may see. Every asset that leaves `flow` passes here: the index was asked within the scope,
//! and the catalog's own row is checked against it once more, in memory.

use damask_catalog::{
    Conn,
    assets::{self, Record},
};
use damask_model::AssetId;
use damask_query::Query;

use crate::{
    caller::Caller,
    damask::Damask,
    index::{document, folders},
    trouble::{Outcome, Trouble},
};

/// The asset, if there is one and this caller may see it; both look the same from outside.
pub async fn asset(damask: &Damask, caller: &Caller, id: AssetId) -> Outcome<Record> {
    let mut conn = damask.catalog().read().await?;
    let record = assets::record(&mut conn, id).await?.ok_or_else(|| Trouble::missing("asset", id))?;
    let seen = only_visible(damask, &mut conn, caller, vec![record]).await?;
    seen.into_iter().next().ok_or_else(|| Trouble::missing("asset", id))
}

/// Those of `records` that the caller may see.
pub async fn only_visible(
    damask: &Damask,
    conn: &mut Conn,
    caller: &Caller,
    records: Vec<Record>,
) -> Outcome<Vec<Record>> {
    if caller.sees_all() {
        return Ok(records);
    }
    let scope: Query = folders::resolved(conn, caller.scope.query().clone()).await?;
    let plan = scope.plan(damask.schema(), damask.now());
    let documents = document::of_records(conn, damask.schema(), &records).await?;
    Ok(records
        .into_iter()
        .zip(documents)
        .filter(|(_, document)| plan.matches(document))
        .map(|(record, _)| record)
        .collect())
}
