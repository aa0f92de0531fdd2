//! Writing tables of record: each write says, for the fact that its rows name, what they are from now on. The
//! rows come back from the statement that wrote them, so it costs none of its own.

use std::fmt::Write as _;

use damask_model::FactId;
use sqlx::AssertSqlSafe;

use super::table::{Row, Table};
use crate::{
    CatalogError, Tx,
    cell::{Param, params},
};

/// What a fact says of a record: the digest of its rows, or that there are none from now on.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) fact: String,
    pub(crate) table: &'static Table,
    pub(crate) key: String,
    pub(crate) digest: Option<[u8; 32]>,
}

impl Tx {
    /// Inserts records of one row each: `head ($1,…),($3,…) tail`. Answers the rows that were written.
    pub(crate) async fn keep(
        &mut self,
        table: &'static Table,
        head: &'static str,
        rows: Vec<Vec<Param>>,
        tail: &'static str,
    ) -> Result<Vec<Row>, CatalogError> {
        let tail = format!("{tail} RETURNING {}", table.list());
        let written = self.conn.insert_written(table, head, rows, &tail).await?;
        self.tell_each(table, &written);
        Ok(written)
    }

    /// Changes records of one row each; answers how many.
    pub(crate) async fn change(
        &mut self,
        table: &'static Table,
        sql: &'static str,
        params: Vec<Param>,
    ) -> Result<u64, CatalogError> {
        let sql = AssertSqlSafe(format!("{sql} RETURNING {}", table.list()));
        let written = self.conn.written(table, sql, params).await?;
        self.tell_each(table, &written);
        Ok(written.len() as u64)
    }

    /// Removes records of one row each, by `fact`; answers how many.
    pub(crate) async fn forget(
        &mut self,
        table: &'static Table,
        fact: FactId,
        sql: &'static str,
        params: Vec<Param>,
    ) -> Result<u64, CatalogError> {
        let sql = AssertSqlSafe(format!("{sql} RETURNING {}", table.list()));
        let gone = self.conn.written(table, sql, params).await?;
        for row in &gone {
            self.tell(fact.to_string(), table, table.key_of(row), None);
        }
        Ok(gone.len() as u64)
    }

    /// Writes all rows of one record in place of those there were. `sweep` removes them; `head` and `rows` are as
    /// for [`Tx::keep`], and all of the record `key`.
    pub(crate) async fn keep_all(
        &mut self,
        table: &'static Table,
        fact: FactId,
        key: String,
        (sweep, swept): (&'static str, Vec<Param>),
        (head, rows): (&'static str, Vec<Vec<Param>>),
    ) -> Result<(), CatalogError> {
        let gone = self.conn.execute(sweep, swept).await?;
        let tail = format!("RETURNING {}", table.list());
        let written = self.conn.insert_written(table, head, rows, &tail).await?;
        if !written.is_empty() || gone > 0 {
            let digest = (!written.is_empty()).then(|| table.digest(&written));
            self.tell(fact.to_string(), table, key, digest);
        }
        Ok(())
    }

    /// Has `fact` tell of a record what `old`, whose payload goes, told of it; where another did since, nothing.
    pub(crate) async fn tell_again(
        &mut self,
        (table, key): &(String, String),
        old: FactId,
        fact: FactId,
    ) -> Result<(), CatalogError> {
        let Some(table) = Table::named(table) else { return Ok(()) };
        let mut sql = format!("UPDATE {} SET last_fact = $1 WHERE last_fact = $2", table.name);
        let mut params = params![fact, old];
        for (column, part) in table.columns.iter().zip(key.splitn(table.key, ' ')) {
            params.push(column.param(part));
            write!(sql, " AND {} = ${}", column.name, params.len())
                .expect("writing to a String does not fail");
        }
        let sql = AssertSqlSafe(format!("{sql} RETURNING {}", table.list()));
        let rows = self.conn.written(table, sql, params).await?;
        if !rows.is_empty() {
            self.tell(fact.to_string(), table, key.clone(), Some(table.digest(&rows)));
        }
        Ok(())
    }

    fn tell_each(&mut self, table: &'static Table, rows: &[Row]) {
        for row in rows {
            self.tell(row.last_fact.clone(), table, table.key_of(row), Some(table.digest([row])));
        }
    }

    fn tell(&mut self, fact: String, table: &'static Table, key: String, digest: Option<[u8; 32]>) {
        self.told.push(Told { fact, table, key, digest });
    }
}
