//! Starts Envoy as a child or in this process's place.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use nix::sys::signal::{SigSet, SigmaskHow, Signal, kill};
use nix::unistd::Pid;
use tokio::time::timeout;

use super::bootstrap_file::BootstrapFile;
use crate::excerpt;
use crate::settings::env;
use crate::system::process::{Identity, Stranger};

/// Starting or ending Envoy failed.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} {}", path.display())]
pub struct Error {
    action: &'static str,
    path: PathBuf,
    source: std::io::Error,
}

/// Replaces this process by Envoy; only comes back if that fails.
///
/// The environment loses what carries ACL tokens.
pub fn exec(envoy: &Path, bootstrap: &BootstrapFile, arguments: &[OsString]) -> Error {
    let mut command = std::process::Command::new(envoy);
    command.arg("--config-path").arg(bootstrap.path()).args(arguments);
    for name in env::SECRETS {
        command.env_remove(name);
    }
    let source = command.exec();
    Error { action: "execute", path: envoy.to_owned(), source }
}

/// How long Envoy may take to look at a bootstrap.
const VALIDATION: Duration = Duration::from_secs(10);

/// Has Envoy look at a bootstrap without starting with it; what it says where it refuses it.
pub async fn validate(envoy: &Path, bootstrap: &BootstrapFile) -> io::Result<Option<String>> {
    let mut command = tokio::process::Command::new(envoy);
    command.args(["--mode", "validate", "--log-level", "critical", "--log-format", "%v", "--config-path"]);
    command.arg(bootstrap.path()).stdin(std::process::Stdio::null()).kill_on_drop(true);
    for name in env::SECRETS {
        command.env_remove(name);
    }
    let ended = timeout(VALIDATION, command.output()).await.map_err(|_| io::ErrorKind::TimedOut)??;
    Ok((!ended.status.success()).then(|| refusal(&String::from_utf8_lossy(&ended.stderr))))
}

/// The reason from Envoy's output, on one line, without the name of the memory file before it.
fn refusal(output: &str) -> String {
    let line = output.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("no reason given");
    let reason = match line.split_once("error initializing configuration '") {
        Some((_, rest)) => rest.split_once("': ").map_or(rest, |(_, reason)| reason),
        None => line,
    };
    excerpt::cut(&reason.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A running Envoy.
#[derive(Debug)]
pub struct Envoy {
    handle: Handle,
    path: PathBuf,
    arguments: Vec<String>,
    /// The signal by which it ends in order.
    ends_by: Signal,
}

#[derive(Debug)]
enum Handle {
    Child(tokio::process::Child),
    /// One that an earlier termgate started.
    TakenOver {
        process: Stranger,
        pid: u32,
    },
}

impl Envoy {
    /// Starts Envoy as a child; its output goes where termgate's goes.
    ///
    /// It gets a process group of its own, so that a terminal's Ctrl-C reaches it through termgate,
    /// after the gateway was taken out of the catalog; and nothing ends it when termgate is killed.
    ///
    /// An Envoy with hot restart has the kernel send it SIGTERM when its parent dies. Such a one gets that signal blocked and
    /// ends by SIGINT, which means the same to Envoy.
    pub fn start(
        envoy: &Path,
        bootstrap: &BootstrapFile,
        arguments: &[OsString],
        has_hot_restart: bool,
    ) -> Result<Self, Error> {
        let mut command = tokio::process::Command::new(envoy);
        command
            .arg("--config-path")
            .arg(bootstrap.path())
            .args(arguments)
            .process_group(0)
            .kill_on_drop(false);
        command.stdin(std::process::Stdio::null());
        for name in env::SECRETS.iter().chain(env::SERVICE_MANAGER) {
            command.env_remove(name);
        }
        let error = |source| Error { action: "start", path: envoy.to_owned(), source };
        let spawned = if has_hot_restart {
            let mut blocked = SigSet::empty();
            blocked.add(Signal::SIGTERM);
            // Children inherit what is blocked in the thread that starts them.
            let before =
                blocked.thread_swap_mask(SigmaskHow::SIG_BLOCK).map_err(|errno| error(errno.into()))?;
            let spawned = command.spawn();
            before.thread_set_mask().map_err(|errno| error(errno.into()))?;
            spawned
        } else {
            command.spawn()
        };
        let child = spawned.map_err(error)?;
        let arguments = arguments.iter().map(|argument| argument.to_string_lossy().into_owned());
        let arguments = ["--config-path".to_owned(), bootstrap.path()].into_iter().chain(arguments).collect();
        let ends_by = Self::ends_by(has_hot_restart);
        Ok(Self { handle: Handle::Child(child), path: envoy.to_owned(), arguments, ends_by })
    }

    /// The Envoy that an earlier termgate started; `None` if it has ended.
    pub fn take_over(identity: &Identity, has_hot_restart: bool) -> Result<Option<Self>, Error> {
        let path = PathBuf::from("the running Envoy");
        let arguments = identity.arguments.clone();
        match Stranger::open(identity) {
            Ok(process) => Ok(process.map(|process| Self {
                handle: Handle::TakenOver { process, pid: identity.pid },
                path,
                arguments,
                ends_by: Self::ends_by(has_hot_restart),
            })),
            Err(source) => Err(Error { action: "adopt", path, source }),
        }
    }

    fn ends_by(has_hot_restart: bool) -> Signal {
        if has_hot_restart { Signal::SIGINT } else { Signal::SIGTERM }
    }

    /// What distinguishes it from every other process.
    pub fn identity(&self) -> std::io::Result<Identity> {
        let ended = || std::io::Error::from(std::io::ErrorKind::NotFound);
        Identity::of(self.id().ok_or_else(ended)?, self.arguments.clone())
    }

    /// Its process id; `None` once it has ended.
    pub fn id(&self) -> Option<u32> {
        match &self.handle {
            Handle::Child(child) => child.id(),
            Handle::TakenOver { pid, .. } => Some(*pid),
        }
    }

    /// Waits until Envoy ends; gives its status if that can be known: only of a child it can.
    pub async fn wait(&mut self) -> Result<Option<ExitStatus>, Error> {
        let ended = match &mut self.handle {
            Handle::Child(child) => child.wait().await.map(Some),
            Handle::TakenOver { process, .. } => process.ended().await.map(|()| None),
        };
        ended.map_err(|source| Error { action: "wait for", path: self.path.clone(), source })
    }

    /// Asks Envoy to end at once.
    pub fn terminate(&self) {
        self.signal(self.ends_by);
    }

    /// Ends Envoy without asking (SIGKILL).
    pub fn kill(&self) {
        self.signal(Signal::SIGKILL);
    }

    fn signal(&self, signal: Signal) {
        match &self.handle {
            Handle::Child(child) => {
                if let Some(pid) = child.id().and_then(|pid| i32::try_from(pid).ok()) {
                    // It may have ended meanwhile.
                    let _ = kill(Pid::from_raw(pid), signal);
                }
            }
            Handle::TakenOver { process, .. } => process.signal(signal),
        }
    }
}

/// Envoy's exit status as a shell sees it: its code, or 128 plus the signal that ended it.
pub fn exit_code(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1);
    u8::try_from(code).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_of_a_refusal_is_one_line_without_the_file() {
        let said = "error initializing configuration '/dev/fd/9': Protobuf message (type  x\n";
        assert_eq!(refusal(said), "Protobuf message (type x");
        assert_eq!(refusal("first\nno such flag\n\n"), "no such flag");
        assert_eq!(refusal(""), "no reason given");
    }

    #[test]
    fn the_exit_code_is_the_one_a_shell_would_give() {
        assert_eq!(exit_code(ExitStatus::from_raw(3 << 8)), 3);
        assert_eq!(exit_code(ExitStatus::from_raw(9)), 137);
    }
}
