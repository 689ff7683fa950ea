//! What the doctor looks at.

use std::path::PathBuf;
use std::time::Duration;

use super::connect_envoy::{self, DEFAULT_ADMIN_PORT};
use super::consul::ConsulSettings;
use super::env;
use super::envoy::{ADMIN_BIND, ENVOY_BINARY};
use super::flag::{Flag, Group};
use super::gateway::{self, SERVICE, SERVICE_ID, checked_name};
use super::options::Options;
use super::requests::{self, ALLOW_ADDRESS};
use super::run::{RUN_DIR, RunDir};
use super::tls_files::TlsFileSettings;
use crate::address_guard::Allowed;
use crate::bootstrap::HostPort;

/// `--wait`
pub const WAIT: Flag =
    Flag::duration("wait", "Look again until no check fails, for at most this long, such as 5m");

/// `--resolve`
pub const RESOLVE: Flag = Flag::switch("resolve", "Look up the host names of instances");

/// `--probe`
pub const PROBE: Flag = Flag::switch("probe", "Connect to the servers of linked services")
    .details("One connection and one TLS handshake each, with the link's client certificate and without a request. Host names are \
             looked up, too.");

/// `--bundle`
pub const BUNDLE: Flag =
    Flag::text("bundle", "FILE", "Also write what was seen to this file, without secrets").details(
        "The state of Consul, Envoy's configuration and statistics, and versions, as `snapshot --with-envoy` writes them. \
         `--snapshot FILE` reads it on another host. Only its owner may read it.",
    );

/// For how long to look, and what to write.
#[derive(Debug, Clone, Copy)]
pub struct DoctorGroup;

impl Group for DoctorGroup {
    const HEADING: &'static str = "Checks";
    const FLAGS: &'static [Flag] = &[WAIT, BUNDLE];
}

/// What is connected to.
#[derive(Debug, Clone, Copy)]
pub struct ReachGroup;

impl Group for ReachGroup {
    const HEADING: &'static str = DoctorGroup::HEADING;
    const FLAGS: &'static [Flag] = &[RESOLVE, PROBE];
}

/// Where the Envoy of the gateway is, and what direct mode is told about its services.
#[derive(Debug, Clone, Copy)]
pub struct SurroundingsGroup;

impl Group for SurroundingsGroup {
    const HEADING: &'static str = "Envoy";
    const FLAGS: &'static [Flag] = &[ADMIN_BIND, ENVOY_BINARY, RUN_DIR, ALLOW_ADDRESS];
}

/// Where the Envoy of the gateway is.
#[derive(Debug, Clone, Copy)]
pub struct AdminGroup;

impl Group for AdminGroup {
    const HEADING: &'static str = SurroundingsGroup::HEADING;
    const FLAGS: &'static [Flag] = &[ADMIN_BIND, RUN_DIR];
}

/// What the doctor looks at.
#[derive(Debug, Clone)]
pub struct DoctorSettings {
    /// How to reach the agent; absent where a snapshot file takes its place.
    pub consul: Option<ConsulSettings>,
    /// The snapshot file.
    pub snapshot: Option<PathBuf>,
    /// Service ID of the gateway, if it is given.
    pub id: Option<String>,
    /// Service name of the gateway, if it is given.
    pub name: Option<String>,
    /// Where Envoy's admin server is, if nothing else says so.
    pub admin: HostPort,
    /// The Envoy executable.
    pub envoy_binary: Option<PathBuf>,
    /// `PATH`.
    pub search_path: Option<String>,
    /// Where the run directory is.
    pub run_dir: RunDir,
    /// The TLS files of linked services.
    pub tls_files: TlsFileSettings,
    /// Addresses that services may have although no service is meant to.
    pub allowed_addresses: Vec<Allowed>,
    /// How long to look again while a check fails.
    pub wait: Duration,
    /// Whether host names are looked up.
    pub resolves: bool,
    /// Whether servers of linked services are connected to.
    pub probes: bool,
    /// Where the state of Consul is written to.
    pub bundle: Option<PathBuf>,
}

impl DoctorSettings {
    /// Resolves the flags and the environment behind them; with a snapshot file the agent's are not read.
    pub fn resolve(options: &Options<'_>, snapshot: Option<PathBuf>) -> Result<Self, connect_envoy::Error> {
        let name = |flag| options.parsed(flag, checked_name).map(|given| given.map(|given| given.value));
        let consul = match snapshot {
            Some(_) => None,
            None => Some(ConsulSettings::resolve_with_limit(options)?),
        };
        Ok(Self {
            consul,
            snapshot,
            id: name(&SERVICE_ID)?,
            name: name(&SERVICE)?,
            admin: admin(options)?,
            envoy_binary: options.path(&ENVOY_BINARY),
            search_path: options.env().get(env::PATH),
            run_dir: run_dir(options),
            tls_files: TlsFileSettings::resolve(options)?,
            allowed_addresses: requests::allowed_addresses(options)?,
            wait: options.duration(&WAIT)?.unwrap_or_default(),
            resolves: options.is_on(&RESOLVE)?,
            probes: options.is_on(&PROBE)?,
            bundle: options.path(&BUNDLE),
        })
    }

    /// The ID that is looked for: as given, else the name, else Consul's default name.
    pub fn wanted(&self) -> &str {
        self.id.as_deref().or(self.name.as_deref()).unwrap_or(gateway::DEFAULT_SERVICE)
    }
}

/// Where Envoy's admin server is, if nothing else says so.
pub fn admin(options: &Options<'_>) -> Result<HostPort, connect_envoy::Error> {
    let local = HostPort { host: "127.0.0.1".to_owned(), port: DEFAULT_ADMIN_PORT };
    Ok(options.parsed(&ADMIN_BIND, HostPort::parse)?.map_or(local, |given| given.value))
}

/// Where the run directory is.
pub fn run_dir(options: &Options<'_>) -> RunDir {
    options.path(&RUN_DIR).map_or_else(|| RunDir::from_env(options.env()), RunDir::Given)
}
