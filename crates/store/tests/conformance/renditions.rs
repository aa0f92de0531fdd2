//! Renditions: moved in, replaced, and not served when a crash cut them short.

use damask_store::{Scratch, StoreError, StoreKey};

use super::{Engine, check_missing, check_stored};

const KEY: [u8; 32] = [0x5a; 32];
const HERE: StoreKey = StoreKey::Rendition { key: KEY, extension: "jpg" };

fn made(scratch: &Scratch, bytes: &[u8]) -> std::path::PathBuf {
    let path = scratch.path().join("made");
    std::fs::write(&path, bytes).unwrap();
    path
}

pub fn a_rendition_moves_from_scratch_to_its_key(engine: impl Engine) {
    let scratch = engine.store().scratch().unwrap();
    let from = made(&scratch, b"small picture");
    assert_eq!(engine.store().put_rendition(KEY, "jpg", &from).unwrap(), 13);
    assert!(!from.exists());
    check_stored(engine.store(), HERE, b"small picture");
    check_missing(engine.store(), StoreKey::Rendition { key: KEY, extension: "png" });
}

pub fn a_rendition_made_again_replaces_the_one_before(engine: impl Engine) {
    let scratch = engine.store().scratch().unwrap();
    for bytes in [b"first".as_slice(), b"second"] {
        engine.store().put_rendition(KEY, "jpg", &made(&scratch, bytes)).unwrap();
    }
    check_stored(engine.store(), HERE, b"second");
    assert!(engine.store().remove(&HERE).unwrap());
    check_missing(engine.store(), HERE);
}

pub fn a_rendition_of_another_length_than_the_catalog_says_is_not_served(engine: impl Engine) {
    let scratch = engine.store().scratch().unwrap();
    engine.store().put_rendition(KEY, "jpg", &made(&scratch, b"whole")).unwrap();
    assert!(engine.store().open_sized(&HERE, 5).is_ok());
    engine.damage(&HERE, |bytes| bytes.truncate(2));
    let refused = engine.store().open_sized(&HERE, 5).unwrap_err();
    assert!(matches!(refused, StoreError::WrongLength { expected: 5, found: 2, .. }));
}

pub fn a_rendition_of_nothing_is_an_error(engine: impl Engine) {
    let scratch = engine.store().scratch().unwrap();
    assert!(engine.store().put_rendition(KEY, "jpg", &scratch.path().join("absent")).is_err());
    check_missing(engine.store(), HERE);
}
