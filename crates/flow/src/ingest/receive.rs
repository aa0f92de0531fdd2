//! The one place where bytes become an asset: whatever door they came by.
//!
//! Bytes first ([`durable`]), catalog second ([`take`]), answer last. What the file is, is read from its
//! content before the catalog is written, so that a write is short.

use std::sync::Arc;

use damask_catalog::{
    Conn, Tx, assets, files,
    locations::{self, NewLocation},
    quarantine::{self, Quarantined},
    versions,
};
use damask_metadata::identify::{Identified, identify};
use damask_model::{
    Asset, AssetId, Change, ContentHash, Document, FactId, FolderId, LocationId, NewFact, QuarantineId,
    StateName, Verb, Version, VersionId,
};
use damask_store::{Incoming, Received, StoreKey};
use serde_json::{Value as Json, json};
use tokio::sync::OwnedRwLockReadGuard;

pub use super::source::Source;
use super::{
    arrival::{Arrival, ArrivalOutcome},
    homes,
    intent::{self, Intent, SameName},
    quota,
    rules::{Door, Reason},
    scan,
};
use crate::{
    caller::Caller,
    damask::{Damask, off_thread},
    edit, frees,
    pipeline::Passage,
    see, trash,
    trouble::{Outcome, Trouble},
    urgency::urgency_of,
    versions::promote,
};

/// The place name of where an import read a file.
pub const ORIGIN: &str = "origin";

/// The place name of where a client said that an upload belongs.
pub const UPLOAD: &str = "upload";

/// The place name of Damask's own store; bytes lie there under their hash.
pub const STORE: &str = "store";

/// Durable bytes that nobody may free before they are settled.
pub struct Landed {
    received: Received,
    held: Held,
}

/// Keeps bytes that no file names yet from being freed. The write that names them owns it: it may still wait its
/// turn when whoever brought them is gone.
pub struct Held(#[expect(dead_code, reason = "it holds by being there")] OwnedRwLockReadGuard<()>);

impl Landed {
    /// Bytes that became durable while they were held.
    pub const fn new(received: Received, held: Held) -> Self {
        Self { received, held }
    }
}

/// Holds all bytes that are about to become durable.
pub async fn hold(damask: &Damask) -> Held {
    Held(Arc::clone(damask.landing()).read_owned().await)
}

/// Makes written bytes durable, together with whatever else is being finished at this moment.
pub async fn durable(damask: &Damask, incoming: Incoming) -> Outcome<Landed> {
    let held = hold(damask).await;
    let answer = damask.group().finish(incoming).await;
    let received = answer.map_err(Trouble::fault("finish a file: the store's writer ended"))?;
    Ok(Landed::new(received.map_err(Trouble::from)?, held))
}

/// Puts durable bytes into the catalog: a new asset, a new version of the asset whose place it was read
/// from, one more place of bytes that are here, or quarantine.
pub async fn take(damask: &Damask, caller: &Caller, landed: Landed, source: Source) -> Outcome<Arrival> {
    let Landed { received, held } = landed;
    let identified = look_at(damask, received.hash, source.home.name().to_owned()).await?;
    let reason =
        damask.limits().rules.at(Door::of(&source)).refuses(&identified, source.home.name(), received.bytes);
    let is_asked = reason.is_some() || damask.limits().clamd.is_some();
    if is_asked && !is_here(damask, caller, received.hash).await? {
        let reason = match reason {
            Some(reason) => Some(reason),
            None => scan::stored(damask, received.hash, received.bytes).await?,
        };
        if let Some(reason) = reason {
            return set_apart(damask, caller, (received, held), source, reason).await;
        }
    }
    settle(damask, caller, (received, identified, held), source, None).await
}

/// Puts a file that waited for a person into the catalog, as if nothing had been wrong with it.
pub async fn admit(damask: &Damask, caller: &Caller, waiting: Quarantined) -> Outcome<Arrival> {
    let held = hold(damask).await;
    let hash = waiting.file.ok_or_else(|| Trouble::missing("file in quarantine", waiting.id))?;
    let identified = look_at(damask, hash, waiting.name.clone()).await?;
    let received = Received { hash, bytes: waiting.bytes, already_there: true };
    let (path, name) = (waiting.path.clone(), waiting.name.clone());
    let source = Source::of_kept(&waiting.source, path, name, damask.limits());
    let source = Source { admitted: true, ..source };
    settle(damask, caller, (received, identified, held), source, Some(waiting)).await
}

async fn settle(
    damask: &Damask,
    caller: &Caller,
    (received, identified, held): (Received, Identified, Held),
    source: Source,
    waiting: Option<Quarantined>,
) -> Outcome<Arrival> {
    let urgency = urgency_of(source.lane);
    let folder = homes::ensure(damask, caller, source.home.folders(), urgency).await?;
    let (here, by) = (damask.clone(), caller.clone());
    let newcomer =
        Newcomer { damask: here, caller: by, received, identified, folder, source: source.clone() };
    let written = damask
        .catalog()
        .write(urgency, async move |tx: &mut Tx| {
            let _held = &held;
            let settled = newcomer.settle(tx).await?;
            if let Some(waiting) = &waiting {
                newcomer.let_out(tx, waiting, settled.asset).await?;
            }
            Ok::<_, Trouble>(settled)
        })
        .await;
    if let Err(trouble) = &written
        && quota::is_over(trouble)
    {
        frees::free_unless_named(damask, received.hash).await;
    }
    let written = written?;
    let settled = written.value;
    Ok(Arrival {
        path: source.path,
        outcome: settled.outcome,
        asset: Some(settled.asset),
        reason: settled.reason.map(str::to_owned),
        seq: written.seq,
    })
}

pub(crate) async fn look_at(damask: &Damask, hash: ContentHash, name: String) -> Outcome<Identified> {
    let store = damask.store().clone();
    off_thread(move || {
        let file = store.open_bytes(&StoreKey::Blob(hash))?;
        identify(&file, &name).map_err(Trouble::fault("read a file that was just stored"))
    })
    .await
}

/// Whether these bytes are an asset's already, as far as the caller may know: a person let them in.
async fn is_here(damask: &Damask, caller: &Caller, hash: ContentHash) -> Outcome<bool> {
    let mut conn = damask.catalog().read().await?;
    Ok(holder(damask, &mut conn, caller, hash).await?.is_some())
}

/// Once for a path and its bytes, however often the caller brings them.
async fn set_apart(
    damask: &Damask,
    caller: &Caller,
    (received, held): (Received, Held),
    source: Source,
    reason: Reason,
) -> Outcome<Arrival> {
    let detail = reason.detail.clone();
    let (actor, path, name) = (caller.actor, source.path.clone(), source.home.name().to_owned());
    let kept = source.to_json();
    let written = damask
        .catalog()
        .write(urgency_of(source.lane), async move |tx: &mut Tx| {
            let _held = &held;
            let row = Quarantined {
                id: QuarantineId::fresh(),
                actor,
                name: name.clone(),
                path: path.clone(),
                file: Some(received.hash),
                bytes: received.bytes,
                reason: reason.code.to_owned(),
                detail: reason.detail.clone(),
                source: kept.clone(),
                at: tx.now(),
                last_fact: FactId::fresh(),
            };
            if quarantine::insert(tx, &row).await? {
                let (id, subjects) = (row.last_fact, vec![row.id.0]);
                let change = Change::added(told(&row));
                tx.state(NewFact { id, actor, verb: Verb::FileQuarantined, subjects, change });
            }
            Ok::<_, Trouble>(())
        })
        .await?;
    Ok(Arrival {
        path: source.path,
        outcome: ArrivalOutcome::Quarantined,
        asset: None,
        reason: Some(detail),
        seq: written.seq,
    })
}

/// What a fact says of a file in quarantine.
pub fn told(row: &Quarantined) -> Json {
    let (name, path, bytes) = (&row.name, &row.path, row.bytes);
    json!({ "name": name, "path": path, "bytes": bytes, "hash": row.file, "reason": row.detail })
}

/// The oldest asset with these bytes that the caller may see. Of one they may not see they learn nothing: the
/// file becomes an asset of its own that shares its bytes.
async fn holder(
    damask: &Damask,
    conn: &mut Conn,
    caller: &Caller,
    hash: ContentHash,
) -> Outcome<Option<AssetId>> {
    if caller.sees_all() {
        return Ok(assets::by_primary_hash(conn, hash).await?.map(|(asset, _)| asset));
    }
    let holders = assets::with_primary_hash(conn, hash, SAME_BYTES_MAX).await?;
    let ids: Vec<AssetId> = holders.into_iter().map(|(asset, _)| asset).collect();
    let records = assets::by_ids(conn, &ids).await?;
    let seen = see::only_visible(damask, conn, caller, records).await?;
    Ok(seen.into_iter().map(|record| record.asset.id).min())
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
        let wanted = self.wanted(tx).await?;
        if let Some(asset) = &wanted
            && self.source.intent.leaves_out()
        {
            let reason = Some("left out: its folder has a file of that name");
            return Ok(Settled { outcome: ArrivalOutcome::AlreadyHere, asset: asset.id, reason });
        }
        quota::check_landed(&self.damask, &self.caller, tx, self.received).await?;
        let is_new = !files::insert(tx, &[self.file(tx, fact)]).await?.is_empty();
        if let Some(asset) = wanted {
            return self.as_was_wanted(tx, asset, fact).await;
        }
        if !is_new
            && let Some(asset) = holder(&self.damask, tx.conn(), &self.caller, self.received.hash).await?
        {
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

    /// The asset that is to get the file by the sender's wish. What was trashed or checked out since they began keeps
    /// no bytes out: they become an asset of their own.
    async fn wanted(&self, tx: &mut Tx) -> Outcome<Option<Asset>> {
        let Intent { replaces, same_name } = self.source.intent;
        let asset = match (replaces, same_name) {
            (Some(id), _) => assets::by_id(tx.conn(), id).await?,
            (None, SameName::Version | SameName::Skip) => {
                intent::namesake(&self.damask, tx.conn(), &self.caller, &self.source.home).await?
            }
            (None, SameName::Copy | SameName::Ask) => None,
        };
        Ok(asset.filter(|asset| edit::check_changeable(&self.caller, asset).is_ok()))
    }

    async fn as_was_wanted(&self, tx: &mut Tx, asset: Asset, fact: FactId) -> Outcome<Settled> {
        let current = versions::by_id(tx.conn(), asset.current_version).await?;
        if current.is_some_and(|current| current.version.primary == self.received.hash) {
            return self.one_more_place(tx, asset.id, fact).await;
        }
        self.new_version(tx, asset, fact).await
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

    /// The asset of the same path, when its bytes were others.
    async fn asset_of_place(&self, tx: &mut Tx) -> Outcome<Option<Asset>> {
        let Some((directory, name, _)) = &self.source.origin else { return Ok(None) };
        let known = locations::at(tx.conn(), ORIGIN, directory, name).await?;
        let known = known.filter(|known| known.file != self.received.hash);
        match known.and_then(|known| known.asset) {
            Some(asset) => Ok(assets::by_id(tx.conn(), asset).await?),
            None => Ok(None),
        }
    }

    async fn one_more_place(&self, tx: &mut Tx, asset: AssetId, fact: FactId) -> Outcome<Settled> {
        locations::put(tx, &[self.came_from(tx, fact, asset)]).await?;
        let after = json!({ "path": self.source.path, "hash": self.received.hash });
        self.state(tx, fact, Verb::LocationAdded, asset, after);
        let kept = assets::by_id(tx.conn(), asset).await?.ok_or_else(|| Trouble::missing("asset", asset))?;
        if kept.trashed.is_none() {
            return Ok(Settled { outcome: ArrivalOutcome::AlreadyHere, asset, reason: None });
        }
        // Whoever brings it again wants to have it.
        trash::take_out(tx, &self.caller, &kept).await?;
        Ok(Settled { outcome: ArrivalOutcome::AlreadyHere, asset, reason: Some("it was in the trash") })
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
            trashed: None,
            checkout: None,
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
        let name = promote::name_of(&asset, self.source.home.name());
        let current = (version, self.identified.kind, name.as_str());
        assets::set_current_version(tx, asset.id, current, asset.last_fact, fact).await?;
        let before = json!({ "version": asset.current_version, "name": asset.name });
        let change = Change { before, after: self.passage(version) };
        let (actor, subjects) = (self.caller.actor, vec![asset.id.0]);
        tx.state(NewFact { id: fact, actor, verb: Verb::VersionAdded, subjects, change });
        if asset.trashed.is_some() {
            let asset = assets::by_id(tx.conn(), asset.id)
                .await?
                .ok_or_else(|| Trouble::missing("asset", asset.id))?;
            trash::take_out(tx, &self.caller, &asset).await?;
        }
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
        locations::put(tx, &[self.in_store(tx, fact), self.came_from(tx, fact, asset)]).await?;
        Ok(())
    }

    fn in_store(&self, tx: &Tx, fact: FactId) -> NewLocation {
        self.location(tx, fact, STORE, (String::new(), self.received.hash.to_string()))
    }

    fn came_from(&self, tx: &Tx, fact: FactId, asset: AssetId) -> NewLocation {
        let asset = Some(asset);
        match &self.source.origin {
            Some((directory, name, stamp)) => {
                let place = self.location(tx, fact, ORIGIN, (directory.clone(), name.clone()));
                NewLocation { asset, stamp: Some(*stamp), ..place }
            }
            None => {
                let home = &self.source.home;
                let path = (home.folders().join("/"), home.name().to_owned());
                // What a client says is no place of a file system: two may say the same of different bytes.
                NewLocation { asset, apart: true, ..self.location(tx, fact, UPLOAD, path) }
            }
        }
    }

    fn location(
        &self,
        tx: &Tx,
        fact: FactId,
        place: &str,
        (directory, name): (String, String),
    ) -> NewLocation {
        NewLocation {
            id: LocationId::fresh(),
            file: self.received.hash,
            asset: None,
            apart: false,
            place: place.to_owned(),
            directory,
            name,
            stamp: None,
            verified: tx.now(),
            last_fact: fact,
        }
    }

    /// The file waits no longer: it is this asset's.
    async fn let_out(&self, tx: &mut Tx, waiting: &Quarantined, asset: AssetId) -> Outcome<()> {
        let change = Change { before: told(waiting), after: json!({ "asset": asset }) };
        let fact = tx.fact(self.caller.actor, Verb::FileAdmitted, &[waiting.id.0, asset.0], change);
        if quarantine::remove(tx, waiting.id, fact).await? {
            Ok(())
        } else {
            Err(Trouble::missing("file in quarantine", waiting.id))
        }
    }

    /// What the journey needs to know, and what a reader of the history wants to.
    fn passage(&self, version: VersionId) -> Json {
        let passage = Passage {
            version,
            kind: self.identified.kind,
            lane: self.source.lane,
            previews: self.source.previews,
            admitted: self.source.admitted,
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
