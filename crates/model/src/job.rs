//! Jobs: work that runs at least once, away from the request that asked for it.

use serde::{Deserialize, Serialize};

/// Who waits for a job, and so which goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lane {
    /// A person is looking at the screen.
    Interactive,
    /// Something just came in by hand.
    Fresh,
    /// A large import or a re-make: when nothing else waits.
    Bulk,
}

impl Lane {
    /// All lanes, the most urgent first.
    pub const ALL: [Self; 3] = [Self::Interactive, Self::Fresh, Self::Bulk];

    /// 0 for the most urgent.
    pub const fn rank(self) -> i64 {
        match self {
            Self::Interactive => 0,
            Self::Fresh => 1,
            Self::Bulk => 2,
        }
    }

    /// The lane of that rank.
    pub const fn from_rank(rank: i64) -> Self {
        match rank {
            0 => Self::Interactive,
            1 => Self::Fresh,
            _ => Self::Bulk,
        }
    }
}

/// What a job uses up; each worker says how many it runs of each class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Resource {
    /// Processor time.
    Cpu,
    /// Reading and writing bytes.
    Io,
    /// Waiting on other machines.
    Net,
    /// A graphics processor.
    Gpu,
}

impl Resource {
    /// The word in the catalog.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Io => "io",
            Self::Net => "net",
            Self::Gpu => "gpu",
        }
    }

    /// The class of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Cpu, Self::Io, Self::Net, Self::Gpu].into_iter().find(|class| class.name() == name)
    }
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JobState {
    /// Waits for its time and a worker.
    Waiting,
    /// A worker holds its lease.
    Running,
    /// Ended well.
    Done,
    /// Failed as often as it may; waits for a person to retry it.
    Dead,
    /// A person stopped it.
    Cancelled,
}

impl JobState {
    /// The word in the catalog.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Waiting, Self::Running, Self::Done, Self::Dead, Self::Cancelled]
            .into_iter()
            .find(|state| state.name() == name)
    }
}
