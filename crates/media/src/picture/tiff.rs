//! How many pictures a TIFF holds: a walk over its directories (TIFF 6.0, section 2; BigTIFF), no more.

use std::io::{Read, Seek, SeekFrom};

/// Directories counted, at most: a chain can be long, or bite its own tail.
const DIRECTORIES_MAX: u32 = 100_000;

/// What the chain of directories says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Directories {
    /// Directories in the chain.
    pub(super) pages: u32,
}

struct Walk<'a, R> {
    reader: &'a mut R,
    big_endian: bool,
    large: bool,
}

impl Directories {
    /// Follows the chain; what cannot be read ends it.
    pub(super) fn read(reader: &mut (impl Read + Seek)) -> Self {
        let mut directories = Self::default();
        let mut head = [0; 4];
        if reader.read_exact(&mut head).is_err() {
            return directories;
        }
        let big_endian = head[0] == b'M';
        let large = head[2].max(head[3]) == 43;
        let mut walk = Walk { reader, big_endian, large };
        let first = if large { walk.at(8, 8) } else { walk.at(4, 4) };
        let mut next = first.unwrap_or(0);
        let mut last = 0;
        // A chain that goes on goes forward or back, but never to where it was just before.
        while next != 0 && next != last && directories.pages < DIRECTORIES_MAX {
            let Some(entries) = (if walk.large { walk.at(next, 8) } else { walk.at(next, 2) }) else { break };
            directories.pages += 1;
            last = next;
            let (head, entry, pointer) = if walk.large { (8, 20, 8) } else { (2, 12, 4) };
            let place = entries.checked_mul(entry).and_then(|length| next.checked_add(length + head));
            next = place.and_then(|place| walk.at(place, pointer)).unwrap_or(0);
            if next == first.unwrap_or(0) {
                break;
            }
        }
        directories
    }
}

impl<R: Read + Seek> Walk<'_, R> {
    /// The number of `length` bytes (2, 4 or 8) at `offset`.
    fn at(&mut self, offset: u64, length: usize) -> Option<u64> {
        let mut bytes = [0_u8; 8];
        self.reader.seek(SeekFrom::Start(offset)).ok()?;
        self.reader.read_exact(&mut bytes[..length]).ok()?;
        let fold = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
        Some(if self.big_endian {
            bytes[..length].iter().fold(0, fold)
        } else {
            bytes[..length].iter().rev().fold(0, fold)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::Directories;

    fn check(bytes: &[u8], pages: u32) {
        assert_eq!(Directories::read(&mut Cursor::new(bytes)).pages, pages);
    }

    #[test]
    fn the_directories_of_the_chain_are_counted() {
        // Two empty directories: at 8 and at 14.
        check(b"II\x2a\0\x08\0\0\0\0\0\x0e\0\0\0\0\0\0\0\0\0", 2);
        check(b"MM\0\x2a\0\0\0\x08\0\0\0\0\0\0", 1);
    }

    #[test]
    fn a_chain_that_bites_its_tail_ends() {
        check(b"II\x2a\0\x08\0\0\0\0\0\x08\0\0\0", 1);
        // 8 to 14 to 14.
        check(b"II\x2a\0\x08\0\0\0\0\0\x0e\0\0\0\0\0\x0e\0\0\0", 2);
    }

    #[test]
    fn a_chain_that_leads_nowhere_has_no_pages() {
        check(b"", 0);
        check(b"II\x2a\0\xff\xff\xff\xff", 0);
    }
}
