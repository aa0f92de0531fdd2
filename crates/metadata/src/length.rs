//! How long an MPEG audio stream (MP3) is, by counting its frames. The format has no length of its own: readers
//! that do not count estimate it from the bit rate of the first frame and the bytes of the file, tags included.

use std::io;

use damask_model::ByteSource;

use crate::{
    bytes::read_array,
    essence::sound::{after_tags, before_tags},
};

/// Most frames counted: a day of them.
pub const FRAMES_MAX: u64 = 4_000_000;
/// Most bytes looked through for the next frame after one that is damaged.
pub const JUNK_BYTES_MAX: usize = 64 * 1024;
/// Largest single read, in bytes.
const WINDOW_BYTES: usize = 256 * 1024;

/// Bit rates in kbit/s by the four bits of the header (ISO/IEC 11172-3, 2.4.2.3): MPEG-1 layers I, II and III;
/// MPEG-2 layer I, and layers II and III (ISO/IEC 13818-3, 2.4.2.3).
const BIT_RATES: [[u32; 15]; 5] = [
    [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];

/// One frame by its header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Frame {
    bytes: usize,
    samples: u32,
    rate_hz: u32,
    is_mono: bool,
    is_mpeg_1: bool,
}

impl Frame {
    /// Reads a header (ISO/IEC 11172-3, 2.4.1.3). `None` for free bit rates and what is no header.
    fn parse(header: [u8; 4]) -> Option<Self> {
        let [sync, version, rates, mode] = header;
        if sync != 0xff || version & 0xe0 != 0xe0 {
            return None;
        }
        let halvings = match (version >> 3) & 3 {
            3 => 0,
            2 => 1,
            0 => 2,
            _ => return None,
        };
        let is_mpeg_1 = halvings == 0;
        let layer = 4 - usize::from((version >> 1) & 3);
        let table = match (is_mpeg_1, layer) {
            (_, 4) => return None,
            (true, layer) => layer - 1,
            (false, 1) => 3,
            (false, _) => 4,
        };
        let kilobits = *BIT_RATES[table].get(usize::from(rates >> 4)).filter(|rate| **rate > 0)?;
        let rate_hz = [44_100, 48_000, 32_000].get(usize::from((rates >> 2) & 3))? >> halvings;
        let padding = u32::from((rates >> 1) & 1);
        let samples = match (is_mpeg_1, layer) {
            (_, 1) => 384,
            (false, 3) => 576,
            _ => 1_152,
        };
        let bytes = if layer == 1 {
            (12 * kilobits * 1_000 / rate_hz + padding) * 4
        } else {
            samples / 8 * kilobits * 1_000 / rate_hz + padding
        };
        let bytes = usize::try_from(bytes).ok().filter(|bytes| *bytes > 4)?;
        Some(Self { bytes, samples, rate_hz, is_mono: mode >> 6 == 3, is_mpeg_1 })
    }

    /// Whether both are of one stream: within it neither the rate nor the version changes.
    fn goes_with(self, other: Self) -> bool {
        self.rate_hz == other.rate_hz && self.samples == other.samples
    }

    /// Where a table of Xing's or Fraunhofer's stands in a frame that holds no sound.
    fn table_offsets(self) -> [usize; 2] {
        let side = match (self.is_mpeg_1, self.is_mono) {
            (true, false) => 32,
            (true, true) | (false, false) => 17,
            (false, true) => 9,
        };
        [4 + side, 36]
    }
}

/// The length in microseconds; `None` where there are not two frames in a row that fit together.
///
/// # Errors
/// Only what the source answers when it is read.
pub fn mpeg_audio_length_us(source: &dyn ByteSource) -> io::Result<Option<u64>> {
    let mut at = after_tags(source)?;
    let end = before_tags(source, at)?;
    let mut stream: Option<Frame> = None;
    let (mut samples, mut frames) = (0_u64, 0_u64);
    'windows: while at < end && frames < FRAMES_MAX {
        let length = usize::try_from(end - at).unwrap_or(WINDOW_BYTES).min(WINDOW_BYTES);
        let window = source.read_vec(at, length)?;
        let (mut inside, mut junk) = (0, 0);
        while let Some(header) = window.get(inside..inside + 4) {
            let header = header.try_into().expect("a slice of four bytes");
            let fits = |frame: &Frame| stream.is_none_or(|first| first.goes_with(*frame));
            let Some(frame) = Frame::parse(header).filter(fits) else {
                (inside, junk) = (inside + 1, junk + 1);
                if junk > JUNK_BYTES_MAX {
                    break 'windows;
                }
                continue;
            };
            let next = inside + frame.bytes;
            // Fewer bytes than a header's may follow the last frame.
            let is_last = at + next as u64 + 4 > end;
            let follower = window.get(next..next + 4).map(|next| next.try_into().expect("four bytes"));
            if follower.is_none() && !is_last && inside > 0 {
                break;
            }
            // A frame is believed when another follows it, or the stream ends.
            let is_followed = follower.and_then(Frame::parse).is_some_and(|next| next.goes_with(frame));
            if !is_followed && (stream.is_none() || !is_last) && junk > 0 {
                (inside, junk) = (inside + 1, junk + 1);
                continue;
            }
            if stream.is_none() && !is_followed {
                (inside, junk) = (inside + 1, junk + 1);
                continue;
            }
            let whole = window.get(inside..next).unwrap_or_default();
            if stream.is_some() || !is_table(whole, frame) {
                samples += u64::from(frame.samples);
                frames += 1;
            }
            stream = Some(frame);
            (inside, junk) = (next, 0);
        }
        at += inside.max(1) as u64;
        if length < WINDOW_BYTES {
            break;
        }
    }
    let rate = stream.map_or(1, |frame| u64::from(frame.rate_hz));
    Ok((frames > 0).then(|| samples * 1_000_000 / rate))
}

/// The length of a DSF file by its header, in microseconds: samples of one bit in a channel by their rate (DSF file
/// format specification, fmt chunk). `None` where it is no DSF. Readers that count them as bytes are eight times off.
///
/// # Errors
/// Only what the source answers when it is read.
pub fn dsf_length_us(source: &dyn ByteSource) -> io::Result<Option<u64>> {
    let (Some(magic), Some(format), Some(rate), Some(samples)) = (
        read_array::<4>(source, 0)?,
        read_array::<4>(source, 28)?,
        read_array::<4>(source, 56)?,
        read_array::<8>(source, 64)?,
    ) else {
        return Ok(None);
    };
    let (rate, samples) = (u64::from(u32::from_le_bytes(rate)), u64::from_le_bytes(samples));
    if (magic, format) != (*b"DSD ", *b"fmt ") || rate == 0 {
        return Ok(None);
    }
    Ok(samples.checked_mul(1_000_000).map(|samples| samples / rate))
}

/// Whether a first frame holds a table of the stream instead of sound.
fn is_table(frame: &[u8], header: Frame) -> bool {
    header.table_offsets().iter().any(|offset| {
        frame.get(*offset..offset + 4).is_some_and(|name| matches!(name, b"Xing" | b"Info" | b"VBRI"))
    })
}

#[cfg(test)]
mod tests {
    use super::{Frame, dsf_length_us, mpeg_audio_length_us};

    /// MPEG-1 layer III, 128 kbit/s, 44,100 Hz, stereo: 417 bytes, 1,152 samples.
    const HEADER: [u8; 4] = [0xff, 0xfb, 0x90, 0x00];

    fn stream(frames: usize) -> Vec<u8> {
        let mut frame = HEADER.to_vec();
        frame.resize(417, 0x55);
        frame.repeat(frames)
    }

    fn check(bytes: &[u8], expected_us: Option<u64>) {
        assert_eq!(mpeg_audio_length_us(&bytes).expect("bytes in memory are read"), expected_us);
    }

    #[test]
    fn a_header_says_how_many_bytes_and_samples_a_frame_has() {
        let frame = Frame::parse(HEADER).expect("a header");
        assert_eq!((frame.bytes, frame.samples, frame.rate_hz), (417, 1_152, 44_100));
        let half = Frame::parse([0xff, 0xf3, 0x44, 0xc0]).expect("a header of MPEG-2");
        assert_eq!((half.samples, half.rate_hz, half.is_mono), (576, 24_000, true));
        assert_eq!(Frame::parse([0xff, 0xfb, 0x00, 0x00]), None, "a free bit rate");
        assert_eq!(Frame::parse(*b"RIFF"), None);
    }

    #[test]
    fn a_stream_is_as_long_as_its_frames_whatever_stands_around_it() {
        check(&stream(100), Some(2_612_244));
        let tagged =
            [b"ID3\x04\0\0\0\0\x02\0".to_vec(), vec![0; 256], stream(100), b"TAG".to_vec(), vec![0; 125]];
        check(&tagged.concat(), Some(2_612_244));
        let junk = [stream(50), vec![0x11; 3_000], stream(50)];
        check(&junk.concat(), Some(2_612_244));
        check(&stream(2_000), Some(52_244_897));
        check(&[stream(100), vec![0; 3]].concat(), Some(2_612_244));
    }

    #[test]
    fn a_dsf_is_as_long_as_its_samples_of_one_bit() {
        let mut bytes = b"DSD \x1c\0\0\0\0\0\0\0".to_vec();
        bytes.resize(28, 0);
        bytes.extend(b"fmt \x34\0\0\0\0\0\0\0");
        for number in [1_u32, 0, 2, 2, 2_822_400, 1, 1_411_200, 0, 4_096, 0] {
            bytes.extend(number.to_le_bytes());
        }
        assert_eq!(dsf_length_us(&bytes.as_slice()).expect("bytes in memory are read"), Some(500_000));
        assert_eq!(dsf_length_us(&b"RIFF".as_slice()).expect("bytes in memory are read"), None);
    }

    #[test]
    fn the_frame_that_holds_a_table_is_no_sound() {
        let mut bytes = stream(101);
        bytes[36..40].copy_from_slice(b"Info");
        check(&bytes, Some(2_612_244));
    }

    #[test]
    fn what_has_no_frames_has_no_length() {
        check(b"", None);
        check(&[0xff; 5_000], None);
        check(&vec![0; 300_000], None);
    }
}
