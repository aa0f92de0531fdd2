//! Filling an empty database from a copy. The one way by which rows of record come in without a fact: those that
//! tell them come with them, and the check afterwards compares each row with its fact.

use std::collections::BTreeMap;

use damask_time::Instant;
use serde_json::Value as Json;

use super::{
    Table,
    column::{Column, columns},
};
use crate::{
    Address, CatalogError, Conn,
    address::{postgres_options, sqlite_options},
    catalog::{make_schema, writable},
    cell::{Param, params},
    conn::{Link, only},
    migrate,
};

/// Pages written in one transaction.
const PAGES_AT_ONCE: u32 = 16;

/// A database on its way to be a library again.
#[derive(Debug)]
pub struct Writing {
    conn: Conn,
    /// The columns of tables that were met.
    columns: BTreeMap<&'static str, Vec<Column>>,
    /// Pages in the open transaction.
    pages: u32,
}

impl Writing {
    /// Makes the database at `address` at the schema of the copy.
    ///
    /// # Errors
    /// [`CatalogError::Newer`] where the copy is of a newer schema, [`CatalogError::Conflict`] where the database holds
    /// a library already.
    pub async fn begin(address: &Address, schema: i64, now: Instant) -> Result<Self, CatalogError> {
        if schema > migrate::KNOWN {
            return Err(CatalogError::Newer { found: schema, known: migrate::KNOWN });
        }
        let link = match address {
            Address::Sqlite(path) => {
                if path.exists() {
                    return Err(CatalogError::conflict(format!("{} is there already", path.display())));
                }
                let mut connection = sqlx::ConnectOptions::connect(&sqlite_options(path)).await?;
                migrate::sqlite(&mut connection, now, schema).await?;
                Link::Sqlite(Box::new(Box::new(connection)))
            }
            Address::Postgres { url, schema: name } => {
                let (mut connection, _) = writable(&postgres_options(url, name)?).await?;
                make_schema(&mut connection, name).await?;
                let tables: i64 = sqlx::query_scalar(
                    "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = $1",
                )
                .bind(name)
                .fetch_one(&mut connection)
                .await?;
                if tables > 0 {
                    return Err(CatalogError::conflict(format!(
                        "the schema {name} of the database is not empty; drop it, or restore under another name"
                    )));
                }
                migrate::postgres(&mut connection, now, schema).await?;
                Link::Postgres(Box::new(Box::new(connection)))
            }
        };
        let mut conn = Conn::new(link, std::sync::Arc::default());
        conn.execute("DELETE FROM head", params![]).await?;
        Ok(Self { conn, columns: BTreeMap::new(), pages: 0 })
    }

    /// Writes the rows of a page; answers how many.
    ///
    /// # Errors
    /// [`CatalogError::Broken`] where the page is not of this form.
    pub async fn page(&mut self, text: &[u8]) -> Result<u64, CatalogError> {
        let mut lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let header = lines.next().ok_or_else(|| bad("a page without its first line"))?;
        let header: Json = serde_json::from_slice(header).map_err(|error| bad(error.to_string()))?;
        let table = header["table"].as_str().and_then(Table::named);
        let table = table.ok_or_else(|| bad(format!("a page of the table {}", header["table"])))?;
        let columns = self.columns(table, &header["columns"]).await?;
        let mut rows = Vec::new();
        for line in lines {
            let cells: Vec<Json> = serde_json::from_slice(line).map_err(|error| bad(error.to_string()))?;
            let row: Option<Vec<Param>> =
                columns.iter().zip(&cells).map(|(column, json)| column.cell(json)).collect();
            match row {
                Some(row) if cells.len() == columns.len() => rows.push(row),
                _ => return Err(bad(format!("a row of {} that does not fit its columns", table.name))),
            }
        }
        if self.pages == 0 {
            self.conn.bracket(self.conn.dialect().begin_write()).await?;
        }
        let items = if table.name == "fact" { items(&columns, &rows) } else { Vec::new() };
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let head = format!("INSERT INTO {} ({}) VALUES", table.name, names.join(", "));
        let written = self.conn.insert(&head, rows, "").await?;
        self.conn.insert("INSERT INTO fact_item (subject, seq) VALUES", items, "").await?;
        self.pages += 1;
        if self.pages == PAGES_AT_ONCE {
            self.commit().await?;
        }
        Ok(written)
    }

    /// Writes what is left, lets jobs that ran wait, and counts jobs anew.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end(mut self) -> Result<(), CatalogError> {
        self.commit().await?;
        let conn = &mut self.conn;
        let sql = "UPDATE job SET state = 'waiting', worker = NULL, lease_us = NULL WHERE state = 'running'";
        conn.execute(sql, params![]).await?;
        let head = Table::named("head").expect("it is on the list");
        // Before it was kept the migration counts.
        if columns(conn, head).await?.iter().any(|column| column.name == "jobs_waiting") {
            let sql = "UPDATE head SET \
                jobs_waiting = (SELECT COUNT(*) FROM job WHERE state = 'waiting'), jobs_running = 0, \
                jobs_dead = (SELECT COUNT(*) FROM job WHERE state = 'dead')";
            conn.execute(sql, params![]).await?;
        }
        let heads = conn.one("SELECT COUNT(*) FROM head", params![], only::<u64>).await?;
        if heads == Some(1) { Ok(()) } else { Err(bad("there is no head of the journal")) }
    }

    async fn commit(&mut self) -> Result<(), CatalogError> {
        if self.pages > 0 {
            self.conn.bracket("COMMIT").await?;
            self.pages = 0;
        }
        Ok(())
    }

    /// The columns that a page names, if the table has them.
    async fn columns(&mut self, table: &'static Table, named: &Json) -> Result<Vec<Column>, CatalogError> {
        if !self.columns.contains_key(table.name) {
            let found = columns(&mut self.conn, table).await?;
            self.columns.insert(table.name, found);
        }
        let known = &self.columns[table.name];
        let named = named.as_array().map(Vec::as_slice).unwrap_or_default();
        named
            .iter()
            .map(|name| {
                let column = known.iter().find(|column| Some(column.name.as_str()) == name.as_str());
                column.cloned().ok_or_else(|| bad(format!("{} has no column {name}", table.name)))
            })
            .collect()
    }
}

/// The histories that facts belong to.
fn items(columns: &[Column], rows: &[Vec<Param>]) -> Vec<Vec<Param>> {
    let place = |name: &str| columns.iter().position(|column| column.name == name);
    let (Some(seq), Some(subjects)) = (place("seq"), place("subjects")) else { return Vec::new() };
    let mut items = Vec::new();
    for row in rows {
        let Param::Text(Some(text)) = &row[subjects] else { continue };
        let mut distinct: Vec<&str> = text.split(' ').collect();
        distinct.sort_unstable();
        distinct.dedup();
        items.extend(distinct.into_iter().map(|subject| vec![params![subject].remove(0), row[seq].clone()]));
    }
    items
}

fn bad(what: impl Into<String>) -> CatalogError {
    CatalogError::broken(format!("a copy: {}", what.into()))
}
