//! A writer that is made again after a crash: what the last one left behind neither hides a change nor stops one.

use std::{fs, path::Path, sync::Arc};

use damask_model::{AssetId, Seq, Uuid};
use damask_query::{Document, Schema};
use damask_search::{Change, Index};
use tantivy::{IndexWriter, TantivyDocument, Term, indexer::NoMergePolicy};

fn open(folder: &Path) -> Index {
    Index::open(folder, Arc::new(Schema::core())).expect("an index").0
}

fn id(number: u128) -> AssetId {
    AssetId(Uuid::from_u128(number))
}

fn put(number: u128) -> Change {
    Change::Put(Document::new(id(number)))
}

/// Commits each of `groups` as one segment, and lets none be merged: as an index lies that was killed while
/// it merged.
fn leave_segments(folder: &Path, groups: &[Vec<u128>]) {
    drop(open(folder));
    let engine = tantivy::Index::open_in_dir(folder.join("segments")).expect("the engine's index");
    let field = engine.schema().get_field("id").expect("the id");
    let mut writer: IndexWriter = engine.writer_with_num_threads(1, 50_000_000).expect("a writer");
    writer.set_merge_policy(Box::new(NoMergePolicy));
    for (group, seq) in groups.iter().zip(1..) {
        for number in group {
            writer.delete_term(Term::from_field_bytes(field, id(*number).0.as_bytes()));
            let mut document = TantivyDocument::new();
            document.add_bytes(field, id(*number).0.as_bytes());
            writer.add_document(document).expect("a document");
        }
        let mut commit = writer.prepare_commit().expect("a commit");
        commit.set_payload(&format!("{{\"seq\":{seq}}}"));
        commit.commit().expect("a commit");
    }
}

#[test]
fn a_merge_left_over_by_a_crash_brings_no_document_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    // The first segment loses asset 1 in the last commit; the second is larger, so that a merge begins there.
    let mut groups: Vec<Vec<u128>> = vec![vec![1, 2, 3], vec![10, 11, 12, 13]];
    groups.extend((20..28).map(|number| vec![number]));
    groups.push(vec![1]);
    leave_segments(folder.path(), &groups);

    let index = open(folder.path());
    index.apply(&[put(2)], Seq(100)).expect("a commit");
    assert!(index.rest().expect("the merge ends"));

    let all: Vec<AssetId> = groups[1..].iter().flatten().chain([&2, &3]).map(|number| id(*number)).collect();
    assert_eq!(index.holdings(&all).expect("counts"), vec![1; all.len()]);
}

#[test]
fn a_commit_that_a_crash_cut_short_does_not_stop_the_next() {
    let folder = tempfile::tempdir().expect("a folder");
    let meta = folder.path().join("segments/meta.json");
    let index = open(folder.path());
    index.apply(&[put(1), put(2)], Seq(1)).expect("a commit");
    let before = fs::read(&meta).expect("the list of segments");
    drop(index);
    for _ in 0..2 {
        let index = open(folder.path());
        assert_eq!(index.seq(), Seq(1));
        index.apply(&[put(1)], Seq(2)).expect("the commit, and again");
        drop(index);
        // A crash before the list of segments was replaced: the files of the commit are there, unnamed.
        fs::write(&meta, &before).expect("the list of segments");
    }
    let index = open(folder.path());
    index.apply(&[put(1)], Seq(2)).expect("the commit at last");
    assert_eq!(index.holdings(&[id(1), id(2)]).expect("counts"), [1, 1]);
}
