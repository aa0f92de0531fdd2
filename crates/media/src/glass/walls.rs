//! Which walls hold on this machine: found out by trying them, from inside.

use std::io;

use damask_model::Finding;
use landlock::{ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, Scope};
use serde::{Deserialize, Serialize};

use super::{Glass, Run, wire};
use crate::MediaError;

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

    /// A wall that holds when the attempt was refused by the kernel.
    pub(super) fn refused<T>(name: &str, attempt: &io::Result<T>) -> Self {
        match attempt {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                Self::new(name, true, "tried and refused")
            }
            Err(error) => Self::new(name, false, format!("tried, failed for another reason: {error}")),
            Ok(_) => Self::new(name, false, "tried and not refused"),
        }
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
        match serde_json::from_slice::<Vec<Wall>>(&probed.stdout) {
            Ok(found) => walls.extend(found),
            Err(_) => walls.push(Wall::new("programs", false, probed.complaint())),
        }
        walls.push(Wall::new("memory: watched", true, "resident memory is looked at every 25 ms"));
        walls.push(Wall::new("memory: cgroup", false, "none was given; the watch stands in for it"));
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
