//! No file knows where on somebody's machine it was written: absolute paths of a developer's machine don't travel.

use super::{Complaint, Tree};

/// In two halves, so that this file does not complain of itself.
const PLACES: [(&str, &str); 3] = [("/wo", "rk/"), ("/ro", "ot/"), ("/Use", "rs/")];

pub fn check(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for file in &tree.files {
        for (at, line) in file.text.lines().enumerate() {
            for (one, other) in PLACES {
                let place = format!("{one}{other}");
                if line.match_indices(&place).any(|(start, _)| begins_a_path(&line[..start])) {
                    let words = format!(
                        "a path of one machine ({place}…); say where it is relative to the project or the user"
                    );
                    complaints.push(Complaint::new(&file.path, at + 1, words));
                }
            }
        }
    }
    complaints
}

/// Whether a slash after this text begins a path, and is not in the middle of one or of an address.
fn begins_a_path(before: &str) -> bool {
    before.chars().next_back().is_none_or(|last| !(last.is_alphanumeric() || "/._-~})$*>".contains(last)))
}

#[cfg(test)]
mod tests {
    use super::super::complaints;

    #[test]
    fn relative_paths_and_addresses_are_allowed() {
        let text = "see docs/work/a.md and https://example.org/work/a and ~/work/ and ${HOME}/work/\n";
        assert!(complaints(super::check, &[("README.md", text)]).is_empty());
    }

    #[test]
    fn a_path_of_a_machine_is_refused() {
        let text = format!("first\nfiles are in {}{}main\n", "/wo", "rk/");
        assert_eq!(complaints(super::check, &[("README.md", &text)]), ["README.md:2"]);
    }
}
