//! What a child uses up, read from /proc: memory of it and its children, processor time.

use std::{fs, time::Duration};

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

fn memory_bytes(process: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    text.lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|number| number.parse::<u64>().ok())
        .map_or(0, |kibibytes| kibibytes << 10)
}

#[cfg(test)]
mod tests {
    use std::process;

    use super::{processor_time, tree_memory_bytes};

    #[test]
    fn our_own_process_uses_memory_and_a_missing_one_none() {
        assert!(tree_memory_bytes(process::id()) > 100_000);
        assert_eq!(tree_memory_bytes(u32::MAX), 0);
        assert!(processor_time(u32::MAX).is_zero());
    }
}
