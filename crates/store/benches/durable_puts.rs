//! How many small files a second become durable: one by one, by several callers at once, in groups, and
//! through the group's thread. `cargo bench -p damask-store -- FOLDER` measures the disk of that folder (else
//! of the temporary one). Each way is measured in an empty store and once more when it has 1,000 files.
#![allow(clippy::unwrap_used, reason = "a measurement that fails should stop")]

use std::time::Instant;

use damask_store::{GROUP_FILES_MAX, Incoming, Store};

const FILES: u64 = 1_000;
const FILE_BYTES: usize = 4_096;
const CALLERS: u64 = 16;

/// Makes 1,000 files durable, with seeds from the given one on.
type Way = fn(&Store, u64);

fn main() {
    let folder = std::env::args().skip(1).find(|word| !word.starts_with('-'));
    println!("{FILES} files of {FILE_BYTES} bytes, files/s     empty store   second 1,000");
    let ways: [(&str, Way); 4] = [
        ("finish, one by one", one_by_one),
        ("finish, 16 callers", many_callers),
        ("finish_many, groups of 64", in_groups),
        ("Group (thread), all handed over", through_a_group),
    ];
    for (name, way) in ways {
        let room = folder.as_ref().map_or_else(tempfile::tempdir, tempfile::tempdir_in).unwrap();
        let store = Store::open(room.path()).unwrap();
        let rates = [0, FILES].map(|first| {
            let start = Instant::now();
            way(&store, first);
            FILES as f64 / start.elapsed().as_secs_f64()
        });
        assert_eq!(store.blobs().count() as u64, 2 * FILES);
        println!("{name:<34} {:>12.0} {:>14.0}", rates[0], rates[1]);
    }
}

fn written(store: &Store, seed: u64) -> Incoming {
    let mut bytes = vec![0; FILE_BYTES];
    blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof().fill(&mut bytes);
    let mut incoming = store.incoming(u64::MAX).unwrap();
    incoming.write(&bytes).unwrap();
    incoming
}

fn one_by_one(store: &Store, first: u64) {
    for seed in first..first + FILES {
        written(store, seed).finish().unwrap();
    }
}

fn many_callers(store: &Store, first: u64) {
    std::thread::scope(|scope| {
        for caller in 0..CALLERS {
            scope.spawn(move || {
                for seed in (first..first + FILES).filter(|seed| seed % CALLERS == caller) {
                    written(store, seed).finish().unwrap();
                }
            });
        }
    });
}

fn in_groups(store: &Store, first: u64) {
    let seeds: Vec<u64> = (first..first + FILES).collect();
    for seeds in seeds.chunks(GROUP_FILES_MAX) {
        let files = seeds.iter().map(|seed| written(store, *seed)).collect();
        store.finish_many(files).into_iter().for_each(|answer| assert!(answer.is_ok()));
    }
}

fn through_a_group(store: &Store, first: u64) {
    let group = store.group().unwrap();
    let answers: Vec<_> = (first..first + FILES).map(|seed| group.finish(written(store, seed))).collect();
    for answer in answers {
        answer.blocking_recv().unwrap().unwrap();
    }
}
