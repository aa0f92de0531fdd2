//! The bytes: every file is there and right, in each place it is kept, and nothing else lies there.

use std::{collections::BTreeSet, ops::ControlFlow};

use damask_catalog::{files, fixity::Outcome as Seen, quarantine};
use damask_model::ContentHash;
use damask_store::{Found, Rank, StoreKey};

use super::{Check, ROWS_READ};
use crate::{
    damask::off_thread,
    fixity::{examine, places},
    frees,
    trouble::Outcome,
};

/// Bytes read between one word of progress and the next.
const BYTES_TOLD: u64 = 256 << 20;
const AREA: &str = "bytes";

impl Check {
    pub(super) async fn bytes(&self) -> Outcome<()> {
        self.place(Rank::First).await?;
        self.orphans(Rank::First).await?;
        if self.damask.store().has_second() {
            self.second().await?;
        }
        Ok(())
    }

    async fn second(&self) -> Outcome<()> {
        if let Err(trouble) = places::reach(&self.damask, Rank::Second).await {
            self.fault(AREA, format!("the second place cannot be checked: {}", trouble.chain())).await;
            return Ok(());
        }
        self.place(Rank::Second).await?;
        self.orphans(Rank::Second).await
    }

    /// Every file that is kept, those in quarantine too.
    async fn place(&self, rank: Rank) -> Outcome<()> {
        if let Some(found) = self.damask.store().capabilities_of(rank) {
            self.say(AREA, false, format!("originals{} in {found}", where_in(rank))).await;
        }
        // What came in just now is on its way to the second place.
        let is_whole = places::is_whole(&self.damask, rank).await?;
        let of = self.damask.catalog().snapshot().await?.tally().bytes.unsigned_abs();
        let (mut after, mut count, mut waiting): (Option<ContentHash>, u64, u64) = (None, 0, 0);
        let (mut done, mut told) = (0, 0);
        loop {
            let kept = {
                let mut conn = self.damask.catalog().read().await?;
                files::kept_after(&mut conn, after, ROWS_READ).await?
            };
            let Some((last, _)) = kept.last() else { break };
            after = Some(*last);
            for (hash, bytes) in kept {
                count += 1;
                let wrong = self.wrong(rank, hash, bytes).await?;
                if let Some(wrong) = wrong {
                    if matches!(wrong.0, Seen::Missing) && !is_whole && !self.how.repair {
                        waiting += 1;
                    } else {
                        self.one(rank, (hash, bytes), wrong).await?;
                    }
                }
                done += bytes;
                if done - told >= BYTES_TOLD {
                    told = done;
                    self.progress(AREA, done, of).await;
                }
            }
            self.progress(AREA, done, of).await;
        }
        let how = if self.how.quick { "there" } else { "read and compared" };
        let more = if waiting > 0 { format!(", {waiting} wait to be copied") } else { String::new() };
        self.say(AREA, false, format!("{count} files {how}{}{more}", where_in(rank))).await;
        Ok(())
    }

    /// What is wrong with a file, if anything.
    async fn wrong(&self, rank: Rank, hash: ContentHash, bytes: u64) -> Outcome<Option<examine::Found>> {
        let (store, quick) = (self.damask.store().clone(), self.how.quick);
        let found = off_thread(move || {
            if quick {
                return examine::measure(&store, rank, (hash, bytes));
            }
            examine::look(&store, rank, (hash, bytes), &mut |_| ControlFlow::Continue(()))
        });
        Ok(Some(found.await?).filter(|(seen, _)| *seen != Seen::Good))
    }

    async fn one(&self, rank: Rank, (hash, bytes): (ContentHash, u64), wrong: examine::Found) -> Outcome<()> {
        let name = format!("file {hash}{}", where_in(rank));
        if !self.how.repair {
            // Purged or discarded meanwhile, its bytes may be gone.
            if examine::is_kept(&self.damask, hash).await? {
                self.fault(AREA, format!("{name} {}", words(&wrong))).await;
            }
            return Ok(());
        }
        match examine::put_right(&self.damask, rank, (hash, bytes), wrong).await? {
            None => {}
            Some((Seen::Mended, why)) => {
                self.mended(AREA, format!("{name} {}", why.unwrap_or_default())).await
            }
            Some(still) => self.fault(AREA, format!("{name} {}", words(&still))).await,
        }
        Ok(())
    }

    /// Blobs that nothing names: left by a crash between bytes and catalog, or on their way in just now.
    async fn orphans(&self, rank: Rank) -> Outcome<()> {
        let mut blobs = self.damask.store().blobs_at(rank)?;
        let (mut apart, mut orphans) = (0_u64, Vec::new());
        let mut count = 0_u64;
        loop {
            let (batch, rest) = off_thread(move || {
                let batch: Vec<_> = blobs.by_ref().take(ROWS_READ as usize).collect();
                (batch, blobs)
            })
            .await;
            blobs = rest;
            if batch.is_empty() {
                break;
            }
            let mut hashes = Vec::new();
            for found in batch {
                match found {
                    Ok(Found::Blob { hash, .. }) => hashes.push(hash),
                    Ok(Found::Stray { path }) => {
                        self.say(AREA, false, format!("{} is no blob", path.display())).await;
                    }
                    Err(error) => self.fault(AREA, error.to_string()).await,
                }
            }
            let mut conn = self.damask.catalog().read().await?;
            let known: BTreeSet<ContentHash> = files::known(&mut conn, &hashes).await?.into_iter().collect();
            for hash in hashes.into_iter().filter(|hash| !known.contains(hash)) {
                if quarantine::holds(&mut conn, hash).await? {
                    apart += 1;
                } else {
                    count += 1;
                    orphans.push(hash);
                }
            }
            drop(conn);
            if self.how.repair {
                self.free(std::mem::take(&mut orphans)).await?;
            }
            orphans.clear();
        }
        let place = where_in(rank);
        self.say(AREA, false, format!("{apart} blobs in quarantine, {count} that nothing names{place}"))
            .await;
        Ok(())
    }

    /// Removes what nothing names, wherever it lies.
    async fn free(&self, orphans: Vec<ContentHash>) -> Outcome<()> {
        for hash in orphans {
            let _alone = self.damask.landing().write().await;
            // Brought in meanwhile, it has a name.
            let is_nobodys = {
                let mut conn = self.damask.catalog().read().await?;
                frees::is_nobodys(&mut conn, hash).await?
            };
            if is_nobodys {
                frees::free(&self.damask, vec![StoreKey::Blob(hash)]).await;
                self.mended(AREA, format!("blob {hash}, which nothing names, was removed")).await;
            }
        }
        Ok(())
    }
}

fn words((seen, detail): &examine::Found) -> String {
    match detail {
        Some(detail) => format!("is {}: {detail}", seen.name()),
        None => format!("is {}", seen.name()),
    }
}

const fn where_in(rank: Rank) -> &'static str {
    match rank {
        Rank::First => "",
        Rank::Second => " in the second place",
    }
}
