//! Killed at any moment: what was acknowledged is there, nothing half-made shows, work goes on.

use std::{collections::HashMap, fs, io::Read, time::Duration};

use crate::run::{Ground, json_lines, path_text, words};

/// Kills in one run of the suite; the score-board does hundreds.
const KILLS: u64 = 12;

#[test]
fn an_import_killed_at_any_moment_loses_nothing_acknowledged() {
    let ground = Ground::new();
    let mut contents = HashMap::new();
    for number in 0..60_u64 {
        let text = format!("note {number} ").repeat(50 + 97 * usize::try_from(number).expect("small"));
        let path = ground.write(&format!("folder {}/note {number}.txt", number % 5), &text);
        contents.insert(path_text(&path).to_owned(), text);
    }
    let mut acknowledged: HashMap<String, String> = HashMap::new();
    for kill in 0..KILLS {
        let mut child = ground.start(["import", "--json", path_text(&ground.media())]);
        // Spread over start, import, and the work after it.
        std::thread::sleep(Duration::from_millis(20 + kill * kill * 12));
        child.kill().expect("SIGKILL");
        let mut printed = Vec::new();
        child.stdout.take().expect("stdout is caught").read_to_end(&mut printed).expect("what it printed");
        child.wait().expect("it is gone");
        for line in json_lines(&printed) {
            let outcome = line["outcome"].as_str().expect("an outcome");
            assert!(outcome == "imported" || outcome == "already-here", "{line}");
            let text = |name: &str| line[name].as_str().expect("text").to_owned();
            if let Some(before) = acknowledged.insert(text("path"), text("asset")) {
                assert_eq!(before, text("asset"), "an acknowledged file kept its asset");
            }
        }
        verify(&ground, &acknowledged, &contents);
    }
    let last = ground.import();
    assert_eq!(last.len(), contents.len());
    let found = ground.lines(["search", "--json", "*"]);
    assert_eq!(found.len(), contents.len(), "every file is one asset, none is half-made");
    for asset in &found {
        assert_eq!(asset["media_type"], "text/plain", "{asset}");
    }
    assert!(ground.run(["check"]).status.success());
}

/// Each acknowledged file is there, whole, and the library is sound.
fn verify(ground: &Ground, acknowledged: &HashMap<String, String>, contents: &HashMap<String, String>) {
    if !ground.data().join("libraries/main").is_dir() {
        assert!(acknowledged.is_empty(), "killed before there was a library");
        return;
    }
    let copy = ground.path("copy");
    for (path, asset) in acknowledged.iter().take(3) {
        assert!(ground.run(["get", asset, "-o", path_text(&copy)]).status.success(), "{path} is gone");
        assert_eq!(fs::read_to_string(&copy).expect("the copy"), contents[path], "{path} differs");
    }
    let checked = ground.run(["check", "--json"]);
    assert!(checked.status.success(), "{}{}", String::from_utf8_lossy(&checked.stdout), words(&checked));
    let found = ground.lines(["search", "--json", "*"]);
    let here: Vec<&str> = found.iter().filter_map(|asset| asset["id"].as_str()).collect();
    for (path, asset) in acknowledged {
        assert!(here.contains(&asset.as_str()), "{path} is not found");
    }
}
