//! The `termgate` program: hands its arguments and environment to the library.

use std::process::ExitCode;

ctor::declarative::ctor! {
    #[ctor(unsafe)]
    fn before_main() {
        termgate::system::stdout::note_whether_closed();
    }
}

fn main() -> ExitCode {
    termgate::cli::main(std::env::args_os(), &termgate::settings::env::ProcessEnv)
}
