//! `termgate run`: wait for the agent, register, render, hand over to Envoy, leave nothing behind.

mod arguments;
mod berth;
mod denials;
mod direct;
mod envoys;
mod files;
mod findings;
mod launch;
mod login;
mod memory;
mod names;
mod pace;
mod prospect;
mod pulse;
mod readiness;
mod refusal;
mod registrar;
mod reports;
mod rival;
mod services;
mod serving;
mod session;
mod shutdown;
mod source;
mod takeover;
mod token;
mod troubles;
mod upstreams;
mod waiting;

use std::cell::Cell;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout, timeout_at};
use tracing::{debug, error, info, warn};

use self::berth::Berth;
use self::launch::Program;
use self::login::{Login, Wallet};
use self::prospect::Prospect;
use self::shutdown::Signals;
use self::waiting::Waiting;
use super::register::{self, Deregistered};
use crate::bootstrap::HostPort;
use crate::collect::Gateway;
use crate::compat::Choice;
use crate::consul::facts::Agent;
use crate::consul::{self, Consul};
use crate::error::{CommandError, Kind};
use crate::finding::{Code, Finding};
use crate::gateway::address::default_port;
use crate::gateway::registration::{KIND, Registration, listens};
use crate::gateway::replacement;
use crate::monitor::{Monitor, Status};
use crate::output::{Printer, Reporter, background, log};
use crate::settings::connect_envoy::DEFAULT_ADMIN_PORT;
use crate::settings::consul::read_token_file;
use crate::settings::env::Env;
use crate::settings::given::Given;
use crate::settings::memory_limit::MemoryLimit;
use crate::settings::run::{RunSettings, Source};
use crate::snapshot::{AgentService, ServiceAddress, Snapshot};
use crate::system::service_manager::ServiceManager;
use crate::system::{first_process, interfaces, ports, resolve};

/// How long a registration that is on its way is waited for at the end.
const SETTLING: Duration = Duration::from_secs(5);

/// How long the lines on stderr may take before Envoy takes this process over.
const LAST_LINES: Duration = Duration::from_secs(1);

/// Pause before the agent is asked again.
const RETRY: Duration = Duration::from_millis(250);

/// What every part of a run needs.
#[derive(Clone, Copy)]
struct Context<'a> {
    settings: &'a RunSettings,
    env: &'a dyn Env,
    status: &'a Status,
    report: &'a Rc<Reporter>,
    manager: &'a Arc<ServiceManager>,
    printer: Printer,
}

/// Runs the gateway; gives Envoy's exit status as a shell would.
pub async fn run(settings: RunSettings, env: &dyn Env, report: Reporter) -> Result<u8, CommandError> {
    let printer = report.printer();
    background::start(printer);
    log::start(printer, settings.log_level);
    report.start_logging();
    report.stop_if_strict("nothing was started")?;
    let report = Rc::new(report);
    // From here on a signal waits until it is looked at, even where this is the first process of a container.
    let mut signals = Signals::new()
        .map_err(|error| CommandError::new(Kind::Failed, error).context("cannot handle signals"))?;
    first_process::leave_signals();
    let waiting = Waiting::new(settings.wait, printer);
    let envoy = tokio::select! {
        found = waiting::for_envoy(&settings, waiting.clone()) => found?,
        () = signals.end() => return Ok(0),
    };
    let mut envoy = Program::new(envoy);
    if memory::Limit::of(&settings).is_some() {
        envoy.ask();
    }
    let status = Status::default();
    let ready = settings.ready_bind.as_ref().map(listen_address).transpose()?;
    let metrics = settings.metrics_bind.as_ref().map(listen_address).transpose()?;
    let _monitor = Monitor::start(ready, metrics, &status).await?;
    let manager = Arc::new(ServiceManager::from_env(env));
    reports::begin(&manager, &status);
    if let Source::Snapshot(path) = &settings.source {
        let (status, report, manager) = (&status, &report, &manager);
        let context = Context { settings: &settings, env, status, report, manager, printer };
        return direct::from_file(context, path, &mut envoy, &mut signals).await;
    }
    let consul = Arc::new(Consul::new(&settings.gateway.consul)?);
    status.set_consul(&consul);
    let wallet = Wallet::default();
    let context = (env, &status, &report, &manager, waiting);
    let running = over_consul(settings, &consul, &wallet, context, &mut envoy, &mut signals);
    let ended = Box::pin(running).await;
    // Whatever ended it: a token that nobody uses is not left behind.
    wallet.empty(&consul).await;
    ended
}

/// Runs the gateway from Consul, with the tokens of `wallet` if termgate logs in.
async fn over_consul(
    mut settings: RunSettings,
    consul: &Arc<Consul>,
    wallet: &Wallet,
    (env, status, report, manager, waiting): (
        &dyn Env,
        &Status,
        &Rc<Reporter>,
        &Arc<ServiceManager>,
        Waiting,
    ),
    envoy: &mut Program,
    signals: &mut Signals,
) -> Result<u8, CommandError> {
    let (deadline, printer) = (waiting.deadline, waiting.printer);
    let looked = async {
        let login = match &settings.login {
            None => None,
            Some(login) => {
                let patience = (settings.wait, deadline);
                Some(Login::start(login, consul, wallet, status, patience, printer).await?)
            }
        };
        let agent = wait_for_agent(consul, &settings, waiting.clone()).await?;
        let prospect = match settings.source {
            Source::Xds => None,
            _ => Some(insist(waiting.clone(), || true, || Prospect::look(&settings, consul, &agent)).await?),
        };
        let choice = match &prospect {
            Some(prospect) if settings.source == Source::Auto => {
                let choice = prospect.choose(&settings, consul, &agent, envoy).await?;
                Some(if login.is_some() { stay(choice) } else { choice })
            }
            _ => None,
        };
        Ok::<_, CommandError>((login, agent, prospect, choice))
    };
    let (login, agent, prospect, choice) = tokio::select! {
        looked = looked => looked?,
        () = signals.end() => {
            info!("ended");
            return Ok(0);
        }
    };
    settings.loopback = agent.loopback();
    if let Some(Choice { xds, closes, reason }) = &choice {
        let source = if *xds { "Consul's xDS" } else { "direct mode" };
        let text = format!("configuration by {source}: {reason}");
        if *closes { warn!("{text}") } else { info!("{text}") }
    }
    let (Some(prospect), None | Some(Choice { xds: false, .. })) = (prospect, choice) else {
        // Envoy takes this process over, and signals with it.
        return tokio::select! {
            ended = over_xds(settings, agent, env, (report, manager)) => ended,
            () = signals.end() => Ok(128 + 15),
        };
    };
    let context = Context { settings: &settings, env, status, report, manager, printer };
    let is_new = prospect.existing.is_null();
    let sending = Sending::default();
    let mut registering = pin!(register_or_find(context, consul, &agent, prospect, waiting, &sending));
    let registered = tokio::select! {
        registered = &mut registering => registered?,
        () = signals.end() => {
            // A registration on its way cannot be called back, and would come after what takes it back.
            sending.is_to_end.set(true);
            if sending.has_begun.get() {
                let ended = tokio::select! {
                    ended = timeout(SETTLING, registering) => ended.ok(),
                    () = signals.end() => None,
                };
                if let Some(Ok(mut registered)) = ended {
                    registered.berth.end_running(&settings, signals).await?;
                }
                take_back(&settings, consul, is_new).await;
            }
            info!("ended");
            return Ok(0);
        }
    };
    Box::pin(direct::from_consul(context, consul, login, registered, envoy, signals)).await
}

/// With a log-in, termgate stays beside Envoy to renew the token: direct mode, whatever else speaks for xDS.
fn stay(choice: Choice) -> Choice {
    if !choice.xds {
        return choice;
    }
    let reason = format!(
        "only so termgate can renew the token of the log-in; xDS would be possible: {}",
        choice.reason
    );
    Choice { xds: false, closes: true, reason }
}

/// How far the request is that registers the gateway.
#[derive(Debug, Default)]
struct Sending {
    has_begun: Cell<bool>,
    /// It is not tried again.
    is_to_end: Cell<bool>,
}

/// Asked to end while the gateway was being registered: takes back what may have been registered.
async fn take_back(settings: &RunSettings, consul: &Consul, is_new: bool) {
    let Some(flags) = &settings.gateway.registration else { return };
    if is_new || settings.deregisters() {
        deregister(consul, &flags.id, None).await;
    }
}

/// Deregisters the gateway at the end of a run; a failure is only reported.
///
/// A registration with another address than `own`'s is foreign by now, and stays.
async fn deregister(consul: &Consul, id: &str, own: Option<&ServiceAddress>) {
    let deadline = Instant::now() + SETTLING;
    loop {
        match register::deregister_own(consul, id, own).await {
            Ok(Deregistered::Done) => info!("deregistered gateway `{id}`"),
            Ok(Deregistered::NotThere) => {}
            Ok(Deregistered::Foreign) => {
                info!("`{id}` stays registered: someone else registered it with another address");
            }
            // The last chance: what is over in a moment is waited for.
            Err(error) if error.kind() == Kind::Agent && Instant::now() + RETRY < deadline => {
                sleep(RETRY).await;
                continue;
            }
            Err(error) => {
                error!("{}", error.context(format!("cannot deregister the gateway `{id}`")));
            }
        }
        return;
    }
}

/// Hands over to Envoy, as `connect envoy` does.
async fn over_xds(
    settings: RunSettings,
    agent: Agent,
    env: &dyn Env,
    (report, manager): (&Reporter, &ServiceManager),
) -> Result<u8, CommandError> {
    let without_effect = [
        ("--deregister-on-exit", settings.deregister_on_exit),
        ("--replace", settings.replace),
        ("--memory-limit", matches!(settings.memory_limit, MemoryLimit::Bytes(_))),
        ("--ready-bind", settings.ready_bind.is_some()),
        ("--metrics-bind", settings.metrics_bind.is_some()),
    ];
    for (flag, _) in without_effect.into_iter().filter(|(_, given)| *given) {
        let message = format!("{flag} has no effect here: termgate becomes Envoy");
        let finding = Finding::new(Code::FlagWithoutEffect, flag, message);
        report.report(finding.help("use --config-source direct, where termgate keeps running beside Envoy"));
    }
    // Envoy sends nothing to a service manager, no signs of life either.
    manager.send("READY=1\nSTATUS=Envoy gets its configuration from Consul\nWATCHDOG_USEC=0");
    background::stop(LAST_LINES);
    super::connect_envoy::run_with(
        settings.gateway,
        Some(agent),
        settings.search_path.as_deref(),
        env,
        report,
    )
    .await
}

/// Retries while there is time, the agent is unreachable, busy or without a leader, and no signal ends the run.
async fn insist<T, F: Future<Output = Result<T, consul::Error>>>(
    mut waiting: Waiting,
    goes_on: impl Fn() -> bool,
    mut attempt: impl FnMut() -> F,
) -> Result<T, consul::Error> {
    loop {
        match attempt().await {
            Err(error) if error.is_passing() && goes_on() && !waiting.is_over() => {
                debug!("retrying in {RETRY:?}: {error}: {}", error.failure);
                waiting.note(waiting::what_lacks(&error), &error.failure);
                sleep(RETRY).await;
            }
            ended => return ended,
        }
    }
}

/// What the agent says about itself as soon as it answers.
async fn wait_for_agent(
    consul: &Consul,
    settings: &RunSettings,
    mut waiting: Waiting,
) -> Result<Agent, CommandError> {
    let wait = waiting.wait;
    let mut last = None;
    loop {
        let answer = timeout_at(waiting.deadline, consul.agent()).await;
        let error = match answer {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) if error.is_unknown_token() => {
                if !settings.waits_for_all || waiting.is_over() {
                    return Err(error.into());
                }
                waiting.note("the token to be known to Consul", &error.failure);
                // Whoever makes the token may not have written it yet.
                if let Some(path) = &settings.gateway.consul.token_file
                    && let Ok(Some(token)) = read_token_file(path)
                {
                    consul.set_token(Some(token));
                }
                sleep(RETRY).await;
                continue;
            }
            Ok(Err(error)) if error.is_permission_denied() => return Ok(Agent::unanswered(&error)),
            Ok(Err(error)) => error,
            Err(_) => {
                // What failed before says more than the time that is over.
                let text = format!("the agent at {} does not answer within {wait:?}", consul.address());
                let silent = || {
                    CommandError::message(Kind::Agent, text).hint(
                        "something listens there: check that it is the agent's HTTP port, and that the agent is healthy",
                    )
                };
                return Err(last.map_or_else(silent, CommandError::from));
            }
        };
        if !error.is_passing() || Instant::now() >= waiting.deadline {
            return Err(error.into());
        }
        waiting.note(&format!("the agent at {}", consul.address()), &error.failure);
        last = Some(error);
        sleep(RETRY).await;
    }
}

/// A gateway that the agent knows, and that no other termgate runs.
#[derive(Debug)]
struct Registered {
    gateway: Gateway,
    /// `None` if someone else registered it.
    registration: Option<Registration>,
    /// See [`source::before_registration`].
    early: Option<Arc<Snapshot>>,
    berth: Berth,
}

/// Registers the gateway, or finds it registered.
async fn register_or_find(
    context: Context<'_>,
    consul: &Consul,
    agent: &Agent,
    Prospect { existing, defaults, .. }: Prospect,
    waiting: Waiting,
    sending: &Sending,
) -> Result<Registered, CommandError> {
    let Context { settings: run, report, .. } = context;
    let deadline = waiting.deadline;
    let settings = &run.gateway;
    if let Some(flags) = &settings.registration {
        let interfaces = interfaces::collect()?;
        let default_port = default_port(agent.consul_version().as_ref());
        let mut plan = register::plan(flags, &settings.consul, &interfaces, default_port)?;
        report.report_all(register::judge_keys(&flags.definition, agent.consul_version().as_ref())?);
        let is_kept = flags.address.is_none() && replacement::keep_address(&mut plan.registration, &existing);
        report.report_all(plan.findings);
        let registration = plan.registration;
        let Registration { id, name, .. } = &registration;
        let defaults_entry = defaults.as_ref().ok().and_then(|entry| entry.as_deref());
        let in_defaults = replacement::config_of(defaults_entry);
        report.report_all(replacement::replace(&existing, &registration, &in_defaults)?);
        report.stop_if_strict("nothing was started")?;
        let berth = Berth::new(run, id)?;
        if flags.address.is_none() {
            info!("{}", where_it_listens(&registration.listens(), id, is_kept));
        }
        let own = berth.own_listeners().await;
        let place = (consul, agent);
        rival::wait_for_end(context, place, &existing, &registration, &own, deadline).await?;
        let own_ports: Vec<u16> = own.iter().map(SocketAddr::port).collect();
        let is_known = !existing.is_null() && !run.replace;
        wait_for_ports(&registration, &own_ports, is_known.then_some(deadline)).await.map_err(|error| {
            let error = CommandError::from(error);
            if !is_kept {
                return error;
            }
            let text = format!("cannot keep the agent's registration of `{id}`");
            error.context(text).hint("replace it with --address IP:PORT")
        })?;
        launch::check_bootstrap(context, &registration, defaults_entry, &berth)?;
        let early = defaults
            .is_ok()
            .then(|| source::before_registration(agent, &registration, defaults_entry).map(Arc::new))
            .flatten();
        let put = || {
            sending.has_begun.set(true);
            register::put(consul, &registration)
        };
        let sent = insist(waiting, || !sending.is_to_end.get(), put).await;
        report.report_all(sent.map_err(|error| register::failed(error, name))?);
        info!(
            "registered gateway `{name}`{}",
            if id == name { String::new() } else { format!(" as `{id}`") }
        );
        let gateway = Gateway::new(id, name);
        gateway.note_agent(agent);
        return Ok(Registered { gateway, registration: Some(registration), early, berth });
    }
    let id = settings.gateway.proxy_id.as_deref().unwrap_or_else(|| settings.gateway.service_name());
    let found = (!existing.is_null()).then(|| serde_json::from_value::<AgentService>(existing));
    let found = found.transpose().map_err(|error| {
        CommandError::new(Kind::Agent, error).context(format!("cannot read service `{id}` from the agent"))
    })?;
    match found {
        Some(service) if service.kind == KIND => {
            let berth = Berth::new(run, &service.id)?;
            let own = ServiceAddress { address: service.address, port: service.port };
            let listens = listens(&own, &service.tagged_addresses, &service.proxy.config);
            info!("{}", where_it_listens(&listens, id, true));
            let gateway = Gateway::new(service.id, service.service);
            gateway.note_agent(agent);
            Ok(Registered { gateway, registration: None, early: None, berth })
        }
        Some(service) => Err(CommandError::message(
            Kind::Failed,
            format_args!("service `{id}` is not a terminating gateway but `{}`", service.kind),
        )),
        None => Err(CommandError::message(
            Kind::Failed,
            format_args!("no service `{id}` on the agent at {}", consul.address()),
        )
        .hint("register it first (termgate register), or leave out --no-register")),
    }
}

/// Looks whether Envoy can listen where `registration` says; until `deadline`, if there is one, an earlier run of the
/// gateway may still have the ports.
async fn wait_for_ports(
    registration: &Registration,
    own: &[u16],
    deadline: Option<Instant>,
) -> Result<(), ports::Unusable> {
    let mut is_noted = false;
    loop {
        let Err(error) = ports::check(&registration.listens(), own) else { return Ok(()) };
        let is_in_use = error.source.kind() == std::io::ErrorKind::AddrInUse;
        if !is_in_use || deadline.is_none_or(|deadline| Instant::now() + RETRY >= deadline) {
            return Err(error);
        }
        if !std::mem::replace(&mut is_noted, true) {
            info!("waiting for {} port {} to become free", error.ip, error.port);
        }
        sleep(RETRY).await;
    }
}

/// Where Envoy listens, and who says so, if no flag does.
fn where_it_listens(listens: &[ServiceAddress], id: &str, is_kept: bool) -> String {
    let shown = |address: &ServiceAddress| match address.address.as_str() {
        "0.0.0.0" => format!("port {} of every address of this host", address.port),
        host if host.contains(':') => format!("[{host}]:{}", address.port),
        host => format!("{host}:{}", address.port),
    };
    let listens: Vec<String> = listens.iter().map(shown).collect();
    let listens = if listens.is_empty() { "nowhere".to_owned() } else { listens.join(", ") };
    if is_kept {
        format!("Envoy listens on {listens}, as in the agent's registration of `{id}`")
    } else {
        format!("Envoy listens on {listens} (change it with --address IP:PORT)")
    }
}

/// The address of Envoy's admin server, its host resolved.
fn resolve_admin(settings: &RunSettings) -> Result<SocketAddr, CommandError> {
    match &settings.gateway.admin_bind {
        Some(bind) => Ok(listen_address(bind)?.value),
        None => Ok(SocketAddr::new(settings.loopback, DEFAULT_ADMIN_PORT)),
    }
}

/// An address to listen on, its host resolved.
fn listen_address(given: &Given<HostPort>) -> Result<Given<SocketAddr>, CommandError> {
    let Given { value: bind, origin } = given;
    let address = resolve::resolve(&bind.host).map_err(|error| {
        CommandError::new(Kind::Usage, error)
            .context(format!("{origin}: cannot resolve the host `{}`", bind.host))
    })?;
    Ok(Given { value: SocketAddr::new(address, bind.port), origin: origin.clone() })
}
