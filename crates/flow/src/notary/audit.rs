//! The walk that compares the journal with what the notary signed.

use damask_catalog::{Conn, journal};
use damask_model::{FactHeader, Seq};

use super::{
    log::{Log, Peaks, entry},
    tile::{WIDTH, holding},
    tree::{self, Hash},
};
use crate::{damask::Damask, trouble::Outcome};

/// Headers read at once.
const HEADERS_READ: u32 = 2_000;

/// Where the walk stands.
pub struct Audit {
    log: Log,
    /// Facts looked at.
    pub looked_at: u64,
    peaks: Peaks,
    tile: Vec<Hash>,
    faults: u64,
}

impl Audit {
    /// An audit of the facts that are in the log now.
    pub fn new(log: Log) -> Self {
        Self { log, looked_at: 0, peaks: Peaks::default(), tile: Vec::new(), faults: 0 }
    }

    /// Compares up to `limit` facts; answers what does not agree, in words, or `None` at the end.
    ///
    /// # Errors
    /// When journal or log cannot be read.
    pub async fn step(&mut self, conn: &mut Conn, limit: u32) -> Outcome<Option<Vec<String>>> {
        if self.looked_at >= self.log.size() {
            return Ok(None);
        }
        let after = Seq(i64::try_from(self.looked_at).expect("sequences are counted in an i64"));
        let headers = journal::headers_after(conn, after, limit).await?;
        self.take(&headers).map(Some)
    }

    /// Compares the next headers of the journal; none, where it has no more.
    fn take(&mut self, headers: &[FactHeader]) -> Outcome<Vec<String>> {
        let (before, size) = (self.looked_at, self.log.size());
        let mut faults = Vec::new();
        for header in headers {
            if self.looked_at < size {
                self.compare(header, &mut faults)?;
            }
        }
        if self.looked_at == before {
            faults.push(format!("facts {} to {size} were signed and are not there", before + 1));
            self.looked_at = size;
        }
        self.faults += faults.len() as u64;
        Ok(faults)
    }

    /// Whether all together is what was signed.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn end(self) -> Outcome<Vec<String>> {
        let Some(checkpoint) = &self.log.checkpoint else { return Ok(Vec::new()) };
        let mut faults = Vec::new();
        if self.faults == 0 && self.peaks.root() != checkpoint.root {
            faults.push(format!("the first {} facts are not those that were signed", checkpoint.size));
        }
        if tree::root(&self.log, checkpoint.size)? != checkpoint.root {
            faults.push("the tiles of the log do not have the root that was signed".to_owned());
        }
        Ok(faults)
    }

    fn compare(&mut self, header: &FactHeader, faults: &mut Vec<String>) -> Outcome<()> {
        let seq = header.seq.0.cast_unsigned();
        if seq > self.looked_at + 1 {
            let last = (seq - 1).min(self.log.size());
            faults.push(format!("facts {} to {last} were signed and are not there", self.looked_at + 1));
        }
        if seq > self.log.size() {
            self.looked_at = self.log.size();
            return Ok(());
        }
        let index = seq - 1;
        if self.tile.is_empty() || index.is_multiple_of(WIDTH) || index / WIDTH != self.looked_at / WIDTH {
            self.tile = self.log.hashes(holding(Some(0), index, self.log.size()))?;
        }
        let leaf = tree::leaf(&entry(header));
        if self.tile.get(usize::try_from(index % WIDTH).expect("below 256")) != Some(&leaf) {
            faults.push(format!("fact {seq} is not as it was signed"));
        }
        self.peaks.push(0, leaf);
        self.looked_at = seq;
        Ok(())
    }
}

/// The root over the first `size` facts of the journal; `None` where it has fewer.
///
/// # Errors
/// When the journal cannot be read.
pub async fn root_of(damask: &Damask, size: u64) -> Outcome<Option<Hash>> {
    let mut peaks = Peaks::default();
    let mut conn = damask.catalog().read().await?;
    let mut looked_at = 0;
    while looked_at < size {
        let after = Seq(i64::try_from(looked_at).expect("sequences are counted in an i64"));
        let headers = journal::headers_after(&mut conn, after, HEADERS_READ).await?;
        for header in headers.iter().take(usize::try_from(size - looked_at).unwrap_or(usize::MAX)) {
            if header.seq.0.cast_unsigned() != looked_at + 1 {
                return Ok(None);
            }
            peaks.push(0, tree::leaf(&entry(header)));
            looked_at += 1;
        }
        if headers.is_empty() {
            return Ok(None);
        }
    }
    Ok(Some(peaks.root()))
}

#[cfg(test)]
mod tests {
    use damask_model::{ActorId, FactHeader, FactId, Seq, Uuid, Verb};
    use damask_store::Store;
    use damask_time::Instant;

    use super::Audit;
    use crate::notary::log::{Log, entry};

    fn header(seq: i64) -> FactHeader {
        FactHeader {
            seq: Seq(seq),
            id: FactId::fresh(),
            at: Instant::from_micros(1_700_000_000_000_000 + seq),
            actor: ActorId::fresh(),
            verb: Verb::AssetEdited,
            subjects: vec![Uuid::now_v7(), Uuid::now_v7()],
            digest: [1; 32],
        }
    }

    /// What an audit finds in a journal of 300 facts of which what `change` does was not signed.
    fn found(change: impl Fn(&mut Vec<FactHeader>)) -> Vec<String> {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        let mut headers: Vec<FactHeader> = (1..=300).map(header).collect();
        let entries: Vec<Vec<u8>> = headers.iter().map(entry).collect();
        Log::open(&store).expect("the log").append(&entries).expect("written");
        change(&mut headers);
        let mut audit = Audit::new(Log::open(&store).expect("the log"));
        let mut faults = Vec::new();
        for page in headers.chunks(100).filter(|page| page[0].seq <= Seq(300)) {
            faults.extend(audit.take(page).expect("readable"));
        }
        while audit.looked_at < 300 {
            faults.extend(audit.take(&[]).expect("readable"));
        }
        faults.extend(audit.end().expect("readable"));
        faults
    }

    #[test]
    fn a_journal_that_is_as_it_was_signed_and_longer_since_has_no_fault() {
        assert_eq!(found(|headers| headers.push(header(301))), Vec::<String>::new());
    }

    #[test]
    fn a_change_of_any_part_of_a_header_is_found() {
        let changes: [fn(&mut FactHeader); 6] = [
            |header| header.id = FactId::fresh(),
            |header| header.at = Instant::from_micros(header.at.micros + 1),
            |header| header.actor = ActorId::fresh(),
            |header| header.verb = Verb::AssetIngested,
            |header| header.subjects.reverse(),
            |header| header.digest[31] = 2,
        ];
        for (which, change) in changes.into_iter().enumerate() {
            for at in [0, 255, 256, 299] {
                let faults = found(|headers| change(&mut headers[at]));
                assert_eq!(faults, [format!("fact {} is not as it was signed", at + 1)], "{which}");
            }
        }
    }

    #[test]
    fn facts_that_are_gone_are_told() {
        let middle = found(|headers| drop(headers.drain(199..260)));
        assert_eq!(middle, ["facts 200 to 260 were signed and are not there"]);
        let last = found(|headers| headers.truncate(200));
        assert_eq!(last, ["facts 201 to 300 were signed and are not there"]);
    }
}
