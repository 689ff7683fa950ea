//! What Envoy is started with: its bootstrap and its arguments.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use tokio::task::{JoinHandle, spawn_blocking};

use crate::bootstrap::{self, BootstrapForm, BootstrapInput, ProxyConfig, TagRules, XdsSource};
use crate::envoy::version::{self, EnvoyVersion};
use crate::error::{CommandError, Kind};
use crate::output::Format;
use crate::secret::Secret;
use crate::settings::run::RunSettings;
use crate::snapshot::Snapshot;

/// The first release that certainly takes the pace of reconnecting in its bootstrap.
const QUICK_RECONNECT: EnvoyVersion = EnvoyVersion { major: 1, minor: 28, patch: 0 };

/// Envoy's log in the form of termgate's; `%j` is the message, escaped for JSON.
const JSON_LOG: &str =
    r#"{"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","message":"%j","source":"envoy","logger":"%n"}"#;

/// An Envoy to be started.
#[derive(Debug)]
pub struct Program {
    /// The executable.
    pub path: PathBuf,
    version: Version,
}

/// Which release an executable is: to ask it takes as long as to ask Consul for all the rest.
#[derive(Debug)]
enum Version {
    Asked(JoinHandle<Result<EnvoyVersion, version::Error>>),
    Known(EnvoyVersion),
}

impl Program {
    /// The executable at `path`, which is asked for its version beside what comes next.
    pub fn new(path: PathBuf) -> Self {
        let asked = path.clone();
        Self { path, version: Version::Asked(spawn_blocking(move || version::read(&asked))) }
    }

    /// Which release it is.
    pub async fn version(&mut self) -> Result<EnvoyVersion, CommandError> {
        let version = match &mut self.version {
            Version::Known(version) => *version,
            Version::Asked(asked) => match asked.await {
                Ok(version) => version?,
                // Nothing cancels it, and a panic ends the process.
                Err(error) => return Err(CommandError::new(Kind::Failed, error)),
            },
        };
        self.version = Version::Known(version);
        Ok(version)
    }
}

/// The bootstrap of an Envoy that gets its configuration over `socket`.
pub fn bootstrap_input(
    run: &RunSettings,
    snapshot: &Snapshot,
    admin: SocketAddr,
    socket: &Path,
    envoy: EnvoyVersion,
) -> Result<BootstrapInput, CommandError> {
    let (settings, gateway) = (&run.gateway, &snapshot.gateway);
    let tag_rules =
        if run.consul_stats_tags { TagRules::consul(settings.omit_deprecated_tags) } else { TagRules::None };
    let central =
        snapshot.proxy_defaults.as_ref().and_then(|entry| entry.get("Config")?.as_object().cloned());
    let mut proxy_config = ProxyConfig::default();
    if !settings.no_central_config {
        let merged = bootstrap::merge_central_config(&central.unwrap_or_default(), &gateway.proxy.config);
        proxy_config = ProxyConfig::decode(&merged.config, BootstrapForm::V3)?;
        // A template is written for the agent's gRPC port; direct mode has none.
        proxy_config.bootstrap_template = String::new();
    }
    Ok(BootstrapInput {
        form: BootstrapForm::V3,
        xds: XdsSource::Socket {
            path: socket.display().to_string(),
            quick_reconnect: envoy >= QUICK_RECONNECT,
        },
        token: Secret::default(),
        node: bootstrap::Node {
            id: gateway.id.clone(),
            cluster: gateway.service.clone(),
            source_service: gateway.service.clone(),
            namespace: gateway.namespace.clone(),
            partition: gateway.partition.clone(),
            datacenter: snapshot.datacenter.clone(),
            ..bootstrap::Node::default()
        },
        admin: bootstrap::Admin {
            address: admin.ip().to_string(),
            port: admin.port(),
            log_path: settings.admin_log_path.clone(),
            access_logs: None,
        },
        proxy_config,
        prometheus: settings.prometheus.clone(),
        ready: settings.ready.clone(),
        tag_rules,
        variables: BTreeMap::new(),
    })
}

/// What Envoy is started with beside its bootstrap; the user's own arguments come last and win.
pub fn envoy_arguments(settings: &RunSettings) -> Vec<OsString> {
    let own = settings.gateway.envoy.arguments.iter();
    let has = |flag: &str| own.clone().any(|given| given == flag || given.starts_with(&format!("{flag}=")));
    let mut arguments: Vec<OsString> = Vec::new();
    // Hot restart shares memory between all Envoys of a host; termgate replaces configuration, not processes.
    if !has("--base-id") && !has("--restart-epoch") && !has("--disable-hot-restart") {
        arguments.push("--disable-hot-restart".into());
    }
    if !has("--log-level") && !has("-l") && !has("--component-log-level") {
        // What these two warn of while Envoy starts, is refused something and ends, termgate says itself.
        let quiet = ["--log-level", "warning", "--component-log-level", "main:error,config:error"];
        arguments.extend(quiet.map(OsString::from));
    }
    if settings.log_format == Format::Json && !has("--log-format") {
        arguments.extend(["--log-format".into(), JSON_LOG.into()]);
    }
    if !has("--drain-time-s") {
        arguments.extend(["--drain-time-s".into(), settings.drain_time.as_secs().max(1).to_string().into()]);
    }
    arguments.extend(own.map(OsString::from));
    arguments
}
