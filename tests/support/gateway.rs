//! `termgate run` with a real Envoy, as a container's entrypoint would run it.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::process::ExitStatus;

use anyhow::{Result, ensure};

use super::command::Termgate;
use super::consul::{Consul, free_address};
use super::envoy::Admin;
use super::process::{Process, children_of, is_alive};
use super::tools::Tool;
use super::wait;

/// A running gateway. Dropping it ends termgate and Envoy.
pub struct Gateway {
    pub name: String,
    /// Where mesh clients connect.
    pub address: SocketAddr,
    pub admin: Admin,
    pub process: Process,
    _termgate: Termgate,
}

impl Gateway {
    /// Starts a gateway in direct mode for a real agent and waits until Envoy serves.
    pub fn start(consul: &Consul, name: &str) -> Result<Self> {
        Self::start_with(consul, name, ["--config-source", "direct", "--deregister-on-exit"])
    }

    /// The same with other flags behind the addresses.
    pub fn start_with<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(
        consul: &Consul,
        name: &str,
        flags: I,
    ) -> Result<Self> {
        let command =
            flags.into_iter().fold(Termgate::new(["run", "--service", name])?.consul(consul), Termgate::arg);
        Self::launch(name, command)
    }

    /// Starts a gateway from a snapshot file, without Consul.
    pub fn from_snapshot(name: &str, snapshot: &OsStr) -> Result<Self> {
        Self::launch(name, Termgate::new([OsStr::new("run"), OsStr::new("--snapshot"), snapshot])?)
    }

    /// Starts a prepared `termgate run …`, with the addresses and the Envoy of this machine added.
    pub fn launch(name: &str, command: Termgate) -> Result<Self> {
        let address = free_address()?;
        let admin = Admin { address: free_address()? };
        let command = command
            .arg("--address")
            .arg(address.to_string())
            .arg("--admin-bind")
            .arg(admin.address.to_string())
            .arg("--envoy-binary")
            .arg(Tool::Envoy.path()?);
        let process = Process::spawn(&format!("termgate run ({name})"), &mut command.to_command()?)?;
        let mut gateway = Self { name: name.to_owned(), address, admin, process, _termgate: command };
        let listening = move || {
            admin.ready()?;
            ensure!(!admin.listeners()?.is_empty(), "Envoy has no listener yet");
            Ok(())
        };
        gateway.process.wait_until("the gateway to listen", listening)?;
        Ok(gateway)
    }

    /// Asks for something until it comes true; a failure shows what termgate said last.
    pub fn eventually<T>(&mut self, what: &str, attempt: impl FnMut() -> Result<T>) -> Result<T> {
        self.process.wait_until(what, attempt)
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
