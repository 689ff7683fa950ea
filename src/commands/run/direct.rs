//! Direct mode: termgate follows Consul, renders, serves Envoy by delta ADS and supervises it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use super::services::Services;
use super::shutdown::{self, Asked, Signals};
use super::{register, resolve_admin};
use crate::bootstrap::{self, BootstrapForm, BootstrapInput, ProxyConfig, XdsSource};
use crate::collect::Gateway;
use crate::collect::live::{self, Event, Follower};
use crate::commands;
use crate::consul::Consul;
use crate::envoy::admin::Admin;
use crate::envoy::bootstrap_file::BootstrapFile;
use crate::envoy::process::{self, Envoy};
use crate::error::{CommandError, Kind};
use crate::gateway::registration::Registration;
use crate::output::Printer;
use crate::render::{self, RenderOptions};
use crate::secret::Secret;
use crate::serve::{self, Encoder, ResourceSet, Server};
use crate::settings::run::RunSettings;
use crate::snapshot::Snapshot;
use crate::system::{development_ca, private_file, run_dir, tls_files};

/// How often the TLS files of linked services are looked at.
const FILE_PERIOD: Duration = Duration::from_secs(2);
/// How often Envoy is asked whether it is live, until it is.
const READY_PERIOD: Duration = Duration::from_millis(50);

/// Runs a registered gateway from Consul's HTTP API.
pub async fn from_consul(
    settings: &RunSettings,
    consul: &Arc<Consul>,
    gateway: Gateway,
    registration: Option<Registration>,
    envoy: &Path,
    printer: Printer,
) -> Result<u8, CommandError> {
    let registered = registration.is_some();
    let id = gateway.id.clone();
    let registration = registration.map(Box::new);
    let source = Source::Consul { consul: Arc::clone(consul), gateway, registration };
    let ended = session(settings, source, envoy, printer).await;
    if settings.deregister_on_exit || (ended.is_err() && registered) {
        // A gateway that never came up must not stay in the catalog as a target that is critical for hours.
        match register::deregister(consul, &id).await {
            Ok(true) => printer.note(format_args!("deregistered gateway `{id}`")),
            Ok(false) => {}
            Err(error) => {
                printer.trouble(error.context(format!("the gateway `{id}` could not be deregistered")));
            }
        }
    }
    ended
}

/// Runs from a snapshot file, without Consul.
pub async fn from_file(
    settings: &RunSettings,
    path: &Path,
    envoy: &Path,
    printer: Printer,
) -> Result<u8, CommandError> {
    session(settings, Source::File(Box::new(commands::snapshot::read(path)?)), envoy, printer).await
}

/// Where snapshots come from.
enum Source {
    Consul { consul: Arc<Consul>, gateway: Gateway, registration: Option<Box<Registration>> },
    File(Box<Snapshot>),
}

impl Source {
    fn follow(&self) -> Follower {
        match self {
            Self::Consul { consul, gateway, .. } => live::follow(consul, gateway),
            Self::File(_) => Follower::idle(),
        }
    }

    fn id(&self) -> &str {
        match self {
            Self::Consul { gateway, .. } => &gateway.id,
            Self::File(snapshot) => &snapshot.gateway.id,
        }
    }
}

/// Collector, renderer and server of one running gateway.
struct Session<'a> {
    settings: &'a RunSettings,
    printer: Printer,
    source: Source,
    follower: Follower,
    snapshot: Arc<Snapshot>,
    options: RenderOptions,
    encoder: Encoder,
    services: Services,
    resources: watch::Sender<Arc<ResourceSet>>,
}

async fn session(
    settings: &RunSettings,
    source: Source,
    envoy: &Path,
    printer: Printer,
) -> Result<u8, CommandError> {
    let mut signals = Signals::new()
        .map_err(|error| CommandError::new(Kind::Failed, error).context("taking over signals"))?;
    let run_dir = run_dir::Locked::new(&settings.run_dir, source.id())?;
    let (admin_address, admin_port) = resolve_admin(&settings.gateway.admin_bind)?;
    let admin =
        Admin::new(&admin_address, admin_port).map_err(|error| CommandError::new(Kind::Failed, error))?;

    let mut follower = source.follow();
    let first = tokio::select! {
        first = first_snapshot(&source, &mut follower, settings.wait, run_dir.path(), printer) => first?,
        () = signals.end() => return Ok(0),
    };
    let (resources, served) = watch::channel(Arc::default());
    let input = bootstrap_input(&settings.gateway, &first, &admin_address, admin_port, &run_dir.socket())?;
    let mut session = Session {
        settings,
        printer,
        source,
        follower,
        snapshot: first,
        options: RenderOptions::default(),
        encoder: Encoder::default(),
        services: Services::default(),
        resources,
    };
    session.options.unusable_files = tls_files::unusable(&session.snapshot);
    session.render();

    let ads = Server::bind(&run_dir.socket()).map_err(|error| {
        CommandError::new(Kind::Failed, error)
            .context(format!("the socket for Envoy at {} cannot be made", run_dir.socket().display()))
    })?;
    let (events, mut served_events) = mpsc::unbounded_channel();
    let mut serving = JoinSet::new();
    serving.spawn(ads.serve(served, events));

    let file = BootstrapFile::new(bootstrap::render(&input)?.text()).map_err(|error| {
        CommandError::new(Kind::Failed, error).context("the memory file for Envoy's bootstrap cannot be made")
    })?;
    let arguments = envoy_arguments(settings);
    let mut envoy = Envoy::start(envoy, &file, &arguments)?;
    let mut ready = Readiness { live: false, next: Instant::now() + READY_PERIOD };
    let mut next_files = Instant::now() + FILE_PERIOD;
    loop {
        tokio::select! {
            ended = envoy.wait() => {
                let code = process::exit_code(ended?);
                session.printer.note(format_args!("Envoy ended with status {code}"));
                return Ok(code);
            }
            Ok(()) = session.follower.snapshots.changed() => session.take_snapshot(),
            Some(event) = session.follower.events.recv() => session.take(event).await,
            Some(event) = served_events.recv() => session.take_served(event),
            Some(ended) = serving.join_next() => {
                // The server only ends by failing.
                let reason = match ended { Ok(Err(error)) => error.to_string(), _ => "it stopped".to_owned() };
                envoy.terminate();
                return Err(CommandError::message(Kind::Failed, format_args!("the ADS server for Envoy failed: {reason}")));
            }
            () = sleep_until(ready.next) => ready.check(&admin, &session.snapshot, session.printer).await,
            () = sleep_until(next_files) => {
                next_files = Instant::now() + FILE_PERIOD;
                session.look_at_files();
            }
            asked = signals.next() => match asked {
                Asked::Reload => session.reload(),
                Asked::End => {
                    session.leave_catalog().await;
                    shutdown::end(&mut envoy, &admin, settings.drain_time, &mut signals, session.printer).await?;
                    session.printer.note("ended");
                    return Ok(0);
                }
            },
        }
    }
}

/// Waits for the first state of Consul that makes a configuration.
async fn first_snapshot(
    source: &Source,
    follower: &mut Follower,
    wait: Duration,
    run_dir: &Path,
    printer: Printer,
) -> Result<Arc<Snapshot>, CommandError> {
    if let Source::File(snapshot) = source {
        let mut snapshot = snapshot.clone();
        if snapshot.roots.roots.is_empty() || snapshot.is_redacted() || snapshot.leaves.is_empty() {
            equip(&mut snapshot, run_dir, printer)?;
        }
        return Ok(Arc::new(*snapshot));
    }
    let deadline = Instant::now() + wait;
    let mut last = ("the agent did not answer everything in time".to_owned(), false);
    loop {
        tokio::select! {
            Ok(()) = follower.snapshots.changed() => {
                if let Some(snapshot) = follower.snapshots.borrow_and_update().clone() {
                    return Ok(snapshot);
                }
            }
            Some(event) = follower.events.recv() => match event {
                Event::Trouble { about, reason, denied } => {
                    printer.warning(format_args!("{about}: {reason}"));
                    last = (reason, denied);
                }
                Event::Recovered { .. } => {}
                Event::Unregistered => {
                    return Err(CommandError::message(Kind::Failed, "the agent does not know the gateway")
                        .hint("register it first: termgate register"));
                }
            },
            () = sleep_until(deadline) => {
                let (reason, denied) = last;
                return Err(CommandError::message(
                    if denied { Kind::PermissionDenied } else { Kind::Agent },
                    format_args!("the state of Consul could not be read within {wait:?}: {reason}"),
                ));
            }
        }
    }
}

/// Gives a snapshot without certificates those of a development CA.
fn equip(snapshot: &mut Snapshot, run_dir: &Path, printer: Printer) -> Result<(), CommandError> {
    let made = development_ca::equip(snapshot)
        .map_err(|error| CommandError::new(Kind::InvalidInput, error).context("making a development CA"))?;
    let write = |name: &str, text: &str| {
        let path = run_dir.join(name);
        private_file::write(&path, text.as_bytes()).map_err(|error| {
            CommandError::new(Kind::Failed, error).context(format!("writing {}", path.display()))
        })
    };
    write("development-ca.pem", &made.authority)?;
    for (client, pem) in &made.clients {
        if client.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) {
            write(&format!("client-{client}.pem"), pem.expose())?;
        }
    }
    printer.warning(format_args!(
        "the snapshot has no certificates: a throw-away development CA is used; it and client certificates are in {}",
        run_dir.display()
    ));
    Ok(())
}

fn bootstrap_input(
    settings: &crate::settings::connect_envoy::ConnectEnvoySettings,
    snapshot: &Snapshot,
    admin_address: &str,
    admin_port: u16,
    socket: &Path,
) -> Result<BootstrapInput, CommandError> {
    let gateway = &snapshot.gateway;
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
        xds: XdsSource::Socket { path: socket.display().to_string() },
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
            address: admin_address.to_owned(),
            port: admin_port,
            log_path: settings.admin_log_path.clone(),
            access_logs: None,
        },
        proxy_config,
        prometheus: settings.prometheus.clone(),
        ready: settings.ready.clone(),
        omit_deprecated_tags: settings.omit_deprecated_tags,
        variables: BTreeMap::new(),
    })
}

/// What Envoy is started with beside its bootstrap; the user's own arguments come last and win.
fn envoy_arguments(settings: &RunSettings) -> Vec<OsString> {
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
    if !has("--drain-time-s") {
        arguments.extend(["--drain-time-s".into(), settings.drain_time.as_secs().max(1).to_string().into()]);
    }
    arguments.extend(own.map(OsString::from));
    arguments
}

/// Whether Envoy serves yet.
struct Readiness {
    live: bool,
    next: Instant,
}

impl Readiness {
    async fn check(&mut self, admin: &Admin, snapshot: &Snapshot, printer: Printer) {
        self.live = admin.is_ready().await;
        self.next = Instant::now() + READY_PERIOD;
        if self.live {
            let gateway = &snapshot.gateway;
            let host = if gateway.address.is_empty() { "0.0.0.0" } else { &gateway.address };
            printer.note(format_args!(
                "ready: Envoy serves `{}` on {host} port {}",
                gateway.service, gateway.port
            ));
            // A day is as good as never here, and no special case.
            self.next += Duration::from_secs(86_400);
        }
    }
}

impl Session<'_> {
    /// Renders the snapshot at hand and hands the result to the server.
    fn render(&mut self) {
        let rendered = render::render(&self.snapshot, &self.options);
        self.services.tell(&self.snapshot, &rendered, self.printer);
        let (set, failures) = self.encoder.update(rendered.resources);
        for failure in failures {
            self.printer.trouble(format_args!(
                "{:?} `{}` is not what Envoy understands and keeps its last good form: {}",
                failure.kind, failure.name, failure.error
            ));
        }
        self.resources.send_if_modified(|current| {
            let differs = *current != set;
            *current = set;
            differs
        });
    }

    fn take_snapshot(&mut self) {
        if let Some(snapshot) = self.follower.snapshots.borrow_and_update().clone() {
            self.snapshot = snapshot;
        }
        self.options.unusable_files = tls_files::unusable(&self.snapshot);
        self.render();
    }

    async fn take(&self, event: Event) {
        match event {
            Event::Trouble { about, reason, .. } => {
                self.printer
                    .warning(format_args!("{about}: {reason}; the last good configuration stays in force"));
            }
            Event::Recovered { about } => self.printer.note(format_args!("{about}: works again")),
            Event::Unregistered => self.register_again().await,
        }
    }

    fn take_served(&self, event: serve::Event) {
        match event {
            serve::Event::Refused { kind, resources, reason } => {
                self.printer.trouble(format_args!(
                    "Envoy refused {kind:?} {} and keeps what it had: {reason}",
                    resources.join(", ")
                ));
            }
            serve::Event::Disconnected => self.printer.note("Envoy's configuration stream ended"),
            serve::Event::Connected { .. } | serve::Event::Acknowledged { .. } => {}
        }
    }

    /// A TLS file that comes or goes opens or closes its services.
    fn look_at_files(&mut self) {
        let unusable = tls_files::unusable(&self.snapshot);
        if unusable != self.options.unusable_files {
            self.options.unusable_files = unusable;
            self.render();
        }
    }

    /// The agent lost the gateway, such as by a restart without its data: put it back.
    async fn register_again(&self) {
        let Source::Consul { consul, registration: Some(registration), .. } = &self.source else {
            self.printer.warning(
                "the agent does not know the gateway any more; the last good configuration stays in force",
            );
            return;
        };
        match register::send(consul, registration).await {
            Ok(()) => self.printer.note("the agent had lost the gateway; it is registered again"),
            Err(error) => self.printer.warning(error),
        }
    }

    /// SIGHUP: asks everything anew.
    fn reload(&mut self) {
        self.printer.note("reading everything again");
        self.follower = self.source.follow();
    }

    /// Before draining, so that clients in the mesh stop coming.
    async fn leave_catalog(&mut self) {
        let Source::Consul { consul, gateway, .. } = &self.source else { return };
        if !self.settings.deregister_on_exit {
            return;
        }
        match register::deregister(consul, &gateway.id).await {
            Ok(true) => self.printer.note(format_args!("deregistered gateway `{}`", gateway.id)),
            Ok(false) => {}
            Err(error) => self.printer.trouble(error),
        }
        // Nothing that Consul says from here on matters, least of all that the gateway is gone.
        self.follower = Follower::idle();
        // The agent tells the servers within moments; watchers in the mesh need one more.
        sleep(Duration::from_millis(50)).await;
    }
}
