//! What a power cut leaves: the system calls of the real server under mixed load, and the folder as a disk that
//! forgets whatever was not synced would have it. The score-board cuts five hundred times.

use std::{io::Write as _, path::Path, time::Duration};

use damask_testkit::{
    Words,
    power::{Recording, hindrance, record},
    siege::Act,
};

/// Cuts of one run; the score-board does hundreds.
const CUTS: usize = 8;
/// How long the server works.
const LASTS: Duration = Duration::from_secs(3);

/// A recording, or nothing where system calls cannot be looked at.
fn recorded(folder: &Path, seed: u64) -> Option<Recording> {
    if let Some(why) = hindrance() {
        let _ = writeln!(std::io::stderr(), "SKIPPED: power cuts: {why}");
        return None;
    }
    let recording = record(Path::new(env!("CARGO_BIN_EXE_damask")), folder, seed, LASTS);
    Some(recording.unwrap_or_else(|why| panic!("{why:#}")))
}

#[test]
fn a_power_cut_at_any_instant_loses_nothing_acknowledged() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let Some(recording) = recorded(folder.path(), 1) else { return };
    let differences = recording.differences().unwrap_or_else(|why| panic!("{why:#}"));
    assert!(differences.is_empty(), "the reckoning of the disk is wrong: {differences:#?}");
    let mut words = Words::new(1);
    let cuts = recording.cuts(CUTS, &mut words);
    let cut = recording.cut(&cuts, folder.path(), &mut words);
    let (findings, unclean) = cut.unwrap_or_else(|why| panic!("{why:#}"));
    assert!(findings.lost.is_empty() && findings.half_made.is_empty(), "{findings:#?}");
    assert!(unclean.is_empty(), "{unclean:#?}");
    assert!(findings.assets > 0 && findings.originals > 0, "nothing was looked at: {findings:?}");
}

#[test]
fn an_answer_is_sent_only_after_file_name_folder_and_records_are_synced() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let Some(recording) = recorded(folder.path(), 2) else { return };
    type IsAcknowledged = fn(&Act) -> bool;
    let ways: [(&str, IsAcknowledged); 3] = [
        ("put", |act| matches!(act, Act::Put { .. })),
        ("uploaded", |act| matches!(act, Act::Append { .. })),
        ("imported", |act| matches!(act, Act::Import { .. })),
    ];
    for (way, is_meant) in ways {
        let steps = recording.steps(is_meant).unwrap_or_else(|why| panic!("{why:#}"));
        assert!(!steps.is_empty(), "nothing was {way}");
        for file in steps {
            let order: Vec<&str> = file.steps.iter().map(|(what, _)| what.as_str()).collect();
            let expected = [
                "written",
                "synced",
                "named",
                "made durable by its folder",
                "recorded",
                "committed",
                "answered",
            ];
            assert_eq!(order, expected, "{file:?}");
            assert!(file.steps.is_sorted_by_key(|(_, place)| *place), "{file:?}");
        }
    }
}
