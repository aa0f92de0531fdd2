//! Places of originals: a folder elsewhere passes every engine's suite; then what two places are good for, and how they
//! are known again.
#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

#[macro_use]
mod conformance;

use std::{
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use conformance::{Engine, hash_of, put, read_all};
use damask_model::ContentHash;
use damask_store::{Place, Places, Rank, Store, StoreError, StoreKey, Verified};

/// A store whose originals lie in a folder elsewhere.
struct Elsewhere {
    store: Store,
    folder: tempfile::TempDir,
}

fn elsewhere(folder: &Path) -> Places {
    Places { first: Place::Folder(folder.join("elsewhere")), second: None, key: None }
}

impl Engine for Elsewhere {
    fn fresh() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open_in(folder.path().join("store"), &elsewhere(folder.path())).unwrap();
        Some(Self { store, folder })
    }

    fn store(&self) -> &Store {
        &self.store
    }

    fn restart(&mut self) {
        let again = Store::open_in(self.folder.path().join("store"), &elsewhere(self.folder.path())).unwrap();
        std::mem::forget(std::mem::replace(&mut self.store, again));
    }

    fn damage(&self, key: &StoreKey, change: impl FnOnce(&mut Vec<u8>)) {
        let root = if matches!(key, StoreKey::Blob(_)) { "elsewhere" } else { "store" };
        change_file(&self.folder.path().join(root).join(key.path()), change);
    }
}

conformance! { crate::Elsewhere }

fn change_file(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

fn read(store: &Store, hash: ContentHash) -> Vec<u8> {
    read_all(&store.open_bytes(&StoreKey::Blob(hash)).unwrap())
}

fn verify(store: &Store, rank: Rank, hash: ContentHash) -> Verified {
    store.verify_at(rank, hash, Some(11), &mut |_| ControlFlow::Continue(())).unwrap()
}

/// A store with a second place beside it.
struct Two {
    folder: tempfile::TempDir,
    store: Store,
}

impl Two {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open_in(folder.path().join("store"), &Self::places(folder.path())).unwrap();
        Self { folder, store }
    }

    fn places(folder: &Path) -> Places {
        Places { first: Place::Here, second: Some(Place::Folder(folder.join("second"))), key: None }
    }

    fn open_with(&self, places: &Places) -> Result<Store, StoreError> {
        Store::open_in(self.folder.path().join("store"), places)
    }

    fn blob(&self, rank: Rank, hash: ContentHash) -> PathBuf {
        let place = match rank {
            Rank::First => "store",
            Rank::Second => "second",
        };
        self.folder.path().join(place).join(StoreKey::Blob(hash).path())
    }

    /// Puts and copies.
    fn kept_twice(&self, bytes: &[u8]) -> ContentHash {
        let hash = put(&self.store, bytes).hash;
        self.store.copy_to(Rank::Second, hash, bytes.len() as u64).unwrap();
        hash
    }
}

#[test]
fn what_is_put_lies_in_the_first_place_until_it_is_copied() {
    let two = Two::open();
    let hash = put(&two.store, b"an original").hash;
    assert!(matches!(two.store.length_at(Rank::Second, hash), Err(StoreError::Missing { .. })));
    two.store.copy_to(Rank::Second, hash, 11).unwrap();
    for rank in [Rank::First, Rank::Second] {
        assert_eq!(verify(&two.store, rank, hash), Verified::Good);
        assert_eq!(fs::read(two.blob(rank, hash)).unwrap(), b"an original");
    }
    assert!(two.store.remove(&StoreKey::Blob(hash)).unwrap());
    assert!(!two.blob(Rank::First, hash).exists() && !two.blob(Rank::Second, hash).exists());
}

#[test]
fn what_the_first_place_has_lost_is_read_from_the_second_and_mended_from_it() {
    let two = Two::open();
    let hash = two.kept_twice(b"an original");
    fs::remove_file(two.blob(Rank::First, hash)).unwrap();
    assert_eq!(read(&two.store, hash), b"an original");
    let lent = two.store.lend(&StoreKey::Blob(hash)).unwrap();
    assert_eq!(fs::read(lent.path()).unwrap(), b"an original");
    two.store.copy_to(Rank::First, hash, 11).unwrap();
    assert_eq!(fs::read(two.blob(Rank::First, hash)).unwrap(), b"an original");
}

#[test]
fn damaged_bytes_are_never_copied_over_others() {
    let two = Two::open();
    let hash = two.kept_twice(b"an original");
    change_file(&two.blob(Rank::First, hash), |bytes| bytes[0] ^= 1);
    let refused = two.store.copy_to(Rank::Second, hash, 11).unwrap_err();
    assert!(
        matches!(refused, StoreError::OtherBytes { found, .. } if found == hash_of(b"\x60n original")),
        "{refused}"
    );
    assert_eq!(fs::read(two.blob(Rank::Second, hash)).unwrap(), b"an original");
    two.store.copy_to(Rank::First, hash, 11).unwrap();
    assert_eq!(two.store.verify(hash, Some(11)).unwrap(), Verified::Good);
}

#[test]
fn a_second_place_out_of_reach_stops_nobody_and_is_used_when_it_is_back() {
    let two = Two::open();
    let kept = two.kept_twice(b"an original");
    let (second, away) = (two.folder.path().join("second"), two.folder.path().join("away"));
    fs::rename(&second, &away).unwrap();
    let opened = two.open_with(&Two::places(two.folder.path())).unwrap();
    assert_eq!(read(&opened, kept), b"an original");
    let unreachable = opened.copy_to(Rank::Second, kept, 11).unwrap_err();
    assert!(matches!(unreachable, StoreError::NotThere { .. }), "{unreachable}");
    // A mount point without its drive is an empty folder.
    fs::create_dir(&second).unwrap();
    assert!(matches!(
        two.open_with(&Two::places(two.folder.path())).unwrap().copy_to(Rank::Second, kept, 11),
        Err(StoreError::NotThere { .. })
    ));
    assert_eq!(fs::read_dir(&second).unwrap().count(), 0);
    fs::remove_dir(&second).unwrap();
    fs::rename(&away, &second).unwrap();
    let back = two.open_with(&Two::places(two.folder.path())).unwrap();
    assert_eq!(verify(&back, Rank::Second, kept), Verified::Good);
}

#[test]
fn swapped_places_stay_swapped_whatever_order_they_are_named_in() {
    let two = Two::open();
    let before = two.kept_twice(b"an original");
    two.store.swap_places().unwrap();
    let after = put(&two.store, b"another").hash;
    assert!(two.blob(Rank::Second, after).exists() && !two.blob(Rank::First, after).exists());
    assert_eq!(two.store.place_name(Rank::Second).as_deref(), Some("here"));
    for (first, second) in [
        (Place::Here, Place::Folder(two.folder.path().join("second"))),
        (Place::Folder(two.folder.path().join("second")), Place::Here),
    ] {
        let again = two.open_with(&Places { first, second: Some(second), key: None }).unwrap();
        assert_eq!(again.place_name(Rank::Second).as_deref(), Some("here"));
        assert_eq!(
            (read(&again, before), read(&again, after)),
            (b"an original".to_vec(), b"another".to_vec())
        );
    }
    // Alone it is still known, the other alone is refused.
    let alone = two.open_with(&Places {
        first: Place::Folder(two.folder.path().join("second")),
        second: None,
        key: None,
    });
    assert_eq!(read(&alone.unwrap(), after), b"another");
    assert!(matches!(two.open_with(&Places::HERE), Err(StoreError::Elsewhere { .. })));
}

#[test]
fn a_first_place_that_is_not_mounted_is_said_and_one_that_moved_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let (root, old, new) =
        (folder.path().join("store"), folder.path().join("elsewhere"), folder.path().join("new"));
    let hash = put(&Store::open_in(&root, &elsewhere(folder.path())).unwrap(), b"an original").hash;
    fs::rename(&old, &new).unwrap();
    let refused = Store::open_in(&root, &elsewhere(folder.path())).unwrap_err();
    assert!(matches!(refused, StoreError::NotThere { .. }), "{refused}");
    let moved = Places { first: Place::Folder(new), second: None, key: None };
    assert_eq!(read(&Store::open_in(&root, &moved).unwrap(), hash), b"an original");
    // Another drive at the same path is another place.
    let stranger = folder.path().join("stranger");
    Store::open_in(&stranger, &elsewhere(folder.path())).unwrap();
    assert!(matches!(Store::open_in(&root, &elsewhere(folder.path())), Err(StoreError::Elsewhere { .. })));
}
