//! A file is one noun or one verb: over 500 lines it is time to split it by meaning, over 800 the build fails.
//! Functions are measured by clippy (clippy.toml). What is generated (`*.gen.*`) is nobody's to read.

use super::{Complaint, Tree};

const LINES_WARN: usize = 500;
const LINES_MAX: usize = 800;
const KINDS: [&str; 3] = [".rs", ".ts", ".tsx"];

pub fn check(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let written = |path: &str| KINDS.iter().any(|kind| path.ends_with(kind)) && !path.contains(".gen.");
    for file in tree.files.iter().filter(|file| written(&file.path)) {
        let lines = file.text.lines().count();
        if lines > LINES_MAX {
            let words = format!("{lines} lines, {LINES_MAX} are the limit; split it by meaning");
            complaints.push(Complaint::new(&file.path, lines, words));
        } else if lines > LINES_WARN {
            let words = format!("{lines} lines; over {LINES_WARN} think of splitting it by meaning");
            complaints.push(Complaint::warning(&file.path, lines, words));
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::super::{Tree, complaints};

    #[test]
    fn a_short_file_and_a_generated_one_are_allowed() {
        let long = "x\n".repeat(900);
        let files = [
            ("crates/a/src/a.rs", "x\n"),
            ("web/src/api/schema.gen.ts", long.as_str()),
            ("docs/a.md", long.as_str()),
        ];
        assert!(complaints(super::check, &files).is_empty());
    }

    #[test]
    fn a_long_file_is_warned_of_and_a_very_long_one_refused() {
        let (long, longer) = ("x\n".repeat(501), "x\n".repeat(801));
        let tree = Tree::of(&[("crates/a/src/a.rs", &long), ("web/src/a.tsx", &longer)]);
        let warnings: Vec<bool> = super::check(&tree).iter().map(|complaint| complaint.warning).collect();
        assert_eq!(warnings, [true, false]);
    }
}
