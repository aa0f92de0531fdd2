//! The inside of a worker: takes requests from a socket on standard input until the parent is gone.
//!
//! It has no file system, no network and starts no process; what it reads and writes comes as open
//! descriptors with the request.

use std::{
    fs::File,
    hint,
    io::{self, Write as _},
    net::UdpSocket,
    os::fd::{AsFd, OwnedFd},
    panic::{self, AssertUnwindSafe},
    process::{Command, ExitCode},
    thread,
    time::Duration,
};

use damask_model::{Finding, FindingCode};
use rustix::process::Resource;
use serde::{Deserialize, Serialize};

use super::{
    Wall, confine,
    wire::{self, Answer, Request},
};
use crate::picture;

/// Ways a decoder can go wrong, for tests of the glass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StandIn {
    /// Never answers, sleeping.
    Sleep,
    /// Never answers, computing.
    Spin,
    /// Takes ever more memory.
    Eat,
    /// Is killed by a signal.
    Die,
    /// Breaks one of its own laws.
    Panic,
}

/// Address space above the watched memory limit, in bytes: a last bound against one huge allocation between
/// two looks.
const ADDRESS_SPACE_SLACK_BYTES: u64 = 2 << 30;

/// The main function of `glass-worker`: confines this process and serves requests until its parent ends.
pub fn worker_main() -> ExitCode {
    serve(false)
}

/// As [`worker_main`], and obeys requests to misbehave: for tests of the glass.
#[doc(hidden)]
pub fn worker_main_with_stand_ins() -> ExitCode {
    serve(true)
}

fn serve(stand_ins: bool) -> ExitCode {
    let mut arguments = std::env::args().skip_while(|word| word != super::WORKER_COMMAND).skip(1);
    let mut number = || arguments.next().and_then(|word| word.parse::<u64>().ok());
    let (Some(parent), Some(memory_bytes), Some(output_bytes)) = (number(), number(), number()) else {
        eprintln!("glass-worker: this command is for the program itself");
        return ExitCode::from(2);
    };
    confine::die_with(i32::try_from(parent).ok());
    confine::limit(Resource::Core, 0, 0);
    confine::limit(Resource::Nofile, 64, 64);
    let address_space = memory_bytes.saturating_add(ADDRESS_SPACE_SLACK_BYTES);
    confine::limit(Resource::As, address_space, address_space);
    confine::limit(Resource::Fsize, output_bytes, output_bytes);
    confine::confine_worker();
    panic::set_hook(Box::new(|_| {}));

    let socket = io::stdin();
    let mut buffer = Vec::new();
    loop {
        let files = match wire::receive(socket.as_fd(), &mut buffer) {
            Ok(Some(files)) => files,
            Ok(None) => return ExitCode::SUCCESS,
            Err(_) => return ExitCode::FAILURE,
        };
        let answer = answer(&buffer, files, stand_ins);
        let text = serde_json::to_vec(&answer).unwrap_or_default();
        if wire::send(socket.as_fd(), &text, &[]).is_err() {
            return ExitCode::FAILURE;
        }
    }
}

fn answer(text: &[u8], files: Vec<OwnedFd>, stand_ins: bool) -> Answer {
    let request = match serde_json::from_slice::<Request>(text) {
        Ok(request) => request,
        Err(error) => return failed(FindingCode::Undecodable, format!("request not understood: {error}")),
    };
    let files: Vec<File> = files.into_iter().map(File::from).collect();
    // A decoder that breaks its own law must not take the answer with it; the parent replaces the worker.
    panic::catch_unwind(AssertUnwindSafe(|| handle(request, files, stand_ins))).unwrap_or_else(|panic| {
        let words = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|&words| words.to_owned()))
            .unwrap_or_default();
        failed(FindingCode::DecoderDied, format!("the decoder gave up: {words}"))
    })
}

fn handle(request: Request, files: Vec<File>, stand_ins: bool) -> Answer {
    match request {
        Request::Ladder(request) => match picture::ladder::make(&request, files) {
            Ok(ladder) => Answer::Ladder(Box::new(ladder)),
            Err(finding) => Answer::Failed(finding),
        },
        Request::Draw { recipe, interim } => match picture::draw::make(&recipe, interim, files) {
            Ok(drawn) => Answer::Drawn(drawn),
            Err(finding) => Answer::Failed(finding),
        },
        Request::Strip { width_px, height_px } => match picture::strip::make(width_px, height_px, files) {
            Ok(drawn) => Answer::Drawn(drawn),
            Err(finding) => Answer::Failed(finding),
        },
        Request::Walls => Answer::Walls(walls()),
        Request::StandIn(way) if stand_ins => misbehave(way),
        Request::StandIn(_) => failed(FindingCode::Undecodable, "not a worker for tests"),
    }
}

fn failed(code: FindingCode, detail: impl Into<String>) -> Answer {
    Answer::Failed(Finding::new(code, detail))
}

fn walls() -> Vec<Wall> {
    vec![
        Wall::refused("workers: no file", &File::open("/etc/passwd")),
        Wall::refused("workers: no network", &UdpSocket::bind("127.0.0.1:0")),
        Wall::refused("workers: no process", &Command::new("/bin/true").spawn()),
        Wall::refused("workers: no signal", &confine::signal_to_parent()),
    ]
}

fn misbehave(way: StandIn) -> Answer {
    match way {
        StandIn::Sleep => loop {
            thread::sleep(Duration::from_secs(1));
        },
        StandIn::Spin => loop {
            hint::spin_loop();
        },
        StandIn::Eat => {
            let mut eaten = Vec::new();
            loop {
                let mut bite = vec![1_u8; 8 << 20];
                hint::black_box(&mut bite);
                eaten.push(bite);
                thread::sleep(Duration::from_millis(1));
            }
        }
        StandIn::Die => {
            let _ = io::stdout().flush();
            std::process::abort()
        }
        StandIn::Panic => panic!("a law was broken"),
    }
}
