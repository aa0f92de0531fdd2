//! A library made of a backup, in a folder that is not there yet. Every byte is compared while it is written; then the
//! library is opened and has to prove itself: counts, sequence, what the notary signed, the full check. It gets its
//! name when all of that was done, so that a restore that was interrupted leaves no library that seems to be one.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use damask_catalog::{Address, Tx, Urgency, copy, journal};
use damask_model::{ContentHash, Seq};
use damask_store::{Incoming, Piece, Places, Repository, Shelf, Store, StoreError};
use futures::StreamExt as _;
use tokio::sync::mpsc;

use super::{
    Target,
    manifest::{Manifest, original},
    progress::{Meter, Progress},
    shelf,
};
use crate::{
    caller::{Caller, Permission},
    check::{self, How},
    damask::{Damask, off_thread},
    notary::{self, audit},
    opening::Opening,
    running::Running,
    trouble::{Outcome, Trouble},
};

/// Originals made durable together, and their bytes; one may be longer.
const FILES_AT_ONCE: usize = 64;
const BYTES_AT_ONCE: u64 = 64 << 20;
/// Bytes read at a time.
const BUFFER_BYTES: usize = 1 << 20;
/// Most missing pieces that are named.
const MISSING_TOLD_MAX: usize = 20;
/// Longest the index may take.
const INDEX_WAIT: Duration = Duration::from_secs(24 * 3_600);

/// What a restore tells.
#[derive(Debug)]
pub enum RestoreLine {
    /// How far it is.
    Progress(Progress),
    /// Something was done or seen.
    Said {
        /// Whether something is wrong.
        fault: bool,
        /// What.
        detail: String,
    },
}

/// A library that was brought back.
#[derive(Clone, Debug)]
pub struct Restored {
    /// Of which backup.
    pub manifest: Manifest,
    /// Payloads that were erased after it was made, and were erased again.
    pub erased_again: u64,
    /// The last fact of the library.
    pub seq: Seq,
    /// What was found wrong.
    pub faults: u64,
}

/// Brings the library of `opening` back: the last backup, or the one whose id begins with `at`.
///
/// # Errors
/// Where there is a library, or the backup is not whole: then nothing is left.
pub async fn restore(
    opening: Opening,
    target: &Target,
    caller: &Caller,
    at: Option<String>,
    sender: mpsc::Sender<RestoreLine>,
) -> Outcome<Restored> {
    caller.needs(Permission::Administer, "restoring a library")?;
    let folder = opening.folder.clone();
    refuse_what_is_there(&folder)?;
    let repository = target.open().await?;
    let chosen = Arc::clone(&repository);
    let (manifest, newest) = off_thread(move || {
        let manifest = shelf::chosen(&chosen, at.as_deref())?;
        let newest = shelf::chosen(&chosen, None).ok().filter(|newest| newest.library == manifest.library);
        whole(&chosen, &manifest)?;
        Ok::<_, Trouble>((manifest, newest))
    })
    .await?;
    if manifest.schema > copy::SCHEMA {
        let words = format!("backup {} was made by a newer Damask; restore it with that one", manifest.id);
        return Err(Trouble::mistake("newer-backup", words));
    }
    let unfinished = beside(&folder);
    let mut restore =
        Restore { repository, manifest, unfinished, sender, faults: 0, meter: Arc::new(Meter::start()) };
    let opening = restore.moved(opening);
    let filled = restore.fill(&opening).await;
    if let Err(trouble) = filled {
        let _ = fs::remove_dir_all(&restore.unfinished);
        return Err(trouble);
    }
    let (erased_again, seq) = restore.prove(opening, newest.as_ref()).await?;
    let in_place = fs::rename(&restore.unfinished, &folder).and_then(|()| match folder.parent() {
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    });
    in_place.map_err(Trouble::fault("give the library its name"))?;
    Ok(Restored { manifest: restore.manifest, erased_again, seq, faults: restore.faults })
}

struct Restore {
    repository: Arc<Repository>,
    manifest: Manifest,
    /// The folder until all is done.
    unfinished: PathBuf,
    sender: mpsc::Sender<RestoreLine>,
    faults: u64,
    meter: Arc<Meter>,
}

impl Restore {
    async fn say(&mut self, fault: bool, detail: String) {
        self.faults += u64::from(fault);
        // Whoever stopped listening has the library all the same.
        let _ = self.sender.send(RestoreLine::Said { fault, detail }).await;
    }

    /// The same library in the folder it has until all is done.
    fn moved(&self, mut opening: Opening) -> Opening {
        if let Address::Sqlite(path) = &opening.records
            && let Ok(within) = path.strip_prefix(&opening.folder)
        {
            opening.records = Address::Sqlite(self.unfinished.join(within));
        }
        opening.folder = self.unfinished.clone();
        opening
    }

    /// Rows and originals, each compared while it is written.
    async fn fill(&mut self, opening: &Opening) -> Outcome<()> {
        match fs::remove_dir_all(&self.unfinished) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(Trouble::fault("remove what an earlier restore left")(error));
            }
            _ => {}
        }
        fs::create_dir_all(&self.unfinished).map_err(Trouble::fault("make the folder"))?;
        let rows = self.rows(opening).await?;
        self.say(false, format!("{rows} rows of {} tables written", self.manifest.tables.len())).await;
        let (repository, manifest) = (Arc::clone(&self.repository), self.manifest.clone());
        let bytes = self.unfinished.join("store");
        let places = Places { second: None, ..opening.places.clone() };
        let (meter, sender) = (Arc::clone(&self.meter), self.sender.clone());
        let files = off_thread(move || {
            let store = Store::open_in(&bytes, &places).map_err(Trouble::fault("open the store"))?;
            store.log_write(notary::log::KEY, manifest.notary.key.as_bytes(), true)?;
            store.log_write(notary::log::VERIFIER, manifest.notary.verifier.as_bytes(), false)?;
            originals(&repository, &manifest, &store, &meter, &sender)
        })
        .await?;
        self.say(false, format!("{files} originals written and compared with their hashes")).await;
        Ok(())
    }

    async fn rows(&mut self, opening: &Opening) -> Outcome<u64> {
        let now = (opening.clock)();
        let begun = copy::Writing::begin(&opening.records, self.manifest.schema, now).await;
        let mut writing = begun.map_err(|error| match error {
            damask_catalog::CatalogError::Conflict { what } => Trouble::mistake("not-empty", what),
            error => error.into(),
        })?;
        let mut rows = 0;
        for table in self.manifest.tables.clone() {
            for page in &table.pages {
                let (repository, digest) = (Arc::clone(&self.repository), page.digest()?);
                let text = off_thread(move || repository.page(digest)).await?;
                rows += writing.page(&text).await?;
            }
        }
        writing.end().await?;
        Ok(rows)
    }

    /// Opens the library and looks whether it is what the backup says.
    async fn prove(&mut self, opening: Opening, newest: Option<&Manifest>) -> Outcome<(u64, Seq)> {
        let damask = opening.open().await?;
        let proven = self.prove_open(&damask, newest).await;
        damask.close().await;
        proven
    }

    async fn prove_open(&mut self, damask: &Damask, newest: Option<&Manifest>) -> Outcome<(u64, Seq)> {
        self.counts(damask).await?;
        self.signed(damask).await?;
        let erased_again = self.erase_again(damask, newest).await?;
        let running = Running::start(damask, 0);
        let seq = damask.seq();
        let proven = self.checked(damask, seq).await;
        running.stop().await;
        proven?;
        let expected = self.manifest.seq + i64::try_from(erased_again).unwrap_or(i64::MAX);
        let words = format!("the journal ends with fact {seq}, by the backup with fact {expected}");
        self.say(seq.0 != expected, words).await;
        Ok((erased_again, seq))
    }

    async fn counts(&mut self, damask: &Damask) -> Outcome<()> {
        let counts = copy::counts(&mut damask.catalog().read().await?).await?;
        let mut different = 0;
        for (name, count) in counts {
            let expected = self.manifest.tables.iter().find(|table| table.name == name);
            let expected = expected.map_or(0, |table| table.rows);
            if count != expected {
                different += 1;
                self.say(true, format!("{name} has {count} rows, by the backup {expected}")).await;
            }
        }
        if different == 0 {
            self.say(false, "every table has the rows the backup says".to_owned()).await;
        }
        Ok(())
    }

    /// The log is made again of the facts, if they are those that were signed.
    async fn signed(&mut self, damask: &Damask) -> Outcome<()> {
        let log = notary::open(damask).await?;
        let signed = self.manifest.notary.checkpoint.as_deref().map(|note| log.verifier().checkpoint(note));
        match signed {
            None => {}
            Some(None) => {
                self.say(true, "the notary's checkpoint is not signed by its key".to_owned()).await;
            }
            Some(Some(checkpoint)) => {
                let size = checkpoint.size;
                let agrees = audit::root_of(damask, size).await? == Some(checkpoint.root);
                let words =
                    if agrees { "are those that were signed" } else { "are NOT those that were signed" };
                self.say(!agrees, format!("the first {size} facts {words}")).await;
            }
        }
        Ok(())
    }

    /// What was erased after the backup was made does not come back with it.
    async fn erase_again(&mut self, damask: &Damask, newest: Option<&Manifest>) -> Outcome<u64> {
        let Some(newest) = newest else { return Ok(0) };
        let due = newest.erased.iter().filter(|(seq, _)| *seq <= self.manifest.seq);
        let due: Vec<_> = due.filter(|erased| !self.manifest.erased.contains(erased)).cloned().collect();
        let mut count = 0;
        for (seq, id) in due {
            let mut conn = damask.catalog().read().await?;
            let there = journal::headers_after(&mut conn, Seq(seq - 1), 1).await?;
            drop(conn);
            if there.first().is_none_or(|header| header.seq != Seq(seq) || header.id.to_string() != id) {
                continue;
            }
            let actor = Caller::local().actor;
            let erase =
                async move |tx: &mut Tx| Ok::<_, Trouble>(journal::erase_payload(tx, actor, Seq(seq)).await?);
            count += u64::from(damask.catalog().write(Urgency::Bulk, erase).await?.value);
        }
        if count > 0 {
            self.say(false, format!("{count} payloads were erased since, and were erased again")).await;
        }
        Ok(count)
    }

    async fn checked(&mut self, damask: &Damask, seq: Seq) -> Outcome<()> {
        damask.indexed_to(seq, INDEX_WAIT).await?;
        self.say(false, "the index was made again".to_owned()).await;
        while notary::last(&notary::open(damask).await?) < seq {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let mut lines = std::pin::pin!(check::all(damask, &Caller::local(), How::default())?);
        while let Some(line) = lines.next().await {
            if line.area != "glass" {
                self.say(line.fault, format!("check of {}: {}", line.area, line.detail)).await;
            }
        }
        Ok(())
    }
}

fn refuse_what_is_there(folder: &Path) -> Outcome<()> {
    let empty = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    };
    if empty {
        return Ok(());
    }
    let words = format!("{} is not empty; a library is restored into a folder of its own", folder.display());
    Err(Trouble::mistake("not-empty", words).hint("choose another data folder with --data"))
}

/// The folder's name until the restore is done.
fn beside(folder: &Path) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(".restoring");
    folder.with_file_name(name)
}

/// Whether all pieces are there, as long as they must be; else which are not.
fn whole(repository: &Repository, manifest: &Manifest) -> Outcome<()> {
    let (mut missing, mut pieces) = (Vec::new(), 0_u64);
    let mut shelves = std::collections::HashMap::new();
    for page in manifest.pages() {
        let digest = page.digest()?;
        let first = digest.0[0];
        if let std::collections::hash_map::Entry::Vacant(place) = shelves.entry(first) {
            place.insert(repository.shelved(Shelf::Pages, first)?);
        }
        pieces += 1;
        if !repository.is_shelved(&shelves[&first], &Piece::Page(digest), None) {
            missing.push(Piece::Page(digest));
        }
    }
    let mut shelf = None;
    for page in &manifest.originals.pages {
        let digest = page.digest()?;
        if missing.contains(&Piece::Page(digest)) {
            continue;
        }
        for (hash, bytes) in original::of_page(&repository.page(digest)?)? {
            let first = hash.0[0];
            if shelf.as_ref().is_none_or(|(known, _)| *known != first) {
                shelf = Some((first, repository.shelved(Shelf::Originals, first)?));
            }
            let (_, shelved) = shelf.as_ref().expect("it was just looked at");
            pieces += 1;
            if !repository.is_shelved(shelved, &Piece::Original(hash), Some(bytes)) {
                missing.push(Piece::Original(hash));
            }
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let named: Vec<String> = missing.iter().take(MISSING_TOLD_MAX).map(Piece::to_string).collect();
    let words = format!(
        "backup {} is not whole: of {pieces} pieces {} are missing or short: {}",
        manifest.id,
        missing.len(),
        named.join(", ")
    );
    Err(Trouble::mistake("backup-broken", words).hint("restore another one with --at"))
}

fn originals(
    repository: &Repository,
    manifest: &Manifest,
    store: &Store,
    meter: &Meter,
    sender: &mpsc::Sender<RestoreLine>,
) -> Outcome<u64> {
    meter.expect(manifest.original_bytes);
    let mut buffer = vec![0; BUFFER_BYTES];
    let (mut files, mut waiting, mut waiting_bytes) = (0, Vec::new(), 0);
    for page in &manifest.originals.pages {
        for (hash, bytes) in original::of_page(&repository.page(page.digest()?)?)? {
            waiting.push((hash, bytes, one(repository, store, (hash, bytes), &mut buffer)?));
            waiting_bytes += bytes;
            files += 1;
            if waiting.len() >= FILES_AT_ONCE || waiting_bytes >= BYTES_AT_ONCE {
                finish(store, std::mem::take(&mut waiting), meter)?;
                waiting_bytes = 0;
                let _ = sender.try_send(RestoreLine::Progress(meter.read()));
            }
        }
    }
    finish(store, waiting, meter)?;
    Ok(files)
}

fn one(
    repository: &Repository,
    store: &Store,
    (hash, bytes): (ContentHash, u64),
    buffer: &mut [u8],
) -> Outcome<Incoming> {
    let mut source = repository.original(hash)?;
    let mut incoming = store.incoming(bytes)?;
    loop {
        let count =
            source.read(buffer).map_err(|error| repository.damaged(&Piece::Original(hash), &error))?;
        if count == 0 {
            return Ok(incoming);
        }
        match incoming.write(&buffer[..count]) {
            Err(StoreError::TooLarge { .. }) => {
                return Err(repository.damaged(&Piece::Original(hash), &"it is too long").into());
            }
            other => other?,
        }
    }
}

fn finish(store: &Store, waiting: Vec<(ContentHash, u64, Incoming)>, meter: &Meter) -> Outcome<()> {
    let (names, files): (Vec<_>, Vec<_>) =
        waiting.into_iter().map(|(hash, bytes, incoming)| ((hash, bytes), incoming)).unzip();
    for ((hash, bytes), received) in names.into_iter().zip(store.finish_many(files)) {
        if received?.hash != hash {
            return Err(Trouble::fault("write an original")(format!("{hash} has other bytes on its way")));
        }
        meter.moved(bytes);
        meter.done(1, bytes);
    }
    Ok(())
}
