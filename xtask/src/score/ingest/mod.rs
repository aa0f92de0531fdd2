//! The rows of ingest: what bringing files in costs, that none is lost, and that what was brought in is found again.

mod again;
mod cost;
mod found;
mod growth;
mod judged;
mod killed;
mod library;
mod memory;
mod outcomes;
mod sent;

pub use self::cost::Costs;
pub use self::library::{CorpusLibrary, of_corpus, of_small_files};
use super::Measure;

/// Every row, by its number.
pub const ROWS: &[Measure] = &[
    Measure {
        row: 1,
        name: "ingest A: durable, metadata read, searchable",
        unit: "CPU ms/file",
        goal: "≤ 40 and ≥ 10× below Directus",
        measure: cost::without_previews,
    },
    Measure {
        row: 2,
        name: "ingest B: A and ladder, placeholder, colours, hashes",
        unit: "CPU ms/file",
        goal: "≤ 250",
        measure: cost::with_previews,
    },
    Measure {
        row: 3,
        name: "ingest B in a large library beside a small one",
        unit: "ratio",
        goal: "≤ 1.20, same SQL statements/file",
        measure: growth::measure,
    },
    Measure {
        row: 4,
        name: "import of unchanged files again",
        unit: "files/s",
        goal: "≥ 20000",
        measure: again::measure,
    },
    Measure {
        row: 5,
        name: "files of the corpus with exactly one outcome",
        unit: "files",
        goal: "all, server alive",
        measure: outcomes::measure,
    },
    Measure {
        row: 6,
        name: "photographs found by first keyword, original identical",
        unit: "photographs",
        goal: "all",
        measure: found::measure,
    },
    Measure {
        row: 7,
        name: "core fields equal to the judges'",
        unit: "%",
        goal: "≥ 99",
        measure: judged::measure,
    },
    Measure {
        row: 8,
        name: "idle memory; ready after; memory during a large file",
        unit: "MB; s; MB",
        goal: "≤ 150; ≤ 1; ≤ 300",
        measure: memory::measure,
    },
    Measure {
        row: 9,
        name: "killed at random moments: lost; half-made",
        unit: "files",
        goal: "0; 0",
        measure: killed::measure,
    },
];
