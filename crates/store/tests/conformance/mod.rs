//! What every engine of the store has to do, whatever it stands on. An engine's test file gives an
//! [`Engine`] and calls `conformance!`; a new engine adds no test here, a new behaviour adds one for all.

pub mod blobs;
pub mod renditions;
pub mod uploads;

use damask_model::{ByteSource as _, ContentHash};
use damask_store::{Incoming, Received, Store, StoreKey, Stored};

/// An engine under test, with room of its own.
pub trait Engine: Sync {
    /// An empty store; nothing where this run has no such engine.
    fn fresh() -> Option<Self>
    where
        Self: Sized;
    /// It.
    fn store(&self) -> &Store;
    /// The process dies without a word and a new one opens the same store.
    fn restart(&mut self);
    /// Changes stored bytes behind the store's back.
    fn damage(&self, key: &StoreKey, change: impl FnOnce(&mut Vec<u8>));
    /// Whether stored bytes are others than those that were put.
    fn is_encrypted(&self) -> bool {
        false
    }
}

/// One `#[test]` for each behaviour.
macro_rules! conformance {
    ($engine:ty) => {
        conformance! { $engine:
            blobs {
                a_finished_file_reads_back_under_its_hash,
                a_finished_file_is_there_after_a_crash,
                the_same_bytes_are_kept_once_and_said_to_be_there,
                writers_of_the_same_bytes_at_once_all_succeed_and_one_was_first,
                a_file_dropped_before_it_is_finished_leaves_nothing,
                a_file_over_its_limit_is_refused_and_leaves_nothing,
                a_group_is_answered_in_order_with_its_failures_in_place,
                callers_who_share_a_group_each_get_their_own_answer,
                a_copied_file_is_stored_with_the_stamp_of_its_source,
                a_removed_file_is_missing_and_can_come_again,
                verifying_tells_good_missing_short_and_different,
                a_file_that_was_cut_short_is_healed_when_its_bytes_come_again,
                all_files_are_listed_in_the_order_of_their_hashes,
                a_list_is_whole_however_long_it_is,
                any_part_of_a_file_is_read_without_the_rest,
                a_file_of_many_pieces_comes_back_bit_for_bit,
                a_name_that_is_taken_is_not_written_again,
                a_file_of_another_length_than_the_catalog_says_is_not_served,
                a_file_is_lent_to_programs_that_want_a_path,
                a_file_that_is_not_there_is_missing_however_it_is_asked_for,
                an_interrupted_put_leaves_nothing_to_be_seen,
                what_the_place_can_do_is_told
            }
            renditions {
                a_rendition_moves_from_scratch_to_its_key,
                a_rendition_made_again_replaces_the_one_before,
                a_rendition_of_another_length_than_the_catalog_says_is_not_served,
                a_rendition_of_nothing_is_an_error,
            }
            uploads {
                an_upload_in_pieces_becomes_a_file,
                an_upload_continues_only_where_it_ends,
                an_interrupted_piece_keeps_what_came,
                an_interrupted_piece_with_a_checksum_keeps_nothing,
                an_upload_goes_on_after_a_crash_from_what_was_acknowledged,
                a_long_piece_is_made_durable_on_the_way,
                an_upload_of_odd_pieces_is_what_was_sent,
                two_pieces_at_once_are_refused,
                an_upload_over_its_limit_is_refused_and_keeps_what_came,
                a_finished_upload_is_sealed_and_may_be_finished_again,
                an_upload_of_known_bytes_says_so,
                a_long_upload_becomes_a_file,
                an_upload_heals_a_file_that_was_cut_short,
                an_upload_that_is_not_there_is_missing,
                uploads_nobody_continued_are_listed,
                parts_become_one_file_in_their_order,
                of_nothing_is_joined_an_empty_file,
                a_join_that_was_cut_off_goes_on,
                only_parts_that_are_whole_and_at_rest_are_joined,
                whatever_interrupts_an_upload_the_file_is_what_was_sent,
            }
        }
    };
    ($engine:ty: $($area:ident { $($name:ident),+ $(,)? })+) => {$(
        mod $area {
            $(#[test]
            fn $name() {
                match <$engine as crate::conformance::Engine>::fresh() {
                    Some(engine) => crate::conformance::$area::$name(engine),
                    None => eprintln!("NOT TESTED: this run has no such engine"),
                }
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
    for stored in [store.open_bytes(&key).unwrap(), store.open_long(&key).unwrap()] {
        let found = read_all(&stored);
        assert!(found == expected, "{key} holds {} bytes, other than expected", found.len());
    }
    assert_eq!(store.length(&key).unwrap(), expected.len() as u64);
    assert!(store.contains(&key).unwrap());
}

pub fn read_all(stored: &Stored) -> Vec<u8> {
    stored.read_vec(0, usize::MAX).unwrap()
}

pub fn check_missing(store: &Store, key: StoreKey) {
    assert!(!store.contains(&key).unwrap(), "{key} is there");
    let missing = |error| matches!(error, damask_store::StoreError::Missing { key: of } if of == key);
    assert!(missing(store.open_bytes(&key).unwrap_err()));
    assert!(missing(store.length(&key).unwrap_err()));
}

/// Bytes that do not repeat soon, different for each seed.
pub fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}
