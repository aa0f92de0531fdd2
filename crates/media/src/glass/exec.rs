//! The inside of a run: this process builds its walls and becomes the external program.

use std::{
    ffi::OsString,
    fs::File,
    io::Read,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use rustix::process::Resource;

use super::{
    Wall, confine,
    confine::Doors,
    raw,
    tries::{self, Inherited, Targets},
    walls::NO_OTHER_PROGRAM,
};

/// Exit code when the program could not be executed, as shells have it.
const NOT_EXECUTED: u8 = 127;
/// Interpreters of interpreters followed; the kernel follows four (BINPRM_MAX_RECURSION).
const INTERPRETERS_MAX: usize = 4;
/// Bytes the kernel looks at for the name of an interpreter (BINPRM_BUF_SIZE).
const LINE_BYTES_MAX: usize = 256;
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
    let Some(mut orders) = Orders::read(arguments) else {
        eprintln!("glass-run: this command is for the program itself");
        return ExitCode::from(USAGE);
    };
    raw::close_inherited();
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
    if let Some(program) = orders.program.first() {
        orders.doors.execute = executables(Path::new(program));
    }
    let inherited = Inherited::look();
    confine::confine_run(&orders.doors);
    if orders.probe {
        return probe(&inherited);
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

/// Tries the walls of a run from inside and prints what holds: a line for all, and one for the last.
fn probe(inherited: &Inherited) -> ExitCode {
    let walls = tries::all("programs", &Targets::default(), inherited);
    let Ok(text) = serde_json::to_string(&walls) else { return ExitCode::FAILURE };
    println!("{text}");
    let error = Command::new("/bin/true").exec();
    let last = Wall::none_through(NO_OTHER_PROGRAM, &[("/bin/true", Err(error))]);
    match serde_json::to_string(&last) {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(_) => ExitCode::FAILURE,
    }
}

/// The program and the interpreters it needs (`#!`, execve(2)): what the kernel opens to execute it.
fn executables(program: &Path) -> Vec<PathBuf> {
    let mut found = vec![program.to_owned()];
    while found.len() <= INTERPRETERS_MAX {
        let Some(words) = first_line(&found[found.len() - 1]) else { break };
        let mut words = words.split_ascii_whitespace();
        let Some(interpreter) = words.next() else { break };
        found.push(interpreter.into());
        // env(1) looks for its first word where programs are.
        if let (true, Some(name)) = (interpreter.ends_with("/env"), words.next()) {
            let places = super::PROGRAM_PATH.split(':').map(|folder| Path::new(folder).join(name));
            found.extend(places.into_iter().find(|path| path.is_file()));
        }
    }
    found
}

/// What follows `#!`, if the file is a script.
fn first_line(file: &Path) -> Option<String> {
    let mut head = [0; LINE_BYTES_MAX];
    let count = File::open(file).and_then(|mut file| file.read(&mut head)).ok()?;
    let line = head[..count].strip_prefix(b"#!")?.split(|byte| *byte == b'\n').next()?;
    Some(String::from_utf8_lossy(line).into_owned())
}

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf};

    use super::executables;

    #[test]
    fn a_script_needs_its_interpreters_and_a_loop_of_them_ends() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).expect("written");
            path
        };
        let script = file("script", "#! /bin/sh -e\nexit");
        assert_eq!(executables(&script), [script.clone(), PathBuf::from("/bin/sh")]);
        let by_env = file("by-env", "#!/usr/bin/env sh\n");
        assert_eq!(executables(&by_env)[1], PathBuf::from("/usr/bin/env"));
        assert!(executables(&by_env)[2].ends_with("sh"));
        let itself = folder.path().join("itself");
        fs::write(&itself, format!("#!{}\n", itself.display())).expect("written");
        assert!(executables(&itself).len() <= 6);
        let none = file("none", "\u{7f}ELF");
        assert_eq!(executables(&none).len(), 1);
    }
}
