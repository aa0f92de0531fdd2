//! SQL lives in `crates/catalog` and nowhere else: neither as text nor as a library.

use super::{Complaint, Tree};

const CATALOG: &str = "damask-catalog";
const DRIVERS: [&str; 6] = ["sqlx", "rusqlite", "tokio-postgres", "postgres", "diesel", "sea-query"];
/// The word a statement begins with, and one that follows somewhere behind it.
const STATEMENTS: [(&str, &str); 7] = [
    ("select", "from"),
    ("insert", "into"),
    ("update", "set"),
    ("delete", "from"),
    ("create", "table"),
    ("alter", "table"),
    ("with", "as"),
];

/// No SQL text outside of the catalog.
pub fn check(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for file in tree.product().filter(|file| !file.path.starts_with("crates/catalog/")) {
        for (line, text) in file.source().strings() {
            if is_statement(text) {
                complaints.push(Complaint::new(
                    &file.path,
                    line,
                    "SQL outside of crates/catalog; give the catalog a function for it",
                ));
            }
        }
    }
    complaints
}

/// No database driver outside of the catalog.
pub fn check_packages(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for package in tree.packages.iter().filter(|package| package.name != CATALOG) {
        for (name, _) in package.dependencies.iter().filter(|(name, _)| DRIVERS.contains(&name.as_str())) {
            let words = format!("{} imports {name}; only the catalog speaks to a database", package.name);
            complaints.push(Complaint::new(&package.manifest, 0, words));
        }
    }
    complaints
}

/// Whether a text is a statement: its words all in capitals or all in small letters, so that "Select a file from the
/// list" is a sentence.
fn is_statement(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let Some(first) = words.first() else { return false };
    STATEMENTS.iter().any(|(opening, follows)| {
        let capitals = (opening.to_uppercase(), follows.to_uppercase());
        let has = |word: &str| words[1..].contains(&word);
        let statement = (*first == *opening && has(follows)) || (*first == capitals.0 && has(&capitals.1));
        // `with x as (select …)`: "with … as" alone is English.
        statement && (*opening != "with" || text.to_lowercase().contains("select"))
    })
}

#[cfg(test)]
mod tests {
    use super::super::packages::sample;
    use super::super::{Tree, complaints};

    #[test]
    fn sql_in_the_catalog_and_sentences_elsewhere_are_allowed() {
        let text = "//! x\nconst A: &str = \"select id from assets\";\n";
        let sentence = "const A: &str = \"Select a file from the list\"; // select id from assets\n";
        assert!(
            complaints(
                super::check,
                &[("crates/catalog/src/a.rs", text), ("crates/flow/src/a.rs", sentence)]
            )
            .is_empty()
        );
    }

    #[test]
    fn sql_elsewhere_is_refused() {
        let text =
            "//! x\nfn a() { run(\"select id\n from assets\"); run(r#\"UPDATE assets SET x = 1\"#) }\n";
        assert_eq!(
            complaints(super::check, &[("crates/flow/src/a.rs", text)]),
            ["crates/flow/src/a.rs:2", "crates/flow/src/a.rs:3"]
        );
    }

    #[test]
    fn a_database_driver_elsewhere_is_refused() {
        let packages = vec![sample("damask-catalog", &["sqlx"], &[]), sample("damask-flow", &[], &["sqlx"])];
        assert_eq!(super::check_packages(&Tree { files: Vec::new(), packages }).len(), 1);
    }
}
