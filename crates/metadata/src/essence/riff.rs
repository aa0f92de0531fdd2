//! The essence of chunked files: WebP and WAVE (RIFF, RF64, BW64), AIFF (IFF).
//!
//! RFC 9649 (WebP), EBU Tech 3306 (RF64), ITU-R BS.2088 (BW64), Apple AIFF 1.3.

use std::io;

use super::Digest;
use crate::bytes::read_array;

/// Most chunks walked.
pub const RIFF_CHUNKS_MAX: u32 = 100_000;

/// One chunk: its name and where its body lies.
struct Chunk {
    name: [u8; 4],
    body: u64,
    length: u64,
}

/// Frames of WebP. The extended header counts only for animations: a still picture gains one when metadata is
/// added, and its canvas is its frame.
pub fn hash_webp(digest: &mut Digest<'_>) -> io::Result<bool> {
    let mut has_frame = false;
    walk(digest, u32::from_le_bytes, |digest, chunk| {
        match &chunk.name {
            b"VP8X" => {
                if let Some(header) = read_array::<10>(digest.source, chunk.body)?
                    && header[0] & 0x02 != 0
                {
                    digest.bytes(&header[4..]);
                }
            }
            b"VP8 " | b"VP8L" | b"ALPH" | b"ANIM" | b"ANMF" => {
                has_frame |= &chunk.name != b"ANIM" && &chunk.name != b"ALPH";
                whole(digest, chunk)?;
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(has_frame)
}

/// Format and samples of WAVE.
pub fn hash_wave(digest: &mut Digest<'_>) -> io::Result<bool> {
    let (mut has_data, mut data_bytes_64) = (false, None);
    walk(digest, u32::from_le_bytes, |digest, chunk| {
        match &chunk.name {
            // The 64-bit length of the data chunk stands after that of the file (EBU Tech 3306, 3.1).
            b"ds64" => {
                data_bytes_64 = read_array::<8>(digest.source, chunk.body + 8)?.map(u64::from_le_bytes)
            }
            b"fmt " => whole(digest, chunk)?,
            b"data" => {
                has_data = true;
                if chunk.length == u64::from(u32::MAX) {
                    chunk.length = data_bytes_64.unwrap_or(u64::MAX);
                }
                // A recorder that was cut off leaves 0: the samples go to the end.
                if chunk.length == 0 {
                    chunk.length = u64::MAX;
                }
                chunk.length = chunk.length.min(digest.source.len() - chunk.body);
                whole(digest, chunk)?;
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(has_data)
}

/// Format and samples of AIFF.
pub fn hash_aiff(digest: &mut Digest<'_>) -> io::Result<bool> {
    let mut has_data = false;
    walk(digest, u32::from_be_bytes, |digest, chunk| {
        if matches!(&chunk.name, b"COMM" | b"SSND") {
            has_data |= &chunk.name == b"SSND";
            whole(digest, chunk)?;
        }
        Ok(())
    })?;
    Ok(has_data)
}

fn whole(digest: &mut Digest<'_>, chunk: &Chunk) -> io::Result<()> {
    digest.bytes(&chunk.name);
    digest.number(chunk.length);
    digest.range(chunk.body, chunk.length)
}

/// Calls `take` for each chunk after the twelve bytes of the form's header. A taker may correct the length.
fn walk<'a>(
    digest: &mut Digest<'a>,
    read_length: fn([u8; 4]) -> u32,
    mut take: impl FnMut(&mut Digest<'a>, &mut Chunk) -> io::Result<()>,
) -> io::Result<()> {
    let mut at = 12_u64;
    for _ in 0..RIFF_CHUNKS_MAX {
        let Some([a, b, c, d, e, f, g, h]) = read_array::<8>(digest.source, at)? else { break };
        let mut chunk =
            Chunk { name: [a, b, c, d], body: at + 8, length: u64::from(read_length([e, f, g, h])) };
        take(digest, &mut chunk)?;
        // Chunks start at even offsets.
        at = chunk.body.saturating_add(chunk.length).saturating_add(chunk.length & 1);
    }
    Ok(())
}
