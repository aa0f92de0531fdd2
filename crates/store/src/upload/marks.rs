//! Marks: how many bytes of an upload are surely on the disk, and the hash so far, written each time after a sync of
//! the bytes.
//!
//! The file has two slots, each on a block of its own. A mark goes into the slot that the last surely written one is
//! not in: one torn by a power cut leaves that one standing. The file has its whole length from the beginning, so that
//! a mark finds room on a full disk.

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::{FileExt as _, OpenOptionsExt as _},
    path::Path,
};

use super::tree::{SUBTREES_MAX, Trunk};
use crate::incoming::FILE_MODE;

/// Where the second slot begins.
const SLOT_APART_BYTES: u64 = 4096;
/// Serial, bytes, blocks; subtrees; checksum.
const CHECK_AT: usize = 24 + 32 * SUBTREES_MAX;
const SLOT_BYTES: usize = CHECK_AT + 32;

/// What a mark says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    /// Bytes that are durable.
    pub(super) bytes: u64,
    /// The hash over whole blocks of them.
    pub(super) trunk: Trunk,
}

/// The marks of one upload.
#[derive(Debug)]
pub(super) struct Marks {
    file: File,
    /// The number of the last mark, and its slot.
    serial: u64,
    last: Mark,
    /// Where the next one goes.
    next: u64,
    is_synced: bool,
}

impl Marks {
    /// Makes the file, without a mark.
    pub(super) fn create(path: &Path, may_be_there: bool) -> io::Result<()> {
        let mut how = OpenOptions::new();
        how.write(true).mode(FILE_MODE);
        if may_be_there {
            how.create(true).truncate(true)
        } else {
            how.create_new(true)
        };
        let file = how.open(path)?;
        file.write_all_at(&vec![0; usize_of(SLOT_APART_BYTES) + SLOT_BYTES], 0)?;
        file.sync_all()
    }

    /// Opens the file. A program that was killed may have written a mark that is in memory alone: unless `is_known` to
    /// have been settled by this one, the last is on the disk when this returns.
    pub(super) fn open(path: &Path, is_known: bool) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        if !is_known {
            file.sync_data()?;
        }
        let (first, second) = (read_slot(&file, 0)?, read_slot(&file, SLOT_APART_BYTES)?);
        let serial_of = |slot: &Option<(u64, Mark)>| slot.as_ref().map_or(0, |(serial, _)| *serial);
        let (next, newest) =
            if serial_of(&first) >= serial_of(&second) { (SLOT_APART_BYTES, first) } else { (0, second) };
        let (serial, last) = newest.unwrap_or_default();
        Ok(Self { file, serial, last, next, is_synced: true })
    }

    /// The last one; of no bytes where there is none.
    pub(super) const fn last(&self) -> &Mark {
        &self.last
    }

    /// Writes a mark. A killed program leaves it, a power cut may not: see [`Marks::settle`].
    pub(super) fn write(&mut self, mark: Mark) -> io::Result<()> {
        self.serial += 1;
        self.file.write_all_at(&slot(self.serial, &mark), self.next)?;
        self.last = mark;
        self.is_synced = false;
        Ok(())
    }

    /// Returns when the last mark is on the disk.
    pub(super) fn settle(&mut self) -> io::Result<()> {
        if !self.is_synced {
            self.file.sync_data()?;
            self.is_synced = true;
            self.next = SLOT_APART_BYTES - self.next;
        }
        Ok(())
    }
}

fn slot(serial: u64, mark: &Mark) -> Vec<u8> {
    let mut slot = Vec::with_capacity(SLOT_BYTES);
    for number in [serial, mark.bytes, mark.trunk.blocks] {
        slot.extend(number.to_le_bytes());
    }
    slot.extend(mark.trunk.subtrees.iter().flatten());
    slot.resize(CHECK_AT, 0);
    let check = blake3::hash(&slot);
    slot.extend(check.as_bytes());
    slot
}

/// The mark of a slot and its number; nothing where the slot is empty or torn.
fn read_slot(file: &File, at: u64) -> io::Result<Option<(u64, Mark)>> {
    let mut slot = [0; SLOT_BYTES];
    match file.read_exact_at(&mut slot, at) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let (said, check) = slot.split_at(CHECK_AT);
    let number =
        |index: usize| u64::from_le_bytes(said[8 * index..8 * index + 8].try_into().expect("8 bytes"));
    let [serial, bytes, blocks] = [0, 1, 2].map(number);
    if serial == 0 || *check != *blake3::hash(said).as_bytes() {
        return Ok(None);
    }
    let subtrees = said[24..].chunks_exact(32).take(blocks.count_ones() as usize);
    let subtrees = subtrees.map(|subtree| subtree.try_into().expect("32 bytes")).collect();
    let trunk = Trunk { blocks, subtrees };
    let is_lawful = trunk.is_lawful() && trunk.bytes() <= bytes;
    Ok(is_lawful.then_some((serial, Mark { bytes, trunk })))
}

fn usize_of(bytes: u64) -> usize {
    usize::try_from(bytes).expect("a slot's place fits")
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::FileExt as _};

    use super::{Mark, Marks, SLOT_APART_BYTES, SLOT_BYTES, Trunk};

    fn mark(bytes: u64) -> Mark {
        Mark { bytes, trunk: Trunk::default() }
    }

    /// A file with marks of these lengths, each surely written.
    fn marked(lengths: &[u64]) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("marks");
        Marks::create(&path, false).unwrap();
        let mut marks = Marks::open(&path, false).unwrap();
        for bytes in lengths {
            marks.write(mark(*bytes)).unwrap();
            marks.settle().unwrap();
        }
        (folder, path)
    }

    #[test]
    fn the_last_mark_counts_also_when_it_is_smaller() {
        for lengths in [&[][..], &[5], &[5, u64::MAX], &[5, u64::MAX, 3]] {
            let (_folder, path) = marked(lengths);
            assert_eq!(
                *Marks::open(&path, false).unwrap().last(),
                mark(lengths.last().copied().unwrap_or(0))
            );
        }
    }

    #[test]
    fn a_mark_brings_the_hash_of_whole_blocks_back() {
        let (_folder, path) = marked(&[7]);
        let trunk = Trunk { blocks: 5, subtrees: vec![[1; 32], [2; 32]] };
        let said = Mark { bytes: trunk.bytes() + 9, trunk };
        let mut marks = Marks::open(&path, false).unwrap();
        marks.write(said.clone()).unwrap();
        drop(marks);
        assert_eq!(*Marks::open(&path, false).unwrap().last(), said, "a killed program leaves it");
    }

    #[test]
    fn a_torn_mark_leaves_the_one_before_standing() {
        for surely_written in [&[41_u64][..], &[40, 41]] {
            for torn_from in [0, 8, 700, SLOT_BYTES - 1] {
                let (_folder, path) = marked(surely_written);
                let mut marks = Marks::open(&path, false).unwrap();
                // However many go unsynced, all go into the slot that may be lost.
                marks.write(mark(50)).unwrap();
                let at = marks.next;
                marks.write(mark(60)).unwrap();
                assert_eq!(marks.next, at);
                let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
                file.write_all_at(&vec![7; SLOT_BYTES - torn_from], at + torn_from as u64).unwrap();
                assert_eq!(*Marks::open(&path, false).unwrap().last(), mark(41), "torn from {torn_from}");
            }
        }
    }

    #[test]
    fn a_mark_takes_no_room_that_the_file_has_not() {
        let (_folder, path) = marked(&[1, 2, 3]);
        assert_eq!(fs::metadata(&path).unwrap().len(), SLOT_APART_BYTES + SLOT_BYTES as u64);
    }
}
