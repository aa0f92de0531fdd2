//! Observations: views, rendition hits, searches. Counted by the hour, expiring, never in the journal.

use std::collections::BTreeMap;

use damask_model::Uuid;
use damask_time::Instant;

use crate::{CatalogError, Conn, Tx, cell::params, page::bounded};

/// Something that was seen to happen `count` times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// What happened (`view`, `rendition`).
    pub kind: String,
    /// To what.
    pub subject: Uuid,
    /// Start of the hour in which it happened.
    pub hour: Instant,
    /// How often.
    pub count: u64,
}

const HOUR_US: i64 = 3_600_000_000;

/// The start of the hour `at` lies in.
pub const fn hour_of(at: Instant) -> Instant {
    Instant::from_micros(at.micros.div_euclid(HOUR_US) * HOUR_US)
}

/// Adds a batch to the counts of their hours. They expire `keep_hours` after their hour.
pub async fn add(tx: &mut Tx, batch: &[Observation], keep_hours: u32) -> Result<(), CatalogError> {
    // One statement may meet each row only once.
    let mut counts: BTreeMap<(&str, Uuid, Instant), u64> = BTreeMap::new();
    for seen in batch {
        *counts.entry((&seen.kind, seen.subject, hour_of(seen.hour))).or_default() += seen.count;
    }
    let rows = counts
        .into_iter()
        .map(|((kind, subject, hour), count)| {
            let expires = hour.plus_seconds(i64::from(keep_hours) * 3_600);
            params![kind, subject, hour, count, expires]
        })
        .collect();
    tx.conn
        .insert(
            "INSERT INTO observation (kind, subject, hour_us, count, expires_us) VALUES",
            rows,
            "ON CONFLICT (kind, subject, hour_us) DO UPDATE SET count = observation.count + excluded.count",
        )
        .await?;
    Ok(())
}

/// How often `kind` happened to `subject`, hour by hour from `since`.
pub async fn of_subject(
    conn: &mut Conn,
    kind: &str,
    subject: Uuid,
    since: Instant,
    limit: u32,
) -> Result<Vec<Observation>, CatalogError> {
    conn.all(
        r#"SELECT kind, subject, hour_us, count FROM observation
           WHERE kind = $1 AND subject = $2 AND hour_us >= $3 ORDER BY hour_us LIMIT $4"#,
        params![kind, subject, hour_of(since), bounded(limit)],
        |row| {
            Ok(Observation { kind: row.next()?, subject: row.next()?, hour: row.next()?, count: row.next()? })
        },
    )
    .await
}

/// Removes what has expired by `now`; answers how many hours' counts.
pub async fn expire(tx: &mut Tx, now: Instant) -> Result<u64, CatalogError> {
    tx.conn.execute("DELETE FROM observation WHERE expires_us <= $1", params![now]).await
}

#[cfg(test)]
mod tests {
    use damask_time::Instant;

    use super::hour_of;

    #[test]
    fn an_hour_starts_at_or_before_its_moments() {
        assert_eq!(hour_of(Instant::from_micros(3_600_000_001)).micros, 3_600_000_000);
        assert_eq!(hour_of(Instant::from_micros(-1)).micros, -3_600_000_000);
    }
}
