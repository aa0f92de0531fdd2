//! The walls a process builds around itself: landlock for files, seccomp for system calls, limits for the
//! rest. They hold for every later child and cannot be taken down again.
//!
//! Where the kernel lacks a wall the process goes on without it; what holds is found out by trying
//! (see walls.rs), not by what was asked for.

use std::path::PathBuf;

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetError, Scope, path_beneath_rules,
};
use rustix::process::{Resource, Rlimit, Signal, setrlimit};
use rustix::thread::{CapabilitySet, CapabilitySets};
use seccompiler::BpfProgram;

use super::calls::{self, ALWAYS, ESCAPING, HOARDING, IDENTITY, LINKING, NETWORK, OWNERSHIP, STARTING};

/// The landlock features asked for; an older kernel gives those it has.
const LANDLOCK: ABI = ABI::V6;

/// What external programs need of the system to run at all: code, libraries, fonts, their own settings.
const SYSTEM_PATHS: &[&str] = &[
    "/usr",
    "/lib",
    "/lib64",
    "/bin",
    "/sbin",
    "/etc/ld.so.cache",
    "/etc/ld.so.preload",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/ImageMagick-6",
    "/etc/ImageMagick-7",
    "/etc/OpenCL",
    "/etc/localtime",
    "/etc/magic",
    "/etc/perl",
    "/etc/vips",
    "/var/cache/fontconfig",
    "/dev/random",
    "/dev/urandom",
    "/dev/zero",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/filesystems",
    "/sys/devices/system/cpu",
];

/// What turns a program into a process: the kernel opens it to be executed as well (ld.so(8)).
const LOADERS: &[&str] = &[
    "/lib64/ld-linux-x86-64.so.2",
    "/lib/ld-linux-aarch64.so.1",
    "/lib/ld-linux-armhf.so.3",
    "/lib/ld-linux-riscv64-lp64d.so.1",
    "/lib/ld-musl-x86_64.so.1",
    "/lib/ld-musl-aarch64.so.1",
];

/// What a run may open besides [`SYSTEM_PATHS`].
#[derive(Debug, Default)]
pub(super) struct Doors {
    /// The program, and the interpreters its first line names: it may turn into no other.
    pub(super) execute: Vec<PathBuf>,
    /// Files or folders to read.
    pub(super) read: Vec<PathBuf>,
    /// Folders to read and write.
    pub(super) write: Vec<PathBuf>,
}

/// Walls of a worker: no file, no socket, no process. Descriptors already open stay usable.
pub(super) fn confine_worker() {
    let landlock = landlock(None);
    if let Err(error) = landlock {
        eprintln!("{error}");
    }
    drop_capabilities(CapabilitySet::empty());
    let denied = [ALWAYS, IDENTITY, HOARDING, LINKING, NETWORK, STARTING, OWNERSHIP, ESCAPING].concat();
    apply(&calls::deny(&denied));
    apply(&calls::not_known(&[libc::SYS_clone3]));
}

/// Walls of an external program: reads and writes through `doors`, no network, no second process.
pub(super) fn confine_run(doors: &Doors) {
    if let Err(error) = landlock(Some(doors)) {
        eprintln!("{error}");
    }
    // A server of root's reads files that are not root's, and so do its programs, through their doors.
    drop_capabilities(CapabilitySet::DAC_READ_SEARCH);
    apply(&calls::deny(&[ALWAYS, IDENTITY, HOARDING, LINKING, NETWORK, OWNERSHIP, ESCAPING].concat()));
    apply(&calls::not_known(&[libc::SYS_clone3]));
}

/// Gives up what makes root root, but for `kept`; whoever is not root has none of it. That it does not come
/// back with the next program is landlock's and seccomp's "no new privileges" (capabilities(7)).
fn drop_capabilities(kept: CapabilitySet) {
    let Ok(now) = rustix::thread::capabilities(None) else { return };
    let sets = CapabilitySets {
        effective: now.effective & kept,
        permitted: now.permitted & kept,
        inheritable: CapabilitySet::empty(),
    };
    let _ = rustix::thread::set_no_new_privs(true);
    let _ = rustix::thread::set_capabilities(None, sets);
}

/// Asks to be killed when the parent thread dies, and ends now when it has died already.
pub(super) fn die_with(parent: Option<i32>) {
    let _ = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
    let now = rustix::process::getppid().map(rustix::process::Pid::as_raw_nonzero);
    if let (Some(parent), Some(now)) = (parent, now)
        && now.get() != parent
    {
        std::process::exit(0);
    }
}

/// Lowers a limit for this process and its children; one that is lower already stays.
pub(super) fn limit(resource: Resource, soft: u64, hard: u64) {
    let now = rustix::process::getrlimit(resource);
    let lower = |wanted: u64, now: Option<u64>| Some(now.map_or(wanted, |now| now.min(wanted)));
    let new = Rlimit { current: lower(soft, now.maximum), maximum: lower(hard, now.maximum) };
    let _ = setrlimit(resource, new);
}

/// Tries whether the parent could be sent a signal, without sending one (kill(2): signal 0).
pub(super) fn signal_to_parent() -> std::io::Result<()> {
    match rustix::process::getppid() {
        Some(parent) => Ok(rustix::process::test_kill_process(parent)?),
        None => Err(std::io::ErrorKind::NotFound.into()),
    }
}

fn landlock(doors: Option<&Doors>) -> Result<(), RulesetError> {
    let ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(LANDLOCK))?
        .handle_access(AccessNet::from_all(LANDLOCK))?
        .scope(Scope::from_all(LANDLOCK))?
        .create()?;
    let Some(doors) = doors else {
        ruleset.restrict_self()?;
        return Ok(());
    };
    let look: BitFlags<AccessFs> = AccessFs::ReadFile | AccessFs::ReadDir;
    let change = AccessFs::from_all(LANDLOCK)
        & !(AccessFs::Execute
            | AccessFs::MakeChar
            | AccessFs::MakeBlock
            | AccessFs::MakeSock
            | AccessFs::MakeFifo
            | AccessFs::MakeSym
            | AccessFs::Refer
            | AccessFs::IoctlDev);
    ruleset
        .add_rules(path_beneath_rules(SYSTEM_PATHS, look))?
        .add_rules(path_beneath_rules(&doors.execute, AccessFs::Execute | AccessFs::ReadFile))?
        .add_rules(path_beneath_rules(LOADERS, AccessFs::Execute | AccessFs::ReadFile))?
        .add_rules(path_beneath_rules(["/dev/null"], AccessFs::ReadFile | AccessFs::WriteFile))?
        .add_rules(path_beneath_rules(&doors.read, look))?
        .add_rules(path_beneath_rules(&doors.write, change))?
        .restrict_self()?;
    Ok(())
}

fn apply(program: &Option<BpfProgram>) {
    if let Some(program) = program
        && let Err(error) = seccompiler::apply_filter(program)
    {
        eprintln!("{error}");
    }
}
