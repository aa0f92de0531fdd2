//! Which bytes facts have brought: for readers of the journal that keep them in another place too.

use damask_model::{ContentHash, Seq, Verb};
use serde_json::Value as Json;

use crate::{
    CatalogError, Conn,
    cell::params,
    page::bounded,
    record::{FILE, said},
};

/// Hashes that facts told of as files that are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brought {
    /// The last fact that was looked at.
    pub to: Seq,
    /// The hashes, in the order of the facts; some perhaps more than once, or gone by now.
    pub files: Vec<ContentHash>,
}

/// What up to `limit` facts after `seq` brought; `None` where there are no more facts.
///
/// A fact whose payload was erased since tells of nothing; a pass over the place meets its file.
pub async fn after(conn: &mut Conn, seq: Seq, limit: u32) -> Result<Option<Brought>, CatalogError> {
    let facts: Vec<(Seq, Option<Verb>, Option<String>)> = conn
        .all(
            r#"SELECT f.seq, f.verb, p.payload FROM fact f LEFT JOIN fact_payload p ON p.seq = f.seq
               WHERE f.seq > $1 ORDER BY f.seq LIMIT $2"#,
            params![seq, bounded(limit)],
            |row| {
                let (seq, verb) = (row.next()?, row.next::<String>()?);
                Ok((seq, Verb::from_name(&verb), row.next()?))
            },
        )
        .await?;
    let Some((to, ..)) = facts.last() else { return Ok(None) };
    let to = *to;
    let files = facts.into_iter().filter_map(|(_, verb, payload)| Some(of_fact(verb, &payload?)));
    Ok(Some(Brought { to, files: files.flatten().collect() }))
}

fn of_fact(verb: Option<Verb>, payload: &str) -> Vec<ContentHash> {
    if verb == Some(Verb::FileQuarantined) {
        let payload: Option<Json> = serde_json::from_str(payload).ok();
        let hash = payload.as_ref().and_then(|payload| payload.get("after")?.get("hash")?.as_str());
        return hash.and_then(|hash| hash.parse().ok()).into_iter().collect();
    }
    let rows = said(payload).unwrap_or_default();
    let of_files = rows.into_iter().filter(|((table, _), digest)| table == FILE.name && digest.is_some());
    of_files.filter_map(|((_, key), _)| key.parse().ok()).collect()
}
