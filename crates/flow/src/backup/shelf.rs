//! The backups of a place: which there are, and removing those that are kept no longer, with the pieces that no other
//! names.

use std::collections::{BTreeMap, BTreeSet, HashMap, hash_map::Entry};

use damask_model::{BackupId, ContentHash, Uuid};
use damask_store::{PageDigest, Piece, Repository, Shelf};
use damask_time::Instant;

use super::{
    Target,
    manifest::{Manifest, original},
};
use crate::{
    caller::{Caller, Permission},
    damask::off_thread,
    trouble::{Outcome, Trouble},
};

/// A backup that is there.
#[derive(Debug)]
pub struct Found {
    /// Its id.
    pub id: BackupId,
    /// What it says of itself, or why it cannot be read.
    pub manifest: Result<Manifest, String>,
}

/// Which backups stay. The last one always does.
#[derive(Clone, Copy, Debug, Default)]
pub struct Keep {
    /// So many of the last ones.
    pub last: Option<usize>,
    /// Those that are no older than so many days.
    pub days: Option<u32>,
}

/// What was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Backups.
    pub backups: u64,
    /// Pieces that no other backup names.
    pub pieces: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// The backups there are, the oldest first.
pub async fn list(target: &Target, caller: &Caller) -> Outcome<Vec<Found>> {
    caller.needs(Permission::Administer, "looking at backups")?;
    let repository = target.open().await?;
    off_thread(move || all(&repository)).await
}

fn all(repository: &Repository) -> Outcome<Vec<Found>> {
    let mut found = Vec::new();
    for id in repository.backups()? {
        let manifest = match Manifest::read(repository, id) {
            Ok(manifest) => Ok(manifest),
            Err(trouble @ Trouble::Mistake(_)) => Err(trouble.chain()),
            Err(trouble) => return Err(trouble),
        };
        found.push(Found { id, manifest });
    }
    Ok(found)
}

/// The backup a person means: the last, or one by the beginning of its id.
pub fn chosen(repository: &Repository, at: Option<&str>) -> Outcome<Manifest> {
    let ids = repository.backups()?;
    let id = match at {
        None => ids.last().copied().ok_or_else(|| Trouble::missing("backup in", repository)),
        Some(text) => {
            let mut meant = ids.iter().filter(|id| id.to_string().starts_with(text));
            match (meant.next(), meant.next()) {
                (Some(id), None) => Ok(*id),
                (Some(_), Some(_)) => {
                    Err(Trouble::mistake("bad-backup", format!("several backups begin with {text}")))
                }
                (None, _) => Err(Trouble::missing("backup", text)),
            }
        }
    };
    Manifest::read(repository, id?)
}

/// Removes the backups that are kept no longer. Which pieces go is known from those that stay: where one of them
/// cannot be read, nothing is removed.
pub async fn prune(target: &Target, caller: &Caller, keep: Keep, now: Instant) -> Outcome<Removed> {
    caller.needs(Permission::Administer, "removing backups")?;
    if keep.last.is_none() && keep.days.is_none() {
        return Err(Trouble::mistake("bad-backup", "say which backups to keep"));
    }
    let repository = target.open().await?;
    off_thread(move || {
        let holder = Uuid::now_v7().to_string();
        let lease = repository.lease("the removal of old backups", &holder, now)?;
        let removed = prune_held(&repository, keep, now);
        repository.release(lease)?;
        removed
    })
    .await
}

fn prune_held(repository: &Repository, keep: Keep, now: Instant) -> Outcome<Removed> {
    let found = all(repository)?;
    let oldest = keep.days.map(|days| now.plus_seconds(-i64::from(days) * 24 * 3_600));
    let first_of_last = found.len().saturating_sub(keep.last.unwrap_or(1).max(1));
    let (mut kept, mut gone) = (Vec::new(), Vec::new());
    for (number, Found { id, manifest }) in found.into_iter().enumerate() {
        let young = |manifest: &Manifest| oldest.is_some_and(|oldest| manifest.made() >= oldest);
        match manifest {
            Ok(manifest) if number >= first_of_last || young(&manifest) => kept.push(manifest),
            Err(why) if number >= first_of_last => {
                return Err(Trouble::mistake("backup-broken", format!("nothing was removed: {why}"))
                    .hint("make a new backup, then remove the file that is named"));
            }
            _ => gone.push(id),
        }
    }
    let mut removed = Removed::default();
    if gone.is_empty() {
        return Ok(removed);
    }
    // Known before anything goes: what cannot be read here must not be taken for nothing.
    let lists = Lists::of(&kept)?;
    for id in gone {
        removed.backups += u64::from(repository.forget(id)?);
    }
    let pages: BTreeSet<PageDigest> =
        kept.iter().flat_map(Manifest::pages).map(super::manifest::Page::digest).collect::<Outcome<_>>()?;
    let mut texts = HashMap::new();
    for first in 0..=u8::MAX {
        let alike = pages.iter().copied().filter(|digest| digest.0[0] == first).map(Piece::Page);
        let of_pages = repository.sweep(Shelf::Pages, first, alike)?;
        let originals = lists.originals(repository, first, &mut texts)?;
        let of_originals =
            repository.sweep(Shelf::Originals, first, originals.into_iter().map(Piece::Original))?;
        removed.pieces += of_pages.0 + of_originals.0;
        removed.bytes += of_pages.1 + of_originals.1;
    }
    Ok(removed)
}

/// Which pages of lists tell of originals that begin with each byte.
struct Lists(BTreeMap<u8, BTreeSet<PageDigest>>);

impl Lists {
    fn of(manifests: &[Manifest]) -> Outcome<Self> {
        let mut lists: BTreeMap<u8, BTreeSet<PageDigest>> = BTreeMap::new();
        for manifest in manifests {
            let pages = &manifest.originals.pages;
            for (number, page) in pages.iter().enumerate() {
                let first = page.first.unwrap_or(0);
                let last = pages.get(number + 1).and_then(|next| next.first).unwrap_or(u8::MAX);
                for byte in first..=last {
                    lists.entry(byte).or_default().insert(page.digest()?);
                }
            }
        }
        Ok(Self(lists))
    }

    /// The originals that begin with `first`. `texts` keeps the pages that the next byte wants too.
    fn originals(
        &self,
        repository: &Repository,
        first: u8,
        texts: &mut HashMap<PageDigest, Vec<ContentHash>>,
    ) -> Outcome<BTreeSet<ContentHash>> {
        let wanted = self.0.get(&first).cloned().unwrap_or_default();
        texts.retain(|digest, _| wanted.contains(digest));
        let mut originals = BTreeSet::new();
        for digest in wanted {
            let hashes = match texts.entry(digest) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => {
                    let page = original::of_page(&repository.page(digest)?)?;
                    place.insert(page.into_iter().map(|(hash, _)| hash).collect())
                }
            };
            originals.extend(hashes.iter().copied().filter(|hash| hash.0[0] == first));
        }
        Ok(originals)
    }
}
