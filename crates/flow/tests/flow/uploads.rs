//! Uploads that meet a limit: no room by the quota, none on the disk, no time to end.

use bytes::Bytes;
use damask_catalog::{
    Catalog, Tx, Urgency,
    uploads::{self, Upload, UploadRole, UploadState as Stand},
};
use damask_flow::{
    Caller, Outcome, Trouble,
    ingest::{
        ArrivalOutcome::{AlreadyHere, Failed, Imported},
        join, upload,
        upload::{NewUpload, UploadState},
    },
    trash::{self, purge},
};
use damask_model::{AssetId, UploadId};
use damask_store::Part;
use futures::stream;

use crate::library::{Library, missing, mistaken, within};

/// Bytes that no file system can keep in less room.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}

fn named(name: &str) -> Vec<(String, Vec<u8>)> {
    vec![("filename".to_owned(), name.as_bytes().to_vec())]
}

async fn begin(library: &Library, length: u64, is_part: bool) -> Outcome<UploadState> {
    let new = NewUpload { length: Some(length), metadata: named("card.bin"), is_part };
    upload::create(&library.damask, &Caller::local(), new).await
}

async fn send(library: &Library, id: UploadId, offset: u64, bytes: &[u8]) -> Outcome<UploadState> {
    let pieces: Vec<_> =
        bytes.chunks(300_000).map(|piece| Ok::<_, std::io::Error>(Bytes::copy_from_slice(piece))).collect();
    let body = stream::iter(pieces);
    upload::append(&library.damask, &Caller::local(), id, offset, None, None, body).await
}

fn asset_of(state: UploadState) -> AssetId {
    state.arrival.and_then(|arrival| arrival.asset).expect("an upload that is whole is an asset")
}

/// The words and the hint of a refusal.
fn words<T>(outcome: Outcome<T>) -> (String, String) {
    match outcome {
        Err(Trouble::Mistake(mistake)) => (mistake.detail.clone(), mistake.hint.unwrap_or_default()),
        Err(other) => panic!("no mistake: {}", other.chain()),
        Ok(_) => panic!("it was taken"),
    }
}

pub async fn what_does_not_fit_the_quota_is_refused_before_it_is_sent_and_when_it_lands(
    library: &mut Library,
) {
    library.limit(|limits| limits.quota_bytes = Some(10_000)).await;
    library.start(0);
    let first = library.put("first.bin", noise(1, 6_000)).await.expect("it fits").asset.expect("an asset");
    let (said, hint) = words(begin(library, 5_000, false).await);
    assert_eq!(
        said,
        "the library may hold 10.0 kB and holds 6.0 kB, with what lies in the trash: 5.0 kB more do not fit"
    );
    assert!(hint.contains("empty the trash"), "{hint}");
    let guest = within("keywords:public");
    let new = NewUpload { length: Some(5_000), metadata: named("x.bin"), is_part: false };
    let (said, _) = words(upload::create(&library.damask, &guest, new).await);
    assert_eq!(said, "the library has no room for 5.0 kB more", "figures of the whole are not for everyone");

    // Two that fit one by one begin; the second to land does not fit any more, and waits for room.
    let (one, two) = (
        begin(library, 3_000, false).await.expect("begun"),
        begin(library, 3_500, false).await.expect("begun"),
    );
    assert_eq!(library.status().await.quota_bytes, Some(10_000));
    asset_of(send(library, one.id, 0, &noise(2, 3_000)).await.expect("it lands"));
    let bytes = noise(3, 3_500);
    mistaken(send(library, two.id, 0, &bytes).await, "over-quota");
    mistaken(upload::state(&library.damask, &Caller::local(), two.id).await, "over-quota");
    mistaken(library.put("more.bin", noise(4, 2_000)).await, "over-quota");
    let status = library.status().await;
    assert_eq!((status.assets, status.bytes), (2, 9_000), "nothing of what was refused is kept");
    // Bytes that are here take no room.
    let again = library.put("again.bin", noise(1, 6_000)).await.expect("known");
    assert_eq!((again.outcome, again.asset), (AlreadyHere, Some(first)));

    let caller = Caller::local();
    trash::put(&library.damask, &caller, vec![first]).await.expect("in the trash");
    mistaken(upload::state(&library.damask, &caller, two.id).await, "over-quota");
    purge::several(&library.damask, &caller, vec![first]).await.expect("purged");
    let state = upload::state(&library.damask, &caller, two.id).await.expect("there is room now");
    assert_eq!(library.original(asset_of(state)).await, bytes);

    // One that found no room until it expired is gone.
    let late = begin(library, 2_000, false).await.expect("begun");
    library.put("before.bin", noise(5, 2_500)).await.expect("it fits");
    mistaken(send(library, late.id, 0, &noise(6, 2_000)).await, "over-quota");
    library.pass(8 * 24 * 3_600);
    // With it goes what is known of the two that landed.
    assert_eq!(upload::sweep(&library.damask).await.expect("swept"), 3);
    assert_eq!(upload::sweep(&library.damask).await.expect("swept"), 0);
    missing(upload::state(&library.damask, &caller, late.id).await);
}

pub async fn an_import_brings_what_fits_the_quota_and_says_so_of_the_rest(library: &mut Library) {
    library.limit(|limits| limits.quota_bytes = Some(10_000)).await;
    library.start(0);
    for number in 0..4 {
        library.write(&format!("Card/{number}.bin"), &noise(number, 4_000));
    }
    let arrivals = library.import(&[library.incoming().join("Card")]).await;
    let (taken, left): (Vec<_>, Vec<_>) = arrivals.iter().partition(|arrival| arrival.outcome == Imported);
    assert_eq!((taken.len(), left.len()), (2, 2), "{arrivals:?}");
    for arrival in left {
        let reason = arrival.reason.as_deref().unwrap_or_default();
        assert!(
            arrival.outcome == Failed && reason.contains("may hold 10.0 kB and holds 8.0 kB"),
            "{arrival:?}"
        );
    }
    assert_eq!(library.status().await.bytes, 8_000);
}

pub async fn a_full_disk_is_said_and_what_was_acknowledged_goes_on_when_there_is_room(library: &mut Library) {
    let Some(disk) = library.on_small_disk("size=40m", false).await else { return };
    library.start(0);
    let (bytes, first) = (noise(1, 24 << 20), 4 << 20);
    let begun = begin(library, bytes.len() as u64, false).await.expect("begun");
    let state = send(library, begun.id, 0, &bytes[..first]).await.expect("acknowledged");
    assert_eq!(state.offset, first as u64);
    disk.leave_bytes(8 << 20);
    let outcome = send(library, begun.id, state.offset, &bytes[first..]).await;
    let (said, hint) = words(outcome);
    assert!(said.starts_with("the disk is full"), "{said}");
    assert!(hint.contains("make room"), "{hint}");
    let state = upload::state(&library.damask, &Caller::local(), begun.id).await.expect("it is kept");
    assert!((first as u64..bytes.len() as u64).contains(&state.offset), "at {}", state.offset);
    disk.leave_bytes(0);
    mistaken(library.put("another.bin", noise(2, 1 << 20)).await, "disk-full");
    mistaken(begin(library, 7, false).await, "disk-full");

    // A server that is started on a full disk is not what is tested: it is started when there is room.
    disk.make_room();
    library.reopen(false).await;
    library.start(0);
    let rest = usize::try_from(state.offset).expect("small");
    let state = send(library, begun.id, state.offset, &bytes[rest..]).await.expect("there is room");
    let asset = asset_of(state);
    assert_eq!(library.original(asset).await, bytes);
    assert_eq!(library.find("name:card.bin").await, ["card.bin"]);
}

pub async fn records_whose_disk_is_full_say_so_and_go_on_when_there_is_room(library: &mut Library) {
    let Some(disk) = library.on_small_disk("size=24m", true).await else { return };
    library.start(0);
    let bytes = noise(1, 100_000);
    let half = begin(library, 100_000, false).await.expect("begun");
    send(library, half.id, 0, &bytes[..50_000]).await.expect("acknowledged");
    disk.leave_bytes(1 << 20);
    let mut begun = Vec::new();
    let refused = loop {
        let metadata = vec![("note".to_owned(), vec![b'x'; 15_000])];
        let new = NewUpload { length: Some(9), metadata, is_part: false };
        match upload::create(&library.damask, &Caller::local(), new).await {
            Ok(state) => begun.push(state.id),
            Err(trouble) => break Err::<(), _>(trouble),
        }
        assert!(begun.len() < 2_000, "the disk is never full");
    };
    let (said, hint) = words(refused);
    assert!(said.starts_with("the disk of the records is full"), "{said}");
    assert!(hint.contains("make room"), "{hint}");
    disk.leave_bytes(0);
    mistaken(send(library, half.id, 50_000, &bytes[50_000..]).await, "disk-full");

    disk.make_room();
    for id in begun {
        upload::state(&library.damask, &Caller::local(), id).await.expect("what was acknowledged is kept");
    }
    let state = upload::state(&library.damask, &Caller::local(), half.id).await.expect("it is whole");
    assert_eq!(library.original(asset_of(state)).await, bytes);
}

/// Where a process was killed that made a file of parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
enum Killed {
    AfterClaim,
    InJoin,
    AfterJoin,
    AfterNaming,
}

pub async fn a_file_of_parts_is_made_wherever_damask_was_killed_over_it(library: &mut Library) {
    let steps = [Killed::AfterClaim, Killed::InJoin, Killed::AfterJoin, Killed::AfterNaming];
    for (seed, killed) in (10..).zip(steps) {
        let (bytes, cuts) = (noise(seed, 3_000_000), [0, 1_200_000, 1_200_001, 3_000_000]);
        let mut parts = Vec::new();
        for cut in cuts.windows(2) {
            let part = begin(library, (cut[1] - cut[0]) as u64, true).await.expect("begun");
            // Each is cut off once itself.
            let piece = &bytes[cut[0]..cut[1]];
            let half = piece.len() / 2;
            send(library, part.id, 0, &piece[..half]).await.expect("acknowledged");
            library.reopen(false).await;
            send(library, part.id, half as u64, &piece[half..]).await.expect("acknowledged");
            parts.push(Part { id: part.id, bytes: piece.len() as u64 });
        }
        let id = UploadId::fresh();
        let catalog = library.other_node().await;
        claim(&catalog, id, &parts).await;
        catalog.close().await;
        let store = library.store();
        match killed {
            Killed::AfterClaim => {}
            Killed::InJoin => {
                // The last part is away for as long as it takes to fail over it.
                let lost = [parts[0], parts[1], Part { id: UploadId::fresh(), ..parts[2] }];
                store.upload_join(id, &lost).expect_err("a part is missing");
            }
            Killed::AfterJoin | Killed::AfterNaming => {
                assert_eq!(store.upload_join(id, &parts).expect("joined"), 3_000_000);
            }
        }
        if killed == Killed::AfterNaming {
            store.upload_finish(id).expect("named");
        }
        drop(store);
        library.reopen(false).await;
        let state =
            upload::state(&library.damask, &Caller::local(), id).await.expect("whoever asks has it made");
        let asset = asset_of(state);
        assert_eq!(library.original(asset).await, bytes, "{killed:?}");
        let ids = parts.iter().map(|part| part.id).collect();
        let again = join::parts(&library.damask, &Caller::local(), ids, &named("card.bin")).await;
        assert_eq!(asset_of(again.expect("asked again, it is the same")), asset);
        assert_eq!(library.status().await.assets, seed - 9, "{killed:?}: each file is there once");
    }
}

/// The first of the writes that make a file of parts, alone.
async fn claim(catalog: &Catalog, id: UploadId, parts: &[Part]) {
    let mut conn = catalog.read().await.expect("a connection");
    let first = uploads::by_id(&mut conn, parts[0].id).await.expect("read").expect("the part is there");
    drop(conn);
    let bytes = parts.iter().map(|part| part.bytes).sum();
    let whole = Upload {
        id,
        role: UploadRole::Final,
        length_bytes: Some(bytes),
        received_bytes: 0,
        state: Stand::Receiving,
        ..first
    };
    let ids: Vec<UploadId> = parts.iter().map(|part| part.id).collect();
    let written = catalog.write(Urgency::Interactive, async move |tx: &mut Tx| {
        uploads::insert(tx, &whole).await?;
        uploads::claim(tx, id, &ids).await
    });
    written.await.expect("claimed");
}
