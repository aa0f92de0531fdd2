//! The process behind the glass in these tests: the library starts it again as worker and before every
//! external program, as it starts the real binary. It does nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    damask_media::glass::enter(std::env::args_os()).unwrap_or(ExitCode::from(2))
}
