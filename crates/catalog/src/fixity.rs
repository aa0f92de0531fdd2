//! Fixity: what was last seen of each file in each place its bytes are kept (PREMIS 3.0, "fixity check"). Seen by
//! passes over places, not by facts: it is no record, and is made again by the next pass.

use damask_model::ContentHash;
use damask_time::Instant;

use crate::{
    CatalogError, Conn, Tx,
    cell::params,
    conn::{Columns, only},
    page::bounded,
};

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The right bytes.
    Good,
    /// They were not right, and are now: copied from the other place.
    Mended,
    /// No bytes.
    Missing,
    /// Fewer bytes.
    Short,
    /// Other bytes.
    Different,
    /// The place could not read them.
    Unreadable,
}

impl Outcome {
    const ALL: [Self; 6] =
        [Self::Good, Self::Mended, Self::Missing, Self::Short, Self::Different, Self::Unreadable];

    /// Its name, as it is kept and told.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Mended => "mended",
            Self::Missing => "missing",
            Self::Short => "short",
            Self::Different => "different",
            Self::Unreadable => "unreadable",
        }
    }

    /// Whether something is wrong with the bytes now.
    pub const fn is_fault(self) -> bool {
        !matches!(self, Self::Good | Self::Mended)
    }

    fn of(name: &str) -> Result<Self, CatalogError> {
        let found = Self::ALL.into_iter().find(|outcome| outcome.name() == name);
        found.ok_or_else(|| CatalogError::broken(format!("a check found {name:?}")))
    }
}

/// What was seen of a file in a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Which file.
    pub file: ContentHash,
    /// Where.
    pub place: i64,
    /// What.
    pub outcome: Outcome,
    /// In words, where there is more to say.
    pub detail: Option<String>,
    /// When.
    pub checked: Instant,
}

/// Keeps what was seen, in place of what was seen before.
pub async fn put(tx: &mut Tx, seen: &[Seen]) -> Result<(), CatalogError> {
    let rows = seen
        .iter()
        .map(|seen| {
            let (outcome, fault) = (seen.outcome.name(), seen.outcome.is_fault());
            params![seen.file, seen.place, outcome, seen.detail, fault, seen.checked]
        })
        .collect();
    tx.conn
        .insert(
            "INSERT INTO fixity (file, place, outcome, detail, fault, checked_us) VALUES",
            rows,
            r#"ON CONFLICT (file, place) DO UPDATE SET outcome = excluded.outcome, detail = excluded.detail,
               fault = excluded.fault, checked_us = excluded.checked_us"#,
        )
        .await?;
    Ok(())
}

/// What was seen of a file, in each place.
pub async fn of_file(conn: &mut Conn, file: ContentHash) -> Result<Vec<Seen>, CatalogError> {
    let sql = "SELECT file, place, outcome, detail, checked_us FROM fixity WHERE file = $1 ORDER BY place LIMIT 100";
    conn.all(sql, params![file], seen).await
}

/// Up to `limit` files of a place with which something is wrong, after the hash `after`, in the order of hashes.
pub async fn faults(
    conn: &mut Conn,
    place: i64,
    after: Option<ContentHash>,
    limit: u32,
) -> Result<Vec<Seen>, CatalogError> {
    let after: Vec<u8> = after.map(|hash| hash.0.to_vec()).unwrap_or_default();
    let sql = r#"SELECT file, place, outcome, detail, checked_us FROM fixity
                 WHERE fault AND place = $1 AND file > $2 ORDER BY file LIMIT $3"#;
    conn.all(sql, params![place, after, bounded(limit)], seen).await
}

/// In how many files of a place something is wrong; `most` at the most are counted.
pub async fn count_faults(conn: &mut Conn, place: i64, most: u32) -> Result<u64, CatalogError> {
    let sql = "SELECT COUNT(*) FROM (SELECT 1 FROM fixity WHERE fault AND place = $1 LIMIT $2) counted";
    Ok(conn.one(sql, params![place, most], only).await?.unwrap_or(0))
}

/// Forgets what was seen of a file that is no more.
pub async fn forget(tx: &mut Tx, file: ContentHash) -> Result<(), CatalogError> {
    tx.conn.execute("DELETE FROM fixity WHERE file = $1", params![file]).await?;
    Ok(())
}

fn seen(row: &mut Columns<'_>) -> Result<Seen, CatalogError> {
    let (file, place) = (row.next()?, row.next()?);
    let outcome = Outcome::of(&row.next::<String>()?)?;
    Ok(Seen { file, place, outcome, detail: row.next()?, checked: row.next()? })
}
