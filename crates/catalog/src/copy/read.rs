//! The rows of a table as lines of text, page after page by key, in memory of a bounded size.

use std::fmt::Write as _;

use damask_model::Seq;
use serde_json::json;
use sqlx::AssertSqlSafe;

use super::{
    Table,
    column::{Column, columns, tell},
};
use crate::{
    CatalogError, Conn,
    cell::{Param, params},
    page::bounded,
};

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its cells as a JSON list, without a line end.
    pub text: String,
    /// How much of the text, from its beginning, is the row's key.
    pub key_bytes: usize,
    /// The first byte of its key, where that is a hash.
    pub first_byte: Option<u8>,
}

/// Where the reading of a table stands.
#[derive(Debug)]
pub struct Reading {
    table: &'static Table,
    columns: Vec<Column>,
    after: Option<Vec<Param>>,
    through: Option<Seq>,
}

impl Reading {
    /// Begins at the first row.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn of(conn: &mut Conn, table: &'static Table) -> Result<Self, CatalogError> {
        let columns = columns(conn, table).await?;
        Ok(Self { table, columns, after: None, through: None })
    }

    /// Goes on with the rows of the facts after `after` and up to `through`: of a table of the journal.
    pub fn between(&mut self, after: Seq, through: Seq) {
        self.after = Some(params![after]);
        self.through = Some(through);
    }

    /// Names table and columns, so that the lines after it can be understood: one line of JSON.
    pub fn header(&self) -> String {
        let columns: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        json!({ "table": self.table.name, "columns": columns }).to_string()
    }

    /// Up to `limit` further rows; none at the end.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn next(&mut self, conn: &mut Conn, limit: u32) -> Result<Vec<Line>, CatalogError> {
        let key = self.table.key.join(", ");
        let names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        let mut sql = format!("SELECT {} FROM {} WHERE 1 = 1", names.join(", "), self.table.name);
        let mut params = self.after.clone().unwrap_or_default();
        let never = "writing to a String does not fail";
        if !params.is_empty() {
            let places: Vec<String> = (1..=params.len()).map(|number| format!("${number}")).collect();
            write!(sql, " AND ({key}) > ({})", places.join(", ")).expect(never);
        }
        if let Some(through) = self.through {
            params.extend(params![through]);
            write!(sql, " AND {key} <= ${}", params.len()).expect(never);
        }
        if !self.table.only.is_empty() {
            write!(sql, " AND {}", self.table.only).expect(never);
        }
        params.extend(params![bounded(limit)]);
        write!(sql, " ORDER BY {key} LIMIT ${}", params.len()).expect(never);
        let columns = &self.columns;
        let read = |row: &mut crate::conn::Columns<'_>| {
            columns.iter().map(|column| column.read(row)).collect::<Result<Vec<Param>, _>>()
        };
        let rows = conn.fetch(sqlx::SqlSafeStr::into_sql_str(AssertSqlSafe(sql)), params, &read).await?;
        if let Some(last) = rows.last() {
            self.after = Some(last[..self.table.key.len()].to_vec());
        }
        Ok(rows.iter().map(|row| line(row, self.table.key.len())).collect())
    }
}

fn line(row: &[Param], key: usize) -> Line {
    let mut text = String::from("[");
    let mut key_bytes = 0;
    for (number, cell) in row.iter().enumerate() {
        if number > 0 {
            text.push(',');
        }
        tell(cell, &mut text);
        if number + 1 == key {
            key_bytes = text.len();
        }
    }
    text.push(']');
    let first_byte = match row.first() {
        Some(Param::Bytes(Some(bytes))) => bytes.first().copied(),
        _ => None,
    };
    Line { text, key_bytes, first_byte }
}
