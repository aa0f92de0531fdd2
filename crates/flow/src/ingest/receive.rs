//! The one place where bytes become an asset: whatever door they came by.
//!
//! Bytes first ([`durable`]), catalog second ([`take`]), answer last. What the file is, is read from its
//! content before the catalog is written, so that a write is short.

use damask_catalog::{Tx, assets, files, locations, quarantine, versions};
use damask_metadata::identify::{Identified, identify};
use damask_model::{
    Asset, AssetId, Change, ContentHash, Document, FactId, FolderId, LocationId, NewFact, QuarantineId,
    Stamp, StateName, Verb, Version, VersionId, job::Lane,
};
use damask_store::{Incoming, Received, StoreKey};
use serde_json::{Value as Json, json};

use super::{
    arrival::{Arrival, ArrivalOutcome},
    homes,
    path::HomePath,
};
use crate::{
    caller::Caller,
    damask::{Damask, off_thread},
    pipeline::Passage,
    see,
    trouble::{Outcome, Trouble},
    urgency::urgency_of,
};

/// The place name of where an import read a file.
pub const ORIGIN: &str = "origin";

/// The place name of where a client said that an upload belongs.
pub const UPLOAD: &str = "upload";

/// The place name of Damask's own store; bytes lie there under their hash.
pub const STORE: &str = "store";

/// What is known of bytes by the door they came by.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path, as it is told back.
    pub path: String,
    /// Where it goes in the home tree, and its name.
    pub home: HomePath,
    /// Directory, name and stamp where an import read it.
    pub origin: Option<(String, String, Stamp)>,
    /// Who waits for it.
    pub lane: Lane,
    /// Whether previews are made now.
    pub previews: bool,
}

/// Makes written bytes durable, together with whatever else is being finished at this moment.
pub async fn durable(damask: &Damask, incoming: Incoming) -> Outcome<Received> {
    let answer = damask.group().finish(incoming).await;
    answer.map_err(Trouble::fault("finish a file: the store's writer ended"))?.map_err(Trouble::from)
}

/// Puts durable bytes into the catalog: a new asset, a new version of the asset whose place it was read
/// from, one more place of bytes that are here, or quarantine.
pub async fn take(damask: &Damask, caller: &Caller, received: Received, source: Source) -> Outcome<Arrival> {
    let identified = look_at(damask, received.hash, source.home.name().to_owned()).await?;
    let urgency = urgency_of(source.lane);
    if let Some(reason) = refused_type(&identified) {
        return set_apart(damask, caller, received, source, reason).await;
    }
    let folder = homes::ensure(damask, caller, source.home.folders(), urgency).await?;
    let (here, by) = (damask.clone(), caller.clone());
    let newcomer =
        Newcomer { damask: here, caller: by, received, identified, folder, source: source.clone() };
    let written = damask.catalog().write(urgency, async move |tx: &mut Tx| newcomer.settle(tx).await).await?;
    let settled = written.value;
    Ok(Arrival {
        path: source.path,
        outcome: settled.outcome,
        asset: Some(settled.asset),
        reason: settled.reason.map(str::to_owned),
        seq: written.seq,
    })
}

async fn look_at(damask: &Damask, hash: ContentHash, name: String) -> Outcome<Identified> {
    let store = damask.store().clone();
    off_thread(move || {
        let file = store.open_file(&StoreKey::Blob(hash))?;
        identify(&file, &name).map_err(Trouble::fault("read a file that was just stored"))
    })
    .await
}

/// Programs are no media, and a library that hands them out is a way to spread them.
fn refused_type(identified: &Identified) -> Option<&'static str> {
    const PROGRAMS: [&str; 4] = [
        "application/vnd.microsoft.portable-executable",
        "application/x-executable",
        "application/x-mach-binary",
        "application/x-msdownload",
    ];
    PROGRAMS.contains(&identified.media_type).then_some("it is a program, not media")
}

async fn set_apart(
    damask: &Damask,
    caller: &Caller,
    received: Received,
    source: Source,
    reason: &'static str,
) -> Outcome<Arrival> {
    let (actor, path, name) = (caller.actor, source.path.clone(), source.home.name().to_owned());
    let written = damask
        .catalog()
        .write(urgency_of(source.lane), async move |tx: &mut Tx| {
            let id = QuarantineId::fresh();
            let after = json!({ "name": name, "path": path, "bytes": received.bytes, "reason": reason });
            let fact = tx.fact(actor, Verb::FileQuarantined, &[id.0], Change::added(after));
            let row = quarantine::Quarantined {
                id,
                name: name.clone(),
                path: path.clone(),
                file: Some(received.hash),
                bytes: received.bytes,
                reason: "type-refused".to_owned(),
                detail: reason.to_owned(),
                at: tx.now(),
                last_fact: fact,
            };
            quarantine::insert(tx, &row).await?;
            Ok::<_, Trouble>(())
        })
        .await?;
    Ok(Arrival {
        path: source.path,
        outcome: ArrivalOutcome::Quarantined,
        asset: None,
        reason: Some(reason.to_owned()),
        seq: written.seq,
    })
}

/// Versions with the same bytes that are looked at.
const SAME_BYTES_MAX: u32 = 100;

/// Everything a write needs to settle one file; the write may be run more than once.
struct Newcomer {
    damask: Damask,
    caller: Caller,
    received: Received,
    identified: Identified,
    folder: Option<FolderId>,
    source: Source,
}

struct Settled {
    outcome: ArrivalOutcome,
    asset: AssetId,
    reason: Option<&'static str>,
}

impl Newcomer {
    async fn settle(&self, tx: &mut Tx) -> Outcome<Settled> {
        let fact = FactId::fresh();
        let is_new = !files::insert(tx, &[self.file(tx, fact)]).await?.is_empty();
        if !is_new && let Some(asset) = self.asset_of_bytes(tx).await? {
            return match self.asset_of_place(tx).await? {
                // The file went back to the bytes of an earlier version.
                Some(known) if known.id == asset => self.new_version(tx, known, fact).await,
                _ => self.one_more_place(tx, asset, fact).await,
            };
        }
        match self.asset_of_place(tx).await? {
            Some(asset) => self.new_version(tx, asset, fact).await,
            None => self.new_asset(tx, fact).await,
        }
    }

    fn file(&self, tx: &Tx, fact: FactId) -> files::File {
        files::File {
            hash: self.received.hash,
            bytes: self.received.bytes,
            media_type: self.identified.media_type.to_owned(),
            essence_hash: None,
            created: tx.now(),
            last_fact: fact,
        }
    }

    /// The oldest asset with these bytes that the caller may see. Of one they may not see they learn nothing: the
    /// file becomes an asset of its own that shares its bytes.
    async fn asset_of_bytes(&self, tx: &mut Tx) -> Outcome<Option<AssetId>> {
        if self.caller.sees_all() {
            let found = assets::by_primary_hash(tx.conn(), self.received.hash).await?;
            return Ok(found.map(|(asset, _)| asset));
        }
        let holders = assets::with_primary_hash(tx.conn(), self.received.hash, SAME_BYTES_MAX).await?;
        let ids: Vec<AssetId> = holders.into_iter().map(|(asset, _)| asset).collect();
        let records = assets::by_ids(tx.conn(), &ids).await?;
        let seen = see::only_visible(&self.damask, tx.conn(), &self.caller, records).await?;
        Ok(seen.into_iter().map(|record| record.asset.id).min())
    }

    /// The asset whose bytes were read from the same path before, when these are others.
    async fn asset_of_place(&self, tx: &mut Tx) -> Outcome<Option<Asset>> {
        let Some((directory, name, _)) = &self.source.origin else { return Ok(None) };
        let Some(known) = locations::at(tx.conn(), ORIGIN, directory, name).await? else { return Ok(None) };
        if known.file == self.received.hash {
            return Ok(None);
        }
        match assets::by_primary_hash(tx.conn(), known.file).await? {
            Some((asset, _)) => Ok(assets::by_id(tx.conn(), asset).await?),
            None => Ok(None),
        }
    }

    async fn one_more_place(&self, tx: &mut Tx, asset: AssetId, fact: FactId) -> Outcome<Settled> {
        locations::put(tx, &[self.came_from(tx, fact)]).await?;
        let after = json!({ "path": self.source.path, "hash": self.received.hash });
        self.state(tx, fact, Verb::LocationAdded, asset, after);
        Ok(Settled { outcome: ArrivalOutcome::AlreadyHere, asset, reason: None })
    }

    async fn new_asset(&self, tx: &mut Tx, fact: FactId) -> Outcome<Settled> {
        let now = tx.now();
        let (id, version) = (AssetId::fresh(), VersionId::fresh());
        let asset = Asset {
            id,
            kind: self.identified.kind,
            name: self.source.home.name().to_owned(),
            state: StateName::incoming(),
            folder: self.folder,
            current_version: version,
            document: Document::default(),
            created: now,
            changed: now,
            last_fact: fact,
        };
        assets::insert(tx, &[asset]).await?;
        self.add_version(tx, id, version, 1, fact).await?;
        self.state(tx, fact, Verb::AssetIngested, id, self.passage(version));
        Ok(Settled { outcome: ArrivalOutcome::Imported, asset: id, reason: None })
    }

    async fn new_version(&self, tx: &mut Tx, asset: Asset, fact: FactId) -> Outcome<Settled> {
        let version = VersionId::fresh();
        let number = versions::last_number(tx.conn(), asset.id).await?.unwrap_or(0) + 1;
        self.add_version(tx, asset.id, version, number, fact).await?;
        assets::set_current_version(tx, asset.id, version, asset.last_fact, fact).await?;
        self.state(tx, fact, Verb::VersionAdded, asset.id, self.passage(version));
        Ok(Settled { outcome: ArrivalOutcome::Imported, asset: asset.id, reason: Some("new version") })
    }

    async fn add_version(
        &self,
        tx: &mut Tx,
        asset: AssetId,
        id: VersionId,
        number: u32,
        fact: FactId,
    ) -> Outcome<()> {
        let primary = self.received.hash;
        let version = Version { id, asset, number, primary, created: tx.now(), last_fact: fact };
        versions::insert(tx, &[(version, self.source.home.name().to_owned())]).await?;
        locations::put(tx, &[self.in_store(tx, fact), self.came_from(tx, fact)]).await?;
        Ok(())
    }

    fn in_store(&self, tx: &Tx, fact: FactId) -> locations::NewLocation {
        self.location(tx, fact, STORE, (String::new(), self.received.hash.to_string()), None)
    }

    fn came_from(&self, tx: &Tx, fact: FactId) -> locations::NewLocation {
        match &self.source.origin {
            Some((directory, name, stamp)) => {
                self.location(tx, fact, ORIGIN, (directory.clone(), name.clone()), Some(*stamp))
            }
            None => {
                let home = &self.source.home;
                self.location(tx, fact, UPLOAD, (home.folders().join("/"), home.name().to_owned()), None)
            }
        }
    }

    fn location(
        &self,
        tx: &Tx,
        fact: FactId,
        place: &str,
        (directory, name): (String, String),
        stamp: Option<Stamp>,
    ) -> locations::NewLocation {
        locations::NewLocation {
            id: LocationId::fresh(),
            file: self.received.hash,
            place: place.to_owned(),
            directory,
            name,
            stamp,
            verified: tx.now(),
            last_fact: fact,
        }
    }

    /// What the journey needs to know, and what a reader of the history wants to.
    fn passage(&self, version: VersionId) -> Json {
        let passage = Passage {
            version,
            kind: self.identified.kind,
            lane: self.source.lane,
            previews: self.source.previews,
        };
        let mut after = passage.to_json();
        after["name"] = json!(self.source.home.name());
        after["path"] = json!(self.source.path);
        after["hash"] = json!(self.received.hash);
        after["bytes"] = json!(self.received.bytes);
        after
    }

    fn state(&self, tx: &mut Tx, id: FactId, verb: Verb, asset: AssetId, after: Json) {
        let change = Change::added(after);
        tx.state(NewFact { id, actor: self.caller.actor, verb, subjects: vec![asset.0], change });
    }
}
