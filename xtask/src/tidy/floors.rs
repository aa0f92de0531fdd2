//! Who may import whom: an arrow only points down, and no crate imports a neighbour on its floor (ARCHITECTURE.md).
//!
//! `model` may import `time`; `server` sees `flow` and floors 0 and 1, never an engine; the binary wires everything;
//! tests may use the test kit everywhere, and the tools of the house stand outside.

use super::packages::{Package, When};
use super::{Complaint, Tree};

/// The lowest floor first.
const FLOORS: [&[&str]; 6] = [
    &["damask-time", "damask-model"],
    &["damask-metadata", "damask-timeline", "damask-query"],
    &["damask-catalog", "damask-store", "damask-search", "damask-media", "damask-mind", "damask-reach"],
    &["damask-flow"],
    &["damask-server"],
    &["damask"],
];
const TESTKIT: &str = "damask-testkit";
/// The floor of the engines, which the faces never see.
const ENGINES: usize = 2;
const FLOW: usize = 3;
const FACES: usize = 4;

fn floor(name: &str) -> Option<usize> {
    FLOORS.iter().position(|crates| crates.contains(&name))
}

pub fn check(tree: &Tree) -> Vec<Complaint> {
    let ours: Vec<&str> = tree.packages.iter().map(|package| package.name.as_str()).collect();
    let mut complaints = Vec::new();
    for package in &tree.packages {
        for (name, when) in &package.dependencies {
            if !ours.contains(&name.as_str()) {
                continue;
            }
            if let Some(why) = refusal(&package.name, name, *when) {
                complaints.push(Complaint::new(&package.manifest, 0, why));
            }
        }
        if floor(&package.name).is_none() && !is_tool(package) {
            let words =
                format!("{} stands on no floor; give it one in xtask/src/tidy/floors.rs", package.name);
            complaints.push(Complaint::new(&package.manifest, 0, words));
        }
    }
    complaints
}

fn is_tool(package: &Package) -> bool {
    matches!(package.name.as_str(), "xtask" | TESTKIT)
        || package.manifest.starts_with("fuzz/")
        || package.manifest.starts_with("bench/")
}

/// Why `importer` may not import `imported`, or nothing when it may.
fn refusal(importer: &str, imported: &str, when: When) -> Option<String> {
    if imported == TESTKIT {
        let allowed = when == When::Tests || floor(importer).is_none();
        return (!allowed).then(|| format!("{importer} imports the test kit outside of its tests"));
    }
    if importer == TESTKIT {
        return Some(format!(
            "the test kit serves every floor and so imports none, but it imports {imported}"
        ));
    }
    // The tools of the house, and packages that are told apart in `check`.
    let (from, to) = (floor(importer)?, floor(imported)?);
    if importer == "damask-model" && imported == "damask-time" {
        return None;
    }
    if from == FACES && to == ENGINES {
        return Some(format!(
            "{importer} is a face and imports the engine {imported}; ask flow (floor {FLOW}) instead"
        ));
    }
    (to >= from).then(|| {
        format!("{importer} (floor {from}) imports {imported} (floor {to}); an import only points down")
    })
}

#[cfg(test)]
mod tests {
    use super::super::packages::sample;
    use super::*;

    fn check_packages(packages: Vec<Package>) -> Vec<String> {
        check(&Tree { files: Vec::new(), packages }).into_iter().map(|complaint| complaint.words).collect()
    }

    #[test]
    fn imports_that_point_down_are_allowed() {
        let packages = vec![
            sample("damask-time", &[], &[]),
            sample("damask-model", &["damask-time", "serde"], &[]),
            sample("damask-catalog", &["damask-model"], &["damask-testkit"]),
            sample("damask-flow", &["damask-catalog", "damask-model"], &[]),
            sample("damask-server", &["damask-flow", "damask-model"], &[]),
            sample("damask", &["damask-server", "damask-catalog"], &[]),
            sample("damask-testkit", &["tempfile"], &[]),
            sample("xtask", &["damask-testkit"], &[]),
        ];
        assert_eq!(check_packages(packages), Vec::<String>::new());
    }

    #[test]
    fn neighbours_and_higher_floors_are_refused_in_tests_too() {
        let packages = vec![
            sample("damask-time", &["damask-model"], &[]),
            sample("damask-model", &[], &[]),
            sample("damask-catalog", &["damask-store"], &["damask-flow"]),
            sample("damask-store", &[], &[]),
            sample("damask-flow", &[], &[]),
        ];
        assert_eq!(check_packages(packages).len(), 3);
    }

    #[test]
    fn a_face_never_sees_an_engine_and_the_product_never_sees_the_test_kit() {
        let packages = vec![
            sample("damask-catalog", &[], &[]),
            sample("damask-server", &["damask-catalog", "damask-testkit"], &[]),
            sample("damask-testkit", &["damask-catalog"], &[]),
            sample("damask-cellar", &[], &[]),
        ];
        let words = check_packages(packages);
        assert_eq!(words.len(), 4, "{words:?}");
    }
}
