//! A disk that is soon full.

use std::ffi::CString;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use rustix::mount::{MountFlags, UnmountFlags};
use tempfile::TempDir;

/// A file system of its own in memory, unmounted on drop.
#[derive(Debug)]
pub struct SmallDisk(TempDir);

/// What takes the room away, in the disk's root.
const BALLAST: &str = "ballast";

impl SmallDisk {
    /// Mounts it, with options of tmpfs such as `size=1m`. `None`, said aloud, where this user may not mount.
    ///
    /// # Panics
    /// When the temporary folder can't be written.
    #[must_use]
    pub fn mount(options: &str) -> Option<Self> {
        let folder = TempDir::with_prefix("damask-disk-").expect("the temporary folder is writable");
        let options = CString::new(options).expect("options have no NUL");
        let mounted =
            rustix::mount::mount("none", folder.path(), "tmpfs", MountFlags::empty(), options.as_c_str());
        if let Err(error) = mounted {
            eprintln!("NOT TESTED: a small tmpfs can't be mounted here ({error})");
            return None;
        }
        Some(Self(folder))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Takes all room but so many bytes (whole pages).
    ///
    /// # Panics
    /// When the disk can't be written.
    pub fn leave_bytes(&self, bytes: u64) {
        self.make_room();
        let about = rustix::fs::statvfs(self.path()).expect("a mounted disk tells of itself");
        let ballast = (about.f_bavail * about.f_frsize).saturating_sub(bytes);
        let mut file = File::create(self.path().join(BALLAST)).expect("the ballast is made");
        let block = [7; 64 << 10];
        let mut left = ballast;
        while left > 0 {
            let count = usize::try_from(left).unwrap_or(block.len()).min(block.len());
            match file.write(&block[..count]) {
                Ok(count) => left -= count as u64,
                Err(error) if error.kind() == std::io::ErrorKind::StorageFull => break,
                Err(error) => panic!("the ballast cannot be written: {error}"),
            }
        }
    }

    /// Gives that room back.
    pub fn make_room(&self) {
        // The first time there is none.
        drop(fs::remove_file(self.path().join(BALLAST)));
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Still busy, it goes when the last file on it is closed.
        let _ = rustix::mount::unmount(self.path(), UnmountFlags::DETACH);
    }
}
