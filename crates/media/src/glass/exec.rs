//! The inside of a run: this process builds its walls and becomes the external program.

use std::{
    ffi::OsString,
    fs,
    net::UdpSocket,
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Command, ExitCode},
};

use rustix::process::Resource;

use super::{Wall, confine, confine::Doors};

/// Exit code when the program could not be executed, as shells have it.
const NOT_EXECUTED: u8 = 127;
/// Exit code when our own arguments make no sense.
const USAGE: u8 = 2;

/// What the parent asks for on the command line.
#[derive(Default)]
struct Orders {
    doors: Doors,
    directory: Option<PathBuf>,
    cpu_s: Option<u64>,
    file_bytes: Option<u64>,
    niceness: i32,
    parent: Option<i32>,
    probe: bool,
    program: Vec<OsString>,
}

/// The main function of `glass-run`: confines this process and turns it into the program after `--`.
/// Only returns when that failed.
pub fn run_main() -> ExitCode {
    let arguments = std::env::args_os().skip_while(|word| word != super::RUN_COMMAND).skip(1);
    let Some(orders) = Orders::read(arguments) else {
        eprintln!("glass-run: this command is for the program itself");
        return ExitCode::from(USAGE);
    };
    confine::die_with(orders.parent);
    let _ = rustix::process::nice(orders.niceness.clamp(0, 19));
    confine::limit(Resource::Core, 0, 0);
    confine::limit(Resource::Nofile, 256, 256);
    if let Some(cpu_s) = orders.cpu_s {
        // The soft limit's signal tells the parent why; the hard one ends a program that ignores it.
        confine::limit(Resource::Cpu, cpu_s.max(1), cpu_s.max(1) + 2);
    }
    if let Some(bytes) = orders.file_bytes {
        confine::limit(Resource::Fsize, bytes, bytes);
    }
    if let Some(directory) = &orders.directory
        && let Err(error) = std::env::set_current_dir(directory)
    {
        eprintln!("glass-run: cannot enter the folder: {error}");
        return ExitCode::from(NOT_EXECUTED);
    }
    confine::confine_run(&orders.doors);
    if orders.probe {
        return probe();
    }
    let Some((program, arguments)) = orders.program.split_first() else {
        return ExitCode::from(USAGE);
    };
    let error = Command::new(program).args(arguments).exec();
    eprintln!("glass-run: cannot execute: {error}");
    ExitCode::from(NOT_EXECUTED)
}

impl Orders {
    fn read(mut arguments: impl Iterator<Item = OsString>) -> Option<Self> {
        let mut orders = Self::default();
        while let Some(word) = arguments.next() {
            let mut number = || arguments.next()?.to_str()?.parse::<u64>().ok();
            match word.to_str()? {
                "--" => {
                    orders.program = arguments.collect();
                    return Some(orders);
                }
                "--probe" => orders.probe = true,
                "--cpu" => orders.cpu_s = Some(number()?),
                "--file-bytes" => orders.file_bytes = Some(number()?),
                "--nice" => orders.niceness = i32::try_from(number()?).ok()?,
                "--parent" => orders.parent = Some(i32::try_from(number()?).ok()?),
                "--read" => orders.doors.read.push(arguments.next()?.into()),
                "--write" => orders.doors.write.push(arguments.next()?.into()),
                "--directory" => orders.directory = Some(arguments.next()?.into()),
                _ => return None,
            }
        }
        orders.probe.then_some(orders)
    }
}

/// Tries the walls of a run from inside and prints what holds.
fn probe() -> ExitCode {
    let reading = fs::read("/etc/passwd");
    let network = UdpSocket::bind("127.0.0.1:0");
    let walls = [
        Wall::refused("programs: no foreign file", &reading),
        Wall::refused("programs: no network", &network),
        Wall::refused("programs: no signal", &confine::signal_to_parent()),
    ];
    match serde_json::to_string(&walls) {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(_) => ExitCode::FAILURE,
    }
}
