//! The journal: every change, in order, with proof. Tables are the truth; this says how they became so.
//!
//! A fact's header stays for ever; its payload (before and after, with a random salt) may be erased, and
//! the digest in the header still stands for what it was. Digest = BLAKE3(salt ‖ canonical payload), where
//! canonical JSON has no spaces and its keys sorted by their code points. Beside before and after the payload has
//! `rows`: what the fact says of tables of record (see record.rs).

use damask_model::{ActorId, Change, FactHeader, FactId, NewFact, Seq, Uuid, Verb};
use serde_json::Value as Json;

use crate::{
    CatalogError, Conn, Tx,
    cell::{digest, params},
    conn::{Columns, only},
    page::bounded,
    record,
};

/// A fact as it stands in the journal.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Its permanent part.
    pub header: FactHeader,
    /// Before and after; `None` once it was erased.
    pub change: Option<Change>,
}

/// What the library holds, kept with the head of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The last fact.
    pub seq: Seq,
    /// Assets.
    pub assets: i64,
    /// Bytes of all files, each counted once.
    pub bytes: i64,
}

const SALT_BYTES: usize = 16;

/// The last fact's sequence; 0 in an empty journal.
pub async fn head(conn: &mut Conn) -> Result<Seq, CatalogError> {
    Ok(tally(conn).await?.seq)
}

/// The head, and how much the library holds. Does not count: the tally is kept by each write.
pub async fn tally(conn: &mut Conn) -> Result<Tally, CatalogError> {
    conn.one("SELECT seq, assets, bytes FROM head WHERE singleton = 1", params![], |row| {
        Ok(Tally { seq: row.next()?, assets: row.next()?, bytes: row.next()? })
    })
    .await?
    .ok_or_else(|| CatalogError::broken("the head row is there from the first migration on"))
}

/// The same within a write, with what it and those before it in its transaction have added until now.
pub async fn tally_within(tx: &mut Tx) -> Result<Tally, CatalogError> {
    let Tally { seq, assets, bytes } = tally(&mut tx.conn).await?;
    Ok(Tally { seq, assets: assets + tx.assets, bytes: bytes + tx.bytes })
}

/// The same, counted: for checks. Goes through all assets and files.
pub async fn counted(conn: &mut Conn) -> Result<Tally, CatalogError> {
    let sql =
        r#"SELECT (SELECT COUNT(*) FROM asset), (SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM file)"#;
    let seq = head(conn).await?;
    conn.one(sql, params![], |row| Ok((row.next()?, row.next()?)))
        .await?
        .map(|(assets, bytes)| Tally { seq, assets, bytes })
        .ok_or_else(|| CatalogError::broken("a count answers with a row"))
}

/// Counts what the library holds and has the tally say that.
pub async fn recount(tx: &mut Tx) -> Result<(), CatalogError> {
    let (told, counted) = (tally(&mut tx.conn).await?, counted(&mut tx.conn).await?);
    tx.assets += counted.assets - told.assets;
    tx.bytes += counted.bytes - told.bytes;
    Ok(())
}

/// Up to `limit` facts after `seq`, in order.
pub async fn after(conn: &mut Conn, seq: Seq, limit: u32) -> Result<Vec<Fact>, CatalogError> {
    conn.all(
        r#"SELECT f.seq, f.id, f.at_us, f.actor, f.verb, f.subjects, f.digest, p.payload
           FROM fact f LEFT JOIN fact_payload p ON p.seq = f.seq
           WHERE f.seq > $1 ORDER BY f.seq LIMIT $2"#,
        params![seq, bounded(limit)],
        fact,
    )
    .await
}

/// The headers of up to `limit` facts after `seq`, in order: what is kept for ever.
pub async fn headers_after(conn: &mut Conn, seq: Seq, limit: u32) -> Result<Vec<FactHeader>, CatalogError> {
    conn.all(
        r#"SELECT seq, id, at_us, actor, verb, subjects, digest FROM fact
           WHERE seq > $1 ORDER BY seq LIMIT $2"#,
        params![seq, bounded(limit)],
        header,
    )
    .await
}

/// The facts whose payload was erased by facts after `after`, up to `limit` of them: the fact that erased, and sequence
/// and id of the one that was erased.
pub async fn erased_after(
    conn: &mut Conn,
    after: Seq,
    limit: u32,
) -> Result<Vec<(Seq, Seq, FactId)>, CatalogError> {
    conn.all(
        r#"SELECT f.seq, erased.seq, erased.id FROM fact f JOIN fact erased ON erased.id = f.subjects
           WHERE f.seq > $1 AND f.verb = $2 ORDER BY f.seq LIMIT $3"#,
        params![after, Verb::PayloadErased.name(), bounded(limit)],
        |row| Ok((row.next()?, row.next()?, row.next()?)),
    )
    .await
}

/// Up to `limit` facts that bear on `subject`, the newest first, from before `before`.
pub async fn of_subject(
    conn: &mut Conn,
    subject: Uuid,
    before: Option<Seq>,
    limit: u32,
) -> Result<Vec<Fact>, CatalogError> {
    conn.all(
        r#"SELECT f.seq, f.id, f.at_us, f.actor, f.verb, f.subjects, f.digest, p.payload
           FROM fact_item i JOIN fact f ON f.seq = i.seq LEFT JOIN fact_payload p ON p.seq = i.seq
           WHERE i.subject = $1 AND i.seq < $2 ORDER BY i.seq DESC LIMIT $3"#,
        params![subject, before.unwrap_or(Seq(i64::MAX)), bounded(limit)],
        fact,
    )
    .await
}

/// Erases the payload of a fact, in the name of `actor`: personal data goes, the proof stands. Rows that named the
/// fact are told again by the one that says so. Answers whether there was a payload.
pub async fn erase_payload(tx: &mut Tx, actor: ActorId, seq: Seq) -> Result<bool, CatalogError> {
    let read = "SELECT f.id, p.payload FROM fact f JOIN fact_payload p ON p.seq = f.seq WHERE f.seq = $1";
    let found = tx.conn.one(read, params![seq], |row| Ok((row.next::<FactId>()?, row.next::<String>()?)));
    let Some((erased, payload)) = found.await? else { return Ok(false) };
    let fact = tx.fact(actor, Verb::PayloadErased, &[erased.0], Change::default());
    for (record, digest) in record::said(&payload).unwrap_or_default() {
        if digest.is_some() {
            tx.tell_again(&record, erased, fact).await?;
        }
    }
    tx.conn.execute("DELETE FROM fact_payload WHERE seq = $1", params![seq]).await?;
    Ok(true)
}

/// The last step of a write: takes the sequences, adds to the tally, and writes the facts. From the moment
/// the head row is taken until the commit nobody else can take one, so no reader can pass a fact that
/// commits later. Answers the new head.
pub(crate) async fn close(tx: &mut Tx, facts: Vec<NewFact>, channel: &str) -> Result<Seq, CatalogError> {
    let conn = &mut tx.conn;
    let count = i64::try_from(facts.len()).expect("a group holds few facts");
    let jobs = tx.jobs;
    if let (0, Some(told)) = (count, tx.told.first()) {
        return Err(CatalogError::broken(format!("a row of {} was written without a fact", told.table.name)));
    }
    if count == 0 && tx.assets == 0 && tx.bytes == 0 && jobs.is_none() {
        return head(conn).await;
    }
    // SQLite has no other nodes to tell; the empty channel would match no row there.
    let told = if channel.is_empty() { "-" } else { channel };
    let head = conn
        .returning(
            conn.dialect().take_head(),
            params![count, tx.assets, tx.bytes, told, jobs.waiting, jobs.running, jobs.dead],
            only::<Seq>,
        )
        .await?
        .into_iter()
        .next()
        .ok_or_else(|| CatalogError::broken("the head row is there from the first migration on"))?;
    let mut told = record::by_fact(std::mem::take(&mut tx.told));
    let conn = &mut tx.conn;
    let (mut headers, mut payloads, mut items) = (Vec::new(), Vec::new(), Vec::new());
    for (seq, fact) in (head.0 - count + 1..).zip(facts) {
        let mut payload = serde_json::to_value(&fact.change).unwrap_or_default();
        if let Some(rows) = told.remove(&fact.id.to_string()) {
            payload["rows"] = Json::Array(rows);
        }
        let payload = canonical(&payload);
        let salt: [u8; SALT_BYTES] = rand::random();
        let digest = salted_digest(&salt, &payload);
        let subjects: Vec<String> = fact.subjects.iter().map(Uuid::to_string).collect();
        let mut distinct = subjects.clone();
        distinct.sort_unstable();
        distinct.dedup();
        items.extend(distinct.into_iter().map(|subject| params![subject, seq]));
        let verb = fact.verb.name();
        let subject_count = i64::try_from(subjects.len()).expect("at most SUBJECTS_MAX");
        headers.push(params![
            seq,
            fact.id,
            tx.now,
            fact.actor,
            verb,
            digest[..],
            subject_count,
            subjects.join(" ")
        ]);
        payloads.push(params![seq, salt[..], payload]);
    }
    if let Some((fact, rows)) = told.first_key_value() {
        return Err(CatalogError::broken(format!(
            "fact {fact} is not stated by the write that names it: {rows:?}"
        )));
    }
    conn.insert(
        "INSERT INTO fact (seq, id, at_us, actor, verb, digest, subject_count, subjects) VALUES",
        headers,
        "",
    )
    .await?;
    conn.insert("INSERT INTO fact_payload (seq, salt, payload) VALUES", payloads, "").await?;
    conn.insert("INSERT INTO fact_item (subject, seq) VALUES", items, "").await?;
    Ok(head)
}

fn fact(row: &mut Columns<'_>) -> Result<Fact, CatalogError> {
    let header = header(row)?;
    let payload: Option<String> = row.next()?;
    let change = payload
        .map(|payload| serde_json::from_str(&payload).map_err(|error| broken_fact(error.to_string())))
        .transpose()?;
    Ok(Fact { header, change })
}

fn header(row: &mut Columns<'_>) -> Result<FactHeader, CatalogError> {
    let (seq, id, at, actor) = (row.next()?, row.next()?, row.next()?, row.next()?);
    let verb: String = row.next()?;
    let verb = Verb::from_name(&verb).ok_or_else(|| broken_fact(format!("{verb:?} is no verb")))?;
    let subjects: String = row.next()?;
    let subjects = subjects
        .split(' ')
        .map(|subject| Uuid::parse_str(subject).map_err(|error| broken_fact(error.to_string())))
        .collect::<Result<_, _>>()?;
    let digest = digest(&row.next::<Vec<u8>>()?).map_err(broken_fact)?;
    Ok(FactHeader { seq, id, at, actor, verb, subjects, digest })
}

fn broken_fact(why: String) -> CatalogError {
    CatalogError::broken(format!("a fact: {why}"))
}

pub(crate) fn salted_digest(salt: &[u8], payload: &str) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(salt).update(payload.as_bytes());
    *hasher.finalize().as_bytes()
}

/// JSON without spaces, keys in the order of their code points.
fn canonical(value: &Json) -> String {
    fn write(value: &Json, text: &mut String) {
        match value {
            Json::Object(members) => {
                let mut keys: Vec<&String> = members.keys().collect();
                keys.sort_unstable();
                text.push('{');
                for (index, key) in keys.into_iter().enumerate() {
                    if index > 0 {
                        text.push(',');
                    }
                    text.push_str(&Json::String(key.clone()).to_string());
                    text.push(':');
                    write(&members[key], text);
                }
                text.push('}');
            }
            Json::Array(items) => {
                text.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        text.push(',');
                    }
                    write(item, text);
                }
                text.push(']');
            }
            plain => text.push_str(&plain.to_string()),
        }
    }
    let mut text = String::new();
    write(value, &mut text);
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::canonical;

    #[test]
    fn canonical_json_is_the_same_whatever_the_order_of_its_keys() {
        let one = json!({"b": [1, {"z": null, "a": "é\n"}], "a": 1.5});
        assert_eq!(canonical(&one), r#"{"a":1.5,"b":[1,{"a":"é\n","z":null}]}"#);
        assert_eq!(canonical(&json!({"a": 1.5, "b": [1, {"a": "é\n", "z": null}]})), canonical(&one));
    }
}
