//! Where a library's records lie: a SQLite file, or a schema of a PostgreSQL database.

use std::{path::PathBuf, str::FromStr as _, sync::Arc, time::Duration};

use sqlx::{
    postgres::PgConnectOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use crate::CatalogError;

/// Where a library's records lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A SQLite file; made when it is not there.
    Sqlite(PathBuf),
    /// A schema of a PostgreSQL database (15 or later); made when it is not there.
    Postgres {
        /// `postgres://user:password@host:port/database`; several `host:port` with commas between them are
        /// tried in turn, and the first that takes writes is used.
        url: String,
        /// Lower-case letters, digits and `_`, starting with a letter, at most 48.
        schema: String,
    },
}

/// How long a statement waits for SQLite's write lock before it gives up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Prepared statements kept for each connection.
const STATEMENTS_KEPT: usize = 300;

/// Length of the longest schema name: PostgreSQL cuts names at 63 bytes, and the channel is named after it.
const SCHEMA_NAME_MAX: usize = 48;

/// Durable in every commit: with WAL, `synchronous=FULL` syncs the log before a commit is acknowledged.
pub(crate) fn sqlite_options(path: &std::path::Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        .statement_cache_capacity(STATEMENTS_KEPT)
        .pragma("journal_size_limit", "67108864")
        .pragma("cache_size", "-16384")
        .pragma("temp_store", "memory")
}

/// One set of options for each host of the URL.
pub(crate) fn postgres_options(url: &str, schema: &str) -> Result<Vec<PgConnectOptions>, CatalogError> {
    let lawful = schema.len() <= SCHEMA_NAME_MAX
        && schema.starts_with(|first: char| first.is_ascii_lowercase())
        && schema.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if !lawful {
        return Err(CatalogError::unreachable(format!(
            "a schema is named by a letter, then letters, digits and _ (at most {SCHEMA_NAME_MAX}, lower \
             case), not {schema:?}"
        )));
    }
    let mut all = Vec::new();
    for url in one_host_each(url) {
        let options = PgConnectOptions::from_str(&url).map_err(|source| CatalogError::Unreachable {
            what: "the PostgreSQL URL cannot be read".into(),
            source: Some(Arc::new(source)),
        })?;
        all.push(
            options
                .application_name(&format!("damask {schema}"))
                .options([("search_path", schema), ("client_min_messages", "warning")])
                .statement_cache_capacity(STATEMENTS_KEPT),
        );
    }
    Ok(all)
}

/// `postgres://u@a:1,b:2/d` → `postgres://u@a:1/d`, `postgres://u@b:2/d`.
fn one_host_each(url: &str) -> Vec<String> {
    let Some((scheme, rest)) = url.split_once("://") else { return vec![url.to_owned()] };
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let (user, hosts) = authority.rsplit_once('@').map_or(("", authority), |(user, hosts)| (user, hosts));
    let at = if authority.contains('@') { "@" } else { "" };
    hosts.split(',').map(|host| format!("{scheme}://{user}{at}{host}{path}")).collect()
}

#[cfg(test)]
mod tests {
    use super::{one_host_each, postgres_options};

    #[test]
    fn a_url_of_several_hosts_is_one_url_for_each() {
        assert_eq!(
            one_host_each("postgres://u:p@a:1,b:2/d?x=1"),
            ["postgres://u:p@a:1/d?x=1", "postgres://u:p@b:2/d?x=1"]
        );
        assert_eq!(one_host_each("postgres://a/d"), ["postgres://a/d"]);
    }

    #[test]
    fn a_schema_name_that_would_need_quoting_is_refused() {
        for schema in ["", "Public", "a b", "a;drop", "1a", &"a".repeat(49)] {
            assert!(postgres_options("postgres://h/d", schema).is_err(), "{schema}");
        }
        assert!(postgres_options("postgres://h/d", "library_1").is_ok());
    }
}
