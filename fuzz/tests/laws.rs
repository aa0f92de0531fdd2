//! Each parser keeps its laws on its seeds and on what becomes of them in a moment. `make fuzz-parsers` looks longer.

use std::time::Duration;

use damask_fuzz::{all, drive::drive, find};
use rustix::process::{Resource, Rlimit, setrlimit};

/// Time for one target.
const MOMENT: Duration = Duration::from_millis(250);
/// Addresses of the whole test, in bytes: a parser that asks for what a header claims has none.
const ADDRESSES_MAX: u64 = 4 << 30;

#[test]
fn every_parser_keeps_its_laws() {
    let limit = Rlimit { current: Some(ADDRESSES_MAX), maximum: Some(ADDRESSES_MAX) };
    setrlimit(Resource::As, limit).expect("a limit may be lowered");
    let mut broken = Vec::new();
    for target in all() {
        match std::panic::catch_unwind(|| drive(target, MOMENT)) {
            Ok(tried) => println!("{}: {tried} inputs", target.name),
            Err(_) => broken.push(target.name),
        }
    }
    assert!(broken.is_empty(), "laws are broken by: {broken:?}");
}

#[test]
fn names_are_unique_and_found() {
    for target in all() {
        let found = find(target.name).expect("it is in the list");
        assert!(std::ptr::fn_addr_eq(found.check, target.check), "{}", target.name);
    }
    assert!(find("nothing").is_none());
}
