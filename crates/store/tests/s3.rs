//! Buckets: every engine's suite on a real server, and on one with bad manners; then what only a network and somebody
//! else's server can do to a store.
#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod bucket;
#[macro_use]
mod conformance;
mod stand_in;

use std::{fs, path::Path, time::Duration};

use bucket::bucket_at;
use conformance::{Engine, check_missing, check_stored, hash_of, incoming_with, noise, put};
use damask_model::ByteSource as _;
use damask_store::{
    Bucket, Found, Place, Places, Refusal, Secret, Store, StoreError, StoreKey, Verified, Way,
};
use damask_testkit::{OwnS3, S3_BUCKET, S3_KEY, S3_READER, s3};
use stand_in::{BUCKET, Manners, StandIn};

fn in_bucket(bucket: &Bucket) -> Places {
    Places { first: Place::Bucket(bucket.clone()), second: None, key: None }
}

/// Without patience: what is wrong is said at once.
fn hasty(bucket: Bucket) -> Bucket {
    Bucket { patience: Duration::ZERO, ..bucket }
}

/// A store with its blobs in a bucket.
struct InBucket {
    store: Store,
    folder: tempfile::TempDir,
    bucket: Bucket,
}

impl InBucket {
    fn open(bucket: Bucket) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { store: Store::open_in(folder.path(), &in_bucket(&bucket)).unwrap(), folder, bucket }
    }

    fn restart(&mut self) {
        let again = Store::open_in(self.folder.path(), &in_bucket(&self.bucket)).unwrap();
        std::mem::forget(std::mem::replace(&mut self.store, again));
    }

    /// Changes what lies in the local folder whatever the engine is.
    fn damage_here(&self, key: &StoreKey, change: impl FnOnce(&mut Vec<u8>)) {
        let path = self.folder.path().join(key.path());
        let mut bytes = fs::read(&path).unwrap();
        change(&mut bytes);
        fs::write(path, bytes).unwrap();
    }

    fn name(&self, key: &StoreKey) -> String {
        format!("{}/{key}", self.bucket.prefix)
    }
}

/// The server that the test run has started.
struct Real(InBucket);

impl Engine for Real {
    fn fresh() -> Option<Self> {
        Some(Self(InBucket::open(bucket_at(&s3()?, S3_BUCKET))))
    }

    fn store(&self) -> &Store {
        &self.0.store
    }

    fn restart(&mut self) {
        self.0.restart();
    }

    fn damage(&self, key: &StoreKey, change: impl FnOnce(&mut Vec<u8>)) {
        if !matches!(key, StoreKey::Blob(_)) {
            return self.0.damage_here(key, change);
        }
        bucket::change(&self.0.bucket, key, change);
    }
}

mod real {
    conformance! { crate::Real }
}

/// A server that takes every condition for granted and lists in no order.
struct Careless {
    server: StandIn,
    store: InBucket,
}

impl Engine for Careless {
    fn fresh() -> Option<Self> {
        let manners = Manners { ignores_conditions: true, lists_backwards: true, ..Manners::default() };
        let server = StandIn::start(manners);
        Some(Self { store: InBucket::open(bucket_at(&server.address, BUCKET)), server })
    }

    fn store(&self) -> &Store {
        &self.store.store
    }

    fn restart(&mut self) {
        self.store.restart();
    }

    fn damage(&self, key: &StoreKey, change: impl FnOnce(&mut Vec<u8>)) {
        match key {
            StoreKey::Blob(_) => self.server.change(&self.store.name(key), change),
            _ => self.store.damage_here(key, change),
        }
    }
}

mod careless {
    conformance! { crate::Careless }
}

fn refused(bucket: &Bucket) -> (Refusal, String) {
    let folder = tempfile::tempdir().unwrap();
    match Store::open_in(folder.path(), &in_bucket(bucket)).unwrap_err() {
        error @ StoreError::Bucket { why, .. } => (why, error.to_string()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_condition_that_is_answered_and_ignored_is_found_out() {
    let server = StandIn::start(Manners { ignores_conditions: true, ..Manners::default() });
    let told = InBucket::open(bucket_at(&server.address, BUCKET)).store.capabilities();
    assert!(matches!(told.create_only, Way::Substitute(_)), "{told}");
    assert_eq!(told.ordered_list, Way::Native);
    let server = StandIn::start(Manners { lists_backwards: true, ..Manners::default() });
    let told = InBucket::open(bucket_at(&server.address, BUCKET)).store.capabilities();
    assert!(matches!(told.ordered_list, Way::Substitute(_)), "{told}");
    assert_eq!(told.create_only, Way::Native);
}

#[test]
fn a_server_that_lacks_what_the_store_needs_is_refused_by_name() {
    for (manners, words) in [
        (Manners { ignores_ranges: true, ..Manners::default() }, "does not do what it must: ranges"),
        (Manners { has_no_multipart: true, ..Manners::default() }, "does not do what it must: multipart"),
    ] {
        let server = StandIn::start(manners);
        let (why, text) = refused(&hasty(bucket_at(&server.address, BUCKET)));
        assert!(matches!(why, Refusal::Lacks(_)) && text.contains(words), "{text}");
    }
}

#[test]
fn finding_out_leaves_nothing_in_the_bucket() {
    let server = StandIn::start(Manners::default());
    drop(InBucket::open(bucket_at(&server.address, BUCKET)));
    assert_eq!(server.names(), [""; 0]);
    assert_eq!(server.unfinished(), 0);
}

#[test]
fn what_a_person_can_do_is_said_for_each_refusal() {
    let server = StandIn::start(Manners::default());
    for (status, code, expected, words) in [
        (404, "NoSuchBucket", Refusal::NoBucket, "make it, or correct its name"),
        (403, "SignatureDoesNotMatch", Refusal::Credentials, "correct access_key and secret_key"),
        (403, "AccessDenied", Refusal::Denied, "give it the rights"),
        (403, "RequestTimeTooSkewed", Refusal::Clock, "set them right"),
        (400, "AuthorizationHeaderMalformed", Refusal::Region, "correct region"),
        (507, "InsufficientStorage", Refusal::Full, "make room"),
        (503, "SlowDown", Refusal::Busy, "try again later"),
    ] {
        server.behave(Manners { refuses: Some((status, code)), ..Manners::default() });
        let (why, text) = refused(&hasty(bucket_at(&server.address, BUCKET)));
        assert_eq!(why, expected, "{text}");
        assert!(text.contains(words) && text.contains(&server.address), "{text}");
        assert!(!text.contains(S3_KEY.1), "{text}");
    }
    // Nobody listens there.
    let (why, text) = refused(&hasty(bucket_at("http://127.0.0.1:9", BUCKET)));
    assert_eq!(why, Refusal::Unreachable);
    assert!(text.contains("check the endpoint"), "{text}");
}

#[test]
fn a_real_server_refuses_in_the_same_words() {
    let Some(address) = s3() else { return eprintln!("NOT TESTED: this run has no S3 server") };
    let right = hasty(bucket_at(&address, S3_BUCKET));
    assert_eq!(refused(&Bucket { name: "nowhere".into(), ..right.clone() }).0, Refusal::NoBucket);
    let wrong_secret = Bucket { secret_key: Secret::new("wrong".into()), ..right.clone() };
    assert_eq!(refused(&wrong_secret).0, Refusal::Credentials);
    assert_eq!(refused(&Bucket { access_key: "nobody".into(), ..right.clone() }).0, Refusal::Credentials);
    let reader = Bucket {
        access_key: S3_READER.0.into(),
        secret_key: Secret::new(S3_READER.1.into()),
        ..right.clone()
    };
    assert_eq!(refused(&reader).0, Refusal::Denied);
    let told = InBucket::open(right).store.capabilities();
    assert_eq!((told.create_only, told.ordered_list), (Way::Native, Way::Native));
}

#[test]
fn a_connection_that_breaks_under_a_put_is_no_loss_and_no_error() {
    let server = StandIn::start(Manners::default());
    let room = InBucket::open(bucket_at(&server.address, BUCKET));
    let store = &room.store;
    for length in [1_000, 20 << 20] {
        server.behave(Manners { hangs_up: 1, ..Manners::default() });
        let bytes = noise(1, length);
        let received = put(store, &bytes);
        check_stored(store, StoreKey::Blob(received.hash), &bytes);
    }
    assert_eq!(server.unfinished(), 0);
}

#[test]
fn a_put_that_cannot_be_done_leaves_no_pieces_and_can_be_done_again() {
    let server = StandIn::start(Manners::default());
    let room = InBucket::open(hasty(bucket_at(&server.address, BUCKET)));
    let store = &room.store;
    let bytes = noise(2, 20 << 20);
    server.behave(Manners { hangs_up: 100, ..Manners::default() });
    let failed = incoming_with(store, &bytes).finish().unwrap_err();
    assert!(matches!(failed, StoreError::Bucket { why: Refusal::Unreachable, .. }), "{failed:?}");
    assert_eq!((server.unfinished(), server.names().len()), (0, 0));
    server.behave(Manners { keeps_half: true, ..Manners::default() });
    let failed = incoming_with(store, &bytes).finish().unwrap_err();
    assert!(matches!(failed, StoreError::Bucket { why: Refusal::Spoilt, .. }), "{failed:?}");
    server.behave(Manners::default());
    assert!(!put(store, &bytes).already_there, "half a file is none");
    check_stored(store, StoreKey::Blob(hash_of(&bytes)), &bytes);
}

#[test]
fn a_spoilt_file_is_never_lent() {
    let server = StandIn::start(Manners::default());
    let mut room = InBucket::open(bucket_at(&server.address, BUCKET));
    let key = StoreKey::Blob(put(&room.store, b"as it was put").hash);
    room.restart();
    server.behave(Manners { spoils: true, ..Manners::default() });
    let failed = room.store.lend(&key).unwrap_err();
    assert!(matches!(failed, StoreError::Bucket { why: Refusal::Spoilt, .. }), "{failed:?}");
    server.behave(Manners::default());
    assert_eq!(fs::read(room.store.lend(&key).unwrap().path()).unwrap(), b"as it was put");
}

#[test]
fn what_was_just_put_is_not_fetched_for_decoders() {
    let server = StandIn::start(Manners::default());
    let room = InBucket::open(bucket_at(&server.address, BUCKET));
    let store = &room.store;
    let key = StoreKey::Blob(put(store, &noise(3, 100_000)).hash);
    let before = server.asked("GET");
    drop(store.lend(&key).unwrap());
    check_stored_quietly(store, key, &noise(3, 100_000));
    assert_eq!(server.asked("GET"), before);
}

fn check_stored_quietly(store: &Store, key: StoreKey, expected: &[u8]) {
    assert!(store.open_bytes(&key).unwrap().read_vec(0, usize::MAX).unwrap() == expected);
}

#[test]
fn files_for_decoders_take_no_more_room_than_they_may() {
    let server = StandIn::start(Manners::default());
    let bucket = Bucket { cache_bytes_max: 1_000_000, ..bucket_at(&server.address, BUCKET) };
    let room = InBucket::open(bucket);
    let keys: Vec<StoreKey> =
        (0..20).map(|seed| StoreKey::Blob(put(&room.store, &noise(seed, 300_000)).hash)).collect();
    for key in &keys {
        drop(room.store.lend(key).unwrap());
        assert!(bytes_below(&room.folder.path().join("scratch")) <= 1_000_000);
    }
    let lent: Vec<_> = keys.iter().map(|key| room.store.lend(key).unwrap()).collect();
    for (seed, lent) in lent.iter().enumerate() {
        assert!(fs::read(lent.path()).unwrap() == noise(seed as u64, 300_000), "what is lent stays");
    }
    drop(lent);
    assert!(bytes_below(&room.folder.path().join("scratch")) <= 1_000_000);
}

fn bytes_below(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries
        .map(|entry| match entry.metadata().unwrap() {
            there if there.is_dir() => bytes_below(&entry.path()),
            there => there.len(),
        })
        .sum()
}

#[test]
fn originals_are_not_looked_for_in_another_place_than_they_are() {
    let server = StandIn::start(Manners::default());
    let bucket = bucket_at(&server.address, BUCKET);
    let room = InBucket::open(bucket.clone());
    let other = Bucket { prefix: "other".into(), ..bucket.clone() };
    let elsewhere = |error| match error {
        StoreError::Elsewhere { is, asked } => (is, asked),
        other => panic!("{other:?}"),
    };
    let here = format!("bucket {BUCKET}/{}", bucket.prefix);
    let refused = elsewhere(Store::open_in(room.folder.path(), &in_bucket(&other)).unwrap_err());
    assert_eq!(refused, (here.clone(), format!("bucket {BUCKET}/other")));
    let refused = elsewhere(Store::open(room.folder.path()).unwrap_err());
    assert_eq!(refused, (here.clone(), "the local folder".into()));

    let local = tempfile::tempdir().unwrap();
    put(&Store::open(local.path()).unwrap(), b"here");
    let refused = elsewhere(Store::open_in(local.path(), &in_bucket(&bucket)).unwrap_err());
    assert_eq!(refused, ("the local folder".into(), here));
    assert!(Store::open(local.path()).is_ok(), "nothing was changed");
}

#[test]
fn strange_names_in_the_bucket_are_listed_as_strays() {
    let Some(address) = s3() else { return eprintln!("NOT TESTED: this run has no S3 server") };
    let real = Real(InBucket::open(bucket_at(&address, S3_BUCKET)));
    let key = StoreKey::Blob(put(real.store(), b"a blob").hash);
    let shifted = Bucket { prefix: format!("{}/blobs", real.0.bucket.prefix), ..real.0.bucket.clone() };
    let other = InBucket::open(shifted);
    put(&other.store, b"of another store in this one's folder");
    let found: Vec<Found> = real.store().blobs().map(Result::unwrap).collect();
    assert_eq!(found.iter().filter(|found| matches!(found, Found::Stray { .. })).count(), 1);
    assert_eq!(found.len(), 2);
    check_stored(real.store(), key, b"a blob");
}

#[test]
fn a_server_that_is_killed_and_comes_back_loses_nothing_it_acknowledged() {
    let Some(server) = OwnS3::start() else { return eprintln!("NOT TESTED: this run has no S3 server") };
    let room = InBucket::open(hasty(bucket_at(server.address(), S3_BUCKET)));
    let (small, long) = (noise(1, 10_000), noise(2, 30 << 20));
    let kept = StoreKey::Blob(put(&room.store, &small).hash);
    let kept_long = StoreKey::Blob(put(&room.store, &long).hash);
    // In the middle of puts.
    let acknowledged: Vec<(u64, bool)> = std::thread::scope(|scope| {
        let putting = scope.spawn(|| {
            (10..200)
                .map(|seed| (seed, incoming_with(&room.store, &noise(seed, 400_000)).finish().is_ok()))
                .collect()
        });
        std::thread::sleep(Duration::from_millis(500));
        server.kill();
        putting.join().unwrap()
    });
    let failed = incoming_with(&room.store, b"while it is gone").finish().unwrap_err();
    assert!(matches!(failed, StoreError::Bucket { why: Refusal::Unreachable, .. }), "{failed:?}");
    assert!(failed.to_string().contains("check the endpoint"), "{failed}");
    assert!(matches!(room.store.length(&kept), Err(StoreError::Bucket { .. })), "not to be told as missing");
    assert!(matches!(room.store.verify(hash_of(&small), None), Err(StoreError::Bucket { .. })));
    assert!(room.store.try_out().is_err());
    assert!(room.store.blobs().next().is_some_and(|found| found.is_err()));

    server.again();
    check_missing(&room.store, StoreKey::Blob(hash_of(b"while it is gone")));
    put(&room.store, b"while it is gone");
    assert_eq!(room.store.verify(hash_of(&small), None).unwrap(), Verified::Good);
    check_stored(&room.store, kept, &small);
    check_stored(&room.store, kept_long, &long);
    assert!(acknowledged.iter().any(|(_, sure)| *sure) && acknowledged.iter().any(|(_, sure)| !sure));
    for (seed, sure) in acknowledged {
        let verified = room.store.verify(hash_of(&noise(seed, 400_000)), Some(400_000)).unwrap();
        assert!(verified == Verified::Good || (verified == Verified::Missing && !sure), "{verified:?}");
    }
}

#[test]
fn a_server_that_is_away_for_a_moment_is_waited_for() {
    let Some(server) = OwnS3::start() else { return eprintln!("NOT TESTED: this run has no S3 server") };
    let patient = Bucket { patience: Duration::from_secs(60), ..bucket_at(server.address(), S3_BUCKET) };
    let mut room = InBucket::open(patient);
    let bytes = noise(3, 30 << 20);
    let key = StoreKey::Blob(put(&room.store, &bytes).hash);
    room.restart();
    std::thread::scope(|scope| {
        let getting = scope.spawn(|| check_stored(&room.store, key, &bytes));
        let putting = scope.spawn(|| put(&room.store, &noise(4, 30 << 20)));
        std::thread::sleep(Duration::from_millis(200));
        server.kill();
        server.again();
        getting.join().unwrap();
        putting.join().unwrap();
    });
    check_stored(&room.store, StoreKey::Blob(hash_of(&noise(4, 30 << 20))), &noise(4, 30 << 20));
}
