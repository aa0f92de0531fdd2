//! The drill: a library is backed up while it is used and while backups are killed, and what is restored is compared
//! with what was there. And the other way: whatever is done to a backup is told, and makes no library.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use damask_testkit::{S3_BUCKET, S3_KEY, postgres, s3, s3_prefix};
use serde_json::Value as Json;

use crate::run::{Ground, json_lines, path_text, words};

const KEY: &str = "correct horse battery staple\n";

/// A library: its data folder, and what else a command must be told.
struct There<'g> {
    ground: &'g Ground,
    flags: Vec<String>,
}

impl<'g> There<'g> {
    fn new(ground: &'g Ground, folder: &str) -> Self {
        Self { ground, flags: vec!["--data".into(), path_text(&ground.path(folder)).into()] }
    }

    fn with(mut self, flags: &[&str]) -> Self {
        self.flags.extend(flags.iter().map(|flag| (*flag).to_owned()));
        self
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.ground.command(arguments);
        command.args(&self.flags);
        command.env("DAMASK_BACKUP_S3_ENDPOINT", s3().unwrap_or_default());
        command.env("DAMASK_BACKUP_S3_ACCESS_KEY", S3_KEY.0).env("DAMASK_BACKUP_S3_SECRET_KEY", S3_KEY.1);
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the binary runs")
    }

    fn well(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{arguments:?}: {said}{}", words(&output));
        said
    }

    fn lines(&self, arguments: &[&str]) -> Vec<Json> {
        json_lines(self.well(arguments).as_bytes())
    }

    /// Every asset with all that is known of it, by id.
    fn assets(&self) -> Vec<Json> {
        let mut assets = self.lines(&["search", "--json", "*"]);
        assets.sort_by_key(|asset| asset["id"].as_str().map(str::to_owned));
        assets
    }

    fn original(&self, asset: &Json) -> Vec<u8> {
        let copy = self.ground.path("copy");
        self.well(&["get", asset["id"].as_str().expect("an id"), "-o", path_text(&copy)]);
        fs::read(copy).expect("the copy")
    }

    /// What is told of files and rows that are the same in both.
    fn is_as(&self, other: &Self) {
        let (here, there) = (self.assets(), other.assets());
        assert!(!here.is_empty());
        assert_eq!(here, there);
        for asset in here.iter().step_by(here.len().div_ceil(2)) {
            assert_eq!(self.original(asset), other.original(asset));
        }
        let found = |library: &Self| library.lines(&["search", "--json", "number type:document"]).len();
        assert_eq!(found(self), found(other));
    }
}

fn notes(ground: &Ground, folder: &str, numbers: std::ops::Range<u32>) -> PathBuf {
    for number in numbers {
        let text = format!("note number {number} ").repeat(40 + usize::try_from(number).expect("small"));
        ground.write(&format!("{folder}/note {number}.txt"), text);
    }
    ground.media().join(folder)
}

/// A server that has said that it serves.
fn served(library: &There<'_>) -> Child {
    let mut child = library.command(&["serve", "--listen", "127.0.0.1:0"]).spawn().expect("it starts");
    let mut lines = BufReader::new(child.stdout.as_mut().expect("caught")).lines();
    lines.next().expect("a line").expect("text");
    child
}

#[test]
fn a_library_backed_up_while_it_takes_files_in_comes_back_as_it_was_whatever_was_killed() {
    let ground = Ground::new();
    let there = There::new(&ground, "data");
    there.well(&["import", path_text(&notes(&ground, "first", 0..60))]);
    let (first, repository) = (there.assets(), ground.path("repository"));
    let repository = path_text(&repository);
    let mut server = served(&there);
    let more = notes(&ground, "second", 60..160);
    let mut import = there.command(&["import", "--json", path_text(&more)]).spawn().expect("it starts");
    let backup = there.lines(&["backup", repository, "--json"]);
    assert!(backup.last().is_some_and(|line| line["backup"]["id"].is_string()), "{backup:?}");
    assert!(import.wait().expect("it ends").success());
    // The server itself, in the middle of a backup.
    let mut broken_off = there.command(&["backup", repository]).spawn().expect("it starts");
    std::thread::sleep(Duration::from_millis(30));
    server.kill().expect("SIGKILL");
    server.wait().expect("it is gone");
    broken_off.wait().expect("it hears of it");
    notes(&ground, "second", 160..200);
    there.well(&["import", path_text(&more)]);
    for kill in 0..5_u64 {
        let mut child = there.command(&["backup", repository]).spawn().expect("it starts");
        std::thread::sleep(Duration::from_millis(60 + kill * 60));
        child.kill().expect("SIGKILL");
        child.wait().expect("it is gone");
    }
    there.well(&["backup", repository]);
    let backups = there.lines(&["backups", repository, "--json"]);
    assert!(backups.len() >= 2 && backups.iter().all(|backup| backup["broken"].is_null()), "{backups:?}");
    there.well(&["backups", repository, "--verify", "all"]);
    let again = There::new(&ground, "again");
    again.well(&["restore", repository]);
    there.is_as(&again);
    // As it was when the first was made: all that was there before is in it.
    let earlier = There::new(&ground, "earlier");
    earlier.well(&["restore", repository, "--at", backups[0]["id"].as_str().expect("an id")]);
    let earlier = earlier.assets();
    assert!(first.iter().all(|asset| earlier.contains(asset)) && earlier.len() < 200);
    let refused = again.run(&["restore", repository]);
    assert!(!refused.status.success() && words(&refused).contains("is not empty"), "{}", words(&refused));
}

#[test]
fn a_backup_of_nothing_new_puts_nothing_and_old_backups_go_with_what_only_they_named() {
    let ground = Ground::new();
    let there = There::new(&ground, "data");
    let folder = notes(&ground, "first", 0..30);
    there.well(&["import", path_text(&folder)]);
    let repository = ground.path("repository");
    let repository = path_text(&repository);
    there.well(&["backup", repository]);
    let second = there.lines(&["backup", repository, "--json"]);
    let second = &second.last().expect("the backup")["backup"];
    assert_eq!((&second["put_originals"], &second["put_bytes"]), (&Json::from(0), &Json::from(0)));
    notes(&ground, "first", 30..40);
    there.well(&["import", path_text(&folder)]);
    let third = there.lines(&["backup", repository, "--json"]);
    assert_eq!(third.last().expect("the backup")["backup"]["put_originals"], 10);
    let before = pieces(&ground.path("repository")).len();
    assert_eq!(there.lines(&["backups", repository, "--keep", "1", "--json"]).len(), 1);
    assert!(pieces(&ground.path("repository")).len() < before);
    there.well(&["backups", repository, "--verify"]);
    let again = There::new(&ground, "again");
    again.well(&["restore", repository]);
    there.is_as(&again);
}

#[test]
fn a_backup_whose_pieces_are_changed_or_gone_names_them_and_makes_no_library() {
    let ground = Ground::new();
    let there = There::new(&ground, "data");
    there.well(&["import", path_text(&notes(&ground, "first", 0..8))]);
    fs::write(ground.path("key"), KEY).expect("a key");
    let key_file = ground.path("key");
    for flags in [&[][..], &["--key-file", path_text(&key_file)][..]] {
        let folder = ground.path(if flags.is_empty() { "open" } else { "sealed" });
        let name = path_text(&folder).to_owned();
        let with =
            |words: &[&str]| words.iter().chain(flags).map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let run = |words: &[&str]| {
            let words = with(words);
            there.run(&words.iter().map(String::as_str).collect::<Vec<_>>())
        };
        assert!(run(&["backup", &name]).status.success());
        for shelf in ["originals", "pages", "backups"] {
            let piece = pieces(&folder.join(shelf)).remove(0);
            let whole = fs::read(&piece).expect("a piece");
            let mut changed = whole.clone();
            *changed.last_mut().expect("not empty") ^= 1;
            for change in [Some(&changed[..]), Some(&whole[..whole.len() / 2]), None] {
                match change {
                    Some(bytes) => fs::write(&piece, bytes).expect("changed"),
                    None => fs::remove_file(&piece).expect("removed"),
                }
                let verified = run(&["backups", &name, "--verify"]);
                let said = format!("{}{}", String::from_utf8_lossy(&verified.stdout), words(&verified));
                let is_all = shelf == "backups" && change.is_none();
                let named = piece.file_name().and_then(|name| name.to_str()).expect("text");
                assert!(!verified.status.success() && (is_all || said.contains(named)), "{shelf}: {said}");
                let target = ground.path("none");
                let mut restore = run(&["restore", &name, "--library", "other"]);
                assert_eq!(restore.status.code(), Some(3), "{shelf}: {}", words(&restore));
                restore = run(&["status", "--library", "other"]);
                assert!(!restore.status.success() && !target.exists(), "a library was made");
            }
            fs::write(&piece, whole).expect("as it was");
        }
        assert!(run(&["backups", &name, "--verify"]).status.success());
    }
}

#[test]
fn a_key_that_is_lacking_or_another_is_told_in_words() {
    let ground = Ground::new();
    let there = There::new(&ground, "data");
    there.well(&["import", path_text(&notes(&ground, "first", 0..3))]);
    let repository = ground.path("repository");
    let refused = |words_of: &str, key: Option<&str>, expected: &str| {
        let mut command =
            there.command(&[words_of, path_text(&repository), "--library", library_of(words_of)]);
        if let Some(key) = key {
            command.env("DAMASK_BACKUP_KEY", key);
        }
        let output = command.output().expect("it runs");
        assert!(!output.status.success() && words(&output).contains(expected), "{}", words(&output));
    };
    refused("backups", None, "holds no backups");
    refused("backup", Some("short"), "at least 16");
    let output = there.command(&["backup", path_text(&repository)]).env("DAMASK_BACKUP_KEY", KEY).output();
    assert!(output.expect("it runs").status.success());
    refused("backups", None, "are sealed: give the key");
    refused("backup", Some("another key of some length"), "is not the one");
    refused("restore", Some("another key of some length"), "is not the one");
    let secret = b"note number 1 note number 1";
    let tells = |piece: &PathBuf| {
        let bytes = fs::read(piece).expect("a piece");
        bytes.windows(secret.len()).any(|window| window == secret)
    };
    assert!(!pieces(&repository).iter().any(tells), "a sealed piece can be read");
}

#[test]
fn a_sealed_backup_in_a_bucket_goes_from_one_database_to_the_other_and_back() {
    let (Some(url), true) = (postgres(), s3().is_some()) else {
        let _ = writeln!(std::io::stderr(), "SKIPPED: backups in a bucket (no PostgreSQL or no S3 server)");
        return;
    };
    let ground = Ground::new();
    fs::write(ground.path("key"), KEY).expect("a key");
    let key_file = ground.path("key");
    let key = ["--key-file", path_text(&key_file)];
    let library = format!("drill_{}", std::process::id());
    let there = There::new(&ground, "data").with(&["--library", &library]);
    there.well(&["import", path_text(&notes(&ground, "first", 0..20))]);
    let place = |name: &str| format!("s3://{S3_BUCKET}/{}/{name}", s3_prefix());
    let (one, two) = (place("one"), place("two"));
    there.well(&[&["backup", &one][..], &key].concat());
    let _schema = Schema { url: url.clone(), name: format!("damask_{library}") };
    let second = There::new(&ground, "second").with(&["--library", &library, "--database", &url]);
    second.well(&[&["restore", &one][..], &key].concat());
    there.is_as(&second);
    second.well(&["import", path_text(&notes(&ground, "more", 20..30))]);
    second.well(&[&["backup", &two][..], &key].concat());
    let third = There::new(&ground, "third").with(&["--library", &library]);
    third.well(&[&["restore", &two][..], &key].concat());
    second.is_as(&third);
    second.well(&[&["backups", &two, "--verify"][..], &key].concat());
}

/// A restore is into a library that is not there yet.
fn library_of(command: &str) -> &'static str {
    if command == "restore" { "other" } else { "main" }
}

/// Dropped at the end.
struct Schema {
    url: String,
    name: String,
}

impl Drop for Schema {
    fn drop(&mut self) {
        let drop = format!("SET client_min_messages = error; DROP SCHEMA IF EXISTS {} CASCADE", self.name);
        let quiet = Command::new("psql").args(["-q", "-c", &drop, &self.url]).stderr(Stdio::null()).status();
        let _ = quiet;
    }
}

/// All files below a folder, in order.
fn pieces(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { files.extend(pieces(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}
