//! Who holds the data folder. One process locks it and listens on the socket in it; every other command,
//! also beside a running import, speaks to that one.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use tokio::net::UnixListener;

/// Longest path a Unix socket can be bound to, less some (sun_path holds 108 bytes on Linux).
const SOCKET_PATH_BYTES_MAX: usize = 100;

/// The lock on a data folder. It is released when this is dropped or the process ends, however it ends.
#[derive(Debug)]
pub struct Hold {
    _lock: File,
    socket: PathBuf,
}

/// What came of trying to hold a data folder.
#[derive(Debug)]
pub enum Held {
    /// This process holds it now.
    Here(Hold),
    /// Another process holds it.
    Elsewhere,
}

/// Tries to hold the library folder `folder`, making it where it is not there yet.
pub fn hold(folder: &Path) -> anyhow::Result<Held> {
    make(folder).with_context(|| format!("cannot make the data folder {}", folder.display()))?;
    let path = folder.join("lock");
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&path)
        .with_context(|| format!("the data folder is not writable: cannot open {}", path.display()))?;
    match lock.try_lock() {
        Ok(()) => Ok(Held::Here(Hold { _lock: lock, socket: socket_path(folder)? })),
        Err(TryLockError::WouldBlock) => Ok(Held::Elsewhere),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock {}", path.display()))
        }
    }
}

/// Folders of a data folder above that of a library: `data/libraries/main`.
const ABOVE: usize = 2;

/// Makes a folder, and returns when its name and those above it are on the disk: all that is acknowledged lies below.
/// An earlier run may have died between making and syncing, so what is there already is synced as well.
fn make(folder: &Path) -> io::Result<()> {
    let missing = folder.ancestors().take_while(|above| !above.is_dir()).count();
    fs::create_dir_all(folder)?;
    for above in folder.ancestors().skip(1).take(missing.max(ABOVE)) {
        let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
        match File::open(above).and_then(|above| above.sync_all()) {
            // A folder this user may enter but not read: what is in it is older than us, or could not have been made.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {}
            synced => synced?,
        }
    }
    Ok(())
}

/// Where the socket of a library folder is: in it, or, where its path is too long for a socket, in a
/// folder of this user's under the system's temporary folder.
pub fn socket_path(folder: &Path) -> anyhow::Result<PathBuf> {
    let whole = fs::canonicalize(folder).with_context(|| format!("cannot find {}", folder.display()))?;
    let inside = whole.join("damask.sock");
    if inside.as_os_str().len() <= SOCKET_PATH_BYTES_MAX {
        return Ok(inside);
    }
    let digest = blake3::hash(whole.as_os_str().as_encoded_bytes()).to_hex();
    let own = std::env::temp_dir().join(format!("damask-{}", rustix::process::getuid().as_raw()));
    fs::create_dir_all(&own).with_context(|| format!("cannot make {}", own.display()))?;
    fs::set_permissions(&own, fs::Permissions::from_mode(0o700))?;
    Ok(own.join(format!("{}.sock", &digest.as_str()[..32])))
}

impl Hold {
    /// Listens on the socket; only this user can reach it (mode 0600).
    pub fn listen(&self) -> anyhow::Result<UnixListener> {
        match fs::remove_file(&self.socket) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => bail!("cannot remove the old socket {}: {error}", self.socket.display()),
        }
        let listener = UnixListener::bind(&self.socket)
            .with_context(|| format!("cannot listen on {}", self.socket.display()))?;
        fs::set_permissions(&self.socket, fs::Permissions::from_mode(0o600))?;
        Ok(listener)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        // The lock is what counts; a socket file left behind is removed by the next holder.
        let _ = fs::remove_file(&self.socket);
    }
}

#[cfg(test)]
mod tests {
    use super::{Held, hold, socket_path};

    #[test]
    fn only_one_holds_a_data_folder() {
        let folder = tempfile::tempdir().expect("folder");
        let Held::Here(first) = hold(folder.path()).expect("hold") else { panic!("held elsewhere") };
        assert!(matches!(hold(folder.path()).expect("hold"), Held::Elsewhere));
        drop(first);
        assert!(matches!(hold(folder.path()).expect("hold"), Held::Here(_)));
    }

    #[test]
    fn a_folder_with_a_very_long_path_has_its_socket_elsewhere() {
        let folder = tempfile::tempdir().expect("folder");
        let deep = folder.path().join("d".repeat(120));
        std::fs::create_dir(&deep).expect("folder");
        let path = socket_path(&deep).expect("path");
        assert!(path.as_os_str().len() < 100, "{}", path.display());
        assert_eq!(socket_path(&deep).expect("path"), path);
    }
}
