//! The look after a kill: is everything that was acknowledged there, and nothing that is not whole? What was asked for
//! and not acknowledged may have been done or not; the ledgers then know which.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use serde_json::Value as Json;

use super::content::Content;
use super::door::{Door, Request};
use super::hand::{received, tus};
use super::ledger::{Act, Kept, Ledger};
use crate::Words;

/// Assets of one page of a listing.
const PAGE: usize = 200;
/// Of the assets that nothing happened to, so many are looked at by chance.
const BY_CHANCE: usize = 6;

/// What is wrong, and how much was looked at.
#[derive(Debug, Default, Clone)]
pub struct Findings {
    /// What was acknowledged and is not so.
    pub lost: Vec<String>,
    /// What is there and should not be, or not so.
    pub half_made: Vec<String>,
    /// Assets that were looked at.
    pub assets: usize,
    /// Originals that were read.
    pub originals: usize,
}

impl Findings {
    /// Adds those of another look.
    pub fn add(&mut self, mut other: Self) {
        self.lost.append(&mut other.lost);
        self.half_made.append(&mut other.half_made);
        self.assets += other.assets;
        self.originals += other.originals;
    }
}

/// How thorough a look is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Care {
    /// Every asset that something happened to since the last look, and some others.
    Fresh,
    /// Every asset with all its versions.
    All,
}

/// Looks at all assets of these ledgers, which are those of one library.
pub fn look(door: &Door, ledgers: &mut [&mut Ledger], care: Care, words: &mut Words) -> Result<Findings> {
    let mut findings = Findings::default();
    // To ask for an upload whose bytes are all there finishes it: so these come before the listing.
    let mut unheard = Vec::new();
    for ledger in ledgers.iter_mut() {
        unheard.push(ledger.unheard());
        look_at_upload(door, ledger, &mut findings)?;
    }
    let listed = listing(door)?;
    for (ledger, unheard) in ledgers.iter_mut().zip(unheard) {
        came_unheard(ledger, unheard, &listed);
        one(door, ledger, &listed, care, words, &mut findings)?;
    }
    let known: BTreeSet<&String> = ledgers.iter().flat_map(|ledger| ledger.assets.keys()).collect();
    for (id, name) in listed.iter().filter(|(id, _)| !known.contains(id)) {
        findings
            .half_made
            .push(format!("half-made: asset {id} {name:?}: nobody asked for it, or it was purged"));
    }
    Ok(findings)
}

/// All assets, in the trash and out of it, with their names.
fn listing(door: &Door) -> Result<BTreeMap<String, String>> {
    let status = ask(door, "/api/v1/status")?;
    let seq = status["seq"].as_i64().context("the status tells how far the journal is")?;
    let mut listed = BTreeMap::new();
    for query in ["", "is:trashed"] {
        let mut after = String::new();
        loop {
            let path = format!("/api/v1/assets?q={query}&limit={PAGE}&at_least={seq}{after}");
            let page = ask(door, &path)?;
            for asset in page["items"].as_array().context("a page has items")? {
                let text = |name: &str| asset[name].as_str().unwrap_or_default().to_owned();
                listed.insert(text("id"), text("name"));
            }
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
    }
    Ok(listed)
}

fn ask(door: &Door, path: &str) -> Result<Json> {
    // The index may need a moment for what it has not read yet.
    const TRIES: usize = 30;
    let mut answer = door.ask(&Request::new("GET", path))?;
    for _ in 0..TRIES {
        if answer.status != 409 {
            break;
        }
        answer = door.ask(&Request::new("GET", path))?;
    }
    ensure!(answer.status == 200, "GET {path}: {}", answer.words());
    answer.document()
}

/// What came in unheard is known from now on.
fn came_unheard(ledger: &mut Ledger, unheard: Vec<(String, Content)>, listed: &BTreeMap<String, String>) {
    for (name, content) in unheard {
        for (id, _) in listed.iter().filter(|(_, listed)| **listed == name) {
            // A second one of that name is nobody's, and is told as such.
            if !ledger.assets.values().any(|kept| kept.name == name) {
                ledger.came(id, &name, content);
            }
        }
    }
}

fn one(
    door: &Door,
    ledger: &mut Ledger,
    listed: &BTreeMap<String, String>,
    care: Care,
    words: &mut Words,
    findings: &mut Findings,
) -> Result<()> {
    let unsure = Ledger {
        pending: ledger.pending.take(),
        doubts: std::mem::take(&mut ledger.doubts),
        ..Ledger::default()
    };
    let mut chosen: BTreeSet<String> = std::mem::take(&mut ledger.touched);
    let acts = unsure.pending.iter().chain(&unsure.doubts);
    chosen.extend(acts.filter_map(|act| act.asset()).map(str::to_owned));
    match care {
        Care::All => chosen.extend(ledger.assets.keys().cloned()),
        Care::Fresh if !ledger.assets.is_empty() => {
            let count = ledger.assets.len() as u64;
            for _ in 0..BY_CHANCE {
                let at = usize::try_from(words.below(count)).unwrap_or(0);
                chosen.extend(ledger.assets.keys().nth(at).cloned());
            }
        }
        Care::Fresh => {}
    }
    for id in chosen {
        let Some(kept) = ledger.assets.get(&id).cloned() else { continue };
        let act = unsure.may_have(&id);
        findings.assets += 1;
        match look_at(door, &id, &kept, act, care, findings)? {
            Seen::Same => {}
            Seen::Done(after) => ledger.became(&id, after),
            Seen::Wrong(why) => {
                findings.lost.push(format!("lost: asset {id} ({}): {why}", kept.name));
                // Told once.
                ledger.assets.remove(&id);
            }
        }
    }
    ledger.touched.clear();
    for id in ledger.assets.keys().filter(|id| !listed.contains_key(*id)) {
        findings.lost.push(format!("lost: asset {id} is in no list"));
    }
    for id in std::mem::take(&mut ledger.gone) {
        let answer = door.ask(&Request::new("GET", format!("/api/v1/assets/{id}")))?;
        if answer.status != 404 {
            findings.lost.push(format!("lost: the purge of {id}: {}", answer.words()));
        }
    }
    Ok(())
}

enum Seen {
    /// As it was acknowledged.
    Same,
    /// As it is after what was asked for.
    Done(Option<Kept>),
    Wrong(String),
}

fn look_at(
    door: &Door,
    id: &str,
    kept: &Kept,
    act: Option<&Act>,
    care: Care,
    findings: &mut Findings,
) -> Result<Seen> {
    let answer = door.ask(&Request::new("GET", format!("/api/v1/assets/{id}")))?;
    let (seen, state) = match (answer.status, act.map(|act| kept.after(act))) {
        (404, Some(None)) => return Ok(Seen::Done(None)),
        (200, after) => {
            let asset = answer.document()?;
            match (difference(kept, &asset), after.flatten()) {
                (None, _) => (Seen::Same, kept.clone()),
                (Some(_), Some(after)) if difference(&after, &asset).is_none() => {
                    (Seen::Done(Some(after.clone())), after)
                }
                (Some(why), _) => return Ok(Seen::Wrong(why)),
            }
        }
        _ => return Ok(Seen::Wrong(answer.words())),
    };
    let originals = match care {
        // What lies in the trash is not handed out; the check looks at its bytes.
        _ if state.is_trashed => Vec::new(),
        Care::Fresh => vec![(String::new(), state.content())],
        Care::All => {
            let versions = answer.document()?["versions"].clone();
            let ids = versions.as_array().into_iter().flatten().filter_map(|version| version["id"].as_str());
            // The newest comes first.
            ids.map(|id| format!("?version={id}")).zip(state.versions.iter().rev().copied()).collect()
        }
    };
    for (version, content) in originals {
        findings.originals += 1;
        let path = format!("/api/v1/assets/{id}/original{version}");
        let answer = door.ask(&Request::new("GET", path))?;
        if answer.status != 200 {
            return Ok(Seen::Wrong(format!("its original{version}: {}", answer.words())));
        }
        if answer.body != content.bytes() {
            return Ok(Seen::Wrong(format!("its original{version} has other bytes")));
        }
    }
    Ok(seen)
}

/// What of an asset is not as it must be.
fn difference(kept: &Kept, asset: &Json) -> Option<String> {
    let lengths: Vec<usize> = kept.versions.iter().rev().map(|content| content.length()).collect();
    let version = |version: &Json| version["bytes"].as_u64().and_then(|bytes| usize::try_from(bytes).ok());
    let seen: Vec<usize> = asset["versions"].as_array().into_iter().flatten().filter_map(version).collect();
    let title = asset["title"].as_str();
    let note = asset["checkout"]["note"].as_str();
    let is_trashed = asset["trashed"].is_string();
    let expected: [(&str, String, String); 5] = [
        ("name", kept.name.clone(), asset["name"].as_str().unwrap_or_default().to_owned()),
        ("title", format!("{:?}", kept.title.as_deref()), format!("{title:?}")),
        ("versions", format!("{lengths:?}"), format!("{seen:?}")),
        ("trashed", kept.is_trashed.to_string(), is_trashed.to_string()),
        ("check-out", format!("{:?}", kept.note.as_deref()), format!("{note:?}")),
    ];
    let wrong = expected.iter().find(|(_, kept, seen)| kept != seen);
    wrong.map(|(name, kept, seen)| format!("its {name}: {seen}, acknowledged was {kept}"))
}

/// An upload has all that was acknowledged of it, and not more than was sent.
fn look_at_upload(door: &Door, ledger: &mut Ledger, findings: &mut Findings) -> Result<()> {
    let Some(upload) = ledger.upload.clone() else { return Ok(()) };
    let sent = match ledger.pending {
        Some(Act::Append { to }) => to,
        _ => upload.acknowledged,
    };
    let answer = door.ask(&tus("HEAD", &upload.place))?;
    let (acknowledged, name) = (upload.acknowledged, &upload.name);
    if answer.status != 200 {
        findings.lost.push(format!("lost: {acknowledged} bytes of the upload of {name}: {}", answer.words()));
        ledger.upload = None;
        return Ok(());
    }
    let (bytes, asset) = received(&answer)?;
    if bytes < acknowledged {
        findings.lost.push(format!("lost: {bytes} of {acknowledged} bytes of the upload of {name}"));
    }
    if bytes > sent {
        findings
            .half_made
            .push(format!("half-made: {bytes} bytes of the upload of {name}, {sent} were sent"));
    }
    ledger.received(bytes, asset.as_deref());
    Ok(())
}
