//! What `termgate run` is to do.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use super::connect_envoy::ConnectEnvoySettings;
use super::tls_files::TlsFileSettings;
use crate::output::Format;

/// Default of `--wait`.
pub const WAIT: Duration = Duration::from_secs(30);
/// Default of `--drain-time`.
pub const DRAIN_TIME: Duration = Duration::from_secs(10);

/// The settings of `termgate run`.
#[derive(Debug, Clone)]
pub struct RunSettings {
    /// Agent, gateway, registration and Envoy: shared with `connect envoy`.
    pub gateway: ConnectEnvoySettings,
    /// Where the configuration comes from.
    pub source: Source,
    /// The loopback address that suits the agent, once it has answered.
    pub loopback: IpAddr,
    /// How long to wait for the agent.
    pub wait: Duration,
    /// Whether the gateway is deregistered when it ends.
    pub deregister_on_exit: bool,
    /// How long open connections may last after SIGTERM.
    pub drain_time: Duration,
    /// Directory for the socket between termgate and Envoy.
    pub run_dir: RunDir,
    /// Whether direct mode names Envoy's metrics by Consul's tags.
    pub consul_stats_tags: bool,
    /// The TLS files of linked services.
    pub tls_files: TlsFileSettings,
    /// Whether direct mode hands on request paths as clients spell them.
    pub insecure_disable_path_normalization: bool,
    /// Where readiness and liveness are told.
    pub ready_bind: Option<SocketAddr>,
    /// Where metrics are told.
    pub metrics_bind: Option<SocketAddr>,
    /// Whether what is told on stderr is JSON, Envoy's log included.
    pub log_format: Format,
    /// The value of `PATH`, where Envoy is looked for.
    pub search_path: Option<String>,
}

/// Where Envoy's configuration comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Consul's gRPC where both speak the same protocol, else direct.
    Auto,
    /// Consul's gRPC.
    Xds,
    /// Consul's HTTP API, by termgate.
    Direct,
    /// A snapshot file; no Consul.
    Snapshot(PathBuf),
}

/// Where the private run directory is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunDir {
    /// Given by the user; used as it is.
    Given(PathBuf),
    /// A folder of this user's own, below this one.
    Below(PathBuf),
}
