//! Small exact reads from a [`ByteSource`]: absent at the end of the source instead of an error, because a file
//! that ends early is data.

use std::{borrow::Cow, io};

use damask_model::ByteSource;
use encoding_rs::WINDOWS_1252;

/// `N` bytes at `offset`, or `None` where the source ends before.
pub fn read_array<const N: usize>(source: &dyn ByteSource, offset: u64) -> io::Result<Option<[u8; N]>> {
    let mut bytes = [0; N];
    if offset >= source.len() {
        return Ok(None);
    }
    Ok((source.read_at(offset, &mut bytes)? == N).then_some(bytes))
}

/// A 28-bit length as ID3v2 writes it: seven bits a byte (ID3v2.4 main structure, 6.2).
pub fn synchsafe(bytes: [u8; 4]) -> u32 {
    bytes.iter().fold(0, |sum, byte| (sum << 7) | u32::from(byte & 0x7f))
}

/// The length of the ID3v2 tag at `offset`, header and footer included; 0 where there is none.
pub fn id3v2_length(source: &dyn ByteSource, offset: u64) -> io::Result<u64> {
    let Some(header) = read_array::<10>(source, offset)? else { return Ok(0) };
    if &header[..3] != b"ID3" || header[3] == 0xff || header[6..].iter().any(|byte| byte & 0x80 != 0) {
        return Ok(0);
    }
    let footer = if header[5] & 0x10 != 0 { 10 } else { 0 };
    Ok(10 + u64::from(synchsafe([header[6], header[7], header[8], header[9]])) + footer)
}

/// Text that should be Latin and often is not: what is UTF-8 is that beyond doubt, else it is Windows' Latin.
pub fn utf8_or_latin(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| WINDOWS_1252.decode(bytes).0, Cow::Borrowed)
}
