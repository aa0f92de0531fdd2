//! Long files past the page cache. What is taken in is read again a few times at most, and would push out of
//! memory what people look at; copying it into fresh pages also costs more processor time than hashing it.
//!
//! Short files, the last piece of a long one, and file systems that know no `O_DIRECT` use the cache.

use std::{
    fs::File,
    io,
    os::unix::fs::{FileExt, OpenOptionsExt as _},
    path::Path,
    sync::Mutex,
};

use damask_model::ByteSource;
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

/// Bytes moved at a time; a file at least as long goes past the cache.
pub(crate) const PIECE_BYTES: usize = 1 << 20;

/// What memory, offsets and lengths are multiples of: the largest logical block of disks in use.
const ALIGNMENT_BYTES: usize = 4096;

/// Memory that begins at a multiple of [`ALIGNMENT_BYTES`].
#[derive(Debug)]
pub(crate) struct Piece {
    room: Vec<u8>,
    start: usize,
    length: usize,
}

impl Piece {
    pub(crate) fn new(length: usize) -> Self {
        let room = vec![0; length + ALIGNMENT_BYTES];
        let start = room.as_ptr().align_offset(ALIGNMENT_BYTES);
        Self { room, start, length }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.room[self.start..self.start + self.length]
    }

    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.room[self.start..self.start + self.length]
    }
}

/// How bytes are put into one file.
#[derive(Debug)]
pub(crate) struct Lane(Cache);

/// Whether bytes go through the page cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cache {
    /// These do, others may not.
    Through,
    Past,
    /// All do: the file system wants it so.
    Always,
}

impl Lane {
    /// For a file that was opened without `O_DIRECT`.
    pub(crate) const fn new() -> Self {
        Self(Cache::Through)
    }

    /// Writes all of the bytes, past the cache where they are a whole piece and lie as a disk wants them.
    pub(crate) fn write_all_at(&mut self, file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
        let is_piece = bytes.len() == PIECE_BYTES;
        let lies_well =
            bytes.as_ptr().align_offset(ALIGNMENT_BYTES) == 0 && at.is_multiple_of(ALIGNMENT_BYTES as u64);
        self.0 = match self.0 {
            Cache::Through if is_piece && lies_well => match set_direct(file, true) {
                Ok(()) => Cache::Past,
                Err(_) => Cache::Always,
            },
            Cache::Past if !(is_piece && lies_well) => {
                set_direct(file, false)?;
                Cache::Through
            }
            same => same,
        };
        match file.write_all_at(bytes, at) {
            Err(error) if self.0 == Cache::Past && error.raw_os_error() == Some(EINVAL) => {
                set_direct(file, false)?;
                self.0 = Cache::Always;
                file.write_all_at(bytes, at)
            }
            done => done,
        }
    }
}

/// Writes a file from its beginning to its end.
#[derive(Debug)]
pub(crate) struct Writer {
    file: File,
    piece: Option<Piece>,
    piece_bytes: usize,
    filled: usize,
    written: u64,
    lane: Lane,
}

impl Writer {
    /// For an empty file.
    pub(crate) fn new(file: File) -> Self {
        Self { file, piece: None, piece_bytes: PIECE_BYTES, filled: 0, written: 0, lane: Lane::new() }
    }

    /// So many bytes are expected: how much memory is worth taking. There may come more or less.
    pub(crate) fn expects(&mut self, bytes: u64) {
        if self.piece.is_none() {
            let bytes = usize::try_from(bytes).unwrap_or(PIECE_BYTES);
            self.piece_bytes = bytes.saturating_add(1).min(PIECE_BYTES);
        }
    }

    /// Room for the next bytes, never none; say with [`Writer::filled`] how many were put there.
    pub(crate) fn room(&mut self) -> io::Result<&mut [u8]> {
        if self.filled == self.piece_bytes {
            self.write_piece()?;
        }
        let piece = self.piece.get_or_insert_with(|| Piece::new(self.piece_bytes));
        Ok(&mut piece.bytes_mut()[self.filled..])
    }

    /// The first `count` bytes of the room are meant; answers them.
    pub(crate) fn filled(&mut self, count: usize) -> &[u8] {
        let from = self.filled;
        self.filled += count;
        self.piece.as_ref().map_or(&[], |piece| &piece.bytes()[from..from + count])
    }

    /// Writes what is left, and gives its memory back. More may follow.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        if self.filled > 0 {
            self.write_piece()?;
        }
        self.piece = None;
        Ok(())
    }

    /// Waits until all of it is on the disk.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        self.flush()?;
        self.file.sync_all()
    }

    fn write_piece(&mut self) -> io::Result<()> {
        let Some(piece) = self.piece.take() else { return Ok(()) };
        let written = self.lane.write_all_at(&self.file, &piece.bytes()[..self.filled], self.written);
        self.piece = Some(piece);
        written?;
        self.written += self.filled as u64;
        self.filled = 0;
        Ok(())
    }
}

/// A refusal of the file system, for instance of an alignment.
const EINVAL: i32 = rustix::io::Errno::INVAL.raw_os_error();

fn set_direct(file: &File, direct: bool) -> io::Result<()> {
    let mut flags = fcntl_getfl(file)?;
    flags.set(OFlags::DIRECT, direct);
    Ok(fcntl_setfl(file, flags)?)
}

/// A stored file that is read from one end to the other.
#[derive(Debug)]
pub(crate) struct Long {
    file: File,
    bytes: u64,
    /// The piece read last and where it begins; none where the cache is used.
    last: Option<Mutex<Last>>,
}

#[derive(Debug)]
struct Last {
    piece: Piece,
    at: u64,
    filled: usize,
}

impl Long {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let bytes = file.metadata()?.len();
        if bytes < PIECE_BYTES as u64 {
            return Ok(Self { file, bytes, last: None });
        }
        let direct = File::options().read(true).custom_flags(OFlags::DIRECT.bits().cast_signed()).open(path);
        let mut last = Last { piece: Piece::new(PIECE_BYTES), at: 0, filled: 0 };
        match direct {
            // Some file systems refuse only when they are asked to read.
            Ok(direct) if last.from(&direct, 0).is_ok() => {
                Ok(Self { file: direct, bytes, last: Some(Mutex::new(last)) })
            }
            _ => Ok(Self { file, bytes, last: None }),
        }
    }
}

impl ByteSource for Long {
    fn len(&self) -> u64 {
        self.bytes
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(last) = &self.last else { return ByteSource::read_at(&self.file, offset, buffer) };
        let mut last = last.lock().expect("no one panics while holding it");
        let mut done = 0;
        while done < buffer.len() {
            let at = offset + done as u64;
            let shown = last.from(&self.file, at)?;
            if shown.is_empty() {
                break;
            }
            let count = shown.len().min(buffer.len() - done);
            buffer[done..done + count].copy_from_slice(&shown[..count]);
            done += count;
        }
        Ok(done)
    }
}

impl Last {
    /// Bytes from `at` on, as many as lie in one piece; none at the end of the file.
    fn from(&mut self, file: &File, at: u64) -> io::Result<&[u8]> {
        if !(self.at..self.at + self.filled as u64).contains(&at) {
            self.at = at - at % PIECE_BYTES as u64;
            self.filled = 0;
            // A direct read ends early only at the end of the file.
            self.filled = loop {
                match FileExt::read_at(file, self.piece.bytes_mut(), self.at) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    read => break read?,
                }
            };
        }
        let skipped = usize::try_from(at - self.at).unwrap_or(PIECE_BYTES).min(self.filled);
        Ok(&self.piece.bytes()[skipped..self.filled])
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use damask_model::ByteSource;

    use super::{Long, PIECE_BYTES, Writer};

    fn pattern(length: usize) -> Vec<u8> {
        (0..length).map(|at| (at % 251) as u8).collect()
    }

    /// Writes `length` bytes in steps of at most `step`, and reads them again at odd places.
    fn check(length: usize, expected_bytes: u64, step: usize) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let given = pattern(length);
        let mut writer = Writer::new(fs::File::create(&path).unwrap());
        writer.expects(expected_bytes);
        let mut left = given.as_slice();
        while !left.is_empty() {
            let room = writer.room().unwrap();
            let count = room.len().min(left.len()).min(step);
            room[..count].copy_from_slice(&left[..count]);
            assert_eq!(writer.filled(count), &left[..count]);
            left = &left[count..];
        }
        writer.sync().unwrap();
        assert!(fs::read(&path).unwrap() == given, "{length} bytes came back otherwise");

        let long = Long::open(&path).unwrap();
        assert_eq!(long.len(), length as u64);
        for offset in [0, 1, length / 2, length.saturating_sub(1), length, length + 10] {
            let mut buffer = vec![0; PIECE_BYTES + 3];
            let read = long.read_at(offset as u64, &mut buffer).unwrap();
            let expected = given.get(offset..).unwrap_or_default();
            let expected = &expected[..expected.len().min(buffer.len())];
            assert!(buffer[..read] == *expected, "{length} bytes from {offset} came back otherwise");
        }
    }

    #[test]
    fn every_length_comes_back_bit_for_bit() {
        for length in [0, 1, 4096, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES + 4097] {
            check(length, length as u64, usize::MAX);
            check(length, length as u64, 10_007);
        }
    }

    #[test]
    fn more_or_less_than_expected_comes_back_too() {
        check(2 * PIECE_BYTES + 5, 10, usize::MAX);
        check(5, 1 << 40, usize::MAX);
    }
}
