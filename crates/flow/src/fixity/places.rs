//! The places of the originals, for whoever runs the library: how each stands, what is wrong in it, verifying it now,
//! mending, and making the second the first.

use std::sync::Arc;

use damask_catalog::{
    Tx, Urgency, assets, cursors, files, fixity, journal,
    places::{self as rows},
    versions,
};
pub use damask_catalog::{fixity::Seen, places::Place};
use damask_model::{AssetId, ContentHash};
use damask_store::{Rank, SealKey};
use damask_time::Instant;
use tokio_util::sync::CancellationToken;

use super::{copies, examine, throttle::Throttle};
use crate::{
    caller::{Caller, Permission},
    damask::{Damask, off_thread},
    status::EngineView,
    trouble::{Outcome, Trouble},
};

/// For how long a process looks after a place without saying so again.
const KEPT_S: i64 = 60;
/// Faults that are counted one by one.
const FAULTS_COUNTED: u32 = 10_000;
/// Versions of an asset whose files are told of.
const VERSIONS_MAX: u32 = 100;

/// How a place stands.
#[derive(Clone, Debug)]
pub struct PlaceView {
    /// Which of the two.
    pub rank: Rank,
    /// What was seen of it.
    pub place: Place,
    /// Where it is, and what it was found to do; nothing where it was not reached yet.
    pub found: Option<String>,
    /// Whether what lies there is encrypted; nothing where it was not reached yet.
    pub encrypted: Option<bool>,
    /// Files of it in which something is wrong; up to ten thousand are counted.
    pub faults: u64,
    /// Facts whose files were not copied there yet.
    pub behind: u64,
    /// Since when and why it cannot be looked after.
    pub trouble: Option<(Instant, String)>,
}

/// Something wrong with a file in a place.
#[derive(Clone, Debug)]
pub struct Fault {
    /// What was seen.
    pub seen: Seen,
    /// The assets that have it, the first few.
    pub assets: Vec<AssetId>,
}

/// What was seen of a file of an asset in a place.
#[derive(Clone, Debug)]
pub struct SeenAt {
    /// The name of the place.
    pub place: String,
    /// What was seen.
    pub seen: Seen,
}

/// The row of a place, which is made where it is not there.
pub(super) async fn ensure(damask: &Damask, rank: Rank) -> Outcome<Place> {
    let name = damask.store().place_name(rank).ok_or(damask_store::StoreError::NoSecond)?;
    let known = {
        let mut conn = damask.catalog().read().await?;
        rows::by_name(&mut conn, &name).await?
    };
    if let Some(place) = known {
        return Ok(place);
    }
    let make = async move |tx: &mut Tx| Ok::<_, Trouble>(rows::ensure(tx, &name, rank == Rank::First).await?);
    Ok(damask.catalog().write(Urgency::Bulk, make).await?.value)
}

/// Says that this process looks after a place; answers whether it may.
pub(super) async fn keep(damask: &Damask, id: i64) -> Outcome<bool> {
    // Said a moment ago, it need not be said again.
    let now = damask.now();
    if damask.fixity().keeps(id).is_some_and(|until| now.plus_seconds(KEPT_S / 2) < until) {
        return Ok(true);
    }
    let keeper = Arc::clone(&damask.fixity().keeper);
    let write = async move |tx: &mut Tx| {
        let until = tx.now().plus_seconds(KEPT_S);
        Ok::<_, Trouble>(rows::keep(tx, id, &keeper, until).await?.then_some(until))
    };
    let kept = damask.catalog().write(Urgency::Bulk, write).await?.value;
    damask.fixity().note_kept(id, kept);
    Ok(kept.is_some())
}

/// Leaves a place to the next process.
pub(super) async fn leave(damask: &Damask, rank: Rank) -> Outcome<()> {
    let place = ensure(damask, rank).await?;
    damask.fixity().note_kept(place.id, None);
    let keeper = Arc::clone(&damask.fixity().keeper);
    let write = async move |tx: &mut Tx| Ok::<_, Trouble>(rows::leave(tx, place.id, &keeper).await?);
    damask.catalog().write(Urgency::Bulk, write).await?;
    Ok(())
}

/// An error where a place does not answer.
pub(crate) async fn reach(damask: &Damask, rank: Rank) -> Outcome<()> {
    let store = damask.store().clone();
    Ok(off_thread(move || store.reach(rank)).await?)
}

/// Whether a place has everything that facts have told of so far.
pub(crate) async fn is_whole(damask: &Damask, rank: Rank) -> Outcome<bool> {
    if rank == Rank::First {
        return Ok(true);
    }
    let place = ensure(damask, rank).await?;
    let seq = copies::seq(damask, place.id).await?;
    Ok(place.filled.is_some() && seq.is_some_and(|seq| seq >= damask.seq()))
}

fn administers(caller: &Caller, act: &'static str) -> Outcome<()> {
    caller.needs(Permission::Administer, act)?;
    if caller.sees_all() {
        Ok(())
    } else {
        Err(Trouble::Refused { act, permission: "see the whole library" })
    }
}

/// The places, the first first.
pub async fn all(damask: &Damask, caller: &Caller) -> Outcome<Vec<PlaceView>> {
    administers(caller, "looking after the places of originals")?;
    let mut views = vec![view(damask, Rank::First).await?];
    if damask.store().has_second() {
        views.push(view(damask, Rank::Second).await?);
    }
    Ok(views)
}

async fn view(damask: &Damask, rank: Rank) -> Outcome<PlaceView> {
    let place = ensure(damask, rank).await?;
    let capabilities = damask.store().capabilities_of(rank);
    let encrypted = capabilities.as_ref().map(|found| found.encrypted);
    let found = capabilities.map(|found| found.to_string());
    let behind = match rank {
        Rank::First => 0,
        Rank::Second => {
            let seq = copies::seq(damask, place.id).await?.unwrap_or_default();
            u64::try_from(damask.seq().0 - seq.0).unwrap_or(0)
        }
    };
    let mut conn = damask.catalog().read().await?;
    let faults = fixity::count_faults(&mut conn, place.id, FAULTS_COUNTED).await?;
    Ok(PlaceView { rank, place, found, encrypted, faults, behind, trouble: damask.fixity().trouble(rank) })
}

/// Has another key of the person's open the places that are encrypted, and the one before no longer; answers how many
/// places that are. Bytes stay as they are.
pub async fn rekey(damask: &Damask, caller: &Caller, key: SealKey) -> Outcome<usize> {
    administers(caller, "changing the key of originals")?;
    let store = damask.store().clone();
    off_thread(move || store.rewrap(&key)).await.map_err(Trouble::fault("change the key"))
}

/// Begins a pass over a place, or goes on with the one that was begun.
pub async fn scrub(damask: &Damask, caller: &Caller, rank: Rank) -> Outcome<PlaceView> {
    administers(caller, "verifying originals")?;
    let place = ensure(damask, rank).await?;
    let begin = async move |tx: &mut Tx| Ok::<_, Trouble>(rows::begin(tx, place.id).await?);
    damask.catalog().write(Urgency::Interactive, begin).await?;
    damask.fixity().begun[rank as usize].notify_one();
    view(damask, rank).await
}

/// Files of a place in which something is wrong, after the hash `after`, up to `limit`.
pub async fn faults(
    damask: &Damask,
    caller: &Caller,
    rank: Rank,
    after: Option<ContentHash>,
    limit: u32,
) -> Outcome<Vec<Fault>> {
    administers(caller, "looking at damaged originals")?;
    let place = ensure(damask, rank).await?;
    let mut conn = damask.catalog().read().await?;
    let mut faults = Vec::new();
    for seen in fixity::faults(&mut conn, place.id, after, limit).await? {
        let assets = versions::assets_with(&mut conn, seen.file, 3).await?;
        faults.push(Fault { seen, assets });
    }
    Ok(faults)
}

/// Looks at a file in a place again, and mends it if it can be: after a disk was changed or the other place came back.
pub async fn mend(damask: &Damask, caller: &Caller, rank: Rank, file: ContentHash) -> Outcome<Seen> {
    administers(caller, "mending originals")?;
    let place = ensure(damask, rank).await?.id;
    let bytes = {
        let mut conn = damask.catalog().read().await?;
        files::kept_among(&mut conn, &[file]).await?.first().map(|(_, bytes)| *bytes)
    };
    let bytes = bytes.ok_or_else(|| Trouble::missing("file", file))?;
    let throttle = Arc::new(Throttle::new(None, CancellationToken::new()));
    let found = examine::file(damask, rank, (file, bytes), &throttle).await?;
    let (outcome, detail) = found.ok_or_else(|| Trouble::missing("file", file))?;
    let seen = Seen { file, place, outcome, detail, checked: damask.now() };
    let kept = seen.clone();
    let write =
        async move |tx: &mut Tx| Ok::<_, Trouble>(fixity::put(tx, std::slice::from_ref(&kept)).await?);
    damask.catalog().write(Urgency::Interactive, write).await?;
    Ok(seen)
}

/// What was seen of the files of an asset, wherever they are kept.
pub async fn of_asset(damask: &Damask, caller: &Caller, asset: AssetId) -> Outcome<Vec<SeenAt>> {
    administers(caller, "looking at where originals are kept")?;
    let mut conn = damask.catalog().read().await?;
    if assets::by_id(&mut conn, asset).await?.is_none() {
        return Err(Trouble::missing("asset", asset));
    }
    let mut all = Vec::new();
    for record in versions::of_asset(&mut conn, asset, VERSIONS_MAX).await? {
        for seen in fixity::of_file(&mut conn, record.version.primary).await? {
            let place = rows::name_of(&mut conn, seen.place).await?.unwrap_or_default();
            all.push(SeenAt { place, seen });
        }
    }
    Ok(all)
}

/// Makes the second place the first, while everything goes on: what comes in from now on goes there, and is copied to
/// the other. Only where the second has everything.
pub async fn swap(damask: &Damask, caller: &Caller) -> Outcome<Vec<PlaceView>> {
    administers(caller, "swapping the places of originals")?;
    let (first, second) = (ensure(damask, Rank::First).await?, ensure(damask, Rank::Second).await?);
    if second.filled.is_none() {
        return Err(Trouble::mistake("place-not-filled", "the second place does not have everything yet")
            .hint("wait until its first pass has ended"));
    }
    // Nothing is on its way from here on.
    let _alone = damask.landing().write().await;
    let landed = damask.seq();
    while copies::step(damask).await? {}
    let (faults, seq) = {
        let mut conn = damask.catalog().read().await?;
        let faults = fixity::count_faults(&mut conn, second.id, FAULTS_COUNTED).await?;
        (faults, cursors::get(&mut conn, &copies::reader(second.id)).await?)
    };
    if faults > 0 || seq.is_none_or(|seq| seq < landed) {
        return Err(Trouble::mistake("place-not-filled", "the second place does not have everything")
            .hint("mend what is wrong in it, and try again"));
    }
    let reader = copies::reader(first.id);
    let write = async move |tx: &mut Tx| {
        let head = journal::head(tx.conn()).await?;
        cursors::set(tx, &reader, head).await?;
        Ok::<_, Trouble>(())
    };
    damask.catalog().write(Urgency::Interactive, write).await?;
    let store = damask.store().clone();
    off_thread(move || store.swap_places()).await?;
    tracing::info!(first = %second.name, second = %first.name, "the places of originals were swapped");
    all(damask, caller).await
}

/// How the places stand, beside the engines.
pub async fn engines(damask: &Damask) -> Vec<EngineView> {
    let mut engines = Vec::new();
    for (rank, name) in [(Rank::First, "originals"), (Rank::Second, "second place")] {
        if rank == Rank::Second && !damask.store().has_second() {
            continue;
        }
        engines.push(match view(damask, rank).await {
            Ok(view) => EngineView { name: name.into(), ok: view.is_well(), detail: view.to_string() },
            Err(trouble) => EngineView { name: name.into(), ok: false, detail: trouble.chain() },
        });
    }
    engines
}

impl PlaceView {
    fn is_well(&self) -> bool {
        self.faults == 0 && self.trouble.is_none()
    }
}

impl std::fmt::Display for PlaceView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { place, faults, behind, trouble, .. } = self;
        f.write_str(&place.name)?;
        match (&place.pass, &place.ended) {
            (Some(pass), _) if place.filled.is_none() => {
                write!(f, "; being filled: {} files so far", pass.files)?
            }
            (Some(pass), _) => write!(f, "; being verified: {} files so far", pass.files)?,
            (None, Some(ended)) => write!(f, "; all {} files verified by {}", ended.files, ended.at)?,
            (None, None) => f.write_str("; not gone through yet")?,
        }
        if *faults > 0 {
            write!(f, "; {faults} files are DAMAGED")?;
        }
        if *behind > 0 {
            write!(f, "; {behind} facts behind")?;
        }
        if let Some((since, why)) = trouble {
            write!(f, "; since {since}: {why}")?;
        }
        Ok(())
    }
}
