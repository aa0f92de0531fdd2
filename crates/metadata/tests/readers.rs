//! What the readers beside exiftool may meet: any bytes at all, and most of all those that begin as they should.

use damask_metadata::{Tags, id3_tags, iim_tags, packed_metadata};
use proptest::prelude::*;

/// What one reader answers of a file, in words.
type Reader = fn(&[u8]) -> String;

fn id3(bytes: &[u8]) -> String {
    format!("{:?}", id3_tags(&bytes).expect("no I/O"))
}

fn iim(bytes: &[u8]) -> String {
    format!("{:?}", iim_tags(&bytes, &Tags::default()).expect("no I/O"))
}

fn packed(bytes: &[u8]) -> String {
    format!("{:?}", packed_metadata(&bytes, &Tags::default()).expect("no I/O"))
}

/// Beginnings that lead each reader down to its inmost parts. A box of length 0 lasts to the end of the file.
const BEGINNINGS: [(Reader, &[u8]); 15] = [
    (id3, b"ID3\x04\0\0\0\0\x08\0"),
    (id3, b"ID3\x03\0\x80\0\0\x08\0"),
    (id3, b"ID3\x04\0\x40\0\0\x08\0"),
    (id3, b"ID3\x04\0\0\0\0\x08\0COMM\0\0\0\x40\0\x03\x01eng"),
    (id3, b"ID3\x02\0\0\0\0\x08\0COM\0\0\x40\x01eng"),
    (id3, b"DSD \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x1c\0\0\0\0\0\0\0ID3\x04\0\0\0\0\x08\0TIT2\0\0\0\x40\0\0"),
    (iim, b"\xff\xd8"),
    (iim, b"\xff\xd8\xff\xed\x03\0Photoshop 3.0\0"),
    (iim, b"\xff\xd8\xff\xed\x03\0Photoshop 3.0\08BIM\x04\x04\0\0\0\0\x02\0\x1c\x02\x3c\0\x0b"),
    (packed, b"\0\0\0\x0cJXL \x0d\x0a\x87\x0a"),
    (packed, b"\0\0\0\x0cJXL \x0d\x0a\x87\x0a\0\0\0\0brobExif"),
    (packed, b"\0\0\0\x10ftypheic\0\0\0\0\0\0\0\0meta\0\0\0\0"),
    (packed, b"\0\0\0\x10ftypheic\0\0\0\0\0\0\0\0meta\0\0\0\0\0\0\0\0iinf\0\0\0\0\0\x01"),
    (packed, b"\0\0\0\x10ftypheic\0\0\0\0\0\0\0\0meta\0\0\0\0\0\0\0\x23iinf\0\0\0\0\0\x01\0\0\0\x15infe\x02\0\0\x01\0\x07\0\0Exif\0\0\0\0\0iloc"),
    (packed, b"\0\0\0\x10ftypheic\0\0\0\0\0\0\0\0meta\0\0\0\0\0\0\0\x23iinf\0\0\0\0\0\x01\0\0\0\x15infe\x02\0\0\x01\0\x07\0\0Exif\0\0\0\0\0iloc\0\0\0\0\x11\0\0\x01\0\x07\0\0\0\x01"),
];

/// The end of a file with a tag of ID3 behind its samples.
const FOOTER: &[u8] = b"3DI\x04\0\x10\0\0\x02\0";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn random_bytes_behind_a_true_beginning_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..1_000)) {
        for (read, beginning) in BEGINNINGS {
            let whole = [beginning, &bytes].concat();
            prop_assert_eq!(read(&whole), read(&whole));
        }
        let tagged = [b"ID3\x04\0\x10\0\0\x02\0".as_slice(), &bytes].concat();
        let behind = [b"samples", &tagged[..tagged.len().min(266)], FOOTER].concat();
        prop_assert_eq!(id3(&behind), id3(&behind));
        prop_assert_eq!(id3(FOOTER), id3(FOOTER));
    }
}
