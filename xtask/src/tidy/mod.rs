//! The rules of the house that no compiler keeps, each in its own file with a sample that passes and one that fails.
//!
//! A rule reads the [`Tree`] and answers with complaints that name a file, a line and what to do instead. Adding a rule:
//! write its file, add it to [`RULES`].

mod allows;
mod children;
mod clock;
mod configuration;
mod documents;
mod floors;
mod heads;
mod names;
mod packages;
mod places;
mod sizes;
mod source;
mod sql;
mod tree;

use std::path::Path;

use anyhow::Result;

use self::tree::Tree;

/// One thing that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Path from the root of the workspace.
    path: String,
    /// Line, counted from 1; 0 is the whole file.
    line: usize,
    /// What is wrong and what to do instead.
    words: String,
    /// A warning is printed and fails nothing.
    warning: bool,
}

impl Complaint {
    fn new(path: &str, line: usize, words: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, words: words.into(), warning: false }
    }

    fn warning(path: &str, line: usize, words: impl Into<String>) -> Self {
        Self { warning: true, ..Self::new(path, line, words) }
    }
}

type Rule = fn(&Tree) -> Vec<Complaint>;

/// Every rule with its name.
const RULES: [(&str, Rule); 12] = [
    ("floors", floors::check),
    ("sql", sql::check),
    ("sql-packages", sql::check_packages),
    ("children", children::check),
    ("configuration", configuration::check),
    ("clock", clock::check),
    ("heads", heads::check),
    ("sizes", sizes::check),
    ("allows", allows::check),
    ("names", names::check),
    ("places", places::check),
    ("documents", documents::check),
];

/// Checks the workspace; `true` when no rule is broken.
pub fn run(root: &Path) -> Result<bool> {
    let tree = Tree::read(root)?;
    let (mut passed, mut failed) = (0, 0);
    for (name, rule) in RULES {
        let complaints = rule(&tree);
        for complaint in &complaints {
            let kind = if complaint.warning { "warning" } else { "error" };
            println!("{}:{}: {kind}: {name}: {}", complaint.path, complaint.line, complaint.words);
        }
        if complaints.iter().all(|complaint| complaint.warning) { passed += 1 } else { failed += 1 }
    }
    println!("tidy: {passed} passed, {failed} failed");
    Ok(failed == 0)
}

/// For the rules' own tests: the complaints of a rule about these files, as `path:line`.
#[cfg(test)]
fn complaints(rule: Rule, files: &[(&str, &str)]) -> Vec<String> {
    rule(&Tree::of(files)).iter().map(|complaint| format!("{}:{}", complaint.path, complaint.line)).collect()
}
