//! The index is derived: thrown away, it comes back the same; behind, it catches up.

use damask_flow::{Caller, find, look};
use damask_testkit::Words;

use crate::library::{Library, mistaken};

const QUERIES: [&str; 6] = ["*", "the", "kind:document", "name:harbour", "take -2", "bytes:>20"];

/// What queries find: names, totals and counts of facets.
async fn found(library: &Library) -> Vec<(Vec<String>, u64, Vec<(String, u64)>)> {
    let mut all = Vec::new();
    for query in QUERIES {
        let found = library.search(&Caller::local(), query).await;
        let facets = found.facets.into_iter().flat_map(|facet| facet.values).collect();
        all.push((library.find(query).await, found.total, facets));
    }
    all
}

pub async fn an_index_made_again_from_a_snapshot_finds_the_same(library: &mut Library) {
    library.start(1);
    let mut words = Words::new(7);
    for number in 0..6 {
        let described = words.described();
        let text = format!("take {number}: {}", described.caption);
        library.put(&format!("{}.txt", described.stem), text).await.expect("taken");
    }
    library.put("harbour.txt", "the harbour").await.expect("taken");
    library.settled().await;
    let before = found(library).await;
    assert!(before[0].1 == 7 && before.iter().all(|(_, total, _)| *total > 0), "{before:?}");
    library.reopen(true).await;
    library.start(0);
    assert_eq!(found(library).await, before);
    // From the snapshot it goes on with the journal.
    library.put("later.txt", "the last take").await.expect("taken");
    assert_eq!(library.find("name:later").await, ["later.txt"]);
    assert_eq!(library.search(&Caller::local(), "*").await.total, 8);
}

pub async fn an_index_that_is_behind_catches_up_when_it_is_opened(library: &mut Library) {
    library.start(0);
    library.put("one.txt", "one").await.expect("taken");
    assert_eq!(library.find("*").await, ["one.txt"]);
    library.stop().await;
    library.put("two.txt", "two").await.expect("taken");
    library.reopen(false).await;
    library.start(0);
    assert_eq!(library.find("*").await, ["one.txt", "two.txt"]);
}

pub async fn pages_follow_each_other_without_gap_or_repetition(library: &mut Library) {
    library.start(0);
    for number in 0..23 {
        library.put(&format!("{number:02}.txt"), format!("take {number}")).await.expect("taken");
    }
    let (mut names, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let ask = find::Ask {
            query: "kind:document".to_owned(),
            sort: Some("-name".to_owned()),
            limit: 10,
            after,
            at_least: Some(library.damask.seq()),
            ..find::Ask::default()
        };
        let page = find::assets(&library.damask, &Caller::local(), ask).await.expect("a page");
        assert_eq!(page.total, 23);
        names.extend(page.items.into_iter().map(|item| item.name));
        pages += 1;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let expected: Vec<String> = (0..23).rev().map(|number| format!("{number:02}.txt")).collect();
    assert_eq!((names, pages), (expected, 3));
}

pub async fn folders_are_shown_page_by_page(library: &mut Library) {
    library.start(0);
    for name in ["a", "b", "c", "d", "e"] {
        library.put(&format!("Reels/{name}/note.txt"), name).await.expect("taken");
    }
    let (damask, caller) = (&library.damask, Caller::local());
    let top = look::folders(damask, &caller, None, None, 10).await.expect("folders");
    let parent = Some(top[0].id);
    let (mut names, mut after) = (Vec::new(), None);
    loop {
        let page = look::folders(damask, &caller, parent, after, 2).await.expect("folders");
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        names.extend(page.into_iter().map(|folder| folder.path));
    }
    assert_eq!(names, ["Reels/a", "Reels/b", "Reels/c", "Reels/d", "Reels/e"]);
    mistaken(look::folders(damask, &caller, None, after, 2).await, "bad-cursor");
}
