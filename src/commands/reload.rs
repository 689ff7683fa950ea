//! `termgate reload`: has the running gateway read everything again.

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::error::{CommandError, Kind};
use crate::settings::run::RunDir;
use crate::system::run_dir::Candidate;

/// Sends SIGHUP to the termgate that holds the run directory of the gateway `id`; gives its process id.
pub fn run(run_dir: &RunDir, id: &str) -> Result<i32, CommandError> {
    let held = Candidate::all(run_dir, id).into_iter().find(Candidate::is_held);
    let failed = |message: String| CommandError::message(Kind::Failed, message);
    let Some(held) = held else {
        return Err(failed(format!("cannot find a running gateway with the ID `{id}` of this user"))
            .hint("name it with --service or --service-id, and its directory with --run-dir; run this as its user")
            .hint("a gateway with --config-source xds is Envoy itself and reads nothing again"));
    };
    let Some(id) = held.holder() else {
        return Err(failed(format!("cannot read the process ID in {}", held.path().display()))
            .hint("a termgate of another release or container runs it: send it SIGHUP"));
    };
    match kill(Pid::from_raw(id), Signal::SIGHUP) {
        Ok(()) => Ok(id),
        Err(errno) => Err(CommandError::new(Kind::Failed, std::io::Error::from(errno))
            .context(format!("cannot signal the process {id}"))
            .hint(if errno == Errno::EPERM {
                "run this as the gateway's user"
            } else {
                "start the gateway: termgate run"
            })),
    }
}
