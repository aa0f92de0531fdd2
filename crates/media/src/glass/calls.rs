//! Which system calls a process behind the glass is refused (seccomp), and the filter made of them.
//!
//! A list of what is denied, not of what is allowed: the decoders are other people's programs, and each
//! version of each library makes other harmless calls. What is here reaches out of the process: into others,
//! the kernel, the machine, or memory that the watch (watch.rs) does not see.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    sock_filter,
};

/// Calls no decoder ever needs: they reach into other processes, the kernel or the machine.
pub(super) const ALWAYS: &[libc::c_long] = &[
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_process_mrelease,
    libc::SYS_kcmp,
    libc::SYS_move_pages,
    libc::SYS_migrate_pages,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_send_signal,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_open_tree,
    libc::SYS_move_mount,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_mount_setattr,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_fanotify_init,
    libc::SYS_inotify_init1,
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
    libc::SYS_syslog,
    libc::SYS_name_to_handle_at,
    libc::SYS_open_by_handle_at,
    libc::SYS_acct,
    libc::SYS_quotactl,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_clock_adjtime,
    libc::SYS_adjtimex,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_personality,
];

/// Becoming somebody else.
pub(super) const IDENTITY: &[libc::c_long] = &[
    libc::SYS_setuid,
    libc::SYS_setgid,
    libc::SYS_setreuid,
    libc::SYS_setregid,
    libc::SYS_setresuid,
    libc::SYS_setresgid,
    libc::SYS_setgroups,
    libc::SYS_setfsuid,
    libc::SYS_setfsgid,
    libc::SYS_capset,
];

/// Memory that is in no process, where the watch does not see it, and mail boxes that outlive their maker.
pub(super) const HOARDING: &[libc::c_long] = &[
    libc::SYS_memfd_create,
    libc::SYS_shmget,
    libc::SYS_shmat,
    libc::SYS_semget,
    libc::SYS_msgget,
    libc::SYS_mq_open,
];

/// Names that lead elsewhere: whoever reads the output would follow them. And devices and pipes, on which a
/// reader waits for ever.
pub(super) const LINKING: &[libc::c_long] = &[
    #[cfg(target_arch = "x86_64")]
    libc::SYS_symlink,
    libc::SYS_symlinkat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_link,
    libc::SYS_linkat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_mknod,
    libc::SYS_mknodat,
];

/// Sockets of every family: also a local one could reach a database beside us.
pub(super) const NETWORK: &[libc::c_long] = &[
    libc::SYS_socket,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
];

/// Turning into another program.
pub(super) const STARTING: &[libc::c_long] = &[libc::SYS_execve, libc::SYS_execveat];

/// Changes to files that landlock does not govern: by name they reach every file of the same user.
pub(super) const OWNERSHIP: &[libc::c_long] = &[
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chmod,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chown,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_lchown,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_utime,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_utimes,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_futimesat,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsetxattr,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    libc::SYS_fremovexattr,
    libc::SYS_utimensat,
];

/// Leaving the process group, by which the parent ends them all.
pub(super) const ESCAPING: &[libc::c_long] = &[libc::SYS_setsid, libc::SYS_setpgid];

/// Second processes, where the call itself says so; where its flags do, [`deny`] looks at them.
#[cfg(target_arch = "x86_64")]
const FORKING: &[libc::c_long] = &[libc::SYS_fork, libc::SYS_vfork];
/// Second processes (this architecture has only clone).
#[cfg(not(target_arch = "x86_64"))]
const FORKING: &[libc::c_long] = &[];

/// Signals, whose first argument says to which process or thread. To oneself they are allowed: `raise` and
/// `abort` send them (glibc by tgkill, musl by tkill).
const SIGNALLING: &[libc::c_long] = &[
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_tgkill,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
];

/// What may be set of oneself, and of every other process of the same user: its limits (a server whose files
/// may have no byte), its processors. With the argument that says whose.
const OTHERS: &[(libc::c_long, u8)] = &[
    (libc::SYS_prlimit64, 0),
    (libc::SYS_sched_setaffinity, 0),
    (libc::SYS_sched_setscheduler, 0),
    (libc::SYS_sched_setparam, 0),
    (libc::SYS_sched_setattr, 0),
    (libc::SYS_setpriority, 1),
    (libc::SYS_ioprio_set, 1),
];

/// What a process may not change of itself: that it dies with its parent (prctl(2)), and who may look into it.
const SELF_CHANGES: &[i32] =
    &[libc::PR_SET_PDEATHSIG, libc::PR_SET_CHILD_SUBREAPER, libc::PR_SET_MM, libc::PR_SET_PTRACER];

/// Words put into the keyboard of a terminal (ioctl_tty(2)): a server started by hand has one.
const TERMINAL_INPUT: [u32; 2] = [0x5412, 0x541C];

/// Numbers from here on are those of the x32 ABI: the same calls by other numbers, in a kernel that was built
/// for it, past every list above.
#[cfg(target_arch = "x86_64")]
const X32_CALLS_FROM: u32 = 0x4000_0000;

/// A filter that answers "not permitted" to the calls, to whatever reaches other processes, and to a clone
/// that is not a thread's.
pub(super) fn deny(calls: &[libc::c_long]) -> Option<BpfProgram> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        calls.iter().chain(FORKING).map(|call| (*call, Vec::new())).collect();
    let own = u64::from(std::process::id());
    for call in SIGNALLING {
        rules.insert(*call, vec![SeccompRule::new(vec![is_not(0, own)?]).ok()?]);
    }
    for (call, whose) in OTHERS {
        rules.insert(*call, vec![SeccompRule::new(vec![is_not(*whose, own)?, is_not(*whose, 0)?]).ok()?]);
    }
    let mut changes = Vec::new();
    for change in SELF_CHANGES {
        changes.push(SeccompRule::new(vec![is(0, u64::from(change.unsigned_abs()))?]).ok()?);
    }
    rules.insert(libc::SYS_prctl, changes);
    let mut inputs = Vec::new();
    for request in TERMINAL_INPUT {
        inputs.push(SeccompRule::new(vec![is(1, u64::from(request))?]).ok()?);
    }
    rules.insert(libc::SYS_ioctl, inputs);
    let thread = SeccompCmpOp::MaskedEq(u64::from(libc::CLONE_THREAD.unsigned_abs()));
    let not_a_thread = SeccompCondition::new(0, SeccompCmpArgLen::Qword, thread, 0).ok()?;
    rules.insert(libc::SYS_clone, vec![SeccompRule::new(vec![not_a_thread]).ok()?]);
    Some(without_x32(filter(rules, libc::EPERM)?))
}

/// A filter that makes the calls seem unknown to the kernel. glibc asks with clone3, whose flags lie in memory
/// a filter cannot see, and falls back to clone then.
pub(super) fn not_known(calls: &[libc::c_long]) -> Option<BpfProgram> {
    filter(calls.iter().map(|call| (*call, Vec::new())).collect(), libc::ENOSYS)
}

fn is(argument: u8, value: u64) -> Option<SeccompCondition> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, value).ok()
}

fn is_not(argument: u8, value: u64) -> Option<SeccompCondition> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, value).ok()
}

fn filter(rules: BTreeMap<i64, Vec<SeccompRule>>, errno: i32) -> Option<BpfProgram> {
    let refuse = SeccompAction::Errno(errno.unsigned_abs());
    let architecture = std::env::consts::ARCH.try_into().ok()?;
    SeccompFilter::new(rules, SeccompAction::Allow, refuse, architecture).ok()?.try_into().ok()
}

/// The filter with three instructions before it: load the number (the first word of seccomp_data), and refuse
/// what is not below the x32 ones. The filter's own jumps are relative, so they hold.
#[cfg(target_arch = "x86_64")]
fn without_x32(filter: BpfProgram) -> BpfProgram {
    let step = |code: u32, jt, jf, k| sock_filter { code: u16::try_from(code).unwrap_or(0), jt, jf, k };
    let mut program = vec![
        step(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, 0),
        step(libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K, 0, 1, X32_CALLS_FROM),
        step(libc::BPF_RET | libc::BPF_K, 0, 0, libc::SECCOMP_RET_ERRNO | libc::ENOSYS.unsigned_abs()),
    ];
    program.extend(filter);
    program
}

/// Only x86-64 has a second set of numbers.
#[cfg(not(target_arch = "x86_64"))]
fn without_x32(filter: BpfProgram) -> BpfProgram {
    filter
}
