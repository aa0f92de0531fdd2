//! The rows of safe keeping: what is acknowledged stays, and nothing hostile gets through.

mod backup;
mod cuts;
mod hostile;
mod kills;
mod people;
mod resumed;
mod scrubbed;
mod suite;
mod tampered;
mod uploaded;

use anyhow::{Context, Result};

use super::Measure;

pub const ROWS: &[Measure] = &[
    Measure {
        row: 1,
        name: "kills under mixed load, on both databases: lost, half-made, unclean checks",
        unit: "number",
        goal: "0; 0; 0 over >= 1,000 kills each",
        measure: kills::measure,
    },
    Measure {
        row: 2,
        name: "power cuts on a disk that forgets what was not synced: acknowledged and lost",
        unit: "number",
        goal: "0 over >= 500",
        measure: cuts::measure,
    },
    Measure {
        row: 3,
        name: "edits behind Damask's back, in every column of record and journal: found",
        unit: "found/tried",
        goal: "all",
        measure: tampered::measure,
    },
    Measure {
        row: 4,
        name: "hostile files: server deaths; attacks of a decoder taken over: contained",
        unit: "deaths; tests",
        goal: "0; all the kernel allows",
        measure: hostile::measure,
    },
    Measure {
        row: 5,
        name: "backup of a large library while importing: import slower by; restore; nothing changed",
        unit: "%; ; s",
        goal: "<= 30 %; verifies; <= 10 s",
        measure: backup::measure,
    },
    Measure {
        row: 6,
        name: "upload on loopback, hash included, to dd; server killed, resumed: sent again at most",
        unit: "x; chunks",
        goal: ">= 0.8 x; <= 1, all bytes right",
        measure: uploaded::measure,
    },
    Measure {
        row: 7,
        name: "one suite of the store, on the folder and on SeaweedFS",
        unit: "tests",
        goal: "all",
        measure: suite::measure,
    },
    Measure {
        row: 8,
        name: "a pass at full speed over all originals, to b3sum of the same files",
        unit: "x",
        goal: ">= 0.8 x",
        measure: scrubbed::measure,
    },
];

/// How often something is done: what a variable of the environment says, or as usual.
fn times(variable: &str, usual: u64) -> Result<u64> {
    match std::env::var(variable) {
        Ok(given) => given.parse().with_context(|| format!("{variable}={given} is no number")),
        Err(_) => Ok(usual),
    }
}
