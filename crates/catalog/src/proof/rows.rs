//! The walk through the tables of record.

use std::collections::BTreeSet;

use damask_model::Seq;
use sqlx::AssertSqlSafe;

use super::many::{payloads, records};
use crate::{
    CatalogError, Conn,
    cell::{Param, params},
    conn::only,
    page::bounded,
    record::{Row, TABLES, Table, said},
};

/// Where the walk stands.
#[derive(Debug, Default)]
pub struct Rows {
    table: usize,
    after: Option<Param>,
    /// Rows looked at.
    pub looked_at: u64,
    /// Of those, rows whose last fact is older than digests of rows are.
    pub untold: u64,
}

impl Rows {
    /// Looks at up to `limit` records; answers what does not agree, in words, or `None` at the end. `conn` sees one
    /// instant during a step.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn step(&mut self, conn: &mut Conn, limit: u32) -> Result<Option<Vec<String>>, CatalogError> {
        let Some(table) = TABLES.get(self.table).copied() else { return Ok(None) };
        let firsts = firsts(conn, table, self.after.take(), limit).await?;
        let Some(last) = firsts.last() else {
            self.table += 1;
            return Ok(Some(Vec::new()));
        };
        self.after = Some(last.clone());
        let records = records(conn, table, &firsts).await?;
        let facts = records.values().flatten().map(|row| row.last_fact.clone()).collect::<BTreeSet<_>>();
        let payloads = payloads(conn, &facts).await?;
        let since = conn
            .one("SELECT rows_told_after FROM head WHERE singleton = 1", params![], only::<Seq>)
            .await?
            .unwrap_or_default();
        let mut faults = Vec::new();
        for (key, rows) in records {
            self.looked_at += rows.len() as u64;
            let fact = &rows[0].last_fact;
            match (one_fact(&rows), payloads.get(fact)) {
                (false, _) => faults.push(format!("{} {key} is of several facts", table.name)),
                (true, None) => {
                    faults.push(format!("{} {key} names the fact {fact:?}, which is not there", table.name));
                }
                (true, Some((seq, None))) => {
                    faults.push(format!("{} {key} names fact {seq}, whose payload is gone", table.name));
                }
                (true, Some((seq, Some(payload)))) => {
                    let said = said(payload).unwrap_or_default();
                    match said.get(&(table.name.to_owned(), key.clone())) {
                        Some(Some(digest)) if digest[..] == table.digest(&rows)[..] => {}
                        Some(_) => faults.push(format!("{} {key} is not as fact {seq} says", table.name)),
                        None if *seq <= since => self.untold += rows.len() as u64,
                        None => faults
                            .push(format!("{} {key} names fact {seq}, which does not name it", table.name)),
                    }
                }
            }
        }
        Ok(Some(faults))
    }
}

fn one_fact(rows: &[Row]) -> bool {
    rows.iter().all(|row| row.last_fact == rows[0].last_fact)
}

/// Up to `limit` values of the first key column after `after`, in order.
async fn firsts(
    conn: &mut Conn,
    table: &'static Table,
    after: Option<Param>,
    limit: u32,
) -> Result<Vec<Param>, CatalogError> {
    let first = &table.columns[0];
    let sql =
        format!("SELECT DISTINCT {0} FROM {1} WHERE {0} > $1 ORDER BY {0} LIMIT $2", first.name, table.name);
    let mut params = vec![after.unwrap_or_else(|| first.param(""))];
    params.extend(params![bounded(limit)]);
    conn.cells(first, AssertSqlSafe(sql), params).await
}
