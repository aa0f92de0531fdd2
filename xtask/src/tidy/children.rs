//! Child processes start only through `media::glass`, where the walls around them are. The binary may start itself
//! again, and says so: `Command::new(itself)`.

use super::{Complaint, Tree};

const GLASS: &str = "crates/media/src/glass";
const BINARY: &str = "crates/damask/";

pub fn check(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for file in tree.product().filter(|file| !file.path.starts_with(GLASS)) {
        for (line, code) in file.source().lines() {
            let starts = code.contains("Command::new") && !code.contains("clap::Command::new");
            let itself =
                file.path.starts_with(BINARY) && (code.contains("(itself)") || code.contains("(&itself)"));
            if starts && !itself {
                let words = "a child process outside of media::glass; take the glass you are handed";
                complaints.push(Complaint::new(&file.path, line, words));
            }
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::super::complaints;

    const START: &str = "//! x\nfn a() { Command::new(tool); }\n";

    #[test]
    fn the_glass_tests_and_the_binary_itself_start_children() {
        let files = [
            ("crates/media/src/glass/pool.rs", START),
            ("crates/media/tests/walls.rs", START),
            ("xtask/src/main.rs", START),
            ("crates/damask/src/again.rs", "//! x\nfn a() { Command::new(&itself); }\n"),
        ];
        assert!(complaints(super::check, &files).is_empty());
    }

    #[test]
    fn nobody_else_does() {
        let files = [("crates/flow/src/a.rs", START), ("crates/damask/src/a.rs", START)];
        assert_eq!(complaints(super::check, &files), ["crates/flow/src/a.rs:2", "crates/damask/src/a.rs:2"]);
    }
}
