//! What `termgate run` is to do.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::unistd::geteuid;

use super::connect_envoy::ConnectEnvoySettings;
use super::env::{self, Env};
use super::tls_files::TlsFileSettings;
use crate::address_guard::Allowed;
use crate::output::Format;
use crate::output::log::LogLevel;

/// Default of `--wait`.
pub const WAIT: Duration = Duration::from_secs(30);
/// Default of `--drain-time`.
pub const DRAIN_TIME: Duration = Duration::from_secs(10);

/// The settings of `termgate run`.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
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
    /// Whether the registration of another gateway that still runs under this id is replaced.
    pub replace: bool,
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
    /// Addresses that services may have although no service is meant to.
    pub allowed_addresses: Vec<Allowed>,
    /// Whether external servers that cannot be reached are looked at, to say why.
    pub probe: bool,
    /// Where readiness and liveness are told.
    pub ready_bind: Option<SocketAddr>,
    /// Where metrics are told.
    pub metrics_bind: Option<SocketAddr>,
    /// Whether what is told on stderr is JSON, Envoy's log included.
    pub log_format: Format,
    /// How much is logged.
    pub log_level: LogLevel,
    /// The value of `PATH`, where Envoy is looked for.
    pub search_path: Option<String>,
}

/// Where Envoy's configuration comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Direct; Consul's gRPC only for what direct mode cannot render, and where Consul and Envoy can speak xDS.
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
    /// In the first of these places that can be used.
    Default(Vec<Place>),
}

/// A folder for the run directories of this user's gateways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The folder.
    pub path: PathBuf,
    /// Whether it is termgate's to make, and to remove; else the service manager's.
    pub is_own: bool,
}

impl RunDir {
    /// What the environment says: `TERMGATE_RUN_DIR`, else `RUNTIME_DIRECTORY`, `XDG_RUNTIME_DIR`, for root
    /// `/run/termgate`, `/tmp` and `/dev/shm`, each if it can be used.
    pub fn from_env(env: &dyn Env) -> Self {
        if let Some(path) = env.get(env::TERMGATE_RUN_DIR) {
            return Self::Given(path.into());
        }
        let user = geteuid();
        let own = |path: PathBuf| Place { path, is_own: true };
        let below = |folder: &Path| own(folder.join(format!("termgate-{user}")));
        let listed = |name| env.get(name).unwrap_or_default();
        let mut places = Vec::new();
        // systemd: several are separated by colons.
        let services = listed(env::RUNTIME_DIRECTORY);
        let services = services.split(':').map(PathBuf::from).filter(|path| path.is_absolute());
        places.extend(services.map(|path| Place { path, is_own: false }));
        let session = PathBuf::from(listed(env::XDG_RUNTIME_DIR));
        if session.is_absolute() {
            places.push(below(&session));
        }
        if user.is_root() {
            places.push(own(PathBuf::from("/run/termgate")));
        }
        places.extend(["/tmp", "/dev/shm"].map(|folder| below(Path::new(folder))));
        Self::Default(places)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn places(variables: &[(&str, &str)]) -> Vec<String> {
        let env: BTreeMap<String, String> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        match RunDir::from_env(&env) {
            RunDir::Given(path) => vec![format!("given {}", path.display())],
            RunDir::Default(places) => places.iter().map(|place| place.path.display().to_string()).collect(),
        }
    }

    #[test]
    fn the_default_places_are_in_order_and_absolute() {
        let user = geteuid();
        let mut last = vec![format!("/tmp/termgate-{user}"), format!("/dev/shm/termgate-{user}")];
        if user.is_root() {
            last.insert(0, "/run/termgate".to_owned());
        }
        let with = |first: &[String]| [first, &last].concat();
        assert_eq!(places(&[]), with(&[]));
        assert_eq!(places(&[("RUNTIME_DIRECTORY", ""), ("XDG_RUNTIME_DIR", "relative")]), with(&[]));
        assert_eq!(
            places(&[("RUNTIME_DIRECTORY", "/run/a:/run/b/c::d"), ("XDG_RUNTIME_DIR", "/run/user/7")]),
            with(&["/run/a".into(), "/run/b/c".into(), format!("/run/user/7/termgate-{user}")])
        );
        assert_eq!(places(&[("TERMGATE_RUN_DIR", "mine"), ("RUNTIME_DIRECTORY", "/run/a")]), ["given mine"]);
    }
}
