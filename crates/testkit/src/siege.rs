//! A siege: one library under mixed load whose server is killed at random moments, and looked at after each: is
//! everything acknowledged there, with the right bytes and values, is nothing half-made, does the library find itself
//! sound? Written once, for the test suite and for the score-board.
//!
//! Everything random comes from a seed, but for how far the hands get before a kill.

mod content;
mod door;
mod endure;
mod hand;
mod ledger;
mod look;
mod serving;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

pub use content::Content;
pub use door::{Answer, Door, Request};
pub use endure::{Endured, endure, endure_from_within};
pub use hand::{Deed, Hand, PIECE_BYTES, Trade};
pub use ledger::{Act, Kept, Ledger, Said, Upload};
pub use look::{Care, Findings, look};
pub use serving::{Ground, Serving};

use crate::Words;

/// The hands of a siege.
const HANDS: [(&str, Trade); 6] = [
    ("ada", Trade::Keeps),
    ("ben", Trade::Keeps),
    ("cleo", Trade::Keeps),
    ("dora", Trade::Uploads),
    ("emil", Trade::Imports),
    ("finn", Trade::BacksUp),
];
/// Each so many kills one more hits the server while it starts again.
const STARTING_EACH: u64 = 8;
/// Backups that are kept.
const BACKUPS_KEPT: usize = 12;

/// How a siege is conducted.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// Seed of everything random.
    pub seed: u64,
    /// A kill comes so long after the hands begin at most, milliseconds.
    pub moment_ms_max: u64,
    /// Each so many kills every byte and every version is looked at; else what is fresh.
    pub all_each: u64,
}

/// What came of it.
#[derive(Debug, Default, Clone)]
pub struct Tally {
    /// Kills.
    pub kills: u64,
    /// Acknowledgements that were read whole.
    pub acknowledged: usize,
    /// Acts that a kill cut.
    pub cut: usize,
    /// Checks.
    pub checks: u64,
    /// What the looks came to.
    pub findings: Findings,
    /// Checks that found something, and what.
    pub unclean: Vec<String>,
    /// Answers that should not be.
    pub refused: Vec<String>,
}

/// A library under siege.
#[derive(Debug)]
pub struct Siege {
    /// The library.
    pub ground: Ground,
    /// What came of it until now.
    pub tally: Tally,
    hands: Vec<Hand>,
    manner: Manner,
    words: Words,
    serving: Option<Serving>,
}

impl Tally {
    /// Everything that is wrong.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let Findings { lost, half_made, .. } = &self.findings;
        [&lost[..], half_made, &self.unclean, &self.refused].concat()
    }
}

/// The hands of a siege in this folder.
#[must_use]
pub fn hands(seed: u64, folder: &Path) -> Vec<Hand> {
    let mut words = Words::new(seed);
    HANDS.iter().map(|(name, trade)| Hand::new(name, *trade, words.number(), folder)).collect()
}

/// Lets the hands work at once until `until` ends; answers how many acknowledgements came.
pub fn work(hands: &mut [Hand], door: &Door, until: impl FnOnce() -> Result<()>) -> Result<usize> {
    let before: usize = hands.iter().map(|hand| hand.deeds.len()).sum();
    let goes_on = AtomicBool::new(true);
    std::thread::scope(|scope| {
        for hand in hands.iter_mut() {
            let goes_on = &goes_on;
            scope.spawn(move || hand.work(door, &|| goes_on.load(Ordering::Relaxed)));
        }
        let ended = until();
        goes_on.store(false, Ordering::Relaxed);
        ended
    })?;
    Ok(hands.iter().map(|hand| hand.deeds.len()).sum::<usize>() - before)
}

impl Siege {
    /// Begins one on a fresh library.
    pub fn begin(ground: Ground, manner: Manner) -> Result<Self> {
        let hands = hands(manner.seed, &ground.folder);
        let serving = Some(ground.serve()?);
        let words = Words::new(!manner.seed);
        Ok(Self { ground, tally: Tally::default(), hands, manner, words, serving })
    }

    /// Load, a kill at some moment, a start, and a look at what is left.
    pub fn kill(&mut self) -> Result<()> {
        let number = self.tally.kills + 1;
        self.strike().with_context(|| format!("kill {number} of seed {}", self.manner.seed))
    }

    fn strike(&mut self) -> Result<()> {
        let mut serving = self.serving.take().context("a siege has a server")?;
        let door = serving.door();
        let moment = Duration::from_millis(self.words.below(self.manner.moment_ms_max));
        self.tally.acknowledged += work(&mut self.hands, &door, || {
            sleep(moment);
            ensure!(serving.runs(), "the server ended by itself: {}", serving.last_words());
            serving.kill()
        })?;
        self.tally.kills += 1;
        if self.tally.kills.is_multiple_of(STARTING_EACH) {
            let starting = self.ground.start()?;
            sleep(Duration::from_millis(self.words.below(self.manner.moment_ms_max / 2)));
            starting.kill()?;
            self.tally.kills += 1;
        }
        self.serving = Some(self.ground.serve().context("it did not start again")?);
        let all = self.tally.kills / self.manner.all_each != (self.tally.kills - 1) / self.manner.all_each;
        self.look(&door, if all { Care::All } else { Care::Fresh })
    }

    fn look(&mut self, door: &Door, care: Care) -> Result<()> {
        for hand in &mut self.hands {
            self.tally.cut += usize::from(hand.ledger.pending.is_some());
            self.tally.refused.append(&mut hand.refusals);
            hand.deeds.clear();
            if let Some(act @ Act::Import { .. }) = &hand.ledger.pending {
                hand.unfinished = Some(act.clone());
            }
        }
        let mut ledgers: Vec<&mut Ledger> = self.hands.iter_mut().map(|hand| &mut hand.ledger).collect();
        let found = look::look(door, &mut ledgers, care, &mut self.words)?;
        self.tally.findings.add(found);
        self.tally.unclean.extend(self.ground.faults(care)?);
        self.tally.checks += 1;
        if care == Care::All { self.look_at_backups(door) } else { Ok(()) }
    }

    /// Every backup that was acknowledged is there and whole; old ones go.
    fn look_at_backups(&mut self, door: &Door) -> Result<()> {
        for hand in &mut self.hands {
            let Some(repository) = hand.repository().map(Path::to_owned) else { continue };
            // One that is made to its end lets the place go that a killed one holds.
            hand.act(door, &Act::Backup).context("a backup after a kill")?;
            self.tally.findings.lost.extend(self.ground.lost_backups(&repository, &hand.ledger.backups)?);
            let kept = self.ground.backups(&repository, &["--keep", &BACKUPS_KEPT.to_string()])?;
            hand.ledger.backups.retain(|id| kept.iter().any(|backup| backup["id"] == id.as_str()));
        }
        Ok(())
    }

    /// The last look: at everything, and at what a backup made now restores.
    pub fn finish(mut self) -> Result<Tally> {
        let serving = self.serving.take().context("a siege has a server")?;
        let door = serving.door();
        self.look(&door, Care::All)?;
        serving.end()?;
        let again = Ground::new(&self.ground.binary, &self.ground.folder.join("again"));
        std::fs::create_dir_all(&again.folder)?;
        let repositories = self.hands.iter().filter_map(|hand| hand.repository());
        for repository in repositories.map(Path::to_owned).collect::<Vec<PathBuf>>() {
            let repository = repository.display().to_string();
            self.ground.well(&["backups", &repository, "--verify", "all"])?;
            again.well(&["restore", &repository])?;
        }
        let serving = again.serve()?;
        let mut ledgers: Vec<Ledger> = self.hands.iter().map(|hand| hand.ledger.clone()).collect();
        // What is still on its way is in no backup.
        ledgers.iter_mut().for_each(|ledger| ledger.upload = None);
        let mut ledgers: Vec<&mut Ledger> = ledgers.iter_mut().collect();
        let restored = look::look(&serving.door(), &mut ledgers, Care::All, &mut self.words)?;
        serving.end()?;
        ensure!(restored.assets > 0, "nothing was restored");
        self.tally.findings.add(restored);
        Ok(self.tally)
    }
}
