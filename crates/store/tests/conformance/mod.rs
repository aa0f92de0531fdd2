//! What every engine of the store has to do, whatever it stands on. An engine's test file gives an
//! [`Engine`] and calls `conformance!`; a new engine adds no test here, a new behaviour adds one for all.

pub mod blobs;
pub mod renditions;
pub mod uploads;

use damask_model::ContentHash;
use damask_store::{Incoming, Received, Store, StoreKey};

/// An engine under test, with room of its own.
pub trait Engine: Sync {
    /// An empty store.
    fn fresh() -> Self;
    /// It.
    fn store(&self) -> &Store;
    /// The process dies without a word and a new one opens the same store.
    fn restart(&mut self);
    /// Changes stored bytes behind the store's back.
    fn damage(&self, key: &StoreKey, change: impl FnOnce(&mut Vec<u8>));
}

/// One `#[test]` for each behaviour.
macro_rules! conformance {
    ($engine:ty: $($area:ident { $($name:ident),+ $(,)? })+) => {$(
        mod $area {
            $(#[test]
            fn $name() {
                crate::conformance::$area::$name(<$engine as crate::conformance::Engine>::fresh());
            })+
        }
    )+};
}

pub const NO_LIMIT: u64 = u64::MAX;

pub fn incoming_with(store: &Store, bytes: &[u8]) -> Incoming {
    let mut incoming = store.incoming(NO_LIMIT).unwrap();
    incoming.write(bytes).unwrap();
    incoming
}

pub fn put(store: &Store, bytes: &[u8]) -> Received {
    incoming_with(store, bytes).finish().unwrap()
}

pub fn hash_of(bytes: &[u8]) -> ContentHash {
    blake3::hash(bytes).into()
}

/// The bytes under the key, all of them and no others.
pub fn check_stored(store: &Store, key: StoreKey, expected: &[u8]) {
    let mut found = Vec::new();
    std::io::Read::read_to_end(&mut store.open_file(&key).unwrap(), &mut found).unwrap();
    assert!(found == expected, "{key} holds {} bytes, other than expected", found.len());
    assert_eq!(store.length(&key).unwrap(), expected.len() as u64);
    assert!(store.contains(&key).unwrap());
}

pub fn check_missing(store: &Store, key: StoreKey) {
    assert!(!store.contains(&key).unwrap(), "{key} is there");
    let missing = |error| matches!(error, damask_store::StoreError::Missing { key: of } if of == key);
    assert!(missing(store.open_file(&key).unwrap_err()));
    assert!(missing(store.length(&key).unwrap_err()));
}

/// Bytes that do not repeat soon, different for each seed.
pub fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}
