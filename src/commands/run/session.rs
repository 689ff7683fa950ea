//! One running gateway: what Consul says goes to Envoy, until one of them or a signal ends it.

use std::collections::BTreeSet;
use std::path::Path;
use std::pin::pin;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use super::berth::Berth;
use super::findings::{Findings, Origin};
use super::launch::{Launch, Program, QUICK_RECONNECT};
use super::names::{self, Forbidden};
use super::pulse::Watched;
use super::rival::Identity;
use super::services::Services;
use super::shutdown::{self, Asked, Signals};
use super::source::{Patience, Source, first_part};
use super::troubles::Troubles;
use super::{Context, deregister, readiness, refusal, register, resolve_admin};
use crate::bootstrap::{self, Bootstrap};
use crate::collect::live::{self, Cause, Collected, Event, Follower, Stage};
use crate::envoy::admin::Admin;
use crate::envoy::process::{self, Envoy};
use crate::envoy::version::EnvoyVersion;
use crate::envoy_api::ResourceKind;
use crate::error::{CommandError, Kind};
use crate::finding::Finding;
use crate::monitor::{Phase, Status};
use crate::output::{Level, Printer};
use crate::render::{Incremental, RenderOptions, file_uses};
use crate::serve::{self, Failure, Quarantine, ResourceSet, Server, Update};
use crate::settings::consul::read_token_file;
use crate::settings::run::RunSettings;
use crate::system::process::reap_orphans;
use crate::system::tls_files::Watcher;

/// How often it is said again that a TLS file is not good any more.
const REMINDER: Duration = Duration::from_secs(60);

/// How long an Envoy may take to connect before its executable is looked at.
const SILENCE: Duration = Duration::from_secs(2);

/// Collector, renderer and server of one running gateway.
struct Session<'a> {
    settings: &'a RunSettings,
    printer: Printer,
    source: Source,
    follower: Follower,
    collected: Collected,
    patience: Patience,
    files: Watcher,
    options: RenderOptions,
    renderer: Incremental,
    quarantine: Quarantine,
    services: Services,
    findings: Findings,
    identity: Identity,
    /// The Envoy whose pulse is taken.
    watched: watch::Sender<Watched>,
    status: Status,
    /// Whether the token file was unreadable when last looked at.
    token_is_missing: bool,
    /// Whether Envoy has ever asked for its configuration.
    has_connected: bool,
    resources: watch::Sender<Arc<ResourceSet>>,
    /// The host names of linked services.
    names: watch::Sender<BTreeSet<String>>,
}

/// Runs until Envoy ends or a signal asks for the end; gives the exit status.
pub async fn run(
    context: Context<'_>,
    source: Source,
    berth: &mut Berth,
    program: &mut Program,
    signals: &mut Signals,
) -> Result<u8, CommandError> {
    let Context { settings, status, printer, .. } = context;
    let admin_address = resolve_admin(settings)?;
    let admin = Admin::new(admin_address)?;
    let socket = berth.run_dir.socket();

    // A running Envoy must not lose a service that only waits for its leaf.
    let first_leaves = if berth.running.is_some() { settings.wait / 2 } else { live::FIRST_LEAVES };
    let mut follower = source.follow(first_leaves);
    status.set_answers(&follower.answers);
    let mut patience = Patience::new(settings.wait);
    let first = tokio::select! {
        first = first_part(&source, berth, &mut follower, &mut patience, status, printer) => first?,
        () = signals.end() => {
            berth.end_running(settings, signals, printer).await?;
            return Ok(0);
        }
    };
    let (forbidden, mut forbidden_names) = mpsc::unbounded_channel();
    // Envoy itself tells its release once it runs, much sooner than its executable does; only an old one needs another
    // bootstrap.
    if berth.running.is_some() {
        program.version().await?;
    }
    let version = program.known_version();
    let (path, snapshot) = (program.path.clone(), Arc::clone(source.early().unwrap_or(&first.snapshot)));
    let launch = Launch { context, path, snapshot, admin: admin_address, socket };
    let bootstrap = launch.bootstrap(version.is_none_or(|version| version >= QUICK_RECONNECT))?;
    let (mut session, served) =
        Session::new(context, source, (follower, first, patience), version, &bootstrap);
    let used_names = session.names.subscribe();
    session.keep_identity();
    session.follow_files();
    session.follow_names();
    session.render();

    let (mut serving, mut served_events) = serve(&launch.socket, served)?;
    let Some(mut envoy) = launch.start(berth, &bootstrap, signals).await? else { return Ok(0) };
    // Beside everything else: Envoy must not wait for what it cannot answer yet.
    let gateway = session.collected.snapshot.gateway.clone();
    session.watch_process(&envoy);
    let (outage_sender, mut outage) = watch::channel(None);
    let pulse = (session.watched.subscribe(), outage_sender);
    let mut live = pin!(readiness::live(&admin, &gateway, pulse, status, printer));
    let allowed = &settings.allowed_addresses;
    let mut resolving = pin!(names::follow(&admin, used_names, allowed, forbidden));
    let silent_until = Instant::now() + SILENCE;
    // Those that ended before the signal was listened to.
    reap_orphans(envoy.id());
    let mut next_files = Instant::now() + session.files.period();
    let mut next_reminder = Instant::now() + REMINDER;
    loop {
        tokio::select! {
            ended = envoy.wait() => {
                let status = ended?;
                berth.forget(printer);
                if session.knows_release() || program.version().await? >= QUICK_RECONNECT {
                    if status.is_some_and(|status| !status.success()) && !session.has_connected {
                        refusal::report(&launch, program.known_version()).await;
                    }
                    return Ok(tell_end(status, printer));
                }
                session.note_release(program.version().await?);
                let Some(again) = launch.start_old(berth, signals).await? else { return Ok(0) };
                envoy = again;
                session.watch_process(&envoy);
            }
            // What has not connected by now may be no Envoy at all.
            version = program.version_at(silent_until), if !session.knows_release() => match version {
                Ok(version) => session.note_release(version),
                Err(error) => {
                    berth.terminate(&mut envoy, printer).await?;
                    return Err(error);
                }
            },
            Ok(()) = session.follower.snapshots.changed() => session.take_snapshot(),
            Some(event) = session.follower.events.recv() => session.take(event).await,
            () = sleep_until(session.patience.deadline), if !session.is_complete() => {
                berth.terminate(&mut envoy, printer).await?;
                return Err(session.patience.exhausted());
            }
            Some(event) = served_events.recv() => session.take_served(event),
            Some(ended) = serving.join_next() => {
                berth.terminate(&mut envoy, printer).await?;
                return Err(server_failed(ended));
            }
            never = &mut live => match never {},
            never = &mut resolving => match never {},
            Some(names) = forbidden_names.recv() => session.forbid(names),
            Ok(()) = outage.changed() => session.take_outage(outage.borrow_and_update().clone()),
            () = sleep_until(next_files) => {
                session.look_at_token();
                session.look_at_files();
                next_files = Instant::now() + session.files.period();
            }
            () = sleep_until(next_reminder) => {
                session.findings.remind();
                next_reminder = Instant::now() + REMINDER;
            }
            asked = signals.next() => match asked {
                Asked::Reload => session.reload(),
                Asked::Reap => reap_orphans(envoy.id()),
                Asked::End => return session.end(berth, &mut envoy, &admin, signals).await,
            },
        }
    }
}

/// The ADS server only ends by failing.
fn server_failed<E: std::fmt::Display, J>(ended: Result<Result<(), E>, J>) -> CommandError {
    let reason = match ended {
        Ok(Err(error)) => error.to_string(),
        _ => "it stopped".to_owned(),
    };
    CommandError::message(Kind::Failed, format_args!("the ADS server for Envoy failed: {reason}"))
}

fn render_options(
    settings: &RunSettings,
    envoy_version: Option<EnvoyVersion>,
    bootstrap: &Bootstrap,
) -> RenderOptions {
    let bootstrap = bootstrap.value();
    let clusters = bootstrap.pointer("/static_resources/clusters").and_then(Value::as_array);
    RenderOptions {
        system_ca: settings.tls_files.system_ca,
        prepare: true,
        envoy_version,
        insecure_disable_path_normalization: settings.insecure_disable_path_normalization,
        allowed_addresses: settings.allowed_addresses.clone(),
        static_clusters: Some(bootstrap::names_of(clusters.map(Vec::as_slice).unwrap_or_default())),
        ..RenderOptions::default()
    }
}

/// Serves Envoy at `socket`, and tells what happens there.
fn serve(
    socket: &Path,
    resources: watch::Receiver<Arc<ResourceSet>>,
) -> Result<
    (JoinSet<Result<(), impl std::error::Error + use<>>>, UnboundedReceiver<serve::Event>),
    CommandError,
> {
    let ads = Server::bind(socket).map_err(|error| {
        CommandError::new(Kind::Failed, error)
            .context(format!("the socket for Envoy at {} cannot be made", socket.display()))
    })?;
    let (events, receiver) = mpsc::unbounded_channel();
    let mut serving = JoinSet::new();
    serving.spawn(ads.serve(resources, events));
    Ok((serving, receiver))
}

/// Says how Envoy ended; gives the exit status that termgate ends with.
fn tell_end(status: Option<ExitStatus>, printer: Printer) -> u8 {
    let Some(status) = status else {
        printer.trouble(
            "Envoy ended; with which status cannot be known, because an earlier termgate started it",
        );
        return Kind::Failed.exit_code();
    };
    let code = process::exit_code(status);
    printer.note(format_args!("Envoy ended with status {code}"));
    code
}

impl<'a> Session<'a> {
    /// A session that has rendered nothing yet, and where what it serves appears.
    fn new(
        Context { settings, status, printer, .. }: Context<'a>,
        source: Source,
        (follower, first, patience): (Follower, Collected, Patience),
        version: Option<EnvoyVersion>,
        bootstrap: &Bootstrap,
    ) -> (Self, watch::Receiver<Arc<ResourceSet>>) {
        let (resources, served) = watch::channel(Arc::default());
        let findings = Findings::new(&first.snapshot.gateway.service, status, printer);
        let identity = Identity::new(source.registration());
        let session = Self {
            settings,
            printer,
            source,
            follower,
            collected: first,
            patience,
            files: Watcher::new(settings.tls_files.system_bundle.clone()),
            options: render_options(settings, version, bootstrap),
            renderer: Incremental::default(),
            quarantine: Quarantine::default(),
            services: Services::default(),
            findings,
            identity,
            watched: watch::Sender::default(),
            status: status.clone(),
            token_is_missing: false,
            has_connected: false,
            resources,
            names: watch::Sender::default(),
        };
        (session, served)
    }

    /// Renders the state at hand and hands the result to the server.
    ///
    /// Before it is complete, Envoy gets clusters and endpoints, which take it a while, and waits for the rest. The same
    /// holds until its release is known: the first listener must not be one that it could have safer.
    fn render(&mut self) {
        let Collected { snapshot, stage, waiting } = &self.collected;
        let serves = self.is_complete() && self.knows_release();
        let kinds: &[ResourceKind] = match stage {
            Stage::Common => return,
            _ if serves => &ResourceKind::ALL,
            _ => &[ResourceKind::Secret, ResourceKind::Cluster, ResourceKind::Endpoint],
        };
        let mut rendered = self.renderer.render(snapshot, &self.options);
        // What TLS offers to external services depends on the release, and a cluster that changes is set up twice.
        let has_tls =
            || rendered.resources.clusters.values().any(|cluster| cluster.transport_socket.is_some());
        let kinds = if !self.knows_release() && has_tls() { &[ResourceKind::Secret][..] } else { kinds };
        let Update { set, failures } = self.quarantine.update(&mut rendered, kinds);
        if serves {
            self.findings.report_notices(&rendered.notices, waiting);
            self.services.tell(snapshot, &rendered, waiting, self.printer);
        }
        for Failure { kind, name, error } in failures {
            self.printer.event(
                Level::Error,
                format_args!(
                    "{kind:?} `{name}` is not what Envoy understands and keeps its last good form: {error}"
                ),
                [("resource", name.as_str().into())],
            );
        }
        self.status.set_refused(self.quarantine.refused(), self.quarantine.lacks_listener());
        let changed = self.resources.send_if_modified(|current| {
            let differs = *current != set;
            *current = Arc::clone(&set);
            differs
        });
        self.status.rendered(snapshot, &set, self.services.served(), changed);
        if serves {
            self.status.set_phase(Phase::Starting);
        }
    }

    /// Whether it is known which release Envoy is.
    fn knows_release(&self) -> bool {
        self.options.envoy_version.is_some()
    }

    /// Takes note of the release, on which some of the configuration may depend.
    fn note_release(&mut self, version: EnvoyVersion) {
        if self.options.envoy_version != Some(version) {
            self.options.envoy_version = Some(version);
            self.render();
        }
    }

    /// Whether there has been enough for a whole configuration.
    fn is_complete(&self) -> bool {
        self.collected.stage == Stage::Complete
    }

    fn take_snapshot(&mut self) {
        let collected = self.follower.snapshots.borrow_and_update().clone();
        if let Some(collected) = collected {
            // After a reload the last good configuration stays until there is another whole one.
            if self.is_complete() && collected.stage != Stage::Complete {
                return;
            }
            let before = std::mem::replace(&mut self.collected, collected);
            self.keep_identity();
            let (before, now) = (&before.snapshot, &self.collected.snapshot);
            if before.links != now.links || before.entry != now.entry {
                self.follow_files();
            }
            self.follow_names();
        }
        self.render();
    }

    /// Somebody else's registration of the same id moves no listener.
    fn keep_identity(&mut self) {
        let finding = self.identity.keep(&mut self.collected.snapshot);
        self.findings.report(Origin::Registration, finding);
        self.watched.send_modify(|watched| watched.set_addresses(&self.collected.snapshot.gateway));
    }

    /// From now on this is the Envoy to look at.
    fn watch_process(&mut self, envoy: &Envoy) {
        let mut arguments = self.settings.gateway.envoy.arguments.iter();
        let is_shared = arguments.any(|argument| argument.starts_with("--restart-epoch"));
        self.watched.send_modify(|watched| {
            watched.pid = envoy.id();
            watched.is_shared = is_shared;
        });
    }

    /// Envoy freezes or thaws, or loses a socket.
    fn take_outage(&mut self, outage: Option<Finding>) {
        self.status.set_outage(outage.as_ref().map(ToString::to_string));
        self.findings.report(Origin::Envoy, outage);
    }

    async fn take(&mut self, event: Event) {
        match event {
            Event::Trouble { about, reason, cause, denied } => {
                if !self.is_complete() {
                    self.patience.note(&about, &reason, denied, &self.status);
                }
                if self.patience.troubles.begin(&about, &cause, &reason) {
                    let rest =
                        if self.is_complete() { "; the last good configuration stays in force" } else { "" };
                    self.printer.event(
                        Level::Warning,
                        format_args!("{about}: {reason}{rest}"),
                        [("about", about.as_str().into())],
                    );
                }
                // A token that is rotated is in its file already, mostly.
                if denied {
                    self.look_at_token();
                }
            }
            Event::Recovered { about } => match self.patience.troubles.end(&about).as_deref() {
                None => {}
                Some([about]) => self.printer.note(format_args!("{about}: works again")),
                Some(all) => self.printer.note(format_args!("{}: all work again", all.join(", "))),
            },
            Event::Unregistered { about } => self.register_again(&about).await,
        }
        self.status.set_failing(self.patience.troubles.current());
    }

    fn take_served(&mut self, event: serve::Event) {
        let has_changed = self.quarantine.take(&event);
        self.status.set_refused(self.quarantine.refused(), self.quarantine.lacks_listener());
        self.status.served(&event);
        if has_changed {
            self.render();
        }
        match event {
            serve::Event::Refused { kind, resources, reason, .. } => {
                let names = resources.into_iter().map(|sent| sent.name);
                let resources: Vec<String> = names.filter(|name| !serve::tries_chains(name)).collect();
                if resources.is_empty() {
                    return;
                }
                self.printer.event(
                    Level::Error,
                    format_args!(
                        "Envoy refused {kind:?} {} and keeps what it had: {reason}",
                        resources.join(", ")
                    ),
                    [("resource", resources.into())],
                );
            }
            serve::Event::Disconnected => self.printer.note("Envoy's configuration stream ended"),
            serve::Event::Connected { release, .. } => {
                self.has_connected = true;
                if let Some(version) = release {
                    self.note_release(version);
                }
            }
            serve::Event::Sent { .. } | serve::Event::Acknowledged { .. } => {}
        }
    }

    /// Keeps up with the host names that Envoy resolves.
    fn follow_names(&mut self) {
        let names = names::of(&self.collected.snapshot);
        self.names.send_if_modified(|current| {
            let differs = *current != names;
            *current = names;
            differs
        });
    }

    /// Closes the services with these names.
    fn forbid(&mut self, names: Forbidden) {
        self.options.forbidden_names = names;
        self.render();
    }

    /// Keeps up with the TLS files that the snapshot at hand names.
    fn follow_files(&mut self) {
        if self.files.follow(&file_uses(&self.collected.snapshot, self.options.system_ca)) {
            self.take_files();
        }
    }

    /// A TLS file that changes goes to Envoy; one that comes opens its services.
    fn look_at_files(&mut self) {
        if self.files.look() {
            self.take_files();
            self.render();
        }
    }

    fn take_files(&mut self) {
        self.options.tls_files = self.files.states().clone();
        self.status.set_files(self.files.ends());
    }

    /// The agent lost the gateway, such as by a restart without its data: put it back.
    async fn register_again(&mut self, about: &str) {
        let error = match &self.source {
            Source::Consul { consul, registration: Some(registration), .. } => {
                match register::send(consul, registration).await {
                    Ok(()) => {
                        return self.printer.note("the agent had lost the gateway; it is registered again");
                    }
                    Err(error) => error,
                }
            }
            _ => CommandError::message(
                Kind::Failed,
                "the agent does not know the gateway any more; the last good configuration stays in force",
            ),
        };
        // It is tried every few seconds.
        let reason = error.to_string();
        if self.patience.troubles.begin(about, &Cause { text: reason.clone(), is_shared: false }, &reason) {
            self.printer.warning(error);
        }
    }

    /// Uses the token that the token file holds now, and tells whether it is another one; one that cannot be read leaves
    /// the last one in force.
    fn look_at_token(&mut self) -> bool {
        let (Source::Consul { consul, .. }, Some(path)) =
            (&self.source, &self.settings.gateway.consul.token_file)
        else {
            return false;
        };
        match read_token_file(path) {
            Ok(Some(token)) => {
                self.token_is_missing = false;
                if consul.set_token(Some(token)) {
                    self.printer
                        .note(format_args!("the token file {} holds another token now", path.display()));
                    // What the agent says depends on the token, the certificates above all.
                    self.follow_anew();
                    return true;
                }
            }
            // It is being replaced, perhaps: only what lasts is worth a word, and one is enough.
            Ok(None) | Err(_) if !self.token_is_missing => {
                self.token_is_missing = true;
                self.printer.warning(format_args!(
                    "the token file {} is empty or cannot be read; the last token stays in force",
                    path.display()
                ));
            }
            Ok(None) | Err(_) => {}
        }
        false
    }

    fn follow_anew(&mut self) {
        self.patience.troubles = Troubles::default();
        self.status.set_failing(self.patience.troubles.current());
        self.follower = self.source.follow(self.settings.wait / 2);
        self.status.set_answers(&self.follower.answers);
    }

    /// SIGHUP: asks everything anew.
    fn reload(&mut self) {
        if self.quarantine.retry() {
            self.render();
        }
        self.printer.note("reading everything again");
        if !self.look_at_token() {
            self.follower.reload();
        }
        self.look_at_files();
    }

    /// Takes the gateway out of the catalog, drains and ends Envoy; gives the exit status.
    async fn end(
        &mut self,
        berth: &Berth,
        envoy: &mut Envoy,
        admin: &Admin,
        signals: &mut Signals,
    ) -> Result<u8, CommandError> {
        self.status.set_phase(Phase::Ending);
        self.leave_catalog().await;
        berth.mark_ending(self.printer);
        shutdown::end(envoy, admin, self.settings.drain_time, signals, self.printer).await?;
        berth.forget(self.printer);
        self.printer.note("ended");
        Ok(0)
    }

    /// Before draining, so that clients in the mesh stop coming.
    async fn leave_catalog(&mut self) {
        let Source::Consul { consul, gateway, registration, .. } = &self.source else { return };
        if !self.settings.deregister_on_exit {
            return;
        }
        // Nothing that Consul says from here on matters, least of all that the gateway is gone.
        self.follower = Follower::idle();
        let own = registration.as_ref().map(|registration| &registration.lan);
        deregister(consul, &gateway.id, own, self.printer).await;
        // The agent tells the servers within moments; watchers in the mesh need one more.
        sleep(Duration::from_millis(50)).await;
    }
}
