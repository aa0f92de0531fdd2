//! The rows of safe keeping: what is acknowledged stays, and nothing hostile gets through.

mod hostile;

use super::Measure;

pub const ROWS: &[Measure] = &[Measure {
    row: 4,
    name: "hostile files: server deaths; attacks of a decoder taken over: contained",
    unit: "deaths; tests",
    goal: "0; all the kernel allows",
    measure: hostile::measure,
}];
