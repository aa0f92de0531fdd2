//! Kills under mixed load, on each database; the score-board does a thousand of each.

use std::{io::Write as _, path::Path};

use damask_testkit::{
    TempSchema, postgres,
    siege::{Ground, Manner, Siege},
};

/// Kills on each database; the score-board does a thousand.
const KILLS: u64 = 25;

/// Conducts a siege, at whose end nothing may be wrong.
fn check(ground: Ground, seed: u64) {
    let mut siege =
        Siege::begin(ground, Manner { seed, moment_ms_max: 900, all_each: 8 }).expect("it begins");
    while siege.tally.kills < KILLS {
        siege.kill().unwrap_or_else(|why| panic!("{why:#}"));
        assert!(siege.tally.faults().is_empty(), "seed {seed}: {:#?}", siege.tally);
    }
    let tally = siege.finish().unwrap_or_else(|why| panic!("{why:#}"));
    assert!(tally.faults().is_empty(), "seed {seed}: {tally:#?}");
    assert!(tally.acknowledged > 20 && tally.cut > 10, "the load was none: {tally:#?}");
}

fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_damask"))
}

#[test]
fn kills_under_mixed_load_lose_nothing_acknowledged_on_sqlite() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    check(Ground::new(binary(), folder.path()), 1);
}

#[test]
fn kills_under_mixed_load_lose_nothing_acknowledged_on_postgresql() {
    let Some(address) = postgres() else {
        let _ = writeln!(std::io::stderr(), "SKIPPED: kills under mixed load on PostgreSQL (there is none)");
        return;
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let library = format!("siege_{}", std::process::id());
    let schema = TempSchema::of_library(&address, &library);
    let ground = Ground { library, database: Some(address), ..Ground::new(binary(), folder.path()) };
    check(ground, 2);
    drop(schema);
}
