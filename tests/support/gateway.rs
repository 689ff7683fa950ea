//! `termgate run` with a real Envoy, as a container's entrypoint would run it.

use std::ffi::OsStr;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use anyhow::{Context, Result, bail, ensure};
use nix::sys::signal::Signal;
use serde_json::Value;

use super::command::Termgate;
use super::consul::free_address;
use super::envoy::Admin;
use super::process::{Orphan, Process, children_of, is_alive};
use super::wait;

/// A running gateway. Dropping it ends termgate and Envoy.
pub struct Gateway {
    pub name: String,
    /// Where mesh clients connect.
    pub address: SocketAddr,
    pub admin: Admin,
    pub process: Process,
    termgate: Termgate,
    /// The Envoy that goes on after termgate was killed.
    orphans: Vec<Orphan>,
}

impl Gateway {
    /// Starts a gateway from a snapshot file, without Consul; it listens where the snapshot says.
    pub fn from_snapshot<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(
        snapshot: &Path,
        flags: I,
    ) -> Result<Self> {
        let content: Value = serde_json::from_slice(&fs::read(snapshot)?)?;
        let registered = &content["Gateway"];
        let text = |key: &str| {
            registered[key].as_str().with_context(|| format!("the snapshot's gateway has no {key}"))
        };
        let port =
            registered["Port"].as_u64().and_then(|port| u16::try_from(port).ok()).context("no port")?;
        let address = SocketAddr::new(text("Address")?.parse()?, port);
        let command = Termgate::new(["run", "--snapshot"])?.arg(snapshot);
        Self::launch_at(text("Service")?, address, flags.into_iter().fold(command, Termgate::arg))
    }

    /// Starts a prepared `termgate run …` at a free address.
    pub fn launch(name: &str, command: Termgate) -> Result<Self> {
        let address = free_address()?;
        Self::launch_at(name, address, command.arg("--address").arg(address.to_string()))
    }

    /// Starts a prepared `termgate run …` that will listen at `address`.
    pub fn launch_at(name: &str, address: SocketAddr, command: Termgate) -> Result<Self> {
        Self::launch_with(name, address, command, &[])
    }

    /// The same, with arguments for Envoy.
    pub fn launch_with(
        name: &str,
        address: SocketAddr,
        command: Termgate,
        envoy_arguments: &[String],
    ) -> Result<Self> {
        let admin = Admin { address: free_address()? };
        let mut command = command.arg("--admin-bind").arg(admin.address.to_string()).real_envoy()?;
        if !envoy_arguments.is_empty() {
            command = command.arg("--").args(envoy_arguments);
        }
        let process = Process::spawn(&format!("termgate run ({name})"), &mut command.to_command()?)?;
        let mut gateway =
            Self { name: name.to_owned(), address, admin, process, termgate: command, orphans: Vec::new() };
        let listening = move || {
            admin.ready()?;
            ensure!(!admin.listeners()?.is_empty(), "Envoy has no listener yet");
            Ok(())
        };
        gateway.process.wait_until("the gateway to listen", listening)?;
        Ok(gateway)
    }

    /// Where termgate and Envoy may put temporary files.
    pub fn temporary_folder(&self) -> PathBuf {
        self.termgate.directory().join("tmp")
    }

    /// The process id of the Envoy that termgate started.
    pub fn envoy(&self) -> Result<u32> {
        match children_of(self.process.id())?[..] {
            [envoy] => Ok(envoy),
            ref others => bail!("expected one child, got {others:?}"),
        }
    }

    /// Kills termgate, and termgate alone; gives the process id of the Envoy that goes on.
    pub fn kill_termgate(&mut self) -> Result<u32> {
        // One that it took over is not its child.
        let envoy = match (self.envoy(), self.orphans.last()) {
            (Err(_), Some(orphan)) => orphan.id(),
            (envoy, _) => envoy?,
        };
        if self.orphans.iter().all(|orphan| orphan.id() != envoy) {
            self.orphans.push(Orphan::adopt(envoy)?);
        }
        self.process.signal(Signal::SIGKILL)?;
        self.process.wait(wait::PATIENCE)?;
        ensure!(is_alive(envoy), "Envoy ended together with termgate");
        Ok(envoy)
    }

    /// Runs the same command again.
    pub fn run_again(&mut self) -> Result<()> {
        self.run_again_with(|_| {})
    }

    /// Runs the same command again, changed.
    pub fn run_again_with(&mut self, change: impl FnOnce(&mut Command)) -> Result<()> {
        let mut command = self.termgate.to_command()?;
        change(&mut command);
        self.process = Process::spawn(&format!("termgate run ({})", self.name), &mut command)?;
        Ok(())
    }

    /// Asks for something until it comes true; a failure shows what termgate said last.
    pub fn eventually<T>(&mut self, what: &str, attempt: impl FnMut() -> Result<T>) -> Result<T> {
        self.process.wait_until(what, attempt)
    }

    /// Waits until termgate has said `text`.
    pub fn says(&mut self, text: &str) -> Result<()> {
        self.process.says(text)
    }

    /// Sends SIGTERM to termgate, waits for its end, and fails if any process it had started is still there.
    pub fn stop(&mut self) -> Result<ExitStatus> {
        let children = children_of(self.process.id())?;
        let status = self.process.terminate()?;
        wait::eventually("Envoy to be gone", || {
            let left: Vec<u32> = children.iter().copied().filter(|id| is_alive(*id)).collect();
            ensure!(left.is_empty(), "still running: {left:?}");
            Ok(())
        })?;
        Ok(status)
    }
}
