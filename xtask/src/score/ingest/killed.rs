//! Row 9: the binary is killed (SIGKILL) at random moments, by turns as an import by itself, as a server that an import
//! speaks to, and as a server that is uploaded to (`sent.rs`). After each restart everything acknowledged must be there bit for bit, everything visible must be whole,
//! `damask check` must find nothing, and the work must go on.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread::{sleep, spawn};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use damask_testkit::Words;

use super::super::binary::{ImportLine, import_lines};
use super::super::board::Figure;
use super::super::server::Server;
use super::super::socket::Socket;
use super::super::tus::Uploader;
use super::super::{Bench, fixtures, processes};
use super::sent::{self, Resumed, Sending};

/// Kills of one library, before a fresh one begins.
const KILLS_PER_LIBRARY: usize = 20;
/// New files a kill.
const FILES_PER_KILL: usize = 150;
/// A kill comes so long after the import's start at most, milliseconds.
const MOMENT_MS_MAX: u64 = 1_200;
/// Of what was acknowledged before this kill, so many are read again after it; at a library's end all are.
const READ_AGAIN: usize = 24;

/// What went wrong, and how much was looked at.
#[derive(Default)]
struct Tally {
    acknowledged: usize,
    read: usize,
    lost: Vec<String>,
    half_made: Vec<String>,
    unclean: Vec<String>,
}

/// One library under fire.
struct Target<'bench> {
    bench: &'bench Bench,
    data: PathBuf,
    from: PathBuf,
    /// Path and asset of everything acknowledged.
    acknowledged: BTreeMap<PathBuf, String>,
}

/// What was acknowledged until a kill.
#[derive(Default)]
pub struct Shot {
    /// Path and asset of whole files.
    pub whole: Vec<(PathBuf, String)>,
    /// The upload that was cut.
    pub cut: Option<Sending>,
}

pub fn measure(bench: &Bench) -> Result<Figure> {
    let mut tally = Tally::default();
    let mut words = Words::new(bench.wish.seed);
    let mut kills = 0;
    while kills < bench.wish.kills {
        let mut target = Target {
            bench,
            data: bench.folder("killed")?,
            from: bench.folder("killed-files")?,
            acknowledged: BTreeMap::new(),
        };
        for round in 0..KILLS_PER_LIBRARY.min(bench.wish.kills - kills) {
            target.shoot(round, &mut words, &mut tally).with_context(|| format!("kill {}", kills + 1))?;
            kills += 1;
        }
        target.finish(&mut tally).with_context(|| format!("after kill {kills}"))?;
    }
    let met = tally.lost.is_empty()
        && tally.half_made.is_empty()
        && tally.unclean.is_empty()
        && tally.acknowledged > 0;
    Ok(Figure::new(format!("{}; {}", tally.lost.len(), tally.half_made.len()), met)
        .beside(format!(
            "{kills} kills, {} files acknowledged, {} originals read again",
            tally.acknowledged, tally.read
        ))
        .beside(format!(
            "imports alone, imports through a server, uploads, by turns; {} unclean checks",
            tally.unclean.len()
        ))
        .beside_all([tally.lost, tally.half_made, tally.unclean].concat()))
}

impl Target<'_> {
    /// New files, an import of everything, a kill at some moment, and a look at what is left.
    fn shoot(&mut self, round: usize, words: &mut Words, tally: &mut Tally) -> Result<()> {
        let folder = self.from.join(format!("{round:04}"));
        fixtures::small_files(&folder, words.number(), FILES_PER_KILL)?;
        if round < 3 {
            let first = 2 * round as u64;
            fixtures::photographs(&self.bench.fixtures, &folder, first..first + 2)?;
        }
        let moment = Duration::from_millis(words.below(MOMENT_MS_MAX));
        let Shot { whole: mut fresh, cut } = match round % 3 {
            0 => whole_of(self.kill_alone(moment)?),
            1 => whole_of(self.kill_server(moment)?),
            _ => self.kill_receiver(&folder, moment)?,
        };

        let server = Server::start(&self.bench.binary, &self.data).context("it did not start again")?;
        if let Some(sending) = cut {
            match sending.resume(&Uploader::of(&self.data))? {
                Resumed::Whole(path, asset) => fresh.push((path, asset)),
                Resumed::Lost(why) => tally.lost.push(why),
            }
        }
        tally.acknowledged += fresh.iter().filter(|(path, _)| !self.acknowledged.contains_key(path)).count();
        // The last ones before the kill are the ones at risk, older ones are looked at by chance.
        let older: Vec<(PathBuf, String)> = self.acknowledged.clone().into_iter().collect();
        let by_chance = (0..READ_AGAIN.min(older.len())).map(|_| words.below(older.len() as u64));
        let by_chance: Vec<(PathBuf, String)> =
            by_chance.filter_map(|at| older.get(usize::try_from(at).ok()?).cloned()).collect();
        for (path, asset) in fresh.iter().rev().take(READ_AGAIN).chain(&by_chance) {
            self.read_again(path, asset, tally)?;
        }
        self.acknowledged.extend(fresh);
        self.check(tally)?;
        server.stop()
    }

    /// The import works by itself and is killed.
    fn kill_alone(&self, moment: Duration) -> Result<Vec<ImportLine>> {
        self.import_and(|child| {
            sleep(moment);
            processes::kill_and_await(child)
        })
    }

    /// The import speaks to a server, and the server is killed.
    fn kill_server(&self, moment: Duration) -> Result<Vec<ImportLine>> {
        let server = Server::start(&self.bench.binary, &self.data)?;
        self.import_and(|child| {
            sleep(moment);
            server.kill()?;
            child.wait().context("the command can be waited for")?;
            Ok(())
        })
    }

    /// Files are uploaded to a server, and the server is killed.
    fn kill_receiver(&self, folder: &Path, moment: Duration) -> Result<Shot> {
        let server = Server::start(&self.bench.binary, &self.data)?;
        let (uploader, files) = (Uploader::of(&self.data), files_below(folder)?);
        let sender = spawn(move || sent::all(&uploader, &files));
        sleep(moment);
        server.kill()?;
        sender.join().ok().context("the sender ends when nobody listens")?
    }

    /// Starts an import, lets something happen to it, and answers with the lines it printed until then.
    fn import_and(
        &self,
        happen: impl FnOnce(&mut std::process::Child) -> Result<()>,
    ) -> Result<Vec<ImportLine>> {
        let from = self.from.to_str().context("a scratch path is UTF-8")?;
        let mut child = self
            .bench
            .binary
            .command(&self.data, &["import", "--json", from])
            .stderr(Stdio::null())
            .spawn()?;
        let mut pipe = child.stdout.take().context("the output is piped")?;
        let reader = spawn(move || {
            let mut printed = Vec::new();
            pipe.read_to_end(&mut printed).map(|_| printed)
        });
        happen(&mut child)?;
        let printed = reader.join().ok().context("the reader ends with the pipe")??;
        Ok(import_lines(&String::from_utf8_lossy(&printed)))
    }

    fn read_again(&self, path: &Path, asset: &str, tally: &mut Tally) -> Result<()> {
        tally.read += 1;
        let expected = fs::read(path)?;
        let place = format!("/api/v1/assets/{asset}/original");
        match Socket::of(&self.data).ask("GET", &place, &[], &[]) {
            Ok(answer) if answer.status == 200 && answer.body == expected => {}
            Ok(answer) if answer.status == 200 => {
                tally.lost.push(format!("lost: other bytes: {}", path.display()));
            }
            Ok(answer) => tally.lost.push(format!("lost: {}: {}", answer.status, path.display())),
            Err(why) => tally.lost.push(format!("lost: {}: {why:#}", path.display())),
        }
        Ok(())
    }

    fn check(&self, tally: &mut Tally) -> Result<()> {
        let (clean, printed) = self.bench.binary.check(&self.data)?;
        if !clean {
            let fault = printed.lines().find(|line| line.contains("\"fault\":true"));
            tally.unclean.push(format!("unclean: {}", fault.unwrap_or("it names no fault")));
        }
        Ok(())
    }

    /// The import runs to its end; then everything acknowledged is read again, and everything visible is one whole file
    /// of the source, each once.
    fn finish(&self, tally: &mut Tally) -> Result<()> {
        let server = Server::start(&self.bench.binary, &self.data)?;
        let lines = self.bench.binary.import(&self.data, &self.from, &[])?;
        let bad = lines.iter().find(|line| matches!(line.outcome.as_str(), "failed" | "quarantined"));
        ensure!(bad.is_none(), "the work did not go on: {bad:?}");
        server.settle()?;
        for (path, asset) in &self.acknowledged {
            self.read_again(path, asset, tally)?;
        }
        let mut names: BTreeMap<String, usize> = BTreeMap::new();
        for asset in self.bench.binary.search(&self.data, "")? {
            *names.entry(asset.name).or_default() += 1;
        }
        for file in files_below(&self.from)? {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let seen = names.remove(&name).unwrap_or_default();
            if seen != 1 {
                tally.half_made.push(format!("half-made: {name} is there {seen} times"));
            }
        }
        tally
            .half_made
            .extend(names.keys().map(|name| format!("half-made: {name:?} is no file of the source")));
        self.check(tally)?;
        server.stop()
    }
}

fn whole_of(lines: Vec<ImportLine>) -> Shot {
    let whole = lines
        .into_iter()
        .filter(|line| matches!(line.outcome.as_str(), "imported" | "new-version" | "already-here"))
        .filter_map(|line| Some((PathBuf::from(line.path), line.asset?)))
        .collect();
    Shot { whole, cut: None }
}

fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.context("the source can be read")?;
        if entry.file_type().is_file() {
            files.push(entry.into_path());
        }
    }
    Ok(files)
}
