//! The command line's contract: what is printed, and how it ends.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    process::Command,
};

use damask_testkit::fixtures::Photograph;

use crate::run::{Ground, json_lines, path_text, words};

#[test]
fn an_imported_file_is_found_shown_and_taken_out_bit_for_bit() {
    let ground = Ground::new();
    let text = "The harbour lay still.\n".repeat(40);
    let path = ground.write("News/2026/harbour note.txt", &text);
    let lines = ground.import();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines[0]["outcome"], "imported");
    assert_eq!(lines[0]["path"], path_text(&path));
    let id = lines[0]["asset"].as_str().expect("an asset").to_owned();

    for query in ["harbour", "name:note", "type:document ext:txt", "folder:Media/News", "\"lay still\""] {
        let found = ground.lines(["search", "--json", query]);
        assert_eq!(found.len(), 1, "{query}: {found:?}");
        assert_eq!(found[0]["id"], id.as_str(), "{query}");
        assert_eq!(found[0]["name"], "harbour note.txt");
        assert_eq!(found[0]["kind"], "document");
        assert_eq!(found[0]["state"], "new");
    }
    assert!(ground.lines(["search", "--json", "lighthouse"]).is_empty());

    let copy = ground.path("copy.txt");
    assert!(ground.run(["get", &id, "-o", path_text(&copy)]).status.success());
    assert_eq!(fs::read(&copy).expect("the copy"), text.as_bytes());

    let shown = ground.lines(["show", "--json", &id]);
    assert_eq!(shown[0]["bytes"], text.len());
    assert_eq!(shown[0]["versions"].as_array().map(Vec::len), Some(1));
    let printed = String::from_utf8(ground.run(["show", &id]).stdout).expect("text");
    for part in ["harbour note.txt  (document, text/plain, ", "B)", "News/2026/harbour note.txt"] {
        assert!(printed.contains(part), "{part}: {printed}");
    }
}

#[test]
fn a_data_folder_may_be_named_from_where_one_stands() {
    let ground = Ground::new();
    let photograph = Photograph::jpeg(64, 48).tag("IPTC:Keywords", "lighthouse").make();
    fs::copy(photograph, ground.media().join("light.jpg")).expect("a copy");
    let run = |arguments: &[&str]| ground.lines([arguments, &["--data", "here"]].concat());
    assert_eq!(run(&["import", "--json", "Media"])[0]["outcome"], "imported");
    let begun = words(&ground.run(["import", "Media", "--data", "elsewhere"]));
    assert!(begun.starts_with("A new library begins in elsewhere/libraries/main"), "{begun}");
    assert_eq!(run(&["search", "--json", "keywords:lighthouse"]).len(), 1);
}

#[test]
fn an_interrupted_import_ends_in_order_and_the_next_one_goes_on() {
    const FILES: usize = 300;
    let ground = Ground::new();
    for number in 0..FILES {
        ground.write(&format!("{number}.txt"), format!("note {number}"));
    }
    let mut importing = ground.start(["import", "--json", path_text(&ground.media())]);
    let mut lines = BufReader::new(importing.stdout.take().expect("its output"));
    lines.read_line(&mut String::new()).expect("the first file");
    let interrupt =
        Command::new("kill").args(["-INT", &importing.id().to_string()]).status().expect("kill runs");
    assert!(interrupt.success());
    let mut rest = String::new();
    lines.read_to_string(&mut rest).expect("its lines");
    let ended = importing.wait_with_output().expect("it ends");
    assert_eq!(ended.status.code(), Some(130), "{}", words(&ended));
    assert!(words(&ended).contains("Stopped. What was taken in stays."), "{}", words(&ended));

    let taken = json_lines(rest.as_bytes()).len() + 1;
    let again = ground.import();
    let here = again.iter().filter(|line| line["outcome"] == "already-here").count();
    assert!(again.len() == FILES && here >= taken, "{here} of {taken}");
    let found = ground.lines(["search", "--json", "--limit", "1000", "*"]);
    assert_eq!(found.len(), FILES);
}

#[test]
fn a_second_import_of_the_same_folder_reads_nothing_and_a_copy_shares_its_bytes() {
    let ground = Ground::new();
    ground.write("a.txt", "one");
    ground.import();
    ground.write("b.txt", "one");
    let mut lines = ground.import();
    lines.sort_by_key(|line| line["path"].as_str().map(str::to_owned));
    assert_eq!(lines[0]["outcome"], "already-here");
    assert_eq!(lines[0]["reason"], "unchanged");
    assert_eq!(lines[1]["outcome"], "already-here");
    assert_eq!(lines[1]["asset"], lines[0]["asset"]);
    assert_eq!(ground.lines(["search", "--json", "*"]).len(), 1);
}

#[test]
fn a_file_changed_in_its_place_becomes_a_new_version_of_the_same_asset() {
    let ground = Ground::new();
    ground.write("a.txt", "first words");
    let first = ground.import();
    ground.write("a.txt", "second words, longer");
    let second = ground.import();
    assert_eq!(second[0]["outcome"], "imported");
    assert_eq!(second[0]["asset"], first[0]["asset"]);
    assert_eq!(ground.lines(["search", "--json", "second"]).len(), 1);
    assert!(ground.lines(["search", "--json", "first"]).is_empty());
    let id = second[0]["asset"].as_str().expect("an asset");
    let printed = String::from_utf8(ground.run(["show", id]).stdout).expect("text");
    assert!(printed.contains("version 1  11 B, "), "{printed}");
}

#[test]
fn odd_files_each_have_one_line_and_stay_findable() {
    let ground = Ground::new();
    ground.write("empty.jpg", "");
    ground.write("not a picture.jpg", "plain words");
    ground.write("no extension", [0_u8, 1, 2, 3, 255]);
    ground.write("strange \u{202e} näme\t.bin", [7_u8; 64]);
    ground.write("cut.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    let lines = ground.import();
    assert_eq!(lines.len(), 5);
    assert!(lines.iter().all(|line| line["outcome"] == "imported"), "{lines:?}");
    assert_eq!(ground.lines(["search", "--json", "*"]).len(), 5);
    let wrong = ground.lines(["search", "--json", "name:picture"]);
    assert_eq!(wrong[0]["kind"], "document");
    assert_eq!(wrong[0]["findings"][0]["code"], "extension-differs");
}

#[test]
fn a_path_that_is_not_there_fails_its_line_and_the_others_go_on() {
    let ground = Ground::new();
    let there = ground.write("a.txt", "words");
    let missing = ground.media().join("missing.txt");
    let output = ground.run(["import", "--json", path_text(&missing), path_text(&there)]);
    assert_eq!(output.status.code(), Some(1), "{}", words(&output));
    let mut lines = json_lines(&output.stdout);
    lines.sort_by_key(|line| line["outcome"].as_str().map(str::to_owned));
    assert_eq!(lines[0]["outcome"], "failed");
    assert_eq!(lines[1]["outcome"], "imported");
}

#[test]
fn a_look_at_a_library_that_is_not_there_makes_none() {
    let ground = Ground::new();
    for words in [&["search", "-boat"][..], &["status"], &["check"]] {
        let output = ground.run(words.iter().copied());
        assert_eq!(output.status.code(), Some(3), "{words:?}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("there is no library in"), "{words:?}: {said}");
        assert!(!ground.data().exists(), "{words:?} made something");
    }
}

#[test]
fn check_finds_a_flipped_bit_and_nothing_in_a_whole_library() {
    let ground = Ground::new();
    ground.write("a.txt", "words that matter");
    assert_eq!(ground.import()[0]["outcome"], "imported");
    flipped_is_found(&ground);
}

#[test]
fn check_finds_a_flipped_bit_of_what_waits_in_quarantine() {
    let ground = Ground::new();
    ground.write("holiday.jpg", fs::read("/bin/true").expect("a program"));
    assert_eq!(ground.import()[0]["outcome"], "quarantined");
    flipped_is_found(&ground);
}

/// Flips a bit of the one blob there is.
fn flipped_is_found(ground: &Ground) {
    assert!(ground.run(["check"]).status.success());
    let blob = find_blob(&ground.data().join("libraries/main/store/blobs"));
    let mut bytes = fs::read(&blob).expect("the blob");
    bytes[0] ^= 1;
    fs::write(&blob, bytes).expect("the blob");
    let output = ground.run(["check"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("FAULT"));
}

fn find_blob(folder: &std::path::Path) -> std::path::PathBuf {
    let first = fs::read_dir(folder).expect("a folder").flatten().next().expect("something in it").path();
    if first.is_dir() { find_blob(&first) } else { first }
}
