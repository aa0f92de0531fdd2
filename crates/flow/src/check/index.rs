//! The index: it has each asset once, and nothing else.

use std::{collections::BTreeSet, time::Duration};

use damask_catalog::assets::{self, Record};
use damask_model::AssetId;

use super::{Check, ROWS_READ};
use crate::{damask::off_thread, index::reader, trouble::Outcome};

/// Longest wait for the index before it is compared.
const INDEX_WAIT: Duration = Duration::from_secs(60);

impl Check {
    /// Each asset of the catalog has one document in the index, and each document has its asset.
    pub(super) async fn index(&self) -> Outcome<()> {
        let mut snapshot = self.damask.catalog().snapshot().await?;
        self.damask.follow().at_least(snapshot.seq(), INDEX_WAIT).await?;
        let of = snapshot.tally().assets.unsigned_abs();
        let (mut after, mut count) = (None, 0);
        loop {
            let records = assets::page_after(snapshot.conn(), after, ROWS_READ).await?;
            let Some(last) = records.last() else { break };
            after = Some(last.asset.id);
            count += records.len();
            self.progress("index", count as u64, of).await;
            let (damask, ids) = (self.damask.clone(), ids_of(&records));
            let (ids, holdings) =
                off_thread(move || damask.index().holdings(&ids).map(|holdings| (ids, holdings))).await?;
            let mut wrong = Vec::new();
            for (id, documents) in ids.into_iter().zip(holdings).filter(|(_, documents)| *documents != 1) {
                wrong.push(id);
                match documents {
                    0 => self.wrong_in_index(format!("asset {id} cannot be found")).await,
                    _ => self.wrong_in_index(format!("asset {id} is found {documents} times")).await,
                }
            }
            self.put_again(&wrong).await?;
        }
        drop(snapshot);
        self.say("index", false, format!("{count} assets can be found")).await;
        self.strangers().await
    }

    /// Documents without an asset. The catalog is never behind the index, so it is asked after it.
    async fn strangers(&self) -> Outcome<()> {
        let mut listing = self.damask.index().listing();
        loop {
            let (batch, rest) = off_thread(move || {
                let batch = listing.next_batch(ROWS_READ as usize);
                (batch, listing)
            })
            .await;
            listing = rest;
            let batch = batch?;
            if batch.is_empty() {
                return Ok(());
            }
            let mut conn = self.damask.catalog().read().await?;
            let here: BTreeSet<AssetId> =
                ids_of(&assets::by_ids(&mut conn, &batch).await?).into_iter().collect();
            drop(conn);
            let strangers: Vec<AssetId> = batch.into_iter().filter(|id| !here.contains(id)).collect();
            for id in &strangers {
                self.wrong_in_index(format!("asset {id} is found but not in the catalog")).await;
            }
            self.put_again(&strangers).await?;
        }
    }

    async fn wrong_in_index(&self, detail: String) {
        if self.how.repair {
            self.mended("index", format!("{detail}; its entry was made again")).await;
        } else {
            self.fault("index", detail).await;
        }
    }

    async fn put_again(&self, assets: &[AssetId]) -> Outcome<()> {
        if self.how.repair && !assets.is_empty() {
            reader::put_again(&self.damask, assets).await?;
        }
        Ok(())
    }
}

fn ids_of(records: &[Record]) -> Vec<AssetId> {
    records.iter().map(|record| record.asset.id).collect()
}
