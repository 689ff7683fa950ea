//! A real Envoy: on a static configuration, or through its admin API as started by termgate.

use std::fs;
use std::net::SocketAddr;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tempfile::TempDir;

use super::consul::{call, free_address};
use super::http::Response;
use super::process::Process;
use super::tools::Tool;

/// Envoy's admin API.
#[derive(Debug, Clone, Copy)]
pub struct Admin {
    pub address: SocketAddr,
}

impl Admin {
    /// A GET that must succeed.
    pub fn get(&self, target: &str) -> Result<Response> {
        let response = call(self.address, None, "GET", target, None)?;
        ensure!(response.status == 200, "Envoy's {target}: {} {}", response.status, response.text());
        Ok(response)
    }

    /// Fails until Envoy serves.
    pub fn ready(&self) -> Result<()> {
        self.get("/ready").map(drop)
    }

    /// The whole live configuration, endpoints included.
    pub fn config_dump(&self) -> Result<Value> {
        self.get("/config_dump?include_eds")?.json()
    }

    /// One counter or gauge; 0 if Envoy does not know it yet.
    pub fn stat(&self, name: &str) -> Result<u64> {
        let text = self.get(&format!("/stats?filter=^{}$", name.replace('.', r"\.")))?.text();
        Ok(text.trim().strip_prefix(&format!("{name}: ")).and_then(|value| value.parse().ok()).unwrap_or(0))
    }

    /// The names of the listeners that take connections.
    pub fn listeners(&self) -> Result<Vec<String>> {
        let listing = self.get("/listeners")?.text();
        Ok(listing
            .lines()
            .filter_map(|line| line.split_once("::"))
            .map(|(name, _)| name.to_owned())
            .collect())
    }
}

/// An Envoy on a static configuration. Ends when dropped.
pub struct Envoy {
    pub process: Process,
    pub admin: Admin,
    /// The moment just before it was started.
    pub started: Instant,
    _directory: TempDir,
}

impl Envoy {
    /// Starts Envoy on this configuration (the admin address is filled in) and waits until it serves.
    pub fn start(config: &Value) -> Result<Self> {
        let mut envoy = Self::launch(config, &["--use-dynamic-base-id", "--concurrency", "1"])?;
        let admin = envoy.admin;
        envoy.process.wait_until("Envoy to serve", || admin.ready())?;
        Ok(envoy)
    }

    /// Starts it with these flags, without waiting.
    pub fn launch(config: &Value, flags: &[&str]) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let admin = Admin { address: free_address()? };
        let mut config = config.clone();
        config["admin"] = serde_json::json!({"address": {"socket_address": {
            "address": admin.address.ip().to_string(), "port_value": admin.address.port(),
        }}});
        let file = directory.path().join("envoy.json");
        fs::write(&file, config.to_string())?;
        let mut command = Command::new(Tool::Envoy.path()?);
        command.args(flags).args(["-l", "warning", "-c"]).arg(&file);
        let started = Instant::now();
        let process = Process::spawn("Envoy", &mut command)?;
        Ok(Self { process, admin, started, _directory: directory })
    }

    /// Asks Envoy whether it would take this configuration; its complaint if not.
    pub fn validate(config: &str) -> Result<()> {
        let directory = tempfile::tempdir()?;
        let file = directory.path().join("envoy.json");
        fs::write(&file, config)?;
        let output = Command::new(Tool::Envoy.path()?)
            .args(["--mode", "validate", "-l", "error", "-c"])
            .arg(&file)
            .output()
            .context("Envoy cannot be started")?;
        if !output.status.success() {
            bail!("Envoy refuses it: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(())
    }
}
