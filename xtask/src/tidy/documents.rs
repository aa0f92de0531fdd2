//! The documents a stranger looks for are there, and the change log has a place for what comes next.

use super::{Complaint, Tree};

const DOCUMENTS: [&str; 8] = [
    "README.md",
    "ARCHITECTURE.md",
    "GLOSSARY.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "LICENSE-MIT",
    "LICENSE-APACHE",
];
const CHANGELOG: &str = "CHANGELOG.md";

pub fn check(tree: &Tree) -> Vec<Complaint> {
    let find = |path: &str| tree.files.iter().find(|file| file.path == path && !file.text.trim().is_empty());
    let mut complaints: Vec<Complaint> = DOCUMENTS
        .iter()
        .filter(|path| find(path).is_none())
        .map(|path| Complaint::new(path, 0, "is missing or empty"))
        .collect();
    let unreleased = |line: &str| line.starts_with("## ") && line.to_lowercase().contains("unreleased");
    if find(CHANGELOG).is_some_and(|file| !file.text.lines().any(unreleased)) {
        complaints.push(Complaint::new(CHANGELOG, 0, "has no section `## Unreleased`"));
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::super::complaints;
    use super::DOCUMENTS;

    #[test]
    fn all_documents_with_an_unreleased_section_are_right() {
        let files: Vec<(&str, &str)> =
            DOCUMENTS.iter().map(|path| (*path, "# A\n\n## [Unreleased]\n")).collect();
        assert!(complaints(super::check, &files).is_empty());
    }

    #[test]
    fn a_missing_document_and_a_change_log_without_a_future_are_refused() {
        let files: Vec<(&str, &str)> = DOCUMENTS.iter().skip(1).map(|path| (*path, "# A\n")).collect();
        assert_eq!(complaints(super::check, &files), ["README.md:0", "CHANGELOG.md:0"]);
    }
}
