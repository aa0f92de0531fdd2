//! What fails around the server while it works: the disk, the database, the bucket. Failures are told in words, the
//! work goes on afterwards, and nothing acknowledged is lost. (A clock that jumps is a test of `flow`, which is handed
//! its clock.)

use std::{io::Write as _, path::Path, thread::sleep, time::Duration};

use damask_testkit::{
    OwnPostgres, OwnS3, S3_BUCKET, S3_KEY, Words,
    power::{harm, hindrance},
    siege::{Act, Door, Endured, Ground, Hand, Request, Trade, endure, endure_from_within, hands, work},
};
use serde_json::json;

/// How long something fails, and how long it does not before.
const MEANWHILE: Duration = Duration::from_millis(1_500);

fn ground(folder: &Path) -> Ground {
    Ground::new(Path::new(env!("CARGO_BIN_EXE_damask")), folder)
}

fn skipped(what: &str, why: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED: {what}: {why}");
}

fn check(endured: &Endured) {
    assert!(endured.faults().is_empty(), "{:#?}", endured.faults());
    assert!(endured.afterwards > 0, "nothing was done afterwards: {endured:#?}");
}

#[test]
fn errors_of_the_disk_are_told_and_lose_nothing_acknowledged() {
    if let Some(why) = hindrance() {
        return skipped("errors of the disk", &why);
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut hands = hands(3, folder.path());
    let mut words = Words::new(3);
    let mut refused = 0;
    // Each thread counts its own calls; what a server does until it serves is let through for the most part.
    for (calls, error, first, each) in [
        ("fsync,fdatasync", "EIO", 12, 25),
        ("pwrite64", "ENOSPC", 60, 150),
        ("pread64", "EIO", 150, 250),
        ("rename,renameat2,linkat,mkdir,ftruncate", "EIO", 6, 12),
        ("fdatasync", "ENOSPC", 15, 30),
    ] {
        let before = harm(calls, error, first + words.below(first), each + words.below(each));
        let ground = Ground { before, ..ground(folder.path()) };
        let endured = endure_from_within(&ground, &mut hands, words.number(), MEANWHILE);
        let endured = endured.unwrap_or_else(|why| panic!("{error} of {calls}: {why:#}"));
        check(&endured);
        refused += endured.refusals.len();
    }
    assert!(refused > 0, "nothing failed");
}

#[test]
fn a_database_that_dies_and_comes_back_loses_nothing_acknowledged() {
    let Some(database) = OwnPostgres::start() else { return skipped("a dying database", "no PostgreSQL") };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ground = Ground { database: Some(database.address().to_owned()), ..ground(folder.path()) };
    let endured = endure(&ground, 4, || {
        sleep(MEANWHILE);
        database.kill();
        sleep(MEANWHILE);
        database.again();
        Ok(())
    });
    let endured = endured.unwrap_or_else(|why| panic!("{why:#}"));
    assert!(endured.meanwhile > 0 && !endured.refusals.is_empty(), "{endured:#?}");
    check(&endured);
}

#[test]
fn a_bucket_that_dies_and_comes_back_loses_nothing_acknowledged() {
    let Some(server) = OwnS3::start() else { return skipped("a dying bucket", "no S3 server") };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let settings = [
        ("BUCKET", S3_BUCKET),
        ("ENDPOINT", server.address()),
        ("ACCESS_KEY", S3_KEY.0),
        ("SECRET_KEY", S3_KEY.1),
        ("PATIENCE_SECONDS", "2"),
    ];
    let environment = settings.map(|(name, value)| (format!("DAMASK_S3_{name}"), value.to_owned()));
    let ground = Ground { environment: environment.into(), ..ground(folder.path()) };
    let endured = endure(&ground, 5, || {
        sleep(MEANWHILE);
        server.kill();
        sleep(2 * MEANWHILE);
        server.again();
        Ok(())
    });
    let endured = endured.unwrap_or_else(|why| panic!("{why:#}"));
    assert!(endured.meanwhile > 0 && !endured.refusals.is_empty(), "{endured:#?}");
    check(&endured);
}

#[test]
fn a_purge_beside_a_running_backup_leaves_the_backup_whole() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ground = ground(folder.path());
    let serving = ground.serve().unwrap_or_else(|why| panic!("{why:#}"));
    let door = serving.door();
    let mut keeper = Hand::new("keeper", Trade::Imports, 7, folder.path());
    for _ in 0..20 {
        let import = keeper.next_import();
        keeper.act(&door, &import).unwrap_or_else(|why| panic!("{why:#}"));
    }
    let mut backing_up = vec![Hand::new("finn", Trade::BacksUp, 8, folder.path())];
    let mut purged = 0;
    let raced = work(&mut backing_up, &door, || {
        for asset in keeper.ledger.assets.keys().cloned().collect::<Vec<_>>() {
            keeper.act(&door, &Act::Trash(asset.clone()))?;
            keeper.act(&door, &Act::Purge(asset))?;
            purged += 1;
        }
        Ok(())
    });
    let backups = raced.unwrap_or_else(|why| panic!("{why:#}"));
    assert!(purged >= 20 && backups > 1, "{purged} purges beside {backups} backups");
    assert!(backing_up[0].refusals.is_empty(), "{:?}", backing_up[0].refusals);
    let repository = backing_up[0].repository().expect("it backs up").to_str().expect("UTF-8").to_owned();
    let well = |ground: &Ground, words: &[&str]| ground.well(words).unwrap_or_else(|why| panic!("{why:#}"));
    well(&ground, &["backups", &repository, "--verify", "all"]);
    // The one that held the most while all went.
    let there = ground.backups(folder.path().join("repository").as_path(), &[]).expect("the backups");
    let fullest = there.iter().max_by_key(|backup| backup["assets"].as_u64()).expect("a backup");
    assert!(fullest["assets"].as_u64() > Some(0), "{there:#?}");
    let again = Ground { data: folder.path().join("again"), ..ground.clone() };
    well(&again, &["restore", &repository, "--at", fullest["id"].as_str().expect("an id")]);
    let faults = again.faults(damask_testkit::siege::Care::All).expect("a check");
    assert!(faults.is_empty(), "{faults:#?}");
    assert_eq!(total(&door), 0, "what was purged is gone");
    serving.end().unwrap_or_else(|why| panic!("{why:#}"));
}

/// How many assets there are.
fn total(door: &Door) -> u64 {
    let status =
        door.ask(&Request::new("GET", "/api/v1/status")).expect("a status").document().expect("text");
    assert_ne!(status["assets"], json!(null));
    status["assets"].as_u64().expect("a number")
}
