//! Proofs for others: that a fact is in the signed log, and that an older checkpoint is the beginning of a newer one.
//! Whoever has the notary's public key checks them without Damask (RFC 6962, 2.1.1 and 2.1.2).

use damask_catalog::{Conn, assets, journal};
use damask_model::{AssetId, FactHeader, Seq};

use super::{
    log::{Log, entry},
    tree::{self, Hash},
};
use crate::{
    caller::{Caller, Permission},
    damask::{Damask, off_thread},
    see,
    trouble::{Outcome, Trouble},
};

/// Tries to read the log while the notary writes on: what it tidies away between two reads is there in another form.
const TRIES: usize = 5;

/// Longest path of a tile, in bytes.
const PATH_BYTES_MAX: usize = 80;

/// A checkpoint as it was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The note (C2SP `signed-note`, `tlog-checkpoint`).
    pub note: String,
    /// With what its signature is checked: `name+id+key`.
    pub verifier: String,
    /// How many facts it speaks of.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// A fact is in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inclusion {
    /// The fact's header as the log holds it: the leaf is the hash of these bytes.
    pub entry: String,
    /// The leaf's place, from 0.
    pub index: u64,
    /// The hashes from the leaf up.
    pub path: Vec<Hash>,
    /// The checkpoint whose root the path leads to.
    pub signed: Signed,
}

/// An older log is the beginning of a newer one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consistency {
    /// How many facts the older one has.
    pub old: u64,
    /// Its root.
    pub old_root: Hash,
    /// What makes the newer root of the older one.
    pub path: Vec<Hash>,
    /// The newer one.
    pub signed: Signed,
}

/// What was signed last.
pub async fn checkpoint(damask: &Damask, _caller: &Caller) -> Outcome<Signed> {
    read(damask, |_, signed| Ok(signed)).await
}

/// That the fact `seq` is in the log. For callers to whom what it bears on exists.
pub async fn inclusion(damask: &Damask, caller: &Caller, seq: Seq) -> Outcome<Inclusion> {
    let header = {
        let mut conn = damask.catalog().read().await?;
        let found = journal::headers_after(&mut conn, Seq(seq.0.saturating_sub(1)), 1).await?.pop();
        let header = found.filter(|header| header.seq == seq).ok_or_else(|| Trouble::missing("fact", seq))?;
        check_visible(damask, &mut conn, caller, &header).await?;
        header
    };
    let index = seq.0.cast_unsigned().saturating_sub(1);
    read(damask, move |log, signed| {
        if index >= signed.size {
            let what = format!("the proof of fact {seq}");
            return Err(Trouble::NotYet { what, retry_after_s: 2 });
        }
        let path = tree::inclusion(log, index, signed.size)?;
        let entry = String::from_utf8(entry(&header)).map_err(Trouble::fault("write a fact's header"))?;
        if !tree::includes(&tree::leaf(entry.as_bytes()), index, signed.size, &path, &signed.root) {
            return Err(Trouble::fault("prove a fact")(format!("fact {seq} is not as it was signed")));
        }
        Ok(Inclusion { entry, index, path, signed })
    })
    .await
}

/// That the log of `old` facts is the beginning of the one that was signed last.
pub async fn consistency(damask: &Damask, _caller: &Caller, old: u64) -> Outcome<Consistency> {
    read(damask, move |log, signed| {
        if old == 0 || old > signed.size {
            let detail = format!("the signed log has {} facts, not {old}", signed.size);
            return Err(Trouble::mistake("bad-value", detail).hint("a size from 1 to the signed one"));
        }
        let (old_root, path) = (tree::root(log, old)?, tree::consistency(log, old, signed.size)?);
        Ok(Consistency { old, old_root, path, signed })
    })
    .await
}

async fn read<T: Send + 'static>(
    damask: &Damask,
    look: impl Fn(&Log, Signed) -> Outcome<T> + Send + 'static,
) -> Outcome<T> {
    let store = damask.store().clone();
    off_thread(move || {
        let mut tries = 0..TRIES;
        loop {
            let looked = Log::there(&store).and_then(|log| {
                let log = log.filter(|log| log.size() > 0);
                let nothing =
                    || Trouble::NotYet { what: "the first checkpoint".to_owned(), retry_after_s: 2 };
                let log = log.ok_or_else(nothing)?;
                let signed = log.signed();
                look(&log, signed)
            });
            match looked {
                Err(Trouble::Fault { .. }) if tries.next().is_some() => {}
                other => return other,
            }
        }
    })
    .await
}

/// A fact of an asset is for those to whom the asset exists, any other for administrators.
async fn check_visible(
    damask: &Damask,
    conn: &mut Conn,
    caller: &Caller,
    header: &FactHeader,
) -> Outcome<()> {
    if caller.sees_all() && caller.needs(Permission::Administer, "proving a fact").is_ok() {
        return Ok(());
    }
    let ids: Vec<AssetId> = header.subjects.iter().copied().map(AssetId).collect();
    let records = assets::by_ids(conn, &ids).await?;
    let seen = see::only_visible(damask, conn, caller, records).await?;
    if seen.is_empty() { Err(Trouble::missing("fact", header.seq)) } else { Ok(()) }
}

/// A tile of hashes or a bundle of entries, by its path below `tile/`. For administrators: entries name everything that
/// ever was.
pub async fn tile(damask: &Damask, caller: &Caller, path: &str) -> Outcome<Vec<u8>> {
    caller.needs(Permission::Administer, "reading the log of the notary")?;
    let lawful = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
    };
    if path.len() > PATH_BYTES_MAX || !path.split('/').all(|part| lawful(part) && !part.contains("..")) {
        return Err(Trouble::missing("tile", path));
    }
    let (store, name) = (damask.store().clone(), format!("tile/{path}"));
    let read = off_thread(move || store.log_read(&name)).await;
    read.ok().flatten().ok_or_else(|| Trouble::missing("tile", path))
}
