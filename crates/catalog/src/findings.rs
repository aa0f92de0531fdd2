//! Findings: what the stages found wrong or odd about a version's bytes.

use damask_model::{FactId, FindingId, VersionId};
use damask_time::Instant;

use crate::{
    CatalogError, Conn, Tx,
    cell::{Bind as _, params},
    page::bounded,
    record::FINDING,
};

/// A finding as it was kept. The code is [`damask_model::FindingCode`]'s text form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its id.
    pub id: FindingId,
    /// The version.
    pub version: VersionId,
    /// The stage that found it.
    pub stage: String,
    /// What was found.
    pub code: String,
    /// What exactly.
    pub detail: String,
    /// When.
    pub at: Instant,
}

/// Keeps what a stage found of a version, in place of what it found before.
pub async fn put(
    tx: &mut Tx,
    version: VersionId,
    stage: &str,
    findings: &[damask_model::Finding],
    fact: FactId,
) -> Result<(), CatalogError> {
    let now = tx.now;
    let rows = findings
        .iter()
        .map(|finding| {
            let code = finding.code.name();
            params![FindingId::fresh(), version, stage, code, finding.detail.replace('\0', ""), now, fact]
        })
        .collect();
    tx.keep_all(
        &FINDING,
        fact,
        format!("{version} {stage}"),
        ("DELETE FROM finding WHERE version = $1 AND stage = $2", params![version, stage]),
        ("INSERT INTO finding (id, version, stage, code, detail, at_us, last_fact) VALUES", rows),
    )
    .await
}

/// The codes of what was found of each of `versions` (the first 1,000 are looked at), each once.
pub async fn codes(
    conn: &mut Conn,
    versions: &[VersionId],
) -> Result<Vec<(VersionId, String)>, CatalogError> {
    let keys = versions.iter().take(1_000).map(|id| id.param()).collect();
    // At most each code of each version, so it needs no limit.
    conn.among("SELECT DISTINCT version, code FROM finding WHERE version IN", keys, "", |row| {
        Ok((row.next()?, row.next()?))
    })
    .await
}

/// What was found of a version, in the order it was found.
pub async fn of_version(
    conn: &mut Conn,
    version: VersionId,
    limit: u32,
) -> Result<Vec<Record>, CatalogError> {
    conn.all(
        r#"SELECT id, version, stage, code, detail, at_us FROM finding
           WHERE version = $1 ORDER BY at_us, id LIMIT $2"#,
        params![version, bounded(limit)],
        |row| {
            Ok(Record {
                id: row.next()?,
                version: row.next()?,
                stage: row.next()?,
                code: row.next()?,
                detail: row.next()?,
                at: row.next()?,
            })
        },
    )
    .await
}
