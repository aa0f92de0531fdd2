//! Row 4: every file of the corpus goes through the real binary without a death, and a decoder that was taken over
//! is contained: by the tests of the stand-in, and by the walls that the binary finds holding on this machine.

use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::super::Bench;
use super::super::board::Figure;
use super::super::ingest;

/// Walls that no kernel has, and the one that stands in for a cgroup nobody gave.
const NO_KERNEL_HAS: [&str; 2] = ["memory: cgroup", "names and sizes of files"];
/// Walls that landlock builds.
const OF_LANDLOCK: [&str; 2] = ["foreign file", "no other program"];

pub fn measure(bench: &Bench) -> Result<Figure> {
    let corpus = ingest::of_corpus(bench)?;
    let hostile = corpus.lines.iter().filter(|line| line.path.contains("/hostile/")).count();
    let (attacks, contained) = stand_in(bench)?;
    let (_, said) = bench.binary.check(&corpus.data)?;
    let (holding, lacking) = walls(&said);
    ensure!(holding > 0, "`damask check` told of no wall: {said}");
    let deaths = u32::from(!corpus.alive);
    let met = corpus.alive && attacks > 0 && contained == attacks && lacking.is_empty();
    Ok(Figure::new(format!("{deaths}; {contained} of {attacks}"), met)
        .beside(format!("{} files, {hostile} of them from a folder named hostile", corpus.lines.len()))
        .beside(format!("{holding} walls hold on this machine; {} jobs were given up", corpus.dead_jobs))
        .beside_all(lacking))
}

/// How many tests of the stand-in there are, and how many pass.
fn stand_in(bench: &Bench) -> Result<(u64, u64)> {
    let ran = Command::new("cargo")
        .args(["test", "--locked", "--package", "damask-media", "--test", "contained"])
        .current_dir(&bench.root)
        .output()
        .context("cargo starts")?;
    let said = String::from_utf8_lossy(&ran.stdout);
    let line = said.lines().find_map(|line| line.strip_prefix("test result: "));
    let line = line.with_context(|| {
        format!("the stand-in was not built: {}", String::from_utf8_lossy(&ran.stderr).trim())
    })?;
    let count = |what: &str| {
        let part = line.split([';', '.']).find_map(|part| part.trim().strip_suffix(what));
        part.and_then(|number| number.trim().parse::<u64>().ok()).unwrap_or(0)
    };
    let (passed, failed) = (count("passed"), count("failed"));
    Ok((passed + failed, passed))
}

/// How many walls hold, and which do not though this kernel could have them.
fn walls(said: &str) -> (usize, Vec<String>) {
    const LACKS: &str = " does not hold on this machine";
    let of_glass = || said.lines().filter(|line| line.contains("glass"));
    let holding = of_glass().filter(|line| line.contains(" holds: ")).count();
    let without_landlock = of_glass().any(|line| line.contains(&format!("kernel: landlock{LACKS}")));
    let excused = |line: &str| {
        NO_KERNEL_HAS.iter().any(|name| line.contains(name))
            || line.contains("kernel: ")
            || (without_landlock && OF_LANDLOCK.iter().any(|name| line.contains(name)))
    };
    let lacking = of_glass().filter(|line| line.contains(LACKS) && !excused(line));
    (holding, lacking.map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::walls;

    #[test]
    fn a_wall_is_excused_only_where_the_kernel_has_none() {
        let said = "glass: kernel: seccomp holds: in this kernel\n\
             glass: programs: no network does not hold on this machine: TCP: not refused\n\
             glass: programs: no foreign file is read does not hold on this machine: x\n\
             glass: memory: cgroup does not hold on this machine: none was given\n\
             journal: 3 facts\n";
        let (holding, lacking) = walls(said);
        assert_eq!((holding, lacking.len()), (1, 2), "{lacking:?}");
        let older = format!("glass: kernel: landlock does not hold on this machine: x\n{said}");
        assert_eq!(walls(&older).1.len(), 1, "only the network is left");
    }
}
