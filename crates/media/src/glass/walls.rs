//! Which walls hold on this machine: found out by trying them, from inside.

use std::io;

use damask_model::Finding;
use landlock::{ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, Scope};
use serde::{Deserialize, Serialize};

use super::{Glass, Run, wire};
use crate::MediaError;

/// The wall that cannot be tried but at the end: where it does not hold, whoever tried is gone.
pub(super) const NO_OTHER_PROGRAM: &str = "programs: no other program";

/// One wall.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wall {
    /// What it keeps out.
    pub name: String,
    /// Whether it does.
    pub holds: bool,
    /// What was seen.
    pub detail: String,
}

impl Wall {
    pub(super) fn new(name: &str, holds: bool, detail: impl Into<String>) -> Self {
        Self { name: name.into(), holds, detail: detail.into() }
    }

    /// A wall that holds when every attempt was refused by the kernel.
    pub(super) fn none_through(name: &str, tried: &[(&str, io::Result<()>)]) -> Self {
        let refused = |attempt: &io::Result<()>| {
            attempt.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied)
        };
        let through: Vec<String> = tried
            .iter()
            .filter(|(_, attempt)| !refused(attempt))
            .map(|(what, attempt)| match attempt {
                Ok(()) => format!("{what}: not refused"),
                Err(error) => format!("{what}: failed for another reason: {error}"),
            })
            .collect();
        if through.is_empty() {
            return Self::new(name, true, format!("{} tried and refused", tried.len()));
        }
        Self::new(name, false, through.join("; "))
    }

    /// A wall that holds when nothing was found.
    pub(super) fn none_of(name: &str, found: &[String]) -> Self {
        let detail = if found.is_empty() { "none".to_owned() } else { found.join(", ") };
        Self::new(name, found.is_empty(), detail)
    }
}

impl Glass {
    /// Tries every wall and reports which hold. Takes two short-lived processes.
    pub async fn walls(&self) -> Result<Vec<Wall>, MediaError> {
        let mut walls = kernel_walls();
        match self.ask(&wire::Request::Walls, Vec::new()).await? {
            Ok(wire::Answer::Walls(found)) => walls.extend(found),
            Ok(_) => walls.push(Wall::new("workers", false, "the worker answered something else")),
            Err(Finding { detail, .. }) => walls.push(Wall::new("workers", false, detail)),
        }
        let probed = self.run(Run::probe()).await?;
        let mut lines = probed.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        match lines.next().and_then(|line| serde_json::from_slice::<Vec<Wall>>(line).ok()) {
            Some(found) => walls.extend(found),
            None => walls.push(Wall::new("programs", false, probed.complaint())),
        }
        // Another program, once it runs, does not know how to say this line.
        let other = lines.next().and_then(|line| serde_json::from_slice::<Wall>(line).ok());
        walls.push(other.unwrap_or_else(|| Wall::new(NO_OTHER_PROGRAM, false, "tried and not refused")));
        walls.push(Wall::new("memory: watched", true, "resident memory is looked at every 25 ms"));
        walls.push(Wall::new("memory: cgroup", false, "none was given; the watch stands in for it"));
        walls.push(Wall::new("names and sizes of files", false, "no kernel keeps stat(2) in; contents are"));
        Ok(walls)
    }
}

/// What the kernel offers.
fn kernel_walls() -> Vec<Wall> {
    let strict = || Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
    let files = |abi| strict().handle_access(AccessFs::from_all(abi)).and_then(Ruleset::create).is_ok();
    let best = [ABI::V6, ABI::V5, ABI::V3, ABI::V2, ABI::V1].into_iter().find(|abi| files(*abi));
    let network = strict().handle_access(AccessNet::from_all(ABI::V4)).and_then(Ruleset::create).is_ok();
    let scope = strict().scope(Scope::from_all(ABI::V6)).and_then(Ruleset::create).is_ok();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let seccomp = status.lines().any(|line| line.starts_with("Seccomp:"));
    let detail = best.map_or("not in this kernel, or switched off at its start".to_owned(), |abi| {
        format!("file rules of {abi:?} or later; network rules: {network}; scopes: {scope}")
    });
    vec![
        Wall::new("kernel: landlock", best.is_some(), detail),
        Wall::new("kernel: seccomp", seccomp, if seccomp { "in this kernel" } else { "not in this kernel" }),
    ]
}
