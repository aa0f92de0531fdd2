//! Brings a library's schema up to this program's, or refuses one that is newer.
//!
//! One list of migrations for both databases. Each runs in its own transaction together with the row that
//! says so; on PostgreSQL under a lock, so that nodes that start at once do not race.

use damask_time::Instant;
use sqlx::{AssertSqlSafe, Connection as _};

use crate::{CatalogError, dialect::Dialect};

/// The migrations in order; the first is schema 1. A released one is never changed.
const MIGRATIONS: &[(&str, &str)] = &[
    ("first", include_str!("migrations/0001_first.sql")),
    ("job counts", include_str!("migrations/0002_job_counts.sql")),
    ("places of assets", include_str!("migrations/0003_places_of_assets.sql")),
    ("quarantine once", include_str!("migrations/0004_quarantine_once.sql")),
    ("last facts", include_str!("migrations/0005_last_facts.sql")),
    ("trash and check-outs", include_str!("migrations/0006_trash_and_checkouts.sql")),
    ("parts of uploads", include_str!("migrations/0007_parts_of_uploads.sql")),
    ("places and fixity", include_str!("migrations/0008_places_and_fixity.sql")),
];

/// The newest schema this program knows.
pub(crate) const KNOWN: i64 = MIGRATIONS.len() as i64;

const LEDGER: &str = "CREATE TABLE IF NOT EXISTS schema_version (
    number BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_us BIGINT NOT NULL)";

/// The same steps for both drivers: their transactions are different types.
macro_rules! bring_up {
    ($connection:expr, $dialect:expr, $begin:expr, $lock:expr, $now:expr, $to:expr) => {{
        let mut transaction = $connection.begin_with($begin).await?;
        if let Some(lock) = $lock {
            sqlx::raw_sql(lock).execute(&mut *transaction).await?;
        }
        sqlx::raw_sql(AssertSqlSafe($dialect.schema(LEDGER))).execute(&mut *transaction).await?;
        let found: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(number), 0) FROM schema_version")
            .fetch_one(&mut *transaction)
            .await?;
        if found > KNOWN {
            return Err(CatalogError::Newer { found, known: KNOWN });
        }
        if (1..$to).contains(&found) {
            tracing::info!(
                from = found,
                to = $to,
                "bringing the catalog up to this version; it may take minutes"
            );
        }
        for (number, (name, text)) in (1..=$to).zip(MIGRATIONS).skip(usize::try_from(found).unwrap_or(0)) {
            sqlx::raw_sql(AssertSqlSafe($dialect.schema(text))).execute(&mut *transaction).await?;
            sqlx::query("INSERT INTO schema_version (number, name, applied_us) VALUES ($1, $2, $3)")
                .bind(number)
                .bind(*name)
                .bind($now.micros)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }};
}

/// Brings a SQLite library up to a schema: [`KNOWN`], or that of a copy it is to be filled from.
pub(crate) async fn sqlite(
    connection: &mut sqlx::SqliteConnection,
    now: Instant,
    to: i64,
) -> Result<(), CatalogError> {
    bring_up!(connection, Dialect::Sqlite, "BEGIN IMMEDIATE", None::<&'static str>, now, to)
}

/// The same for a PostgreSQL library. The schema exists and is in the search path.
pub(crate) async fn postgres(
    connection: &mut sqlx::PgConnection,
    now: Instant,
    to: i64,
) -> Result<(), CatalogError> {
    let lock = Some("SELECT pg_advisory_xact_lock(hashtextextended('damask ' || current_schema(), 0))");
    bring_up!(connection, Dialect::Postgres, "BEGIN", lock, now, to)
}
