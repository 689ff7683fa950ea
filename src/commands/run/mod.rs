//! `termgate run`: wait for the agent, register, render, hand over to Envoy, leave nothing behind.

mod berth;
mod denials;
mod direct;
mod launch;
mod readiness;
mod services;
mod session;
mod shutdown;
mod source;
mod troubles;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, sleep, timeout_at};

use self::berth::Berth;
use self::launch::Program;
use super::register;
use crate::bootstrap::loopback;
use crate::collect::Gateway;
use crate::compat::{self, SupportedEnvoys};
use crate::consul::Consul;
use crate::envoy::locate;
use crate::error::{CommandError, Kind};
use crate::gateway::registration::{KIND, Registration};
use crate::monitor::{Monitor, Status};
use crate::output::Printer;
use crate::settings::connect_envoy::DEFAULT_ADMIN_PORT;
use crate::settings::env::Env;
use crate::settings::run::{RunSettings, Source};
use crate::snapshot::Snapshot;
use crate::system::{interfaces, ports, resolve};

/// Runs the gateway; gives Envoy's exit status as a shell would.
pub async fn run(mut settings: RunSettings, env: &dyn Env, printer: Printer) -> Result<u8, CommandError> {
    let envoy = locate::find(settings.gateway.envoy.binary.as_deref(), settings.search_path.as_deref())?;
    let mut envoy = Program::new(envoy);
    if settings.source == Source::Auto {
        envoy.ask();
    }
    let status = Status::default();
    let _monitor = Monitor::start(settings.ready_bind, settings.metrics_bind, &status).await?;
    if let Source::Snapshot(path) = &settings.source {
        return direct::from_file(&settings, path, &mut envoy, &status, printer).await;
    }
    let consul = Arc::new(Consul::new(&settings.gateway.consul)?);
    status.set_consul(&consul);
    let agent = wait_for_agent(&consul, settings.wait, printer).await?;
    settings.loopback = loopback(&agent);
    let xds = match settings.source {
        Source::Xds => true,
        Source::Direct | Source::Snapshot(_) => false,
        Source::Auto => {
            let supported = SupportedEnvoys::from_agent_self(&agent);
            let choice = compat::choose(consul_version(&agent), &supported, envoy.version().await?);
            let source = if choice.xds { "Consul's xDS" } else { "direct mode" };
            printer.note(format_args!("configuration by {source}: {}", choice.reason));
            choice.xds
        }
    };
    if xds {
        let without_effect = [
            ("--deregister-on-exit", settings.deregister_on_exit),
            ("--ready-bind", settings.ready_bind.is_some()),
            ("--metrics-bind", settings.metrics_bind.is_some()),
        ];
        for (flag, _) in without_effect.into_iter().filter(|(_, given)| *given) {
            printer.warning(format_args!(
                "{flag} has no effect here: termgate becomes Envoy; --config-source direct stays beside it"
            ));
        }
        return super::connect_envoy::run(settings.gateway, settings.search_path.as_deref(), env, printer)
            .await;
    }
    let registered = register_or_find(&settings, &consul, &agent, printer).await?;
    direct::from_consul(&settings, &consul, registered, &mut envoy, &status, printer).await
}

/// The agent's answer to `/v1/agent/self` as soon as it gives one; `null` where the token may not ask.
async fn wait_for_agent(consul: &Consul, wait: Duration, printer: Printer) -> Result<Value, CommandError> {
    let deadline = Instant::now() + wait;
    let mut sign = None;
    loop {
        let answer = timeout_at(deadline, consul.get::<Value>("/v1/agent/self", &[])).await;
        let error = match answer {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) if error.is_permission_denied() => return Ok(Value::Null),
            Ok(Err(error)) => error,
            Err(_) => {
                let text = format!("the agent at {} does not answer within {wait:?}", consul.address());
                return Err(CommandError::message(Kind::Agent, text)
                    .hint("something listens there; is it the agent's HTTP port, and is the agent well?"));
            }
        };
        if !error.is_passing() || Instant::now() >= deadline {
            return Err(error.into());
        }
        if sign.is_none() {
            let text = format!("waiting up to {wait:?} for the agent at {}", consul.address());
            printer.note(format_args!("{text}: {}", error.failure));
            sign = Some(printer.waiting(text));
        }
        sleep(Duration::from_millis(250)).await;
    }
}

fn consul_version(agent: &Value) -> &str {
    agent.pointer("/Config/Version").and_then(Value::as_str).unwrap_or_default()
}

/// A gateway that the agent knows, and that no other termgate runs.
#[derive(Debug)]
struct Registered {
    gateway: Gateway,
    /// `None` if somebody else registered it.
    registration: Option<Registration>,
    /// See [`source::before_registration`].
    early: Option<Arc<Snapshot>>,
    berth: Berth,
}

/// Registers the gateway, or finds it registered.
async fn register_or_find(
    run: &RunSettings,
    consul: &Consul,
    agent: &Value,
    printer: Printer,
) -> Result<Registered, CommandError> {
    let settings = &run.gateway;
    if let Some(flags) = &settings.registration {
        let interfaces = interfaces::collect()?;
        let plan = register::plan(
            flags,
            &settings.consul,
            &interfaces,
            register::default_port_of(consul_version(agent)),
        )?;
        for warning in &plan.warnings {
            printer.warning(warning);
        }
        let berth = Berth::new(run, &plan.registration.id, printer)?;
        ports::check(&plan.registration, &berth.own_ports().await)?;
        let early = source::before_registration(consul, agent, &plan.registration).await.map(Arc::new);
        register::register(consul, &plan.registration, printer).await?;
        let Registration { id, name, .. } = &plan.registration;
        printer.note(format_args!(
            "registered gateway `{name}`{}",
            if id == name { String::new() } else { format!(" as `{id}`") }
        ));
        let gateway = Gateway { id: id.clone(), name: name.clone() };
        return Ok(Registered { gateway, registration: Some(plan.registration), early, berth });
    }
    let id = settings.gateway.proxy_id.as_deref().unwrap_or_else(|| settings.gateway.service_name());
    match register::lookup(consul, id).await? {
        Some(service) if service.kind == KIND => {
            let berth = Berth::new(run, &service.id, printer)?;
            let gateway = Gateway { id: service.id, name: service.service };
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

/// The address of Envoy's admin server, its host resolved.
fn resolve_admin(settings: &RunSettings) -> Result<SocketAddr, CommandError> {
    let Some(bind) = &settings.gateway.admin_bind else {
        return Ok(SocketAddr::new(settings.loopback, DEFAULT_ADMIN_PORT));
    };
    let address = resolve::resolve(&bind.host).map_err(|error| {
        CommandError::new(Kind::Usage, error)
            .context(format!("--admin-bind: the host `{}` cannot be resolved", bind.host))
    })?;
    Ok(SocketAddr::new(address, bind.port))
}
