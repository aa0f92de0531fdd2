//! The walk through the journal.

use std::collections::{BTreeMap, BTreeSet};

use damask_model::{Seq, Verb};

use super::many::{keys, records, sequences};
use crate::{
    CatalogError, Conn,
    cell::params,
    conn::only,
    journal,
    page::bounded,
    record::{Said, Table, said},
};

/// Where the walk stands.
#[derive(Debug, Default)]
pub struct Facts {
    after: Seq,
    /// Facts looked at.
    pub looked_at: u64,
    /// Those whose payload was erased.
    pub erased: u64,
    /// Subjects of all of them, each of a fact counted once.
    subjects: u64,
    /// Payloads that are gone, by fact, until the fact that erased them is met.
    gone: BTreeMap<String, Seq>,
    /// Records that are gone, with the fact that said they are there, until a later fact says otherwise.
    missing: BTreeMap<(String, String), Seq>,
}

/// What stands beyond the journal's head or before its first fact: nobody stated it.
const OF_NO_FACT: [(&str, &str); 2] = [
    (
        "payloads",
        "SELECT COUNT(*) FROM fact_payload WHERE seq > (SELECT seq FROM head WHERE singleton = 1) OR seq < 1",
    ),
    (
        "entries of histories",
        "SELECT COUNT(*) FROM fact_item WHERE seq > (SELECT seq FROM head WHERE singleton = 1) OR seq < 1",
    ),
];

struct Stood {
    seq: Seq,
    id: String,
    digest: Vec<u8>,
    verb: String,
    subject_count: u64,
    subjects: Vec<String>,
    salt: Option<Vec<u8>>,
    payload: Option<String>,
}

/// What the facts of one step say at last of the records of a table, by key.
type Latest = BTreeMap<String, (Seq, Option<Vec<u8>>)>;

impl Facts {
    /// Looks at up to `limit` facts; answers what does not agree, in words, or `None` at the end. `conn` sees one
    /// instant during a step.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn step(&mut self, conn: &mut Conn, limit: u32) -> Result<Option<Vec<String>>, CatalogError> {
        let facts = page(conn, self.after, limit).await?;
        let Some(last) = facts.last() else { return Ok(None) };
        let mut faults = Vec::new();
        self.history(conn, &facts, &mut faults).await?;
        let mut latest: BTreeMap<String, Latest> = BTreeMap::new();
        let last = last.seq;
        for fact in facts {
            faults.extend((self.after.0 + 1..fact.seq.0).map(|seq| format!("fact {seq} is missing")));
            self.after = fact.seq;
            self.looked_at += 1;
            if fact.verb == Verb::PayloadErased.name() {
                for id in &fact.subjects {
                    self.gone.remove(id);
                }
            }
            match (&fact.salt, &fact.payload) {
                (Some(salt), Some(payload)) => {
                    if journal::salted_digest(salt, payload)[..] != fact.digest[..] {
                        faults.push(format!("fact {} does not have its digest", fact.seq));
                    }
                    let said: Said = said(payload).unwrap_or_default();
                    for ((table, key), digest) in said {
                        latest.entry(table).or_default().insert(key, (fact.seq, digest));
                    }
                }
                _ => {
                    self.erased += 1;
                    self.gone.insert(fact.id, fact.seq);
                }
            }
        }
        for (table, told) in latest {
            self.compare(conn, table, told, &mut faults).await?;
        }
        self.after = last;
        Ok(Some(faults))
    }

    /// What is still not explained when all facts were looked at.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn end(self, conn: &mut Conn) -> Result<Vec<String>, CatalogError> {
        let gone =
            self.gone.values().map(|seq| format!("the payload of fact {seq} is gone and nobody erased it"));
        let missing = self.missing.iter().map(|((table, key), seq)| {
            format!("{table} {key} is gone since fact {seq} and nobody removed it")
        });
        let mut faults: Vec<String> = gone.chain(missing).collect();
        let items =
            conn.one("SELECT COUNT(*) FROM fact_item WHERE seq <= $1", params![self.after], only::<u64>);
        let items = items.await?.unwrap_or(0);
        if items != self.subjects {
            let subjects = self.subjects;
            faults.push(format!("the histories hold {items} entries, the facts have {subjects} subjects"));
        }
        for (what, sql) in OF_NO_FACT {
            match conn.one(sql, params![], only::<u64>).await?.unwrap_or(0) {
                0 => {}
                count => faults.push(format!("{count} {what} are of no fact")),
            }
        }
        Ok(faults)
    }

    /// Each subject finds the fact in its history.
    async fn history(
        &mut self,
        conn: &mut Conn,
        facts: &[Stood],
        faults: &mut Vec<String>,
    ) -> Result<(), CatalogError> {
        let subjects: BTreeSet<String> =
            facts.iter().flat_map(|fact| fact.subjects.iter().cloned()).collect();
        let (first, last) = (facts[0].seq.0, facts[facts.len() - 1].seq.0);
        let tail = format!("AND seq >= {first} AND seq <= {last}");
        let mut items: BTreeSet<(String, Seq)> = BTreeSet::new();
        for ids in keys(&subjects) {
            let head = "SELECT subject, seq FROM fact_item WHERE subject IN";
            items.extend(conn.among(head, ids, &tail, |row| Ok((row.next()?, row.next()?))).await?);
        }
        for fact in facts {
            if fact.subject_count != fact.subjects.len() as u64 {
                faults.push(format!(
                    "fact {} has {} subjects and says another number",
                    fact.seq,
                    fact.subjects.len()
                ));
            }
            let distinct: BTreeSet<&String> = fact.subjects.iter().collect();
            self.subjects += distinct.len() as u64;
            for subject in distinct {
                if !items.contains(&(subject.clone(), fact.seq)) {
                    faults.push(format!("the history of {subject} does not hold fact {}", fact.seq));
                }
            }
        }
        Ok(())
    }

    /// Compares what the facts of a step said at last of records of a table with what stands now.
    async fn compare(
        &mut self,
        conn: &mut Conn,
        name: String,
        told: Latest,
        faults: &mut Vec<String>,
    ) -> Result<(), CatalogError> {
        let Some(table) = Table::named(&name) else {
            faults.push(format!("a fact tells of the table {name:?}, which there is not"));
            return Ok(());
        };
        let first = |key: &String| table.columns[0].param(key.split(' ').next().unwrap_or_default());
        let firsts: Vec<_> = told.keys().map(first).collect();
        let standing = records(conn, table, &firsts).await?;
        let named = standing.values().flatten().map(|row| row.last_fact.clone()).collect();
        let sequences = sequences(conn, &named).await?;
        for (key, (seq, digest)) in told {
            let record = (name.clone(), key);
            self.missing.remove(&record);
            let Some(rows) = standing.get(&record.1) else {
                if digest.is_some() {
                    self.missing.insert(record, seq);
                }
                continue;
            };
            // That a row is as its last fact says, and that there is such a fact, is for the walk through the rows.
            if sequences.get(&rows[0].last_fact).is_some_and(|stands| *stands < seq) {
                faults.push(format!("{name} {} is as it was before fact {seq}", record.1));
            }
        }
        Ok(())
    }
}

async fn page(conn: &mut Conn, after: Seq, limit: u32) -> Result<Vec<Stood>, CatalogError> {
    conn.all(
        r#"SELECT f.seq, f.id, f.digest, f.verb, f.subject_count, f.subjects, p.salt, p.payload
           FROM fact f LEFT JOIN fact_payload p ON p.seq = f.seq
           WHERE f.seq > $1 ORDER BY f.seq LIMIT $2"#,
        params![after, bounded(limit)],
        |row| {
            Ok(Stood {
                seq: row.next()?,
                id: row.next()?,
                digest: row.next()?,
                verb: row.next()?,
                subject_count: row.next()?,
                subjects: row.next::<String>()?.split(' ').map(str::to_owned).collect(),
                salt: row.next()?,
                payload: row.next()?,
            })
        },
    )
    .await
}
