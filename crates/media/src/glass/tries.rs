//! The walls tried from inside, one after the other: what `damask check` prints, and what the hostile stand-in
//! of the tests does to things that are really there.
//!
//! Each try is harmless where the wall does not hold: what it makes it removes, what it asks for is nothing.
//! The harm itself (endless output, all the memory) is in the test binary only.

use std::{
    fs,
    io::{self, ErrorKind},
    net::{TcpStream, ToSocketAddrs, UdpSocket},
    os::{
        linux::net::SocketAddrExt,
        unix::{
            fs::{PermissionsExt, symlink},
            net::{SocketAddr, UnixDatagram, UnixStream},
        },
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use rustix::process::{Resource, Signal, getppid, getrlimit};
use serde::{Deserialize, Serialize};

use super::{
    Wall,
    calls::{ALWAYS, HOARDING, IDENTITY},
    confine, raw,
};

/// What is tried to be reached.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Targets {
    /// Files that are not given, which the same user may read.
    pub read: Vec<PathBuf>,
    /// A folder that is not given, which the same user may change.
    pub folder: PathBuf,
    /// A file in it to be spoilt, where one was put there for that.
    pub victim: Option<PathBuf>,
    /// A TCP and a UDP address that answer.
    pub network: String,
    /// A local socket.
    pub socket: PathBuf,
    /// The name of a local socket without a file.
    pub abstract_socket: String,
    /// Where it may write, if it may anywhere.
    pub own_folder: Option<PathBuf>,
}

impl Default for Targets {
    /// Things that are there on every machine.
    fn default() -> Self {
        Self {
            read: ["/etc/passwd", "/proc/self/environ", "/proc/1/cmdline"].map(PathBuf::from).to_vec(),
            folder: "/tmp".into(),
            victim: None,
            network: "127.0.0.1:9".to_owned(),
            socket: "/run/systemd/journal/stdout".into(),
            abstract_socket: "damask-nobody".to_owned(),
            own_folder: None,
        }
    }
}

/// What a process has from its parent; looked at before its walls are built.
#[derive(Clone, Debug, Default)]
pub struct Inherited {
    descriptors: Vec<String>,
    variables: Vec<String>,
}

/// Variables every process behind the glass is given.
const VARIABLES: &[&str] = &[
    "PATH",
    "LANG",
    "LC_ALL",
    "HOME",
    "TMPDIR",
    "MAGICK_TEMPORARY_PATH",
    "VIPS_CONCURRENCY",
    "MALLOC_MMAP_THRESHOLD_",
    "MALLOC_TRIM_THRESHOLD_",
];

impl Inherited {
    /// Looks at this process. The list of descriptors shows the one it is read by, which is not inherited.
    pub fn look() -> Self {
        let names = fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
        let mut descriptors: Vec<u32> =
            names.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
        descriptors.sort_unstable();
        let of_listing = descriptors.iter().rposition(|number| *number > 2);
        of_listing.map(|at| descriptors.remove(at));
        let environment = fs::read("/proc/self/environ").unwrap_or_default();
        let variables = environment.split(|byte| *byte == 0).filter(|entry| !entry.is_empty());
        let name = |entry: &[u8]| {
            String::from_utf8_lossy(entry.split(|byte| *byte == b'=').next().unwrap_or_default()).into_owned()
        };
        Self {
            descriptors: descriptors.iter().filter(|number| **number > 2).map(u32::to_string).collect(),
            variables: variables.map(name).filter(|name| !VARIABLES.contains(&name.as_str())).collect(),
        }
    }
}

/// Tries every wall of this process. `who` begins their names.
pub fn all(who: &str, targets: &Targets, inherited: &Inherited) -> Vec<Wall> {
    let name = |what: &str| format!("{who}: {what}");
    let mut walls = reach(who, targets);
    walls.extend(given(who, inherited));
    walls.push(Wall::none_through(&name("no other user"), &refusals(IDENTITY)));
    walls.push(Wall::none_through(&name("no service of the kernel"), &refusals(ALWAYS)));
    walls.push(Wall::none_through(&name("no memory unseen"), &refusals(HOARDING)));
    walls.push(mortal(&name("dies with the server")));
    walls.push(powerless(&name("no power of root's")));
    walls.push(limited(&name("limits")));
    walls
}

/// Tries to reach what is outside.
pub fn reach(who: &str, targets: &Targets) -> Vec<Wall> {
    let name = |what: &str| format!("{who}: {what}");
    vec![
        Wall::none_through(&name("no foreign file is read"), &reading(targets)),
        Wall::none_through(&name("no link is laid"), &linking(targets)),
        Wall::none_through(&name("no foreign file is changed"), &changing(targets)),
        Wall::none_through(&name("no network"), &network(targets)),
        Wall::none_through(&name("no second process"), &[("a program", starting())]),
        Wall::none_through(&name("no hand on the server"), &reaching_out()),
    ]
}

/// Looks at what it was given.
pub fn given(who: &str, inherited: &Inherited) -> Vec<Wall> {
    vec![
        Wall::none_of(&format!("{who}: no inherited descriptor"), &inherited.descriptors),
        Wall::none_of(&format!("{who}: no inherited setting"), &inherited.variables),
    ]
}

type Tried<'a> = Vec<(&'a str, io::Result<()>)>;

fn reading(targets: &Targets) -> Tried<'_> {
    targets.read.iter().map(|path| (path.to_str().unwrap_or("a file"), opened(path))).collect()
}

/// A process that lives is not found where /proc shows nobody what is not theirs (proc(5), hidepid): as good as
/// refused.
fn opened(path: &Path) -> io::Result<()> {
    match fs::File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound && path.starts_with("/proc") => {
            Err(ErrorKind::PermissionDenied.into())
        }
        other => other.map(drop),
    }
}

fn changing(targets: &Targets) -> Tried<'_> {
    let made = targets.folder.join(format!("glass-try-{}", std::process::id()));
    let mut tried = vec![
        ("a new file", fs::write(&made, b"x").and_then(|()| fs::remove_file(&made))),
        ("a new folder", fs::create_dir(&made).and_then(|()| fs::remove_dir(&made))),
    ];
    if let Some(victim) = &targets.victim {
        let aside = victim.with_extension("aside");
        tried.push(("written", fs::OpenOptions::new().append(true).open(victim).map(drop)));
        tried.push(("cut off", fs::OpenOptions::new().write(true).truncate(true).open(victim).map(drop)));
        tried.push(("made public", fs::set_permissions(victim, fs::Permissions::from_mode(0o777))));
        tried.push(("renamed", fs::rename(victim, aside)));
        tried.push(("removed", fs::remove_file(victim)));
        if let Some(own) = &targets.own_folder {
            tried.push(("taken", fs::rename(victim, own.join("taken"))));
            let laid = own.join("laid");
            let replaced = fs::write(&laid, b"x").and_then(|()| fs::rename(&laid, victim));
            tried.push(("replaced", replaced));
        }
    }
    tried
}

fn linking(targets: &Targets) -> Tried<'static> {
    let folder = targets.own_folder.as_ref().unwrap_or(&targets.folder);
    let link = folder.join(format!("glass-link-{}", std::process::id()));
    let removed = |made: io::Result<()>| made.and_then(|()| fs::remove_file(&link));
    let target = targets.victim.as_deref().or(targets.read.first().map(PathBuf::as_path));
    let target = target.unwrap_or(Path::new("/etc/passwd"));
    let pipe = rustix::fs::mknodat(
        rustix::fs::CWD,
        &link,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o600),
        0,
    );
    vec![
        ("a link by name", removed(symlink(target, &link))),
        ("a second name", removed(fs::hard_link(target, &link))),
        ("a pipe", removed(pipe.map_err(io::Error::from))),
    ]
}

fn network(targets: &Targets) -> Tried<'static> {
    let tcp = || {
        let address = targets.network.to_socket_addrs()?.next().ok_or(ErrorKind::NotFound)?;
        TcpStream::connect_timeout(&address, std::time::Duration::from_secs(2)).map(drop)
    };
    let udp = || UdpSocket::bind("127.0.0.1:0")?.send_to(b"x", &targets.network).map(drop);
    let named = SocketAddr::from_abstract_name(&targets.abstract_socket);
    vec![
        ("TCP", tcp()),
        ("a TCP door", std::net::TcpListener::bind("127.0.0.1:0").map(drop)),
        ("UDP", udp()),
        ("a local socket", UnixStream::connect(&targets.socket).map(drop)),
        ("a local socket without a file", named.and_then(|name| UnixStream::connect_addr(&name)).map(drop)),
        ("a local message", UnixDatagram::unbound().map(drop)),
    ]
}

fn starting() -> io::Result<()> {
    let quiet = Stdio::null;
    let mut child = Command::new("/bin/true").stdin(quiet()).stdout(quiet()).stderr(quiet()).spawn()?;
    child.wait().map(drop)
}

fn reaching_out() -> Tried<'static> {
    let parent = getppid().map_or(1, |parent| parent.as_raw_nonzero().get());
    let memory = opened(Path::new(&format!("/proc/{parent}/mem")));
    let settings = opened(Path::new(&format!("/proc/{parent}/environ")));
    vec![
        ("a signal", confine::signal_to_parent()),
        ("its limits", raw::limit_of(parent)),
        ("its memory", memory),
        ("its settings", settings),
    ]
}

fn refusals(numbers: &[libc::c_long]) -> Tried<'static> {
    numbers
        .iter()
        .map(|number| {
            // What this kernel does not know is as good as refused.
            let tried = match raw::call_with_nothing(*number) {
                Err(error) if error.raw_os_error() == Some(libc::ENOSYS) => {
                    Err(ErrorKind::PermissionDenied.into())
                }
                other => other,
            };
            ("a system call", tried)
        })
        .collect()
}

fn mortal(name: &str) -> Wall {
    let asked = rustix::process::parent_process_death_signal();
    let refused = raw::outlive_parent().is_err();
    match asked {
        Ok(Some(signal)) if signal == Signal::KILL && refused => {
            Wall::new(name, true, "killed at its death, and may not change that")
        }
        other => Wall::new(name, false, format!("asked for {other:?}; change refused: {refused}")),
    }
}

fn powerless(name: &str) -> Wall {
    match rustix::thread::capabilities(None) {
        Ok(sets) => {
            let left = sets.permitted | sets.effective;
            let reading = rustix::thread::CapabilitySet::DAC_READ_SEARCH;
            let detail =
                if left.is_empty() { "none left" } else { "only to read what is given, whoever owns it" };
            Wall::new(name, reading.contains(left), detail)
        }
        Err(error) => Wall::new(name, false, error.to_string()),
    }
}

fn limited(name: &str) -> Wall {
    let limits = [
        ("descriptors", Resource::Nofile),
        ("bytes of a file", Resource::Fsize),
        ("seconds of processor time", Resource::Cpu),
        ("bytes of addresses", Resource::As),
        ("bytes of a core", Resource::Core),
    ];
    let said = limits.map(|(what, resource)| {
        getrlimit(resource).maximum.map_or(format!("{what}: watched"), |most| format!("{what}: {most}"))
    });
    let holds = getrlimit(Resource::Nofile).maximum.is_some_and(|most| most <= 256)
        && getrlimit(Resource::Core).maximum == Some(0)
        && getrlimit(Resource::Fsize).maximum.is_some();
    Wall::new(name, holds, said.join(", "))
}
