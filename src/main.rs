//! The `termgate` program: hands its arguments and environment to the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    termgate::cli::main(std::env::args_os(), &termgate::settings::env::ProcessEnv)
}
