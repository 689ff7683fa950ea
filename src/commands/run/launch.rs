//! What Envoy is started with: its bootstrap and its arguments.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, sleep_until};
use tracing::{info, warn};

use super::berth::{Berth, Planned, Started};
use super::shutdown::Signals;
use super::{Context, memory, resolve_admin};
use crate::bootstrap::{
    self, Bootstrap, BootstrapForm, BootstrapInput, ProxyConfig, TagRules, XdsSource, check,
};
use crate::envoy::version::{self, EnvoyVersion};
use crate::error::{CommandError, Kind};
use crate::gateway::registration::Registration;
use crate::secret::Secret;
use crate::snapshot::Snapshot;
use crate::snapshot::assemble::Answer;

/// The first release that certainly takes the pace of reconnecting in its bootstrap; older ones may refuse it.
pub const QUICK_RECONNECT: EnvoyVersion = EnvoyVersion { major: 1, minor: 28, patch: 0 };

/// An Envoy to be started.
#[derive(Debug)]
pub struct Program {
    /// The executable.
    pub path: PathBuf,
    version: Option<EnvoyVersion>,
    asked: Option<JoinHandle<Result<EnvoyVersion, version::Error>>>,
}

impl Program {
    /// The executable at `path`.
    pub fn new(path: PathBuf) -> Self {
        Self { path, version: None, asked: None }
    }

    /// It was replaced: which release it is has to be found out again.
    pub fn forget_version(&mut self) {
        (self.version, self.asked) = (None, None);
    }

    /// Asks it for its version beside what comes next: that takes as long as to ask Consul for all the rest.
    pub fn ask(&mut self) -> &mut JoinHandle<Result<EnvoyVersion, version::Error>> {
        self.asked.get_or_insert_with(|| {
            let path = self.path.clone();
            spawn_blocking(move || version::read(&path))
        })
    }

    /// Which release it is, if that has been found out.
    pub fn known_version(&self) -> Option<EnvoyVersion> {
        self.version
    }

    /// Which release it is. To wait for it may be given up, and begun again.
    pub async fn version(&mut self) -> Result<EnvoyVersion, CommandError> {
        if let Some(version) = self.version {
            return Ok(version);
        }
        let answer = self.ask().await;
        self.asked = None;
        // Nothing cancels it, and a panic ends the process.
        let version = answer.map_err(|error| CommandError::new(Kind::Failed, error))??;
        self.version = Some(version);
        Ok(version)
    }

    /// The same, not before `time`.
    pub async fn version_at(&mut self, time: Instant) -> Result<EnvoyVersion, CommandError> {
        sleep_until(time).await;
        self.version().await
    }
}

/// How Envoy is started.
pub struct Launch<'a> {
    pub context: Context<'a>,
    /// The executable.
    pub path: PathBuf,
    /// What its bootstrap depends on.
    pub snapshot: Arc<Snapshot>,
    pub admin: SocketAddr,
    /// Where it gets its configuration.
    pub socket: PathBuf,
}

impl Launch<'_> {
    /// The bootstrap, for current releases or for old ones; fails for what Envoy is sure to refuse.
    pub fn bootstrap(&self, quick_reconnect: bool) -> Result<Bootstrap, CommandError> {
        self.bootstrap_of(&self.snapshot, quick_reconnect)
    }

    /// The same for another state of Consul.
    pub fn bootstrap_of(
        &self,
        snapshot: &Snapshot,
        quick_reconnect: bool,
    ) -> Result<Bootstrap, CommandError> {
        bootstrap(self.context, snapshot, self.admin, &self.socket, quick_reconnect)
    }

    /// What to start Envoy with, for the bootstrap of current releases or of old ones.
    pub fn planned<'b>(&'b self, bootstrap: &'b Bootstrap, quick_reconnect: bool) -> Planned<'b> {
        let Self { path, admin, .. } = self;
        Planned {
            program: path,
            bootstrap: bootstrap.text(),
            admin: *admin,
            can_be_followed: quick_reconnect,
        }
    }

    /// See [`Berth::envoy`].
    pub async fn start(
        &self,
        berth: &mut Berth,
        bootstrap: &Bootstrap,
        quick_reconnect: bool,
        signals: &mut Signals,
    ) -> Result<Option<Started>, CommandError> {
        let Context { settings, .. } = self.context;
        berth.envoy(settings, self.planned(bootstrap, quick_reconnect), signals).await
    }

    /// Starts a release that refuses the bootstrap of current ones.
    pub async fn start_old(
        &self,
        berth: &mut Berth,
        signals: &mut Signals,
    ) -> Result<Option<Started>, CommandError> {
        info!("Envoy is older than {QUICK_RECONNECT}: restarting it with a bootstrap that it accepts");
        if memory::Limit::of(self.context.settings).is_some() {
            warn!("Envoy does not mind the memory limit: that takes Envoy {QUICK_RECONNECT} or later");
        }
        self.start(berth, &self.bootstrap(false)?, false, signals).await
    }
}

/// Fails for what the bootstrap of a gateway will be refused for, before it is registered; `defaults` is the
/// proxy-defaults entry, if there is one.
pub fn check_bootstrap(
    context: Context<'_>,
    registration: &Registration,
    defaults: Option<&[u8]>,
    berth: &Berth,
) -> Result<(), CommandError> {
    let mut snapshot = Snapshot { gateway: registration.into(), ..Snapshot::collecting() };
    if let Some(defaults) = defaults {
        // What cannot be read has no say in the bootstrap either.
        let _ = snapshot.apply(Answer::ProxyDefaults, 200, defaults);
    }
    let admin = resolve_admin(context.settings)?;
    bootstrap(context, &snapshot, admin, &berth.run_dir.socket(), true).map(drop)
}

/// The bootstrap of an Envoy that gets its configuration over `socket`, and looks for the next termgate there soon after
/// the last one was killed (`quick_reconnect`).
fn bootstrap(
    Context { settings: run, env, .. }: Context<'_>,
    snapshot: &Snapshot,
    admin: SocketAddr,
    socket: &Path,
    quick_reconnect: bool,
) -> Result<Bootstrap, CommandError> {
    let (settings, gateway) = (&run.gateway, &snapshot.gateway);
    let tag_rules =
        if run.consul_stats_tags { TagRules::consul(settings.omit_deprecated_tags) } else { TagRules::None };
    let mut proxy_config = ProxyConfig::default();
    if !settings.no_central_config {
        proxy_config = ProxyConfig::of(snapshot)?;
        // A template is written for the agent's gRPC port; direct mode has none.
        proxy_config.bootstrap_template = String::new();
    }
    let variable = |name: String| env.get(&name).map(|value| (name, value));
    let variables = proxy_config.variables().into_iter().filter_map(variable).collect();
    let input = BootstrapInput {
        form: BootstrapForm::V3,
        xds: XdsSource::Socket { path: socket.display().to_string(), quick_reconnect },
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
        loopback: run.loopback,
        proxy_config,
        prometheus: settings.prometheus.clone(),
        ready: settings.ready.clone(),
        tag_rules,
        // Older releases have other monitors.
        heap: memory::Limit::of(run).filter(|_| quick_reconnect).map(memory::Limit::heap),
        variables,
    };
    let bootstrap = bootstrap::render(&input)?;
    check::usable(&bootstrap)?;
    Ok(bootstrap)
}
