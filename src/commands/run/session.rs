//! One running gateway: passes Consul's state to Envoy until Envoy or a signal ends it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use tracing::{debug, error, info, warn};

use super::berth::Berth;
use super::envoys::Envoys;
use super::files::{Answer, Files};
use super::findings::{Findings, Origin};
use super::launch::{Launch, Program, QUICK_RECONNECT};
use super::login::{self, Login, Step};
use super::names::{self, Forbidden};
use super::pulse::Pulse;
use super::registrar::{self, Purpose, Registrar};
use super::rival::Identity;
use super::services::{Services, some_of};
use super::serving::Serving;
use super::shutdown::{Asked, Draining, Signals};
use super::source::{Patience, Source, first_part};
use super::takeover::Before;
use super::token::TokenFile;
use super::troubles::Troubles;
use super::{Context, memory, readiness, refusal, resolve_admin, upstreams};
use crate::bootstrap::{self, Bootstrap};
use crate::collect::live::{self, Collected, Event, Follower, Stage};
use crate::envoy::admin::Admin;
use crate::envoy::process;
use crate::envoy::version::EnvoyVersion;
use crate::envoy_api::ResourceKind;
use crate::error::{CommandError, Kind};
use crate::finding::Finding;
use crate::monitor::{self, Phase, Status};
use crate::render::{Incremental, RenderOptions, file_uses};
use crate::serve::{self, Failure, Quarantine, ResourceSet, Update};
use crate::settings::run::RunSettings;
use crate::snapshot::Snapshot;
use crate::system::service_manager::ServiceManager;

/// How often it is said again that a TLS file is not good any more.
const REMINDER: Duration = Duration::from_secs(60);

/// How long an Envoy may take to connect before its executable is looked at.
const SILENCE: Duration = Duration::from_secs(2);

/// Collector, renderer and server of one running gateway.
struct Session<'a> {
    settings: &'a RunSettings,
    source: Source,
    follower: Follower,
    collected: Collected,
    patience: Patience,
    files: Files,
    options: RenderOptions,
    renderer: Incremental,
    quarantine: Quarantine,
    services: Services,
    findings: Findings,
    identity: Identity,
    pulse: Pulse,
    status: Status,
    manager: &'a ServiceManager,
    token: TokenFile,
    login: Option<Login>,
    registrar: Registrar,
    /// Whether Envoy has ever asked for its configuration.
    has_connected: bool,
    /// What the gateway still lacks to lead anywhere, if that is waited for.
    awaited: Option<&'static str>,
    resources: watch::Sender<Arc<ResourceSet>>,
    /// The host names of linked services.
    names: watch::Sender<BTreeSet<String>>,
    /// The state that Envoy's configuration is of.
    rendered: watch::Sender<Arc<Snapshot>>,
}

/// The start of a session: the follower, what it has collected, and the patience for the rest.
type Gathered = (Follower, Collected, Patience);

/// Waits for what Envoy can be started with; `None` if a signal asked for the end before.
async fn gather(
    Context { settings, status, .. }: Context<'_>,
    source: &Source,
    berth: &mut Berth,
    signals: &mut Signals,
) -> Result<Option<Gathered>, CommandError> {
    // A running Envoy must not lose a service that only waits for its leaf.
    let first_leaves = if berth.running.is_some() { settings.wait / 2 } else { live::FIRST_LEAVES };
    let mut follower = source.follow(first_leaves);
    status.set_answers(&follower.answers);
    let mut patience = Patience::new(settings.wait);
    tokio::select! {
        first = first_part(source, berth, &mut follower, &mut patience, status) => {
            Ok(Some((follower, first?, patience)))
        }
        () = signals.end() => {
            berth.end_running(settings, signals).await?;
            Ok(None)
        }
    }
}

/// Runs until Envoy ends or a signal asks for the end; gives the exit status.
pub async fn run(
    context: Context<'_>,
    source: Source,
    login: Option<Login>,
    berth: &mut Berth,
    program: &mut Program,
    signals: &mut Signals,
) -> Result<u8, CommandError> {
    let mut before = Before::default();
    let ended = Box::pin(serve(context, (source, login), berth, program, &mut before, signals)).await;
    // Whatever ended it: none is left behind.
    before.end(true).await;
    ended
}

async fn serve(
    context: Context<'_>,
    (source, login): (Source, Option<Login>),
    berth: &mut Berth,
    program: &mut Program,
    before: &mut Before,
    signals: &mut Signals,
) -> Result<u8, CommandError> {
    let Context { settings, status, .. } = context;
    let admin_address = resolve_admin(settings)?;
    let admin = Admin::new(admin_address)?;
    let socket = berth.run_dir.socket();

    let Some(gathered) = gather(context, &source, berth, signals).await? else { return Ok(0) };
    let (forbidden, mut forbidden_names) = mpsc::unbounded_channel();
    let version = early_version(program, berth.running.is_some(), settings).await?;
    let (path, snapshot) = (program.path.clone(), Arc::clone(source.early().unwrap_or(&gathered.1.snapshot)));
    let launch = Launch { context, path, snapshot, admin: admin_address, socket };
    let is_current = version.is_none_or(|version| version >= QUICK_RECONNECT);
    let bootstrap = launch.bootstrap(is_current)?;
    let (mut session, served) = Session::new(context, (source, login), gathered, version, &bootstrap);
    session.look_at_memory();
    let used_names = session.names.subscribe();
    session.keep_identity();
    session.follow_files().await;
    session.follow_names();
    session.render();

    let (failures, mut upstream_findings) = upstreams::follow(&admin, settings, session.rendered.subscribe());
    let (serving, mut served_events) = Serving::start(&launch.socket, served, failures)?;
    let notes = berth.run_dir.path().to_owned();
    let (planned, place) = ((&bootstrap, is_current), (berth, program, before));
    let started = Envoys::start(launch, planned, place, serving, &session.pulse, signals).await?;
    let Some(mut envoys) = started else { return Ok(0) };
    // Beside everything else: Envoy must not wait for what it cannot answer yet.
    let gateway = session.collected.snapshot.gateway.clone();
    let (outage_sender, mut outage) = watch::channel(None);
    let pulse = (session.pulse.subscribe(), outage_sender);
    let announcement = session.registrar.announcement(&session.source);
    let mut live = pin!(readiness::live(&admin, &gateway, pulse, status, announcement));
    let allowed = &settings.allowed_addresses;
    let mut noting = pin!(monitor::write_notes(status, &notes));
    let mut resolving = pin!(names::follow(&admin, used_names, allowed, forbidden));
    let silent_until = Instant::now() + SILENCE;
    let mut next_files = Instant::now() + session.files.period();
    let mut next_reminder = Instant::now() + REMINDER;
    loop {
        tokio::select! {
            ended = envoys.current.wait() => if let Some(code) = session.take_end(ended?, &mut envoys, signals).await? {
                return Ok(code);
            },
            passed = envoys.before.next() => if envoys.take_step(passed, &session.pulse) {
                session.replace_envoy(&mut envoys).await;
            },
            // What has not connected by now may be no Envoy at all.
            version = envoys.program.version_at(silent_until), if !session.knows_release() => match version {
                Ok(version) => session.note_release(version),
                Err(error) => return envoys.fail(error).await,
            },
            Ok(()) = session.follower.snapshots.changed() => session.take_snapshot().await,
            Some(event) = session.follower.events.recv() => session.take(event).await,
            ended = session.registrar.ended(&session.source) => session.take_registration(&ended),
            step = login::next(&mut session.login) => session.take_step(step).await,
            () = sleep_until(session.patience.deadline), if !session.is_complete() => {
                return envoys.fail(session.patience.exhausted()).await;
            }
            () = sleep_until(session.patience.deadline), if session.awaited.is_some() => session.report_awaited(),
            Some(event) = served_events.recv() => session.take_served(event),
            error = envoys.serving.failed() => return envoys.fail(error).await,
            never = &mut live => match never {},
            never = &mut resolving => match never {},
            never = &mut noting => match never {},
            Some(findings) = upstream_findings.recv() => session.findings.report(Origin::Upstream, findings),
            Some(names) = forbidden_names.recv() => session.forbid(names),
            Ok(()) = outage.changed() => session.take_outage(outage.borrow_and_update().clone()),
            answer = session.files.next() => {
                session.take_answer(answer);
                // What is still being written is looked at again soon.
                next_files = next_files.min(Instant::now() + session.files.period());
            }
            () = sleep_until(next_files) => {
                session.look_at_files();
                next_files = Instant::now() + session.files.period();
            }
            () = sleep_until(next_reminder) => {
                session.findings.remind();
                next_reminder = Instant::now() + REMINDER;
            }
            asked = signals.next() => match asked {
                Asked::Reload => {
                    session.reload().await;
                    session.replace_envoy(&mut envoys).await;
                }
                Asked::Reap => envoys.reap(),
                Asked::End => return session.end(&mut envoys, &admin, signals).await,
            },
        }
    }
}

/// The release, if it must be known before Envoy runs: Envoy reports it once it runs, much sooner than its executable does.
async fn early_version(
    program: &mut Program,
    is_running: bool,
    settings: &RunSettings,
) -> Result<Option<EnvoyVersion>, CommandError> {
    if is_running {
        // An old one needs another bootstrap.
        program.version().await?;
    } else if memory::Limit::of(settings).is_some() {
        // What it can do about its memory depends on it. It was asked early; a failure is reported later.
        let _ = program.version().await;
    }
    Ok(program.known_version())
}

fn render_options(
    settings: &RunSettings,
    envoy_version: Option<EnvoyVersion>,
    bootstrap: &Bootstrap,
) -> RenderOptions {
    RenderOptions {
        system_ca: settings.tls_files.system_ca,
        prepare: true,
        failure_log: true,
        envoy_version,
        insecure_disable_path_normalization: settings.insecure_disable_path_normalization,
        allowed_addresses: settings.allowed_addresses.clone(),
        heap: bootstrap.heap(),
        static_clusters: Some(static_clusters(bootstrap)),
        ..RenderOptions::default()
    }
}

/// The names that the bootstrap's own clusters have.
fn static_clusters(bootstrap: &Bootstrap) -> BTreeSet<String> {
    let bootstrap = bootstrap.value();
    let clusters = bootstrap.pointer("/static_resources/clusters").and_then(Value::as_array);
    bootstrap::names_of(clusters.map(Vec::as_slice).unwrap_or_default())
}

/// Says how Envoy ended; gives the exit status that termgate ends with.
fn log_end(status: Option<ExitStatus>) -> u8 {
    let Some(status) = status else {
        error!("Envoy ended; its exit status is unknown, because an earlier termgate started it");
        return Kind::Failed.exit_code();
    };
    let code = process::exit_code(status);
    info!("Envoy ended with status {code}");
    code
}

impl<'a> Session<'a> {
    /// A session that has rendered nothing yet, and where what it serves appears.
    fn new(
        Context { settings, status, report, manager, .. }: Context<'a>,
        (source, login): (Source, Option<Login>),
        (follower, first, patience): Gathered,
        version: Option<EnvoyVersion>,
        bootstrap: &Bootstrap,
    ) -> (Self, watch::Receiver<Arc<ResourceSet>>) {
        let (resources, served) = watch::channel(Arc::default());
        let findings = Findings::new(&first.snapshot.gateway.service, status, report);
        let identity = Identity::new(source.registration());
        let token = TokenFile::new(settings, &source);
        let session = Self {
            settings,
            source,
            follower,
            collected: first,
            patience,
            files: Files::new(settings.tls_files.system_bundle.clone()),
            options: render_options(settings, version, bootstrap),
            renderer: Incremental::default(),
            quarantine: Quarantine::default(),
            services: Services::default(),
            findings,
            identity,
            pulse: Pulse::new(settings),
            status: status.clone(),
            manager,
            token,
            login,
            registrar: Registrar::default(),
            has_connected: false,
            awaited: None,
            resources,
            names: watch::Sender::default(),
            rendered: watch::Sender::default(),
        };
        (session, served)
    }

    /// Renders the state at hand and hands the result to the server.
    ///
    /// Before it is complete, Envoy gets clusters and endpoints, which take it a while, and waits for the rest. The same
    /// holds until its release is known: the first listener must not be one that it could have safer.
    fn render(&mut self) {
        self.note_awaited();
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
            self.rendered.send_replace(Arc::clone(snapshot));
            self.findings.report_rendered(&rendered.findings, waiting);
            self.services.tell(snapshot, &rendered, waiting);
        }
        for Failure { kind, name, error } in failures {
            error!(
                resource = name,
                "{kind:?} `{name}` is not valid for Envoy and keeps its last good form: {error}"
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

    /// Says what the gateway lacks to lead anywhere, if `--wait` is to wait for it.
    fn note_awaited(&mut self) {
        let is_in_time = Instant::now() < self.patience.deadline;
        if !self.settings.waits_for_all || !self.is_complete() || !is_in_time {
            return;
        }
        let Snapshot { entry, links, .. } = &*self.collected.snapshot;
        let lacks = match (entry, links.is_empty()) {
            (_, false) => None,
            (None, true) => Some("the gateway's config entry"),
            (Some(_), true) => Some("a service that the gateway's config entry links"),
        };
        if let Some(what) = lacks.filter(|_| lacks != self.awaited) {
            let wait = self.settings.wait;
            info!("waiting up to {wait:?} for {what}: the gateway leads nowhere until it is there");
        }
        self.awaited = lacks;
    }

    /// The time is over for what is awaited.
    fn report_awaited(&mut self) {
        if let Some(what) = self.awaited.take() {
            let wait = self.settings.wait;
            warn!("{what} did not come within {wait:?}: the gateway leads nowhere until it is there");
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

    async fn take_snapshot(&mut self) {
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
                self.follow_files().await;
            }
            self.follow_names();
        }
        self.render();
    }

    /// Somebody else's registration of the same id moves no listener.
    fn keep_identity(&mut self) {
        let finding = self.identity.keep(&mut self.collected.snapshot);
        self.findings.report(Origin::Registration, finding);
        self.pulse.expect(&self.collected.snapshot.gateway);
    }

    /// Says what limits the memory, and whether that is enough.
    fn look_at_memory(&mut self) {
        let found = memory::look(self.settings, &self.collected.snapshot.gateway.service);
        self.findings.report(Origin::Memory, found);
    }

    /// Envoy freezes or thaws, loses a socket, or runs out of memory.
    fn take_outage(&mut self, outage: Option<Finding>) {
        let closing = outage.as_ref().filter(|finding| finding.code.closes());
        self.status.set_outage(closing.map(ToString::to_string));
        self.findings.report(Origin::Envoy, outage);
    }

    async fn take(&mut self, event: Event) {
        match event {
            Event::Trouble { about, reason, cause, denied } => {
                let is_complete = self.is_complete();
                if !is_complete {
                    self.patience.note(&about, &reason, denied, &self.status);
                }
                self.patience.troubles.report(&about, &cause, &reason, is_complete);
                // A token that is rotated is in its file already, mostly.
                if denied {
                    self.look_at_files_now().await;
                    if let Some(login) = &mut self.login {
                        login.note_denied();
                    }
                }
            }
            Event::Recovered { about } => self.patience.troubles.report_end(&about),
            Event::Unregistered { about } => {
                self.registrar.register_again(&self.source, &about, self.status.has_served());
            }
        }
        self.status.set_failing(self.patience.troubles.current());
    }

    /// The agent took the gateway again, or did not.
    fn take_registration(&mut self, ended: &(Purpose, Result<(), CommandError>)) {
        registrar::report(ended, &mut self.patience.troubles);
        self.status.set_failing(self.patience.troubles.current());
        if let (Some(login), (Purpose::NewToken(Some(token)), Ok(()))) = (&mut self.login, ended) {
            login.note_registered(*token);
        }
    }

    /// What the new token of a log-in makes necessary.
    async fn take_step(&mut self, step: Step) {
        match step {
            Step::Register(token) => self.registrar.renew(&self.source, Some(token)),
            Step::Switch(follower, client) => {
                self.source.set_watch(client);
                self.take_follower(follower);
                self.take_snapshot().await;
            }
        }
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
                let names = json!(resources);
                error!(
                    json.resource = %names,
                    "Envoy refused {kind:?} {} and keeps its earlier form: {reason}",
                    resources.join(", ")
                );
            }
            serve::Event::Disconnected => info!("Envoy's configuration stream ended"),
            serve::Event::Connected { release, .. } => {
                self.has_connected = true;
                if let Some(version) = release {
                    self.note_release(version);
                }
            }
            serve::Event::Sent { kind, resources } => {
                let names = some_of(&resources).unwrap_or_else(|| "nothing".to_owned());
                debug!("pushed to Envoy ({kind:?}): {names}");
            }
            serve::Event::Acknowledged { kind, settled, .. } => {
                let rest = if settled { "; Envoy is up to date" } else { "" };
                debug!("acknowledged by Envoy ({kind:?}){rest}");
            }
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
    async fn follow_files(&mut self) {
        if self.files.follow(file_uses(&self.collected.snapshot, self.options.system_ca)).await {
            self.take_files();
        }
    }

    /// Has all files looked at; what is found comes later.
    fn look_at_files(&mut self) {
        self.files.look(self.token_path().as_deref());
        self.files.report_overdue();
    }

    /// The same, and waits for what is found, but not for long; whether there is another token.
    async fn look_at_files_now(&mut self) -> bool {
        let path = self.token_path();
        match self.files.look_now(path.as_deref()).await {
            Some(answer) => self.take_answer(answer),
            None => false,
        }
    }

    /// The file that the token comes from, or what is exchanged for it.
    fn token_path(&self) -> Option<PathBuf> {
        let bearer = self.login.as_ref().map(Login::bearer_path);
        bearer.or_else(|| self.token.path()).map(Path::to_owned)
    }

    /// A TLS file that changes goes to Envoy; one that comes opens its services. Tells whether there is another token.
    fn take_answer(&mut self, answer: Answer) -> bool {
        if answer.has_changed() {
            self.take_files();
            self.render();
        }
        if let Some(login) = &mut self.login {
            if let Some(bearer) = answer.token {
                login.take_bearer(bearer);
            }
            return false;
        }
        let has_another = answer.token.is_some_and(|token| self.token.take(token, &self.source));
        if has_another {
            self.registrar.renew(&self.source, None);
            // What the agent says depends on the token, the certificates above all.
            self.follow_anew();
        }
        has_another
    }

    fn take_files(&mut self) {
        self.options.tls_files.clone_from(self.files.states());
        self.status.set_files(self.files.ends().clone());
    }

    fn follow_anew(&mut self) {
        self.take_follower(self.source.follow(self.settings.wait / 2));
    }

    fn take_follower(&mut self, follower: Follower) {
        self.patience.troubles = Troubles::default();
        self.status.set_failing(self.patience.troubles.current());
        self.follower = follower;
        self.status.set_answers(&self.follower.answers);
    }

    /// SIGHUP: asks everything anew.
    async fn reload(&mut self) {
        if self.quarantine.retry() {
            self.render();
        }
        info!("reloading everything");
        self.manager.send_reloading();
        if !self.look_at_files_now().await {
            self.follower.reload();
        }
        if self.status.has_served() {
            self.manager.send("READY=1");
        }
    }

    /// What follows from the end of Envoy: mostly that of the gateway, with this exit status.
    async fn take_end(
        &mut self,
        status: Option<ExitStatus>,
        envoys: &mut Envoys<'_>,
        signals: &mut Signals,
    ) -> Result<Option<u8>, CommandError> {
        if envoys.keep_former(status, &self.pulse) {
            return Ok(None);
        }
        envoys.berth.forget();
        if self.knows_release() || envoys.program.version().await? >= QUICK_RECONNECT {
            if status.is_some_and(|status| !status.success()) && !self.has_connected {
                refusal::report(&envoys.launch, envoys.program.known_version()).await;
            }
            return Ok(Some(log_end(status)));
        }
        self.note_release(envoys.program.version().await?);
        let Some(again) = envoys.launch.start_old(envoys.berth, signals).await? else { return Ok(Some(0)) };
        envoys.current = again.envoy;
        self.pulse.watch(&envoys.current, None);
        Ok(None)
    }

    /// Has another Envoy take the place of the running one, if it is started with something else by now.
    async fn replace_envoy(&mut self, envoys: &mut Envoys<'_>) {
        if !self.is_complete() {
            return;
        }
        let (snapshot, version) = (Arc::clone(&self.collected.snapshot), self.options.envoy_version);
        if let Some(bootstrap) = envoys.replace(&snapshot, version, &self.pulse).await {
            self.options.static_clusters = Some(static_clusters(&bootstrap));
            self.options.heap = bootstrap.heap();
            self.render();
        }
    }

    /// Takes the gateway out of the catalog, drains and ends Envoy; gives the exit status.
    async fn end(
        &mut self,
        envoys: &mut Envoys<'_>,
        admin: &Admin,
        signals: &mut Signals,
    ) -> Result<u8, CommandError> {
        self.status.set_phase(Phase::Ending);
        self.manager.send("STOPPING=1");
        let mut least = Duration::ZERO;
        if self.settings.deregisters() {
            // Nothing that Consul says from here on matters, least of all that the gateway is gone.
            self.follower = Follower::idle();
            self.registrar.leave_catalog(&self.source).await;
            least = self.settings.drain_min;
        }
        envoys.end(admin, Draining::new(least, self.settings.drain_time), signals).await?;
        info!("ended");
        Ok(0)
    }
}
