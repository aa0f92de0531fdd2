//! Every Rust file opens with `//!`: why it exists, what it deliberately does not do, where to go next.

use super::{Complaint, Tree};

/// A head shorter than this says nothing.
const HEAD_LETTERS_MIN: usize = 20;

pub fn check(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for file in tree.files.iter().filter(|file| file.is_rust()) {
        let head: String = file.text.lines().map_while(|line| line.strip_prefix("//!")).collect();
        if head.trim().chars().count() < HEAD_LETTERS_MIN {
            complaints.push(Complaint::new(&file.path, 1, "open the file with `//!` and why it exists"));
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::super::complaints;

    #[test]
    fn a_file_says_why_it_exists() {
        let files = [("crates/time/src/rate.rs", "//! Rates are ratios, never floats.\npub struct Rate;\n")];
        assert!(complaints(super::check, &files).is_empty());
    }

    #[test]
    fn a_file_without_a_head_is_refused() {
        let files = [("crates/time/src/a.rs", "use std::fmt;\n"), ("crates/time/src/b.rs", "//! Rates.\n")];
        assert_eq!(complaints(super::check, &files).len(), 2);
    }
}
