//! Plain text of files: in UTF-8, UTF-16 with its mark, or the old single-byte encoding of the web.

use std::{fs::File, io::Read, path::Path};

use encoding_rs::{Encoding, WINDOWS_1252};

/// Whether a type is text that people may search.
pub fn is_text(media_type: &str) -> bool {
    const OTHERS: [&str; 5] = [
        "application/json",
        "application/xml",
        "application/x-subrip",
        "application/ttml+xml",
        "application/yaml",
    ];
    media_type.starts_with("text/") || OTHERS.contains(&media_type)
}

/// The first `bytes_max` bytes of a file as text. What is no character is shown as one that says so.
pub fn read(path: &Path, bytes_max: usize) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(bytes_max as u64).read_to_end(&mut bytes)?;
    Ok(decode(&bytes, bytes.len() == bytes_max))
}

/// `cut` says that more bytes follow in the file.
fn decode(bytes: &[u8], cut: bool) -> String {
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => encoding.decode(&bytes[mark..]).0,
        None => match std::str::from_utf8(bytes) {
            Ok(text) => text.into(),
            // Cut off within its last character: still UTF-8.
            Err(error) if cut && error.error_len().is_none() => {
                String::from_utf8_lossy(&bytes[..error.valid_up_to()])
            }
            Err(_) => WINDOWS_1252.decode(bytes).0,
        },
    };
    text.replace('\0', "")
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn text_is_read_in_the_encoding_it_was_written_in() {
        assert_eq!(decode("Fußgänger".as_bytes(), false), "Fußgänger");
        assert_eq!(decode(b"\xff\xfeh\0i\0", false), "hi");
        assert_eq!(decode(b"\xef\xbb\xbfhi", false), "hi");
        assert_eq!(decode(b"caf\xe9", false), "café");
        assert_eq!(decode(&"né".as_bytes()[..2], true), "n");
    }
}
