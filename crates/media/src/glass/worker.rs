//! The inside of a worker: takes requests from a socket on standard input until the parent is gone.
//!
//! It has no file system, no network and starts no process; what it reads and writes comes as open
//! descriptors with the request.

use std::{
    fs::File,
    io,
    os::fd::{AsFd, OwnedFd},
    panic::{self, AssertUnwindSafe},
    process::ExitCode,
};

use damask_model::{Finding, FindingCode};
use rustix::process::Resource;

use super::{
    confine, raw,
    tries::{self, Inherited, Targets},
    wire::{self, Answer, Request},
};
use crate::picture;

/// What a stand-in for a decoder does when it is told a word, and what it says of it: for tests of the glass.
#[doc(hidden)]
pub type StandIn = fn(&str) -> String;

/// Address space above the watched memory limit, in bytes: a last bound against one huge allocation between
/// two looks.
const ADDRESS_SPACE_SLACK_BYTES: u64 = 2 << 30;

/// The main function of `glass-worker`: confines this process and serves requests until its parent ends.
pub fn worker_main() -> ExitCode {
    serve(None)
}

/// As [`worker_main`], with somebody who misbehaves when asked to: for tests of the glass.
#[doc(hidden)]
pub fn worker_main_with(stand_in: StandIn) -> ExitCode {
    serve(Some(stand_in))
}

fn serve(stand_in: Option<StandIn>) -> ExitCode {
    let mut arguments = std::env::args().skip_while(|word| word != super::WORKER_COMMAND).skip(1);
    let mut number = || arguments.next().and_then(|word| word.parse::<u64>().ok());
    let (Some(parent), Some(memory_bytes), Some(output_bytes)) = (number(), number(), number()) else {
        eprintln!("glass-worker: this command is for the program itself");
        return ExitCode::from(2);
    };
    raw::close_inherited();
    let inherited = Inherited::look();
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
        let answer = answer(&buffer, files, &inherited, stand_in);
        let text = serde_json::to_vec(&answer).unwrap_or_default();
        if wire::send(socket.as_fd(), &text, &[]).is_err() {
            return ExitCode::FAILURE;
        }
    }
}

fn answer(text: &[u8], files: Vec<OwnedFd>, inherited: &Inherited, stand_in: Option<StandIn>) -> Answer {
    let request = match serde_json::from_slice::<Request>(text) {
        Ok(request) => request,
        Err(error) => return failed(FindingCode::Undecodable, format!("request not understood: {error}")),
    };
    let files: Vec<File> = files.into_iter().map(File::from).collect();
    // A decoder that breaks its own law must not take the answer with it; the parent replaces the worker.
    let handled = || handle(request, files, inherited, stand_in);
    panic::catch_unwind(AssertUnwindSafe(handled)).unwrap_or_else(|panic| {
        let words = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|&words| words.to_owned()))
            .unwrap_or_default();
        failed(FindingCode::DecoderDied, format!("the decoder gave up: {words}"))
    })
}

fn handle(request: Request, files: Vec<File>, inherited: &Inherited, stand_in: Option<StandIn>) -> Answer {
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
        Request::Walls => Answer::Walls(tries::all("workers", &Targets::default(), inherited)),
        Request::StandIn(words) => match stand_in {
            Some(misbehave) => Answer::Said(misbehave(&words)),
            None => failed(FindingCode::Undecodable, "not a worker for tests"),
        },
    }
}

fn failed(code: FindingCode, detail: impl Into<String>) -> Answer {
    Answer::Failed(Finding::new(code, detail))
}
