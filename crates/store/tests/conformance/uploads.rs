//! Uploads: resumed where they ended, through broken connections and killed servers.

use damask_model::UploadId;
use damask_store::{Keep, Part, StoreError, StoreKey, UPLOAD_MARK_EVERY_BYTES};
use damask_time::Instant;
use proptest::prelude::*;

use super::{Engine, NO_LIMIT, check_missing, check_stored, hash_of, noise, put};

fn created(engine: &impl Engine) -> UploadId {
    let id = UploadId::fresh();
    engine.store().upload_create(id).unwrap();
    id
}

pub fn an_upload_in_pieces_becomes_a_file(engine: impl Engine) {
    let (store, id) = (engine.store(), created(&engine));
    assert_eq!(store.upload_offset(id).unwrap(), 0);
    assert_eq!(store.upload_append(id, 0, b"one, ").unwrap(), 5);
    assert_eq!(store.upload_append(id, 5, b"").unwrap(), 5);
    assert_eq!(store.upload_append(id, 5, b"two").unwrap(), 8);
    let received = store.upload_finish(id).unwrap();
    assert_eq!((received.hash, received.bytes), (hash_of(b"one, two"), 8));
    assert!(!received.already_there);
    assert!(store.upload_remove(id).unwrap());
    check_missing(store, StoreKey::Upload(id));
    check_stored(store, StoreKey::Blob(received.hash), b"one, two");
}

pub fn an_upload_continues_only_where_it_ends(engine: impl Engine) {
    let (store, id) = (engine.store(), created(&engine));
    store.upload_append(id, 0, b"12345").unwrap();
    for given in [0, 4, 6, u64::MAX] {
        let refused = store.upload_append(id, given, b"x").unwrap_err();
        assert!(matches!(refused, StoreError::WrongOffset { at: 5, given: g, .. } if g == given));
    }
    assert_eq!(store.upload_append(id, 5, b"6").unwrap(), 6);
}

pub fn an_interrupted_piece_keeps_what_came(engine: impl Engine) {
    let (store, id) = (engine.store(), created(&engine));
    let mut piece = store.upload_writer(id, 0, NO_LIMIT, Keep::AsItComes).unwrap();
    piece.write(b"came").unwrap();
    assert_eq!(piece.offset(), 4);
    drop(piece);
    assert_eq!(store.upload_offset(id).unwrap(), 4);
    store.upload_append(id, 4, b" and went").unwrap();
    assert_eq!(store.upload_finish(id).unwrap().hash, hash_of(b"came and went"));
}

pub fn an_interrupted_piece_with_a_checksum_keeps_nothing(engine: impl Engine) {
    let (store, id) = (engine.store(), created(&engine));
    store.upload_append(id, 0, b"good").unwrap();
    let mut piece = store.upload_writer(id, 4, NO_LIMIT, Keep::WhenFinished).unwrap();
    piece.write(b" bad and long").unwrap();
    drop(piece);
    assert_eq!(store.upload_offset(id).unwrap(), 4);
    let mut piece = store.upload_writer(id, 4, NO_LIMIT, Keep::WhenFinished).unwrap();
    piece.write(b" too").unwrap();
    assert_eq!(piece.finish().unwrap(), 8);
    let received = store.upload_finish(id).unwrap();
    check_stored(store, StoreKey::Blob(received.hash), b"good too");
}

pub fn an_upload_goes_on_after_a_crash_from_what_was_acknowledged(mut engine: impl Engine) {
    let id = created(&engine);
    engine.store().upload_append(id, 0, b"acknowledged").unwrap();
    let mut piece = engine.store().upload_writer(id, 12, NO_LIMIT, Keep::AsItComes).unwrap();
    piece.write(b", not acknowledged").unwrap();
    std::mem::forget(piece); // What a killed process does.
    engine.restart();
    assert_eq!(engine.store().upload_offset(id).unwrap(), 12);
    engine.store().upload_append(id, 12, b" again").unwrap();
    engine.restart();
    let received = engine.store().upload_finish(id).unwrap();
    check_stored(engine.store(), StoreKey::Blob(received.hash), b"acknowledged again");
}

pub fn a_long_piece_is_made_durable_on_the_way(mut engine: impl Engine) {
    let id = created(&engine);
    let mut piece = engine.store().upload_writer(id, 0, NO_LIMIT, Keep::AsItComes).unwrap();
    let every = usize::try_from(UPLOAD_MARK_EVERY_BYTES).unwrap();
    let bytes = noise(5, 4 * every + 5_000_000);
    // A piece that was handed over is written by a thread: those after it wait for it, and so for the mark.
    for part in bytes.chunks(1 << 20) {
        piece.write(part).unwrap();
    }
    assert_eq!(engine.store().upload_offset(id).unwrap(), 4 * UPLOAD_MARK_EVERY_BYTES);
    std::mem::forget(piece);
    engine.restart();
    assert_eq!(engine.store().upload_offset(id).unwrap(), 4 * UPLOAD_MARK_EVERY_BYTES);
    engine.store().upload_append(id, 4 * UPLOAD_MARK_EVERY_BYTES, &bytes[4 * every..]).unwrap();
    assert_eq!(engine.store().upload_finish(id).unwrap().hash, hash_of(&bytes));
}

pub fn an_upload_of_odd_pieces_is_what_was_sent(mut engine: impl Engine) {
    let (id, bytes) = (created(&engine), noise(7, 9_000_001));
    let mut at = 0;
    for (number, length) in [1, 4_095, 1 << 20, 3_000_003, 2_097_152, 700_001].into_iter().enumerate() {
        let mut piece = engine.store().upload_writer(id, at as u64, NO_LIMIT, Keep::AsItComes).unwrap();
        bytes[at..at + length].chunks(77_777).for_each(|part| piece.write(part).unwrap());
        // Broken off or not, all of it came.
        if number % 2 == 0 {
            drop(piece);
        } else {
            assert_eq!(piece.finish().unwrap(), (at + length) as u64);
        }
        at += length;
        if number == 3 {
            engine.restart();
        }
    }
    engine.store().upload_append(id, at as u64, &bytes[at..]).unwrap();
    assert_eq!(engine.store().upload_finish(id).unwrap().hash, hash_of(&bytes));
}

pub fn two_pieces_at_once_are_refused(engine: impl Engine) {
    let (store, id) = (engine.store(), created(&engine));
    let first = store.upload_writer(id, 0, NO_LIMIT, Keep::AsItComes).unwrap();
    let busy = |error| matches!(error, StoreError::UploadBusy { id: of } if of == id);
    assert!(busy(store.upload_append(id, 0, b"x").unwrap_err()));
    assert!(busy(store.upload_finish(id).unwrap_err()));
    assert!(busy(store.upload_remove(id).unwrap_err()));
    assert_eq!(first.finish().unwrap(), 0);
    assert!(store.upload_append(id, 0, b"x").is_ok());
}

pub fn an_upload_over_its_limit_is_refused_and_keeps_what_came(engine: impl Engine) {
    let (store, id) = (engine.store(), created(&engine));
    let mut piece = store.upload_writer(id, 0, 5, Keep::AsItComes).unwrap();
    piece.write(b"1234").unwrap();
    assert!(matches!(piece.write(b"56"), Err(StoreError::TooLarge { bytes_max: 5 })));
    piece.write(b"5").unwrap();
    assert_eq!(piece.finish().unwrap(), 5);
}

pub fn a_finished_upload_is_sealed_and_may_be_finished_again(mut engine: impl Engine) {
    let id = created(&engine);
    engine.store().upload_append(id, 0, b"sealed").unwrap();
    let received = engine.store().upload_finish(id).unwrap();
    // The program dies before its commit, comes back and asks again.
    engine.restart();
    assert_eq!(engine.store().upload_offset(id).unwrap(), 6);
    assert_eq!(engine.store().upload_finish(id).unwrap(), received);
    let refused = engine.store().upload_append(id, 6, b"!").unwrap_err();
    assert!(matches!(refused, StoreError::UploadSealed { .. }));
    engine.store().upload_remove(id).unwrap();
    check_stored(engine.store(), StoreKey::Blob(received.hash), b"sealed");
}

pub fn an_upload_of_known_bytes_says_so(engine: impl Engine) {
    put(engine.store(), b"known");
    let id = created(&engine);
    engine.store().upload_append(id, 0, b"known").unwrap();
    assert!(engine.store().upload_finish(id).unwrap().already_there);
    engine.store().upload_remove(id).unwrap();
    assert_eq!(engine.store().blobs().count(), 1);
}

pub fn a_long_upload_becomes_a_file(engine: impl Engine) {
    let (store, id, bytes) = (engine.store(), created(&engine), noise(9, 20 << 20));
    let mut at = 0;
    for piece in bytes.chunks(6 << 20) {
        at = store.upload_append(id, at, piece).unwrap();
    }
    let received = store.upload_finish(id).unwrap();
    assert_eq!((received.hash, received.bytes), (hash_of(&bytes), at));
    store.upload_remove(id).unwrap();
    check_stored(store, StoreKey::Blob(received.hash), &bytes);
    assert!(std::fs::read(store.lend(&StoreKey::Blob(received.hash)).unwrap().path()).unwrap() == bytes);
}

pub fn an_upload_heals_a_file_that_was_cut_short(engine: impl Engine) {
    let hash = put(engine.store(), b"whole again").hash;
    engine.damage(&StoreKey::Blob(hash), |bytes| bytes.truncate(3));
    let id = created(&engine);
    engine.store().upload_append(id, 0, b"whole again").unwrap();
    assert!(!engine.store().upload_finish(id).unwrap().already_there);
    check_stored(engine.store(), StoreKey::Blob(hash), b"whole again");
}

pub fn an_upload_that_is_not_there_is_missing(engine: impl Engine) {
    let (store, id) = (engine.store(), UploadId::fresh());
    let missing = |error| matches!(error, StoreError::Missing { key: StoreKey::Upload(of) } if of == id);
    assert!(missing(store.upload_offset(id).unwrap_err()));
    assert!(missing(store.upload_append(id, 0, b"x").unwrap_err()));
    assert!(missing(store.upload_finish(id).unwrap_err()));
    assert!(!store.upload_remove(id).unwrap());
    store.upload_create(id).unwrap();
    assert!(store.upload_create(id).is_err());
}

pub fn uploads_nobody_continued_are_listed(engine: impl Engine) {
    let (old, young) = (created(&engine), created(&engine));
    let past = Instant::from_micros(0);
    assert_eq!(engine.store().uploads_untouched_since(past).unwrap(), []);
    let future = Instant::from_micros(i64::MAX);
    assert_eq!(engine.store().uploads_untouched_since(future).unwrap(), [old, young]);
    engine.store().remove(&StoreKey::Upload(old)).unwrap();
    assert_eq!(engine.store().uploads_untouched_since(future).unwrap(), [young]);
}

/// What may happen to an upload between two pieces.
#[derive(Clone, Copy, Debug)]
enum Event {
    Piece(usize),
    Broken(usize),
    Refused(usize),
    Killed(usize),
}

pub fn whatever_interrupts_an_upload_the_file_is_what_was_sent(mut engine: impl Engine) {
    let event = (0..4_usize, 0..5_000_usize).prop_map(|(what, length)| match what {
        0 => Event::Piece(length),
        1 => Event::Broken(length),
        2 => Event::Refused(length),
        _ => Event::Killed(length),
    });
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 12,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let engine = std::cell::RefCell::new(&mut engine);
    runner
        .run(&(any::<u64>(), prop::collection::vec(event, 1..12)), |(seed, events)| {
            follow(*engine.borrow_mut(), seed, &events);
            Ok(())
        })
        .unwrap();
}

fn follow(engine: &mut impl Engine, seed: u64, events: &[Event]) {
    let bytes = noise(seed, 5_000 * events.len());
    let id = created(engine);
    let mut acknowledged = 0;
    for event in events {
        let (Event::Piece(length) | Event::Broken(length) | Event::Refused(length) | Event::Killed(length)) =
            *event;
        let keep = if matches!(event, Event::Refused(_)) { Keep::WhenFinished } else { Keep::AsItComes };
        let mut piece = engine.store().upload_writer(id, acknowledged as u64, NO_LIMIT, keep).unwrap();
        piece.write(&bytes[acknowledged..acknowledged + length]).unwrap();
        match event {
            Event::Piece(_) => assert_eq!(piece.finish().unwrap(), (acknowledged + length) as u64),
            Event::Broken(_) | Event::Refused(_) => drop(piece),
            Event::Killed(_) => {
                std::mem::forget(piece);
                engine.restart();
            }
        }
        let offset = usize::try_from(engine.store().upload_offset(id).unwrap()).unwrap();
        assert!(offset >= acknowledged, "acknowledged bytes are lost");
        assert!(offset <= acknowledged + length);
        acknowledged = offset;
    }
    let received = engine.store().upload_finish(id).unwrap();
    assert_eq!(received.bytes, acknowledged as u64);
    check_stored(engine.store(), StoreKey::Blob(received.hash), &bytes[..acknowledged]);
    engine.store().upload_remove(id).unwrap();
}

/// A part that has come whole.
fn part(engine: &impl Engine, bytes: &[u8]) -> Part {
    let id = created(engine);
    engine.store().upload_append(id, 0, bytes).unwrap();
    Part { id, bytes: bytes.len() as u64 }
}

pub fn parts_become_one_file_in_their_order(engine: impl Engine) {
    let (store, bytes) = (engine.store(), noise(11, 40_000_000));
    let cuts = [0, 17_000_003, 17_000_003, 38_000_000, 40_000_000];
    let parts: Vec<Part> = cuts.windows(2).map(|cut| part(&engine, &bytes[cut[0]..cut[1]])).collect();
    let whole = UploadId::fresh();
    assert_eq!(store.upload_join(whole, &parts).unwrap(), 40_000_000);
    assert_eq!(store.upload_offset(whole).unwrap(), 40_000_000);
    for part in &parts {
        check_missing(store, StoreKey::Upload(part.id));
    }
    assert_eq!(store.upload_join(whole, &parts).unwrap(), 40_000_000, "asked again, it is done");
    let received = store.upload_finish(whole).unwrap();
    assert_eq!((received.hash, received.bytes), (hash_of(&bytes), 40_000_000));
    assert_eq!(store.upload_join(whole, &parts).unwrap(), 40_000_000, "it is sealed");
    store.upload_remove(whole).unwrap();
    check_stored(store, StoreKey::Blob(received.hash), &bytes);
}

pub fn of_nothing_is_joined_an_empty_file(engine: impl Engine) {
    let (empty, none) = (UploadId::fresh(), UploadId::fresh());
    assert_eq!(engine.store().upload_join(empty, &[part(&engine, b"")]).unwrap(), 0);
    assert_eq!(engine.store().upload_join(none, &[]).unwrap(), 0);
    for id in [empty, none] {
        assert_eq!(engine.store().upload_finish(id).unwrap().hash, hash_of(b""));
    }
}

pub fn a_join_that_was_cut_off_goes_on(mut engine: impl Engine) {
    let bytes = noise(12, 20_000_000);
    let late = UploadId::fresh();
    let parts = [
        part(&engine, &bytes[..100]),
        part(&engine, &bytes[100..18_000_000]),
        Part { id: late, bytes: 2_000_000 },
    ];
    let whole = UploadId::fresh();
    for _ in 0..2 {
        let missing = engine.store().upload_join(whole, &parts).unwrap_err();
        assert!(matches!(missing, StoreError::Missing { key: StoreKey::Upload(id) } if id == late));
        engine.restart();
    }
    engine.store().upload_create(late).unwrap();
    engine.store().upload_append(late, 0, &bytes[18_000_000..]).unwrap();
    engine.restart();
    assert_eq!(engine.store().upload_join(whole, &parts).unwrap(), 20_000_000);
    assert_eq!(engine.store().upload_finish(whole).unwrap().hash, hash_of(&bytes));
}

pub fn only_parts_that_are_whole_and_at_rest_are_joined(engine: impl Engine) {
    let store = engine.store();
    let (first, second) = (part(&engine, b"first"), part(&engine, b"second"));
    let longer = Part { bytes: 9, ..second };
    let refused = store.upload_join(UploadId::fresh(), &[longer, first]).unwrap_err();
    assert!(matches!(refused, StoreError::WrongOffset { id, at: 6, given: 9 } if id == second.id));
    let writing = store.upload_writer(first.id, 5, NO_LIMIT, Keep::AsItComes).unwrap();
    let whole = UploadId::fresh();
    let busy = store.upload_join(whole, &[first, second]).unwrap_err();
    assert!(matches!(busy, StoreError::UploadBusy { id } if id == first.id));
    writing.finish().unwrap();
    store.upload_join(whole, &[first, second]).unwrap();
    assert_eq!(store.upload_finish(whole).unwrap().hash, hash_of(b"firstsecond"));
}
