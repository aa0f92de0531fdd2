//! What is on a disk after a power cut, as far as system calls tell: of each file what was synced, of each folder the
//! names that were there when it was synced, and of all else, as the disk likes, nothing or some of it.
//!
//! Stricter than any file system we know: syncing a file makes neither its name nor its folder durable.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use super::trace::Call;
use crate::Words;

/// The number of a file or folder.
type Node = usize;
const ROOT: Node = 0;

/// The unit in which a disk writes, bytes.
const SECTOR_BYTES: usize = 512;

/// A folder and all below it, as it was made durable and as programs see it.
#[derive(Debug)]
pub struct Disk {
    root: PathBuf,
    nodes: Vec<Item>,
    /// Changes until now, by whose numbers a sync knows what came before it began.
    changes: u64,
}

#[derive(Debug)]
enum Item {
    File { durable: Vec<u8>, waiting: Vec<(u64, Change)>, length: usize },
    Folder { durable: BTreeMap<String, Node>, waiting: Vec<(u64, Naming)>, seen: BTreeMap<String, Node> },
}

/// A change of a file that is not durable yet.
#[derive(Debug, Clone)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Length(usize),
}

/// A change of a folder that is not durable yet.
#[derive(Debug, Clone)]
enum Naming {
    Put(String, Node),
    Remove(String),
    /// Inside of one folder a rename is one change.
    Rename {
        from: String,
        to: String,
        node: Node,
    },
}

/// What becomes of what was not synced.
#[derive(Debug, Clone)]
pub enum Luck {
    /// All of it is forgotten.
    Forgets,
    /// Of each file and each folder none, some or all of it is there.
    Keeps(Words),
}

fn write_to(file: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Write { at, bytes } => {
            if file.len() < at + bytes.len() {
                file.resize(at + bytes.len(), 0);
            }
            file[*at..at + bytes.len()].copy_from_slice(bytes);
        }
        Change::Length(length) => file.resize(*length, 0),
    }
}

fn name_in(folder: &mut BTreeMap<String, Node>, naming: &Naming) {
    match naming {
        Naming::Put(name, node) => drop(folder.insert(name.clone(), *node)),
        Naming::Remove(name) => drop(folder.remove(name)),
        Naming::Rename { from, to, node } => {
            folder.remove(from);
            folder.insert(to.clone(), *node);
        }
    }
}

impl Disk {
    /// An empty folder at `root`.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), nodes: vec![Self::folder()], changes: 0 }
    }

    fn folder() -> Item {
        Item::Folder { durable: BTreeMap::new(), waiting: Vec::new(), seen: BTreeMap::new() }
    }

    const fn file() -> Item {
        Item::File { durable: Vec::new(), waiting: Vec::new(), length: 0 }
    }

    /// The names from the root to a path; none where it lies elsewhere.
    fn below(&self, path: &Path) -> Option<Vec<String>> {
        let below = path.strip_prefix(&self.root).ok()?;
        let mut names: Vec<String> = Vec::new();
        for part in below.components() {
            match part {
                Component::Normal(name) => names.push(name.to_string_lossy().into_owned()),
                Component::ParentDir => drop(names.pop()),
                _ => {}
            }
        }
        Some(names)
    }

    fn find(&self, names: &[String]) -> Option<Node> {
        names.iter().try_fold(ROOT, |at, name| match &self.nodes[at] {
            Item::Folder { seen, .. } => seen.get(name).copied(),
            Item::File { .. } => None,
        })
    }

    fn at(&self, path: &Path) -> Option<Node> {
        self.find(&self.below(path)?)
    }

    /// The folder of a path, and the name in it.
    fn place(&self, path: &Path) -> Result<Option<(Node, String)>> {
        let Some(mut names) = self.below(path) else { return Ok(None) };
        let Some(name) = names.pop() else { return Ok(None) };
        let folder =
            self.find(&names).with_context(|| format!("the folder of {} is known", path.display()))?;
        Ok(Some((folder, name)))
    }

    fn rename(&mut self, folder: Node, naming: Naming) -> Result<()> {
        self.changes += 1;
        match &mut self.nodes[folder] {
            Item::Folder { waiting, seen, .. } => {
                name_in(seen, &naming);
                waiting.push((self.changes, naming));
                Ok(())
            }
            Item::File { .. } => bail!("a name was put into a file"),
        }
    }

    fn change(&mut self, file: Node, change: impl FnOnce(usize) -> Change) -> Result<()> {
        self.changes += 1;
        match &mut self.nodes[file] {
            Item::File { waiting, length, .. } => {
                let change = change(*length);
                *length = match &change {
                    Change::Write { at, bytes } => (*length).max(at + bytes.len()),
                    Change::Length(length) => *length,
                };
                waiting.push((self.changes, change));
                Ok(())
            }
            Item::Folder { .. } => bail!("bytes were written to a folder"),
        }
    }

    /// What a sync that begins now will have made durable at its end.
    #[must_use]
    pub const fn until_now(&self) -> u64 {
        self.changes
    }

    /// The sync of a path ended: what was changed until it began is durable.
    pub fn synced(&mut self, path: &Path, until: u64) {
        if let Some(node) = self.at(path) {
            self.settle(node, until);
        }
    }

    /// The sync of a whole file system by one of its folders ended. As if that folder were one of its own: what lies
    /// beside it has to be synced by itself.
    pub fn all_synced(&mut self, path: &Path, until: u64) {
        let Some(names) = self.below(path) else { return };
        for depth in 0..names.len() {
            if let Some(above) = self.find(&names[..depth]) {
                self.settle(above, until);
            }
        }
        let mut nodes: Vec<Node> = self.find(&names).into_iter().collect();
        while let Some(node) = nodes.pop() {
            self.settle(node, until);
            if let Item::Folder { seen, .. } = &self.nodes[node] {
                nodes.extend(seen.values());
            }
        }
    }

    fn settle(&mut self, node: Node, until: u64) {
        match &mut self.nodes[node] {
            Item::File { durable, waiting, .. } => {
                let count = waiting.partition_point(|(number, _)| *number <= until);
                waiting.drain(..count).for_each(|(_, change)| write_to(durable, &change));
            }
            Item::Folder { durable, waiting, .. } => {
                let count = waiting.partition_point(|(number, _)| *number <= until);
                waiting.drain(..count).for_each(|(_, naming)| name_in(durable, &naming));
            }
        }
    }

    /// A call that ended changes what programs see.
    pub fn take(&mut self, call: &Call) -> Result<()> {
        if call.answer < 0 {
            return Ok(());
        }
        match call.name.as_str() {
            "openat" => self.opened(call),
            "write" | "writev" => self.written(call, None),
            "pwrite64" => self.written(call, Some(call.number(3)?)),
            "copy_file_range" => self.copied(call),
            "ftruncate" => match call.descriptor(0).and_then(|path| self.at(path)) {
                Some(file) => {
                    let length = usize::try_from(call.number(1)?)?;
                    self.change(file, |_| Change::Length(length))
                }
                None => Ok(()),
            },
            "rename" => self.moved(call.path(0), call.path(1)),
            "renameat" | "renameat2" => self.moved(call.path(1), call.path(3)),
            "link" => self.linked(call.path(0), call.path(1)),
            "linkat" => self.linked(call.path(1), call.path(3)),
            "unlink" | "rmdir" => self.removed(call.path(0)),
            "unlinkat" => self.removed(call.path(1)),
            "mkdir" => self.made(call.path(0)),
            "mkdirat" => self.made(call.path(1)),
            "sync_file_range" => Ok(()),
            other => {
                ensure!(!self.touches(call), "{other} on what must last is not reckoned with: {call:?}");
                Ok(())
            }
        }
    }

    fn touches(&self, call: &Call) -> bool {
        (0..call.arguments.len()).any(|number| {
            let path = call.descriptor(number).map(Path::to_owned).or_else(|| call.path(number));
            path.is_some_and(|path| self.below(&path).is_some())
        })
    }

    fn opened(&mut self, call: &Call) -> Result<()> {
        let path = call.path(1).context("openat has a path")?;
        let node = self.at(&path);
        match node {
            Some(file) if call.says("O_TRUNC") => self.change(file, |_| Change::Length(0)),
            None if call.says("O_CREAT") => {
                let Some((folder, name)) = self.place(&path)? else { return Ok(()) };
                self.nodes.push(Self::file());
                self.rename(folder, Naming::Put(name, self.nodes.len() - 1))
            }
            _ => Ok(()),
        }
    }

    fn written(&mut self, call: &Call, at: Option<u64>) -> Result<()> {
        let Some(file) = call.descriptor(0).and_then(|path| self.at(path)) else { return Ok(()) };
        let bytes = &call.data()[..usize::try_from(call.answer)?];
        // Whoever names no place writes one after another, from the beginning of a new file.
        let at = at.map(usize::try_from).transpose()?;
        self.change(file, |length| Change::Write { at: at.unwrap_or(length), bytes: bytes.to_vec() })
    }

    /// The bytes are as the source is seen.
    fn copied(&mut self, call: &Call) -> Result<()> {
        let (from, to) = (call.descriptor(0), call.descriptor(2));
        let Some(to) = to.and_then(|path| self.at(path)) else { return Ok(()) };
        let from = from.and_then(|path| self.at(path)).context("what is copied is known")?;
        let (at, into) = (usize::try_from(call.number(1)?)?, usize::try_from(call.number(3)?)?);
        let source = self.as_seen(from);
        let bytes = source[at..at + usize::try_from(call.answer)?].to_vec();
        self.change(to, |_| Change::Write { at: into, bytes })
    }

    fn as_seen(&self, file: Node) -> Vec<u8> {
        match &self.nodes[file] {
            Item::File { durable, waiting, .. } => {
                let mut bytes = durable.clone();
                waiting.iter().for_each(|(_, change)| write_to(&mut bytes, change));
                bytes
            }
            Item::Folder { .. } => Vec::new(),
        }
    }

    fn moved(&mut self, from: Option<PathBuf>, to: Option<PathBuf>) -> Result<()> {
        let (from, to) = (from.context("a rename has two paths")?, to.context("a rename has two paths")?);
        let (source, target) = (self.place(&from)?, self.place(&to)?);
        match (source, target) {
            (Some((from, old)), Some((into, new))) => {
                let Item::Folder { seen, .. } = &self.nodes[from] else { bail!("a file has no names") };
                let node = *seen.get(&old).with_context(|| format!("{old:?} that is renamed is known"))?;
                if from == into {
                    return self.rename(from, Naming::Rename { from: old, to: new, node });
                }
                self.rename(from, Naming::Remove(old))?;
                self.rename(into, Naming::Put(new, node))
            }
            (None, None) => Ok(()),
            _ => bail!("{} was moved over the edge of the disk to {}", from.display(), to.display()),
        }
    }

    fn linked(&mut self, from: Option<PathBuf>, to: Option<PathBuf>) -> Result<()> {
        let (from, to) = (from.context("a link has two paths")?, to.context("a link has two paths")?);
        let Some((folder, name)) = self.place(&to)? else { return Ok(()) };
        let node = self.at(&from).with_context(|| format!("{} that is linked is known", from.display()))?;
        self.rename(folder, Naming::Put(name, node))
    }

    fn removed(&mut self, path: Option<PathBuf>) -> Result<()> {
        match self.place(&path.context("what is removed has a path")?)? {
            Some((folder, name)) => self.rename(folder, Naming::Remove(name)),
            None => Ok(()),
        }
    }

    fn made(&mut self, path: Option<PathBuf>) -> Result<()> {
        let Some((folder, name)) = self.place(&path.context("what is made has a path")?)? else {
            return Ok(());
        };
        self.nodes.push(Self::folder());
        self.rename(folder, Naming::Put(name, self.nodes.len() - 1))
    }

    /// Writes what a cut now leaves into an empty folder.
    pub fn after_cut(&self, into: &Path, luck: &mut Luck) -> Result<()> {
        self.lay_out(ROOT, into, luck)
    }

    fn lay_out(&self, node: Node, path: &Path, luck: &mut Luck) -> Result<()> {
        match &self.nodes[node] {
            Item::File { durable, waiting, .. } => {
                let mut bytes = durable.clone();
                match luck.of_file(waiting.len()) {
                    Kept::All => waiting.iter().for_each(|(_, change)| write_to(&mut bytes, change)),
                    Kept::Some(mut words) => {
                        for (_, change) in waiting {
                            luck_of_change(change, &mut words)
                                .iter()
                                .for_each(|change| write_to(&mut bytes, change));
                        }
                    }
                    Kept::None => {}
                }
                Ok(fs::write(path, bytes)?)
            }
            Item::Folder { durable, waiting, .. } => {
                fs::create_dir_all(path)?;
                let mut names = durable.clone();
                // A journal keeps the order of names: what is lost is lost from some moment on.
                let kept = luck.of_folder(waiting.len());
                waiting[..kept].iter().for_each(|(_, naming)| name_in(&mut names, naming));
                names.iter().try_for_each(|(name, node)| self.lay_out(*node, &path.join(name), luck))
            }
        }
    }

    /// Differences between what programs see by our reckoning and a real folder: none, if our reckoning is right.
    /// Files that are mapped into memory are left to whoever maps them.
    pub fn differences(&self, mapped: impl Fn(&str) -> bool) -> Result<Vec<String>> {
        let mut differences = Vec::new();
        self.compare(ROOT, &self.root.clone(), &mapped, &mut differences)?;
        Ok(differences)
    }

    fn compare(
        &self,
        node: Node,
        path: &Path,
        mapped: &impl Fn(&str) -> bool,
        differences: &mut Vec<String>,
    ) -> Result<()> {
        let Item::Folder { seen, .. } = &self.nodes[node] else {
            if fs::read(path)? != self.as_seen(node) {
                differences.push(format!("{} has other bytes", path.display()));
            }
            return Ok(());
        };
        let mut there = BTreeMap::new();
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() || kind.is_file() {
                there.insert(entry.file_name().to_string_lossy().into_owned(), ());
            }
        }
        for name in seen.keys().chain(there.keys()) {
            match (seen.get(name), there.contains_key(name)) {
                (Some(_), true) if mapped(name) => {}
                (Some(node), true) => self.compare(*node, &path.join(name), mapped, differences)?,
                (here, _) => differences.push(format!(
                    "{} is {}",
                    path.join(name).display(),
                    if here.is_some() { "not there" } else { "there unknown" }
                )),
            }
        }
        Ok(())
    }
}

enum Kept {
    None,
    Some(Words),
    All,
}

impl Luck {
    fn of_file(&mut self, waiting: usize) -> Kept {
        match self {
            Self::Keeps(words) if waiting > 0 => match words.below(3) {
                0 => Kept::None,
                1 => Kept::Some(Words::new(words.number())),
                _ => Kept::All,
            },
            _ => Kept::None,
        }
    }

    fn of_folder(&mut self, waiting: usize) -> usize {
        match self {
            Self::Keeps(words) => usize::try_from(words.below(waiting as u64 + 1)).unwrap_or(0),
            Self::Forgets => 0,
        }
    }
}

/// Of a write some sectors, of a new length all or nothing.
fn luck_of_change(change: &Change, words: &mut Words) -> Vec<Change> {
    match change {
        Change::Length(_) if words.below(2) == 0 => vec![change.clone()],
        Change::Length(_) => Vec::new(),
        Change::Write { at, bytes } => {
            let (mut kept, mut from) = (Vec::new(), 0);
            while from < bytes.len() {
                // Sectors lie where the file's do.
                let to = ((at + from) / SECTOR_BYTES * SECTOR_BYTES + SECTOR_BYTES - at).min(bytes.len());
                if words.below(2) == 0 {
                    kept.push(Change::Write { at: at + from, bytes: bytes[from..to].to_vec() });
                }
                from = to;
            }
            kept
        }
    }
}
