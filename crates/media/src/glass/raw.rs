//! The system calls that no safe wrapper makes: closing what was inherited, and asking the kernel for
//! something it should refuse. All `unsafe` of the glass is here.

use std::io;

/// The first descriptor that is not one of the three standard ones.
const FIRST_OTHER: libc::c_uint = 3;
/// An argument that is no descriptor, no process, no address and no set of flags.
const NOTHING: libc::c_long = -1;

/// Closes every descriptor but the three standard ones. A server that was started with an open one (a lock of
/// a script) hands it to all its children. A kernel without the call (before 5.9) keeps them.
#[expect(unsafe_code, reason = "close_range(2) has no safe wrapper: it could close what somebody owns")]
pub(super) fn close_inherited() {
    // SAFETY: called first in `main`, when this process has opened nothing and owns no other descriptor.
    let _ = unsafe { libc::syscall(libc::SYS_close_range, FIRST_OTHER, libc::c_uint::MAX, 0) };
}

/// Makes the call with arguments that mean nothing, so that it does nothing where it is not refused.
#[expect(unsafe_code, reason = "calls a decoder never needs have no safe wrapper either")]
pub(super) fn call_with_nothing(number: libc::c_long) -> io::Result<()> {
    let n = NOTHING;
    // SAFETY: −1 is no address, so the kernel reads and writes no memory of ours (EFAULT).
    let answer = unsafe { libc::syscall(number, n, n, n, n, n, n) };
    if answer == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Tries to read a limit of another process: whoever may read it could also set it (prlimit(2)).
#[expect(unsafe_code, reason = "rustix reads limits of its own process only")]
pub(super) fn limit_of(process: i32) -> io::Result<()> {
    let none = std::ptr::null::<libc::rlimit>();
    // SAFETY: both addresses are null, which the call takes for "do not set" and "do not tell".
    let answer = unsafe { libc::prlimit(process, libc::RLIMIT_NOFILE, none, none.cast_mut()) };
    if answer == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Tries to live on after the parent's death.
#[expect(unsafe_code, reason = "rustix keeps the old state, and its own call is the one to be refused")]
pub(super) fn outlive_parent() -> io::Result<()> {
    // SAFETY: the arguments are plain numbers.
    let answer = unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, 0) };
    if answer == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
