//! The walls a process builds around itself: landlock for files, seccomp for system calls, limits for the
//! rest. They hold for every later child and cannot be taken down again.
//!
//! Where the kernel lacks a wall the process goes on without it; what holds is found out by trying
//! (see walls.rs), not by what was asked for.

use std::{collections::BTreeMap, path::PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetError, Scope, path_beneath_rules,
};
use rustix::process::{Resource, Rlimit, Signal, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};

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

/// What a run may open besides [`SYSTEM_PATHS`].
#[derive(Debug, Default)]
pub(super) struct Doors {
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
    apply(&deny(&[ALWAYS, NETWORK, STARTING, OWNERSHIP].concat(), true));
    // glibc asks with clone3 whose flags lie in memory a filter cannot see, and falls back to clone when
    // the kernel seems not to know it.
    apply(&not_known(&[libc::SYS_clone3]));
}

/// Walls of an external program: reads and writes through `doors`, no network.
pub(super) fn confine_run(doors: &Doors) {
    if let Err(error) = landlock(Some(doors)) {
        eprintln!("{error}");
    }
    apply(&deny(&[ALWAYS, NETWORK, ESCAPING].concat(), false));
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
            | AccessFs::IoctlDev);
    ruleset
        .add_rules(path_beneath_rules(SYSTEM_PATHS, AccessFs::from_read(LANDLOCK)))?
        .add_rules(path_beneath_rules(["/dev/null"], AccessFs::ReadFile | AccessFs::WriteFile))?
        .add_rules(path_beneath_rules(&doors.read, look))?
        .add_rules(path_beneath_rules(&doors.write, change))?
        .restrict_self()?;
    Ok(())
}

/// Calls no decoder ever needs: they reach into other processes, the kernel or the machine.
const ALWAYS: &[libc::c_long] = &[
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_send_signal,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_open_by_handle_at,
    libc::SYS_acct,
    libc::SYS_quotactl,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_personality,
];

/// Sockets of every family: also a local one could reach a database beside us.
const NETWORK: &[libc::c_long] = &[
    libc::SYS_socket,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
];

/// Starting processes.
#[cfg(target_arch = "x86_64")]
const STARTING: &[libc::c_long] = &[libc::SYS_execve, libc::SYS_execveat, libc::SYS_fork, libc::SYS_vfork];
/// Starting processes (this architecture has only clone).
#[cfg(not(target_arch = "x86_64"))]
const STARTING: &[libc::c_long] = &[libc::SYS_execve, libc::SYS_execveat];

/// Signals, whose first argument says to which process or thread. To oneself they are allowed: `raise` and
/// `abort` send them (glibc by tgkill, musl by tkill). A child of an external program has another number than
/// the one that was walled in, and may not even do that; its `abort` still ends it.
const SIGNALLING: &[libc::c_long] = &[
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_tgkill,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
];

/// Changes to files that landlock does not govern.
const OWNERSHIP: &[libc::c_long] = &[
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsetxattr,
    libc::SYS_utimensat,
];

/// Leaving the process group, by which the parent ends them all.
const ESCAPING: &[libc::c_long] = &[libc::SYS_setsid, libc::SYS_setpgid];

/// A filter that answers "not permitted" to the calls, to signals to other processes, and to a clone that is
/// not a thread's.
fn deny(calls: &[libc::c_long], no_process: bool) -> Option<BpfProgram> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = calls.iter().map(|call| (*call, Vec::new())).collect();
    let own = u64::from(std::process::id());
    for call in SIGNALLING {
        let another = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, own).ok()?;
        rules.insert(*call, vec![SeccompRule::new(vec![another]).ok()?]);
    }
    if no_process {
        let thread = u64::from(libc::CLONE_THREAD.unsigned_abs());
        let not_a_thread =
            SeccompCondition::new(0, SeccompCmpArgLen::Qword, SeccompCmpOp::MaskedEq(thread), 0).ok()?;
        rules.insert(libc::SYS_clone, vec![SeccompRule::new(vec![not_a_thread]).ok()?]);
    }
    filter(rules, libc::EPERM)
}

/// A filter that makes the calls seem unknown to the kernel.
fn not_known(calls: &[libc::c_long]) -> Option<BpfProgram> {
    filter(calls.iter().map(|call| (*call, Vec::new())).collect(), libc::ENOSYS)
}

fn filter(rules: BTreeMap<i64, Vec<SeccompRule>>, errno: i32) -> Option<BpfProgram> {
    let refuse = SeccompAction::Errno(errno.unsigned_abs());
    let architecture = std::env::consts::ARCH.try_into().ok()?;
    SeccompFilter::new(rules, SeccompAction::Allow, refuse, architecture).ok()?.try_into().ok()
}

fn apply(program: &Option<BpfProgram>) {
    if let Some(program) = program
        && let Err(error) = seccompiler::apply_filter(program)
    {
        eprintln!("{error}");
    }
}
