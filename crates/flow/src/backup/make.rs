//! Making a backup while the library is used. Originals go ahead, without anything being held; then a snapshot is
//! taken, of which the catalog is told in pages and the few originals that came meanwhile are put. While the snapshot
//! is held no bytes are freed (see frees.rs); imports go on throughout.
//!
//! Killed anywhere, it leaves pieces that no manifest names. The next one finds them there and goes on.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use damask_catalog::{Conn, copy, journal};
use damask_model::{BackupId, ContentHash, Seq};
use damask_store::{Aside, Lease, Repository};
use futures::Stream;
use tokio::sync::mpsc;

use super::{
    Target,
    copying::{self, Originals, Putter, Tools},
    manifest::{FORM, Manifest, Notary},
    pages,
    progress::{Meter, Progress},
    schedule,
};
use crate::{
    caller::{Caller, Permission},
    damask::{Damask, off_thread},
    frees,
    lines::lines_of,
    notary,
    trouble::{Outcome, Trouble},
};

/// How often it says how far it is.
const TELL_EVERY: Duration = Duration::from_millis(500);
/// Erasures read at once.
const ERASED_READ: u32 = 1_000;

/// What a backup tells.
#[derive(Debug)]
pub enum BackupLine {
    /// How far it is.
    Progress(Progress),
    /// An original that is not in it, and why.
    Unreadable(ContentHash, String),
    /// It is there.
    Made(Box<Made>),
    /// It came to nothing; what it put is found there by the next.
    Failed(Trouble),
}

/// A backup that was made.
#[derive(Debug)]
pub struct Made {
    /// What was written down.
    pub manifest: Manifest,
    /// Of how many originals it was known by their names that they are there.
    pub kept: u64,
}

/// Makes a backup at the place of the plan; the stream ends with what came of it. Nobody listening any more stops it.
pub fn planned(damask: &Damask, caller: &Caller) -> Outcome<impl Stream<Item = BackupLine> + Send + use<>> {
    caller.needs(Permission::Administer, "making a backup")?;
    begin(damask, caller, schedule::target(damask)?, true)
}

/// The same at any place: only for whoever may write there anyway.
pub fn at(
    damask: &Damask,
    caller: &Caller,
    target: Target,
) -> Outcome<impl Stream<Item = BackupLine> + Send + use<>> {
    begin(damask, caller, target, false)
}

fn begin(
    damask: &Damask,
    caller: &Caller,
    target: Target,
    is_planned: bool,
) -> Outcome<impl Stream<Item = BackupLine> + Send + use<>> {
    caller.needs(Permission::Administer, "making a backup")?;
    let Ok(busy) = Arc::clone(&damask.backups().busy).try_lock_owned() else {
        return Err(Trouble::mistake("backup-busy", "a backup is being made already"));
    };
    let (sender, receiver) = mpsc::channel(64);
    let (damask, meter) = (damask.clone(), Arc::new(Meter::start()));
    tokio::spawn(async move {
        let _busy = busy;
        let mut making = std::pin::pin!(make(&damask, &target, Arc::clone(&meter), sender.clone()));
        let outcome = loop {
            tokio::select! {
                outcome = &mut making => break outcome,
                () = sender.closed() => {
                    meter.stop();
                    break making.await;
                }
                () = tokio::time::sleep(TELL_EVERY) => {
                    // Where they come faster than they are read one more or less does not matter.
                    let _ = sender.try_send(BackupLine::Progress(meter.read()));
                }
            }
        };
        if is_planned {
            damask.backups().note(|state| state.ended(damask.now(), &outcome));
        }
        let last = outcome.map_or_else(BackupLine::Failed, |made| BackupLine::Made(Box::new(made)));
        let _ = sender.send(last).await;
    });
    Ok(lines_of(receiver))
}

async fn make(
    damask: &Damask,
    target: &Target,
    meter: Arc<Meter>,
    sender: mpsc::Sender<BackupLine>,
) -> Outcome<Made> {
    let repository = target.begin().await?;
    let aside = Arc::new(Aside::start("backup"));
    let tools = Tools { damask: damask.clone(), repository: Arc::clone(&repository), aside, meter };
    let notary = notary_of(damask).await?;
    let (leased, holder, now) = (Arc::clone(&repository), notary.verifier.clone(), damask.now());
    let lease = off_thread(move || leased.lease("a backup", &holder, now)).await?;
    let (ended, renewed) = tokio::sync::oneshot::channel::<()>();
    let renewing = tokio::spawn(renew(damask.clone(), Arc::clone(&repository), lease, renewed));
    let made = make_held(&tools, notary, sender).await;
    drop(ended);
    if let Ok(lease) = renewing.await {
        // Where it cannot be given back it ends by itself.
        let _ = off_thread(move || repository.release(lease)).await;
    }
    made
}

/// Keeps the lease until the backup has ended.
async fn renew(
    damask: Damask,
    repository: Arc<Repository>,
    mut lease: Lease,
    mut ended: tokio::sync::oneshot::Receiver<()>,
) -> Lease {
    const RENEWED_EVERY: Duration = Duration::from_secs(60);
    loop {
        tokio::select! {
            _ = &mut ended => return lease,
            () = tokio::time::sleep(RENEWED_EVERY) => {}
        }
        let (place, now) = (Arc::clone(&repository), damask.now());
        let (kept, renewed) = off_thread(move || {
            let renewed = place.renew(&mut lease, now);
            (lease, renewed)
        })
        .await;
        lease = kept;
        if let Err(error) = renewed {
            tracing::warn!(%error, "the lease on the place of the backups cannot be renewed");
        }
    }
}

async fn make_held(tools: &Tools, notary: Notary, sender: mpsc::Sender<BackupLine>) -> Outcome<Made> {
    let damask = &tools.damask;
    let repository = Arc::clone(&tools.repository);
    let library = notary.verifier.clone();
    let before = off_thread(move || last(&repository, &library)).await?;
    let mut first = damask.catalog().snapshot().await?;
    let strangers = copy::strangers(first.conn()).await?;
    if !strangers.is_empty() {
        return Err(Trouble::fault("back up the catalog")(format!(
            "nobody said whether to copy {strangers:?}"
        )));
    }
    tools.meter.expect(u64::try_from(first.tally().bytes).unwrap_or(0));
    let is_new = before.as_ref().is_none_or(|before| before.seq != first.seq().0);
    drop(first);
    let ahead = if is_new { copying::ahead(tools).await? } else { Originals::default() };
    tools.meter.again();
    let _held = frees::hold(damask);
    // What it signed before the snapshot is taken is of facts that are in it.
    let notary = notary_of(damask).await?;
    let mut snapshot = damask.catalog().snapshot().await?;
    let (seq, tally) = (snapshot.seq(), snapshot.tally());
    let conn = snapshot.conn();
    let before = match before {
        Some(before) if goes_on_from(conn, &before).await? => Some(before),
        _ => None,
    };
    let (erased, erased_since) = erasures(conn, before.as_ref()).await?;
    let mut putter = Putter::new(tools.clone());
    let originals = copying::listed(tools, conn, &mut putter).await?;
    for (hash, why) in &originals.told {
        let _ = sender.send(BackupLine::Unreadable(*hash, why.clone())).await;
    }
    let tables = pages::tables(conn, seq, before.as_ref(), &erased_since, &mut putter).await?;
    let last_fact = fact_at(conn, seq).await?;
    drop(snapshot);
    let put_files = ahead.put.0 + originals.put.0;
    let manifest = Manifest {
        form: FORM,
        id: BackupId::fresh(),
        made_us: damask.now().micros,
        library: notary.verifier.clone(),
        schema: copy::SCHEMA,
        seq: seq.0,
        last_fact,
        assets: u64::try_from(tally.assets).unwrap_or(0),
        bytes: u64::try_from(tally.bytes).unwrap_or(0),
        notary,
        tables,
        original_bytes: originals.bytes,
        unreadable: originals.unreadable,
        unreadable_told: originals.told.iter().map(|(hash, _)| *hash).collect(),
        erased,
        put: (put_files, ahead.put.1 + originals.put.1 + putter.put.1),
        originals: originals.list,
    };
    let (repository, written) = (Arc::clone(&tools.repository), manifest.clone());
    tools.aside.run(move || written.write(&repository)).await?;
    let kept = manifest.originals.rows.saturating_sub(put_files);
    Ok(Made { manifest, kept })
}

/// The last backup that can be read, if it is of this library.
fn last(repository: &Repository, library: &str) -> Outcome<Option<Manifest>> {
    for id in repository.backups()?.into_iter().rev() {
        match Manifest::read(repository, id) {
            Ok(manifest) if manifest.library == library => return Ok(Some(manifest)),
            Ok(_) => {
                return Err(Trouble::mistake(
                    "bad-backup-place",
                    format!("{repository} holds backups of another library"),
                )
                .hint("choose a place for each library"));
            }
            Err(trouble @ Trouble::Mistake(_)) => {
                tracing::warn!(backup = %id, error = %trouble.chain(), "an older backup cannot be read");
            }
            Err(trouble) => return Err(trouble),
        }
    }
    Ok(None)
}

/// Whether the journal goes on from that backup: a library that was brought back from an older one does not.
async fn goes_on_from(conn: &mut Conn, before: &Manifest) -> Outcome<bool> {
    let same_schema = before.schema == copy::SCHEMA;
    Ok(same_schema && fact_at(conn, Seq(before.seq)).await? == before.last_fact)
}

async fn fact_at(conn: &mut Conn, seq: Seq) -> Outcome<Option<String>> {
    let found = journal::headers_after(conn, Seq(seq.0 - 1), 1).await?;
    Ok(found.into_iter().find(|header| header.seq == seq).map(|header| header.id.to_string()))
}

/// All facts whose payload is gone, and the sequences of those that went since `before`.
async fn erasures(
    conn: &mut Conn,
    before: Option<&Manifest>,
) -> Outcome<(Vec<(i64, String)>, BTreeSet<i64>)> {
    let mut all = before.map(|before| before.erased.clone()).unwrap_or_default();
    let mut since = BTreeSet::new();
    let mut after = Seq(before.map_or(0, |before| before.seq));
    loop {
        let page = journal::erased_after(conn, after, ERASED_READ).await?;
        let Some((last, ..)) = page.last() else { return Ok((all, since)) };
        after = *last;
        for (_, seq, id) in page {
            since.insert(seq.0);
            all.push((seq.0, id.to_string()));
        }
    }
}

async fn notary_of(damask: &Damask) -> Outcome<Notary> {
    // It makes its key where there is none yet.
    notary::open(damask).await?;
    let store = damask.store().clone();
    off_thread(move || {
        let text = |name: &str| -> Outcome<Option<String>> {
            let bytes = store.log_read(name)?;
            Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
        };
        let lacking = || Trouble::fault("read the notary's key")("it is not there");
        Ok(Notary {
            key: text(notary::log::KEY)?.ok_or_else(lacking)?,
            verifier: text(notary::log::VERIFIER)?.ok_or_else(lacking)?,
            checkpoint: text(notary::log::CHECKPOINT)?,
        })
    })
    .await
}
