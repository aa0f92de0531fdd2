//! What can go wrong in the catalog. Each variant is a decision for the caller.

use std::sync::Arc;

use crate::dialect;

/// An error of the catalog. Cheap to clone: one failed commit answers many callers.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CatalogError {
    /// The database cannot be reached, or was lost on the way. Try again later. After a write it is not
    /// known whether the write was made only when `what` says so.
    #[error("the catalog cannot be reached: {what}")]
    Unreachable {
        /// What was tried.
        what: String,
        /// Why it failed.
        #[source]
        source: Option<Arc<sqlx::Error>>,
    },
    /// The database was written by a newer Damask than this one. Start that one.
    #[error("the catalog is at schema {found}, this program knows {known}: start a newer Damask")]
    Newer {
        /// The schema the database is at.
        found: i64,
        /// The newest schema this program knows.
        known: i64,
    },
    /// The write meets what stands there already: a name taken, a row changed since it was read.
    #[error("the write meets what stands in the catalog: {what}")]
    Conflict {
        /// The constraint, or the row that changed.
        what: String,
    },
    /// What stands in the catalog breaks a law of Damask: a fault of ours or a damaged file.
    #[error("the catalog breaks its own law: {what}")]
    Broken {
        /// The law and where it is broken.
        what: String,
    },
    /// The disk of the database is full; nothing of the write was made. Make room and do it again.
    #[error("the disk of the records is full")]
    Full {
        /// What the database said.
        #[source]
        source: Arc<sqlx::Error>,
    },
    /// Any other failure of the database (I/O, a wrong statement).
    #[error("the catalog's database failed")]
    Sql {
        /// What the database said.
        #[source]
        source: Arc<sqlx::Error>,
    },
}

impl CatalogError {
    pub(crate) fn unreachable(what: impl Into<String>) -> Self {
        Self::Unreachable { what: what.into(), source: None }
    }

    pub(crate) fn broken(what: impl Into<String>) -> Self {
        Self::Broken { what: what.into() }
    }

    pub(crate) fn conflict(what: impl Into<String>) -> Self {
        Self::Conflict { what: what.into() }
    }
}

impl From<sqlx::Error> for CatalogError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::error::ErrorKind;
        match &error {
            sqlx::Error::Database(database) if dialect::is_full(database.as_ref()) => {
                Self::Full { source: Arc::new(error) }
            }
            sqlx::Error::Database(database) => match database.kind() {
                ErrorKind::UniqueViolation | ErrorKind::ForeignKeyViolation => {
                    Self::Conflict { what: database.message().to_owned() }
                }
                _ => Self::Sql { source: Arc::new(error) },
            },
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => {
                Self::Unreachable { what: "its connection failed".into(), source: Some(Arc::new(error)) }
            }
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
                Self::Broken { what: error.to_string() }
            }
            _ => Self::Sql { source: Arc::new(error) },
        }
    }
}
