//! Blobs: taken in whole or not at all, once, and found damaged when they are.

use std::{io::Write as _, sync::Barrier};

use damask_model::ContentHash;
use damask_store::{Found, GROUP_FILES_MAX, Received, StoreError, StoreKey, Verified};

use super::{Engine, NO_LIMIT, check_missing, check_stored, hash_of, incoming_with, noise, put};

pub fn a_finished_file_reads_back_under_its_hash(engine: impl Engine) {
    for bytes in [vec![], b"a".to_vec(), noise(1, 3_000_000)] {
        let mut incoming = engine.store().incoming(NO_LIMIT).unwrap();
        for piece in bytes.chunks(65_521) {
            incoming.write(piece).unwrap();
        }
        assert_eq!(incoming.bytes(), bytes.len() as u64);
        let received = incoming.finish().unwrap();
        let hash = hash_of(&bytes);
        assert_eq!(received, Received { hash, bytes: bytes.len() as u64, already_there: false });
        check_stored(engine.store(), StoreKey::Blob(hash), &bytes);
    }
}

pub fn a_finished_file_is_there_after_a_crash(mut engine: impl Engine) {
    let received = put(engine.store(), b"kept");
    engine.restart();
    check_stored(engine.store(), StoreKey::Blob(received.hash), b"kept");
}

pub fn the_same_bytes_are_kept_once_and_said_to_be_there(engine: impl Engine) {
    assert!(!put(engine.store(), b"twice").already_there);
    assert!(put(engine.store(), b"twice").already_there);
    assert_eq!(engine.store().blobs().count(), 1);
}

pub fn writers_of_the_same_bytes_at_once_all_succeed_and_one_was_first(engine: impl Engine) {
    const WRITERS: usize = 16;
    let barrier = Barrier::new(WRITERS);
    let received: Vec<Received> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| {
                scope.spawn(|| {
                    let incoming = incoming_with(engine.store(), b"all at once");
                    barrier.wait();
                    incoming.finish().unwrap()
                })
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    assert_eq!(received.iter().filter(|received| !received.already_there).count(), 1);
    check_stored(engine.store(), StoreKey::Blob(hash_of(b"all at once")), b"all at once");
}

pub fn a_file_dropped_before_it_is_finished_leaves_nothing(engine: impl Engine) {
    drop(incoming_with(engine.store(), b"never mind"));
    check_missing(engine.store(), StoreKey::Blob(hash_of(b"never mind")));
    assert_eq!(engine.store().blobs().count(), 0);
}

pub fn a_file_over_its_limit_is_refused_and_leaves_nothing(engine: impl Engine) {
    let mut incoming = engine.store().incoming(10).unwrap();
    incoming.write(b"0123456789").unwrap();
    assert!(matches!(incoming.write(b"x"), Err(StoreError::TooLarge { bytes_max: 10 })));
    assert!(incoming.finish().is_err());
    let mut exact = engine.store().incoming(10).unwrap();
    exact.write(b"0123456789").unwrap();
    assert_eq!(exact.finish().unwrap().bytes, 10);
    assert_eq!(engine.store().blobs().count(), 1);
}

pub fn a_group_is_answered_in_order_with_its_failures_in_place(engine: impl Engine) {
    let count = 2 * GROUP_FILES_MAX + 3;
    let mut files: Vec<_> =
        (0..count).map(|number| incoming_with(engine.store(), &noise(number as u64 / 2, 100))).collect();
    let mut spoilt = engine.store().incoming(0).unwrap();
    assert!(spoilt.write(b"too much").is_err());
    files[5] = spoilt;
    let answers = engine.store().finish_many(files);
    assert_eq!(answers.len(), count);
    for (number, answer) in answers.into_iter().enumerate() {
        if number == 5 {
            assert!(answer.is_err());
            continue;
        }
        let bytes = noise(number as u64 / 2, 100);
        let received = answer.unwrap();
        assert_eq!((received.hash, received.already_there), (hash_of(&bytes), number % 2 == 1));
        check_stored(engine.store(), StoreKey::Blob(received.hash), &bytes);
    }
    assert!(engine.store().finish_many(Vec::new()).is_empty());
}

pub fn callers_who_share_a_group_each_get_their_own_answer(engine: impl Engine) {
    let group = engine.store().group().unwrap();
    std::thread::scope(|scope| {
        for seed in 0..20 {
            let (group, store) = (&group, engine.store());
            scope.spawn(move || {
                let answer = group.finish(incoming_with(store, &noise(seed, 50))).blocking_recv().unwrap();
                assert_eq!(answer.unwrap().hash, hash_of(&noise(seed, 50)));
            });
        }
    });
    let last = group.finish(incoming_with(engine.store(), b"last"));
    drop(group);
    assert_eq!(last.blocking_recv().unwrap().unwrap().hash, hash_of(b"last"));
    assert_eq!(engine.store().blobs().count(), 21);
}

pub fn a_copied_file_is_stored_with_the_stamp_of_its_source(engine: impl Engine) {
    let mut source = tempfile::NamedTempFile::new().unwrap();
    let bytes = noise(3, 2_500_000);
    source.write_all(&bytes).unwrap();
    let mut incoming = engine.store().incoming(NO_LIMIT).unwrap();
    let stamp = incoming.copy_from(source.path()).unwrap();
    assert_eq!(stamp.bytes, bytes.len() as u64);
    assert_ne!((stamp.modified_ns, stamp.inode), (0, 0));
    let received = incoming.finish().unwrap();
    check_stored(engine.store(), StoreKey::Blob(received.hash), &bytes);
    let mut small = engine.store().incoming(bytes.len() as u64 - 1).unwrap();
    assert!(matches!(small.copy_from(source.path()), Err(StoreError::TooLarge { .. })));
}

pub fn a_removed_file_is_missing_and_can_come_again(engine: impl Engine) {
    let key = StoreKey::Blob(put(engine.store(), b"gone").hash);
    assert!(engine.store().remove(&key).unwrap());
    assert!(!engine.store().remove(&key).unwrap());
    check_missing(engine.store(), key);
    assert!(!put(engine.store(), b"gone").already_there);
    check_stored(engine.store(), key, b"gone");
}

pub fn verifying_tells_good_missing_short_and_different(engine: impl Engine) {
    let bytes = noise(4, 2_000_000);
    let hash = put(engine.store(), &bytes).hash;
    let key = StoreKey::Blob(hash);
    let length = Some(bytes.len() as u64);
    assert_eq!(engine.store().verify(hash, None).unwrap(), Verified::Good);
    assert_eq!(engine.store().verify(hash, length).unwrap(), Verified::Good);
    assert_eq!(engine.store().verify(hash_of(b"absent"), None).unwrap(), Verified::Missing);

    engine.damage(&key, |bytes| bytes[1_234_567] ^= 0x10);
    let mut flipped = bytes.clone();
    flipped[1_234_567] ^= 0x10;
    let expected = Verified::Different { found: hash_of(&flipped) };
    assert_eq!(engine.store().verify(hash, length).unwrap(), expected);

    engine.damage(&key, |bytes| bytes.truncate(1_000));
    assert_eq!(engine.store().verify(hash, length).unwrap(), Verified::Short { bytes: 1_000 });
    let unknown = engine.store().verify(hash, None).unwrap();
    assert_eq!(unknown, Verified::Different { found: hash_of(&flipped[..1_000]) });
}

pub fn a_file_that_was_cut_short_is_healed_when_its_bytes_come_again(engine: impl Engine) {
    let hash = put(engine.store(), b"whole again").hash;
    engine.damage(&StoreKey::Blob(hash), |bytes| bytes.truncate(3));
    assert!(!put(engine.store(), b"whole again").already_there);
    check_stored(engine.store(), StoreKey::Blob(hash), b"whole again");
}

pub fn all_files_are_listed_in_the_order_of_their_hashes(engine: impl Engine) {
    let mut expected: Vec<(ContentHash, u64)> = (0..100)
        .map(|seed| put(engine.store(), &noise(seed, seed as usize)))
        .map(|received| (received.hash, received.bytes))
        .collect();
    expected.sort();
    let found: Vec<(ContentHash, u64)> = engine
        .store()
        .blobs()
        .map(|found| match found.unwrap() {
            Found::Blob { hash, bytes } => (hash, bytes),
            Found::Stray { path } => panic!("{} was not put there", path.display()),
        })
        .collect();
    assert_eq!(found, expected);
}
