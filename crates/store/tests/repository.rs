//! Backup repositories: one list of tests for a folder and a bucket, open and sealed.
#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::{io::Read as _, time::Duration};

use damask_model::{BackupId, ContentHash};
use damask_store::{
    Bucket, PageDigest, Piece, Repository, RepositoryError, RepositoryPlace, SealKey, Secret, Shelf, Store,
    StoreKey,
};
use damask_testkit::{S3_BUCKET, S3_KEY, s3, s3_prefix};
use damask_time::Instant;

fn key(text: &str) -> SealKey {
    SealKey::new(text).unwrap()
}

/// Runs a test at every sort of place.
fn everywhere(test: impl Fn(&RepositoryPlace, Option<&SealKey>)) {
    let sealed = key("correct horse battery staple");
    for key in [None, Some(&sealed)] {
        let folder = tempfile::tempdir().unwrap();
        test(&RepositoryPlace::Folder(folder.path().join("repository")), key);
        let Some(address) = s3() else {
            println!("SKIPPED: repositories in a bucket (DAMASK_TEST_S3 is not set)");
            continue;
        };
        let bucket = Bucket {
            endpoint: Some(address),
            name: S3_BUCKET.to_owned(),
            prefix: s3_prefix(),
            region: Bucket::USUAL_REGION.to_owned(),
            access_key: S3_KEY.0.to_owned(),
            secret_key: Secret::new(S3_KEY.1.to_owned()),
            cache_bytes_max: 0,
            patience: Duration::from_secs(10),
        };
        test(&RepositoryPlace::Bucket(Box::new(bucket)), key);
    }
}

/// A store with files of these lengths; their hashes.
fn store_with(lengths: &[usize]) -> (tempfile::TempDir, Store, Vec<(ContentHash, u64)>) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let hashes = lengths.iter().map(|length| {
        let mut incoming = store.incoming(u64::MAX).unwrap();
        incoming.write(&vec![u8::try_from(length % 251).unwrap(); *length]).unwrap();
        let received = incoming.finish().unwrap();
        (received.hash, received.bytes)
    });
    let hashes = hashes.collect();
    (folder, store, hashes)
}

#[test]
fn pieces_come_back_as_they_were_put_and_are_known_by_their_names() {
    everywhere(|place, key| {
        let (_folder, store, originals) = store_with(&[0, 1, 70_000, 9 << 20]);
        let repository = Repository::begin(place, key).unwrap();
        let answers = repository.put_originals(&store, originals.clone(), &|_| true).unwrap();
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        let text = b"rows\n".repeat(1_000);
        let digest = PageDigest::of(&text);
        repository.put_page(digest, &text).unwrap();
        let id = BackupId::fresh();
        repository.put_backup(id, b"a list").unwrap();
        // As another process sees it.
        let repository = Repository::open(place, key).unwrap();
        assert_eq!(repository.backups().unwrap(), [id]);
        assert_eq!(repository.backup(id).unwrap(), b"a list");
        assert_eq!(repository.page(digest).unwrap(), text);
        for (hash, bytes) in originals {
            let mut read = Vec::new();
            repository.original(hash).unwrap().read_to_end(&mut read).unwrap();
            assert_eq!(ContentHash::from(blake3::hash(&read)), hash);
            let shelved = repository.shelved(Shelf::Originals, hash.0[0]).unwrap();
            assert!(repository.is_shelved(&shelved, &Piece::Original(hash), Some(bytes)));
            assert!(!repository.is_shelved(&shelved, &Piece::Original(hash), Some(bytes + 1)));
            let (swept, _) = repository.sweep(Shelf::Originals, hash.0[0], []).unwrap();
            assert_eq!(swept, 1);
            assert!(matches!(repository.original(hash).err(), Some(RepositoryError::Missing { .. })));
        }
    });
}

#[test]
fn an_original_that_the_store_cannot_give_is_told_and_the_others_are_put() {
    everywhere(|place, key| {
        let (_folder, store, originals) = store_with(&[10, 20, 30]);
        store.remove(&StoreKey::Blob(originals[1].0)).unwrap();
        let repository = Repository::begin(place, key).unwrap();
        let answers = repository.put_originals(&store, originals.clone(), &|_| true).unwrap();
        assert!(answers[0].is_ok() && answers[2].is_ok());
        assert!(matches!(answers[1], Err(RepositoryError::Source(_))));
        let stopped = repository.put_originals(&store, originals[..1].to_vec(), &|_| false).unwrap();
        assert!(stopped[0].is_err());
    });
}

#[test]
fn one_at_a_time_works_in_a_place_and_a_lease_that_is_not_renewed_ends() {
    everywhere(|place, key| {
        let (now, repository) = (Instant::from_micros(0), Repository::begin(place, key).unwrap());
        let lease = repository.lease("a backup", "one", now).unwrap();
        let refused = repository.lease("a removal", "two", now).expect_err("it is taken");
        assert!(matches!(refused, RepositoryError::Busy { .. }), "{refused}");
        repository.lease("a backup", "one", now).unwrap();
        repository.lease("a removal", "two", now.plus_seconds(601)).unwrap();
        repository.release(lease).unwrap();
    });
}

#[test]
fn a_place_without_backups_a_newer_one_and_another_key_are_refused() {
    everywhere(|place, sealed| {
        assert!(matches!(Repository::open(place, sealed), Err(RepositoryError::None { .. })));
        Repository::begin(place, sealed).unwrap();
        let other = key("another key of some length");
        let refused = Repository::open(place, Some(&other)).expect_err("another key");
        match sealed {
            Some(_) => assert!(matches!(refused, RepositoryError::WrongKey { .. }), "{refused}"),
            None => assert!(matches!(refused, RepositoryError::NotSealed { .. }), "{refused}"),
        }
        if sealed.is_some() {
            assert!(matches!(Repository::open(place, None), Err(RepositoryError::NeedsKey { .. })));
        }
        if let RepositoryPlace::Folder(folder) = place {
            // One copy is enough.
            std::fs::write(folder.join("damask-backups"), b"x").unwrap();
            Repository::open(place, sealed).unwrap();
            std::fs::write(folder.join("damask-backups"), br#"{"form":2,"sealed":null}"#).unwrap();
            assert!(matches!(Repository::open(place, sealed), Err(RepositoryError::Newer { form: 2, .. })));
        }
    });
}
