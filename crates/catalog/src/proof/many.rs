//! Reading facts and records, many at once.

use std::collections::{BTreeMap, BTreeSet};

use damask_model::Seq;

use crate::{
    CatalogError, Conn,
    cell::{Bind as _, Param},
    record::{Row, Table},
};

/// Most keys in one statement.
const KEYS_MAX: usize = 500;

/// The sequences of facts by their ids; those that are not there are left out.
pub(super) async fn sequences(
    conn: &mut Conn,
    facts: &BTreeSet<String>,
) -> Result<BTreeMap<String, Seq>, CatalogError> {
    let mut found = BTreeMap::new();
    for ids in keys(facts) {
        let rows = conn.among("SELECT id, seq FROM fact WHERE id IN", ids, "", |row| {
            Ok((row.next::<String>()?, row.next::<Seq>()?))
        });
        found.extend(rows.await?);
    }
    Ok(found)
}

/// The payloads of facts by their ids, with their sequences; a payload that was erased is `None`.
pub(super) async fn payloads(
    conn: &mut Conn,
    facts: &BTreeSet<String>,
) -> Result<BTreeMap<String, (Seq, Option<String>)>, CatalogError> {
    let mut found = BTreeMap::new();
    for ids in keys(facts) {
        let head = "SELECT f.id, f.seq, p.payload FROM fact f LEFT JOIN fact_payload p ON p.seq = f.seq \
                    WHERE f.id IN";
        let rows = conn.among(head, ids, "", |row| {
            Ok((row.next::<String>()?, (row.next::<Seq>()?, row.next::<Option<String>>()?)))
        });
        found.extend(rows.await?);
    }
    Ok(found)
}

/// The records of a table whose first key column is one of `firsts`, by key.
pub(super) async fn records(
    conn: &mut Conn,
    table: &'static Table,
    firsts: &[Param],
) -> Result<BTreeMap<String, Vec<Row>>, CatalogError> {
    let head = format!("SELECT {} FROM {} WHERE {} IN", table.list(), table.name, table.columns[0].name);
    let mut found: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for keys in firsts.chunks(KEYS_MAX) {
        for row in conn.rows_among(table, &head, keys.to_vec()).await? {
            found.entry(table.key_of(&row)).or_default().push(row);
        }
    }
    Ok(found)
}

pub(super) fn keys(texts: &BTreeSet<String>) -> Vec<Vec<Param>> {
    let all: Vec<Param> = texts.iter().map(|text| text.param()).collect();
    all.chunks(KEYS_MAX).map(<[Param]>::to_vec).collect()
}
