//! The `termgate` program: hands its arguments and environment to the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::SUCCESS
}
