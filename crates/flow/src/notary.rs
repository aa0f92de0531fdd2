//! The notary: a reader of the journal that keeps the headers of all facts in a Merkle log and signs its size and root.
//! What it signed cannot be taken back: a header that is changed, left out or put in afterwards is found out, and who
//! keeps a checkpoint can prove it to others. The log is files below the data folder, in the form of C2SP's
//! `tlog-tiles`; how far it has come is said by its own checkpoint and by no cursor in the database.

pub mod audit;
pub mod log;
pub mod note;
pub mod proof;
pub mod tile;
pub mod tree;

use std::time::Duration;

use damask_catalog::journal;
use damask_model::Seq;
use tokio_util::sync::CancellationToken;

use self::log::{Log, entry};
use crate::{
    damask::{Damask, off_thread},
    trouble::{Outcome, Trouble},
};

/// Facts added at once.
const FACTS_READ: u32 = 2_048;
/// How often it signs while facts come.
const SIGN_EVERY: Duration = Duration::from_secs(1);
/// Waits after an error before trying again.
const WAIT_AFTER_ERROR: Duration = Duration::from_secs(10);

/// Follows the journal until `stop`.
pub async fn follow(damask: Damask, stop: CancellationToken) {
    let mut changed = damask.catalog().changed();
    let mut log = None;
    loop {
        changed.mark_unchanged();
        let added = tokio::select! {
            () = stop.cancelled() => return,
            added = step(&damask, &mut log) => added,
        };
        let wait = match added {
            Ok(added) if added == FACTS_READ as usize => continue,
            Ok(_) => {
                tokio::select! {
                    () = stop.cancelled() => return,
                    _ = changed.changed() => SIGN_EVERY,
                }
            }
            Err(trouble) => {
                tracing::error!(error = %trouble.chain(), "the notary cannot follow the journal");
                // What it knew may be half written: it reads again what stands.
                log = None;
                WAIT_AFTER_ERROR
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Adds the next facts; answers how many there were.
async fn step(damask: &Damask, kept: &mut Option<Log>) -> Outcome<usize> {
    let mut log = match kept.take() {
        Some(log) => log,
        None => open(damask).await?,
    };
    let mut conn = damask.catalog().read().await?;
    let headers = journal::headers_after(&mut conn, last(&log), FACTS_READ).await?;
    drop(conn);
    if headers.is_empty() {
        *kept = Some(log);
        return Ok(0);
    }
    let first = last(&log).0 + 1;
    if headers.iter().zip(first..).any(|(header, expected)| header.seq.0 != expected) {
        return Err(Trouble::fault("follow the journal")(format!("facts after {} are missing", first - 1)));
    }
    let entries: Vec<Vec<u8>> = headers.iter().map(entry).collect();
    let log = off_thread(move || log.append(&entries).map(|()| log)).await?;
    *kept = Some(log);
    Ok(headers.len())
}

/// The log as it stands.
///
/// # Errors
/// When it cannot be read, or is not signed by its key.
pub async fn open(damask: &Damask) -> Outcome<Log> {
    let store = damask.store().clone();
    off_thread(move || Log::open(&store)).await
}

/// The last fact in the log.
pub fn last(log: &Log) -> Seq {
    Seq(i64::try_from(log.size()).expect("sequences are counted in an i64"))
}
