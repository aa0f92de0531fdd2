//! Limits on what comes from outside, in one place. Configuration may set them; these are the usual ones.

use damask_media::clamd::Clamd;

use crate::{fixity::Pace, ingest::rules::Rules};

/// How much of everything is taken.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Longest file taken in, in bytes.
    pub file_bytes_max: u64,
    /// Bytes that all files of the library may have together; `None` for as many as the disk takes.
    pub quota_bytes: Option<u64>,
    /// Longest path of a file in an import or upload, in bytes.
    pub path_bytes_max: usize,
    /// Deepest folder made by an import or upload.
    pub folder_depth_max: usize,
    /// Text kept of one document for searching, in bytes.
    pub text_bytes_max: usize,
    /// Most assets on one page of results.
    pub page_max: usize,
    /// Files read at once by one import.
    pub import_readers: usize,
    /// Seconds an unfinished upload is kept.
    pub upload_kept_s: i64,
    /// Seconds an asset lies in the trash before it is purged; `None` until a person empties it.
    pub trash_kept_s: Option<i64>,
    /// How often every byte of originals is verified, and how fast.
    pub pace: Pace,
    /// Which files wait for a person.
    pub rules: Rules,
    /// Who is asked about malware, if anybody.
    pub clamd: Option<Clamd>,
    /// Longest file that is scanned for malware, in bytes.
    pub scanned_bytes_max: u64,
    /// Values one field of one asset may hold.
    pub values_max: usize,
    /// Longest text value, in bytes.
    pub value_bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes_max: 2 << 40,
            quota_bytes: None,
            path_bytes_max: 4_096,
            folder_depth_max: 64,
            text_bytes_max: 1 << 20,
            page_max: 200,
            import_readers: 4,
            upload_kept_s: 7 * 24 * 3_600,
            trash_kept_s: Some(30 * 24 * 3_600),
            pace: Pace::default(),
            rules: Rules::default(),
            clamd: None,
            scanned_bytes_max: 100 << 20,
            values_max: 1_000,
            value_bytes_max: 64 << 10,
        }
    }
}
