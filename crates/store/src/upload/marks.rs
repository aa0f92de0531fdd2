//! Marks: how many bytes of an upload are surely on the disk, written each time after a sync of the bytes.
//!
//! A mark is 16 bytes: the count, little-endian, and its complement. Marks are appended, so one torn by a
//! power cut leaves the one before it standing.

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::FileExt as _,
    path::Path,
};

const MARK_BYTES: u64 = 16;

/// How many marks from the end are looked at for a whole one; only the last can be torn.
const MARKS_READ_MAX: u64 = 8;

#[derive(Debug)]
pub(super) struct Marks(File);

impl Marks {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        OpenOptions::new().read(true).write(true).open(path).map(Self)
    }

    /// The last whole mark; zero when there is none.
    pub(super) fn last(&self) -> io::Result<u64> {
        let count = self.0.metadata()?.len() / MARK_BYTES;
        for index in (count.saturating_sub(MARKS_READ_MAX)..count).rev() {
            let mut mark = [0; MARK_BYTES as usize];
            self.0.read_exact_at(&mut mark, index * MARK_BYTES)?;
            let mark = u128::from_le_bytes(mark);
            let (bytes, complement) = (mark as u64, (mark >> 64) as u64);
            if bytes == !complement {
                return Ok(bytes);
            }
        }
        Ok(0)
    }

    /// Adds a mark; it is on the disk when this returns.
    pub(super) fn add(&self, bytes: u64) -> io::Result<()> {
        let count = self.0.metadata()?.len() / MARK_BYTES;
        let mark = u128::from(bytes) | (u128::from(!bytes) << 64);
        self.0.write_all_at(&mark.to_le_bytes(), count * MARK_BYTES)?;
        self.0.sync_data()
    }
}

#[cfg(test)]
mod tests {
    use std::{fs::OpenOptions, io::Write as _};

    use super::Marks;

    fn marks_file(content: &[u8]) -> (tempfile::NamedTempFile, Marks) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        let marks = Marks::open(file.path()).unwrap();
        (file, marks)
    }

    #[test]
    fn the_last_mark_counts_also_when_it_is_smaller() {
        let (_file, marks) = marks_file(b"");
        assert_eq!(marks.last().unwrap(), 0);
        for bytes in [5, u64::MAX, 3] {
            marks.add(bytes).unwrap();
            assert_eq!(marks.last().unwrap(), bytes);
        }
    }

    #[test]
    fn a_torn_mark_leaves_the_one_before_standing() {
        for torn in [vec![7; 3], vec![7; 16], vec![0; 16]] {
            let (file, marks) = marks_file(b"");
            marks.add(42).unwrap();
            OpenOptions::new().append(true).open(file.path()).unwrap().write_all(&torn).unwrap();
            assert_eq!(marks.last().unwrap(), 42, "{torn:?}");
            marks.add(43).unwrap();
            assert_eq!(marks.last().unwrap(), 43, "{torn:?}");
        }
    }
}
