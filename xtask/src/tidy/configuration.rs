//! Configuration is read once, in `crates/damask/src/config`, checked, and handed down as values. No library reads the
//! environment or the home folder. What cargo says at build time (`env!`) is no configuration.

use super::{Complaint, Tree};

const CONFIG: [&str; 2] = ["crates/damask/src/config/", "crates/damask/src/config.rs"];
const READERS: [&str; 4] = ["env::var", "env::home_dir", "env::set_var", "env::remove_var"];

pub fn check(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for file in tree.product().filter(|file| !CONFIG.iter().any(|config| file.path.starts_with(config))) {
        // A build script speaks with cargo through its environment.
        if file.path.ends_with("/build.rs") {
            continue;
        }
        for (line, code) in file.source().lines() {
            if READERS.iter().any(|reader| code.contains(reader)) || is_flag_with_environment(code) {
                let words =
                    "the environment is read in crates/damask/src/config only; take the value as an argument";
                complaints.push(Complaint::new(&file.path, line, words));
            }
        }
    }
    complaints
}

/// `#[arg(…, env)]` and `#[arg(…, env = "…")]`: clap reads the environment for a flag.
fn is_flag_with_environment(code: &str) -> bool {
    code.split_once("arg(").is_some_and(|(_, rest)| {
        rest.split([',', ')']).any(|part| part.split('=').next().is_some_and(|name| name.trim() == "env"))
    })
}

#[cfg(test)]
mod tests {
    use super::super::complaints;

    #[test]
    fn the_configuration_and_tests_read_the_environment() {
        let read = "//! x\nfn a() { std::env::var(\"A\"); env!(\"CARGO_PKG_VERSION\"); }\n";
        let build = "//! x\nconst V: &str = env!(\"CARGO_PKG_VERSION\");\n#[cfg(test)]\nmod tests { fn a() { std::env::var(\"A\"); } }\n";
        let files = [
            ("crates/damask/src/config/mod.rs", read),
            ("crates/flow/src/a.rs", build),
            ("crates/flow/tests/a.rs", read),
        ];
        assert!(complaints(super::check, &files).is_empty());
    }

    #[test]
    fn nobody_else_does() {
        let read = "//! x\nfn a() { std::env::var_os(\"A\"); }\n";
        let flag = "//! x\n#[arg(long, env = \"DAMASK_DATA\")]\n";
        let files = [("crates/flow/src/a.rs", read), ("crates/damask/src/command.rs", flag)];
        assert_eq!(
            complaints(super::check, &files),
            ["crates/flow/src/a.rs:2", "crates/damask/src/command.rs:2"]
        );
    }
}
