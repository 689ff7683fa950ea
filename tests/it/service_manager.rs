//! `termgate run` under a service manager that listens, and `termgate reload`.

use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::json;

use crate::support::command::Termgate;
use crate::support::consul::free_address;
use crate::support::gateway::Gateway;

/// A service manager's socket, and a snapshot file to run from.
struct Manager {
    folder: tempfile::TempDir,
    socket: UnixDatagram,
}

impl Manager {
    fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let socket = UnixDatagram::bind(folder.path().join("notify"))?;
        socket.set_read_timeout(Some(Duration::from_secs(20)))?;
        Ok(Self { folder, socket })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Waits for a message with this line; gives the whole message.
    fn gets(&self, line: &str) -> Result<String> {
        let mut buffer = [0; 4096];
        loop {
            let length = self.socket.recv(&mut buffer)?;
            let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
            if text.lines().any(|found| found == line) {
                return Ok(text);
            }
        }
    }

    /// A gateway that the manager started, with these variables.
    fn start(&self, variables: &[(&str, &str)]) -> Result<Gateway> {
        let address = free_address()?;
        let snapshot = json!({
            "Format": 1,
            "Datacenter": "dc1",
            "DefaultIntention": "deny",
            "Gateway": {
                "Kind": "terminating-gateway", "ID": "notified", "Service": "notified",
                "Address": address.ip().to_string(), "Port": address.port(),
            },
            "Roots": {"TrustDomain": "11111111-2222-3333-4444-555555555555.consul"},
            "Links": [{"Service": {"Name": "billing"}}],
            "Instances": {"billing": [{
                "Node": {"Node": "outside", "Address": "127.0.0.1", "Datacenter": "dc1"},
                "Service": {"ID": "billing", "Service": "billing", "Address": "127.0.0.1", "Port": 9},
            }]},
        });
        std::fs::write(self.path("snapshot.json"), snapshot.to_string())?;
        let mut command = Termgate::new(["run", "--snapshot"])?
            .arg(self.path("snapshot.json"))
            .arg("--run-dir")
            .arg(self.path("run"))
            .env("NOTIFY_SOCKET", self.path("notify"));
        for (name, value) in variables {
            command = command.env(name, value);
        }
        Gateway::launch_at("notified", address, command)
    }
}

#[test]
fn a_service_manager_is_notified_of_start_reload_and_end() -> Result<()> {
    needs!(Envoy);
    let manager = Manager::new()?;
    let mut gateway = manager.start(&[])?;
    let ready = manager.gets("READY=1")?;
    ensure!(ready.lines().any(|line| line.starts_with("STATUS=ready")), "{ready}");

    let reload = |id: &str| {
        Ok::<_, anyhow::Error>(
            Termgate::new(["reload", "--service-id", id, "--run-dir"])?.arg(manager.path("run")),
        )
    };
    let output = reload("notified")?.succeeds()?;
    ensure!(output.stderr.contains("reloading `notified`"), "{}", output.stderr);
    let reloading = manager.gets("RELOADING=1")?;
    ensure!(reloading.contains("MONOTONIC_USEC="), "{reloading}");
    manager.gets("READY=1")?;
    gateway.says("reloading everything")?;
    let output = reload("another")?.exits(1)?;
    ensure!(
        output.stderr.contains("cannot find a running gateway with the ID `another`"),
        "{}",
        output.stderr
    );

    let environment = std::fs::read_to_string(format!("/proc/{}/environ", gateway.envoy()?))?;
    ensure!(!environment.contains("NOTIFY_SOCKET"), "Envoy could speak in termgate's name");
    gateway.stop()?;
    manager.gets("STOPPING=1")?;
    Ok(())
}

#[test]
fn a_watchdog_gets_signs_of_life_until_termgate_is_stuck() -> Result<()> {
    needs!(Envoy);
    let manager = Manager::new()?;
    let mut gateway = manager.start(&[("WATCHDOG_USEC", "400000")])?;
    manager.gets("READY=1")?;
    for _ in 0..3 {
        manager.gets("WATCHDOG=1")?;
    }
    gateway.process.signal(nix::sys::signal::Signal::SIGSTOP)?;
    manager.socket.set_read_timeout(Some(Duration::from_secs(1)))?;
    // What was on its way comes first.
    while manager.gets("WATCHDOG=1").is_ok() {}
    gateway.process.signal(nix::sys::signal::Signal::SIGCONT)?;
    manager.socket.set_read_timeout(Some(Duration::from_secs(20)))?;
    manager.gets("WATCHDOG=1")?;
    gateway.stop()?;
    Ok(())
}
