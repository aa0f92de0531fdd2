//! Power cuts: the system calls of a real server under mixed load are written down, and for a cut at any instant the
//! folder is laid out as the worst lawful disk would leave it. A server is started on it, and everything that was
//! acknowledged before the cut must be there.

mod disk;
mod order;
mod trace;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

pub use disk::{Disk, Luck};
pub use order::Steps;
pub use trace::{Argument, Call, harm, hindrance, read, tracer};

use crate::Words;
use crate::siege::{self, Act, Care, Deed, Findings, Ground, Hand, Ledger, Said};

/// How long the tracer may take to write down the last of it.
const WRITTEN_MAX: Duration = Duration::from_secs(60);

/// How long a slow machine may take until a file has come by every door.
const ALL_MAX: Duration = Duration::from_secs(60);

/// A server's life, written down.
#[derive(Debug)]
pub struct Recording {
    /// All its calls, in the order of their ends.
    pub calls: Vec<Call>,
    /// Each hand's acknowledgements with the place of the call that sent them.
    pub deeds: Vec<Vec<(usize, Deed)>>,
    /// What each hand had asked for at the end.
    last: Vec<Option<Act>>,
    root: PathBuf,
    ground: Ground,
}

/// Records a server whose hands work for so long, and on until a file has come by every door. Everything that must last lies in `folder/disk`.
pub fn record(binary: &Path, folder: &Path, seed: u64, lasts: Duration) -> Result<Recording> {
    let root = folder.join("disk");
    fs::create_dir_all(&root)?;
    let file = folder.join("calls");
    let plain = Ground { data: root.join("data"), ..Ground::new(binary, folder) };
    let ground = Ground { before: tracer(&file), ..plain.clone() };
    let mut hands = siege::hands(seed, folder);
    hands.iter_mut().for_each(|hand| hand.backs_up_to(&root.join("repository")));
    let serving = ground.serve()?;
    let (door, id) = (serving.door(), serving.id());
    let started = Instant::now();
    while {
        siege::work(&mut hands, &door, || {
            sleep(lasts);
            Ok(())
        })?;
        !has_all(&hands) && started.elapsed() < ALL_MAX
    } {}
    serving.end()?;
    let refused: Vec<&String> = hands.iter().flat_map(|hand| &hand.refusals).collect();
    ensure!(refused.is_empty(), "{refused:?}");
    let calls = read(&written(&file, id)?)?;
    let deeds = hands.iter().map(|hand| places(&calls, &hand.deeds)).collect::<Result<_>>()?;
    let last = hands.iter().map(|hand: &Hand| hand.ledger.pending.clone()).collect();
    Ok(Recording { calls, deeds, last, root, ground: plain })
}

/// Whether a file was put, uploaded and imported.
fn has_all(hands: &[Hand]) -> bool {
    let doors: [fn(&Said) -> bool; 3] = [
        |said| matches!(said, Said::Asset(_)),
        |said| matches!(said, Said::Received { asset: Some(_), .. }),
        |said| matches!(said, Said::Arrived { .. }),
    ];
    let said = hands.iter().flat_map(|hand| &hand.deeds).map(|deed| &deed.said);
    doors.iter().all(|is_there| said.clone().any(is_there))
}

/// What the tracer wrote, when it has written all.
fn written(file: &Path, process: u32) -> Result<String> {
    let started = Instant::now();
    let end = format!("{process} +++ exited");
    loop {
        let text = fs::read_to_string(file).context("the tracer writes a file")?;
        // With several processes their numbers are set in a column.
        if text
            .lines()
            .rev()
            .take(50)
            .any(|line| line.split_whitespace().collect::<Vec<_>>().join(" ").starts_with(&end))
        {
            return Ok(text);
        }
        ensure!(started.elapsed() < WRITTEN_MAX, "the tracer did not come to its end");
        sleep(Duration::from_millis(20));
    }
}

/// The place of the call that sent each acknowledgement.
fn places(calls: &[Call], deeds: &[Deed]) -> Result<Vec<(usize, Deed)>> {
    let sends = |call: &&Call| matches!(call.name.as_str(), "write" | "writev" | "sendto" | "sendmsg");
    let mut placed = Vec::new();
    let mut from = 0;
    for deed in deeds {
        let token = deed.token.as_bytes();
        let sent = calls[from..]
            .iter()
            .position(|call| sends(&call) && call.data().windows(token.len()).any(|window| window == token));
        let Some(sent) = sent else { bail!("{deed:?} was read but never sent") };
        // More than one line may go with one call.
        from += sent;
        placed.push((calls[from].begun, deed.clone()));
    }
    Ok(placed)
}

impl Recording {
    /// What each hand knows at a cut.
    fn ledgers(&self, cut: usize) -> Vec<Ledger> {
        let mut ledgers = Vec::new();
        for (deeds, last) in self.deeds.iter().zip(&self.last) {
            let mut ledger = Ledger::default();
            let heard = deeds.partition_point(|(place, _)| *place <= cut);
            for (_, deed) in &deeds[..heard] {
                ledger.acknowledge(&deed.act, &deed.said);
            }
            ledger.pending = deeds.get(heard).map(|(_, deed)| deed.act.clone()).or_else(|| last.clone());
            ledgers.push(ledger);
        }
        ledgers
    }

    /// Places of cuts: as many right after an acknowledgement as anywhere.
    #[must_use]
    pub fn cuts(&self, count: usize, words: &mut Words) -> Vec<usize> {
        let acknowledged: Vec<usize> = self.deeds.iter().flatten().map(|(place, _)| *place).collect();
        let end = self.calls.last().map_or(1, |call| call.ended) as u64;
        let below = |words: &mut Words, end: u64| usize::try_from(words.below(end.max(1))).unwrap_or(0);
        let mut cuts: Vec<usize> = (0..count)
            .map(|number| match acknowledged.get(below(words, acknowledged.len() as u64)) {
                Some(place) if number % 2 == 0 => *place,
                _ => below(words, end),
            })
            .collect();
        cuts.sort_unstable();
        cuts
    }

    /// Cuts the power at each of these places (in order), every second time with a disk that kept some of what it need
    /// not; looks at what is there after it; answers what is wrong.
    pub fn cut(&self, cuts: &[usize], aside: &Path, words: &mut Words) -> Result<(Findings, Vec<String>)> {
        let (mut findings, mut unclean) = (Findings::default(), Vec::new());
        let mut number = 0;
        self.replay(cuts, |disk, place| {
            let mut luck = match number % 2 {
                0 => Luck::Forgets,
                _ => Luck::Keeps(Words::new(words.number())),
            };
            number += 1;
            let after = self.after(disk, place, aside, &mut luck, words);
            let (found, wrong) = after.with_context(|| format!("cut {number} at place {place}"))?;
            let told = |wrong: &String| format!("{wrong} (cut at place {place})");
            findings.add(Findings {
                lost: found.lost.iter().map(told).collect(),
                half_made: found.half_made.iter().map(told).collect(),
                ..found
            });
            unclean.extend(wrong.iter().map(told));
            Ok(())
        })?;
        Ok((findings, unclean))
    }

    /// Hands the disk on as it is at each of these places.
    fn replay(&self, cuts: &[usize], mut each: impl FnMut(&Disk, usize) -> Result<()>) -> Result<Disk> {
        let mut disk = Disk::new(&self.root);
        let mut events: Vec<(usize, bool, &Call)> = Vec::new();
        for call in &self.calls {
            let is_sync = matches!(call.name.as_str(), "fsync" | "fdatasync" | "syncfs");
            events.extend(is_sync.then_some((call.begun, false, call)));
            events.push((call.ended, true, call));
        }
        // A call that began and ended in one line ends after it began.
        events.sort_by_key(|(place, is_end, _)| (*place, *is_end));
        let (mut cuts, mut syncs) = (cuts.iter().copied().peekable(), HashMap::new());
        for (place, is_end, call) in events {
            while let Some(cut) = cuts.next_if(|cut| *cut < place) {
                each(&disk, cut)?;
            }
            match (call.name.as_str(), is_end) {
                ("fsync" | "fdatasync" | "syncfs", false) => {
                    syncs.insert(call.begun, disk.until_now());
                }
                (name @ ("fsync" | "fdatasync" | "syncfs"), true) => {
                    let until = syncs.remove(&call.begun).unwrap_or(0);
                    match call.descriptor(0).filter(|_| call.answer == 0) {
                        Some(path) if name == "syncfs" => disk.all_synced(path, until),
                        Some(path) => disk.synced(path, until),
                        None => {}
                    }
                }
                _ => disk.take(call).with_context(|| format!("{} at place {place}", call.name))?,
            }
        }
        cuts.try_for_each(|cut| each(&disk, cut))?;
        Ok(disk)
    }

    /// Whether the reckoning of the disk is right: differences to the real folder, after the server has ended.
    pub fn differences(&self) -> Result<Vec<String>> {
        self.replay(&[], |_, _| Ok(()))?.differences(|name| name.ends_with("-shm"))
    }

    fn after(
        &self,
        disk: &Disk,
        place: usize,
        aside: &Path,
        luck: &mut Luck,
        words: &mut Words,
    ) -> Result<(Findings, Vec<String>)> {
        let folder = aside.join("cut");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        disk.after_cut(&folder, luck)?;
        let ground = Ground { data: folder.join("data"), folder: aside.to_owned(), ..self.ground.clone() };
        let serving = ground.serve()?;
        let mut ledgers = self.ledgers(place);
        let repository = folder.join("repository");
        let mut found = {
            let mut ledgers: Vec<&mut Ledger> = ledgers.iter_mut().collect();
            siege::look(&serving.door(), &mut ledgers, Care::All, words)?
        };
        let wrong = ground.faults(Care::Fresh)?;
        for ledger in &ledgers {
            found.lost.extend(ground.lost_backups(&repository, &ledger.backups)?);
        }
        serving.kill()?;
        Ok((found, wrong))
    }
}
