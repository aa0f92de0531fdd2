//! Encryption at rest: over a folder and over a bucket it passes every engine's suite; then who can open what, and what
//! a thief finds.
#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod bucket;
#[macro_use]
mod conformance;

use std::{
    fs,
    path::{Path, PathBuf},
};

use bucket::bucket_at;
use conformance::{Engine, check_stored, hash_of, noise, put};
use damask_store::{Bucket, Place, Places, Rank, SealKey, Store, StoreError, StoreKey, Verified};
use damask_testkit::{S3_BUCKET, s3};

const CONTENT: &[u8] = b"a picture that nobody else may see";
const RENDITION: StoreKey = StoreKey::Rendition { key: [9; 32], extension: "webp" };

fn key(text: &str) -> Option<SealKey> {
    Some(SealKey::new(text).unwrap())
}

fn one() -> Option<SealKey> {
    key("correct horse battery staple")
}

fn other() -> Option<SealKey> {
    key("another horse, another staple")
}

/// A store on one machine, its originals in the data folder and, if it has a second place, in `second`.
struct Room {
    folder: tempfile::TempDir,
}

impl Room {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    fn second(&self) -> PathBuf {
        self.folder.path().join("second")
    }

    fn open(&self, key: Option<SealKey>) -> Result<Store, StoreError> {
        Store::open_in(self.root(), &Places { key, ..Places::HERE })
    }

    fn open_both(&self, key: Option<SealKey>) -> Result<Store, StoreError> {
        let second = Some(Place::Folder(self.second()));
        Store::open_in(self.root(), &Places { first: Place::Here, second, key })
    }
}

/// Encrypted blobs in the data folder.
struct InFolder {
    room: Room,
    store: Store,
}

impl Engine for InFolder {
    fn fresh() -> Option<Self> {
        let room = Room::new();
        Some(Self { store: room.open(one()).unwrap(), room })
    }

    fn store(&self) -> &Store {
        &self.store
    }

    fn restart(&mut self) {
        let again = self.room.open(one()).unwrap();
        std::mem::forget(std::mem::replace(&mut self.store, again));
    }

    fn damage(&self, key: &StoreKey, change: impl FnOnce(&mut Vec<u8>)) {
        change_file(&self.room.root().join(key.path()), change);
    }

    fn is_encrypted(&self) -> bool {
        true
    }
}

mod in_a_folder {
    conformance! { crate::InFolder }
}

/// Encrypted blobs in a bucket of the server that the test run has started.
struct InBucket {
    folder: tempfile::TempDir,
    bucket: Bucket,
    store: Store,
}

impl InBucket {
    fn places(bucket: &Bucket) -> Places {
        Places { first: Place::Bucket(bucket.clone()), second: None, key: one() }
    }
}

impl Engine for InBucket {
    fn fresh() -> Option<Self> {
        let bucket = bucket_at(&s3()?, S3_BUCKET);
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open_in(folder.path(), &Self::places(&bucket)).unwrap();
        Some(Self { folder, bucket, store })
    }

    fn store(&self) -> &Store {
        &self.store
    }

    fn restart(&mut self) {
        let again = Store::open_in(self.folder.path(), &Self::places(&self.bucket)).unwrap();
        std::mem::forget(std::mem::replace(&mut self.store, again));
    }

    fn damage(&self, key: &StoreKey, change: impl FnOnce(&mut Vec<u8>)) {
        if !matches!(key, StoreKey::Blob(_)) {
            return change_file(&self.folder.path().join(key.path()), change);
        }
        bucket::change(&self.bucket, key, change);
    }

    fn is_encrypted(&self) -> bool {
        true
    }
}

mod in_a_bucket {
    conformance! { crate::InBucket }
}

fn change_file(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files
}

/// Files below a folder with these bytes somewhere in them.
fn with(folder: &Path, bytes: &[u8]) -> Vec<PathBuf> {
    let has = |path: &PathBuf| fs::read(path).unwrap().windows(bytes.len()).any(|window| window == bytes);
    files_below(folder).into_iter().filter(has).collect()
}

fn put_rendition(store: &Store) {
    let scratch = store.scratch().unwrap();
    let made = scratch.path().join("made");
    fs::write(&made, CONTENT).unwrap();
    assert_eq!(store.put_rendition([9; 32], "webp", &made).unwrap(), CONTENT.len() as u64);
    assert!(!made.exists(), "it is moved");
}

fn check_locked(opened: Result<Store, StoreError>, words: &str) {
    let Err(error) = opened else { panic!("it was opened") };
    assert!(matches!(error, StoreError::Locked { .. }), "{error:?}");
    assert!(error.to_string().contains(words), "{error}");
}

#[test]
fn a_thief_of_the_disk_finds_neither_originals_nor_renditions() {
    let room = Room::new();
    let store = room.open(one()).unwrap();
    let hash = put(&store, CONTENT).hash;
    put_rendition(&store);
    let lent = store.lend(&RENDITION).unwrap();
    assert_eq!(fs::read(lent.path()).unwrap(), CONTENT);
    drop(lent);
    drop(store.lend(&StoreKey::Blob(hash)).unwrap());
    assert_eq!(with(&room.root(), CONTENT), Vec::<PathBuf>::new());
    assert_eq!(with(&room.root(), b"correct horse"), Vec::<PathBuf>::new());
    drop(store);

    let store = room.open(one()).unwrap();
    assert!(store.capabilities().encrypted);
    check_stored(&store, StoreKey::Blob(hash), CONTENT);
    check_stored(&store, RENDITION, CONTENT);
}

#[test]
fn without_its_key_a_store_is_not_opened_and_says_why() {
    let room = Room::new();
    drop(room.open(one()).unwrap());
    check_locked(room.open(None), "store.key_file");
    check_locked(room.open(other()), "not the one it was encrypted with");
    change_file(&room.root().join("damask-key"), |text| text.truncate(20));
    check_locked(room.open(one()), "damaged");
}

#[test]
fn the_envelope_is_put_back_where_it_was_lost() {
    let room = Room::new();
    let store = room.open(one()).unwrap();
    let hash = put(&store, CONTENT).hash;
    drop(store);
    let note = room.root().join("damask-key");
    let envelope = fs::read(&note).unwrap();
    fs::remove_file(&note).unwrap();
    // Not even then is it taken for a store in the clear.
    check_locked(room.open(None), "encrypted");
    let store = room.open(one()).unwrap();
    assert_eq!(fs::read(&note).unwrap().trim_ascii(), envelope.trim_ascii());
    check_stored(&store, StoreKey::Blob(hash), CONTENT);
}

#[test]
fn another_key_is_given_without_touching_a_blob() {
    let room = Room::new();
    let store = room.open_both(one()).unwrap();
    let hash = put(&store, CONTENT).hash;
    store.copy_to(Rank::Second, hash, CONTENT.len() as u64).unwrap();
    let blobs = || {
        (
            fs::read(room.root().join(StoreKey::Blob(hash).path())),
            fs::read(room.second().join(StoreKey::Blob(hash).path())),
        )
    };
    let (before_first, before_second) = blobs();
    assert_eq!(store.rewrap(&other().unwrap()).unwrap(), 2);
    drop(store);
    check_locked(room.open_both(one()), "not the one");
    let store = room.open_both(other()).unwrap();
    check_stored(&store, StoreKey::Blob(hash), CONTENT);
    store.reach(Rank::Second).unwrap();
    assert_eq!(store.length_at(Rank::Second, hash).unwrap(), CONTENT.len() as u64);
    let (after_first, after_second) = blobs();
    assert!(before_first.unwrap() == after_first.unwrap() && before_second.unwrap() == after_second.unwrap());
}

#[test]
fn originals_in_the_clear_are_encrypted_by_way_of_a_second_place() {
    let room = Room::new();
    let store = room.open(None).unwrap();
    let (hash, bytes) = (put(&store, CONTENT).hash, CONTENT.len() as u64);
    drop(store);
    let store = room.open_both(one()).unwrap();
    assert!(!store.capabilities().encrypted, "it holds something, and stays as it is");
    store.reach(Rank::Second).unwrap();
    assert!(store.capabilities_of(Rank::Second).unwrap().encrypted);
    store.copy_to(Rank::Second, hash, bytes).unwrap();
    assert_eq!(with(&room.second(), CONTENT), Vec::<PathBuf>::new());
    store.swap_places().unwrap();
    check_stored(&store, StoreKey::Blob(hash), CONTENT);
    assert!(store.capabilities().encrypted);

    // What is damaged in one is mended from the other, though their bytes differ.
    let there = room.second().join(StoreKey::Blob(hash).path());
    change_file(&there, |bytes| *bytes.last_mut().unwrap() ^= 1);
    assert_eq!(store.verify(hash, Some(bytes)).unwrap(), Verified::Broken);
    let refused = store.lend(&StoreKey::Blob(hash));
    assert_eq!(fs::read(refused.unwrap().path()).unwrap(), CONTENT, "lent from the other place");
    store.copy_to(Rank::First, hash, bytes).unwrap();
    assert_eq!(store.verify(hash, Some(bytes)).unwrap(), Verified::Good);
}

#[test]
fn one_blob_under_the_name_of_another_is_not_served() {
    let room = Room::new();
    let store = room.open(one()).unwrap();
    let (one, other) = (put(&store, CONTENT).hash, put(&store, &noise(1, CONTENT.len())).hash);
    let path = |hash| room.root().join(StoreKey::Blob(hash).path());
    fs::copy(path(other), path(one)).unwrap();
    assert_eq!(store.verify(one, Some(CONTENT.len() as u64)).unwrap(), Verified::Broken);
    assert!(store.copy_to(Rank::Second, one, 1).is_err());
    let mut buffer = [0; 4];
    let stored = store.open_bytes(&StoreKey::Blob(one)).unwrap();
    assert!(damask_model::ByteSource::read_at(&stored, 0, &mut buffer).is_err());
}

#[test]
fn a_part_in_the_middle_is_read_without_what_is_before_it() {
    let room = Room::new();
    let store = room.open(one()).unwrap();
    let bytes = noise(3, 5 << 20);
    let received = put(&store, &bytes);
    // Damage before and after the part.
    let path = room.root().join(StoreKey::Blob(received.hash).path());
    change_file(&path, |there| {
        there[100] ^= 1;
        *there.last_mut().unwrap() ^= 1;
    });
    let stored = store.open_bytes(&StoreKey::Blob(received.hash)).unwrap();
    let mut part = vec![0; 300_000];
    damask_model::ByteSource::read_at(&stored, 3_000_001, &mut part).unwrap();
    assert!(part == bytes[3_000_001..3_300_001]);
    assert_eq!(hash_of(&bytes), received.hash);
}

#[test]
fn what_two_begin_at_once_both_can_read() {
    let room = Room::new();
    fs::create_dir_all(room.root()).unwrap();
    let stores: Vec<Store> = std::thread::scope(|scope| {
        let begin = || scope.spawn(|| room.open(one()).unwrap());
        let begun: Vec<_> = (0..4).map(|_| begin()).collect();
        begun.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for (number, store) in (0..).zip(&stores) {
        let bytes = noise(number, 1_000);
        let hash = put(store, &bytes).hash;
        for store in &stores {
            check_stored(store, StoreKey::Blob(hash), &bytes);
        }
    }
}
