//! A hand: one client that does one thing after another to assets of its own, chosen from a seed, until it is told to
//! stop or nobody answers any more. Since no two hands touch one asset, each asset has one lawful state, or two while
//! an act on it was asked for and not acknowledged.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value as Json, json};

use super::content::Content;
use super::door::{Answer, Door, Request};
use super::ledger::{Act, Ledger, Said};
use crate::Words;

/// Longest file that is put or imported, and that is uploaded, bytes.
const FILE_BYTES_MAX: u64 = 20_000;
const UPLOAD_BYTES_MAX: u64 = 300_000;
/// Bytes of a piece of an upload.
pub const PIECE_BYTES: usize = 48_000;
/// From so many assets on a hand gives more away than it takes.
const ASSETS_MAX: usize = 24;
/// How long a hand waits after a failure.
const REFUSED_WAIT: Duration = Duration::from_millis(20);
/// Files of one import.
const FILES_PER_IMPORT: u64 = 6;

/// What a hand does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trade {
    /// Puts files and does everything to them that can be done to an asset.
    Keeps,
    /// Uploads piece by piece.
    Uploads,
    /// Imports folders.
    Imports,
    /// Backs up.
    BacksUp,
}

/// One acknowledgement that was read whole.
#[derive(Debug, Clone)]
pub struct Deed {
    /// What the answer bears that no other does.
    pub token: String,
    /// What was asked.
    pub act: Act,
    /// What was acknowledged.
    pub said: Said,
}

/// One client.
#[derive(Debug)]
pub struct Hand {
    /// What it knows.
    pub ledger: Ledger,
    /// An import that a kill cut short, to be asked for again.
    pub unfinished: Option<Act>,
    /// Answers that are none of those that should be.
    pub refusals: Vec<String>,
    /// What was acknowledged, one after another.
    pub deeds: Vec<Deed>,
    name: String,
    trade: Trade,
    words: Words,
    asked: u64,
    /// Where it makes the folders that it imports.
    incoming: PathBuf,
    /// Where it backs up to.
    repository: PathBuf,
}

impl Hand {
    /// A hand with a name that no other has, which works in `folder`.
    #[must_use]
    pub fn new(name: &str, trade: Trade, seed: u64, folder: &Path) -> Self {
        Self {
            ledger: Ledger::default(),
            unfinished: None,
            refusals: Vec::new(),
            deeds: Vec::new(),
            name: name.to_owned(),
            trade,
            words: Words::new(seed),
            asked: 0,
            incoming: folder.join("incoming").join(name),
            repository: folder.join("repository"),
        }
    }

    /// It backs up to another place from now on.
    pub fn backs_up_to(&mut self, repository: &Path) {
        repository.clone_into(&mut self.repository);
    }

    /// Where it backs up to.
    #[must_use]
    pub fn repository(&self) -> Option<&Path> {
        (self.trade == Trade::BacksUp).then_some(&*self.repository)
    }

    /// Works until `goes_on` says no, or an answer does not come whole.
    pub fn work(&mut self, door: &Door, goes_on: &dyn Fn() -> bool) {
        while goes_on() {
            let act = self.choose();
            if self.act(door, &act).is_err() {
                return;
            }
        }
    }

    /// Works until `goes_on` says no, whatever fails meanwhile. What a failure was answered to is left alone.
    pub fn work_on(&mut self, door: &Door, goes_on: &dyn Fn() -> bool) {
        while goes_on() {
            let act = self.choose();
            if self.act(door, &act).is_err() {
                self.ledger.doubt();
                self.unfinished = None;
                // Whoever is refused does not ask again at once.
                sleep(REFUSED_WAIT);
            }
        }
    }

    /// Does one thing; an error where no whole answer came. Another answer than it should be is kept as a refusal.
    pub fn act(&mut self, door: &Door, act: &Act) -> Result<()> {
        self.ledger.pending = Some(act.clone());
        self.asked += 1;
        let id = format!("{}-{:08}", self.name, self.asked);
        let done = match act {
            Act::Import { folder, files } => self.import(door, act, folder, files),
            Act::Backup => self.back_up(door, act),
            _ => {
                let answer = door.ask(&self.request(act)?.header("x-request-id", &id))?;
                let said = said(act, &answer).with_context(|| format!("{act:?}: {}", answer.words()));
                said.map(|said| self.heard(&id, act, said))
            }
        };
        // The door itself was shut: that is the kill, and no refusal.
        if let Err(why) = &done
            && why.downcast_ref::<Refused>().is_some()
        {
            self.refusals.push(format!("refused: {why:#}"));
        }
        done
    }

    fn heard(&mut self, token: &str, act: &Act, said: Said) {
        self.ledger.acknowledge(act, &said);
        self.deeds.push(Deed { token: token.to_owned(), act: act.clone(), said });
    }

    fn request(&self, act: &Act) -> Result<Request> {
        let asset = |id: &str| format!("/api/v1/assets/{id}");
        let selection = |id: &str| json!({ "assets": [id] });
        Ok(match act {
            Act::Put { name, content } => {
                Request::new("PUT", format!("/api/v1/files/{}/{name}", self.name)).bytes(content.bytes())
            }
            Act::Replace { asset, content } => {
                let name = &self.ledger.assets.get(asset).context("only what is known is replaced")?.name;
                let path = format!("/api/v1/files/{}/{name}?replaces={asset}", self.name);
                Request::new("PUT", path).bytes(content.bytes())
            }
            Act::Edit { asset: id, title } => {
                Request::new("PATCH", asset(id)).json(&json!({ "fields": { "title": [title] } }))
            }
            Act::CheckOut { asset: id, note } => {
                Request::new("PUT", asset(id) + "/checkout").json(&json!({ "note": note }))
            }
            Act::CheckIn(id) => Request::new("DELETE", asset(id) + "/checkout"),
            Act::Trash(id) => Request::new("POST", "/api/v1/trash").json(&selection(id)),
            Act::Restore(id) => Request::new("POST", "/api/v1/trash/restore").json(&selection(id)),
            Act::Purge(id) => Request::new("POST", "/api/v1/trash/purge").json(&selection(id)),
            Act::Begin { name, content } => tus("POST", "/api/v1/uploads")
                .header("Upload-Length", content.length().to_string())
                .header("Upload-Metadata", format!("filename {}", STANDARD.encode(name))),
            Act::Append { to } => {
                let upload = self.ledger.upload.as_ref().context("only an upload that began goes on")?;
                let piece = upload.content.bytes()[upload.acknowledged..*to].to_vec();
                tus("PATCH", &upload.place)
                    .header("Upload-Offset", upload.acknowledged.to_string())
                    .header("Content-Type", "application/offset+octet-stream")
                    .bytes(piece)
            }
            Act::Import { .. } | Act::Backup => bail!("an answer of lines is asked for elsewhere"),
        })
    }

    fn import(&mut self, door: &Door, act: &Act, folder: &Path, files: &[(String, Content)]) -> Result<()> {
        let asked = json!({ "paths": [folder] });
        let request = Request::new("POST", "/api/v1/imports").json(&asked);
        let mut ended = false;
        door.lines(&request, |line| {
            ended |= line["end"].is_object();
            let Some(path) = line["path"].as_str() else { return Ok(()) };
            let name = path.rsplit('/').next().unwrap_or_default().to_owned();
            let is_here = matches!(line["outcome"].as_str(), Some("imported" | "already-here"));
            let Some(asset) = line["asset"].as_str().filter(|_| is_here) else {
                return Err(refused(format!("a file was not imported: {line}")));
            };
            self.heard(asset, act, Said::Arrived { name, asset: asset.to_owned() });
            Ok(())
        })?;
        ensure!(ended, "the import ended without its end");
        let arrived = |name: &String| self.ledger.assets.values().any(|kept| kept.name == *name);
        if let Some((name, _)) = files.iter().find(|(name, _)| !arrived(name)) {
            return Err(refused(format!("an import ended without {name}")));
        }
        let last = self.deeds.last().map(|deed| deed.token.clone()).unwrap_or_default();
        self.heard(&last, act, Said::Done);
        self.unfinished = None;
        // What is in the library is in it; what it was read from may go.
        fs::remove_dir_all(folder).context("the folder of a siege is writable")?;
        Ok(())
    }

    fn back_up(&mut self, door: &Door, act: &Act) -> Result<()> {
        let asked = json!({ "folder": self.repository });
        let request = Request::new("POST", "/api/v1/backups/elsewhere").json(&asked);
        let mut made = None;
        door.lines(&request, |line| {
            if let Some(why) = line["failed"].as_str() {
                return Err(refused(format!("no backup: {why}")));
            }
            if let Some(id) = line["backup"]["id"].as_str() {
                made = Some(id.to_owned());
            }
            Ok(())
        })?;
        let made = made.context("the answer ended without a backup")?;
        self.heard(&made.clone(), act, Said::Backup(made));
        Ok(())
    }

    fn choose(&mut self) -> Act {
        if let Some(act) = self.unfinished.clone() {
            return act;
        }
        match self.trade {
            Trade::BacksUp => Act::Backup,
            Trade::Uploads => match &self.ledger.upload {
                Some(upload) => {
                    Act::Append { to: (upload.acknowledged + PIECE_BYTES).min(upload.content.length()) }
                }
                None => self.give_away().unwrap_or_else(|| {
                    let content = Content::next(&mut self.words, UPLOAD_BYTES_MAX);
                    Act::Begin { name: self.file_name(), content }
                }),
            },
            Trade::Imports => match self.give_away() {
                Some(act) => act,
                None => self.next_import(),
            },
            Trade::Keeps => self.keep(),
        }
    }

    /// Assets beyond what a hand holds go through the trash.
    fn give_away(&self) -> Option<Act> {
        let (id, kept) =
            self.ledger.assets.iter().next().filter(|_| self.ledger.assets.len() > ASSETS_MAX)?;
        Some(if kept.is_trashed { Act::Purge(id.clone()) } else { Act::Trash(id.clone()) })
    }

    /// A folder of new files.
    pub fn next_import(&mut self) -> Act {
        let folder = self.incoming.join(self.asked.to_string());
        let count = 1 + self.words.below(FILES_PER_IMPORT);
        let files: Vec<(String, Content)> =
            (0..count).map(|_| (self.file_name(), Content::next(&mut self.words, FILE_BYTES_MAX))).collect();
        fs::create_dir_all(&folder).expect("the folder of a siege is writable");
        for (name, content) in &files {
            fs::write(folder.join(name), content.bytes()).expect("the folder of a siege is writable");
        }
        Act::Import { folder, files }
    }

    fn keep(&mut self) -> Act {
        let (count, chance) = (self.ledger.sure().count(), self.words.below(100));
        if count < 4 || (chance < 25 && count < ASSETS_MAX) {
            let content = Content::next(&mut self.words, FILE_BYTES_MAX);
            return Act::Put { name: self.file_name(), content };
        }
        let place = self.words.below(count as u64);
        let chosen = self.ledger.sure().nth(usize::try_from(place).expect("a small count"));
        let (id, kept) = chosen.expect("below the count");
        let (id, is_trashed, is_out) = (id.clone(), kept.is_trashed, kept.note.is_some());
        let goes = if count >= ASSETS_MAX { 40 } else { 12 };
        if is_trashed {
            // What somebody has checked out is not purged.
            return if chance % 2 == 0 && !is_out { Act::Purge(id) } else { Act::Restore(id) };
        }
        let number = self.words.number();
        match self.words.below(100) {
            roll if roll < goes => Act::Trash(id),
            roll if roll < goes + 12 => {
                Act::Replace { asset: id, content: Content::next(&mut self.words, FILE_BYTES_MAX) }
            }
            roll if roll < goes + 26 && is_out => Act::CheckIn(id),
            roll if roll < goes + 26 => Act::CheckOut { asset: id, note: format!("note {number:x}") },
            _ => Act::Edit { asset: id, title: format!("Title {number:x}") },
        }
    }

    /// A name that no file had before.
    fn file_name(&mut self) -> String {
        format!("{}-{:016x}.txt", self.name, self.words.number())
    }
}

/// A request of tus 1.0.0.
pub fn tus(method: &'static str, path: &str) -> Request {
    Request::new(method, path).header("Tus-Resumable", "1.0.0")
}

/// An answer that should not be.
#[derive(Debug)]
struct Refused(String);

impl std::fmt::Display for Refused {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

fn refused(words: String) -> anyhow::Error {
    Refused(words).into()
}

/// What an answer acknowledges.
fn said(act: &Act, answer: &Answer) -> Result<Said> {
    if answer.status >= 300 {
        return Err(refused(format!("{act:?}: {}", answer.words())));
    }
    Ok(match act {
        Act::Put { .. } => Said::Asset(arrived(answer, "imported")?),
        Act::Replace { asset, .. } => {
            let at = arrived(answer, "imported")?;
            if at != *asset {
                return Err(refused(format!("a version of {asset} went to {at}")));
            }
            Said::Done
        }
        Act::Trash(asset) | Act::Restore(asset) | Act::Purge(asset) => {
            let done = answer.document()?;
            if done["done"] != json!([asset]) {
                return Err(refused(format!("{act:?}: {done}")));
            }
            Said::Done
        }
        Act::Begin { .. } => {
            Said::Place(answer.header("location").context("an upload has a place")?.to_owned())
        }
        Act::Append { .. } => {
            let (bytes, asset) = received(answer)?;
            Said::Received { bytes, asset }
        }
        _ => Said::Done,
    })
}

fn arrived(answer: &Answer, outcome: &str) -> Result<String> {
    let arrival: Json = answer.document()?;
    match arrival["asset"].as_str().filter(|_| arrival["outcome"] == outcome) {
        Some(asset) => Ok(asset.to_owned()),
        None => Err(refused(format!("it did not arrive: {arrival}"))),
    }
}

/// How far an upload is, as an answer of tus says, and the asset that came of it.
pub fn received(answer: &Answer) -> Result<(usize, Option<String>)> {
    let bytes = answer.header("upload-offset").context("the answer says how much has come")?.parse()?;
    Ok((bytes, answer.header("damask-asset").map(str::to_owned)))
}
