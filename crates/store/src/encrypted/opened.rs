//! Encrypted bytes, decrypted where they are read: a part of a long file costs the chunks in which it lies.

use std::{
    fmt, io,
    sync::{Mutex, PoisonError},
};

use aead_stream::StreamPrimitive as _;
use damask_model::ByteSource;

use super::{
    DataKey, Subject,
    format::{CHUNK_BYTES, ENCRYPTED_CHUNK_BYTES, HEAD_BYTES, KEY_ID_BYTES, MAGIC, Stream, plain_bytes},
};
use crate::Stored;

/// Chunks decrypted at once at most; what one reader costs in memory, twice.
const CHUNKS_AT_ONCE: usize = 16;

/// What is said of bytes that are not as they were encrypted.
#[derive(Debug, thiserror::Error)]
#[error("the bytes are not as they were encrypted, or with another key")]
pub(crate) struct Broken;

impl Broken {
    fn error() -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, Self)
    }
}

/// Encrypted bytes, open for reading at any place.
pub(crate) struct Opened {
    within: Box<Stored>,
    stream: Stream,
    subject: [u8; 33],
    bytes: u64,
    last: Mutex<Window>,
}

/// The bytes decrypted last, and where they begin.
#[derive(Default)]
struct Window {
    at: u64,
    bytes: Vec<u8>,
    /// Room for what they are made of.
    encrypted: Vec<u8>,
    chunk: Vec<u8>,
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened")
            .field("within", &self.within)
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

impl Opened {
    /// Opens what one of the keys has encrypted. [`Broken`] where none did, or the length cannot be.
    pub(crate) fn new(within: Stored, keys: &[&DataKey], subject: Subject) -> io::Result<Self> {
        let mut head = [0; HEAD_BYTES];
        if !fill(&within, 0, &mut head)? {
            return Err(Broken::error());
        }
        let rest = head.strip_prefix(&MAGIC[..]).ok_or_else(Broken::error)?;
        let (id, nonce) = rest.split_at(KEY_ID_BYTES);
        let key = keys.iter().find(|key| key.id()[..] == *id).ok_or_else(Broken::error)?;
        let bytes = plain_bytes(within.len()).ok_or_else(Broken::error)?;
        let nonce = nonce.try_into().map_err(|_| Broken::error())?;
        let (within, subject) = (Box::new(within), subject.data());
        Ok(Self { stream: key.stream(nonce), within, subject, bytes, last: Mutex::default() })
    }

    /// Whether the bytes begin as encrypted ones do.
    pub(crate) fn is_meant(stored: &Stored) -> io::Result<bool> {
        let mut head = [0; MAGIC.len()];
        Ok(fill(stored, 0, &mut head)? && head == MAGIC)
    }

    /// What is decrypted.
    pub(crate) fn within(&self) -> &Stored {
        &self.within
    }

    /// Decrypts the chunk in which `at` lies, and as many after it as `wanted` bytes lie in.
    fn show(&self, window: &mut Window, at: u64, wanted: usize) -> io::Result<()> {
        let first = at / CHUNK_BYTES as u64;
        let skipped = usize::try_from(at % CHUNK_BYTES as u64).unwrap_or(0);
        let count = (skipped + wanted).div_ceil(CHUNK_BYTES).clamp(1, CHUNKS_AT_ONCE);
        let start = HEAD_BYTES as u64 + first * ENCRYPTED_CHUNK_BYTES as u64;
        let left = usize::try_from(self.within.len().saturating_sub(start)).unwrap_or(usize::MAX);
        // Nothing half-decrypted is shown after an error.
        window.bytes.clear();
        window.at = first * CHUNK_BYTES as u64;
        window.encrypted.resize(left.min(count * ENCRYPTED_CHUNK_BYTES), 0);
        if !fill(&self.within, start, &mut window.encrypted)? {
            return Err(Broken::error());
        }
        let last = self.bytes.saturating_sub(1) / CHUNK_BYTES as u64;
        let mut shown = Vec::with_capacity(window.encrypted.len());
        for (number, encrypted) in (first..).zip(window.encrypted.chunks(ENCRYPTED_CHUNK_BYTES)) {
            window.chunk.clear();
            window.chunk.extend_from_slice(encrypted);
            let position = u32::try_from(number).map_err(|_| Broken::error())?;
            let decrypted =
                self.stream.decrypt_in_place(position, number == last, &self.subject, &mut window.chunk);
            decrypted.map_err(|_| Broken::error())?;
            shown.extend_from_slice(&window.chunk);
        }
        window.bytes = shown;
        Ok(())
    }
}

impl ByteSource for Opened {
    fn len(&self) -> u64 {
        self.bytes
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut window = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let mut done = 0;
        while done < buffer.len() {
            let at = offset.saturating_add(done as u64);
            if at >= self.bytes {
                break;
            }
            if !(window.at..window.at + window.bytes.len() as u64).contains(&at) {
                self.show(&mut window, at, buffer.len() - done)?;
            }
            let skipped = usize::try_from(at - window.at).unwrap_or(usize::MAX);
            let shown = window.bytes.get(skipped..).unwrap_or_default();
            let count = shown.len().min(buffer.len() - done);
            if count == 0 {
                return Err(Broken::error());
            }
            buffer[done..done + count].copy_from_slice(&shown[..count]);
            done += count;
        }
        Ok(done)
    }
}

/// Reads until the buffer is full; whether there were so many bytes.
fn fill(stored: &Stored, at: u64, buffer: &mut [u8]) -> io::Result<bool> {
    let mut done = 0;
    while done < buffer.len() {
        match stored.read_at(at + done as u64, &mut buffer[done..]) {
            Ok(0) => return Ok(false),
            Ok(count) => done += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::{fs, io, path::Path};

    use damask_model::{ByteSource as _, ContentHash};

    use super::{Broken, Opened};
    use crate::{
        Stored,
        encrypted::{
            DataKey, Subject,
            format::{CHUNK_BYTES, ENCRYPTED_CHUNK_BYTES, HEAD_BYTES, encrypted_bytes},
        },
    };

    const SUBJECT: Subject = Subject::blob(ContentHash([7; 32]));

    fn pattern(length: usize) -> Vec<u8> {
        (0..length).map(|at| (at % 251) as u8).collect()
    }

    fn open(path: &Path, key: &DataKey, subject: Subject) -> io::Result<Opened> {
        Opened::new(Stored::file(fs::File::open(path)?)?, &[key], subject)
    }

    fn read(opened: &Opened) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; usize::try_from(opened.len()).unwrap() + 1];
        let count = opened.read_at(0, &mut bytes)?;
        bytes.truncate(count);
        Ok(bytes)
    }

    fn check_broken<T>(tried: io::Result<T>, what: &str) {
        let Err(error) = tried else { panic!("{what}: was taken for whole") };
        assert!(error.get_ref().is_some_and(|inner| inner.is::<Broken>()), "{what}: {error}");
    }

    #[test]
    fn every_part_of_every_length_comes_back() {
        let (folder, key) = (tempfile::tempdir().unwrap(), DataKey::fresh());
        for length in [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 20 * CHUNK_BYTES + 77] {
            let (path, given) = (folder.path().join(length.to_string()), pattern(length));
            let made = key.encrypt_file(SUBJECT, given.as_slice(), &path).unwrap();
            assert_eq!(made.bytes, encrypted_bytes(length as u64));
            assert_eq!(made.plain.finalize(), blake3::hash(&given));
            assert_eq!(made.encrypted.finalize(), blake3::hash(&fs::read(&path).unwrap()));
            let opened = open(&path, &key, SUBJECT).unwrap();
            assert!(read(&opened).unwrap() == given, "{length}");
            for (at, count) in
                [(0, 1), (length / 2, 10), (length.saturating_sub(3), 10), (CHUNK_BYTES - 2, 5)]
            {
                let mut buffer = vec![0; count];
                let read = opened.read_at(at as u64, &mut buffer).unwrap();
                let expected = given.get(at..).unwrap_or_default();
                assert_eq!(buffer[..read], expected[..expected.len().min(count)], "{length} from {at}");
            }
        }
    }

    #[test]
    fn two_files_of_the_same_bytes_have_no_chunk_in_common() {
        let (folder, key) = (tempfile::tempdir().unwrap(), DataKey::fresh());
        let encrypted = |name: &str| {
            let path = folder.path().join(name);
            key.encrypt_file(SUBJECT, [0_u8; 100].as_slice(), &path).unwrap();
            fs::read(path).unwrap()[HEAD_BYTES..].to_vec()
        };
        assert_ne!(encrypted("one"), encrypted("other"));
    }

    #[test]
    fn whatever_is_changed_is_found_out() {
        let (folder, key) = (tempfile::tempdir().unwrap(), DataKey::fresh());
        let path = folder.path().join("file");
        key.encrypt_file(SUBJECT, pattern(3 * CHUNK_BYTES + 9).as_slice(), &path).unwrap();
        let whole = fs::read(&path).unwrap();
        let chunk = |number: usize| HEAD_BYTES + number * ENCRYPTED_CHUNK_BYTES;
        let flipped = |at: usize| {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            bytes
        };
        let swapped =
            [&whole[..chunk(0)], &whole[chunk(1)..chunk(2)], &whole[chunk(0)..chunk(1)], &whole[chunk(2)..]];
        let without_one = [&whole[..chunk(1)], &whole[chunk(2)..]];
        let cases = [
            ("mark", flipped(0)),
            ("id of the key", flipped(9)),
            ("nonce", flipped(30)),
            ("first chunk", flipped(chunk(0))),
            ("tag", flipped(chunk(1) - 1)),
            ("last byte", flipped(whole.len() - 1)),
            ("chunks in another order", swapped.concat()),
            ("a chunk left out", without_one.concat()),
            ("end cut off at a chunk", whole[..chunk(3)].to_vec()),
            ("end cut off in a tag", whole[..whole.len() - 12].to_vec()),
            ("nothing", Vec::new()),
        ];
        for (what, bytes) in cases {
            fs::write(&path, bytes).unwrap();
            check_broken(open(&path, &key, SUBJECT).and_then(|opened| read(&opened)), what);
        }
        fs::write(&path, &whole).unwrap();
        check_broken(open(&path, &DataKey::fresh(), SUBJECT), "another key");
        let other = Subject::blob(ContentHash([8; 32]));
        check_broken(open(&path, &key, other).and_then(|opened| read(&opened)), "another's name");
        let rendition = Subject::rendition([7; 32]);
        check_broken(open(&path, &key, rendition).and_then(|opened| read(&opened)), "another's sort");
        assert!(open(&path, &key, SUBJECT).and_then(|opened| read(&opened)).is_ok());
    }
}
