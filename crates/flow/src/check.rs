//! Check: do the bytes, the journal, the catalog and the index say the same? Runs beside a live library,
//! tells as it goes, changes nothing.

use std::{collections::BTreeSet, time::Duration};

use damask_catalog::{
    assets::{self, Record},
    files, proof, quarantine,
};
use damask_model::{AssetId, ContentHash};
use damask_store::{Found, StoreKey, Verified};
use futures::{Stream, StreamExt as _, future};
use tokio::sync::mpsc;

use crate::{
    caller::{Caller, Permission},
    damask::{Damask, off_thread},
    lines::lines_of,
    notary::{audit::Audit, log::Log},
    trouble::{Outcome, Trouble},
};

/// Rows read at once.
const ROWS_READ: u32 = 1_000;
/// Longest wait for the index before it is compared.
const INDEX_WAIT: Duration = Duration::from_secs(60);
/// Bytes read between one word of progress and the next.
const BYTES_TOLD: u64 = 256 << 20;

/// Something that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckLine {
    /// `glass`, `journal`, `notary`, `catalog`, `bytes`, `index`.
    pub area: &'static str,
    /// Whether something is wrong.
    pub fault: bool,
    /// Of a wall of the glass: whether it holds on this machine.
    pub holds: Option<bool>,
    /// What was seen.
    pub detail: String,
}

/// How far a check is in an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckProgress {
    /// As in [`CheckLine`].
    pub area: &'static str,
    /// What was looked at: bytes in `bytes`, facts or assets elsewhere.
    pub done: u64,
    /// Of how much, as it was counted when the area began; more may come meanwhile.
    pub of: u64,
}

/// What a check tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckStep {
    /// Something was checked.
    Line(CheckLine),
    /// How far it is.
    Progress(CheckProgress),
}

/// Checks the library; the stream ends when all was looked at. `quick` looks whether bytes are there without
/// reading them.
pub fn all(
    damask: &Damask,
    caller: &Caller,
    quick: bool,
) -> Outcome<impl Stream<Item = CheckLine> + Send + 'static> {
    let steps = watched(damask, caller, quick)?;
    Ok(steps.filter_map(|step| {
        future::ready(match step {
            CheckStep::Line(line) => Some(line),
            CheckStep::Progress(_) => None,
        })
    }))
}

/// The same for those who watch: also says how far it is. Nobody listening any more stops it.
pub fn watched(
    damask: &Damask,
    caller: &Caller,
    quick: bool,
) -> Outcome<impl Stream<Item = CheckStep> + Send + 'static> {
    caller.needs(Permission::Administer, "checking the library")?;
    let (sender, receiver) = mpsc::channel(64);
    let check = Check { damask: damask.clone(), quick, sender: sender.clone() };
    tokio::spawn(async move {
        tokio::select! {
            () = sender.closed() => {}
            () = check.run() => {}
        }
    });
    Ok(lines_of(receiver))
}

struct Check {
    damask: Damask,
    quick: bool,
    sender: mpsc::Sender<CheckStep>,
}

impl Check {
    async fn run(self) {
        let areas: [(&'static str, Outcome<()>); 7] = [
            ("glass", self.glass().await),
            ("journal", self.journal().await),
            ("notary", self.notary().await),
            ("catalog", self.catalog().await),
            ("catalog", self.rows().await),
            ("bytes", self.bytes().await),
            ("index", self.index().await),
        ];
        for (area, outcome) in areas {
            if let Err(trouble) = outcome {
                self.fault(area, format!("could not be checked to its end: {}", trouble.chain())).await;
            }
        }
    }

    async fn say(&self, area: &'static str, fault: bool, detail: String) {
        self.tell(CheckStep::Line(CheckLine { area, fault, holds: None, detail })).await;
    }

    async fn progress(&self, area: &'static str, done: u64, of: u64) {
        // More may have come since the whole was counted.
        self.tell(CheckStep::Progress(CheckProgress { area, done, of: of.max(done) })).await;
    }

    async fn tell(&self, step: CheckStep) {
        // Whoever stopped listening does not want the rest: `watched` ends it.
        let _ = self.sender.send(step).await;
    }

    async fn faults(&self, area: &'static str, details: Vec<String>) {
        for detail in details {
            self.fault(area, detail).await;
        }
    }

    async fn fault(&self, area: &'static str, detail: String) {
        self.say(area, true, detail).await;
    }

    /// Which walls hold is told; that one does not is the machine's, not the library's, fault.
    async fn glass(&self) -> Outcome<()> {
        for wall in self.damask.glass().walls().await? {
            let holds = if wall.holds { "holds" } else { "does not hold on this machine" };
            let detail = format!("{} {holds}: {}", wall.name, wall.detail);
            let line = CheckLine { area: "glass", fault: false, holds: Some(wall.holds), detail };
            self.tell(CheckStep::Line(line)).await;
        }
        Ok(())
    }

    /// Every fact is there with its digest and in the histories, and what facts said of rows that are gone or older
    /// than they should be.
    async fn journal(&self) -> Outcome<()> {
        let mut facts = proof::Facts::default();
        let of = self.damask.seq().0.unsigned_abs();
        while let Some(faults) = {
            let mut snapshot = self.damask.catalog().snapshot().await?;
            facts.step(snapshot.conn(), ROWS_READ).await?
        } {
            self.faults("journal", faults).await;
            self.progress("journal", facts.looked_at, of).await;
        }
        let (looked_at, erased) = (facts.looked_at, facts.erased);
        let mut snapshot = self.damask.catalog().snapshot().await?;
        let faults = facts.end(snapshot.conn()).await?;
        self.faults("journal", faults).await;
        self.say("journal", false, format!("{looked_at} facts, {erased} erased")).await;
        Ok(())
    }

    /// Every fact that was signed is there as it was signed.
    async fn notary(&self) -> Outcome<()> {
        let store = self.damask.store().clone();
        let Some(log) = off_thread(move || Log::there(&store)).await? else {
            self.say("notary", false, "nothing was signed yet".to_owned()).await;
            return Ok(());
        };
        let of = log.size();
        let mut audit = Audit::new(log);
        while let Some(faults) = {
            let mut conn = self.damask.catalog().read().await?;
            audit.step(&mut conn, ROWS_READ).await?
        } {
            self.faults("notary", faults).await;
            self.progress("notary", audit.looked_at, of).await;
        }
        let looked_at = audit.looked_at;
        self.faults("notary", audit.end()?).await;
        self.say("notary", false, format!("{looked_at} facts compared with what was signed")).await;
        Ok(())
    }

    /// Every row of record is as its last fact says.
    async fn rows(&self) -> Outcome<()> {
        let mut rows = proof::Rows::default();
        while let Some(faults) = {
            let mut snapshot = self.damask.catalog().snapshot().await?;
            rows.step(snapshot.conn(), ROWS_READ).await?
        } {
            self.faults("catalog", faults).await;
        }
        let untold = match rows.untold {
            0 => String::new(),
            untold => format!(", {untold} of them older than facts that tell of rows"),
        };
        self.say("catalog", false, format!("{} rows compared with their facts{untold}", rows.looked_at))
            .await;
        Ok(())
    }

    /// Every asset can be read with its version and file, and there are as many as the tally says.
    async fn catalog(&self) -> Outcome<()> {
        let mut snapshot = self.damask.catalog().snapshot().await?;
        let tally = snapshot.tally();
        let (mut after, mut count) = (None, 0_i64);
        loop {
            let records = assets::page_after(snapshot.conn(), after, ROWS_READ).await?;
            let Some(last) = records.last() else { break };
            after = Some(last.asset.id);
            count += i64::try_from(records.len()).unwrap_or(0);
            self.progress("catalog", count.unsigned_abs(), tally.assets.unsigned_abs()).await;
        }
        if count == tally.assets {
            self.say("catalog", false, format!("{count} assets")).await;
        } else {
            self.fault("catalog", format!("{count} assets are whole, the tally says {}", tally.assets)).await;
        }
        Ok(())
    }

    async fn bytes(&self) -> Outcome<()> {
        let (mut after, mut count): (Option<ContentHash>, u64) = (None, 0);
        let of = self.damask.catalog().snapshot().await?.tally().bytes.unsigned_abs();
        let (mut done, mut told) = (0, 0);
        loop {
            let rows = {
                let mut conn = self.damask.catalog().read().await?;
                files::page_after(&mut conn, after, ROWS_READ).await?
            };
            let Some(last) = rows.last() else { break };
            after = Some(last.hash);
            for row in rows {
                count += 1;
                if let Some(wrong) = self.one_file(row.hash, row.bytes).await? {
                    self.fault("bytes", format!("file {} {wrong}", row.hash)).await;
                }
                done += row.bytes;
                if done - told >= BYTES_TOLD {
                    told = done;
                    self.progress("bytes", done, of).await;
                }
            }
            self.progress("bytes", done, of).await;
        }
        let how = if self.quick { "there" } else { "read and compared" };
        self.say("bytes", false, format!("{count} files {how}")).await;
        self.quarantined().await?;
        self.orphans().await
    }

    /// What waits in quarantine is kept for a person as well.
    async fn quarantined(&self) -> Outcome<()> {
        let mut before = None;
        loop {
            let entries = {
                let mut conn = self.damask.catalog().read().await?;
                quarantine::page(&mut conn, None, None, before, ROWS_READ).await?
            };
            let Some(last) = entries.last() else { return Ok(()) };
            before = Some(last.id);
            for entry in entries {
                let Some(file) = entry.file else { continue };
                let Some(wrong) = self.one_file(file, entry.bytes).await? else { continue };
                // Discarded meanwhile, its bytes may be gone.
                let mut conn = self.damask.catalog().read().await?;
                if quarantine::by_id(&mut conn, entry.id).await?.is_some() {
                    self.fault("bytes", format!("file {file} in quarantine {wrong}")).await;
                }
            }
        }
    }

    async fn one_file(&self, hash: ContentHash, bytes: u64) -> Outcome<Option<String>> {
        let (store, quick) = (self.damask.store().clone(), self.quick);
        off_thread(move || {
            if quick {
                return Ok(match store.length(&StoreKey::Blob(hash)) {
                    Ok(length) if length == bytes => None,
                    Ok(length) => Some(format!("has {length} bytes, not {bytes}")),
                    Err(error) => Some(format!("cannot be measured: {error}")),
                });
            }
            Ok::<_, Trouble>(match store.verify(hash, Some(bytes))? {
                Verified::Good => None,
                Verified::Missing => Some("is missing".to_owned()),
                Verified::Short { bytes: found } => Some(format!("has {found} bytes, not {bytes}")),
                Verified::Different { found } => Some(format!("has other bytes, of hash {found}")),
            })
        })
        .await
    }

    /// Blobs that nothing names: left by a crash between bytes and catalog, or on their way in just now.
    async fn orphans(&self) -> Outcome<()> {
        let mut blobs = self.damask.store().blobs();
        let (mut apart, mut orphans) = (0_u64, 0_u64);
        loop {
            let (batch, rest) = off_thread(move || {
                let batch: Vec<_> = blobs.by_ref().take(ROWS_READ as usize).collect();
                (batch, blobs)
            })
            .await;
            blobs = rest;
            if batch.is_empty() {
                break;
            }
            let mut hashes = Vec::new();
            for found in batch {
                match found {
                    Ok(Found::Blob { hash, .. }) => hashes.push(hash),
                    Ok(Found::Stray { path }) => {
                        self.say("bytes", false, format!("{} is no blob", path.display())).await;
                    }
                    Err(error) => self.fault("bytes", error.to_string()).await,
                }
            }
            let mut conn = self.damask.catalog().read().await?;
            let known: BTreeSet<ContentHash> = files::known(&mut conn, &hashes).await?.into_iter().collect();
            for hash in hashes.into_iter().filter(|hash| !known.contains(hash)) {
                if quarantine::holds(&mut conn, hash).await? {
                    apart += 1;
                } else {
                    orphans += 1;
                }
            }
        }
        self.say("bytes", false, format!("{apart} blobs in quarantine, {orphans} that nothing names")).await;
        Ok(())
    }

    /// Each asset of the catalog has one document in the index, and each document has its asset.
    async fn index(&self) -> Outcome<()> {
        let mut snapshot = self.damask.catalog().snapshot().await?;
        self.damask.follow().at_least(snapshot.seq(), INDEX_WAIT).await?;
        let of = snapshot.tally().assets.unsigned_abs();
        let (mut after, mut count) = (None, 0);
        loop {
            let records = assets::page_after(snapshot.conn(), after, ROWS_READ).await?;
            let Some(last) = records.last() else { break };
            after = Some(last.asset.id);
            count += records.len();
            self.progress("index", count as u64, of).await;
            let (damask, ids) = (self.damask.clone(), ids_of(&records));
            let (ids, holdings) =
                off_thread(move || damask.index().holdings(&ids).map(|holdings| (ids, holdings))).await?;
            for (id, documents) in ids.iter().zip(holdings) {
                match documents {
                    1 => {}
                    0 => self.fault("index", format!("asset {id} cannot be found")).await,
                    _ => self.fault("index", format!("asset {id} is found {documents} times")).await,
                }
            }
        }
        drop(snapshot);
        self.say("index", false, format!("{count} assets can be found")).await;
        self.strangers().await
    }

    /// Documents without an asset. The catalog is never behind the index, so it is asked after it.
    async fn strangers(&self) -> Outcome<()> {
        let mut listing = self.damask.index().listing();
        loop {
            let (batch, rest) = off_thread(move || {
                let batch = listing.next_batch(ROWS_READ as usize);
                (batch, listing)
            })
            .await;
            listing = rest;
            let batch = batch?;
            if batch.is_empty() {
                return Ok(());
            }
            let mut conn = self.damask.catalog().read().await?;
            let here: BTreeSet<AssetId> =
                ids_of(&assets::by_ids(&mut conn, &batch).await?).into_iter().collect();
            drop(conn);
            for id in batch.iter().filter(|id| !here.contains(id)) {
                self.fault("index", format!("asset {id} is found but not in the catalog")).await;
            }
        }
    }
}

fn ids_of(records: &[Record]) -> Vec<AssetId> {
    records.iter().map(|record| record.asset.id).collect()
}
