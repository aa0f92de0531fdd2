//! What a process and all its children use, from `/proc`: CPU time (also of children that are gone), and memory with
//! shared pages counted once.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

/// One line of `/proc/<pid>/stat`, as far as it is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stat {
    parent: u32,
    /// User and system time of itself, clock ticks.
    own_ticks: u64,
    /// User and system time of children it has waited for, clock ticks.
    gone_ticks: u64,
}

/// proc(5): the name (field 2) is in brackets and may hold anything, so fields are counted from the last bracket.
fn parse_stat(text: &str) -> Option<Stat> {
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    Some(Stat {
        parent: u32::try_from(number(4)?).ok()?,
        own_ticks: number(14)? + number(15)?,
        gone_ticks: number(16)? + number(17)?,
    })
}

fn all() -> BTreeMap<u32, Stat> {
    let Ok(entries) = fs::read_dir("/proc") else { return BTreeMap::new() };
    let stat = |pid: u32| parse_stat(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?);
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .filter_map(|pid| Some((pid, stat(pid)?)))
        .collect()
}

/// A process and everything below it that runs now; the process itself first.
fn tree(root: u32, all: &BTreeMap<u32, Stat>) -> Vec<u32> {
    let mut found = vec![root];
    let mut at = 0;
    while at < found.len() {
        let parent = found[at];
        found.extend(all.iter().filter(|(_, stat)| stat.parent == parent).map(|(pid, _)| *pid));
        at += 1;
    }
    found
}

/// Clock ticks a second (`sysconf(_SC_CLK_TCK)`).
fn ticks_per_second() -> Result<f64> {
    let output = Command::new("getconf").arg("CLK_TCK").output().context("cannot start getconf")?;
    String::from_utf8_lossy(&output.stdout).trim().parse().context("getconf CLK_TCK is a number")
}

#[expect(clippy::cast_precision_loss, reason = "ticks and kilobytes are far below 2^53")]
const fn figure(count: u64) -> f64 {
    count as f64
}

/// The CPU time a process and its children, living and gone, have used, milliseconds.
pub fn cpu_ms(root: u32) -> Result<f64> {
    let all = all();
    ensure!(all.contains_key(&root), "process {root} is gone");
    let ticks: u64 = tree(root, &all)
        .iter()
        .filter_map(|pid| all.get(pid))
        .map(|stat| stat.own_ticks + stat.gone_ticks)
        .sum();
    Ok(figure(ticks) * 1000.0 / ticks_per_second()?)
}

/// The CPU time of all children this process has waited for and theirs, milliseconds: read before and after running a
/// command to its end, the difference is what that command used.
pub fn cpu_ms_of_ended() -> Result<f64> {
    let own =
        parse_stat(&fs::read_to_string("/proc/self/stat")?).context("/proc/self/stat is as proc(5) says")?;
    Ok(figure(own.gone_ticks) * 1000.0 / ticks_per_second()?)
}

/// Memory of a process and its children in kilobytes: the proportional share (Pss), so that pages shared between a
/// parent and its children count once; resident memory where the kernel tells no share.
fn memory_kb(root: u32) -> u64 {
    let field = |path: String, name: &str| -> Option<u64> {
        let text = fs::read_to_string(path).ok()?;
        text.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse().ok())
    };
    let of = |pid: &u32| {
        field(format!("/proc/{pid}/smaps_rollup"), "Pss:")
            .or_else(|| field(format!("/proc/{pid}/status"), "VmRSS:"))
    };
    tree(root, &all()).iter().filter_map(of).sum()
}

/// Memory of a process and its children now, megabytes (10⁶ bytes).
pub fn memory_mb(root: u32) -> f64 {
    figure(memory_kb(root)) * 1024.0 / 1e6
}

/// Watches memory from another thread and keeps the highest.
pub struct Watch {
    highest_kb: Arc<AtomicU64>,
    enough: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Watch {
    /// Watches these processes and their children together.
    pub fn start(roots: Vec<u32>) -> Self {
        let (highest_kb, enough) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let (highest, stop) = (Arc::clone(&highest_kb), Arc::clone(&enough));
        let thread = spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                highest.fetch_max(roots.iter().map(|root| memory_kb(*root)).sum(), Ordering::Relaxed);
                sleep(Duration::from_millis(50));
            }
        });
        Self { highest_kb, enough, thread }
    }

    /// The highest seen, megabytes (10⁶ bytes).
    pub fn highest_mb(self) -> f64 {
        self.enough.store(true, Ordering::Relaxed);
        // The thread only reads files; were it gone, its last figure would still stand.
        drop(self.thread.join());
        figure(self.highest_kb.load(Ordering::Relaxed)) * 1024.0 / 1e6
    }
}

/// SIGKILL for a process; its children must then end by themselves, and are waited for.
pub fn kill_and_await(child: &mut Child) -> Result<()> {
    const GONE_MAX: Duration = Duration::from_secs(10);
    let below: Vec<u32> = tree(child.id(), &all()).into_iter().skip(1).collect();
    child.kill().context("cannot kill a process we started")?;
    child.wait().context("cannot wait for a process we started")?;
    let start = Instant::now();
    while below.iter().any(|pid| fs::exists(format!("/proc/{pid}/exe")).unwrap_or(false)) {
        ensure!(
            start.elapsed() < GONE_MAX,
            "children outlived their killed parent by {} s",
            GONE_MAX.as_secs()
        );
        sleep(Duration::from_millis(5));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_may_have_any_name() {
        let text = "42 (a) b (c)) S 7 1 1 0 -1 4194304 100 0 0 0 11 22 33 44 20 0 1 0 5 0 0";
        assert_eq!(parse_stat(text), Some(Stat { parent: 7, own_ticks: 33, gone_ticks: 77 }));
        assert_eq!(parse_stat("nothing"), None);
    }

    #[test]
    fn time_of_children_that_are_gone_is_counted() {
        let before = cpu_ms_of_ended().unwrap();
        let busy = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done";
        assert!(
            Command::new("sh").args(["-c", &format!("sh -c '{busy}'; true")]).status().unwrap().success()
        );
        assert!(cpu_ms_of_ended().unwrap() - before >= 20.0);
        assert!(cpu_ms(std::process::id()).unwrap() >= 20.0);
    }

    #[test]
    fn a_killed_process_is_gone_with_its_memory() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let watch = Watch::start(vec![child.id()]);
        sleep(Duration::from_millis(120));
        kill_and_await(&mut child).unwrap();
        assert!(watch.highest_mb() > 0.0);
        assert!(cpu_ms(child.id()).is_err());
    }
}
