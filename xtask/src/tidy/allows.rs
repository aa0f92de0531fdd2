//! A lint is switched off only with its reason: `#[allow(…, reason = "…")]`. Clippy says so too, but not for code that
//! is compiled out.

use super::{Complaint, Tree};

pub fn check(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for file in tree.files.iter().filter(|file| file.is_rust()) {
        let code = file.source().whole();
        for opening in ["[allow(", "[expect("] {
            for (at, _) in code.match_indices(opening) {
                let attribute = code[at..].split(']').next().unwrap_or_default();
                if !attribute.contains("reason") && code[..at].ends_with(['#', '!']) {
                    let line = code[..at].matches('\n').count() + 1;
                    complaints.push(Complaint::new(
                        &file.path,
                        line,
                        "a lint is switched off without its reason",
                    ));
                }
            }
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::super::complaints;

    #[test]
    fn a_reason_makes_it_right() {
        let text = "//! x\n#[allow(\n    clippy::cast_possible_wrap,\n    reason = \"below 2^31 by its limit\"\n)]\nfn a() {}\n// #[allow(x)]\n";
        assert!(complaints(super::check, &[("crates/a/src/a.rs", text)]).is_empty());
    }

    #[test]
    fn a_bare_allow_is_refused() {
        let text = "//! x\n\n#[allow(dead_code)]\nfn a() {}\n";
        assert_eq!(complaints(super::check, &[("crates/a/src/a.rs", text)]), ["crates/a/src/a.rs:3"]);
    }
}
