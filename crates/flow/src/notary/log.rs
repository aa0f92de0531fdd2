//! The log on the disk: entries, tiles and the checkpoint that is signed over them. Files are written before the
//! checkpoint that speaks of them, and each is written once for its width; so whoever reads sees a whole log, and a
//! crash leaves at most files that the next writing makes again.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use damask_model::FactHeader;
use damask_store::Store;
use serde_json::json;

use super::{
    note::{Checkpoint, Signer, Verifier},
    proof::Signed,
    tile::{HEIGHT, Tile, WIDTH, holding},
    tree::{self, Hash, Nodes},
};
use crate::trouble::{Outcome, Trouble};

pub(crate) const CHECKPOINT: &str = "checkpoint";
pub(crate) const KEY: &str = "notary.key";
pub(crate) const VERIFIER: &str = "notary.pub";
/// How the secret begins in its file.
const SECRET: &str = "PRIVATE+KEY+";

/// The log as it can be read: its checkpoint, which is checked, and its tiles.
pub struct Log {
    store: Store,
    signer: Signer,
    /// What was signed last; `None` before the first fact.
    pub checkpoint: Option<Checkpoint>,
}

impl Log {
    /// Opens the log; makes its key when there is none.
    ///
    /// # Errors
    /// When a file cannot be read or written, or the checkpoint is not signed by the key.
    pub fn open(store: &Store) -> Outcome<Self> {
        match Self::there(store)? {
            Some(log) => Ok(log),
            None => Self::of(store, make_key(store)?),
        }
    }

    /// The log where there is one, for whoever only reads.
    ///
    /// # Errors
    /// When a file cannot be read, or the checkpoint is not signed by the key.
    pub fn there(store: &Store) -> Outcome<Option<Self>> {
        let Some(secret) = text(store, KEY)? else { return Ok(None) };
        let signer = read_key(&secret).ok_or_else(|| broken("the notary's key cannot be read"))?;
        Self::of(store, signer).map(Some)
    }

    fn of(store: &Store, signer: Signer) -> Outcome<Self> {
        let checkpoint = match text(store, CHECKPOINT)? {
            None => None,
            Some(note) => Some(
                signer
                    .verifier()
                    .checkpoint(&note)
                    .ok_or_else(|| broken("the checkpoint of the log is not signed by the notary's key"))?,
            ),
        };
        Ok(Self { store: store.clone(), signer, checkpoint })
    }

    /// How many facts it holds: the first ones, in the order of their sequences.
    pub fn size(&self) -> u64 {
        self.checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.size)
    }

    /// With what others check its signatures.
    pub fn verifier(&self) -> Verifier {
        self.signer.verifier()
    }

    /// What it is signed with last. A signature of Ed25519 is the same each time (RFC 8032, 5.1.6), so it need not be
    /// read again.
    pub fn signed(&self) -> Signed {
        let (size, root) =
            self.checkpoint.as_ref().map_or((0, tree::nothing()), |last| (last.size, last.root));
        let verifier = self.verifier().to_text();
        Signed { note: self.signer.sign(size, &root), verifier, size, root }
    }

    /// Adds entries and signs the new size.
    ///
    /// # Errors
    /// When a file cannot be written or is not as the checkpoint says: then nothing is signed.
    pub fn append(&mut self, entries: &[Vec<u8>]) -> Outcome<()> {
        let (old, size) = (self.size(), self.size() + entries.len() as u64);
        let mut full = self.bundles(old, entries)?;
        let mut levels = self.edge(old)?;
        levels[0].extend(entries.iter().map(|entry| tree::leaf(entry)));
        let mut level = 0;
        while level < levels.len() {
            let count = size >> (HEIGHT * number(level));
            let first = count - levels[level].len() as u64;
            for (at, hashes) in (first / WIDTH..).zip(levels[level].clone().chunks(256)) {
                let tile = Tile { level: Some(number(level)), index: at, width: hashes.len() as u64 };
                self.store.log_write(&tile.path(), &hashes.concat(), false)?;
                if tile.width == WIDTH {
                    full.push(tile);
                    if level + 1 == levels.len() {
                        levels.push(Vec::new());
                    }
                    levels[level + 1].push(together(hashes));
                }
            }
            let whole = levels[level].len() / 256 * 256;
            levels[level].drain(..whole);
            level += 1;
        }
        let root = frontier(&levels);
        let note = self.signer.sign(size, &root);
        self.store.log_write(CHECKPOINT, note.as_bytes(), false)?;
        self.checkpoint = Some(Checkpoint { origin: self.signer.name().to_owned(), size, root });
        for tile in full {
            self.store.log_remove(&tile.partials())?;
        }
        Ok(())
    }

    /// The hashes of a level that are in no full tile of the next one, lowest level first.
    fn edge(&self, size: u64) -> Outcome<Vec<Vec<Hash>>> {
        let mut levels = vec![Vec::new()];
        let mut count = size;
        for level in 0.. {
            if !count.is_multiple_of(WIDTH) {
                levels[level] = self.hashes(holding(Some(number(level)), count - 1, count))?;
            }
            count /= WIDTH;
            if count == 0 {
                break;
            }
            levels.push(Vec::new());
        }
        match &self.checkpoint {
            Some(checkpoint) if frontier(&levels) != checkpoint.root => {
                Err(broken("the log is not what was signed"))
            }
            _ => Ok(levels),
        }
    }

    /// Writes entries after the `old` ones; answers the bundles that are full now.
    fn bundles(&self, old: u64, entries: &[Vec<u8>]) -> Outcome<Vec<Tile>> {
        let mut bundle = match old % WIDTH {
            0 => Vec::new(),
            _ => self.bytes(holding(None, old - 1, old))?,
        };
        let (mut full, mut count) = (Vec::new(), old);
        for entry in entries {
            let length = u16::try_from(entry.len()).expect("a fact of 1,000 subjects is 40 KB long");
            bundle.extend(length.to_be_bytes());
            bundle.extend(entry);
            count += 1;
            if count.is_multiple_of(WIDTH) {
                let tile = holding(None, count - 1, count);
                self.store.log_write(&tile.path(), &bundle, false)?;
                bundle.clear();
                full.push(tile);
            }
        }
        if !bundle.is_empty() {
            self.store.log_write(&holding(None, count - 1, count).path(), &bundle, false)?;
        }
        Ok(full)
    }

    /// The hashes of a tile. Of one that was partial and is full since the first ones (C2SP `tlog-tiles`, "Partial
    /// Tiles"): whoever reads an older log beside its writer meets that.
    pub fn hashes(&self, tile: Tile) -> Outcome<Vec<Hash>> {
        let mut bytes = match self.store.log_read(&tile.path())? {
            Some(bytes) => bytes,
            None => self.bytes(Tile { width: WIDTH, ..tile })?,
        };
        if bytes.len() as u64 == WIDTH * 32 {
            bytes.truncate(usize::try_from(tile.width * 32).unwrap_or(usize::MAX));
        }
        if bytes.len() as u64 != tile.width * 32 {
            return Err(broken(format!("{} has {} bytes", tile.path(), bytes.len())));
        }
        Ok(bytes.chunks_exact(32).map(|hash| hash.try_into().expect("32 bytes each")).collect())
    }

    fn bytes(&self, tile: Tile) -> Outcome<Vec<u8>> {
        let path = tile.path();
        self.store.log_read(&path)?.ok_or_else(|| broken(format!("the log has no {path}")))
    }
}

impl Nodes for Log {
    type Error = Trouble;

    fn node(&self, height: u32, index: u64) -> Outcome<Hash> {
        let (level, within) = (height / HEIGHT, height % HEIGHT);
        let (first, count) = (index << within, self.size() >> (HEIGHT * level));
        let hashes = self.hashes(holding(Some(level), first, count))?;
        let first = usize::try_from(first % WIDTH).expect("below 256");
        hashes.get(first..first + (1 << within)).map(together).ok_or_else(|| broken("the log ends too early"))
    }
}

/// A fact's header as the log holds it: JSON without spaces, keys in order.
pub fn entry(header: &FactHeader) -> Vec<u8> {
    let text = json!({
        "actor": header.actor,
        "at_us": header.at.micros,
        "digest": hex::encode(header.digest),
        "id": header.id,
        "seq": header.seq,
        "subjects": header.subjects,
        "verb": header.verb.name(),
    });
    text.to_string().into_bytes()
}

/// The root over hashes of equal height; of a power of two of them, at most 256.
fn together(hashes: &[Hash]) -> Hash {
    let mut hashes = hashes.to_vec();
    while hashes.len() > 1 {
        hashes = hashes.chunks_exact(2).map(|pair| tree::node(&pair[0], &pair[1])).collect();
    }
    hashes[0]
}

/// The roots of the complete subtrees of which a tree is made, the highest first.
#[derive(Default)]
pub struct Peaks(Vec<(u32, Hash)>);

impl Peaks {
    /// Adds a complete subtree of 2^`height` leaves; none after a lower one.
    pub fn push(&mut self, height: u32, hash: Hash) {
        let mut peak = (height, hash);
        while let Some((_, left)) = self.0.pop_if(|(height, _)| *height == peak.0) {
            peak = (peak.0 + 1, tree::node(&left, &peak.1));
        }
        self.0.push(peak);
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        let all = self.0.iter().rev().map(|(_, hash)| *hash);
        all.reduce(|right, left| tree::node(&left, &right)).unwrap_or_else(tree::nothing)
    }
}

/// The root of a tree of which the right edge is known.
fn frontier(levels: &[Vec<Hash>]) -> Hash {
    let mut peaks = Peaks::default();
    for (level, hashes) in levels.iter().enumerate().rev() {
        hashes.iter().for_each(|hash| peaks.push(HEIGHT * number(level), *hash));
    }
    peaks.root()
}

fn number(level: usize) -> u32 {
    u32::try_from(level).expect("eight levels of tiles hold 2^64 leaves")
}

fn text(store: &Store, name: &str) -> Outcome<Option<String>> {
    let bytes = store.log_read(name)?;
    bytes
        .map(|bytes| String::from_utf8(bytes).map_err(|_| broken(format!("{name} of the log is no text"))))
        .transpose()
}

/// `PRIVATE+KEY+name+id+secret`, as `signed-note`'s own programs write it.
fn read_key(text: &str) -> Option<Signer> {
    let mut parts = text.trim().strip_prefix(SECRET)?.splitn(3, '+');
    let (name, _, key) = (parts.next()?, parts.next()?, parts.next()?);
    let key = BASE64.decode(key).ok()?;
    let secret: [u8; 32] = key.get(1..)?.try_into().ok()?;
    Some(Signer::new(name.to_owned(), &secret))
}

fn make_key(store: &Store) -> Outcome<Signer> {
    let (name, secret): ([u8; 8], [u8; 32]) = (rand::random(), rand::random());
    let signer = Signer::new(format!("damask-{}", hex::encode(name)), &secret);
    let verifier = signer.verifier().to_text();
    let id = verifier.split('+').nth(1).expect("name+id+key").to_owned();
    let key = BASE64.encode([&[1][..], &secret].concat());
    store.log_write(KEY, format!("{SECRET}{}+{id}+{key}\n", signer.name()).as_bytes(), true)?;
    store.log_write(VERIFIER, format!("{verifier}\n").as_bytes(), false)?;
    Ok(signer)
}

fn broken(what: impl Into<String>) -> Trouble {
    Trouble::fault("use the notary's log")(what.into())
}

#[cfg(test)]
mod tests {
    use damask_store::Store;

    use super::{Log, Peaks};
    use crate::notary::{
        tile::{WIDTH, holding},
        tree::{self, extends, includes},
    };

    fn entries(from: u64, count: u64) -> Vec<Vec<u8>> {
        (from..from + count).map(|number| format!("entry {number}").into_bytes()).collect()
    }

    /// What the tree over the first entries is, computed without any tile.
    fn expected(size: u64) -> tree::Hash {
        let mut peaks = Peaks::default();
        entries(0, size).iter().for_each(|entry| peaks.push(0, tree::leaf(entry)));
        peaks.root()
    }

    #[test]
    fn a_log_that_grows_in_steps_of_any_width_is_the_tree_over_all_entries_and_proves_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        let mut size = 0;
        let (mut checkpoints, mut readers) = (Vec::new(), Vec::new());
        for step in [1, 2, 252, 1, 1, 255, 256, 700, 1, 3000, 61_000, 600] {
            // As after a restart: nothing is known but what is on the disk.
            let mut log = Log::open(&store).expect("the log");
            assert_eq!(log.size(), size);
            log.append(&entries(size, step)).expect("written");
            size += step;
            let root = log.checkpoint.as_ref().expect("signed").root;
            assert_eq!(root, expected(size), "{size}");
            assert_eq!(tree::root(&log, size).expect("tiles"), root, "{size}");
            checkpoints.push((size, root));
            readers.push(log);
        }
        for older in readers {
            let (size, root) = older.checkpoint.as_ref().map(|last| (last.size, last.root)).expect("signed");
            assert_eq!(tree::root(&older, size).expect("tiles"), root, "{size}, read when the log had grown");
        }
        let log = Log::open(&store).expect("the log");
        let (size, root) = *checkpoints.last().expect("some");
        for index in [0, 1, 255, 256, 65_535, 65_536, size - 1] {
            let path = tree::inclusion(&log, index, size).expect("tiles");
            assert!(includes(&tree::leaf(&entries(index, 1)[0]), index, size, &path, &root), "{index}");
        }
        for (old, old_root) in checkpoints {
            let proof = tree::consistency(&log, old, size).expect("tiles");
            assert!(extends((old, &old_root), (size, &root), &proof), "{old}");
        }
    }

    #[test]
    fn entries_stand_in_bundles_and_partial_files_go_when_the_full_one_is_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        let mut log = Log::open(&store).expect("the log");
        log.append(&entries(0, 3)).expect("written");
        let bundle = store.log_read("tile/entries/000.p/3").expect("readable").expect("there");
        assert_eq!(bundle, b"\x00\x07entry 0\x00\x07entry 1\x00\x07entry 2");
        log.append(&entries(3, 254)).expect("written");
        assert_eq!(store.log_read("tile/entries/000.p/3").expect("readable"), None);
        assert!(
            store
                .log_read("tile/entries/000")
                .expect("readable")
                .is_some_and(|full| full.starts_with(&bundle))
        );
        assert_eq!(log.hashes(holding(Some(0), 0, 257)).expect("there").len() as u64, WIDTH);
        assert!(store.log_read("tile/0/001.p/1").expect("readable").is_some());
        assert!(store.log_read("tile/1/000.p/1").expect("readable").is_some());
    }

    #[test]
    fn nothing_is_signed_over_a_log_that_is_not_what_was_signed() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        Log::open(&store).expect("the log").append(&entries(0, 3)).expect("written");
        store.log_write("tile/0/000.p/3", &[7; 96], false).expect("written");
        let mut log = Log::open(&store).expect("the checkpoint is signed");
        assert!(log.append(&entries(3, 1)).is_err());
        assert_eq!(Log::open(&store).expect("the log").size(), 3);
        let note = store.log_read("checkpoint").expect("readable").expect("there");
        let forged = String::from_utf8(note).expect("text").replacen("\n3\n", "\n4\n", 1);
        store.log_write("checkpoint", forged.as_bytes(), false).expect("written");
        assert!(Log::open(&store).is_err());
    }
}
