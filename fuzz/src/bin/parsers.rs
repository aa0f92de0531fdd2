//! libFuzzer's search through one target, named by `DAMASK_FUZZ_TARGET`; started by scripts/fuzz-parsers.sh. With
//! `DAMASK_FUZZ_SEEDS` it writes the seeds into that folder and ends, without a name it lists the targets.

#![cfg_attr(not(test), no_main)]

use std::{path::PathBuf, sync::OnceLock};

use damask_fuzz::{Target, all, find};

static TARGET: OnceLock<Target> = OnceLock::new();

libfuzzer_sys::fuzz_target!(
    init: begin(),
    |bytes: &[u8]| {
        (TARGET.get().expect("begin() sets it").check)(bytes);
    }
);

fn begin() {
    let Some(name) = std::env::var_os("DAMASK_FUZZ_TARGET") else {
        for target in all() {
            println!("{}", target.name);
        }
        std::process::exit(0);
    };
    let target = find(&name.to_string_lossy()).unwrap_or_else(|| panic!("no target {}", name.display()));
    if let Some(folder) = std::env::var_os("DAMASK_FUZZ_SEEDS").map(PathBuf::from) {
        std::fs::create_dir_all(&folder).expect("the folder can be made");
        for (number, seed) in (target.seeds)().iter().enumerate() {
            std::fs::write(folder.join(format!("seed-{number}")), seed).expect("a seed can be written");
        }
        std::process::exit(0);
    }
    let _ = TARGET.set(target);
}
