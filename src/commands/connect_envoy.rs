//! `termgate connect envoy`: what `consul connect envoy -gateway=terminating` does, checked before anything is sent.

mod agent;
mod gateway;
mod one_way_tls;
mod plan;
mod start;

use std::path::PathBuf;

use self::agent::{Agent, ProxyDefaults};
use self::gateway::Gateway;
use self::plan::Run;
use self::start::find_envoy;
use crate::bootstrap::{Authorities, Bootstrap, BootstrapForm, GrpcAddress, GrpcEndpoint, bootstrap_form};
use crate::commands::register;
use crate::consul::{self, Consul, Failure, api, facts};
use crate::error::{CommandError, Kind};
use crate::finding::{Code, Finding};
use crate::gateway::registration::Registration;
use crate::output::Reporter;
use crate::settings::connect_envoy::ConnectEnvoySettings;
use crate::settings::consul::{CA_FILE, CA_PATH};
use crate::settings::env::{self, Env};
use crate::settings::envoy::{ADMIN_BIND, GRPC_ADDR, GRPC_CA_FILE, GRPC_CA_PATH};
use crate::settings::flag::Flag;
use crate::settings::names::Origins;
use crate::system::{authorities, ports, resolve};

/// Prints the bootstrap, or becomes Envoy; comes back with an exit status only in the first case.
///
/// Everything that can be known before is checked before the gateway is registered, so that a failure leaves nothing
/// behind: Consul looks at addresses, CAs, Proxy.Config and Envoy itself only afterwards.
pub async fn run(
    settings: ConnectEnvoySettings,
    search_path: Option<&str>,
    env: &dyn Env,
    report: &Reporter,
) -> Result<u8, CommandError> {
    run_with(settings, None, search_path, env, report).await
}

/// The same where the agent may have been asked about itself.
pub async fn run_with(
    settings: ConnectEnvoySettings,
    known: Option<facts::Agent>,
    search_path: Option<&str>,
    env: &dyn Env,
    report: &Reporter,
) -> Result<u8, CommandError> {
    let command = Command::new(&settings, env, report)?;
    let agent = command.look_at_agent(known).await?;
    if settings.print_bootstrap {
        let bootstrap = command.bootstrap(&agent).await?;
        command.report.finish();
        command.report.stop_if_strict("nothing was printed")?;
        command.report.printer().json_text(&printed(&bootstrap))?;
        return Ok(0);
    }
    let envoy = find_envoy(&settings, &agent, search_path, report)?;
    let bootstrap = command.bootstrap(&agent).await?;
    Err(command.start(&envoy, &agent, &bootstrap).await)
}

/// The bootstrap's text, without a line end after it.
pub async fn bootstrap(
    settings: ConnectEnvoySettings,
    env: &dyn Env,
    report: &Reporter,
) -> Result<String, CommandError> {
    let command = Command::new(&settings, env, report)?;
    let agent = command.look_at_agent(None).await?;
    let bootstrap = command.bootstrap(&agent).await?;
    report.finish();
    report.stop_if_strict("nothing was written")?;
    Ok(bootstrap.text().to_owned())
}

/// Where each value of the gateway's Proxy.Config comes from, a line a value.
pub async fn explanation(
    settings: ConnectEnvoySettings,
    env: &dyn Env,
    report: &Reporter,
) -> Result<String, CommandError> {
    let command = Command::new(&settings, env, report)?;
    let agent = command.look_at_agent(None).await?;
    let gateway = Gateway::choose(&command.consul, &settings).await?;
    let defaults = command.proxy_defaults(&agent).await?;
    let run = Run { command: &command, agent: &agent, gateway: &gateway, defaults };
    run.explanation().await
}

/// The text as Consul prints it: 1.10 and later end it with one more line end, a custom template brings its own.
fn printed(bootstrap: &Bootstrap) -> String {
    let mut text = bootstrap.text().to_owned();
    if !bootstrap.is_custom() {
        text.push('\n');
    }
    if bootstrap.form() == BootstrapForm::V3 {
        text.push('\n');
    }
    text
}

/// What flags mean on this host.
struct Host {
    /// IP address of `-admin-bind`, where it is given.
    admin_address: Option<String>,
    /// IP address of `-grpc-addr`; empty where there is none to resolve.
    grpc_address: String,
    authorities: Authorities,
}

impl Host {
    fn look_at(settings: &ConnectEnvoySettings) -> Result<Self, CommandError> {
        let ip = |flag: &Flag, host: &str| {
            resolve::resolve(host).map(|address| address.to_string()).map_err(|error| {
                CommandError::new(Kind::Usage, error)
                    .context(format!("{}: cannot resolve the host `{host}`", settings.origins.name(flag)))
            })
        };
        let read = |origins: &Origins, file: (Option<&PathBuf>, Flag), path: (Option<&PathBuf>, Flag)| {
            authorities::read(file.0.map(PathBuf::as_path), path.0.map(PathBuf::as_path)).map_err(|error| {
                let flag = if file.0.is_none() { path.1 } else { file.1 };
                CommandError::new(Kind::InvalidInput, error).hint(format!("correct {}", origins.name(&flag)))
            })
        };
        let tls = &settings.consul.tls;
        let grpc = &settings.origins;
        Ok(Self {
            admin_address: settings
                .admin_bind
                .as_ref()
                .map(|bind| ip(&ADMIN_BIND, &bind.value.host))
                .transpose()?,
            grpc_address: match &settings.grpc_address {
                Some(GrpcAddress { endpoint: GrpcEndpoint::Tcp(host_port), .. }) => {
                    ip(&GRPC_ADDR, &host_port.host)?
                }
                _ => String::new(),
            },
            authorities: Authorities {
                grpc: read(
                    grpc,
                    (settings.grpc_ca_file.as_ref(), GRPC_CA_FILE),
                    (settings.grpc_ca_path.as_ref(), GRPC_CA_PATH),
                )?,
                http: read(
                    &settings.consul.origins,
                    (tls.ca_file.as_ref(), CA_FILE),
                    (tls.ca_path.as_ref(), CA_PATH),
                )?,
            },
        })
    }
}

/// One run of the command: what was asked for, and the means.
struct Command<'a> {
    settings: &'a ConnectEnvoySettings,
    env: &'a dyn Env,
    report: &'a Reporter,
    host: Host,
    consul: Consul,
}

impl<'a> Command<'a> {
    fn new(
        settings: &'a ConnectEnvoySettings,
        env: &'a dyn Env,
        report: &'a Reporter,
    ) -> Result<Self, CommandError> {
        let host = Host::look_at(settings)?;
        Ok(Self { settings, env, report, host, consul: Consul::new(&settings.consul)? })
    }

    /// What is known about the agent; it is asked unless that was done already.
    async fn look_at_agent(&self, known: Option<facts::Agent>) -> Result<Agent, CommandError> {
        let stated = self.env.get(env::TERMGATE_CONSUL_VERSION).unwrap_or_default();
        let facts = match known {
            Some(facts) => facts,
            None => match self.consul.agent().await {
                Ok(facts) => facts,
                Err(error) if self.can_do_without(&error, &stated) => facts::Agent::unanswered(&error),
                Err(error) => {
                    let path = api::agent::itself();
                    return Err(CommandError::from(error)
                        .context(format!("cannot read the agent's gRPC port from `{path}`")));
                }
            },
        };
        if let Some(right) = facts.lacked() {
            let message = format!(
                "the token lacks {}, so the agent's release, gRPC port and supported Envoys are not known",
                right.name
            );
            self.report.report(Finding::new(Code::AgentReadMissing, "token", message).help(right.help));
        }
        Ok(Agent { facts: facts.or_version(stated) })
    }

    /// Whether a bootstrap can be made without the agent's answer about itself, which is needed only for its gRPC port.
    ///
    /// Consul: a token without `agent:read` is not a reason to stop, an invalid answer is, unless `-grpc-addr`
    /// makes it unnecessary.
    fn can_do_without(&self, error: &consul::Error, stated: &str) -> bool {
        // Consul from 2.x asks first, and stops here; earlier ones fail with the first thing that needs a token.
        if matches!(&error.failure, Failure::Status { status: 403, body } if body.starts_with("ACL not found"))
        {
            return false;
        }
        // Consul before 1.10 then takes the customary port.
        if bootstrap_form(stated.parse().ok().as_ref(), None) == BootstrapForm::V2 {
            return true;
        }
        let is_needed = self.settings.grpc_address.is_none() && !error.is_permission_denied();
        let is_away = matches!(
            error.failure,
            Failure::Transport(_) | Failure::Timeout(_) | Failure::TimeLimit { .. } | Failure::Setup(_)
        );
        !is_needed && !is_away
    }

    /// Registers the gateway, if that was asked for, and renders its bootstrap.
    async fn bootstrap(&self, agent: &Agent) -> Result<Bootstrap, CommandError> {
        let gateway = Gateway::choose(&self.consul, self.settings).await?;
        self.step(format_args!("the gateway's service ID is `{}`", gateway.id));
        let defaults = self.proxy_defaults(agent).await?;
        let run = Run { command: self, agent, gateway: &gateway, defaults };
        if !self.settings.print_bootstrap {
            self.warn_about_token(agent);
        }
        if let Some(registration) = run.plan_registration()? {
            run.check_before(&registration).await?;
            self.check_ports(&registration)?;
            self.register(&registration).await?;
            self.step("registered");
        }
        if self.settings.explain_config {
            for line in run.explanation().await?.lines() {
                self.report.printer().note(line);
            }
        }
        let bootstrap = run.bootstrap().await?;
        self.warn_about_grpc_flags(agent, bootstrap.form());
        self.step("generated the bootstrap");
        Ok(bootstrap)
    }

    /// Fails if Envoy is to be started and its port is already in use.
    ///
    /// A hot restart shares the port; an address that this host does not have yet may come.
    fn check_ports(&self, registration: &Registration) -> Result<(), CommandError> {
        let hot_restart =
            self.settings.envoy.arguments.iter().any(|word| word.starts_with("--restart-epoch"));
        if self.settings.print_bootstrap || hot_restart {
            return Ok(());
        }
        match ports::check(&registration.listens(), &[]) {
            Err(error) if error.source.kind() == std::io::ErrorKind::AddrInUse => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn step(&self, text: impl std::fmt::Display) {
        if self.settings.log_steps {
            self.report.printer().note(text);
        }
    }

    /// What proxy-defaults says; nothing where the agent does not say it to this token, or has no such entry.
    async fn proxy_defaults(&self, agent: &Agent) -> Result<ProxyDefaults, CommandError> {
        // Consul before 1.10 has no access logs there, and may leave merging off.
        if agent.form(None) == BootstrapForm::V2 && !agent.merges_central_config() {
            return Ok(ProxyDefaults::default());
        }
        match self.consul.get(&api::config::entry("proxy-defaults", "global"), &[]).await {
            Ok(entry) => Ok(entry),
            Err(error) if error.status().is_some() => Ok(ProxyDefaults::default()),
            Err(error) => {
                Err(CommandError::from(error).context("cannot read the config entry proxy-defaults/global"))
            }
        }
    }

    async fn register(&self, registration: &Registration) -> Result<(), CommandError> {
        register::send(&self.consul, registration, self.report).await?;
        if !self.settings.print_bootstrap {
            // Envoy starts whether or not this is read.
            let _ = self.report.printer().line(format_args!("Registered service: {}", registration.name));
        }
        Ok(())
    }
}
