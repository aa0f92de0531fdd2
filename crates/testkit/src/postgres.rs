//! Where the test run's PostgreSQL answers.

/// The address of a throw-away PostgreSQL (`postgres://user@host:port/database`), or nothing when the run has none.
///
/// `make test` always starts one and exports `DAMASK_TEST_POSTGRES`; a suite that runs on every engine takes this one
/// too when it is there. Tests share it: each makes its own schema, named by itself, and drops it.
#[must_use]
pub fn postgres() -> Option<String> {
    std::env::var("DAMASK_TEST_POSTGRES").ok().filter(|address| !address.is_empty())
}
