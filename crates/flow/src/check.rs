//! Check: do the bytes, the journal, the catalog and the index say the same? Runs beside a live library, tells as it
//! goes, and changes nothing unless it is asked to mend: then what is derived is made again, and bytes are copied from
//! the other place. What people and facts said is never touched.

mod bytes;
mod index;

use damask_catalog::{Tx, Urgency, assets, journal, proof};
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

/// How a library is checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct How {
    /// Look whether bytes are there, without reading them.
    pub quick: bool,
    /// Mend what can be mended.
    pub repair: bool,
}

/// Something that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckLine {
    /// `glass`, `journal`, `notary`, `catalog`, `bytes`, `index`.
    pub area: &'static str,
    /// Whether something is wrong.
    pub fault: bool,
    /// Whether something was wrong, and is right now.
    pub mended: bool,
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

/// Checks the library; the stream ends when all was looked at.
pub fn all(
    damask: &Damask,
    caller: &Caller,
    how: How,
) -> Outcome<impl Stream<Item = CheckLine> + Send + 'static> {
    let steps = watched(damask, caller, how)?;
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
    how: How,
) -> Outcome<impl Stream<Item = CheckStep> + Send + 'static> {
    caller.needs(Permission::Administer, "checking the library")?;
    let (sender, receiver) = mpsc::channel(64);
    let check = Check { damask: damask.clone(), how, sender: sender.clone() };
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
    how: How,
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
        self.tell(CheckStep::Line(CheckLine { area, fault, mended: false, holds: None, detail })).await;
    }

    async fn mended(&self, area: &'static str, detail: String) {
        self.tell(CheckStep::Line(CheckLine { area, fault: false, mended: true, holds: None, detail })).await;
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
            let line =
                CheckLine { area: "glass", fault: false, mended: false, holds: Some(wall.holds), detail };
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
        let bytes = journal::counted(snapshot.conn()).await?.bytes;
        if bytes != tally.bytes {
            self.fault("catalog", format!("files have {bytes} bytes, the tally says {}", tally.bytes)).await;
        }
        drop(snapshot);
        if self.how.repair && (count, bytes) != (tally.assets, tally.bytes) {
            let recount = async move |tx: &mut Tx| Ok::<_, Trouble>(journal::recount(tx).await?);
            self.damask.catalog().write(Urgency::Interactive, recount).await?;
            self.mended("catalog", "the tally was counted again".to_owned()).await;
        }
        Ok(())
    }
}
