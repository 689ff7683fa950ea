//! A small container for termgate and Envoy: a root of its own, in which termgate is the first process. See container.py.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use anyhow::{Context, Result, bail, ensure};
use nix::sys::signal::Signal;
use nix::unistd::geteuid;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::process::{Process, children_of, is_alive, send};
use super::tools::{self, Tool, project};
use super::wait;

/// The user of the image.
pub const USER: u32 = 65_532;

/// How a container is made. The default is root with every capability, and a `/tmp` to write to.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Container {
    /// The user that termgate runs as.
    pub user: u32,
    pub read_only: bool,
    /// Folders in memory.
    pub writable: Vec<&'static str>,
    pub no_capabilities: bool,
    pub no_new_privileges: bool,
    /// What a container runtime lets a program ask of the kernel.
    pub profile: Option<Value>,
    /// More system calls that fail, and how.
    pub refused: BTreeMap<&'static str, i32>,
    /// Settings below `/proc/sys`.
    pub sysctl: BTreeMap<&'static str, &'static str>,
    /// Whether there is `/dev/fd`.
    pub dev_fd: bool,
    /// Whether the first process inherits others, which end.
    pub orphans: bool,
}

impl Default for Container {
    fn default() -> Self {
        Self {
            user: 0,
            read_only: false,
            writable: vec!["/tmp"],
            no_capabilities: false,
            no_new_privileges: false,
            profile: None,
            refused: BTreeMap::new(),
            sysctl: BTreeMap::new(),
            dev_fd: true,
            orphans: false,
        }
    }
}

/// A container at work. Dropping it ends everything in it.
pub struct Running {
    pub process: Process,
    _root: TempDir,
}

impl Container {
    /// Why this machine makes no containers, if so.
    pub fn unavailable() -> Option<String> {
        let mut probe = Self::default().runtime();
        match probe.arg("{}").output() {
            Ok(output) if output.status.success() => None,
            Ok(output) => Some(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
            Err(error) => Some(format!("unshare: {error}")),
        }
    }

    /// The profile that a container runtime of this machine applies by itself (Docker, Podman; Kubernetes:
    /// `RuntimeDefault`), or why there is none.
    pub fn runtime_profile() -> Result<Value, String> {
        let library = python().args(["-c", "import ctypes; ctypes.CDLL('libseccomp.so.2')"]).output();
        if !library.is_ok_and(|output| output.status.success()) {
            return Err("libseccomp.so.2 or python3 is missing".to_owned());
        }
        let places =
            [PathBuf::from("/usr/share/containers/seccomp.json"), project().join(".tools/bin/seccomp.json")];
        let text = places.iter().find_map(|place| fs::read_to_string(place).ok());
        let text = text.ok_or_else(|| {
            let reason = fs::read_to_string(project().join(".tools/seccomp.json.unavailable"));
            reason.unwrap_or_else(|_| "run `.ci/install-tools seccomp.json`".to_owned())
        })?;
        serde_json::from_str(&text).map_err(|error| error.to_string())
    }

    /// Starts termgate with these arguments and variables.
    pub fn start(&self, arguments: &[String], environment: &[(&str, &str)]) -> Result<Running> {
        let root = tempfile::tempdir()?;
        let mut files = BTreeMap::new();
        for (name, path) in [("termgate", tools::termgate()?), ("envoy", Tool::Envoy.path()?)] {
            let path = path.canonicalize()?;
            files.extend(libraries(&path)?.into_iter().map(|library| (library.clone(), library)));
            files.insert(format!("/usr/bin/{name}"), path.display().to_string());
        }
        let environment: BTreeMap<_, _> = [("PATH", "/usr/bin")].iter().chain(environment).copied().collect();
        let program: Vec<_> =
            ["/usr/bin/termgate"].into_iter().chain(arguments.iter().map(String::as_str)).collect();
        let spec = json!({
            "root": root.path(), "files": files, "program": program, "environment": environment,
            "user": self.user, "read_only": self.read_only, "writable": self.writable, "dev_fd": self.dev_fd,
            "no_capabilities": self.no_capabilities, "no_new_privileges": self.no_new_privileges,
            "profile": self.profile, "refused": self.refused, "sysctl": self.sysctl,
            "orphans": self.orphans,
        });
        let mut runtime = self.runtime();
        runtime.arg(spec.to_string()).env_clear();
        Ok(Running { process: Process::spawn("the container", &mut runtime)?, _root: root })
    }

    /// What becomes the first process of namespaces of its own.
    fn runtime(&self) -> Command {
        let mut command = Command::new("unshare");
        if !geteuid().is_root() {
            let user = self.user;
            command.arg(format!("--map-user={user}")).arg(format!("--map-group={user}")).arg("--keep-caps");
        }
        let python = python();
        command.args(["--mount", "--pid", "--fork", "--kill-child"]).arg(python.get_program());
        command.arg(project().join("tests/support/container.py"));
        command
    }
}

impl Running {
    /// The container's first process: termgate, or the Envoy that it became.
    pub fn first(&self) -> Result<u32> {
        match children_of(self.process.id())?[..] {
            [first] => Ok(first),
            ref others => bail!("expected one child of unshare, got {others:?}"),
        }
    }

    /// Fails unless every process in it is confined as the container is meant to confine it.
    pub fn is_confined(&self, container: &Container) -> Result<()> {
        let first = self.first()?;
        for process in [vec![first], children_of(first)?].concat() {
            let status = fs::read_to_string(format!("/proc/{process}/status"))?;
            let field = |name: &str| {
                let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
                line.map(str::trim).with_context(|| format!("no {name} in {status}"))
            };
            let number = |name: &str| Ok::<_, anyhow::Error>(u64::from_str_radix(field(name)?, 16)?);
            let is_filtered = container.profile.is_some() || !container.refused.is_empty();
            ensure!(field("NoNewPrivs")? == if container.no_new_privileges { "1" } else { "0" }, "{status}");
            ensure!((field("Seccomp")? == "2") == is_filtered, "{status}");
            if container.no_capabilities {
                ensure!(number("CapBnd")? == 0 && number("CapPrm")? == 0, "{status}");
            }
            if container.user != 0 {
                ensure!(number("CapPrm")? == 0, "{status}");
                ensure!(
                    !geteuid().is_root() || field("Uid")?.split_whitespace().all(|id| id == USER.to_string()),
                    "{status}"
                );
            }
            let mounts = fs::read_to_string(format!("/proc/{process}/mountinfo"))?;
            // "36 35 98:0 /folder / ro,noatime …"
            let root = mounts.lines().filter_map(|line| line.split(' ').nth(4).zip(line.split(' ').nth(5)));
            let options = root.filter(|(at, _)| *at == "/").map(|(_, options)| options).next_back();
            ensure!(
                options.is_some_and(|options| options.starts_with("ro") == container.read_only),
                "{mounts}"
            );
        }
        Ok(())
    }

    /// Waits until the first process has no child but this.
    pub fn has_only(&mut self, child: &str) -> Result<()> {
        let first = self.first()?;
        self.process.wait_until("the orphans to be reaped", || {
            let names: Vec<String> = fs::read_dir("/proc")?
                .filter_map(|entry| {
                    let stat = fs::read_to_string(entry.ok()?.path().join("stat")).ok()?;
                    let (name, rest) = stat.split_once('(')?.1.rsplit_once(')')?;
                    let parent = rest.split_ascii_whitespace().nth(1)?.parse::<u32>().ok()?;
                    (parent == first).then(|| name.to_owned())
                })
                .collect();
            ensure!(names == [child], "its children, zombies included, are {names:?}");
            Ok(())
        })
    }

    /// Sends SIGTERM to the first process, as a runtime does; gives how it ended, and fails if anything is left.
    pub fn stop(&mut self) -> Result<ExitStatus> {
        let first = self.first()?;
        let all = [vec![first], children_of(first)?].concat();
        send(first, Signal::SIGTERM)?;
        let status = self.process.wait(wait::PATIENCE)?;
        ensure!(!all.iter().any(|process| is_alive(*process)), "a process is left");
        Ok(status)
    }
}

/// The system's own, which needs no variables.
fn python() -> Command {
    let own = Path::new("/usr/bin/python3");
    Command::new(if own.exists() { own } else { Path::new("python3") })
}

/// The shared libraries that a program needs, and what loads them.
fn libraries(program: &Path) -> Result<Vec<String>> {
    let output = Command::new("ldd").arg(program).output().context("cannot run ldd")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let paths = text.split_whitespace().filter(|word| word.starts_with('/') && !word.ends_with(':'));
    Ok(paths.map(str::to_owned).collect())
}
