//! What a child uses up: memory of it and its children, threads and processor time, read from /proc; and what
//! lies in the folders it may write.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// How often a child is looked at.
pub(super) const TICK: Duration = Duration::from_millis(25);

/// Children looked at, at most; a child with more has other limits to meet.
const CHILDREN_MAX: usize = 64;

/// Resident memory of the process and all its descendants, in bytes. A process that is gone uses none.
pub(super) fn tree_memory_bytes(process: u32) -> u64 {
    let mut waiting = vec![process];
    let (mut seen, mut bytes) = (0, 0);
    while let Some(process) = waiting.pop() {
        seen += 1;
        if seen > CHILDREN_MAX {
            break;
        }
        bytes += memory_bytes(process);
        // proc(5): children of one thread, space separated; absent where the kernel was built without it.
        let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children"));
        waiting
            .extend(children.unwrap_or_default().split_whitespace().filter_map(|id| id.parse::<u32>().ok()));
    }
    bytes
}

/// Processor time of the process so far, of all its threads.
pub(super) fn processor_time(process: u32) -> Duration {
    // proc(5), stat: fields 14 and 15 after the name in brackets, in units of USER_HZ, which is 100 for
    // user space on every architecture we run on.
    const TICKS_A_SECOND: u64 = 100;
    let text = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after_name = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 =
        after_name.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 1_000 / TICKS_A_SECOND)
}

/// Threads of the process now.
pub(super) fn threads(process: u32) -> u64 {
    status(process, "Threads:").unwrap_or(0)
}

fn memory_bytes(process: u32) -> u64 {
    status(process, "VmRSS:").map_or(0, |kibibytes| kibibytes << 10)
}

/// A number of /proc/PID/status.
fn status(process: u32, name: &str) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    text.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
}

/// Files in the folders and what they hold in bytes, counted up to a little over `files_max`: a folder that
/// has more is over its limit already.
pub(super) fn written(folders: &[PathBuf], files_max: u64) -> (u64, u64) {
    let mut waiting: Vec<PathBuf> = folders.to_vec();
    let (mut files, mut bytes) = (0, 0);
    while let Some(folder) = waiting.pop() {
        for entry in entries(&folder) {
            // Of a link itself, which is not followed.
            let Ok(about) = entry.metadata() else { continue };
            files += 1;
            bytes += if about.is_file() { about.len() } else { 0 };
            if about.is_dir() {
                waiting.push(entry.path());
            }
            if files > files_max {
                return (files, bytes);
            }
        }
    }
    (files, bytes)
}

fn entries(folder: &Path) -> impl Iterator<Item = fs::DirEntry> {
    fs::read_dir(folder).into_iter().flatten().flatten()
}

#[cfg(test)]
mod tests {
    use std::{fs, process};

    use super::{processor_time, threads, tree_memory_bytes, written};

    #[test]
    fn what_lies_in_folders_is_counted_without_following_links() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("inner")).expect("made");
        fs::write(folder.path().join("inner/a"), [0; 300]).expect("written");
        std::os::unix::fs::symlink("/", folder.path().join("link")).expect("laid");
        let folders = [folder.path().to_owned()];
        assert_eq!(written(&folders, 10), (3, 300));
        assert_eq!(written(&folders, 1).0, 2, "no further than needed");
        assert_eq!(written(&[folder.path().join("gone")], 10), (0, 0));
    }

    #[test]
    fn our_own_process_uses_memory_and_a_missing_one_none() {
        assert!(tree_memory_bytes(process::id()) > 100_000);
        assert_eq!(tree_memory_bytes(u32::MAX), 0);
        assert!(processor_time(u32::MAX).is_zero());
        assert!(threads(process::id()) >= 1);
        assert_eq!(threads(u32::MAX), 0);
    }
}
