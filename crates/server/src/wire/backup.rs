//! Backups, and what happens while one is made.

use damask_flow::backup::{
    BackupLine, Progress,
    manifest::Manifest,
    schedule::Plan,
    shelf::{Found, Removed},
    verify::VerifyLine,
};
use damask_model::Uuid;
use serde::Serialize;
use utoipa::ToSchema;

/// The backups of a place.
#[derive(Debug, Serialize, ToSchema)]
pub struct BackupList {
    /// The newest first.
    items: Vec<BackupFound>,
    /// Where they are, in words.
    #[schema(example = "/mnt/backup/damask")]
    place: String,
    /// Hours from one to the next; null where people make them.
    #[schema(required)]
    every_hours: Option<u32>,
    /// How many are kept; null where all are.
    #[schema(required)]
    keep: Option<u64>,
    /// Whether their pieces are sealed with a key.
    sealed: bool,
}

impl BackupList {
    /// What was found at the place of a plan, the oldest first.
    pub fn of(plan: &Plan, found: Vec<Found>) -> Self {
        Self {
            items: found.into_iter().rev().map(Into::into).collect(),
            place: plan.place.clone(),
            every_hours: plan.every_hours,
            keep: plan.keep.map(|keep| keep as u64),
            sealed: plan.target.key.is_some(),
        }
    }
}

/// One line of the answer while backups are verified.
#[derive(Debug, Serialize, ToSchema)]
pub struct VerifyStep {
    /// Whether something is wrong.
    fault: bool,
    /// What was seen.
    detail: String,
}

impl From<VerifyLine> for VerifyStep {
    fn from(line: VerifyLine) -> Self {
        Self { fault: line.fault, detail: line.detail }
    }
}

/// What was removed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Pruned {
    /// Backups.
    backups: u64,
    /// Pieces that no other backup names.
    pieces: u64,
    /// Their bytes.
    bytes: u64,
}

impl From<Removed> for Pruned {
    fn from(removed: Removed) -> Self {
        Self { backups: removed.backups, pieces: removed.pieces, bytes: removed.bytes }
    }
}

/// A backup, whole or not.
#[derive(Debug, Serialize, ToSchema)]
pub struct BackupFound {
    id: Uuid,
    /// What is in it; null where it cannot be read.
    #[schema(required)]
    backup: Option<BackupView>,
    /// Why it cannot be read; null where it can.
    #[schema(required)]
    broken: Option<String>,
}

/// What is in a backup.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Backup)]
pub struct BackupView {
    id: Uuid,
    /// When its snapshot was taken.
    #[schema(format = DateTime)]
    made: String,
    /// Its last fact.
    seq: i64,
    assets: u64,
    /// Originals in it.
    originals: u64,
    original_bytes: u64,
    /// Originals that could not be read when it was made.
    unreadable: u64,
    /// Originals that were not there before.
    put_originals: u64,
    /// Bytes that were put for it, rows and originals.
    put_bytes: u64,
}

/// One line of the answer while a backup is made: exactly one of these.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum BackupStep {
    /// How far it is.
    Progress(BackupProgress),
    /// An original that is not in it.
    Unreadable {
        /// Its hash.
        hash: String,
        /// Why.
        why: String,
    },
    /// It is made.
    Backup(BackupView),
    /// It is not, and why.
    Failed(String),
}

/// How far a backup is.
#[derive(Debug, Serialize, ToSchema)]
pub struct BackupProgress {
    files_done: u64,
    bytes_done: u64,
    /// Bytes of all originals.
    bytes: u64,
    /// Bytes that were not there before.
    bytes_moved: u64,
    bytes_per_s: u64,
    #[schema(required)]
    seconds_left: Option<u64>,
}

impl From<Progress> for BackupProgress {
    fn from(progress: Progress) -> Self {
        Self {
            files_done: progress.files_done,
            bytes_done: progress.bytes_done,
            bytes: progress.bytes,
            bytes_moved: progress.bytes_moved,
            bytes_per_s: progress.bytes_per_s,
            seconds_left: progress.seconds_left,
        }
    }
}

impl From<Manifest> for BackupView {
    fn from(made: Manifest) -> Self {
        Self {
            id: made.id.0,
            made: made.made().to_string(),
            seq: made.seq,
            assets: made.assets,
            originals: made.originals.rows,
            original_bytes: made.original_bytes,
            unreadable: made.unreadable,
            put_originals: made.put.0,
            put_bytes: made.put.1,
        }
    }
}

impl From<Found> for BackupFound {
    fn from(found: Found) -> Self {
        let (backup, broken) = match found.manifest {
            Ok(manifest) => (Some(manifest.into()), None),
            Err(why) => (None, Some(why)),
        };
        Self { id: found.id.0, backup, broken }
    }
}

impl From<BackupLine> for BackupStep {
    fn from(line: BackupLine) -> Self {
        match line {
            BackupLine::Progress(progress) => Self::Progress(progress.into()),
            BackupLine::Unreadable(hash, why) => Self::Unreadable { hash: hash.to_string(), why },
            BackupLine::Made(made) => Self::Backup(made.manifest.into()),
            BackupLine::Failed(trouble) => Self::Failed(trouble.chain()),
        }
    }
}
