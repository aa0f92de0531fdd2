//! Encryption at rest as people switch it on: by naming a key before the first file comes in.

use std::{
    fs,
    process::{Command, Output},
};

use crate::run::{Ground, path_text, words};

const CONTENT: &[u8] = b"the ferry leaves at ten, and nobody else may know";

/// A library with its key in a file.
struct Locked {
    ground: Ground,
}

impl Locked {
    fn command(&self, key: &str, arguments: &[&str]) -> Command {
        let mut command = self.ground.command(arguments);
        command.args(["--data", path_text(&self.ground.path("data"))]);
        command.env("DAMASK_STORE_KEY_FILE", self.ground.path(key));
        command
    }

    fn run(&self, key: &str, arguments: &[&str]) -> Output {
        self.command(key, arguments).output().expect("the binary runs")
    }

    fn well(&self, key: &str, arguments: &[&str]) -> String {
        let output = self.run(key, arguments);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{arguments:?}: {said}{}", words(&output));
        said
    }

    fn original(&self, key: &str) -> Vec<u8> {
        let found = self.well(key, &["search", "--json", "ferry"]);
        let asset: serde_json::Value = serde_json::from_str(found.trim()).expect("one asset");
        let copy = self.ground.path("copy");
        self.well(key, &["get", asset["id"].as_str().expect("an id"), "-o", path_text(&copy)]);
        fs::read(copy).expect("the copy")
    }
}

#[test]
fn originals_are_encrypted_from_the_first_and_opened_by_their_key_alone() {
    let here = Locked { ground: Ground::new() };
    for (name, key) in
        [("key", "correct horse battery staple\n"), ("new-key", "another horse, another staple")]
    {
        fs::write(here.ground.path(name), key).expect("a key");
    }
    let file = here.ground.path("note.txt");
    fs::write(&file, CONTENT).expect("a file");
    here.well("key", &["import", path_text(&file)]);
    assert_eq!(here.original("key"), CONTENT);
    assert!(here.well("key", &["check"]).contains("encrypted"), "the check tells how originals are kept");

    let refused = here.run("new-key", &["search", "ferry"]);
    assert!(!refused.status.success());
    assert!(words(&refused).contains("is not the one it was encrypted with"), "{}", words(&refused));
    let mut without = here.command("key", &["search", "ferry"]);
    let refused = without.env_remove("DAMASK_STORE_KEY_FILE").output().expect("the binary runs");
    assert!(words(&refused).contains("name their key in store.key_file"), "{}", words(&refused));

    let said = here.well("key", &["rekey", path_text(&here.ground.path("new-key"))]);
    assert!(said.contains("1 place is opened by the new key"), "{said}");
    assert!(!here.run("key", &["search", "ferry"]).status.success(), "the old key opens nothing");
    assert_eq!(here.original("new-key"), CONTENT);
    here.well("new-key", &["check"]);
}

#[test]
fn a_library_in_the_clear_has_no_key_to_change() {
    let here = Locked { ground: Ground::new() };
    let file = here.ground.path("note.txt");
    fs::write(&file, CONTENT).expect("a file");
    fs::write(here.ground.path("key"), "correct horse battery staple").expect("a key");
    let mut import = here.command("key", &["import", path_text(&file)]);
    assert!(import.env_remove("DAMASK_STORE_KEY_FILE").output().expect("the binary runs").status.success());
    let refused = here.run("key", &["rekey", path_text(&here.ground.path("key"))]);
    assert!(words(&refused).contains("no place is encrypted"), "{}", words(&refused));
    assert_eq!(here.original("key"), CONTENT);
}
