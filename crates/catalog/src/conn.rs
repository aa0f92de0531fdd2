//! A connection to either database: runs one SQL text on both, and counts every statement.
//!
//! All statements of the catalog go through the four methods at the end: `execute`, `all`, `one`, `insert`.

use std::{
    fmt,
    ops::DerefMut,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use sqlx::{
    AssertSqlSafe, PgConnection, Row as _, SqlSafeStr, SqlStr, SqliteConnection, postgres::PgRow,
    sqlite::SqliteRow,
};

use crate::{
    CatalogError,
    cell::{Cell, Param},
    dialect::{self, Dialect},
    record::{Column, Row, Table},
};

/// A connection, to SQLite or to PostgreSQL. Read queries take one; it goes back to its pool when dropped.
pub struct Conn {
    link: Link,
    statements: Arc<AtomicU64>,
    /// A statement changed rows, or failed, since this was last cleared: what follows is not clean.
    pub(crate) touched: bool,
    /// An error was met that may pass when the whole transaction is run again.
    pub(crate) passing: Option<CatalogError>,
}

pub(crate) enum Link {
    Sqlite(Box<dyn DerefMut<Target = SqliteConnection> + Send>),
    Postgres(Box<dyn DerefMut<Target = PgConnection> + Send>),
}

/// One row, read column after column in the order of the statement's list.
pub(crate) struct Columns<'r> {
    row: Source<'r>,
    next: usize,
}

enum Source<'r> {
    Sqlite(&'r SqliteRow),
    Postgres(&'r PgRow),
}

impl fmt::Debug for Conn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conn").field("dialect", &self.dialect()).finish_non_exhaustive()
    }
}

impl Columns<'_> {
    /// The next column.
    pub(crate) fn next<T: Cell>(&mut self) -> Result<T, CatalogError> {
        let index = self.next;
        self.next += 1;
        let raw: Option<T::Raw> = match self.row {
            Source::Sqlite(row) => row.try_get(index)?,
            Source::Postgres(row) => row.try_get(index)?,
        };
        T::from_cell(raw).map_err(|why| CatalogError::broken(format!("column {index}: {why}")))
    }
}

/// The first and only column.
pub(crate) fn only<T: Cell>(columns: &mut Columns<'_>) -> Result<T, CatalogError> {
    columns.next()
}

/// Binds the parameters in order; the statement is prepared once a connection and kept.
macro_rules! bound {
    ($sql:expr, $params:expr) => {{
        let mut query = sqlx::query($sql);
        for param in $params {
            query = match param {
                Param::Text(value) => query.bind(value),
                Param::Integer(value) => query.bind(value),
                Param::Boolean(value) => query.bind(value),
                Param::Bytes(value) => query.bind(value),
            };
        }
        query
    }};
}

impl Conn {
    pub(crate) fn new(link: Link, statements: Arc<AtomicU64>) -> Self {
        Self { link, statements, touched: false, passing: None }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self.link {
            Link::Sqlite(_) => Dialect::Sqlite,
            Link::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs a statement that changes rows; answers how many.
    pub(crate) async fn execute(
        &mut self,
        sql: impl SqlSafeStr,
        params: Vec<Param>,
    ) -> Result<u64, CatalogError> {
        self.touched = true;
        self.run(sql.into_sql_str(), params).await
    }

    /// Runs a statement that begins or ends a transaction.
    pub(crate) async fn bracket(&mut self, sql: &'static str) -> Result<(), CatalogError> {
        self.run(sql.into_sql_str(), Vec::new()).await.map(|_| ())
    }

    async fn run(&mut self, sql: SqlStr, params: Vec<Param>) -> Result<u64, CatalogError> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let outcome = match &mut self.link {
            Link::Sqlite(link) => {
                bound!(sql, params).execute(&mut ***link).await.map(|done| done.rows_affected())
            }
            Link::Postgres(link) => {
                bound!(sql, params).execute(&mut ***link).await.map(|done| done.rows_affected())
            }
        };
        outcome.map_err(|error| self.noted(error))
    }

    /// All rows of a statement that only reads.
    pub(crate) async fn all<T>(
        &mut self,
        sql: impl SqlSafeStr,
        params: Vec<Param>,
        read: fn(&mut Columns<'_>) -> Result<T, CatalogError>,
    ) -> Result<Vec<T>, CatalogError> {
        self.fetch(sql.into_sql_str(), params, &read).await
    }

    /// All rows of `head ($1,…,$n) tail` for a set of keys; for no keys none, without asking.
    pub(crate) async fn among<T>(
        &mut self,
        head: &str,
        keys: Vec<Param>,
        tail: &str,
        read: fn(&mut Columns<'_>) -> Result<T, CatalogError>,
    ) -> Result<Vec<T>, CatalogError> {
        self.fetch_among(head, keys, tail, &read).await
    }

    /// The first row of a statement that only reads.
    pub(crate) async fn one<T>(
        &mut self,
        sql: impl SqlSafeStr,
        params: Vec<Param>,
        read: fn(&mut Columns<'_>) -> Result<T, CatalogError>,
    ) -> Result<Option<T>, CatalogError> {
        Ok(self.fetch(sql.into_sql_str(), params, &read).await?.into_iter().next())
    }

    /// The rows a changing statement answers with (`RETURNING`).
    pub(crate) async fn returning<T>(
        &mut self,
        sql: impl SqlSafeStr,
        params: Vec<Param>,
        read: fn(&mut Columns<'_>) -> Result<T, CatalogError>,
    ) -> Result<Vec<T>, CatalogError> {
        self.touched = true;
        self.fetch(sql.into_sql_str(), params, &read).await
    }

    /// Inserts rows with as few statements as possible: `head ($1,$2),($3,$4),… tail`.
    pub(crate) async fn insert(
        &mut self,
        head: &str,
        rows: Vec<Vec<Param>>,
        tail: &'static str,
    ) -> Result<u64, CatalogError> {
        let mut changed = 0;
        for (sql, params) in values(head, rows, tail) {
            changed += self.execute(sql, params).await?;
        }
        Ok(changed)
    }

    /// Runs a statement that changes rows of a table of record and answers with them as they are then.
    pub(crate) async fn written(
        &mut self,
        table: &'static Table,
        sql: impl SqlSafeStr,
        params: Vec<Param>,
    ) -> Result<Vec<Row>, CatalogError> {
        self.touched = true;
        self.fetch(sql.into_sql_str(), params, &|columns| Ok(table.row(columns))).await
    }

    /// As [`Conn::among`], for the rows of a table of record.
    pub(crate) async fn rows_among(
        &mut self,
        table: &'static Table,
        head: &str,
        keys: Vec<Param>,
    ) -> Result<Vec<Row>, CatalogError> {
        self.fetch_among(head, keys, "", &|columns| Ok(table.row(columns))).await
    }

    /// The only column of a statement that only reads, as it stands.
    pub(crate) async fn cells(
        &mut self,
        column: &'static Column,
        sql: impl SqlSafeStr,
        params: Vec<Param>,
    ) -> Result<Vec<Param>, CatalogError> {
        self.fetch(sql.into_sql_str(), params, &|columns| Ok(column.read(columns))).await
    }

    /// As [`Conn::insert`], for a table of record and a tail that ends in `RETURNING` its columns.
    pub(crate) async fn insert_written(
        &mut self,
        table: &'static Table,
        head: &'static str,
        rows: Vec<Vec<Param>>,
        tail: &str,
    ) -> Result<Vec<Row>, CatalogError> {
        let mut answered = Vec::new();
        for (sql, params) in values(head, rows, tail) {
            answered.extend(self.written(table, sql, params).await?);
        }
        Ok(answered)
    }

    async fn fetch_among<T>(
        &mut self,
        head: &str,
        keys: Vec<Param>,
        tail: &str,
        read: &(dyn Fn(&mut Columns<'_>) -> Result<T, CatalogError> + Sync),
    ) -> Result<Vec<T>, CatalogError> {
        match within(head, keys, tail) {
            Some((sql, keys)) => self.fetch(sql.into_sql_str(), keys, read).await,
            None => Ok(Vec::new()),
        }
    }

    /// All rows, read by what is known of them only now.
    pub(crate) async fn fetch<T>(
        &mut self,
        sql: SqlStr,
        params: Vec<Param>,
        read: &(dyn Fn(&mut Columns<'_>) -> Result<T, CatalogError> + Sync),
    ) -> Result<Vec<T>, CatalogError> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        match &mut self.link {
            Link::Sqlite(link) => {
                let rows = bound!(sql, params).fetch_all(&mut ***link).await;
                let rows = rows.map_err(|error| self.noted(error))?;
                rows.iter().map(|row| read(&mut Columns { row: Source::Sqlite(row), next: 0 })).collect()
            }
            Link::Postgres(link) => {
                let rows = bound!(sql, params).fetch_all(&mut ***link).await;
                let rows = rows.map_err(|error| self.noted(error))?;
                rows.iter().map(|row| read(&mut Columns { row: Source::Postgres(row), next: 0 })).collect()
            }
        }
    }

    fn noted(&mut self, error: sqlx::Error) -> CatalogError {
        self.touched = true;
        let passing = dialect::may_pass(&error);
        let error = CatalogError::from(error);
        if passing {
            self.passing = Some(error.clone());
        }
        error
    }
}

/// Most rows in one multi-row statement. PostgreSQL takes 65,535 parameters, SQLite 32,766.
const ROWS_MAX: usize = 256;

/// Cuts rows into statements of 256, 128, … 1 rows, so that few different texts are ever prepared.
fn values(head: &str, rows: Vec<Vec<Param>>, tail: &str) -> Vec<(AssertSqlSafe<String>, Vec<Param>)> {
    let mut statements = Vec::new();
    let mut left = rows.len();
    let mut rows = rows.into_iter();
    while left > 0 {
        let count = ROWS_MAX.min(1 << left.ilog2());
        left -= count;
        let chunk: Vec<Vec<Param>> = rows.by_ref().take(count).collect();
        let width = chunk[0].len();
        let mut sql = String::with_capacity(head.len() + tail.len() + count * width * 5);
        sql.push_str(head);
        for row in 0..count {
            sql.push_str(if row == 0 { " " } else { "," });
            placeholders(&mut sql, row * width + 1, width);
        }
        sql.push(' ');
        sql.push_str(tail);
        statements.push((AssertSqlSafe(sql), chunk.into_iter().flatten().collect()));
    }
    statements
}

/// `($first,$first+1,…)`, `count` of them.
fn placeholders(sql: &mut String, first: usize, count: usize) {
    use fmt::Write as _;
    sql.push('(');
    for number in first..first + count {
        let comma = if number == first { "" } else { "," };
        write!(sql, "{comma}${number}").expect("writing to a String does not fail");
    }
    sql.push(')');
}

/// `head ($1,…,$n) tail` for a set of keys. The last key is repeated up to a power of two, so that few
/// different texts are ever prepared. `None` for no keys.
fn within(head: &str, mut keys: Vec<Param>, tail: &str) -> Option<(AssertSqlSafe<String>, Vec<Param>)> {
    let last = keys.last()?.clone();
    keys.resize(keys.len().next_power_of_two(), last);
    let mut sql = String::from(head);
    sql.push(' ');
    placeholders(&mut sql, 1, keys.len());
    sql.push(' ');
    sql.push_str(tail);
    Some((AssertSqlSafe(sql), keys))
}

#[cfg(test)]
mod tests {
    use super::{values, within};
    use crate::cell::params;

    #[test]
    fn rows_are_cut_into_statements_of_a_power_of_two() {
        let rows = (0..300_i64).map(|row| params![row, "x"]).collect();
        let statements = values("INSERT INTO t (a, b) VALUES", rows, "");
        let widths: Vec<usize> = statements.iter().map(|(_, params)| params.len() / 2).collect();
        assert_eq!(widths, [256, 32, 8, 4]);
        assert!(statements[3].0.0.starts_with("INSERT INTO t (a, b) VALUES ($1,$2),($3,$4),($5,$6),($7,$8)"));
    }

    #[test]
    fn keys_are_repeated_up_to_a_power_of_two() {
        let (sql, keys) =
            within("SELECT a FROM t WHERE a IN", params![1_i64, 2_i64, 3_i64], "").expect("some");
        assert_eq!(sql.0.trim_end(), "SELECT a FROM t WHERE a IN ($1,$2,$3,$4)");
        assert_eq!(keys.len(), 4);
        assert!(within("", Vec::new(), "").is_none());
    }
}
