//! Blobs: taken in whole or not at all, once, and found damaged when they are.

use std::{io::Write as _, sync::Barrier};

use damask_model::{ByteSource as _, ContentHash};
use damask_store::{Found, GROUP_FILES_MAX, Received, StoreError, StoreKey, Verified, Way};

use super::{Engine, NO_LIMIT, check_missing, check_stored, hash_of, incoming_with, noise, put, read_all};

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
    let different = |found: &[u8]| {
        if engine.is_encrypted() { Verified::Broken } else { Verified::Different { found: hash_of(found) } }
    };
    let expected = different(&flipped);
    assert_eq!(engine.store().verify(hash, length).unwrap(), expected);

    engine.damage(&key, |bytes| bytes.truncate(1_000));
    // Encrypted, a few of them are no content.
    let bytes = if engine.is_encrypted() { 941 } else { 1_000 };
    assert_eq!(engine.store().verify(hash, length).unwrap(), Verified::Short { bytes });
    assert_eq!(engine.store().verify(hash, None).unwrap(), different(&flipped[..1_000]));
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

pub fn a_list_is_whole_however_long_it_is(engine: impl Engine) {
    // S3 lists a thousand names at a time.
    let count = 1_100;
    let files: Vec<_> =
        (0..count).map(|number: u64| incoming_with(engine.store(), &number.to_le_bytes())).collect();
    let mut expected: Vec<ContentHash> =
        engine.store().finish_many(files).into_iter().map(|answer| answer.unwrap().hash).collect();
    expected.sort();
    let found: Vec<ContentHash> = engine
        .store()
        .blobs()
        .map(|found| match found.unwrap() {
            Found::Blob { hash, bytes: 8 } => hash,
            other => panic!("{other:?} was not put there"),
        })
        .collect();
    assert!(found == expected, "{} of {count} were found, or in another order", found.len());
}

pub fn any_part_of_a_file_is_read_without_the_rest(mut engine: impl Engine) {
    let bytes = noise(6, 6_000_000);
    let key = StoreKey::Blob(put(engine.store(), &bytes).hash);
    // What was just put may still be here; after a restart it has to be read from where it lies.
    engine.restart();
    for stored in [engine.store().open_bytes(&key).unwrap(), engine.store().open_long(&key).unwrap()] {
        assert_eq!(stored.len(), bytes.len() as u64);
        for (offset, length) in
            [(0, 1), (5_999_999, 1), (131_071, 3), (1, 4_999_999), (5_999_990, 100), (6_000_000, 5)]
        {
            let expected = &bytes[offset..(offset + length).min(bytes.len())];
            let found = stored.read_vec(offset as u64, length).unwrap();
            assert!(found == expected, "{length} bytes from {offset} are others");
        }
        assert_eq!(stored.read_at(1 << 40, &mut [0; 4]).unwrap(), 0);
        assert!(read_all(&stored) == bytes);
    }
}

pub fn a_file_of_many_pieces_comes_back_bit_for_bit(mut engine: impl Engine) {
    for length in [8 << 20, (8 << 20) + 1, (24 << 20) + 12_345] {
        let bytes = noise(length as u64, length);
        let received = put(engine.store(), &bytes);
        assert_eq!((received.hash, received.already_there), (hash_of(&bytes), false));
        assert!(put(engine.store(), &bytes).already_there);
        engine.restart();
        let key = StoreKey::Blob(received.hash);
        check_stored(engine.store(), key, &bytes);
        assert!(std::fs::read(engine.store().lend(&key).unwrap().path()).unwrap() == bytes);
        let verified = engine.store().verify(received.hash, Some(length as u64)).unwrap();
        assert_eq!(verified, Verified::Good);
    }
    assert_eq!(engine.store().blobs().count(), 3);
}

pub fn a_name_that_is_taken_is_not_written_again(engine: impl Engine) {
    for length in [1_000, 9 << 20] {
        let bytes = noise(7, length);
        let hash = put(engine.store(), &bytes).hash;
        // Of the same length, the damage shows whether somebody wrote over it.
        engine.damage(&StoreKey::Blob(hash), |bytes| bytes[500] ^= 1);
        assert!(put(engine.store(), &bytes).already_there);
        let verified = engine.store().verify(hash, None).unwrap();
        assert!(matches!(verified, Verified::Different { .. } | Verified::Broken), "{verified:?}");
    }
}

pub fn a_file_of_another_length_than_the_catalog_says_is_not_served(mut engine: impl Engine) {
    let key = StoreKey::Blob(put(engine.store(), b"as long as this").hash);
    engine.damage(&key, |bytes| bytes.truncate(4));
    engine.restart();
    let refused = engine.store().open_sized(&key, 15).unwrap_err();
    let meant = match refused {
        StoreError::WrongLength { expected: 15, found: 4, .. } => !engine.is_encrypted(),
        StoreError::Broken { .. } => engine.is_encrypted(),
        _ => false,
    };
    assert!(meant, "{refused:?}");
}

pub fn a_file_is_lent_to_programs_that_want_a_path(mut engine: impl Engine) {
    let key = StoreKey::Blob(put(engine.store(), b"for a decoder").hash);
    for _ in 0..2 {
        let lent = engine.store().lend(&key).unwrap();
        let again = engine.store().lend(&key).unwrap();
        drop(lent);
        assert_eq!(std::fs::read(again.path()).unwrap(), b"for a decoder");
        engine.restart();
    }
    assert!(engine.store().remove(&key).unwrap());
    assert!(matches!(engine.store().lend(&key), Err(StoreError::Missing { .. })));
}

pub fn a_file_that_is_not_there_is_missing_however_it_is_asked_for(engine: impl Engine) {
    let (store, key) = (engine.store(), StoreKey::Blob(hash_of(b"absent")));
    check_missing(store, key);
    let missing = |error| matches!(error, StoreError::Missing { key: of } if of == key);
    assert!(missing(store.open_long(&key).unwrap_err()));
    assert!(missing(store.open_sized(&key, 6).unwrap_err()));
    assert!(missing(store.lend(&key).unwrap_err()));
    assert!(!store.remove(&key).unwrap());
    assert_eq!(store.blobs().count(), 0);
}

pub fn an_interrupted_put_leaves_nothing_to_be_seen(mut engine: impl Engine) {
    let bytes = noise(8, 20 << 20);
    std::mem::forget(incoming_with(engine.store(), &bytes)); // What a killed process does.
    engine.restart();
    check_missing(engine.store(), StoreKey::Blob(hash_of(&bytes)));
    assert_eq!(engine.store().blobs().count(), 0);
    assert!(!put(engine.store(), &bytes).already_there);
}

pub fn what_the_place_can_do_is_told(engine: impl Engine) {
    let told = engine.store().capabilities();
    assert_eq!((told.ranges, told.multipart), (Way::Native, Way::Native));
    assert!(!told.place.is_empty());
    assert!(!told.to_string().contains("nothing was tried"), "{told}");
    engine.store().try_out().unwrap();
    assert_eq!(engine.store().blobs().count(), 0);
}
