//! No sack names: a file or folder is called by what is in it.

use super::{Complaint, Tree};

const SACKS: [&str; 16] = [
    "util",
    "utils",
    "utilities",
    "common",
    "helper",
    "helpers",
    "manager",
    "managers",
    "service",
    "services",
    "misc",
    "core",
    "data",
    "info",
    "lib_utils",
    "stuff",
];
const SOURCES: [&str; 7] = [".rs", ".ts", ".tsx", ".js", ".mjs", ".py", ".sh"];

pub fn check(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for file in tree.files.iter().filter(|file| SOURCES.iter().any(|source| file.path.ends_with(source))) {
        let parts = file.path.split('/').map(|part| part.split('.').next().unwrap_or(part));
        for sack in parts.filter(|part| SACKS.contains(&part.to_lowercase().as_str())) {
            let words = format!("`{sack}` is a sack's name; name the file or folder by what is in it");
            complaints.push(Complaint::new(&file.path, 0, words));
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::super::complaints;

    #[test]
    fn a_noun_is_a_name() {
        let files = [
            ("crates/flow/src/ingest/quarantine.rs", ""),
            ("web/src/ui/Filmstrip.tsx", ""),
            ("docs/data/a.md", ""),
        ];
        assert!(complaints(super::check, &files).is_empty());
    }

    #[test]
    fn a_sack_is_none() {
        let files = [("crates/flow/src/utils.rs", ""), ("web/src/common/Button.tsx", "")];
        assert_eq!(complaints(super::check, &files).len(), 2);
    }
}
