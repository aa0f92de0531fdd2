//! What truly differs between SQLite and PostgreSQL. Everything else is one text for both.

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

macro_rules! take_head {
    () => {
        "UPDATE head SET seq = seq + $1, assets = assets + $2, bytes = bytes + $3, \
         jobs_waiting = jobs_waiting + $5, jobs_running = jobs_running + $6, jobs_dead = jobs_dead + $7"
    };
}

impl Dialect {
    /// The migration as this database wants it.
    ///
    /// - SQLite: `BIGINT PRIMARY KEY` must be spelt `INTEGER PRIMARY KEY` to be the row id itself, and a
    ///   table marked `/* clustered */` lies in its primary key (`WITHOUT ROWID`).
    /// - PostgreSQL: text is ordered by its bytes, as SQLite does, whatever the server's locale.
    pub(crate) fn schema(self, text: &str) -> String {
        match self {
            Self::Sqlite => text
                .replace("BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY")
                .replace("/* clustered */", "WITHOUT ROWID"),
            Self::Postgres => text.replace(" TEXT", " TEXT COLLATE \"C\""),
        }
    }

    /// Begins a write. SQLite must take the write lock at once: a read that turns into a write fails.
    pub(crate) const fn begin_write(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    /// Begins a read that sees one instant.
    pub(crate) const fn begin_snapshot(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN",
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }

    /// Takes a range of sequences and adds to the tally; on PostgreSQL it also tells the other nodes of facts,
    /// which hear it when (and only when) the transaction commits. `$1` facts, `$2` assets, `$3` bytes,
    /// `$4` channel, `$5` waiting, `$6` running and `$7` dead jobs. Answers the new head.
    pub(crate) const fn take_head(self) -> &'static str {
        match self {
            Self::Sqlite => {
                concat!(take_head!(), " WHERE singleton = 1 AND $4 <> '' RETURNING seq")
            }
            Self::Postgres => {
                concat!(
                    take_head!(),
                    " WHERE singleton = 1 RETURNING seq, \
                     CASE WHEN $1 > 0 THEN CAST(pg_notify($4, CAST(seq AS TEXT)) AS TEXT) END"
                )
            }
        }
    }

    /// The names of all tables of the library.
    pub(crate) const fn tables(self) -> &'static str {
        match self {
            Self::Sqlite => {
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
            }
            Self::Postgres => {
                "SELECT CAST(table_name AS TEXT) FROM information_schema.tables \
                 WHERE table_schema = current_schema() ORDER BY 1"
            }
        }
    }

    /// The columns of the table `$1` and their types, in capitals.
    pub(crate) const fn columns(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT name, UPPER(type) FROM pragma_table_info($1)",
            Self::Postgres => {
                "SELECT CAST(column_name AS TEXT), UPPER(CAST(data_type AS TEXT)) \
                 FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1"
            }
        }
    }

    /// Waits for whoever is about to commit, then answers the head. Only asked of PostgreSQL.
    pub(crate) const fn settled_head(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT seq FROM head WHERE singleton = 1",
            Self::Postgres => "SELECT seq FROM head WHERE singleton = 1 FOR UPDATE",
        }
    }

    /// Claims up to `$5` waiting jobs of one resource class. `$1` worker, `$2` end of lease, `$3` now,
    /// `$4` resource, `$6` a JSON list of kinds between commas, or empty for all. PostgreSQL's workers
    /// pass over rows that another is claiming; SQLite has one writer.
    pub(crate) const fn claim_jobs(self) -> &'static str {
        match self {
            Self::Sqlite => concat!(claim!(), "", claim_end!()),
            Self::Postgres => concat!(claim!(), " FOR UPDATE SKIP LOCKED", claim_end!()),
        }
    }

    /// Takes up to `$2` rows of `due` that are due at `$1`.
    pub(crate) const fn take_due(self) -> &'static str {
        match self {
            Self::Sqlite => concat!(take_due!(), "", take_due_end!()),
            Self::Postgres => concat!(take_due!(), " FOR UPDATE SKIP LOCKED", take_due_end!()),
        }
    }
}

macro_rules! claim {
    () => {
        "UPDATE job SET state = 'running', worker = $1, lease_us = $2, attempts = attempts + 1, \
         started_us = COALESCE(started_us, $3), progress_done = NULL, progress_of = NULL \
         WHERE id IN (SELECT id FROM job WHERE state = 'waiting' AND resource = $4 \
         AND not_before_us <= $3 AND ($6 = '' OR $6 LIKE '%,' || kind || ',%') \
         ORDER BY lane, not_before_us, id LIMIT $5"
    };
}
macro_rules! claim_end {
    () => {
        concat!(") RETURNING ", crate::jobs::columns!())
    };
}
macro_rules! take_due {
    () => {
        "DELETE FROM due WHERE id IN (SELECT id FROM due WHERE at_us <= $1 ORDER BY at_us, id LIMIT $2"
    };
}
macro_rules! take_due_end {
    () => {
        ") RETURNING id, at_us, subject, what, payload"
    };
}
use {claim, claim_end, take_due, take_due_end};

/// Whether an error may pass when the whole transaction is run again: a lost connection, a fail-over, a
/// serialization failure, a deadlock, a lock held by another.
pub(crate) fn may_pass(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::Protocol(_) => true,
        sqlx::Error::Database(database) => {
            let code = database.code().unwrap_or_default();
            match code.as_ref() {
                // SQLite result codes: BUSY, LOCKED and BUSY_SNAPSHOT.
                "5" | "6" | "517" => true,
                // SQLSTATE: serialization failure, deadlock, read-only (a demoted primary), too many
                // connections, shutdown and start-up of a server.
                "40001" | "40P01" | "25006" | "53300" | "57P01" | "57P02" | "57P03" => true,
                code => code.len() == 5 && code.starts_with("08"),
            }
        }
        _ => false,
    }
}

/// Whether an error says that there is no room: SQLite's FULL and IOERR_SHMSIZE, SQLSTATE's disk_full.
pub(crate) fn is_full(error: &dyn sqlx::error::DatabaseError) -> bool {
    ["13", "4874", "53100"].contains(&error.code().unwrap_or_default().as_ref())
}

#[cfg(test)]
mod tests {
    use super::Dialect;

    #[test]
    fn a_migration_is_spelt_for_its_database() {
        let text = "CREATE TABLE t (a BIGINT PRIMARY KEY, b TEXT) /* clustered */;";
        assert_eq!(
            Dialect::Sqlite.schema(text),
            "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT) WITHOUT ROWID;"
        );
        assert_eq!(
            Dialect::Postgres.schema(text),
            "CREATE TABLE t (a BIGINT PRIMARY KEY, b TEXT COLLATE \"C\") /* clustered */;"
        );
    }
}
