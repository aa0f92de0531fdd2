//! What time it is, is said by the binary and handed down, so that a test can say it too. Measuring how long something
//! took (`Instant`) is free.

use super::{Complaint, Tree};

const CLOCKS: [&str; 4] = ["SystemTime::now", "Timestamp::now", "Zoned::now", "Utc::now"];

pub fn check(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for file in tree.product().filter(|file| !file.path.starts_with("crates/damask/")) {
        for (line, code) in file.source().lines() {
            if CLOCKS.iter().any(|clock| code.contains(clock)) {
                let words = "reads the clock; take the time (or a clock) as an argument, the binary has one";
                complaints.push(Complaint::new(&file.path, line, words));
            }
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::super::complaints;

    #[test]
    fn the_binary_has_a_clock_and_everyone_may_measure() {
        let files = [
            ("crates/damask/src/clock.rs", "//! x\nfn a() { SystemTime::now(); }\n"),
            ("crates/flow/src/a.rs", "//! x\nfn a() { Instant::now(); } // SystemTime::now\n"),
        ];
        assert!(complaints(super::check, &files).is_empty());
    }

    #[test]
    fn a_library_has_none() {
        let files = [("crates/flow/src/a.rs", "//! x\n\nfn a() { std::time::SystemTime::now(); }\n")];
        assert_eq!(complaints(super::check, &files), ["crates/flow/src/a.rs:3"]);
    }
}
