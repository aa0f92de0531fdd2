//! Libraries of older versions, as they were left: each is opened by this one and is what it was; and so is one that is
//! restored from a backup that the older version made, into either database. `cargo xtask keep` adds one.

use std::{
    fs,
    path::{Path, PathBuf},
};

use damask_testkit::{
    TempSchema,
    kept::Kept,
    postgres,
    siege::{Care, Ground},
};

/// All that are kept.
fn all() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kept");
    let packed =
        fs::read_dir(folder).expect("libraries are kept").map(|entry| entry.expect("an entry").path());
    let mut packed: Vec<PathBuf> = packed.collect();
    packed.sort();
    assert!(!packed.is_empty());
    packed
}

fn unpacked(check: impl Fn(&str, &Path, &Kept)) {
    for packed in all() {
        let folder = tempfile::tempdir().expect("a folder");
        let binary = Path::new(env!("CARGO_BIN_EXE_damask"));
        let kept = Kept::unpack(&packed, binary, folder.path()).expect("it is unpacked");
        let name = packed.file_name().expect("a file").to_string_lossy().into_owned();
        check(&name, folder.path(), &kept);
    }
}

/// It tells what it told, and a check finds nothing.
fn is_as_it_was(name: &str, kept: &Kept, ground: &Ground) {
    assert_eq!(kept.differences(ground).expect("it tells"), Vec::<String>::new(), "{name}");
    assert_eq!(ground.faults(Care::All).expect("a check"), Vec::<String>::new(), "{name}");
}

#[test]
fn a_library_of_every_kept_version_opens_and_is_what_it_was() {
    unpacked(|name, _, kept| {
        is_as_it_was(name, kept, &kept.ground);
        // Brought up to date once, it is opened again without more ado.
        is_as_it_was(name, kept, &kept.ground);
    });
}

#[test]
fn a_backup_of_every_kept_version_is_restored() {
    unpacked(|name, folder, kept| {
        let mut ground = Ground { data: folder.join("restored"), ..kept.ground.clone() };
        restore(&ground, kept);
        is_as_it_was(name, kept, &ground);
        let Some(address) = postgres() else {
            return eprintln!("NOT TESTED: this run has no PostgreSQL");
        };
        ground.data = folder.join("elsewhere");
        ground.library = format!("kept{}", std::process::id());
        let _schema = TempSchema::of_library(&address, &ground.library);
        ground.database = Some(address);
        restore(&ground, kept);
        is_as_it_was(name, kept, &ground);
    });
}

fn restore(ground: &Ground, kept: &Kept) {
    ground.well(&["restore", kept.backup.to_str().expect("UTF-8")]).expect("it is restored");
}
