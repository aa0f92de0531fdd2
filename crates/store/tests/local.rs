//! The local folder: every engine's suite, then what only a file system can do to a store.
#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

#[macro_use]
mod conformance;

use std::{
    fs,
    os::unix::fs::{FileExt as _, PermissionsExt as _},
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use conformance::{Engine, NO_LIMIT, check_stored, hash_of, incoming_with, noise, put};
use damask_model::UploadId;
use damask_store::{Found, Keep, Store, StoreError, StoreKey, UPLOAD_MARK_EVERY_BYTES};
use damask_testkit::SmallDisk;
use rustix::mount::MountFlags;

struct Local {
    store: Store,
    folder: tempfile::TempDir,
}

impl Engine for Local {
    fn fresh() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        Some(Self { store: Store::open(folder.path()).unwrap(), folder })
    }

    fn store(&self) -> &Store {
        &self.store
    }

    fn restart(&mut self) {
        let before = std::mem::replace(&mut self.store, Store::open(self.folder.path()).unwrap());
        std::mem::forget(before);
    }

    fn damage(&self, key: &StoreKey, change: impl FnOnce(&mut Vec<u8>)) {
        let path = self.folder.path().join(key.path());
        let mut bytes = fs::read(&path).unwrap();
        change(&mut bytes);
        fs::write(path, bytes).unwrap();
    }
}

conformance! { crate::Local }

/// All files below a folder, as paths from it.
fn files_below(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                found.push(entry.path().strip_prefix(root).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_store_that_is_closed_leaves_only_what_was_finished() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().join("new/data")).unwrap();
    let hash = put(&store, b"finished").hash;
    let unfinished = incoming_with(&store, b"unfinished");
    let scratch = store.scratch().unwrap();
    fs::write(scratch.path().join("half"), b"x").unwrap();
    drop((store, unfinished, scratch));
    let text = hash.to_string();
    let expected = format!("new/data/blobs/{}/{}/{text}", &text[..2], &text[2..4]);
    assert_eq!(files_below(folder.path()), [expected]);
}

#[test]
fn scratch_folders_are_apart_and_gone_when_dropped() {
    let local = Local::fresh().unwrap();
    let (one, two) = (local.store.scratch().unwrap(), local.store.scratch().unwrap());
    assert_ne!(one.path(), two.path());
    fs::create_dir_all(one.path().join("deep/er")).unwrap();
    let path = one.path().to_owned();
    drop(one);
    assert!(!path.exists());
    assert!(two.path().exists());
}

#[test]
fn opening_removes_what_the_dead_left_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let living = Store::open(folder.path()).unwrap();
    let unfinished = incoming_with(&living, b"still coming");
    let scratch = living.scratch().unwrap();
    let at = |path: &str| folder.path().join(path);
    let (dead, unlocked) = ("0".repeat(32), "1".repeat(32));
    for session in [&dead, &unlocked] {
        fs::create_dir(at(&format!("incoming/{session}"))).unwrap();
        fs::write(at(&format!("incoming/{session}/0")), b"half a film").unwrap();
        fs::create_dir_all(at(&format!("scratch/{session}/0/deep"))).unwrap();
    }
    fs::write(at(&format!("incoming/{dead}.lock")), b"").unwrap();
    // A person's own folder that happens to have the name.
    fs::create_dir(at("incoming/holiday")).unwrap();
    fs::write(at("incoming/holiday/photo.jpg"), b"mine").unwrap();
    fs::write(at("incoming/notes.lock"), b"mine").unwrap();

    let second = Store::open(folder.path()).unwrap();
    for session in [&dead, &unlocked] {
        assert!(!at(&format!("incoming/{session}")).exists());
        assert!(!at(&format!("incoming/{session}.lock")).exists());
        assert!(!at(&format!("scratch/{session}")).exists());
    }
    assert_eq!(fs::read(at("incoming/holiday/photo.jpg")).unwrap(), b"mine");
    assert_eq!(fs::read(at("incoming/notes.lock")).unwrap(), b"mine");
    assert!(scratch.path().exists());
    assert_eq!(unfinished.finish().unwrap().hash, hash_of(b"still coming"));
    check_stored(&second, StoreKey::Blob(hash_of(b"still coming")), b"still coming");
}

#[test]
fn strange_things_among_the_blobs_are_listed_as_strays() {
    let local = Local::fresh().unwrap();
    let hash = put(&local.store, b"a blob").hash;
    let blobs = local.folder.path().join("blobs");
    fs::create_dir_all(blobs.join("zz/yy")).unwrap();
    fs::create_dir_all(blobs.join("00/00/deeper")).unwrap();
    fs::write(blobs.join("readme"), b"?").unwrap();
    fs::write(blobs.join("00/00").join(hash.to_string()), b"in another's folder").unwrap();
    let (mut strays, mut found) = (Vec::new(), 0);
    for item in local.store.blobs() {
        match item.unwrap() {
            Found::Blob { .. } => found += 1,
            Found::Stray { path } => strays.push(path.strip_prefix(&blobs).unwrap().display().to_string()),
        }
    }
    assert_eq!(found, 1);
    assert_eq!(strays, [format!("00/00/{hash}"), "00/00/deeper".into(), "readme".into(), "zz".into()]);
}

#[test]
fn a_source_that_grows_while_it_is_read_is_refused() {
    let local = Local::fresh().unwrap();
    let source = local.folder.path().join("growing");
    fs::write(&source, noise(1, 32 << 20)).unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut file = fs::OpenOptions::new().append(true).open(&source).unwrap();
            while !done.load(Ordering::Relaxed) {
                std::io::Write::write_all(&mut file, b"more").unwrap();
            }
        });
        let mut incoming = local.store.incoming(NO_LIMIT).unwrap();
        let refused = incoming.copy_from(&source);
        done.store(true, Ordering::Relaxed);
        assert!(matches!(refused, Err(StoreError::SourceChanged { path }) if path == source));
        assert!(incoming.finish().is_err());
    });
    assert_eq!(local.store.blobs().count(), 0);
}

#[test]
fn a_source_that_is_no_regular_file_is_refused_at_once() {
    let local = Local::fresh().unwrap();
    let pipe = local.folder.path().join("pipe");
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RUSR).unwrap();
    for source in [pipe.as_path(), local.folder.path(), Path::new("/dev/zero"), Path::new("/absent")] {
        let refused = local.store.incoming(NO_LIMIT).unwrap().copy_from(source).unwrap_err();
        assert!(matches!(refused, StoreError::Source { .. }), "{refused:?}");
        assert!(refused.to_string().contains(source.to_str().unwrap()));
    }
}

#[test]
fn a_rendition_from_another_file_system_is_copied() {
    let local = Local::fresh().unwrap();
    let Some(other) = SmallDisk::mount("size=1m") else { return };
    let from = other.path().join("made");
    fs::write(&from, b"far away").unwrap();
    assert_eq!(local.store.put_rendition([7; 32], "png", &from).unwrap(), 8);
    assert!(!from.exists());
    check_stored(&local.store, StoreKey::Rendition { key: [7; 32], extension: "png" }, b"far away");
}

#[test]
fn a_data_folder_that_cannot_be_made_is_a_clear_error() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let refused = Store::open(file.path().join("data")).unwrap_err();
    let expected = format!("cannot make the data folder {}", file.path().join("data").display());
    assert_eq!(refused.to_string(), expected);
}

#[test]
fn a_data_folder_that_cannot_be_written_is_a_clear_error() {
    let folder = tempfile::tempdir().unwrap();
    drop(Store::open(folder.path()).unwrap());
    if rustix::process::geteuid().is_root() {
        // Rights do not stop root; a read-only file system does.
        let Some(disk) = SmallDisk::mount("size=1m") else { return };
        drop(Store::open(disk.path()).unwrap());
        rustix::mount::mount_remount(disk.path(), MountFlags::RDONLY, "").unwrap();
        check_denied(disk.path());
    } else {
        fs::set_permissions(folder.path().join("incoming"), fs::Permissions::from_mode(0o555)).unwrap();
        check_denied(folder.path());
    }
}

fn check_denied(root: &Path) {
    let refused = Store::open(root).unwrap_err();
    assert!(matches!(refused, StoreError::Denied { .. }), "{refused:?}");
    assert!(refused.to_string().starts_with("not permitted to write in the data folder at"), "{refused}");
}

#[test]
fn a_full_disk_is_said_and_leaves_nothing_half_made() {
    let Some(disk) = SmallDisk::mount("size=1m") else { return };
    let store = Store::open(disk.path()).unwrap();
    let before = put(&store, &noise(1, 200_000));
    let mut incoming = store.incoming(NO_LIMIT).unwrap();
    let full = (0..100).find_map(|seed| incoming.write(&noise(seed, 50_000)).err()).unwrap();
    assert!(matches!(full, StoreError::Full { .. }), "{full:?}");
    assert!(full.to_string().starts_with("the disk is full: cannot write"), "{full}");
    assert!(incoming.write(b"").is_ok());
    assert!(incoming.finish().is_err());
    assert_eq!(store.blobs().count(), 1);
    check_stored(&store, StoreKey::Blob(before.hash), &noise(1, 200_000));
    // The room is free again.
    assert!(!put(&store, &noise(2, 300_000)).already_there);
}

#[test]
fn an_upload_that_fills_the_disk_goes_on_when_there_is_room() {
    let Some(disk) = SmallDisk::mount("size=8m") else { return };
    let store = Store::open(disk.path()).unwrap();
    let ballast = put(&store, &noise(9, 3_500_000)).hash;
    let (id, bytes) = (UploadId::fresh(), noise(3, 7_000_000));
    store.upload_create(id).unwrap();
    store.upload_append(id, 0, &bytes[..100_000]).unwrap();
    let mut piece = store.upload_writer(id, 100_000, NO_LIMIT, Keep::AsItComes).unwrap();
    // The disk is full by the fifth million, and whoever brings more hears of it; at the end at the latest.
    let full = bytes[100_000..].chunks(50_000).find_map(|part| piece.write(part).err());
    let full = match full {
        None => piece.finish().unwrap_err(),
        Some(full) => {
            assert!(piece.write(b"more").is_ok(), "a few bytes wait in memory");
            assert!(piece.finish().unwrap() >= 1_000_000, "what found room is kept");
            full
        }
    };
    assert!(matches!(full, StoreError::Full { .. }), "{full:?}");
    let kept = store.upload_offset(id).unwrap();
    assert!(kept >= 1_000_000, "what found room is kept: {kept}");
    // Nor does the very end of a piece.
    let full = store.upload_append(id, kept, &bytes[usize::try_from(kept).unwrap()..]).unwrap_err();
    assert!(matches!(full, StoreError::Full { .. }), "{full:?}");
    assert!(store.upload_offset(id).unwrap() >= kept);
    drop(store);

    let store = Store::open(disk.path()).unwrap();
    let kept = store.upload_offset(id).unwrap();
    store.remove(&StoreKey::Blob(ballast)).unwrap();
    let rest = &bytes[usize::try_from(kept).unwrap()..];
    assert_eq!(store.upload_append(id, kept, rest).unwrap(), 7_000_000);
    assert_eq!(store.upload_finish(id).unwrap().hash, hash_of(&bytes));
}

#[test]
fn an_upload_goes_on_after_a_restart_without_reading_what_came_before_its_last_block() {
    let folder = tempfile::tempdir().unwrap();
    let (id, every) = (UploadId::fresh(), usize::try_from(UPLOAD_MARK_EVERY_BYTES).unwrap());
    let (bytes, cut) = (noise(6, 3 * every + 1_000), 2 * every + 500);
    let store = Store::open(folder.path()).unwrap();
    store.upload_create(id).unwrap();
    store.upload_append(id, 0, &bytes[..cut]).unwrap();
    drop(store);

    let store = Store::open(folder.path()).unwrap();
    // Were the first block read again, the hash would be another.
    let path = folder.path().join(StoreKey::Upload(id).path());
    fs::OpenOptions::new().write(true).open(path).unwrap().write_all_at(&[!bytes[7]], 7).unwrap();
    store.upload_append(id, cut as u64, &bytes[cut..]).unwrap();
    assert_eq!(store.upload_finish(id).unwrap().hash, hash_of(&bytes));
}
