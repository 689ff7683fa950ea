//! The `termgate` program: hands its arguments and environment to the library.

use std::process::ExitCode;

ctor::declarative::ctor! {
    #[ctor(unsafe)]
    fn before_main() {
        termgate::note_whether_stdout_is_closed();
    }
}

fn main() -> ExitCode {
    termgate::main(std::env::args_os(), &termgate::ProcessEnv)
}
