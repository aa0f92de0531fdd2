//! Stands in for the product's binary in the tests of the glass: the same two commands behind the same walls.
//! With `stand-in` before the command a worker also obeys requests to misbehave; with `mischief` it is a
//! program that does, to be started behind the glass as ffmpeg is.

mod mischief;

use std::process::ExitCode;

use damask_media::glass;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [_, "stand-in", glass::WORKER_COMMAND, ..] => glass::worker_main_with(mischief::obey),
        [_, "stand-in", glass::RUN_COMMAND, ..] => glass::run_main(),
        [_, "mischief", words] => {
            println!("{}", mischief::obey(words));
            ExitCode::SUCCESS
        }
        _ => glass::enter(std::env::args_os()).unwrap_or(ExitCode::from(2)),
    }
}
