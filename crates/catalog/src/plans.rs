//! The law that no query walks a whole table: each statement that grows with the library is explained by
//! SQLite and must search an index.

use damask_time::Instant;
use sqlx::AssertSqlSafe;

use crate::{Address, Catalog, Options, assets, dialect::Dialect};

async fn plan(catalog: &Catalog, sql: &str) -> Vec<String> {
    let mut conn = catalog.read().await.expect("a connection");
    conn.all(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")), Vec::new(), |row| {
        let (_, _, _): (i64, i64, i64) = (row.next()?, row.next()?, row.next()?);
        row.next::<String>()
    })
    .await
    .expect("a lawful statement")
}

#[tokio::test]
async fn no_statement_that_runs_often_walks_a_whole_table() {
    let folder = tempfile::tempdir().expect("a folder");
    let address = Address::Sqlite(folder.path().join("library.sqlite"));
    let catalog = Catalog::open(&address, Options::new(|| Instant::from_micros(0))).await.expect("a library");
    for sql in [
        Dialect::Sqlite.claim_jobs(),
        Dialect::Sqlite.take_due(),
        "UPDATE job SET state = 'waiting' WHERE state = 'running' AND lease_us <= $1",
        "SELECT id FROM job WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        "SELECT state, COUNT(*) FROM job WHERE state IN ('waiting', 'running', 'dead') GROUP BY state",
        "SELECT a.id FROM asset a JOIN version v ON v.id = a.current_version \
         JOIN version_file p ON p.version = v.id AND p.role = 'primary' JOIN file f ON f.hash = p.file \
         WHERE a.id > $1 ORDER BY a.id LIMIT $2",
        "SELECT v.asset, v.id FROM version_file p JOIN version v ON v.id = p.version \
         WHERE p.file = $1 AND p.role = 'primary' ORDER BY v.asset, v.id LIMIT 1",
        "SELECT name FROM location WHERE place = $1 AND directory = $2 AND name > $3 ORDER BY name LIMIT $4",
        assets::TRASHED_BEFORE,
        assets::NAMED,
        assets::NAMED_AT_ROOT,
        "DELETE FROM job WHERE key = $1 AND state IN ('waiting', 'running') AND state = 'waiting'",
        "DELETE FROM job WHERE subject = $1 AND state = 'dead'",
        "SELECT id FROM location WHERE file = $1",
        "SELECT DISTINCT l.asset, l.name FROM location l JOIN asset a ON a.id = l.asset AND a.name <> l.name \
         WHERE l.asset IN ($1, $2)",
        "SELECT v.id, v.asset, a.name FROM version v JOIN asset a ON a.id = v.asset WHERE v.id IN ($1, $2)",
        "SELECT DISTINCT version, code FROM finding WHERE version IN ($1, $2)",
        "SELECT id FROM quarantine WHERE id < $1 AND ($2 = '' OR reason = $2) ORDER BY id DESC LIMIT $3",
        "SELECT id FROM quarantine WHERE actor = $2 AND id < $1 AND ($3 = '' OR reason = $3) \
         ORDER BY id DESC LIMIT $4",
        "SELECT id FROM quarantine WHERE file = $1 LIMIT 1",
        "SELECT f.seq FROM fact f LEFT JOIN fact_payload p ON p.seq = f.seq WHERE f.seq > $1 \
         ORDER BY f.seq LIMIT $2",
        "SELECT f.seq FROM fact_item i JOIN fact f ON f.seq = i.seq WHERE i.subject = $1 AND i.seq < $2 \
         ORDER BY i.seq DESC LIMIT $3",
        "SELECT name FROM folder WHERE parent = $1 AND name > $2 ORDER BY name LIMIT $3",
        "SELECT key FROM rendition WHERE used_us < $1 ORDER BY used_us, key LIMIT $2",
        "DELETE FROM session WHERE expires_us <= $1",
        "DELETE FROM observation WHERE expires_us <= $1",
    ] {
        let steps = plan(&catalog, sql).await;
        assert!(!steps.is_empty());
        let walks = steps.iter().any(|step| step.starts_with("SCAN"));
        let sorts =
            sql.contains("LIMIT $") && steps.iter().any(|step| step.contains("TEMP B-TREE FOR ORDER BY"));
        assert!(!walks && !sorts, "{sql}\n{steps:#?}");
    }
}
